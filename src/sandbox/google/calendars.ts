// Whose calendar a call means, in which zone it lives, and what Google tells of it.
import type { Call, Endpoint, Json, World } from '../endpoint.ts';
import { exists } from '../people.ts';
import { notFound, refuse } from './errors.ts';
import { acting, type Acting } from './tokens.ts';

/** The zone of calendars whose owner set none; it has a summer time, to keep clients honest. */
const DEFAULT_ZONE = 'America/New_York';
const ZONES: Readonly<Record<string, string>> = { 'michael.lee@example.com': 'Europe/Berlin' };

export function zoneOf(calendar: string): string {
  return ZONES[calendar] ?? DEFAULT_ZONE;
}

/** The calendar's id. People write to their own calendar and to shared ones (@group.calendar.google.com) alone. */
export function calendarOf(call: Call, who: Acting, wants: 'read' | 'write'): string {
  const asked = (call.params['calendarId'] ?? '').toLowerCase();
  if (asked === 'primary' || asked === who.email) return who.email;
  if (asked.endsWith('@group.calendar.google.com')) return asked;
  if (wants === 'write' && exists(asked))
    throw refuse(403, 'requiredAccessLevel', 'You need to have writer access to this calendar.');
  throw notFound();
}

export function calendarEndpoints(world: World): Endpoint[] {
  return [
    {
      method: 'GET',
      path: '/calendar/v3/users/me/calendarList',
      operation: 'list',
      handle: (call) => {
        const who = acting(world, call, 'calendarList');
        return { status: 200, body: { kind: 'calendar#calendarList', etag: '"p1"', items: [entry(who.email, who)] } };
      },
    },
    {
      method: 'GET',
      path: '/calendar/v3/users/me/calendarList/:calendarId',
      operation: 'read',
      handle: (call) => {
        const who = acting(world, call, 'calendarList');
        return { status: 200, body: entry(calendarOf(call, who, 'read'), who) };
      },
    },
    {
      method: 'GET',
      path: '/calendar/v3/calendars/:calendarId',
      operation: 'read',
      handle: (call) => {
        const who = acting(world, call, 'calendars');
        const id = calendarOf(call, who, 'read');
        return {
          status: 200,
          body: {
            kind: 'calendar#calendar',
            etag: '"c1"',
            id,
            summary: id,
            timeZone: zoneOf(id),
            conferenceProperties: conferences(who),
          },
        };
      },
    },
  ];
}

function entry(id: string, who: Acting): Json {
  return {
    kind: 'calendar#calendarListEntry',
    etag: '"e1"',
    id,
    summary: id,
    timeZone: zoneOf(id),
    accessRole: 'owner',
    selected: true,
    ...(id === who.email ? { primary: true } : {}),
    defaultReminders: [{ method: 'popup', minutes: 10 }],
    conferenceProperties: conferences(who),
  };
}

/** A service account that acts as itself cannot make Meet links. */
function conferences(who: Acting): Json {
  return { allowedConferenceSolutionTypes: who.isServiceAccount ? [] : ['hangoutsMeet'] };
}
