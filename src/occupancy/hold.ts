// A hold: a time kept for somebody for a few minutes. How many there may be, pure; its life is told in place-hold.ts.
//
// Nobody blocks a calendar with holds: a client has few of them open, holds the same time only so often within an hour, and
// of one practitioner's day only a part can be held at all. Whoever is refused a hold may book as ever.
import { Refusal } from '../platform/refusal.ts';
import type { Stretch } from './occupancy.ts';

export const HOLD_STATES = ['open', 'confirmed', 'released', 'expired'] as const;
export type HoldState = (typeof HOLD_STATES)[number];

export type Hold = {
  readonly id: number;
  readonly practitionerId: number;
  readonly sessionTypeId: number;
  /** Opaque: whoever may confirm or release it. */
  readonly holder: string;
  readonly time: Stretch;
  readonly zone: string;
  /** `YYYY-MM-DDTHH:mm` on the practitioner's wall when it was placed. */
  readonly wallStart: string;
  readonly expiresAt: Temporal.Instant;
  /** The session in which it keeps a seat of a group; null: it keeps a time of its own. */
  readonly sessionId: number | null;
  /** As the row says: one that has run out is open there until somebody needs its time. */
  readonly state: HoldState;
};

/** How long one lasts, and how many there may be at once: of one client, on one day of one practitioner. */
export type HoldRules = { readonly minutes: number; readonly perClient: number; readonly perDay: number };

/** An hour is longer than any form; of more holds no calendar is in want. */
export const HOLD_BOUNDS = {
  minutes: { minimum: 1, maximum: 60 },
  perClient: { minimum: 1, maximum: 20 },
  perDay: { minimum: 1, maximum: 100 },
} as const satisfies Record<keyof HoldRules, { readonly minimum: number; readonly maximum: number }>;

/** Staff and services hold for nobody named: at a desk, or for many at once. */
export const MOST_OF_ADMINISTRATORS = 50;
/** Of the same time, by the same caller: who leaves the form twice comes back, who always comes back only blocks it. */
export const MOST_OF_SAME_TIME = 3;
export const SAME_TIME_WITHIN_MINUTES = 60;

export type HoldCounts = {
  readonly ofHolder: number;
  readonly onDay: number;
  /** Of any of the same time, within the hour, confirmed ones apart. */
  readonly ofSameTime: number;
};

/** Refusal `limit_reached`. */
export function refuseTooMany(counts: HoldCounts, rules: Pick<HoldRules, 'perDay'>, most: number): void {
  if (counts.ofHolder >= most) {
    throw new Refusal('limit_reached', `No more than ${most} holds can be open at once. Confirm or release one first.`);
  }
  if (counts.ofSameTime >= MOST_OF_SAME_TIME) {
    throw new Refusal(
      'limit_reached',
      'This time has been held for you several times within the hour. It can be booked, but not held again yet.',
    );
  }
  if (counts.onDay >= rules.perDay) {
    throw new Refusal(
      'limit_reached',
      'Many times of this day are being held. This one can be booked, but not held, now.',
    );
  }
}

/** How it stands at `now`. */
export function stateAt({ state, expiresAt }: Pick<Hold, 'state' | 'expiresAt'>, now: Temporal.Instant): HoldState {
  return state === 'open' && Temporal.Instant.compare(expiresAt, now) <= 0 ? 'expired' : state;
}
