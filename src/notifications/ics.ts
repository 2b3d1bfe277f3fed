// Writes one appointment as an iTIP message (RFC 5545, RFC 5546): the same UID for life, SEQUENCE rising, one attendee,
// who is the reader. Knows nothing of mail; the words are given.
import { cleanText } from './clean-text.ts';
import { localStamp, writeTimezone } from './vtimezone.ts';

export type CalendarPerson = { readonly name: string; readonly address: string };

export type Invitation = {
  readonly method: 'REQUEST' | 'CANCEL';
  readonly uid: string;
  readonly sequence: number;
  readonly stamp: Temporal.Instant;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  /** IANA zone in which the time was agreed. */
  readonly zone: string;
  readonly summary: string;
  readonly description: string;
  /** Address to join at, or null. */
  readonly url: string | null;
  readonly organizer: CalendarPerson;
  readonly attendee: CalendarPerson;
};

/** RFC 5545, 3.1: a line is at most 75 octets, its line break not counted. */
const MAX_LINE_OCTETS = 75;

/** One of several appointments that are told of in one letter. */
export type Published = Omit<Invitation, 'method' | 'attendee' | 'zone'> & { readonly cancelled: boolean };

/**
 * Several appointments in one calendar. An iTIP request or cancellation is about one UID alone (RFC 5546, 3.2.2, 3.2.5), so
 * they are published (3.2.1), which asks for no attendee; each has the UID and SEQUENCE by which its own later letters
 * find it. In UTC: one definition of a zone would have to serve them all.
 */
export function writePublication(events: readonly Published[]): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Slotkeeper//Slotkeeper//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    ...events.flatMap((event) => [
      'BEGIN:VEVENT',
      `UID:${text(cleanText(event.uid, 255))}`,
      `SEQUENCE:${event.sequence}`,
      `DTSTAMP:${utcStamp(event.stamp)}`,
      `DTSTART:${utcStamp(event.start)}`,
      `DTEND:${utcStamp(event.end)}`,
      `SUMMARY:${text(event.summary)}`,
      `DESCRIPTION:${text(event.description)}`,
      ...(event.url === null ? [] : [`LOCATION:${text(event.url)}`, `URL:${uri(event.url)}`]),
      `STATUS:${event.cancelled ? 'CANCELLED' : 'CONFIRMED'}`,
      `TRANSP:${event.cancelled ? 'TRANSPARENT' : 'OPAQUE'}`,
      'CLASS:PRIVATE',
      `ORGANIZER;CN=${parameter(event.organizer.name)}:${mailto(event.organizer.address)}`,
      'END:VEVENT',
    ]),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${fold(line)}\r\n`).join('');
}

/** The whole calendar, CRLF lines, folded. */
export function writeInvitation(invitation: Invitation): string {
  const { method, url } = invitation;
  const cancelled = method === 'CANCEL';
  const { times, timezone } = writeTimes(invitation);
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Slotkeeper//Slotkeeper//EN',
    'CALSCALE:GREGORIAN',
    `METHOD:${method}`,
    ...timezone,
    'BEGIN:VEVENT',
    `UID:${text(cleanText(invitation.uid, 255))}`,
    `SEQUENCE:${invitation.sequence}`,
    `DTSTAMP:${utcStamp(invitation.stamp)}`,
    ...times,
    `SUMMARY:${text(invitation.summary)}`,
    `DESCRIPTION:${text(invitation.description)}`,
    ...(url === null ? [] : [`LOCATION:${text(url)}`, `URL:${uri(url)}`]),
    `STATUS:${cancelled ? 'CANCELLED' : 'CONFIRMED'}`,
    `TRANSP:${cancelled ? 'TRANSPARENT' : 'OPAQUE'}`,
    'CLASS:PRIVATE',
    `ORGANIZER;CN=${parameter(invitation.organizer.name)}:${mailto(invitation.organizer.address)}`,
    `ATTENDEE;CN=${parameter(invitation.attendee.name)};CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:${mailto(invitation.attendee.address)}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${fold(line)}\r\n`).join('');
}

// A local time that occurs twice means the first of the two (RFC 5545, 3.3.5), yet readers differ (ical.js 2.2.1 takes the
// second): such times are said in UTC.
function writeTimes({ start, end, zone }: Invitation): { times: string[]; timezone: string[] } {
  const from = start.toZonedDateTimeISO(zone);
  const to = end.toZonedDateTimeISO(zone);
  const sayable = from.timeZoneId !== 'UTC' && occursOnce(from) && occursOnce(to);
  if (!sayable) return { times: [`DTSTART:${utcStamp(start)}`, `DTEND:${utcStamp(end)}`], timezone: [] };
  const stamp = (at: Temporal.ZonedDateTime) => `TZID=${from.timeZoneId}:${localStamp(at.toPlainDateTime())}`;
  return { times: [`DTSTART;${stamp(from)}`, `DTEND;${stamp(to)}`], timezone: writeTimezone(from, to) };
}

function occursOnce(at: Temporal.ZonedDateTime): boolean {
  const local = at.toPlainDateTime();
  const first = local.toZonedDateTime(at.timeZoneId, { disambiguation: 'earlier' });
  return first.equals(local.toZonedDateTime(at.timeZoneId, { disambiguation: 'later' }));
}

function utcStamp(at: Temporal.Instant): string {
  return `${localStamp(at.toZonedDateTimeISO('UTC').toPlainDateTime())}Z`;
}

// RFC 5545, 3.3.11. Line breaks are ours: what strangers wrote has been cleaned to one line before it gets here.
function text(value: string): string {
  return value
    .toWellFormed()
    .replace(/[\\;,]/g, '\\$&')
    .replace(/\r\n|\r|\n/g, '\\n')
    .replace(/\p{Cc}/gu, '');
}

// RFC 5545, 3.2: a quoted parameter cannot hold a quotation mark. RFC 6868 could say it; few calendars read that.
function parameter(value: string): string {
  return `"${cleanText(value).replaceAll('"', "'")}"`;
}

// A URI is not TEXT: a backslash put before its commas would break it (RFC 5545, 3.3.13).
function uri(value: string): string {
  return value.replace(/[\p{Cc}\s]/gu, '');
}

// RFC 6068, 2: in an address everything that a URI could read otherwise is percent-encoded.
function mailto(address: string): string {
  const encoded = cleanText(address, 320).replace(/[^A-Za-z0-9.!$'*+\-_~@]/gu, (character) =>
    encodeURIComponent(character),
  );
  return `mailto:${encoded}`;
}

// Folds between characters, never inside one: a reader that unfolds late must still see valid UTF-8 in every line.
function fold(line: string): string {
  let folded = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > MAX_LINE_OCTETS) {
      folded += '\r\n ';
      octets = 1;
    }
    folded += character;
    octets += size;
  }
  return folded;
}
