// What a letter says of a time, put together from what ICU shows: the wall for date and hours, its own words for offset and zone.
import { changesIn, stretchOf, wallAt } from './icu.ts';
import { dayOf, wallText } from './calendar.ts';

type Style = 'long' | 'short';

/** Of a wall, so of no zone. */
const WORDS = {
  weekday: { long: nameOf({ weekday: 'long' }), short: nameOf({ weekday: 'short' }) },
  month: { long: nameOf({ month: 'long' }), short: nameOf({ month: 'short' }) },
};

function nameOf(options: Intl.DateTimeFormatOptions): (wall: number) => string {
  const format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
  return (wall) => format.format(wall * 60_000);
}

function dateWords(wall: number, style: Style): string {
  const [year, , day] = wallText(wall).date.split('-').map(Number);
  return `${WORDS.weekday[style](wall)} ${day} ${WORDS.month[style](wall)} ${year}`;
}

/** `Sun 28 Mar 2027, 03:00`. */
export function shortWords(zone: string, minute: number): string {
  const wall = wallAt(zone, minute);
  return `${dateWords(wall, 'short')}, ${wallText(wall).time}`;
}

/** `Sunday 28 March 2027, 03:00, Central European Summer Time (Europe/Berlin, UTC+02:00)`. */
export function momentWords(zone: string, minute: number): string {
  const wall = wallAt(zone, minute);
  return `${dateWords(wall, 'long')}, ${wallText(wall).time}, ${zoneWords(zone, minute)}`;
}

/** When, and by which zone. The clocks change in between where the wall does anything but go on up to the end. */
export function spanWords(zone: string, start: number, end: number): string {
  const changes = changesIn(stretchOf(zone, start, end + 1)).length > 0;
  const [from, to] = [wallAt(zone, start), wallAt(zone, end)];
  const offset = (minute: number, more = '') => (changes ? ` (UTC${offsetWords(zone, minute)}${more})` : '');
  const until = dayOf(from) === dayOf(to) ? '' : `${dateWords(to, 'long')}, `;
  const begins = `${dateWords(from, 'long')}, ${wallText(from).time}${offset(start)}`;
  const ends = `${until}${wallText(to).time}${offset(end, ', the clocks change in between')}`;
  return `${begins} to ${ends} / ${zoneWords(zone, start)}`;
}

function zoneWords(zone: string, minute: number): string {
  const name = zonePart(zone, minute, 'long');
  const exact = `${zone}, UTC${offsetWords(zone, minute)}`;
  if (zone === 'UTC') return zone;
  return /^(?:GMT|UTC)(?:[+-]|$)/.test(name) ? exact : `${name} (${exact})`;
}

/** ICU's own word for it: `GMT+02:00`, or `GMT`. */
function offsetWords(zone: string, minute: number): string {
  return zonePart(zone, minute, 'longOffset').slice(3).replace('\u2212', '-') || '+00:00';
}

const formats = new Map<string, Intl.DateTimeFormat>();

function zonePart(zone: string, minute: number, timeZoneName: 'long' | 'longOffset'): string {
  const key = `${zone} ${timeZoneName}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName });
  formats.set(key, format);
  return format.formatToParts(minute * 60_000).find(({ type }) => type === 'timeZoneName')?.value ?? '';
}
