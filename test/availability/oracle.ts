// The rules of availability told the slow and obvious way, minute by minute with Temporal, to judge the fast one by.
// It shares no code with it but the types.
import type { CountedSession } from '../../src/availability/free-time.ts';
import type { Limit } from '../../src/practitioners/limits.ts';
import { REASONS, type ReasonCode } from '../../src/availability/reasons.ts';
import type { DayHours, Policy, Schedule } from '../../src/schedules/schedule.ts';

export type Question = {
  readonly schedule: Schedule;
  readonly policy: Policy;
  readonly lengthMinutes: number;
  readonly busy: readonly { readonly start: number; readonly end: number }[];
  readonly counted?: readonly CountedSession[];
  readonly sessionTypeId?: number | null;
};

export type Oracle = {
  readonly starts: readonly number[];
  readonly reasons: (start: number, now: number) => readonly ReasonCode[];
};

export function epoch(instant: string): number {
  return Temporal.Instant.from(instant).epochMilliseconds / 60_000;
}

function at(minute: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(minute * 60_000).toZonedDateTimeISO(zone);
}

function wallTime(date: Temporal.PlainDate, minutes: number): Temporal.PlainDateTime {
  return date.toPlainDateTime({ hour: 0 }).add({ minutes });
}

/** The first instant of a wall time, or the end of the gap it fell into. */
function opensAt(wall: Temporal.PlainDateTime, zone: string): number {
  const earlier = wall.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const exists = earlier.toPlainDateTime().equals(wall);
  const instant = exists ? earlier : earlier.getTimeZoneTransition('next')!;
  return instant.epochMilliseconds / 60_000;
}

/** Just after the last showing of the last minute worked. */
function closesAt(wall: Temporal.PlainDateTime, zone: string): number {
  const last = wall.subtract({ minutes: 1 });
  const later = last.toZonedDateTime(zone, { disambiguation: 'later' });
  if (later.toPlainDateTime().equals(last)) return later.epochMilliseconds / 60_000 + 1;
  return opensAt(last, zone);
}

function minutesOf(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}

/** Looks at every minute of the days from three before `from` to three after `to`. */
export function ask(
  { schedule, policy, lengthMinutes, busy, counted = [], sessionTypeId = null }: Question,
  from: number,
  to: number,
): Oracle {
  const { zone } = schedule;
  const openings: { open: number; close: number }[] = [];
  let date = at(from, zone).toPlainDate().subtract({ days: 3 });
  const lastDate = at(to, zone).toPlainDate().add({ days: 3 });
  let latestClose = Number.NEGATIVE_INFINITY;
  for (; Temporal.PlainDate.compare(date, lastDate) <= 0; date = date.add({ days: 1 })) {
    const { dayOfWeek } = date;
    const override = schedule.overrides.find((one) => one.date === date.toString());
    const hours: readonly DayHours[] =
      override?.intervals ??
      weekOn(schedule, date.toString(), sessionTypeId).filter((one) => one.weekday === dayOfWeek);
    for (const { from: opens, to: closes } of hours.toSorted((a, b) => a.from - b.from)) {
      const close = closesAt(wallTime(date, closes), zone);
      const open = Math.max(opensAt(wallTime(date, opens), zone), latestClose);
      if (open < close) openings.push({ open, close });
      latestClose = Math.max(latestClose, close);
    }
  }
  const worked = new Set<number>();
  for (const { open, close } of openings) for (let minute = open; minute < close; minute += 1) worked.add(minute);
  for (const { start, end } of schedule.timeOff)
    for (let minute = start; minute < end; minute += 1) worked.delete(minute);
  for (const { start, end } of wallTimeOffOf(schedule, date))
    for (let minute = start; minute < end; minute += 1) worked.delete(minute);
  const taken = new Set<number>();
  for (const { start, end } of busy) for (let minute = start; minute < end; minute += 1) taken.add(minute);

  const isOver = (of: Limit['of'], start: number): boolean =>
    (policy.limits ?? []).some((limit) => {
      if (limit.of !== of) return false;
      const day = at(start, zone).toPlainDate();
      const given = counted.filter(
        (one) =>
          (of === 'practitioner' || one.own) &&
          (limit.sessionTypeId === null || limit.sessionTypeId === one.sessionTypeId) &&
          isSame(limit.per, day, at(one.start, zone).toPlainDate()),
      );
      const minutes = given.reduce((sum, one) => sum + one.minutes, 0);
      return (
        given.length >= (limit.mostSessions ?? Infinity) || minutes + lengthMinutes > (limit.mostMinutes ?? Infinity)
      );
    });
  const inHours = (start: number) => minutesOf(start, start + lengthMinutes).every((minute) => worked.has(minute));
  const reasons = (start: number, now: number): readonly ReasonCode[] => {
    const opening = openings.find(({ open, close }) => open <= start && start < close);
    const today = at(now, zone).toPlainDate();
    const occupied = minutesOf(start - policy.bufferBeforeMinutes, start + lengthMinutes + policy.bufferAfterMinutes);
    const holds: Record<ReasonCode, boolean> = {
      time_in_past: start < now,
      outside_hours: !inHours(start),
      not_on_grid: opening !== undefined && (start - opening.open) % policy.gridMinutes !== 0,
      notice_too_short: start >= now && start < now + policy.noticeMinutes,
      beyond_horizon: policy.horizonUntil
        ? at(start, zone).toPlainDate().toString() > policy.horizonUntil
        : at(start, zone).toPlainDate().since(today).days > policy.horizonDays,
      slot_taken: occupied.some((minute) => taken.has(minute)),
      // What is shared is told by an oracle of its own: shared-time.test.ts.
      full: false,
      already_booked: false,
      room_taken: false,
      equipment_taken: false,
      video_host_taken: false,
      booking_limit_reached: isOver('practitioner', start),
      client_limit_reached: isOver('client', start),
    };
    return REASONS.filter((reason) => holds[reason]);
  };
  const starts = openings
    .flatMap(({ open, close }) => minutesOf(open, close).filter((minute) => (minute - open) % policy.gridMinutes === 0))
    .filter((start) => start >= from && start < to && inHours(start));
  return { starts, reasons };
}

function isSame(per: Limit['per'], a: Temporal.PlainDate, b: Temporal.PlainDate): boolean {
  if (per === 'day') return a.equals(b);
  if (per === 'month') return a.toPlainYearMonth().equals(b.toPlainYearMonth());
  return a.weekOfYear === b.weekOfYear && a.yearOfWeek === b.yearOfWeek;
}

/** The week that holds on a date: the latest begun of the session type's own, else of all, else the ordinary one. */
function weekOn({ plans = [], weekly }: Schedule, date: string, sessionTypeId: number | null): Schedule['weekly'] {
  for (const type of sessionTypeId === null ? [null] : [sessionTypeId, null]) {
    const [latest] = plans
      .filter((plan) => plan.sessionTypeId === type)
      .filter(({ firstDate, lastDate }) => (firstDate ?? '') <= date && date <= (lastDate ?? '9999'))
      .toSorted((a, b) => ((a.firstDate ?? '') < (b.firstDate ?? '') ? 1 : -1));
    if (latest) return latest.weekly;
  }
  return weekly;
}

/** Of single dates, and of rules that say FREQ=DAILY;INTERVAL=n alone; those of a month before a date count too. */
function wallTimeOffOf({ zone, wallTimeOff = [] }: Schedule, until: Temporal.PlainDate) {
  return wallTimeOff.flatMap(({ fromMinute, toMinute, dates }) => {
    const first = Temporal.PlainDate.from(typeof dates === 'string' ? dates : dates.firstDate);
    const interval = typeof dates === 'string' ? 0 : Number(/INTERVAL=(\d+)/.exec(dates.rule)?.[1]);
    const found: { start: number; end: number }[] = [];
    for (let on = first; Temporal.PlainDate.compare(on, until) <= 0; on = on.add({ days: interval })) {
      found.push({ start: opensAt(wallTime(on, fromMinute), zone), end: closesAt(wallTime(on, toMinute), zone) });
      if (interval === 0) break;
    }
    return found;
  });
}
