// Finds an offer for whoever may answer it; for anyone else it does not exist.
import { mayAnswerOffer, type Actor } from '../identity/actor.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Reading } from './find-appointment.ts';
import { offerStateAt, type Offer } from './offer.ts';
import { findOffer } from './store-offers.ts';

/** Refusals `not_found`, also for another's; `unauthenticated` for a link that is no longer good. */
export async function seeOffer(tx: Transaction, actor: Actor, id: number): Promise<Offer> {
  const offer = await findOffer(tx, id);
  if (offer && mayAnswerOffer(actor, offer)) return offer;
  if (actor.role === 'guest' && actor.offerPass?.offerId === id) {
    throw new Refusal('unauthenticated', 'This link is no longer valid. Use that of the newest mail.');
  }
  throw new Refusal('not_found', 'There is no offer with that id.');
}

/** As it stands now. Refusals of seeOffer. */
export async function showOffer(tools: Reading, actor: Actor, id: number): Promise<Offer> {
  const offer = await tools.transactor.inOrganisation(actor.organisationId, (tx) => seeOffer(tx, actor, id), {
    readOnly: true,
  });
  return { ...offer, state: offerStateAt(offer, tools.clock.now()) };
}
