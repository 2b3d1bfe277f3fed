// Knows which starts are offered, and why a start is not. Offering and booking ask one rule, `judge`, so they cannot differ.
// All is whole epoch minutes; reading the Diary and wording the answer are for others.
import { dayNumber } from '../platform/time/wall-clock.ts';
import { firstMinuteAt, offsetIn } from '../platform/time/zone-table.ts';
import { openings, workingTime } from '../schedules/schedule.ts';
import type { Diary, GroupSession } from './free-time.ts';
import { limiter } from './limits.ts';
import { REASON_BIT, reasonsOf, type ReasonCode } from './reasons.ts';
import { needJudge } from './units.ts';

const DAY = 1_440;
const { time_in_past: PAST, outside_hours: OUTSIDE, not_on_grid: OFF_GRID } = REASON_BIT;
const { notice_too_short: NOTICE, beyond_horizon: HORIZON, slot_taken: TAKEN } = REASON_BIT;
const { full: FULL, already_booked: ALREADY } = REASON_BIT;
/** What can speak against a seat in a session that stands: its time, its room and her limits are given to it already. */
const AGAINST_SEAT = PAST | NOTICE | HORIZON | REASON_BIT.client_limit_reached;

/** A start on the grid within working hours, in epoch minutes; `reasons` is empty when it can be booked. */
export type Slot = {
  readonly start: number;
  readonly end: number;
  readonly available: boolean;
  readonly reasons: readonly ReasonCode[];
  /** Of a group: how many can still come. */
  readonly seatsLeft?: number;
};

/**
 * Every start of the grid in `[from, to)` at which a session lies within working hours, whether or not it can be booked at
 * `now` (from `nowMinute`). RangeError for a length or grid below a minute, or a window past what a schedule allows.
 */
export function slotsBetween(diary: Diary, from: number, to: number, now: number): Slot[] {
  const { lengthMinutes, policy } = diary;
  const grid = policy.gridMinutes;
  const opened = openings(diary.schedule, from, to + lengthMinutes);
  const bitsAt = judge(diary, opened, now);
  if (diary.group) return groupSlots(diary, opened, [from, to], bitsAt);
  const slots: Slot[] = [];
  for (let i = 0; i < opened.length; i += 2) {
    const open = opened[i]!;
    const until = Math.min(opened[i + 1]!, to);
    let start = open >= from ? open : open + Math.ceil((from - open) / grid) * grid;
    for (; start < until; start += grid) {
      const bits = bitsAt(start);
      if ((bits & OUTSIDE) !== 0) continue;
      slots.push({ start, end: start + lengthMinutes, available: bits === 0, reasons: reasonsOf(bits) });
    }
  }
  return slots;
}

/** The same of a group: sessions that stand are among the starts, on the grid or not. */
function groupSlots(
  diary: Diary,
  opened: readonly number[],
  [from, to]: readonly [number, number],
  bitsAt: (start: number) => number,
): Slot[] {
  const standing = standingIn(diary);
  const starts = new Set(gridIn(opened, diary.policy.gridMinutes, from, to));
  for (const start of standing.keys()) if (start >= from && start < to) starts.add(start);
  return [...starts]
    .toSorted((a, b) => a - b)
    .flatMap((start): Slot[] => {
      const bits = bitsAt(start);
      if ((bits & OUTSIDE) !== 0) return [];
      const available = bits === 0;
      return [
        { start, available, reasons: reasonsOf(bits), ...sessionAt(diary, standing.get(start), start, available) },
      ];
    });
}

/** Until when a session at a start is, and of a group with how many seats: those of the one there, or all where one can be. */
export function sessionAt(
  { lengthMinutes, group }: Pick<Diary, 'lengthMinutes' | 'group'>,
  there: GroupSession | undefined,
  start: number,
  isFree: boolean,
): Pick<Slot, 'end' | 'seatsLeft'> {
  if (there) return { end: there.end, seatsLeft: there.seatsLeft };
  return { end: start + lengthMinutes, ...(group && isFree ? { seatsLeft: group.capacity } : {}) };
}

/** The session that can be joined at each start; of two, where staff have overridden, the one with more seats. */
export function standingIn({ group }: Pick<Diary, 'group'>): ReadonlyMap<number, GroupSession> {
  const standing = new Map<number, GroupSession>();
  for (const session of group?.sessions ?? []) {
    const other = standing.get(session.start);
    if (!other || other.seatsLeft < session.seatsLeft) standing.set(session.start, session);
  }
  return standing;
}

/** Starts of the grid from each opening, in `[from, to)`. */
export function gridIn(opened: readonly number[], grid: number, from: number, to: number): number[] {
  return opened.flatMap((open, i) => {
    if (i % 2 !== 0) return [];
    const first = open >= from ? open : open + Math.ceil((from - open) / grid) * grid;
    const until = Math.min(opened[i + 1]!, to);
    return Array.from({ length: Math.max(0, Math.ceil((until - first) / grid)) }, (_, step) => first + step * grid);
  });
}

/** Why a session cannot start at an epoch minute; empty = it can. The very rule that offers slots. */
export function reasonsAgainst(diary: Diary, start: number, now: number): readonly ReasonCode[] {
  return reasonsOf(judge(diary, openings(diary.schedule, start, start + diary.lengthMinutes), now)(start));
}

/** The same of many starts, which must rise: hours and busy time are walked once for all of them. */
export function reasonsAgainstAll(diary: Diary, starts: readonly number[], now: number): (readonly ReasonCode[])[] {
  if (starts.length === 0) return [];
  const bitsAt = judge(diary, openings(diary.schedule, starts[0]!, starts.at(-1)! + diary.lengthMinutes), now);
  return starts.map((start) => reasonsOf(bitsAt(start)));
}

/**
 * The first minute after `now` at which the answer for these slots changes by itself: a start passes into the past or within
 * notice, or the horizon moves over one. Undefined if it never does. An answer made at `now` holds while `nowMinute` is less.
 */
export function nextChangeAfter(diary: Diary, slots: readonly Slot[], now: number): number | undefined {
  const { noticeMinutes } = diary.policy;
  let next = Number.POSITIVE_INFINITY;
  const passing = slots.find(({ start }) => start >= now);
  if (passing) next = passing.start + 1;
  const noticed = slots.find(({ start }) => start - noticeMinutes >= now);
  if (noticed) next = Math.min(next, noticed.start - noticeMinutes + 1);
  const horizon = horizonEnd(diary, now);
  const beyond = slots.find(({ start }) => start >= horizon);
  next = Math.min(next, (beyond && opensAt(diary, beyond.start)) ?? next);
  return Number.isFinite(next) ? next : undefined;
}

/**
 * The rule. Answers a function from a start to its set of reasons, to be asked with rising starts: it walks hours and busy time
 * once, so a whole window costs one pass. `opened` are the schedule's openings around all starts asked for.
 */
function judge(diary: Diary, opened: readonly number[], now: number): (start: number) => number {
  const { busy, lengthMinutes: length, policy, schedule } = diary;
  const { bufferBeforeMinutes: before, bufferAfterMinutes: after, gridMinutes: grid } = policy;
  if (!(length >= 1) || !(grid >= 1)) throw new RangeError('a session and a grid have at least one minute');
  const hours = workingTime(schedule, opened);
  const noticeEnd = now + policy.noticeMinutes;
  const horizon = horizonEnd(diary, now);
  const limitsAt = limiter(diary);
  const needsAt = needJudge(diary.needs);
  const standing = diary.group ? standingIn(diary) : null;
  let opening = 0;
  let stretch = 0;
  let next = 0;
  // Of all busy time that begins before the session's occupancy ends, the latest end: it alone decides, overlapping or not.
  let busyUntil = Number.NEGATIVE_INFINITY;
  return (start) => {
    const end = start + length;
    let bits = 0;
    if (start < now) bits |= PAST;
    else if (start < noticeEnd) bits |= NOTICE;
    if (start >= horizon) bits |= HORIZON;
    while (stretch < hours.length && hours[stretch + 1]! < end) stretch += 2;
    if (stretch >= hours.length || hours[stretch]! > start) bits |= OUTSIDE;
    while (opening < opened.length && opened[opening + 1]! <= start) opening += 2;
    if (opening < opened.length && opened[opening]! <= start && (start - opened[opening]!) % grid !== 0)
      bits |= OFF_GRID;
    const occupiedUntil = end + after;
    for (; next < busy.length && busy[next]! < occupiedUntil; next += 2) {
      const busyEnd = busy[next + 1]!;
      if (busyEnd > busyUntil && busyEnd > busy[next]!) busyUntil = busyEnd;
    }
    if (busyUntil > start - before) bits |= TAKEN;
    if (needsAt !== null) bits |= needsAt(start - before, occupiedUntil);
    if (limitsAt !== null) bits |= limitsAt(start);
    const there = standing?.get(start);
    return there ? (bits & AGAINST_SEAT) | (there.seatsLeft > 0 ? 0 : FULL) | (there.own ? ALREADY : 0) : bits;
  };
}

/** The epoch minute at which the horizon reaches a start. Null where it ends on a last date, which does not move. */
export function opensAt({ policy, schedule: { table } }: Diary, start: number): number | null {
  if (policy.horizonUntil) return null;
  const day = Math.floor((start + offsetIn(table, start)) / DAY);
  return firstMinuteAt(table, (day - policy.horizonDays) * DAY);
}

/** The first epoch minute that is too far ahead: the end of the last whole day, in the practitioner's zone, of the horizon. */
function horizonEnd(diary: Diary, now: number): number {
  const { table } = diary.schedule;
  const { horizonUntil } = diary.policy;
  if (horizonUntil) return firstMinuteAt(table, (dayNumber(horizonUntil) + 1) * DAY);
  const today = Math.floor((now + offsetIn(table, now)) / DAY);
  return firstMinuteAt(table, (today + diary.policy.horizonDays + 1) * DAY);
}
