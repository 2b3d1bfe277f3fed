// An event in Microsoft Graph's words: what we send, what we read, its times as wall time plus zone, and its Teams link.
import { Type, type Static } from 'typebox';
import type { Listed, Listing } from '../../meetings/provider.ts';
import type { Conference, EventSpec, ProviderEvent } from '../provider.ts';

/** Our property set, fixed for ever: events made under another could not be found again. */
const PROPERTY_SET = '{6d9c3a52-0f3e-4b57-9b0e-5b1f0a6c2d41}';
export const MARKER_PROPERTY = `String ${PROPERTY_SET} Name slotkeeperSession`;
export const KEY_PROPERTY = `String ${PROPERTY_SET} Name slotkeeperKey`;

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Optional(Type.Union([schema, Type.Null()]));

const WHEN = Type.Object({ dateTime: Type.String(), timeZone: nullable(Type.String()) });

/** The parts of an event that we rely on. */
export const GRAPH_EVENT = Type.Object({
  id: Type.String({ minLength: 1 }),
  subject: nullable(Type.String()),
  start: WHEN,
  end: WHEN,
  location: nullable(Type.Object({ displayName: nullable(Type.String()) })),
  isCancelled: nullable(Type.Boolean()),
  isOnlineMeeting: nullable(Type.Boolean()),
  onlineMeeting: nullable(Type.Object({ joinUrl: nullable(Type.String()) })),
  transactionId: nullable(Type.String()),
  createdDateTime: nullable(Type.String()),
  lastModifiedDateTime: nullable(Type.String()),
  singleValueExtendedProperties: Type.Optional(
    Type.Array(Type.Object({ id: Type.String(), value: nullable(Type.String()) })),
  ),
});
export type GraphEvent = Static<typeof GRAPH_EVENT>;

export const GRAPH_LIST = Type.Object({
  '@odata.nextLink': Type.Optional(Type.String()),
  value: Type.Array(GRAPH_EVENT),
});

/** No more of a practitioner's calendar than is needed; the body, above all, stays there. */
export const GRAPH_SELECT = [
  'id',
  'subject',
  'start',
  'end',
  'location',
  'isCancelled',
  'isOnlineMeeting',
  'onlineMeeting',
  'transactionId',
  'createdDateTime',
].join(',');

export const GRAPH_EXPAND = `singleValueExtendedProperties($filter=id eq '${MARKER_PROPERTY}' or id eq '${KEY_PROPERTY}')`;

export function markerFilter(marker: string): string {
  const value = marker.replaceAll("'", "''");
  return `singleValueExtendedProperties/Any(ep: ep/id eq '${MARKER_PROPERTY}' and ep/value eq '${value}')`;
}

export const TEAMS = { isOnlineMeeting: true, onlineMeetingProvider: 'teamsForBusiness' } as const;

/** A new event. `transactionId` makes Graph answer a repeat with the first one, for a time it does not tell. */
export function newGraphEvent(spec: EventSpec, zone: string): Record<string, unknown> {
  return {
    ...graphEventBody(spec, zone),
    ...textBody(spec),
    transactionId: spec.key,
    showAs: 'busy',
    sensitivity: 'private',
    // Should the practitioner add somebody, that one and a client who was invited through Outlook do not see each other.
    hideAttendees: true,
    responseRequested: false,
    allowNewTimeProposals: false,
    singleValueExtendedProperties: [
      { id: MARKER_PROPERTY, value: spec.marker },
      { id: KEY_PROPERTY, value: spec.key },
    ],
    ...(spec.conference ? TEAMS : {}),
  };
}

/** A changed event. The body of a Teams event holds the join block, and writing over it disables the meeting. */
export function changedGraphEvent(spec: EventSpec, zone: string): Record<string, unknown> {
  return spec.conference ? graphEventBody(spec, zone) : { ...graphEventBody(spec, zone), ...textBody(spec) };
}

function graphEventBody(spec: EventSpec, zone: string): Record<string, unknown> {
  // Outlook words the place of a Teams event itself.
  const location = outlookNamesPlace(spec) ? {} : { location: { displayName: spec.location ?? '' } };
  // Not even an empty list, where we invite nobody: Outlook would put out whom the practitioner has asked to come.
  const attendees = spec.attendees.length > 0 ? { attendees: spec.attendees.map(attendee) } : {};
  const times = { start: wallTime(spec.start, zone), end: wallTime(spec.end, zone) };
  return { subject: spec.title, ...times, ...location, ...attendees };
}

function attendee({ name, address }: EventSpec['attendees'][number]): Record<string, unknown> {
  return { emailAddress: { name, address }, type: 'required' };
}

function outlookNamesPlace(spec: EventSpec): boolean {
  return spec.conference && spec.location === null;
}

function textBody(spec: EventSpec): Record<string, unknown> {
  return { body: { contentType: 'text', content: spec.description } };
}

/** The zone that Graph shall show the times in: the practitioner's, or UTC where her clock reads one of them twice. */
export function zoneFor(spec: EventSpec): string {
  const once = (at: Temporal.Instant): boolean => {
    const local = at.toZonedDateTimeISO(spec.zone);
    return local.toPlainDateTime().toZonedDateTime(spec.zone).toInstant().equals(at);
  };
  return once(spec.start) && once(spec.end) ? spec.zone : 'UTC';
}

/** Wall time and zone apart: an offset inside `dateTime` would be ignored or refused. */
function wallTime(at: Temporal.Instant, zone: string): { dateTime: string; timeZone: string } {
  const dateTime = at.toZonedDateTimeISO(zone).toPlainDateTime().toString({ smallestUnit: 'second' });
  return { dateTime, timeZone: zone };
}

/** Graph answers in UTC, with seven digits of a second and no Z, unless asked otherwise. */
function instantOf(at: GraphEvent['start']): Temporal.Instant {
  const zone = at.timeZone ?? 'UTC';
  const wall = Temporal.PlainDateTime.from(at.dateTime.replace(/Z$/, ''));
  return wall.toZonedDateTime(zone === 'tzone://Microsoft/Utc' ? 'UTC' : zone).toInstant();
}

export function differsFrom(event: ProviderEvent, spec: EventSpec): boolean {
  const sameText = event.title === spec.title && (outlookNamesPlace(spec) || event.location === spec.location);
  return !sameText || !keepsTime(event, spec);
}

/** Whether Graph understood the wall time as we did: its zone rules may be older than ours. */
export function keepsTime(event: ProviderEvent, spec: EventSpec): boolean {
  return wholeSeconds(event.start) === wholeSeconds(spec.start) && wholeSeconds(event.end) === wholeSeconds(spec.end);
}

function wholeSeconds(at: Temporal.Instant): number {
  return Math.floor(at.epochMilliseconds / 1000);
}

export function fromGraphEvent(event: GraphEvent): ProviderEvent {
  return {
    id: event.id,
    key: event.transactionId ?? propertyOf(event, KEY_PROPERTY) ?? null,
    title: event.subject ?? '',
    start: instantOf(event.start),
    end: instantOf(event.end),
    location: event.location?.displayName || null,
    conference: conferenceOf(event),
  };
}

/** What is asked of each event of a calendar that may be another's: when it is and whose, and no word of it. */
export const GRAPH_LISTED = {
  $select: 'id,start,end,isCancelled,lastModifiedDateTime',
  $expand: `singleValueExtendedProperties($filter=id eq '${MARKER_PROPERTY}')`,
} as const;

/** One of ours as the list tells it; null: another's, or not starting in the stretch that is listed. */
export function fromListed(event: GraphEvent, { marked, from, to }: Listing): Listed | null {
  const marker = propertyOf(event, MARKER_PROPERTY);
  if (!marker?.startsWith(marked) || event.isCancelled === true) return null;
  const [start, end] = [instantOf(event.start), instantOf(event.end)];
  if (Temporal.Instant.compare(start, from) < 0 || Temporal.Instant.compare(start, to) >= 0) return null;
  const changedAt = event.lastModifiedDateTime ? Temporal.Instant.from(event.lastModifiedDateTime) : null;
  return { id: event.id, marker, start, end, title: null, changedAt };
}

export function propertyOf(event: GraphEvent, id: string): string | null | undefined {
  return event.singleValueExtendedProperties?.find((property) => property.id.toLowerCase() === id.toLowerCase())?.value;
}

/** The link comes a while after the event; until then the event only says that it is online. */
function conferenceOf(event: GraphEvent): Conference | null {
  const joinUrl = event.onlineMeeting?.joinUrl;
  if (joinUrl) return { status: 'ready', id: event.id, joinUrl, password: null };
  return event.isOnlineMeeting ? { status: 'pending' } : null;
}

export function oldestFirst(a: GraphEvent, b: GraphEvent): number {
  return (a.createdDateTime ?? '').localeCompare(b.createdDateTime ?? '');
}
