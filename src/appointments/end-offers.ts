// Ends offers of which something has become although nobody answered them: a hold runs out, is confirmed or released by itself, and
// the appointment that would move may be changed meanwhile.
import type { By } from '../occupancy/inherit-time.ts';
import { HOLD_GRACE_SECONDS } from '../occupancy/occupancy.ts';
import { lockTimeOf } from '../occupancy/store.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { endOffer, practitionersOf } from './answer-offer.ts';
import type { BookingTools } from './booking.ts';
import { endExpired } from './end-expired.ts';
import { giveBackHold } from './end-held-seats.ts';
import { isStillMeant, offerStateAt, type Offer, type OfferState } from './offer.ts';
import { findBookedOf, listOpenOffers, lockOffer } from './store-offers.ts';

const PAGE = 500;

/** All that are over, each by an act of its own; answers how many those were. */
export async function endOffers(
  tools: Pick<BookingTools, 'transactor' | 'clock'>,
  organisationId: number,
  actor: By['actor'],
): Promise<number> {
  const { transactor, clock } = tools;
  let ended = 0;
  for (let after = 0; ;) {
    const page = { after, limit: PAGE };
    const open = await transactor.inOrganisation(organisationId, (tx) => listOpenOffers(tx, page), { readOnly: true });
    for (const seen of open.filter((offer) => fateOf(offer, clock.now()) !== 'open')) {
      ended += 1;
      await transactor.inOrganisation(organisationId, async (tx) => {
        await lockTimeOf(tx, practitionersOf(seen), seen.clientSubject);
        await endIfOver(tx, { at: clock.now(), actor }, seen.id);
      });
    }
    if (open.length < PAGE) return ended;
    after = open.at(-1)?.id ?? 0;
  }
}

/** Whether it is open no more, and ended by now. The time it offers is locked. */
export async function endIfOver(tx: Transaction, by: By, offerId: number): Promise<boolean> {
  const offer = await lockOffer(tx, offerId);
  if (offer?.state !== 'open') return true;
  const fate = fateOf(offer, by.at);
  if (fate === 'open') return false;
  for (const hold of offer.times) {
    if (fate === 'lapsed') await endExpired(tx, by, { practitionerId: hold.practitionerId, units: [] }, [hold.time]);
    else if (fate !== 'accepted') await giveBackHold(tx, by, hold);
  }
  const booked = fate === 'accepted' ? await findBookedOf(tx, offer.times[0]?.id ?? 0) : null;
  await endOffer(tx, by, offer, fate, booked);
  return true;
}

function fateOf(offer: Offer, now: Temporal.Instant): OfferState {
  const states = offer.times.map(({ state }) => state);
  if (offer.kind === 'waitlist' && states.includes('confirmed')) return 'accepted';
  if (!isStillMeant(offer)) return 'withdrawn';
  if (states.every((state) => state === 'released')) return 'declined';
  // As long as it could still be confirmed on another machine's clock it has not lapsed.
  return offerStateAt(offer, now.subtract({ seconds: HOLD_GRACE_SECONDS }));
}
