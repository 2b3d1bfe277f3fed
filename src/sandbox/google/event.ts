// An event as Google keeps it: what a body may say, how PATCH merges, when the sequence rises, and how it is shown.
import { isJson, textOr, type Json, type World } from '../endpoint.ts';
import { isAddress } from '../people.ts';
import { inZone, instantFrom, isZone, wallTimeIn } from '../wall-time.ts';
import { zoneOf } from './calendars.ts';
import { conferenceShown, type Conference } from './conference.ts';
import { badRequest, refuse } from './errors.ts';
import type { Acting } from './tokens.ts';

export type GoogleEvent = {
  readonly id: string;
  readonly calendar: string;
  readonly status: 'confirmed' | 'tentative' | 'cancelled';
  readonly created: string;
  readonly updated: string;
  readonly version: number;
  readonly sequence: number;
  readonly creator: string;
  /** Every writable member as last given; start and end among them. */
  readonly fields: Json;
  readonly conference?: Conference;
};

export type Stretch = { readonly starts: number; readonly ends: number };

/** Members a caller may write; others are ignored, as Google ignores them. */
const WRITABLE = [
  'summary',
  'description',
  'location',
  'colorId',
  'start',
  'end',
  'attendees',
  'reminders',
  'transparency',
  'visibility',
  'guestsCanInviteOthers',
  'guestsCanModify',
  'guestsCanSeeOtherGuests',
  'anyoneCanAddSelf',
  'extendedProperties',
  'source',
  'recurrence',
] as const;
const MOST_PROPERTY_KEY = 44;
const MOST_PROPERTY_VALUE = 1_024;

export function fieldsOf(body: Json): Json {
  return Object.fromEntries(
    WRITABLE.filter((name) => body[name] !== undefined && body[name] !== null).map((name) => [name, body[name]]),
  );
}

/** PATCH merges objects, replaces arrays, and removes what is null. */
export function mergedFields(before: Json, body: Json): Json {
  const given = Object.fromEntries(
    WRITABLE.filter((name) => body[name] !== undefined).map((name) => [name, body[name]]),
  );
  return merged(before, given);
}

/** Refuses in Google's words; answers the instants the event covers. */
export function checkFields(fields: Json, calendar: string, who: Acting): Stretch {
  checkAttendees(fields['attendees'], who);
  checkProperties(fields['extendedProperties']);
  const start = pointOf(fields['start'], 'start', calendar);
  const end = pointOf(fields['end'], 'end', calendar);
  if (start.allDay !== end.allDay)
    throw badRequest('invalid', 'Start and end times must either both be date or both be dateTime.');
  if (end.at < start.at || (start.allDay && end.at === start.at))
    throw badRequest('timeRangeEmpty', 'The specified time range is empty.');
  if (fields['transparency'] !== undefined && !['opaque', 'transparent'].includes(textOr(fields['transparency'], '')))
    throw badRequest('invalid', 'Invalid transparency value.');
  if (
    fields['visibility'] !== undefined &&
    !['default', 'public', 'private', 'confidential'].includes(textOr(fields['visibility'], ''))
  )
    throw badRequest('invalid', 'Invalid visibility value.');
  return { starts: start.at, ends: end.at };
}

/** The tags by which lists and pages find an event. */
export function tagsOf(event: GoogleEvent): string[] {
  const properties = isJson(event.fields['extendedProperties']) ? event.fields['extendedProperties'] : {};
  const tags = ['private', 'shared'].flatMap((kind) =>
    Object.entries(isJson(properties[kind]) ? properties[kind] : {}).map(
      ([key, value]) => `${kind}:${key}=${String(value)}`,
    ),
  );
  return event.conference ? [...tags, `meet:${event.conference.code}`] : tags;
}

/** Google counts a new sequence for what matters to guests: time, place, and being cancelled or revived. */
export function mattersToGuests(before: GoogleEvent, after: GoogleEvent): boolean {
  const essence = (event: GoogleEvent): string =>
    JSON.stringify([
      event.status,
      event.fields['start'],
      event.fields['end'],
      event.fields['location'],
      event.fields['recurrence'],
    ]);
  return essence(before) !== essence(after);
}

export function etagOf(event: GoogleEvent): string {
  return `"${Temporal.Instant.from(event.created).epochMilliseconds}${String(event.version).padStart(3, '0')}"`;
}

export function shown(world: World, event: GoogleEvent, stretch: Stretch, zone?: string): Json {
  const { fields } = event;
  const inAnswer = zone ?? zoneOf(event.calendar);
  const self = { email: event.calendar, self: true };
  return {
    kind: 'calendar#event',
    etag: etagOf(event),
    id: event.id,
    status: event.status,
    htmlLink: `${world.url()}/google/event?eid=${Buffer.from(`${event.id} ${event.calendar}`).toString('base64url')}`,
    created: event.created,
    updated: event.updated,
    ...fields,
    creator: event.creator === event.calendar ? self : { email: event.creator },
    organizer: self,
    start: pointShown(fields['start'], stretch.starts, inAnswer, event.calendar),
    end: pointShown(fields['end'], stretch.ends, inAnswer, event.calendar),
    iCalUID: `${event.id}@google.com`,
    sequence: event.sequence,
    ...(Array.isArray(fields['attendees']) ? { attendees: fields['attendees'].map(attendeeShown) } : {}),
    ...(event.conference ? conferenceShown(world, event.conference) : {}),
    reminders: fields['reminders'] ?? { useDefault: true },
    eventType: 'default',
  };
}

function pointOf(given: unknown, name: 'start' | 'end', calendar: string): { at: number; allDay: boolean } {
  if (!isJson(given)) throw badRequest('required', `Missing ${name} time.`);
  const { date, dateTime, timeZone } = given;
  if (timeZone !== undefined && timeZone !== null && !isZone(timeZone))
    throw badRequest('invalid', `Invalid time zone definition for ${name} time.`);
  if (typeof date === 'string') {
    const at = /^\d{4}-\d\d-\d\d$/.test(date) ? wallTimeIn(`${date}T00:00:00`, zoneOf(calendar)) : undefined;
    if (!at || dateTime) throw badRequest('invalid', `Invalid ${name} time.`);
    return { at: at.epochMilliseconds, allDay: true };
  }
  if (typeof dateTime !== 'string') throw badRequest('required', `Missing ${name} time.`);
  const instant = instantFrom(dateTime);
  if (instant) return { at: instant.epochMilliseconds, allDay: false };
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(dateTime)) throw badRequest('badRequest', 'Bad Request');
  if (typeof timeZone !== 'string') throw badRequest('required', `Missing time zone definition for ${name} time.`);
  const at = wallTimeIn(dateTime, timeZone);
  if (!at) throw badRequest('invalid', `Invalid ${name} time.`);
  return { at: at.epochMilliseconds, allDay: false };
}

function pointShown(given: unknown, at: number, zone: string, calendar: string): Json {
  if (isJson(given) && typeof given['date'] === 'string') return { date: given['date'] };
  const own = isJson(given) ? given['timeZone'] : undefined;
  return { dateTime: inZone(at, zone), timeZone: typeof own === 'string' ? own : zoneOf(calendar) };
}

function attendeeShown(given: unknown): Json {
  return isJson(given) ? { responseStatus: 'needsAction', ...given } : {};
}

function checkAttendees(given: unknown, who: Acting): void {
  if (given === undefined) return;
  if (!Array.isArray(given)) throw badRequest('invalid', 'Invalid attendees.');
  if (given.length > 0 && who.isServiceAccount)
    throw refuse(
      403,
      'forbiddenForServiceAccounts',
      'Service accounts cannot invite attendees without Domain-Wide Delegation of Authority.',
    );
  for (const attendee of given) {
    if (!isJson(attendee) || attendee['email'] === undefined) throw badRequest('required', 'Missing attendee email.');
    if (!isAddress(attendee['email'])) throw badRequest('invalid', 'Invalid attendee email.');
  }
}

function checkProperties(given: unknown): void {
  if (given === undefined) return;
  if (!isJson(given)) throw badRequest('invalid', 'Invalid extended properties.');
  for (const kind of ['private', 'shared'])
    for (const [key, value] of Object.entries(isJson(given[kind]) ? given[kind] : {}))
      if (typeof value !== 'string' || key.length > MOST_PROPERTY_KEY || value.length > MOST_PROPERTY_VALUE)
        throw badRequest('invalid', `Invalid extended property ${key.slice(0, MOST_PROPERTY_KEY)}.`);
}

function merged(before: Json, given: Json): Json {
  const after: Json = { ...before };
  for (const [name, value] of Object.entries(given)) {
    if (value === null) delete after[name];
    else after[name] = isJson(value) ? merged(isJson(before[name]) ? before[name] : {}, value) : value;
  }
  return after;
}
