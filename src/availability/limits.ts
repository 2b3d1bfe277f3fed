// Knows whether a session more would be one too many: what has been given is counted by days, weeks from Monday and months of
// the practitioner's zone, by the start of each session.
import { offsetIn, steadyAround, firstMinuteAt, type ZoneTable } from '../platform/time/zone-table.ts';
import { dateOfDay, dayNumber } from '../platform/time/wall-clock.ts';
import type { Limit, Period } from '../practitioners/limits.ts';
import { weekdayIndex, type Policy } from '../schedules/schedule.ts';
import type { Diary } from './free-time.ts';
import { REASON_BIT } from './reasons.ts';

const DAY = 1_440;

/** The first day of the period a day lies in. */
export function periodStart(per: Period, day: number): number {
  if (per === 'day') return day;
  if (per === 'week') return day - weekdayIndex(day);
  return dayNumber(`${dateOfDay(day).slice(0, 7)}-01`);
}

/** The day after the last one. */
function periodEnd(per: Period, day: number): number {
  if (per === 'day') return day + 1;
  if (per === 'week') return periodStart(per, day) + 7;
  return periodStart('month', periodStart('month', day) + 31);
}

/** Epoch minutes `[from, to)` of all periods of its limits that touch `[from, to)`; null where there are none. */
export function countedStretch(
  { limits = [] }: Pick<Policy, 'limits'>,
  table: ZoneTable,
  from: number,
  to: number,
): { readonly from: number; readonly to: number } | null {
  if (limits.length === 0) return null;
  const dayAt = (minute: number) => Math.floor((minute + offsetIn(table, minute)) / DAY);
  const [first, last] = [dayAt(from), dayAt(to)];
  // A date's minutes may lie on both sides of another's where clocks go back over midnight: a day more on either side.
  return {
    from: firstMinuteAt(table, (Math.min(...limits.map(({ per }) => periodStart(per, first))) - 1) * DAY),
    to: firstMinuteAt(table, (Math.max(...limits.map(({ per }) => periodEnd(per, last))) + 1) * DAY),
  };
}

/** From a start to its reasons; null where nothing is limited. What a start has against it depends on its date alone. */
export function limiter(diary: Diary): ((start: number) => number) | null {
  const { policy, counted = [], lengthMinutes, schedule } = diary;
  const { limits = [] } = policy;
  if (limits.length === 0) return null;
  const { table } = schedule;
  const sums = limits.map((limit) => ({ limit, given: sumsOf(limit, counted, table) }));
  let steady = { offset: 0, from: 0, until: 0 };
  let [seen, bits] = [Number.NaN, 0];
  return (start) => {
    if (start < steady.from || start >= steady.until) steady = steadyAround(table, start);
    const day = Math.floor((start + steady.offset) / DAY);
    if (day === seen) return bits;
    [seen, bits] = [day, 0];
    for (const { limit, given } of sums) {
      if (isPassed(limit, given.get(periodStart(limit.per, day)), lengthMinutes)) {
        bits |= limit.of === 'client' ? REASON_BIT.client_limit_reached : REASON_BIT.booking_limit_reached;
      }
    }
    return bits;
  };
}

/** The limits that a session at a start would pass. */
export function limitsAgainst({ policy, counted = [], lengthMinutes, schedule }: Diary, start: number): Limit[] {
  const day = Math.floor((start + offsetIn(schedule.table, start)) / DAY);
  return (policy.limits ?? []).filter((limit) =>
    isPassed(limit, sumsOf(limit, counted, schedule.table).get(periodStart(limit.per, day)), lengthMinutes),
  );
}

function isPassed({ mostSessions, mostMinutes }: Limit, given: Sum | undefined, lengthMinutes: number): boolean {
  return (
    (mostSessions !== null && (given?.sessions ?? 0) + 1 > mostSessions) ||
    (mostMinutes !== null && (given?.minutes ?? 0) + lengthMinutes > mostMinutes)
  );
}

type Sum = { sessions: number; minutes: number };

function sumsOf(limit: Limit, counted: NonNullable<Diary['counted']>, table: ZoneTable): Map<number, Sum> {
  const sums = new Map<number, Sum>();
  // Sessions come mostly by time: the offset and the period of the last one are mostly those of the next.
  let steady = { offset: 0, from: 0, until: 0 };
  let [from, to] = [Number.NaN, Number.NaN];
  for (const { start, minutes, sessionTypeId, own, seatOnly } of counted) {
    if (limit.sessionTypeId !== null && limit.sessionTypeId !== sessionTypeId) continue;
    if (limit.of === 'client' ? !own : seatOnly) continue;
    if (start < steady.from || start >= steady.until) steady = steadyAround(table, start);
    const day = Math.floor((start + steady.offset) / DAY);
    if (!(day >= from && day < to)) [from, to] = [periodStart(limit.per, day), periodEnd(limit.per, day)];
    const sum = sums.get(from);
    if (sum) {
      sum.sessions += 1;
      sum.minutes += minutes;
    } else sums.set(from, { sessions: 1, minutes });
  }
  return sums;
}
