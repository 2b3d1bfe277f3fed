// Says times the way a letter does: weekday, date, hours, the zone's name and its offset from UTC, so that nobody has to guess.
// Knows nothing of appointments.

/** `Tue 24 Nov 2026, 10:00`, for a subject line. */
export function sayShort(at: Temporal.Instant, zone: string): string {
  const local = at.toZonedDateTimeISO(zone);
  return `${part(local, { weekday: 'short' })} ${local.day} ${part(local, { month: 'short' })} ${local.year}, ${clockTime(local)}`;
}

/**
 * Two lines: `Tuesday 24 November 2026, 10:00 to 11:00` and `Central European Standard Time (Europe/Berlin, UTC+01:00)`.
 * A change of date or offset between start and end is said where it happens.
 */
export function saySpan(start: Temporal.Instant, end: Temporal.Instant, zone: string): { when: string; zone: string } {
  const from = start.toZonedDateTimeISO(zone);
  const to = end.toZonedDateTimeISO(zone);
  const clocksChange = from.offset !== to.offset;
  const until = from.toPlainDate().equals(to.toPlainDate()) ? clockTime(to) : `${longDate(to)}, ${clockTime(to)}`;
  const when = clocksChange
    ? `${longDate(from)}, ${clockTime(from)} (UTC${from.offset}) to ${until} (UTC${to.offset}, the clocks change in between)`
    : `${longDate(from)}, ${clockTime(from)} to ${until}`;
  return { when, zone: sayZone(from) };
}

/** `Tuesday 24 November 2026, 10:00, Central European Standard Time (Europe/Berlin, UTC+01:00)`. */
export function sayMoment(at: Temporal.Instant, zone: string): string {
  const local = at.toZonedDateTimeISO(zone);
  return `${longDate(local)}, ${clockTime(local)}, ${sayZone(local)}`;
}

/** `50 minutes`, `1 hour`, `1 hour 30 minutes`. */
export function sayLength(start: Temporal.Instant, end: Temporal.Instant): string {
  const length = start.until(end, { largestUnit: 'hour', smallestUnit: 'minute' });
  const words = [count(length.hours, 'hour'), count(length.minutes, 'minute')].filter((word) => word !== null);
  return words.join(' ') || '0 minutes';
}

function sayZone(local: Temporal.ZonedDateTime): string {
  const exact = `${local.timeZoneId}, UTC${local.offset}`;
  if (local.timeZoneId === 'UTC') return 'UTC';
  const parts = formatter(local.timeZoneId, { timeZoneName: 'long' }).formatToParts(local.epochMilliseconds);
  const name = parts.find((one) => one.type === 'timeZoneName')?.value ?? '';
  // Where a zone has no name in English, the offset stands in for it and is already said.
  return name === '' || /^(GMT|UTC)/.test(name) ? exact : `${name} (${exact})`;
}

// Each part by itself: the order and the commas of a whole date change from one edition of the locale data to the next.
function part(local: Temporal.ZonedDateTime, options: Intl.DateTimeFormatOptions): string {
  return formatter(local.timeZoneId, options).format(local.epochMilliseconds);
}

/** Making one costs a hundred times its use. Five for a zone, of some kilobytes each. */
const MOST_FORMATTERS = 500;
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${timeZone} ${JSON.stringify(options)}`;
  const known = formatters.get(key);
  if (known) return known;
  if (formatters.size >= MOST_FORMATTERS) formatters.clear();
  const made = new Intl.DateTimeFormat('en-GB', { ...options, timeZone });
  formatters.set(key, made);
  return made;
}

function longDate(local: Temporal.ZonedDateTime): string {
  return `${part(local, { weekday: 'long' })} ${local.day} ${part(local, { month: 'long' })} ${local.year}`;
}

function clockTime(local: Temporal.ZonedDateTime): string {
  return local.toPlainTime().toString({ smallestUnit: 'minute' });
}

function count(many: number, unit: string): string | null {
  if (many === 0) return null;
  return many === 1 ? `1 ${unit}` : `${many} ${unit}s`;
}
