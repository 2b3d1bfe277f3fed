// Weekly hours as people write them, `monday 09:00-12:00`, to and from minutes. `to` is `24:00` for the end of the day; one
// earlier than `from` is on the next day. Bounds and overlaps are schedule.ts's to judge.
import { Refusal } from '../platform/refusal.ts';
import { checkWeeklyHours, type Weekday, type WeeklyHours } from './schedule.ts';

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

export type WrittenHours = {
  readonly weekday: (typeof WEEKDAYS)[number];
  /** `HH:mm` in the practitioner's zone. */
  readonly from: string;
  readonly to: string;
};

const DAY = 1_440;

/** Sorted from Monday on. Refusal `invalid_request` with a pointer to each entry at fault. */
export function weeklyHoursOf(written: readonly WrittenHours[]): WeeklyHours[] {
  const weekly = written.map((hours) => {
    const from = minutesOf(hours.from);
    const to = minutesOf(hours.to);
    return { weekday: (WEEKDAYS.indexOf(hours.weekday) + 1) as Weekday, from, to: to < from ? to + DAY : to };
  });
  const errors = checkWeeklyHours(weekly, '/hours');
  if (errors.length > 0) throw new Refusal('invalid_request', 'These hours cannot stand together.', { errors });
  return weekly.toSorted((a, b) => a.weekday - b.weekday || a.from - b.from);
}

export function writtenHoursOf(weekly: readonly WeeklyHours[]): WrittenHours[] {
  return weekly.map(({ weekday, from, to }) => ({
    weekday: WEEKDAYS[weekday - 1] ?? 'monday',
    from: textOf(from),
    to: textOf(to > DAY ? to - DAY : to),
  }));
}

function minutesOf(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
}

function textOf(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
