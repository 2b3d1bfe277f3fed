// The clocks of the world as ICU tells them through Intl, and the law of time (docs/time.md) told from them the obvious way: by
// looking along the line of minutes. It shares no code with what it judges, and knows neither Temporal nor zone tables.
import { REASONS, type ReasonCode } from '../../src/availability/reasons.ts';
import type { Diary } from '../../src/availability/free-time.ts';
import type { DayHours, Schedule } from '../../src/schedules/schedule.ts';
import { dateOf, periodOf, weekdayOf } from './calendar.ts';

const DAY = 1_440;
/** No zone keeps a time for less than days: what two looks so far apart agree on holds between them. */
const LOOK = 360;

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the clock on the wall shows at an epoch minute, as minutes since 1970-01-01T00:00 of that wall. */
export function wallAt(zone: string, minute: number): number {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    formats.set(zone, format);
  }
  const parts = new Map(format.formatToParts(minute * 60_000).map(({ type, value }) => [type, Number(value)]));
  const [year = 0, month = 1, day = 1] = [parts.get('year'), parts.get('month'), parts.get('day')];
  return Date.UTC(year, month - 1, day, parts.get('hour'), parts.get('minute')) / 60_000;
}

/** A stretch of time with what the wall shows at each of its minutes. */
export type Stretch = { readonly zone: string; readonly from: number; readonly walls: readonly number[] };

/** Minutes `[from, to)`. Where two looks differ, the change between them is closed in on by halves. */
export function stretchOf(zone: string, from: number, to: number): Stretch {
  const walls: number[] = [];
  const append = (at: number, length: number, before: number, after: number): void => {
    if (length === 1 || after - before === length) {
      for (let minute = 0; minute < length; minute += 1) walls.push(before + minute);
      return;
    }
    const half = Math.floor(length / 2);
    const middle = wallAt(zone, at + half);
    append(at, half, before, middle);
    append(at + half, length - half, middle, after);
  };
  let before = wallAt(zone, from);
  for (let at = from; at < to; at += LOOK) {
    const length = Math.min(LOOK, to - at);
    const after = wallAt(zone, at + length);
    append(at, length, before, after);
    before = after;
  }
  return { zone, from, walls };
}

/** Minutes at which the clock does anything but go on. */
export function changesIn({ from, walls }: Stretch): number[] {
  return walls.flatMap((wall, index) => (index > 0 && wall !== walls[index - 1]! + 1 ? [from + index] : []));
}

/** The date the wall shows, in days since 1970-01-01. */
export function dayAt(zone: string, minute: number): number {
  return Math.floor(wallAt(zone, minute) / DAY);
}

/** The minutes at which the wall shows a time, rising: none where it jumps over it. Every offset around is tried. */
export function minutesShowing(zone: string, wall: number): number[] {
  const offsets = new Set<number>();
  for (let at = wall - DAY; at <= wall + DAY; at += LOOK) offsets.add(wallAt(zone, at) - at);
  return [...offsets]
    .map((offset) => wall - offset)
    .filter((minute) => wallAt(zone, minute) === wall)
    .toSorted((a, b) => a - b);
}

/** The first minute at which the wall shows a time, or has jumped over it. */
export function firstAt(zone: string, wall: number): number {
  return opensAt(stretchOf(zone, wall - 2 * DAY, wall + 2 * DAY), wall)!;
}

/** The same, within a stretch. */
function opensAt({ from, walls }: Stretch, wall: number): number | null {
  const shown = walls.indexOf(wall);
  if (shown >= 0) return from + shown;
  const jumped = walls.findIndex((one, index) => index > 0 && walls[index - 1]! < wall && one > wall);
  return jumped > 0 ? from + jumped : null;
}

/** Just after the wall last shows the minute before a time. */
function closesAt(stretch: Stretch, wall: number): number | null {
  const last = stretch.walls.lastIndexOf(wall - 1);
  return last >= 0 ? stretch.from + last + 1 : opensAt(stretch, wall - 1);
}

export type Judged = { readonly start: number; readonly reasons: readonly ReasonCode[] };

type Question = Omit<Diary, 'schedule' | 'busy'> & {
  readonly schedule: Schedule;
  readonly busy: readonly (readonly [from: number, to: number])[];
};

/** Every start of the grid in `[from, to)` that lies within hours, and what is against it. The stretch must hold days around. */
export function judgeAll(question: Question, stretch: Stretch, from: number, to: number, now: number): Judged[] {
  const { lengthMinutes, policy } = question;
  const opened = openingsOf(question.schedule, stretch);
  const worked = stretch.walls.map(() => false);
  for (const [open, close] of opened) worked.fill(true, open - stretch.from, close - stretch.from);
  return opened.flatMap(([open, close]) => {
    const judged: Judged[] = [];
    for (let start = open; start < close; start += policy.gridMinutes) {
      const lies = worked.slice(start - stretch.from, start - stretch.from + lengthMinutes);
      const fits = lies.length === lengthMinutes && lies.every(Boolean);
      if (start >= from && start < to && fits)
        judged.push({ start, reasons: reasonsOf(question, stretch, start, now) });
    }
    return judged;
  });
}

function openingsOf({ weekly, overrides }: Schedule, stretch: Stretch): [number, number][] {
  const { walls } = stretch;
  const days = [...new Set(walls.map((wall) => Math.floor(wall / DAY)))].toSorted((a, b) => a - b);
  // The dates at both ends are cut off.
  const opened: [number, number][] = [];
  let latest = Number.NEGATIVE_INFINITY;
  // A date that a zone leaves out altogether has hours too, of no length.
  for (let day = days[0]! + 1; day < days.at(-1)!; day += 1) {
    const [date, weekday] = [dateOf(day), weekdayOf(day)];
    const hours: readonly DayHours[] =
      overrides.find((one) => one.date === date)?.intervals ?? weekly.filter((one) => one.weekday === weekday);
    for (const one of hours.toSorted((a, b) => a.from - b.from)) {
      const [first, close] = [opensAt(stretch, day * DAY + one.from), closesAt(stretch, day * DAY + one.to)];
      if (first === null || close === null) continue;
      const open = Math.max(first, latest);
      if (open < close) opened.push([open, close]);
      latest = Math.max(latest, close);
    }
  }
  return opened;
}

function reasonsOf(question: Question, stretch: Stretch, start: number, now: number): ReasonCode[] {
  const { policy, lengthMinutes, busy, counted = [] } = question;
  const dayOf = (minute: number) =>
    Math.floor((stretch.walls[minute - stretch.from] ?? wallAt(stretch.zone, minute)) / DAY);
  const [from, to] = [start - policy.bufferBeforeMinutes, start + lengthMinutes + policy.bufferAfterMinutes];
  const passed = (policy.limits ?? []).some((limit) => {
    const given = counted.filter((one) => periodOf(limit.per, dayOf(one.start)) === periodOf(limit.per, dayOf(start)));
    const minutes = given.reduce((sum, one) => sum + one.minutes, lengthMinutes);
    return given.length + 1 > (limit.mostSessions ?? Infinity) || minutes > (limit.mostMinutes ?? Infinity);
  });
  const stands: Partial<Record<ReasonCode, boolean>> = {
    time_in_past: start < now,
    notice_too_short: start >= now && start - now < policy.noticeMinutes,
    beyond_horizon: dayOf(start) - dayOf(now) > policy.horizonDays,
    slot_taken: busy.some(([begins, ends]) => begins < to && ends > from),
    booking_limit_reached: passed,
  };
  return REASONS.filter((reason) => stands[reason]);
}
