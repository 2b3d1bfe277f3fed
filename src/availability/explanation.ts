// Knows what stands behind the reasons against a time: a closed list of codes, each of one reason. It decides nothing: what
// can be booked is slots.ts's to judge, and this tells of each of its reasons where it comes from.
import { endMinuteAt, firstMinuteAt, offsetIn } from '../platform/time/zone-table.ts';
import { dateOfDay, isoAt } from '../platform/time/wall-clock.ts';
import type { RefusalCode } from '../platform/refusal.ts';
import type { Limit } from '../practitioners/limits.ts';
import { timeOffBetween } from '../schedules/compiled.ts';
import { hoursOn, openings, type CompiledSchedule } from '../schedules/schedule.ts';
import { append, intersect, normalise, subtract } from '../platform/time/interval.ts';
import type { Diary } from './free-time.ts';
import { limitsAgainst } from './limits.ts';
import type { ReasonCode } from './reasons.ts';
import { opensAt, standingIn } from './slots.ts';
import { unitsFor } from './units.ts';

const DAY = 1_440;
/** Hours end at most a day after their date, and a wall is at most a day from UTC. */
const AROUND_DAYS = 3;

/** Each with the reason it is of. */
export const BECAUSE = {
  time_in_past: 'time_in_past',
  notice_too_short: 'notice_too_short',
  beyond_horizon: 'beyond_horizon',
  not_on_grid: 'not_on_grid',
  no_hours: 'outside_hours',
  does_not_fit: 'outside_hours',
  date_override: 'outside_hours',
  holiday: 'outside_hours',
  time_off: 'outside_hours',
  taken: 'slot_taken',
  busy: 'slot_taken',
  buffer: 'slot_taken',
  hold: 'slot_taken',
  full: 'full',
  already_booked: 'already_booked',
  room_taken: 'room_taken',
  equipment_taken: 'equipment_taken',
  video_host_taken: 'video_host_taken',
  booking_limit_reached: 'booking_limit_reached',
  client_limit_reached: 'client_limit_reached',
  clock_gap: 'time_does_not_exist',
} as const satisfies Record<string, RefusalCode>;

export type BecauseCode = keyof typeof BECAUSE;

/** What the codes mean, for the API document. */
export const BECAUSE_WORDS: Readonly<Record<BecauseCode, string>> = {
  time_in_past: 'it has passed',
  notice_too_short: 'it is sooner than her notice',
  beyond_horizon: 'it is further ahead than her horizon',
  not_on_grid: 'sessions do not start then',
  no_hours: 'she has no hours then',
  does_not_fit: 'it begins within hours and would end after them',
  date_override: 'that date has other hours, or none',
  holiday: 'it is a public holiday',
  time_off: 'she is away (told to those who manage her)',
  taken: 'somebody has that time, or what lies around it',
  busy: 'a session is then (told to those who manage her)',
  buffer: 'the time between sessions would be too short (told to those who manage her)',
  hold: 'somebody is about to book it (told to those who manage her)',
  full: 'all seats of the session are taken',
  already_booked: 'the client has a seat in the session',
  room_taken: 'no room that the session could have is free',
  equipment_taken: 'equipment that the session needs is not free',
  video_host_taken: 'no account that could host the meeting is free',
  booking_limit_reached: 'she gives no more in that day, week or month',
  client_limit_reached: 'she gives the client no more in that day, week or month',
  clock_gap: 'clocks jump over it',
};

export type Because = {
  readonly code: BecauseCode;
  readonly reason: (typeof BECAUSE)[BecauseCode];
  /** Of an override or a holiday. */
  readonly date?: string;
  readonly holiday?: string;
  /** Of a notice: the last instant at which it could be booked. */
  readonly bookBy?: string;
  /** Of a horizon that moves: the instant from which it lies within. */
  readonly opensAt?: string;
  /** Of one that does not: the last date that can be booked, in her zone. */
  readonly lastDate?: string;
  readonly limit?: Limit;
  readonly timeOffId?: number;
  /** Of a room, equipment or a host. */
  readonly resourceId?: number;
  readonly sessionId?: number;
  readonly appointmentIds?: readonly number[];
  readonly holdId?: number;
};

/** Who has a stretch of time, in epoch minutes: with buffers and, where it is a session or a hold for one, without. */
export type Owner = {
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly end: number;
  /** Whose time it is: hers, or that of a unit of `resourceId`. */
  readonly unit: number;
  readonly resourceId: number;
  /** Of the session or hold. */
  readonly practitionerId: number;
  readonly sessionId: number | null;
  readonly appointmentIds: readonly number[];
  /** Those of the client who asks. */
  readonly ownIds: readonly number[];
  readonly holdId: number | null;
};

/**
 * What stands behind the `reasons` against a start: of each at least one thing. `owners`: who has time around it, for those who
 * manage her; null for all others, who are told nothing of anybody.
 */
export function explain(
  diary: Diary,
  start: number,
  reasons: readonly ReasonCode[],
  owners: readonly Owner[] | null,
): Because[] {
  return reasons.flatMap((reason): Because[] => {
    if (reason === 'outside_hours') return outsideHours(diary, start, owners !== null);
    if (reason === 'notice_too_short')
      return [{ ...of(reason), bookBy: isoIn(diary, start - diary.policy.noticeMinutes) }];
    if (reason === 'beyond_horizon') return [{ ...of(reason), ...reachOf(diary, start) }];
    if (reason === 'slot_taken') return owners === null ? [of('taken')] : takenBy(diary, start, owners);
    if (owners !== null && (reason === 'full' || reason === 'already_booked')) {
      return [{ ...of(reason), ...seatsAt(diary, start, owners, reason === 'already_booked') }];
    }
    if (owners !== null && isNeed(reason)) return unitsTaken(diary, start, reason, owners);
    if (reason !== 'booking_limit_reached' && reason !== 'client_limit_reached') return [of(reason)];
    if (owners === null) return [of(reason)];
    const kind = reason === 'client_limit_reached' ? 'client' : 'practitioner';
    return limitsAgainst(diary, start)
      .filter((limit) => limit.of === kind)
      .map((limit) => ({ ...of(reason), limit }));
  });
}

function of(code: BecauseCode): Because {
  return { code, reason: BECAUSE[code] };
}

/** On the clock of her zone. */
function isoIn({ schedule: { table } }: Diary, minute: number): string {
  return isoAt(minute, offsetIn(table, minute));
}

function reachOf(diary: Diary, start: number): Pick<Because, 'opensAt' | 'lastDate'> {
  const opens = opensAt(diary, start);
  if (opens !== null) return { opensAt: isoIn(diary, opens) };
  const { horizonUntil } = diary.policy;
  return horizonUntil ? { lastDate: horizonUntil } : {};
}

function outsideHours({ schedule, lengthMinutes }: Diary, start: number, managed: boolean): Because[] {
  const end = start + lengthMinutes;
  const found: Because[] = [];
  const away = managed ? timeOffBetween(schedule, start, end) : [];
  const isOpen = holds(schedule, start, end);
  for (const { id } of away) found.push({ ...of('time_off'), ...(id === undefined ? {} : { timeOffId: id }) });
  if (isOpen) return found.length > 0 ? found : [of('no_hours')];
  const usual = holds(schedule.plain(), start, end);
  const differs = usual ? differing(schedule, start, end) : [];
  if (differs.length > 0) return [...found, ...differs];
  return [...found, of(usual || !beginsWithin(schedule, start) ? 'no_hours' : 'does_not_fit')];
}

/** Whether openings, before time off, hold a session wholly. */
function holds(schedule: CompiledSchedule, start: number, end: number): boolean {
  const open = joined(schedule, start, end);
  return open.some((from, i) => i % 2 === 0 && from <= start && end <= open[i + 1]!);
}

function joined(schedule: CompiledSchedule, start: number, end: number): number[] {
  const opened = openings(schedule, start, end);
  const out: number[] = [];
  for (let i = 0; i < opened.length; i += 2) append(out, opened[i]!, opened[i + 1]!);
  return out;
}

function beginsWithin(schedule: CompiledSchedule, start: number): boolean {
  return openings(schedule, start, start + 1).length > 0;
}

/** The dates that are not as their week, and would have had hours in a stretch where there are none. */
function differing(schedule: CompiledSchedule, start: number, end: number): Because[] {
  const { given, calendar } = schedule;
  const gone = subtract([start, end], joined(schedule, start, end));
  const first = Math.floor(start / DAY) - AROUND_DAYS;
  const days = Array.from({ length: Math.floor(end / DAY) + AROUND_DAYS - first + 1 }, (_, i) => first + i);
  return days.flatMap((day): Because[] => {
    const date = dateOfDay(day);
    const isOverridden = given.overrides.some((one) => one.date === date);
    const [holiday] = isOverridden ? [] : (calendar?.between(day, day + 1) ?? []);
    if ((!isOverridden && !holiday) || !meets(usualOn(schedule, day), gone)) return [];
    return [holiday ? { ...of('holiday'), date, holiday: holiday.name } : { ...of('date_override'), date }];
  });
}

/** The stretches of the hours that a date has by its week. */
function usualOn(schedule: CompiledSchedule, day: number): number[] {
  return hoursOn(schedule.plain(), day).flatMap(({ table, hours }) =>
    hours.map((wall, i) => (i % 2 === 0 ? firstMinuteAt : endMinuteAt)(table, day * DAY + wall)),
  );
}

function meets(some: readonly number[], others: readonly number[]): boolean {
  return intersect(normalise(some), others).length > 0;
}

function takenBy(diary: Diary, start: number, owners: readonly Owner[]): Because[] {
  const end = start + diary.lengthMinutes;
  const found = ownersOf(diary.practitionerId, diary, start, owners).map((owner): Because => {
    if (owner.holdId !== null) return { ...of('hold'), ...namesOf(owner) };
    return { ...of(owner.start < end && owner.end > start ? 'busy' : 'buffer'), ...namesOf(owner) };
  });
  // Given up between two reads.
  return found.length > 0 ? found : [of('taken')];
}

type NeedReason = Extract<ReasonCode, 'room_taken' | 'equipment_taken' | 'video_host_taken'>;

function isNeed(reason: ReasonCode): reason is NeedReason {
  return reason === 'room_taken' || reason === 'equipment_taken' || reason === 'video_host_taken';
}

/** Who has what would serve the needs that find nothing free. */
function unitsTaken(diary: Diary, start: number, reason: NeedReason, owners: readonly Owner[]): Because[] {
  const [from, to] = withBuffers(diary, start);
  const unmet = (diary.needs ?? []).filter(
    (need) => `${need.kind}_taken` === reason && unitsFor([need], from, to).length === 0,
  );
  const units = new Set(unmet.flatMap((need) => need.units.map(({ id }) => id)));
  const found = [...units].flatMap((unit) =>
    ownersOf(unit, diary, start, owners).map((owner) => ({
      ...of(reason),
      resourceId: owner.resourceId,
      ...namesOf(owner),
    })),
  );
  return found.length > 0 ? found : [of(reason)];
}

/** The session of a group whose seats stand against a start; of whose appointments all, or only the client's own. */
function seatsAt(diary: Diary, start: number, owners: readonly Owner[], own: boolean) {
  const sessionId = standingIn(diary).get(start)?.sessionId;
  // One that is only about to be booked, in the same act, has no id.
  if (!sessionId) return {};
  const owner = owners.find((one) => one.sessionId === sessionId);
  return { sessionId, ...(owner ? { appointmentIds: own ? owner.ownIds : owner.appointmentIds } : {}) };
}

function ownersOf(unit: number, diary: Diary, start: number, owners: readonly Owner[]): Owner[] {
  const [from, to] = withBuffers(diary, start);
  return owners.filter((owner) => owner.unit === unit && owner.from < to && owner.to > from);
}

function withBuffers({ lengthMinutes, policy }: Diary, start: number): readonly [number, number] {
  return [start - policy.bufferBeforeMinutes, start + lengthMinutes + policy.bufferAfterMinutes];
}

function namesOf({ sessionId, appointmentIds, holdId }: Owner): Partial<Because> {
  if (holdId !== null) return { holdId };
  return sessionId === null ? {} : { sessionId, appointmentIds };
}
