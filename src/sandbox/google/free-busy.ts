// Google's freeBusy query: busy stretches per calendar, merged; a calendar that cannot be read carries an error inside
// the 200, which means unknown and not free.
import { isJson, jsonObject, textOr, type Endpoint, type Json, type World } from '../endpoint.ts';
import { exists } from '../people.ts';
import { inZone, instantFrom, isZone } from '../wall-time.ts';
import { badRequest } from './errors.ts';
import type { GoogleEvent } from './event.ts';
import { acting } from './tokens.ts';

/** calendarExpansionMax: past it the calendars carry an error. */
const MOST_CALENDARS = 50;
/** Busy stretches looked at in one calendar; a year of back-to-back quarter hours is less. */
const MOST_EVENTS = 50_000;

export function freeBusyEndpoint(world: World): Endpoint {
  return {
    method: 'POST',
    path: '/calendar/v3/freeBusy',
    operation: 'list',
    handle: (call) => {
      const who = acting(world, call, 'freeBusy');
      const body = jsonObject(call.body);
      if (!body) throw badRequest('parseError', 'Parse Error');
      const from = instantFrom(body['timeMin']);
      const to = instantFrom(body['timeMax']);
      if (body['timeMin'] === undefined || body['timeMax'] === undefined)
        throw badRequest('required', 'Missing timeMin or timeMax parameter.');
      if (!from || !to) throw badRequest('badRequest', 'Bad Request');
      if (to.epochMilliseconds <= from.epochMilliseconds)
        throw badRequest('timeRangeEmpty', 'The specified time range is empty.');
      const zone = body['timeZone'] ?? 'UTC';
      if (!isZone(zone)) throw badRequest('invalid', 'Invalid time zone.');
      const items = Array.isArray(body['items']) ? body['items'] : [];
      const asked = items.map((item: unknown) => (isJson(item) ? textOr(item['id'], '') : ''));
      const calendars = asked.map((id, index): [string, Json] => {
        if (index >= MOST_CALENDARS) return [id, failed('tooManyCalendarsRequested')];
        const calendar = id === 'primary' ? who.email : id.toLowerCase();
        if (!exists(calendar)) return [id, failed('notFound')];
        return [id, { busy: busyIn(world, calendar, from.epochMilliseconds, to.epochMilliseconds, zone) }];
      });
      return {
        status: 200,
        body: {
          kind: 'calendar#freeBusy',
          timeMin: from.toString({ smallestUnit: 'millisecond' }),
          timeMax: to.toString({ smallestUnit: 'millisecond' }),
          calendars: Object.fromEntries(calendars),
        },
      };
    },
  };
}

function failed(reason: string): Json {
  return { errors: [{ domain: 'global', reason }], busy: [] };
}

function busyIn(world: World, calendar: string, from: number, to: number, zone: string): Json[] {
  const busy: { start: number; end: number }[] = [];
  const events = world.state.drawer<GoogleEvent>('google-event');
  for (const event of events.list({
    owner: calendar,
    live: true,
    startsBefore: to,
    endsAfter: from,
    limit: MOST_EVENTS,
  })) {
    if (event.body.fields['transparency'] === 'transparent') continue;
    const start = Math.max(event.starts, from);
    const end = Math.min(event.ends, to);
    const last = busy.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else busy.push({ start, end });
  }
  return busy.map(({ start, end }) => ({ start: inZone(start, zone), end: inZone(end, zone) }));
}
