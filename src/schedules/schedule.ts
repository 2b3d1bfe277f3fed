// Knows what a practitioner's schedule and policy are, and when her working hours fall on the line of instants. It knows no
// appointments: what is taken, and what is offered, is for availability.
import type { FieldFault } from '../platform/refusal.ts';
import { append, clip, normalise, subtract } from '../platform/time/interval.ts';
import { DATE_FAULT, dayNumber, isDate, timeOf } from '../platform/time/wall-clock.ts';
import {
  endMinuteAt,
  firstMinuteAt,
  offsetIn,
  steadyAround,
  zoneTable,
  type ZoneTable,
} from '../platform/time/zone-table.ts';

const DAY = 1_440;
const WEEK = 7 * DAY;
/** Hours that begin on a day end at most a day after it does, so two days back is far enough to look for what still runs. */
const LOOK_BACK_DAYS = 2;
/** A week of eight stretches a day; beyond it somebody lists appointments, not hours. */
const MAX_WEEKLY_HOURS = 56;
/** A year and what surrounds it; bounds the work of one call. */
const MAX_WINDOW_DAYS = 400;

/** Monday is 1 and Sunday 7, as in ISO 8601. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;
/** Wall time in minutes from the day's midnight, `[from, to)`. `to` past 1440 runs into the next day. */
export type DayHours = { readonly from: number; readonly to: number };
export type WeeklyHours = DayHours & { readonly weekday: Weekday };
/** What holds on a date instead of the weekly hours; no intervals = closed. */
export type DateOverride = { readonly date: string; readonly intervals: readonly DayHours[] };
/** A stretch of instants, in epoch minutes, `[start, end)`. */
export type TimeOff = { readonly start: number; readonly end: number };

export type Schedule = {
  readonly zone: string;
  /** Rises with every change; a compiled schedule is cached by practitioner and version. */
  readonly version: number;
  readonly weekly: readonly WeeklyHours[];
  readonly overrides: readonly DateOverride[];
  readonly timeOff: readonly TimeOff[];
};

export type Policy = {
  readonly bufferBeforeMinutes: number;
  readonly bufferAfterMinutes: number;
  readonly noticeMinutes: number;
  /** Whole days in the practitioner's zone; 0 = today only. */
  readonly horizonDays: number;
  /** Starts are this far apart, counted from each opening. */
  readonly gridMinutes: number;
};

export type CompiledSchedule = {
  readonly zone: string;
  readonly table: ZoneTable;
  readonly version: number;
  /** Flat, sorted `from, to` by weekday; Monday first. */
  readonly byWeekday: readonly (readonly number[])[];
  /** The same by day number, for dates with an override. */
  readonly byDay: ReadonlyMap<number, readonly number[]>;
  readonly timeOff: readonly number[];
};

/** The faults of weekly hours as given, `pointer` naming the list: bounds, `from >= to`, overlap (over midnight and Sunday too). */
export function checkWeeklyHours(weekly: readonly WeeklyHours[], pointer = '/weekly'): FieldFault[] {
  if (weekly.length > MAX_WEEKLY_HOURS) return [{ pointer, message: `must have at most ${MAX_WEEKLY_HOURS} entries` }];
  const faults = weekly.flatMap((hours, index) => checkHours(hours, `${pointer}/${index}`));
  weekly.forEach(({ weekday }, index) => {
    if (!Number.isInteger(weekday) || weekday < 1 || weekday > 7) {
      faults.push({ pointer: `${pointer}/${index}/weekday`, message: 'must be 1 (Monday) to 7 (Sunday)' });
    }
  });
  if (faults.length > 0) return faults;
  const inWeek = weekly
    .map(({ weekday, from, to }, index) => ({
      start: (weekday - 1) * DAY + from,
      end: (weekday - 1) * DAY + to,
      index,
    }))
    .toSorted((a, b) => a.start - b.start);
  inWeek.forEach(({ end, index }, i) => {
    const next = inWeek[i + 1] ?? { start: inWeek[0]!.start + WEEK, index: inWeek[0]!.index };
    if (end > next.start) {
      faults.push({ pointer: `${pointer}/${next.index}`, message: `overlaps with entry ${index}` });
    }
  });
  return faults;
}

/** The faults of a date's override: the date, and each interval's bounds and overlap. */
export function checkOverride(override: DateOverride, pointer: string): FieldFault[] {
  const faults = override.intervals.flatMap((hours, index) => checkHours(hours, `${pointer}/intervals/${index}`));
  if (!isDate(override.date)) faults.push({ pointer: `${pointer}/date`, message: DATE_FAULT });
  if (faults.length > 0) return faults;
  const sorted = override.intervals.map((hours, index) => ({ ...hours, index })).toSorted((a, b) => a.from - b.from);
  sorted.forEach(({ from, index }, i) => {
    const before = sorted[i - 1];
    if (before && before.to > from) {
      faults.push({ pointer: `${pointer}/intervals/${index}`, message: `overlaps with entry ${before.index}` });
    }
  });
  return faults;
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

/** Sorts and indexes a schedule that passed its checks. Cheap (microseconds), yet worth keeping per (practitioner, version). */
export function compileSchedule(schedule: Schedule): CompiledSchedule {
  const byWeekday = [1, 2, 3, 4, 5, 6, 7].map((day) => flat(schedule.weekly.filter(({ weekday }) => weekday === day)));
  return {
    zone: schedule.zone,
    table: zoneTable(schedule.zone),
    version: schedule.version,
    byWeekday,
    byDay: new Map(schedule.overrides.map(({ date, intervals }) => [dayNumber(date), flat(intervals)])),
    timeOff: normalise(schedule.timeOff.flatMap(({ start, end }) => [start, end])),
  };
}

function flat(hours: readonly DayHours[]): number[] {
  return hours.toSorted((a, b) => a.from - b.from).flatMap(({ from, to }) => [from, to]);
}

/**
 * The openings that touch `[from, to)`, whole, as rising, disjoint epoch minutes `[open, close, open, close, ...]`: one for each
 * stretch of hours of each date, before time off. One may end as the next begins; the grid of starts counts from each. Hours
 * that clocks jump over are gone; hours that exist twice are worked twice; an opening that clocks draw into the one before
 * begins where that one ends.
 */
export function openings(compiled: CompiledSchedule, from: number, to: number): number[] {
  if (to - from > MAX_WINDOW_DAYS * DAY) throw new RangeError(`a window has at most ${MAX_WINDOW_DAYS} days`);
  const { table, byWeekday, byDay } = compiled;
  const out: number[] = [];
  const firstDay = Math.floor((from + offsetIn(table, from)) / DAY) - LOOK_BACK_DAYS;
  const lastDay = Math.floor((to + offsetIn(table, to)) / DAY);
  let steady = steadyAround(table, from - LOOK_BACK_DAYS * DAY);
  let lastClose = Number.NEGATIVE_INFINITY;
  for (let day = firstDay; day <= lastDay; day += 1) {
    const hours = byDay.get(day) ?? byWeekday[weekdayIndex(day)]!;
    if (hours.length === 0) continue;
    const midnight = day * DAY;
    let earliest = midnight - steady.offset;
    if (earliest >= steady.until) {
      steady = steadyAround(table, earliest);
      earliest = midnight - steady.offset;
    }
    // Within a day of a change, on either side, a wall minute may be missing or exist twice: ask the table each time.
    const near = earliest - DAY < steady.from || earliest + 3 * DAY > steady.until;
    for (let i = 0; i < hours.length; i += 2) {
      const open = near ? firstMinuteAt(table, midnight + hours[i]!) : earliest + hours[i]!;
      const close = near ? endMinuteAt(table, midnight + hours[i + 1]!) : earliest + hours[i + 1]!;
      const start = open > lastClose ? open : lastClose;
      if (close > lastClose) lastClose = close;
      if (start < close && close > from && start < to) out.push(start, close);
    }
  }
  return out;
}

/** Working time out of openings: joined where they meet, without time off. */
export function workingTime(compiled: CompiledSchedule, opened: readonly number[]): number[] {
  const joined: number[] = [];
  for (let i = 0; i < opened.length; i += 2) append(joined, opened[i]!, opened[i + 1]!);
  return compiled.timeOff.length === 0 ? joined : subtract(joined, compiled.timeOff);
}

/** Working time within `[from, to)`, as normal stretches of epoch minutes. */
export function workingIntervals(compiled: CompiledSchedule, from: number, to: number): number[] {
  return clip(workingTime(compiled, openings(compiled, from, to)), from, to);
}

/** 0 = Monday; day 0, 1970-01-01, was a Thursday. */
function weekdayIndex(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}
