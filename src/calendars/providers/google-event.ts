// An event in Google Calendar's words: what we send, what we read, and the state of its Meet link.
import { createHash } from 'node:crypto';
import { Type, type Static } from 'typebox';
import type { Listed, Listing } from '../../meetings/provider.ts';
import type { Conference, EventSpec, ProviderEvent } from '../provider.ts';

/** Our private extended property (at most 44 characters); its value is the marker. */
export const GOOGLE_MARKER = 'slotkeeperSession';

const WHEN = Type.Object({ dateTime: Type.Optional(Type.String()), date: Type.Optional(Type.String()) });

/** The parts of an event that we rely on. A cancelled one carries little but id and status. */
export const GOOGLE_EVENT = Type.Object({
  id: Type.String({ minLength: 1 }),
  status: Type.Optional(Type.String()),
  etag: Type.Optional(Type.String()),
  created: Type.Optional(Type.String()),
  updated: Type.Optional(Type.String()),
  summary: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  location: Type.Optional(Type.String()),
  start: Type.Optional(WHEN),
  end: Type.Optional(WHEN),
  attendees: Type.Optional(Type.Array(Type.Object({ email: Type.Optional(Type.String()) }))),
  hangoutLink: Type.Optional(Type.String()),
  conferenceData: Type.Optional(
    Type.Object({
      conferenceId: Type.Optional(Type.String()),
      createRequest: Type.Optional(
        Type.Object({ status: Type.Optional(Type.Object({ statusCode: Type.Optional(Type.String()) })) }),
      ),
      entryPoints: Type.Optional(
        Type.Array(
          Type.Object({
            entryPointType: Type.Optional(Type.String()),
            uri: Type.Optional(Type.String()),
            passcode: Type.Optional(Type.String()),
          }),
        ),
      ),
    }),
  ),
  extendedProperties: Type.Optional(Type.Object({ private: Type.Optional(Type.Record(Type.String(), Type.String())) })),
});
export type GoogleEvent = Static<typeof GOOGLE_EVENT>;

export const GOOGLE_LIST = Type.Object({
  nextPageToken: Type.Optional(Type.String()),
  items: Type.Optional(Type.Array(GOOGLE_EVENT)),
});

/** Every field of ours, for insert and PATCH; never the conference nor the status, which a PATCH thus leaves alone. */
export function googleEventBody(spec: EventSpec): Record<string, unknown> {
  return {
    summary: spec.title,
    description: spec.description,
    // Empty text clears it in a PATCH.
    location: spec.location ?? '',
    start: when(spec.start, spec.zone),
    end: when(spec.end, spec.zone),
    transparency: 'opaque',
    visibility: 'private',
    reminders: { useDefault: true },
    extendedProperties: { private: { [GOOGLE_MARKER]: spec.marker } },
    // Not even an empty list, where we invite nobody: a PATCH would put out whom the practitioner has asked to come.
    // Of a group none learns who else is in it.
    ...(spec.attendees.length > 0
      ? { attendees: spec.attendees.map(attendee), guestsCanSeeOtherGuests: false, guestsCanInviteOthers: false }
      : {}),
  };
}

function attendee({ name, address }: EventSpec['attendees'][number]): { email: string; displayName: string } {
  return { email: address, displayName: name };
}

/** Brings a deleted event back: it keeps its id for ever, so inserting it again is refused. */
export const REVIVED = { status: 'confirmed' } as const;

/** Asks for a Meet link. The same requestId twice in a row is ignored, so asking anew needs another. */
export function askForMeet(requestId: string): Record<string, unknown> {
  return { conferenceData: { createRequest: { requestId, conferenceSolutionKey: { type: 'hangoutsMeet' } } } };
}

/** Another requestId for each state of the event, the same one for the same state. */
export function nextRequestId(key: string, event: GoogleEvent): string {
  return `${key}-${createHash('sha256')
    .update(event.etag ?? '')
    .digest('hex')
    .slice(0, 8)}`;
}

export function isCancelled(event: GoogleEvent): boolean {
  return event.status === 'cancelled';
}

/** Whether a PATCH is needed to make it what the spec says, the conference aside. */
export function differsFrom(event: GoogleEvent, spec: EventSpec): boolean {
  return (
    event.summary !== spec.title ||
    (event.description ?? '') !== spec.description ||
    (event.location ?? '') !== (spec.location ?? '') ||
    event.extendedProperties?.private?.[GOOGLE_MARKER] !== spec.marker ||
    !spec.attendees.every(({ address }) => isInvited(event, address)) ||
    !sameSecond(instantOf(event.start), spec.start) ||
    !sameSecond(instantOf(event.end), spec.end)
  );
}

function isInvited({ attendees }: GoogleEvent, address: string): boolean {
  return (attendees ?? []).some(({ email }) => email?.toLowerCase() === address.toLowerCase());
}

export function fromGoogleEvent(event: GoogleEvent): ProviderEvent {
  return {
    id: event.id,
    key: event.id,
    title: event.summary ?? '',
    start: instantOf(event.start),
    end: instantOf(event.end),
    location: event.location || null,
    conference: conferenceOf(event),
  };
}

/** What is asked of each event of a calendar that may be another's: when it is and whose, and no word of it. */
export const GOOGLE_LISTED_FIELDS = `nextPageToken,items(id,status,updated,start,end,extendedProperties/private/${GOOGLE_MARKER})`;

/** One of ours as the list tells it; null: another's, or not starting in the stretch that is listed. */
export function fromListed(event: GoogleEvent, { marked, from, to }: Listing): Listed | null {
  const marker = event.extendedProperties?.private?.[GOOGLE_MARKER];
  if (!marker?.startsWith(marked) || isCancelled(event)) return null;
  const [start, end] = [instantOf(event.start), instantOf(event.end)];
  if (Temporal.Instant.compare(start, from) < 0 || Temporal.Instant.compare(start, to) >= 0) return null;
  const changedAt = event.updated === undefined ? null : Temporal.Instant.from(event.updated);
  return { id: event.id, marker, start, end, title: null, changedAt };
}

/** Meet links are made asynchronously: no link yet is pending, and only "failure" is a failure. */
export function conferenceOf(event: GoogleEvent): Conference | null {
  const data = event.conferenceData;
  const video = data?.entryPoints?.find((entry) => entry.entryPointType === 'video');
  const joinUrl = video?.uri ?? event.hangoutLink;
  if (joinUrl)
    return { status: 'ready', id: data?.conferenceId ?? event.id, joinUrl, password: video?.passcode ?? null };
  if (data === undefined) return null;
  return { status: data.createRequest?.status?.statusCode === 'failure' ? 'failed' : 'pending' };
}

/** The instant with its offset decides; the zone beside it is for display. */
function when(at: Temporal.Instant, zone: string): { dateTime: string; timeZone: string } {
  const dateTime = at.toZonedDateTimeISO(zone).toString({ timeZoneName: 'never', smallestUnit: 'second' });
  return { dateTime, timeZone: zone };
}

/** An event that somebody made an all-day one starts at midnight UTC for us: not what we set, and so set right again. */
function instantOf(at: GoogleEvent['start']): Temporal.Instant {
  return Temporal.Instant.from(at?.dateTime ?? `${at?.date ?? '1970-01-01'}T00:00:00Z`);
}

function sameSecond(a: Temporal.Instant, b: Temporal.Instant): boolean {
  return Math.floor(a.epochMilliseconds / 1000) === Math.floor(b.epochMilliseconds / 1000);
}
