// Says times to a person: the day and the hours in a zone, the zone by its name and offset, and how far off it is.

export type Span = { readonly starts: number; readonly ends: number; readonly zone: string };

/** `Fri 20 Jun 2030` */
export function sayDay(at: number, zone: string): string {
  const local = localAt(at, zone);
  const part = (options: Intl.DateTimeFormatOptions): string => local.toLocaleString('en-GB', options);
  return `${part({ weekday: 'short' })} ${local.day} ${part({ month: 'short' })} ${local.year}`;
}

/** `14:00` */
export function sayClock(at: number, zone: string): string {
  return localAt(at, zone).toPlainTime().toString({ smallestUnit: 'minute' });
}

/** `14:00 to 15:00`; where it ends on another day, that day is said. */
export function sayHours({ starts, ends, zone }: Span): string {
  const sameDay = localAt(starts, zone).toPlainDate().equals(localAt(ends, zone).toPlainDate());
  return `${sayClock(starts, zone)} to ${sameDay ? '' : `${sayDay(ends, zone)}, `}${sayClock(ends, zone)}`;
}

/** `America/New_York, UTC−04:00`, with a true minus: a line may break after a hyphen. */
export function sayZone(at: number, zone: string): string {
  return zone === 'UTC' ? 'UTC' : `${zone}, UTC${localAt(at, zone).offset.replace('-', '−')}`;
}

/** `1 hour 30 minutes` */
export function sayLength({ starts, ends }: Pick<Span, 'starts' | 'ends'>): string {
  const minutes = Math.round((ends - starts) / 60_000);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return count(rest, 'minute');
  return rest === 0 ? count(hours, 'hour') : `${count(hours, 'hour')} ${count(rest, 'minute')}`;
}

/** `in 3 days`, `2 minutes ago`, `just now`. */
export function sayDistance(from: Temporal.Instant, to: number): string {
  const seconds = Math.round((to - from.epochMilliseconds) / 1000);
  const words = new Intl.RelativeTimeFormat('en-GB', { numeric: 'auto' });
  const size = Math.abs(seconds);
  if (size < 45) return seconds > 0 ? 'in a moment' : 'just now';
  if (size < 45 * 60) return words.format(Math.round(seconds / 60), 'minute');
  if (size < 22 * 3600) return words.format(Math.round(seconds / 3600), 'hour');
  if (size < 60 * 86_400) return words.format(Math.round(seconds / 86_400), 'day');
  if (size < 540 * 86_400) return words.format(Math.round(seconds / (30.44 * 86_400)), 'month');
  return words.format(Math.round(seconds / (365.25 * 86_400)), 'year');
}

export function stampOf(at: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString();
}

function count(many: number, unit: string): string {
  return `${many} ${unit}${many === 1 ? '' : 's'}`;
}

function localAt(at: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
}
