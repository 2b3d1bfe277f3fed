// Who waits for which time, and whether a free one suits; pure. How a free time becomes an offer is place-offers.ts'.
//
// Nobody blocks a calendar by waiting: a client has few entries, one offer at a time for each, is offered a time once, and an
// entry that lets a few offers lapse is at its end.
import type { Slot } from '../availability/slots.ts';
import type { Platform } from '../meetings/provider.ts';
import { weekdayIndex } from '../schedules/schedule.ts';
import { dateAt, dayNumber, minutesOfDay } from '../platform/time/wall-clock.ts';
import { offsetAt } from '../platform/time/zone-table.ts';

export const ENTRY_STATES = ['waiting', 'offered', 'booked', 'left', 'ended'] as const;
export type EntryState = (typeof ENTRY_STATES)[number];

/** Why it ended by itself. `shared_now`: of before seats were waited for, where what it waited for became a group. */
export const END_REASONS = ['days_over', 'offers_lapsed', 'shared_now'] as const;
export type EndReason = (typeof END_REASONS)[number];

/** Hours of the week that suit: on these weekdays (1 is Monday; none: all), within these times of the wall. */
export type Window = {
  readonly weekdays?: readonly number[] | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
};

export type Entry = {
  readonly id: number;
  readonly clientId: number;
  readonly clientSubject: string;
  readonly sessionTypeId: number;
  /** Empty: whoever offers it. */
  readonly practitionerIds: readonly number[];
  readonly firstDate: string;
  readonly lastDate: string;
  /** null: each practitioner's own. */
  readonly zone: string | null;
  readonly windows: readonly Window[];
  readonly platform: Platform | null;
  readonly state: EntryState;
  /** null where it has not ended by itself. */
  readonly endedBecause: EndReason | null;
  readonly createdAt: Temporal.Instant;
};

/** How long a time is kept for whoever it is offered to, and how many entries a client may have. */
export type WaitlistRules = { readonly holdMinutes: number; readonly perClient: number };

export const WAITLIST_BOUNDS = {
  holdMinutes: { minimum: 10, maximum: 1_440 },
  perClient: { minimum: 1, maximum: 50 },
} as const;

/** Who lets so many offers lapse does not wait any more. */
export const MOST_LAPSED = 3;
/** A quarter of a year: longer nobody waits without asking again. */
export const LONGEST_WAIT_DAYS = 92;
/** Less time than this to answer is no offer. */
export const SHORTEST_OFFER_MINUTES = 10;

/** Until when a time is kept: as long as the rules say, and not beyond its start; null where nobody could answer in time. */
export function keptUntil(now: Temporal.Instant, minutes: number, start: Temporal.Instant): Temporal.Instant | null {
  const at = now.add({ minutes });
  const until = Temporal.Instant.compare(at, start) < 0 ? at : start;
  const least = now.add({ minutes: SHORTEST_OFFER_MINUTES });
  return Temporal.Instant.compare(until, least) < 0 ? null : until;
}

/** A time as a wall shows it; minutes from the midnight of its date. */
export type OnWall = {
  readonly date: string;
  /** 1 is Monday. */
  readonly weekday: number;
  readonly from: number;
  readonly to: number;
};

export function onWall({ start, end }: Pick<Slot, 'start' | 'end'>, zone: string): OnWall {
  const date = dateAt(start, zone);
  const day = dayNumber(date);
  const from = start + offsetAt(zone, start) - day * 1_440;
  return { date, weekday: weekdayIndex(day) + 1, from, to: from + (end - start) };
}

/** Whether a free time lies in the days and hours that suit. */
export function suits(
  { firstDate, lastDate, windows }: Pick<Entry, 'firstDate' | 'lastDate' | 'windows'>,
  { date, weekday, from, to }: OnWall,
): boolean {
  if (date < firstDate || date > lastDate) return false;
  if (windows.length === 0) return true;
  return windows.some(
    (window) =>
      (!window.weekdays || window.weekdays.length === 0 || window.weekdays.includes(weekday)) &&
      from >= (window.from === undefined ? 0 : minutesOfDay(window.from)) &&
      to <= (window.to === undefined ? 2 * 1_440 : minutesOfDay(window.to)),
  );
}
