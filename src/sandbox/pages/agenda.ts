// Reads what is live at the emulated providers as one kind of entry, for people: video meetings, and events on
// calendars. How a page shows them is not known here.
import { isJson, textOr, type Json, type World } from '../endpoint.ts';
import { zoneOf } from '../google/calendars.ts';
import { isMade, meetUrl } from '../google/conference.ts';
import type { GoogleEvent } from '../google/event.ts';
import { joinUrl, type MicrosoftEvent } from '../microsoft/event.ts';
import type { OnlineMeeting } from '../microsoft/online-meetings.ts';
import { ianaZone } from '../microsoft/time.ts';
import type { Kept, Wanted } from '../state.ts';
import type { Meeting } from '../zoom/meeting.ts';
import type { Span } from './say-time.ts';

export type Entry = Span & {
  /** The programme that opens the link, or that shows the calendar. */
  readonly product: string;
  readonly title: string;
  readonly allDay: boolean;
  /** Whose it is: the host, or the owner of the calendar. */
  readonly host: string;
  readonly guests: readonly string[];
  /** Where to join, below the sandbox's own address; null without a video link. */
  readonly join: string | null;
  /** The page of the entry itself, below the same address; null where the provider has none. */
  readonly page: string | null;
  readonly notes: string;
};

export type Stretch = 'ahead' | 'past';

/** One page's worth; more is read by programs, at /control. */
export const MOST_AHEAD = 200;
export const MOST_PAST = 20;

export function videoMeetings(world: World, stretch: Stretch): Entry[] {
  return inOrder(stretch, [
    ...read<Meeting>(world, 'zoom-meeting', stretch).map((kept) => zoomEntry(kept)),
    ...read<OnlineMeeting>(world, 'online-meeting', stretch).map((kept) => onlineEntry(world, kept)),
    ...bothCalendars(world, stretch)
      .filter((entry) => entry.join !== null)
      .map((entry) => ({ ...entry, product: entry.product === OUTLOOK ? 'Microsoft Teams' : 'Google Meet' })),
  ]);
}

export function calendarEvents(world: World, stretch: Stretch): Entry[] {
  return inOrder(stretch, bothCalendars(world, stretch));
}

/** The event that a Google calendar's link names. */
export function findGoogleEntry(world: World, eid: string): Entry | undefined {
  const [id, calendar] = Buffer.from(eid, 'base64url').toString('utf8').split(' ');
  const found = world.state.drawer<GoogleEvent>('google-event').find(`${calendar ?? ''}/${id ?? ''}`);
  return found?.live ? googleEntry(world, found) : undefined;
}

export function findMicrosoftEntry(world: World, id: string): Entry | undefined {
  const found = world.state.drawer<MicrosoftEvent>('microsoft-event').find(id);
  return found?.live ? microsoftEntry(world, found) : undefined;
}

const GOOGLE = 'Google Calendar';
const OUTLOOK = 'Outlook calendar';

function bothCalendars(world: World, stretch: Stretch): Entry[] {
  return [
    ...read<GoogleEvent>(world, 'google-event', stretch).map((kept) => googleEntry(world, kept)),
    ...read<MicrosoftEvent>(world, 'microsoft-event', stretch).map((kept) => microsoftEntry(world, kept)),
  ];
}

/** What has not ended yet, the next first; or the latest of what has. */
function read<T>(world: World, kind: string, stretch: Stretch): Kept<T>[] {
  const drawer = world.state.drawer<T>(kind);
  const now = world.clock.now().epochMilliseconds;
  if (stretch === 'ahead') return drawer.list({ live: true, endsAfter: now, limit: MOST_AHEAD });
  const ended: Omit<Wanted, 'limit'> = { live: true, endsBefore: now + 1 };
  return drawer.list({ ...ended, skip: Math.max(0, drawer.count(ended) - MOST_PAST), limit: MOST_PAST });
}

function inOrder(stretch: Stretch, entries: readonly Entry[]): Entry[] {
  return stretch === 'ahead'
    ? entries.toSorted((one, other) => one.starts - other.starts).slice(0, MOST_AHEAD)
    : entries.toSorted((one, other) => other.starts - one.starts).slice(0, MOST_PAST);
}

function zoomEntry({ body, starts, ends }: Kept<Meeting>): Entry {
  const invited = body.settings['meeting_invitees'];
  return {
    product: 'Zoom',
    title: body.topic,
    starts,
    ends,
    zone: body.timezone,
    allDay: false,
    host: body.hostEmail,
    guests: peopleIn(invited, (one) => one['email']),
    join: `/zoom/j/${body.id}${body.passcodeMark === '' ? '' : `?pwd=${body.passcodeMark}`}`,
    page: null,
    notes: body.agenda,
  };
}

/** Graph keeps instants of these, and no zone. */
function onlineEntry(world: World, { body, owner, starts, ends }: Kept<OnlineMeeting>): Entry {
  return {
    product: 'Microsoft Teams',
    title: body.subject ?? '(no subject)',
    starts,
    ends,
    zone: 'UTC',
    allDay: false,
    host: owner,
    guests: [],
    join: below(world, joinUrl(world, body.thread)),
    page: null,
    notes: '',
  };
}

function googleEntry(world: World, { body, owner, starts, ends }: Kept<GoogleEvent>): Entry {
  const { fields, conference, id } = body;
  const start = isJson(fields['start']) ? fields['start'] : {};
  return {
    product: GOOGLE,
    title: textOr(fields['summary'], '(no title)'),
    starts,
    ends,
    zone: textOr(start['timeZone'], zoneOf(owner)),
    allDay: typeof start['date'] === 'string',
    host: owner,
    guests: peopleIn(fields['attendees'], (one) => one['displayName'] ?? one['email']),
    join: conference && isMade(conference) ? below(world, meetUrl(world, conference.code)) : null,
    page: `/google/event?eid=${Buffer.from(`${id} ${owner}`).toString('base64url')}`,
    notes: plainOf(textOr(fields['description'], '')),
  };
}

function microsoftEntry(world: World, { body, owner, starts, ends }: Kept<MicrosoftEvent>): Entry {
  const { fields, teams, id } = body;
  const start = isJson(fields['start']) ? fields['start'] : {};
  const written = isJson(fields['body']) ? textOr(fields['body']['content'], '') : '';
  return {
    product: OUTLOOK,
    title: textOr(fields['subject'], '(no subject)'),
    starts,
    ends,
    zone: ianaZone(start['timeZone'] ?? 'UTC'),
    allDay: fields['isAllDay'] === true,
    host: owner,
    guests: peopleIn(fields['attendees'], (one) => {
      const who = isJson(one['emailAddress']) ? one['emailAddress'] : {};
      return who['name'] ?? who['address'];
    }),
    join: teams && !body.linkAfterReads ? below(world, joinUrl(world, teams.thread)) : null,
    page: `/microsoft/owa/?itemid=${encodeURIComponent(id)}`,
    notes: plainOf(written),
  };
}

function peopleIn(given: unknown, nameOf: (one: Json) => unknown): string[] {
  return Array.isArray(given) ? given.filter(isJson).map((one) => textOr(nameOf(one), '(no address)')) : [];
}

/** A page may be read through a tunnel or a name of its own: links stay below the address it was asked at. */
function below(world: World, url: string): string {
  return url.startsWith(world.url()) ? url.slice(world.url().length) : url;
}

const SIGNS: Readonly<Record<string, string>> = {
  '&nbsp;': ' ',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
};

/** Calendars keep notes as HTML; here they are read, not rendered. */
function plainOf(notes: string): string {
  return notes
    .replace(/<br\s*\/?>|<\/(?:p|div|li|dt|dd|h\d)>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:nbsp|lt|gt|quot|#39|amp);/g, (sign) => SIGNS[sign] ?? sign)
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
