// Compiles a schedule once for each version: sorts and indexes its hours, and expands rules and holidays for a year at a time,
// as far as somebody asks. What was expanded is kept beside the version and goes with it.
import { normalise } from '../platform/time/interval.ts';
import { dayNumber } from '../platform/time/wall-clock.ts';
import { endMinuteAt, firstMinuteAt, zoneTable } from '../platform/time/zone-table.ts';
import type { HolidayCalendar } from './holidays.ts';
import { datesOf } from './recurrence.ts';
import type {
  CompiledSchedule,
  DayHours,
  Era,
  Expansion,
  HoursPlan,
  Layer,
  Schedule,
  TimeOff,
  WallTimeOff,
  WeeklyHours,
} from './schedule.ts';

const DAY = 1_440;
/** What one expansion reaches past what was asked: the next days asked for are mostly in it, too. */
const AHEAD_DAYS = 400;
const BEHIND_DAYS = 32;
/** Readers of this month, of the next year and of last week do not push out each other's. */
const MOST_EXPANSIONS = 4;

/** Sorts and indexes a schedule that passed its checks. Worth keeping per (practitioner, version). */
export function compileSchedule(schedule: Schedule, calendar: HolidayCalendar | null = null): CompiledSchedule {
  const plans = schedule.plans ?? [];
  const types = new Set(plans.flatMap(({ sessionTypeId }) => (sessionTypeId === null ? [] : [sessionTypeId])));
  const general = compileFor(schedule, calendar, null);
  return { ...general, own: new Map([...types].map((type) => [type, compileFor(schedule, calendar, type)])) };
}

function compileFor(
  schedule: Schedule,
  calendar: HolidayCalendar | null,
  sessionTypeId: number | null,
): CompiledSchedule {
  const zones = zonesOf(schedule);
  const eras = erasOf(schedule, sessionTypeId);
  const layers = zones.map((zone): Layer => ({
    table: zoneTable(zone),
    eras: eras.map(({ fromDay, weekly }): Era => ({ fromDay, byWeekday: byWeekday(inZone(schedule, weekly, zone)) })),
  }));
  let plain: CompiledSchedule | undefined;
  return {
    zone: schedule.zone,
    table: zoneTable(schedule.zone),
    version: schedule.version,
    layers,
    around: expander(schedule, zones, calendar),
    own: new Map(),
    given: schedule,
    calendar,
    plain: () =>
      (plain ??= compileFor({ ...schedule, overrides: [], timeOff: [], wallTimeOff: [] }, null, sessionTypeId)),
  };
}

const atLocations = new WeakMap<CompiledSchedule, Map<number, CompiledSchedule>>();

/** The hours that are worked at one location, and nothing else; kept beside the schedule they are of. */
export function scheduleAt(compiled: CompiledSchedule, locationId: number): CompiledSchedule {
  const known = atLocations.get(compiled) ?? new Map<number, CompiledSchedule>();
  atLocations.set(compiled, known);
  const found = known.get(locationId);
  if (found) return found;
  const there = <T extends DayHours>(hours: readonly T[]) => hours.filter((one) => one.locationId === locationId);
  const { given, calendar } = compiled;
  const made = compileSchedule(
    {
      ...given,
      weekly: there(given.weekly),
      overrides: given.overrides.map((one) => ({ ...one, intervals: there(one.intervals) })),
      plans: (given.plans ?? []).map((plan) => ({ ...plan, weekly: there(plan.weekly) })),
    },
    calendar,
  );
  known.set(locationId, made);
  return made;
}

/** Every stretch of time off that touches `[from, to)`, each with the entry it is of. */
export function timeOffBetween(compiled: CompiledSchedule, from: number, to: number): TimeOff[] {
  const { given } = compiled;
  const byWall = entriesBetween(compiled, Math.floor(from / DAY) - 1, Math.floor(to / DAY) + 2);
  return [...given.timeOff, ...byWall].filter(({ start, end }) => start < to && end > from && start < end);
}

/** A month that is asked for start by start, and what lies around it. */
const ENTRIES_DAYS = 40;
type Entries = { readonly fromDay: number; readonly toDay: number; readonly list: readonly TimeOff[] };
/** The last that were expanded of each: expanded for every start of a month, some hundred rules take seconds. */
const lastEntries = new WeakMap<CompiledSchedule, Entries>();

/** Those that recur or go by her wall, with all that touch the days `[fromDay, toDay)` among them. */
function entriesBetween(compiled: CompiledSchedule, fromDay: number, toDay: number): readonly TimeOff[] {
  const { wallTimeOff = [], zone } = compiled.given;
  if (wallTimeOff.length === 0) return [];
  const last = lastEntries.get(compiled);
  if (last && last.fromDay <= fromDay && toDay <= last.toDay) return last.list;
  const until = Math.max(toDay, fromDay + ENTRIES_DAYS);
  const list = wallTimeOff.flatMap((one) => {
    const flatList = stretchesOf(one, zone, fromDay, until);
    return Array.from({ length: flatList.length / 2 }, (_, index) => ({
      ...(one.id === undefined ? {} : { id: one.id }),
      start: flatList[2 * index]!,
      end: flatList[2 * index + 1]!,
    }));
  });
  lastEntries.set(compiled, { fromDay, toDay: until, list });
  return list;
}

/** Her own first, then those of locations. */
function zonesOf({ zone, locationZones }: Schedule): string[] {
  return [...new Set([zone, ...(locationZones?.values() ?? [])])];
}

function inZone<T extends DayHours>(schedule: Schedule, hours: readonly T[], zone: string): T[] {
  const { locationZones } = schedule;
  return hours.filter(
    ({ locationId }) => ((locationId !== undefined && locationZones?.get(locationId)) || schedule.zone) === zone,
  );
}

function byWeekday(weekly: readonly WeeklyHours[]): (readonly number[])[] {
  return [1, 2, 3, 4, 5, 6, 7].map((day) => flat(weekly.filter(({ weekday }) => weekday === day)));
}

function flat(hours: readonly DayHours[]): number[] {
  return hours.toSorted((a, b) => a.from - b.from).flatMap(({ from, to }) => [from, to]);
}

/** The weeks that hold one after the other, the first from ever on. */
function erasOf(
  { weekly, plans = [] }: Schedule,
  sessionTypeId: number | null,
): { readonly fromDay: number; readonly weekly: readonly WeeklyHours[] }[] {
  const concerned = plans.filter((plan) => plan.sessionTypeId === null || plan.sessionTypeId === sessionTypeId);
  const days = concerned.flatMap((plan) => [firstDay(plan), lastDay(plan) + 1]).filter(Number.isFinite);
  const starts = [Number.NEGATIVE_INFINITY, ...new Set(days.toSorted((a, b) => a - b))];
  return starts.map((fromDay) => {
    const inForce = concerned
      .filter((plan) => firstDay(plan) <= fromDay && fromDay <= lastDay(plan))
      .toSorted((a, b) => rank(b) - rank(a) || firstDay(b) - firstDay(a));
    return { fromDay, weekly: inForce[0]?.weekly ?? weekly };
  });
}

/** A session type's own come before those of all. */
function rank({ sessionTypeId }: HoursPlan): number {
  return sessionTypeId === null ? 0 : 1;
}

function firstDay({ firstDate }: HoursPlan): number {
  return firstDate === null ? Number.NEGATIVE_INFINITY : dayNumber(firstDate);
}

function lastDay({ lastDate }: HoursPlan): number {
  return lastDate === null ? Number.POSITIVE_INFINITY : dayNumber(lastDate);
}

function expander(
  schedule: Schedule,
  zones: readonly string[],
  calendar: HolidayCalendar | null,
): CompiledSchedule['around'] {
  const overridden = zones.map(
    (zone) =>
      new Map(
        schedule.overrides.map(({ date, intervals }) => [dayNumber(date), flat(inZone(schedule, intervals, zone))]),
      ),
  );
  const lasting = schedule.timeOff.flatMap(({ start, end }) => [start, end]);
  const byWall = schedule.wallTimeOff ?? [];
  if (calendar === null && byWall.length === 0) {
    const always: Expansion = {
      fromDay: Number.NEGATIVE_INFINITY,
      toDay: Number.POSITIVE_INFINITY,
      byDay: overridden,
      timeOff: normalise(lasting),
    };
    return () => always;
  }
  const kept: Expansion[] = [];
  return (fromDay, toDay) => {
    const known = kept.find((one) => one.fromDay <= fromDay && toDay <= one.toDay);
    if (known) return known;
    const [from, to] = [fromDay - BEHIND_DAYS, Math.max(toDay, fromDay + AHEAD_DAYS)];
    const closed = (calendar?.between(from, to) ?? []).map(({ day }): [number, readonly number[]] => [day, []]);
    const off = byWall.flatMap((one) => stretchesOf(one, schedule.zone, from, to));
    const expanded: Expansion = {
      fromDay: from,
      toDay: to,
      // An override is what she says of the very date: it comes after the calendar and before nothing.
      byDay: overridden.map((own) => (closed.length === 0 ? own : new Map([...closed, ...own]))),
      timeOff: normalise([...lasting, ...off]),
    };
    if (kept.push(expanded) > MOST_EXPANSIONS) kept.shift();
    return expanded;
  };
}

/** Epoch minutes `[start, end, ...]` of all its occurrences that touch days `[fromDay, toDay)`. */
function stretchesOf(
  { fromMinute, toMinute, dates }: WallTimeOff,
  zone: string,
  fromDay: number,
  toDay: number,
): number[] {
  const table = zoneTable(zone);
  const before = Math.ceil(toMinute / DAY);
  const days = typeof dates === 'string' ? [dayNumber(dates)] : datesOf(dates, fromDay - before, toDay);
  return days.flatMap((day) => [
    firstMinuteAt(table, day * DAY + fromMinute),
    endMinuteAt(table, day * DAY + toMinute),
  ]);
}
