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
  booking_limit_reached: 64,
  client_limit_reached: 128,
} as const satisfies Record<ReasonCode, number>;

const SENTENCES: Record<ReasonCode, string> = {
  time_in_past: 'This time has passed.',
  outside_hours: 'The session does not lie within working hours.',
  not_on_grid: 'Sessions do not start at this time.',
  notice_too_short: 'This time is too soon to book.',
  beyond_horizon: 'This time is too far ahead to book.',
  slot_taken: 'This time is no longer free.',
  booking_limit_reached: 'No more sessions are given in that day, week or month.',
  client_limit_reached: 'No more sessions are given to one client in that day, week or month.',
};

/** Every set of reasons once, so that a list of slots allocates none. */
const SETS: readonly (readonly ReasonCode[])[] = Array.from({ length: 1 << REASONS.length }, (_, bits) =>
  Object.freeze(REASONS.filter((reason) => (bits & REASON_BIT[reason]) !== 0)),
);

/** The reasons of a set, shared and frozen. */
export function reasonsOf(bits: number): readonly ReasonCode[] {
  return SETS[bits]!;
}

/** The refusal of the first reason; all of them are in `reasons`. `extra` goes beside, for example alternatives. */
export function refusalFor(
  reasons: readonly [ReasonCode, ...ReasonCode[]],
  extra: Readonly<Record<string, unknown>> = {},
): Refusal {
  return new Refusal(reasons[0], `${SENTENCES[reasons[0]]} Choose another time.`, { extra: { ...extra, reasons } });
}
