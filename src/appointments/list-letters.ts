// The delivery log of an appointment, for its host, and of an offer: what was to be sent, to whom, and what became of it.
import { isHost, mayAdminister, type Actor } from '../identity/actor.ts';
import type { Transactor } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import { seeAppointment } from './find-appointment.ts';
import { findOffer } from './store-offers.ts';
import { listLettersOf, listLettersOfOffer, type LetterLogged } from './store-letters.ts';

/** Oldest first. Refusal `not_found`, also for whoever is not its host. */
export async function listLetters(
  tools: { readonly transactor: Pick<Transactor, 'inOrganisation'> },
  actor: Actor,
  question: { readonly appointmentId: number; readonly after: number; readonly limit: number },
): Promise<LetterLogged[]> {
  return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    const appointment = await seeAppointment(tx, actor, question.appointmentId);
    if (!isHost(actor, appointment.practitionerId)) {
      throw new Refusal('not_found', 'There is no appointment with that id.');
    }
    return await listLettersOf(tx, question.appointmentId, question);
  });
}

/** That of an offer, once it was tried; for whoever may see all offers. Refusal `not_found`. */
export async function listOfferLetters(
  tools: { readonly transactor: Pick<Transactor, 'inOrganisation'> },
  actor: Actor,
  offerId: number,
): Promise<LetterLogged[]> {
  return await tools.transactor.inOrganisation(
    actor.organisationId,
    async (tx) => {
      if (!mayAdminister(actor) || !(await findOffer(tx, offerId))) {
        throw new Refusal('not_found', 'There is no offer with that id.');
      }
      return await listLettersOfOffer(tx, offerId);
    },
    { readOnly: true },
  );
}
