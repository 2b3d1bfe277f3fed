// Knows how dates and times on a wall become instants and back, and says no where a wall time does not exist. Offsets come from
// zone-table; which zone counts, and whether a time is on offer, is for the rooms above.
import { Refusal, type FieldFault } from '../refusal.ts';
import { firstMinuteAt, isZone, offsetAt, resolveMinute, zoneTable } from './zone-table.ts';

const DAY = 1_440;
const MINUTE_MS = 60_000;
/** Days from 0000-03-01 to 1970-01-01. */
const DAYS_TO_1970 = 719_468;
/** A date, a time with nanoseconds and an offset come to 35. */
const MAX_START_LENGTH = 40;
/**
 * Years that are read from callers. Nobody is booked outside of them; and with any offset, buffer or margin added they lie far
 * within what Temporal, PostgreSQL and four digits can say.
 */
export const YEARS = { first: 1970, last: 2200 } as const;
const DATE = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
/** RFC 3339, 5.6, without its leap second, which no time zone database can place. */
const CLOCK = /^((?:[01]\d|2[0-3]):[0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/;

export const DATE_FAULT = `must be a date that exists, as YYYY-MM-DD, from ${YEARS.first} to ${YEARS.last}`;

/** A date `YYYY-MM-DD` and a time `HH:mm` or `HH:mm:ss`, as read off a clock on the wall. */
export type Wall = { readonly date: string; readonly time: string };
/** A wall time that exists, and the instant it names. */
export type WallInstant = Wall & { readonly instant: Temporal.Instant };

export type ResolvedWall =
  | { readonly kind: 'once'; readonly instant: Temporal.Instant }
  | { readonly kind: 'twice'; readonly earlier: Temporal.Instant; readonly later: Temporal.Instant }
  /** Clocks jumped over it: the last minute that exists before, and the first after. */
  | { readonly kind: 'gap'; readonly before: WallInstant; readonly after: WallInstant };

/** What a well-formed wall time means in a zone. */
export function resolveWall(wall: Wall & { readonly zone: string }): ResolvedWall {
  const minute = dayNumber(wall.date) * DAY + minutesOfDay(wall.time);
  const seconds = Number(wall.time.slice(6, 8) || 0);
  const found = resolveMinute(zoneTable(wall.zone), minute);
  if (found.kind === 'once') return { kind: 'once', instant: instantOf(found.minute, seconds) };
  if (found.kind === 'twice') {
    return { kind: 'twice', earlier: instantOf(found.earlier, seconds), later: instantOf(found.later, seconds) };
  }
  const [before, after] = [instantOf(found.change - 1), instantOf(found.change)];
  return {
    kind: 'gap',
    before: { ...wallOf(before, wall.zone), instant: before },
    after: { ...wallOf(after, wall.zone), instant: after },
  };
}

/**
 * The instant of a wall time: the earlier one where it exists twice; Refusal `time_does_not_exist`, with
 * `nearest: [{date, time, start}, {date, time, start}]`, where clocks jumped over it.
 */
export function toInstant(wall: Wall, zone: string): Temporal.Instant {
  const found = resolveWall({ ...wall, zone });
  if (found.kind === 'once') return found.instant;
  if (found.kind === 'twice') return found.earlier;
  const nearest = [found.before, found.after].map(({ date, time, instant }) => ({
    date,
    time,
    start: isoOf(minuteOf(instant), zone),
  }));
  const [before, after] = nearest.map(
    (near) => `${near.date === wall.date ? '' : `${near.date} `}${near.time.slice(0, 5)}`,
  );
  throw new Refusal(
    'time_does_not_exist',
    `${wall.time.slice(0, 5)} on ${wall.date} does not exist in ${zone}: clocks go forward over it. ` +
      `The nearest times that do are ${before} and ${after}; choose another time.`,
    { extra: { nearest } },
  );
}

/** A start as asked for: the instant, always on a whole minute, and the same as an epoch minute. */
export type Start = { readonly instant: Temporal.Instant; readonly minute: number };

/**
 * Reads a start: `{ date, time }`, or one string `YYYY-MM-DDTHH:mm[:ss]`. Either may end in `Z` or `±HH:mm`, which then chooses
 * the instant (RFC 3339); without one it is wall time in `timeZone`, or else in `zone`. Refusals: `invalid_request` with the
 * field at fault (a string's is `pointer`; an object's are `pointer` + `/date`, `/time`), `time_does_not_exist`.
 */
export function parseStart(
  input: string | Wall,
  given: { readonly zone: string; readonly timeZone?: string | undefined; readonly pointer?: string },
): Start {
  const { zone, timeZone } = given;
  const pointer = given.pointer ?? '';
  if (timeZone !== undefined && !isZone(timeZone)) {
    throw invalid({ pointer: '/timeZone', message: 'must be an IANA time zone, such as America/New_York' });
  }
  const [datePart, timePart] =
    typeof input === 'string' ? splitAtT(input, pointer) : ([input.date, input.time] as const);
  const datePointer = typeof input === 'string' ? pointer : `${pointer}/date`;
  const timePointer = typeof input === 'string' ? pointer : `${pointer}/time`;
  if (!isDate(datePart)) throw invalid({ pointer: datePointer, message: DATE_FAULT });
  const clock = CLOCK.exec(timePart);
  if (!clock) {
    throw invalid({ pointer: timePointer, message: 'must be a time of day, HH:mm or HH:mm:ss, 00:00 to 23:59' });
  }
  const [, hhmm, seconds, fraction, offset] = clock;
  if (Number(seconds ?? 0) !== 0 || Number(fraction ?? 0) !== 0) {
    throw invalid({ pointer: timePointer, message: 'must be on a whole minute' });
  }
  const instant =
    offset === undefined
      ? toInstant({ date: datePart, time: `${hhmm}:00` }, timeZone ?? zone)
      : instantOf(dayNumber(datePart) * DAY + minutesOfDay(hhmm!) - offsetMinutes(offset));
  return { instant, minute: minuteOf(instant) };
}

/** Whether a string is a date that exists, `YYYY-MM-DD`, in the years that are read. */
export function isDate(date: string): boolean {
  if (!DATE.test(date) || dateOfDay(dayNumber(date)) !== date) return false;
  const year = Number(date.slice(0, 4));
  return year >= YEARS.first && year <= YEARS.last;
}

/** Minutes since midnight of `HH:mm` or `HH:mm:ss`. */
export function minutesOfDay(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** Days from 1970-01-01 to a date `YYYY-MM-DD`, by the Gregorian calendar with years that begin in March. */
export function dayNumber(date: string): number {
  const month = Number(date.slice(5, 7));
  const year = Number(date.slice(0, 4)) - (month <= 2 ? 1 : 0);
  const leapDays = Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400);
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + Number(date.slice(8, 10)) - 1;
  return 365 * year + leapDays + dayOfYear - DAYS_TO_1970;
}

/** The date `YYYY-MM-DD`, `day` days after 1970-01-01. */
export function dateOfDay(day: number): string {
  const days = day + DAYS_TO_1970;
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1)}`;
}

/** The first epoch minute of a date in a zone (00:00, or later where clocks jump over midnight). */
export function dayStart(date: string, zone: string): number {
  return firstMinuteAt(zoneTable(zone), dayNumber(date) * DAY);
}

/** The date in a zone at an epoch minute. */
export function dateAt(minute: number, zone: string): string {
  return dateOfDay(Math.floor((minute + offsetAt(zone, minute)) / DAY));
}

/** The epoch minute an instant lies in. */
export function minuteOf(instant: Temporal.Instant): number {
  return Math.floor(instant.epochMilliseconds / MINUTE_MS);
}

/** "Now" for the rules of booking: rounded up to the whole minute, so that nothing is offered a moment too late. */
export function nowMinute(now: Temporal.Instant): number {
  return Math.ceil(now.epochMilliseconds / MINUTE_MS);
}

export function instantOf(minute: number, seconds = 0): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(minute * MINUTE_MS + seconds * 1_000);
}

/** Date `YYYY-MM-DD` and time `HH:mm:ss` on the wall of a zone. */
export function wallOf(instant: Temporal.Instant, zone: string): Wall {
  const minute = minuteOf(instant);
  const wallMinute = minute + offsetAt(zone, minute);
  const seconds = Math.floor((instant.epochMilliseconds - minute * MINUTE_MS) / 1_000);
  return { date: dateOfDay(Math.floor(wallMinute / DAY)), time: `${timeOf(wallMinute)}:${two(seconds)}` };
}

/** `HH:mm` of an epoch minute at an offset of 0, or of an epoch minute plus its offset. */
export function timeOf(wallMinute: number): string {
  const minute = minuteOfDay(wallMinute);
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** The 12-hour label `09:00 AM` of an epoch minute at an offset in minutes. Noon is `12:00 PM`, midnight `12:00 AM`. */
export function labelOf(minute: number, offset: number): string {
  const wall = minuteOfDay(minute + offset);
  const hour = Math.floor(wall / 60);
  return `${two(hour % 12 || 12)}:${two(wall % 60)} ${hour < 12 ? 'AM' : 'PM'}`;
}

/** RFC 3339 with the zone's offset, `2026-06-22T09:00:00-04:00`. */
export function isoOf(minute: number, zone: string): string {
  return isoAt(minute, offsetAt(zone, minute));
}

/** The same from an offset already known, in minutes. */
export function isoAt(minute: number, offset: number): string {
  const wall = minute + offset;
  const size = Math.abs(offset);
  const sign = offset < 0 ? '-' : '+';
  return `${dateOfDay(Math.floor(wall / DAY))}T${timeOf(wall)}:00${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

function minuteOfDay(wallMinute: number): number {
  return wallMinute - Math.floor(wallMinute / DAY) * DAY;
}

function two(n: number): string {
  return n < 10 ? `0${n}` : `${n}`;
}

function splitAtT(text: string, pointer: string): readonly [string, string] {
  if (text.length > MAX_START_LENGTH || text[10] !== 'T') {
    throw invalid({ pointer, message: 'must be a date and time, YYYY-MM-DDTHH:mm:ss, with or without an offset' });
  }
  return [text.slice(0, 10), text.slice(11)];
}

function offsetMinutes(offset: string): number {
  if (offset === 'Z') return 0;
  return minutesOfDay(offset.slice(1)) * (offset.startsWith('-') ? -1 : 1);
}

function invalid(fault: FieldFault): Refusal {
  return new Refusal('invalid_request', `${fault.pointer.split('/').at(-1) || 'The start'} ${fault.message}.`, {
    errors: [fault],
  });
}
