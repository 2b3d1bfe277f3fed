// Knows the public holidays of a country or a part of it, from the data that comes with a library and needs no network. The
// library is large: it is loaded when a practice first asks for holidays, and never where none does.
import { Refusal } from '../platform/refusal.ts';
import { dayNumber } from '../platform/time/wall-clock.ts';

export type Holiday = { readonly day: number; readonly name: string };

/** All holidays of a region that touch days `[fromDay, toDay)`, by day, each day once. */
export type HolidayCalendar = {
  readonly region: string;
  readonly between: (fromDay: number, toDay: number) => readonly Holiday[];
};

export type HolidayRegion = { readonly code: string; readonly name: string };

/** A country, a part of it, and a part of that. */
const REGION = /^([A-Z]{2})(?:-([A-Za-z0-9]{1,8}))?(?:-([A-Za-z0-9]{1,8}))?$/;
const DAY_MS = 86_400_000;
/** A year of a region is some 20 entries; more regions than a large practice has, each for some years. */
const MOST_YEARS = 500;
/** No day is given instead of one further away than this. */
const TURN_DAYS = 14;
/** The library knows movable feasts for these years. */
const KNOWN_YEARS = { first: 1970, last: 2100 } as const;

const years = new Map<string, readonly Holiday[]>();

function load() {
  return import('date-holidays');
}
type Library = Awaited<ReturnType<typeof load>>['default'];

/** The calendar of a region, or null where the library knows none of that code. */
export async function findCalendar(region: string): Promise<HolidayCalendar | null> {
  const [, country = '', state, part] = REGION.exec(region) ?? [];
  if (country === '') return null;
  const { default: Library } = await load();
  const all = new Library();
  if (!Object.hasOwn(all.getCountries(), country)) return null;
  if (state !== undefined && !Object.hasOwn(all.getStates(country) ?? {}, state)) return null;
  if (part !== undefined && !Object.hasOwn(all.getRegions(country, state ?? '') ?? {}, part)) return null;
  return {
    region,
    between: (fromDay, toDay) => {
      const found = new Map<number, Holiday>();
      // A day given instead of one at the turn of a year may stand in the list of the other.
      const first = Math.max(yearOf(fromDay - TURN_DAYS), KNOWN_YEARS.first);
      const last = Math.min(yearOf(toDay + TURN_DAYS), KNOWN_YEARS.last);
      for (let year = first; year <= last; year += 1) {
        for (const holiday of yearOfRegion(Library, [country, state, part], year)) {
          if (holiday.day >= fromDay && holiday.day < toDay) found.set(holiday.day, holiday);
        }
      }
      return [...found.values()].toSorted((a, b) => a.day - b.day);
    },
  };
}

/** Refusal `unknown_region`. */
export async function calendarOf(region: string): Promise<HolidayCalendar> {
  const calendar = await findCalendar(region);
  if (calendar) return calendar;
  throw new Refusal(
    'unknown_region',
    'There are no holidays for that region. List the regions and choose from those.',
    {
      errors: [{ pointer: '/region', message: 'must be a code of the list, such as DE, DE-BY or US-NY' }],
    },
  );
}

/** Countries, or the parts of one, or the parts of a part. Empty where there are none. */
export async function listRegions(within: string | null): Promise<HolidayRegion[]> {
  const { default: Library } = await load();
  const all = new Library();
  const [, country, state, part] = REGION.exec(within ?? '') ?? [];
  if (within !== null && (country === undefined || part !== undefined)) return [];
  const named =
    country === undefined
      ? all.getCountries('en')
      : state === undefined
        ? all.getStates(country, 'en')
        : all.getRegions(country, state, 'en');
  return Object.entries(named ?? {}).map(([code, name]) => ({
    code: within === null ? code : `${within}-${code}`,
    name,
  }));
}

function yearOf(day: number): number {
  return Temporal.PlainDate.from('1970-01-01').add({ days: day }).year;
}

function yearOfRegion(
  Library: Library,
  [country, state, part]: readonly [string, string | undefined, string | undefined],
  year: number,
): readonly Holiday[] {
  const key = [country, state, part, year].join('/');
  const known = years.get(key);
  if (known) return known;
  const library = new Library({
    country,
    ...(state === undefined ? {} : { state }),
    ...(part === undefined ? {} : { region: part }),
  });
  const names = new Map<number, string>();
  for (const { type, date, start, end, name } of library.getHolidays(year, 'en')) {
    if (type !== 'public') continue;
    for (const day of daysOf(date, end.getTime() - start.getTime())) if (!names.has(day)) names.set(day, name);
  }
  const holidays = [...names].map(([day, name]) => ({ day, name })).toSorted((a, b) => a.day - b.day);
  if (years.size >= MOST_YEARS) years.clear();
  years.set(key, holidays);
  return holidays;
}

/** The days whose noon it covers: a feast that begins at sunset is the day after, an afternoon off is no holiday. */
function daysOf(begins: string, lengthMs: number): number[] {
  const [year, month, day, hour = 0] = begins.split(/[-: ]/).map(Number);
  if (year === undefined || month === undefined || day === undefined) return [];
  const first = dayNumber(begins.slice(0, 10)) + (hour > 12 ? 1 : 0);
  const firstNoonMs = (hour > 12 ? 36 : 12) * 3_600_000 - hour * 3_600_000;
  // Within an hour, for days on which clocks change.
  const count =
    Math.floor((lengthMs - firstNoonMs + 3_600_000) / DAY_MS) + (lengthMs + 3_600_000 >= firstNoonMs ? 1 : 0);
  return Array.from({ length: Math.max(0, count) }, (_, index) => first + index);
}
