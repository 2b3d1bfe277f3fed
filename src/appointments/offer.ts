// An offer: one time or a few, each under a hold, until a deadline, to one client. Of a waitlist it becomes a new appointment;
// of time off the appointment moves there. Pure: who may answer what, and when.
import { Refusal } from '../platform/refusal.ts';
import type { Hold } from '../occupancy/hold.ts';

export const OFFER_STATES = ['open', 'accepted', 'declined', 'lapsed', 'withdrawn'] as const;
export type OfferState = (typeof OFFER_STATES)[number];

export type Offer = {
  readonly id: number;
  readonly kind: 'waitlist' | 'move';
  readonly clientId: number;
  readonly clientSubject: string;
  readonly clientEmail: string;
  readonly clientName: string;
  readonly entryId: number | null;
  readonly appointmentId: number | null;
  /** Of a move: the appointment's, when it was made. */
  readonly revision: number | null;
  /** And as it is now. */
  readonly revisionNow: number | null;
  /** She is there after all. */
  readonly timeOffGone: boolean;
  readonly timeOffId: number | null;
  readonly state: OfferState;
  readonly expiresAt: Temporal.Instant;
  readonly createdAt: Temporal.Instant;
  readonly answeredAt: Temporal.Instant | null;
  readonly letterSentAt: Temporal.Instant | null;
  /** In the delivery log; null until it is first tried. */
  readonly letterId: number | null;
  /** By position. */
  readonly times: readonly Hold[];
};

/** How it stands at `now`: nobody has to come by for it to lapse. */
export function offerStateAt(
  { state, expiresAt }: Pick<Offer, 'state' | 'expiresAt'>,
  now: Temporal.Instant,
): OfferState {
  return state === 'open' && Temporal.Instant.compare(expiresAt, now) <= 0 ? 'lapsed' : state;
}

/** Refusals `hold_expired` where it has lapsed, `nothing_to_decide` where it was answered otherwise or withdrawn. */
export function refuseAnswered(offer: Pick<Offer, 'state' | 'expiresAt'>, now: Temporal.Instant): void {
  const state = offerStateAt(offer, now);
  if (state === 'open') return;
  if (state === 'lapsed') {
    throw new Refusal('hold_expired', 'This offer has lapsed: the time may be somebody else’s. Choose another time.');
  }
  throw new Refusal('nothing_to_decide', 'This offer is no longer open: it was answered already, or withdrawn.');
}

/** Whether the appointment that it would move is still as it was when the offer was made, and has to move. */
export function isStillMeant(offer: Pick<Offer, 'kind' | 'revision' | 'revisionNow' | 'timeOffGone'>): boolean {
  return offer.kind === 'waitlist' || (offer.revision === offer.revisionNow && !offer.timeOffGone);
}

/** The time at a position, from 1. Refusal `invalid_request`. */
export function timeAt({ times }: Pick<Offer, 'times'>, position: number): Hold {
  const time = times[position - 1];
  if (time) return time;
  throw new Refusal('invalid_request', `This offer has ${times.length} times. Choose one of them.`, {
    errors: [{ pointer: '/choice', message: `must be from 1 to ${times.length}` }],
  });
}
