// Hours as people write them, `monday 09:00-12:00`, to and from minutes. `to` is `24:00` for the end of the day; one
// earlier than `from` is on the next day. Bounds and overlaps are faults.ts's to judge.
import { Refusal, type FieldFault } from '../platform/refusal.ts';
import { minutesOfDay } from '../platform/time/wall-clock.ts';
import { checkOverride, checkWeeklyHours } from './faults.ts';
import type { DateOverride, DayHours, Weekday, WeeklyHours } from './schedule.ts';

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

export type WrittenDayHours = {
  /** `HH:mm` in the practitioner's zone, or the location's. */
  readonly from: string;
  readonly to: string;
  readonly locationId?: number;
};
export type WrittenHours = WrittenDayHours & { readonly weekday: (typeof WEEKDAYS)[number] };

const DAY = 1_440;

/** Sorted from Monday on. Refusal `invalid_request` with a pointer to each entry at fault. */
export function weeklyHoursOf(written: readonly WrittenHours[]): WeeklyHours[] {
  const weekly = written.map((hours) => ({
    weekday: (WEEKDAYS.indexOf(hours.weekday) + 1) as Weekday,
    ...dayHoursOf(hours),
  }));
  refuseFaults(checkWeeklyHours(weekly, '/hours'));
  return weekly.toSorted((a, b) => a.weekday - b.weekday || a.from - b.from);
}

export function writtenHoursOf(weekly: readonly WeeklyHours[]): WrittenHours[] {
  return weekly.map((hours) => ({ weekday: WEEKDAYS[hours.weekday - 1] ?? 'monday', ...writtenDayHoursOf(hours) }));
}

/** The hours of one date, sorted. Refusal `invalid_request` with a pointer to each entry at fault. */
export function overrideOf(date: string, written: readonly WrittenDayHours[]): DateOverride {
  const intervals = written.map(dayHoursOf);
  const faults = checkOverride({ date, intervals }, '').map(({ pointer, message }) => ({
    pointer: pointer.replace(/^\/intervals/, '/hours'),
    message,
  }));
  refuseFaults(faults);
  return { date, intervals: intervals.toSorted((a, b) => a.from - b.from) };
}

export function writtenDayHoursOf({ from, to, locationId }: DayHours): WrittenDayHours {
  return {
    from: textOf(from),
    to: textOf(to > DAY ? to - DAY : to),
    ...(locationId === undefined ? {} : { locationId }),
  };
}

function dayHoursOf({ from: fromText, to: toText, locationId }: WrittenDayHours): DayHours {
  const [from, to] = [minutesOfDay(fromText), minutesOfDay(toText)];
  return { from, to: to < from ? to + DAY : to, ...(locationId === undefined ? {} : { locationId }) };
}

function refuseFaults(errors: readonly FieldFault[]): void {
  if (errors.length > 0) throw new Refusal('invalid_request', 'These hours cannot stand together.', { errors });
}

/** Not timeOf: the end of a day is 24:00. */
function textOf(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
