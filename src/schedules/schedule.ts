// Knows what a practitioner's schedule and policy are, and when her working hours fall on the line of instants. It knows no
// appointments: what is taken, and what is offered, is for availability. How a schedule is compiled stands in compiled.ts.
import { append, clip, subtract } from '../platform/time/interval.ts';
import { endMinuteAt, firstMinuteAt, offsetIn, steadyAround, type ZoneTable } from '../platform/time/zone-table.ts';
import type { Limit } from '../practitioners/limits.ts';
import type { HolidayCalendar } from './holidays.ts';
import type { Recurrence } from './recurrence.ts';

const DAY = 1_440;
/** Hours that begin on a day end at most a day after it does, so two days back is far enough to look for what still runs. */
const LOOK_BACK_DAYS = 2;
/** A year and what surrounds it; bounds the work of one call. */
export const MAX_WINDOW_DAYS = 400;

/** Monday is 1 and Sunday 7, as in ISO 8601. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;
/**
 * Wall time in minutes from the day's midnight, `[from, to)`. `to` past 1440 runs into the next day. At a location the wall is
 * that location's, else the practitioner's.
 */
export type DayHours = { readonly from: number; readonly to: number; readonly locationId?: number | undefined };
export type WeeklyHours = DayHours & { readonly weekday: Weekday };
/** What holds on a date instead of the weekly hours; no intervals = closed. */
export type DateOverride = { readonly date: string; readonly intervals: readonly DayHours[] };
/** A stretch of instants, in epoch minutes, `[start, end)`. */
export type TimeOff = { readonly id?: number; readonly start: number; readonly end: number };
/** Time off by her wall: a stretch in minutes from a date's midnight, on that date or on those a rule names. */
export type WallTimeOff = {
  readonly id?: number;
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly dates: string | Recurrence;
};
/** Hours that hold instead of the weekly ones: within dates, both included, and for a session type or for all. */
export type HoursPlan = {
  readonly sessionTypeId: number | null;
  readonly firstDate: string | null;
  readonly lastDate: string | null;
  readonly weekly: readonly WeeklyHours[];
};

export type Schedule = {
  readonly zone: string;
  /** Rises with every change; a compiled schedule is cached by practitioner and version. */
  readonly version: number;
  readonly weekly: readonly WeeklyHours[];
  readonly overrides: readonly DateOverride[];
  readonly timeOff: readonly TimeOff[];
  readonly plans?: readonly HoursPlan[];
  readonly wallTimeOff?: readonly WallTimeOff[];
  /** The zones of the locations that hours name. */
  readonly locationZones?: ReadonlyMap<number, string>;
};

export type Policy = {
  readonly bufferBeforeMinutes: number;
  readonly bufferAfterMinutes: number;
  readonly noticeMinutes: number;
  /** Whole days in the practitioner's zone; 0 = today only. */
  readonly horizonDays: number;
  /** The last date that can be booked, instead of those days. */
  readonly horizonUntil?: string | null;
  /** Of those of hers that concern the session type. */
  readonly limits?: readonly Limit[];
  /** Starts are this far apart, counted from each opening. */
  readonly gridMinutes: number;
};

/** From a day on, until the next era: flat, sorted `from, to` by weekday; Monday first. */
export type Era = { readonly fromDay: number; readonly byWeekday: readonly (readonly number[])[] };
/** The hours that are read on one zone's walls. */
export type Layer = { readonly table: ZoneTable; readonly eras: readonly Era[] };

/** What rules and calendars come to between two days. */
export type Expansion = {
  readonly fromDay: number;
  readonly toDay: number;
  /** Of each layer, the hours of the dates that are not as their week. */
  readonly byDay: readonly ReadonlyMap<number, readonly number[]>[];
  /** Normal stretches of epoch minutes. */
  readonly timeOff: readonly number[];
};

export type CompiledSchedule = {
  readonly zone: string;
  readonly table: ZoneTable;
  readonly version: number;
  readonly layers: readonly Layer[];
  /** What holds around days `[fromDay, toDay)`, at most MAX_WINDOW_DAYS and what surrounds them. */
  readonly around: (fromDay: number, toDay: number) => Expansion;
  /** Of session types that have hours of their own, the schedule with those. */
  readonly own: ReadonlyMap<number, CompiledSchedule>;
  /** What it was made of, for telling why. */
  readonly given: Schedule;
  readonly calendar: HolidayCalendar | null;
  /** The weeks alone, as if no date differed and nobody were away. */
  readonly plain: () => CompiledSchedule;
};

/** The hours in which a session type is offered. */
export function scheduleFor(compiled: CompiledSchedule, sessionTypeId: number): CompiledSchedule {
  return compiled.own.get(sessionTypeId) ?? compiled;
}

/**
 * The openings that touch `[from, to)`, whole, as rising, disjoint epoch minutes `[open, close, open, close, ...]`: one for each
 * stretch of hours of each date, before time off. One may end as the next begins; the grid of starts counts from each. Hours
 * that clocks jump over are gone; hours that exist twice are worked twice; an opening that clocks draw into the one before
 * begins where that one ends.
 */
export function openings(compiled: CompiledSchedule, from: number, to: number): number[] {
  if (to - from > MAX_WINDOW_DAYS * DAY) throw new RangeError(`a window has at most ${MAX_WINDOW_DAYS} days`);
  const { layers } = compiled;
  const { byDay } = expansionOf(compiled, from, to);
  if (layers.length === 1) return openingsOf(layers[0]!, byDay[0]!, from, to);
  return merged(layers.map((layer, index) => openingsOf(layer, byDay[index]!, from, to)));
}

/** The hours that begin on a date, of each wall they are read on: flat minutes `from, to` from its midnight. */
export function hoursOn(
  compiled: CompiledSchedule,
  day: number,
): { readonly table: ZoneTable; readonly hours: readonly number[] }[] {
  const { byDay } = compiled.around(day, day + 1);
  return compiled.layers.map(({ table, eras }, index) => {
    const usual = eras.findLast(({ fromDay }) => fromDay <= day)?.byWeekday[weekdayIndex(day)];
    return { table, hours: byDay[index]!.get(day) ?? usual ?? [] };
  });
}

function openingsOf(
  { table, eras }: Layer,
  byDay: ReadonlyMap<number, readonly number[]>,
  from: number,
  to: number,
): number[] {
  const out: number[] = [];
  const firstDay = Math.floor((from + offsetIn(table, from)) / DAY) - LOOK_BACK_DAYS;
  const lastDay = Math.floor((to + offsetIn(table, to)) / DAY);
  let steady = steadyAround(table, from - LOOK_BACK_DAYS * DAY);
  let lastClose = Number.NEGATIVE_INFINITY;
  let era = 0;
  for (let day = firstDay; day <= lastDay; day += 1) {
    while (era + 1 < eras.length && eras[era + 1]!.fromDay <= day) era += 1;
    const hours = byDay.get(day) ?? eras[era]!.byWeekday[weekdayIndex(day)]!;
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

/** Of several zones, in order of time; she is in one place at a time, so what overlaps counts once. */
function merged(lists: readonly (readonly number[])[]): number[] {
  const pairs = lists.flatMap((list) =>
    Array.from({ length: list.length / 2 }, (_, index) => [list[2 * index]!, list[2 * index + 1]!] as const),
  );
  const out: number[] = [];
  let lastClose = Number.NEGATIVE_INFINITY;
  for (const [open, close] of pairs.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const start = Math.max(open, lastClose);
    if (start < close) out.push(start, close);
    lastClose = Math.max(lastClose, close);
  }
  return out;
}

/** Working time out of openings: joined where they meet, without time off. */
export function workingTime(compiled: CompiledSchedule, opened: readonly number[]): number[] {
  if (opened.length === 0) return [];
  const joined: number[] = [];
  for (let i = 0; i < opened.length; i += 2) append(joined, opened[i]!, opened[i + 1]!);
  const { timeOff } = expansionOf(compiled, opened[0]!, opened.at(-1)!);
  return timeOff.length === 0 ? joined : subtract(joined, timeOff);
}

/** Working time within `[from, to)`, as normal stretches of epoch minutes. */
export function workingIntervals(compiled: CompiledSchedule, from: number, to: number): number[] {
  return clip(workingTime(compiled, openings(compiled, from, to)), from, to);
}

/** A day or two around, so that no zone's date of any of these minutes is left out. */
function expansionOf(compiled: CompiledSchedule, from: number, to: number): Expansion {
  return compiled.around(Math.floor(from / DAY) - LOOK_BACK_DAYS - 1, Math.floor(to / DAY) + 2);
}

/** 0 = Monday; day 0, 1970-01-01, was a Thursday. */
export function weekdayIndex(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}
