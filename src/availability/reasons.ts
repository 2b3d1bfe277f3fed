// Knows why a time cannot be booked: a closed list of reasons, each the code of the refusal that booking it would meet.
// Which of them hold for a time is found in slots.ts.
import { Refusal, type RefusalCode } from '../platform/refusal.ts';

/** In order of what a person should hear first. */
export const REASONS = [
  'time_in_past',
  'outside_hours',
  'not_on_grid',
  'notice_too_short',
  'beyond_horizon',
  'slot_taken',
  // Before `full`: whoever has a seat is not to look for another.
  'already_booked',
  'full',
  'room_taken',
  'equipment_taken',
  'video_host_taken',
  'booking_limit_reached',
  'client_limit_reached',
] as const satisfies readonly RefusalCode[];

export type ReasonCode = (typeof REASONS)[number];

/** A set of reasons as bits, `1 << index in REASONS`; 0 = bookable. */
export const REASON_BIT = {
  time_in_past: 1,
  outside_hours: 2,
  not_on_grid: 4,
  notice_too_short: 8,
  beyond_horizon: 16,
  slot_taken: 32,
  already_booked: 64,
  full: 128,
  room_taken: 256,
  equipment_taken: 512,
  video_host_taken: 1024,
  booking_limit_reached: 2048,
  client_limit_reached: 4096,
} as const satisfies Record<ReasonCode, number>;

const SENTENCES: Record<ReasonCode, string> = {
  time_in_past: 'This time has passed.',
  outside_hours: 'The session does not lie within working hours.',
  not_on_grid: 'Sessions do not start at this time.',
  notice_too_short: 'This time is too soon to book.',
  beyond_horizon: 'This time is too far ahead to book.',
  slot_taken: 'This time is no longer free.',
  full: 'All seats of this session are taken.',
  already_booked: 'This client has a seat in this session already.',
  room_taken: 'No room is free at this time.',
  equipment_taken: 'What the session needs is not free at this time.',
  video_host_taken: 'No account is free to host the meeting at this time.',
  booking_limit_reached: 'No more sessions are given in that day, week or month.',
  client_limit_reached: 'No more sessions are given to one client in that day, week or month.',
};

/** Every set of reasons that was asked for once, so that a list of slots allocates none. */
const SETS = new Map<number, readonly ReasonCode[]>();

/** The reasons of a set, shared and frozen. */
export function reasonsOf(bits: number): readonly ReasonCode[] {
  let set = SETS.get(bits);
  if (!set) {
    set = Object.freeze(REASONS.filter((reason) => (bits & REASON_BIT[reason]) !== 0));
    SETS.set(bits, set);
  }
  return set;
}

const NO_SEAT_BY_OVERRIDE =
  'All seats of this session are taken, and seats cannot be overridden. Book another session, or raise the capacity of the session type for sessions to come.';

/**
 * The refusal of the first reason; all of them are in `reasons`. `extra` goes beside, for example alternatives. `overriding`: it
 * stands in spite of an override.
 */
export function refusalFor(
  reasons: readonly [ReasonCode, ...ReasonCode[]],
  extra: Readonly<Record<string, unknown>> = {},
  overriding = false,
): Refusal {
  const words =
    overriding && reasons[0] === 'full' ? NO_SEAT_BY_OVERRIDE : `${SENTENCES[reasons[0]]} Choose another time.`;
  return new Refusal(reasons[0], words, { extra: { ...extra, reasons } });
}
