// Knows what can be wrong with hours as they are given: bounds, ends before starts, stretches that overlap. Answers every
// fault with its place; whether an id in them is known is for the acts.
import type { FieldFault } from '../platform/refusal.ts';
import { DATE_FAULT, isDate, timeOf } from '../platform/time/wall-clock.ts';
import type { DateOverride, DayHours, WeeklyHours } from './schedule.ts';

const DAY = 1_440;
const WEEK = 7 * DAY;
/** A week of eight stretches a day; beyond it somebody lists appointments, not hours. */
const MAX_WEEKLY_HOURS = 56;

/**
 * The faults of weekly hours as given, `pointer` naming the list: bounds, `from >= to`, overlap (over midnight and Sunday too).
 * Hours at places whose clocks differ are compared with those at the same place alone.
 */
export function checkWeeklyHours(weekly: readonly WeeklyHours[], pointer = '/weekly'): FieldFault[] {
  if (weekly.length > MAX_WEEKLY_HOURS) return [{ pointer, message: `must have at most ${MAX_WEEKLY_HOURS} entries` }];
  const faults = weekly.flatMap((hours, index) => checkHours(hours, `${pointer}/${index}`));
  weekly.forEach(({ weekday }, index) => {
    if (!Number.isInteger(weekday) || weekday < 1 || weekday > 7) {
      faults.push({ pointer: `${pointer}/${index}/weekday`, message: 'must be 1 (Monday) to 7 (Sunday)' });
    }
  });
  if (faults.length > 0) return faults;
  const inWeek = weekly.map(({ weekday, from, to, locationId }, index) => ({
    start: (weekday - 1) * DAY + from,
    end: (weekday - 1) * DAY + to,
    place: locationId,
    index,
  }));
  return byPlace(inWeek).flatMap((sorted) =>
    sorted.flatMap(({ end, index }, i) => {
      const next = sorted[i + 1] ?? { start: sorted[0]!.start + WEEK, index: sorted[0]!.index };
      return end > next.start ? [{ pointer: `${pointer}/${next.index}`, message: `overlaps with entry ${index}` }] : [];
    }),
  );
}

/** The faults of a date's override: the date, and each interval's bounds and overlap. */
export function checkOverride(override: DateOverride, pointer: string): FieldFault[] {
  const faults = override.intervals.flatMap((hours, index) => checkHours(hours, `${pointer}/intervals/${index}`));
  if (!isDate(override.date)) faults.push({ pointer: `${pointer}/date`, message: DATE_FAULT });
  if (faults.length > 0) return faults;
  const stretches = override.intervals.map(({ from, to, locationId }, index) => ({
    start: from,
    end: to,
    place: locationId,
    index,
  }));
  return byPlace(stretches).flatMap((sorted) =>
    sorted.flatMap(({ start, index }, i) => {
      const before = sorted[i - 1];
      if (!before || before.end <= start) return [];
      return [{ pointer: `${pointer}/intervals/${index}`, message: `overlaps with entry ${before.index}` }];
    }),
  );
}

type Stretch = {
  readonly start: number;
  readonly end: number;
  readonly place: number | undefined;
  readonly index: number;
};

function byPlace(stretches: readonly Stretch[]): Stretch[][] {
  const sorted = stretches.toSorted((a, b) => a.start - b.start);
  return [...Map.groupBy(sorted, ({ place }) => place).values()];
}

function checkHours({ from, to }: DayHours, pointer: string): FieldFault[] {
  if (!Number.isInteger(from) || from < 0 || from >= DAY) {
    return [{ pointer: `${pointer}/from`, message: 'must be a time of day' }];
  }
  if (!Number.isInteger(to) || to <= from)
    return [{ pointer: `${pointer}/to`, message: `must be after ${timeOf(from)}` }];
  if (to > from + DAY) return [{ pointer: `${pointer}/to`, message: 'must be at most 24 hours after the start' }];
  return [];
}
