// Whether a person's present address is one that must not be written to: asked about an appointment by its host, about a
// person by staff. Trouble with an address she had before is none.
import { isHost, type Actor } from '../identity/actor.ts';
import { digestAddress, type MailTrouble, type PersonKind } from '../notifications/mail-trouble.ts';
import { listTroubles } from '../notifications/store-delivery.ts';
import type { Transaction, Transactor } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import { seeAppointment } from './find-appointment.ts';
import { findClientAddress, findPractitionerAddress, listTroublesAround, type Addressee } from './store-letters.ts';

export type MailTools = {
  readonly transactor: Pick<Transactor, 'inOrganisation'>;
  /** Digests addresses; see notifications/mail-trouble.ts. */
  readonly addressKey: Uint8Array;
};

/** A person whose mail it is about: a client by its subject, a practitioner by id. */
export type Person =
  | { readonly kind: 'client'; readonly subject: string }
  | { readonly kind: 'practitioner'; readonly id: number };

/** Of those an appointment concerns; nothing for whoever is not its host. Refusal `not_found`. */
export async function findTroubleAround(
  tools: MailTools,
  actor: Actor,
  appointmentId: number,
): Promise<Readonly<Partial<Record<PersonKind, MailTrouble>>>> {
  return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    const appointment = await seeAppointment(tx, actor, appointmentId);
    if (!isHost(actor, appointment.practitionerId)) return {};
    const all = await listTroublesAround(tx, appointmentId);
    const current = all.filter((one) => one.addressDigest.equals(digestAddress(tools.addressKey, one.address)));
    return Object.fromEntries(current.map((one) => [one.personKind, one]));
  });
}

/** Of one person; null: there is none. Refusal `not_found`. */
export async function findMailTrouble(tools: MailTools, actor: Actor, person: Person): Promise<MailTrouble | null> {
  return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    const { id, address } = await readAddressee(tx, person);
    const digest = digestAddress(tools.addressKey, address);
    return (await listTroubles(tx, person.kind, id)).find(({ addressDigest }) => addressDigest.equals(digest)) ?? null;
  });
}

/** Refusal `not_found`. */
export async function readAddressee(tx: Transaction, person: Person): Promise<Addressee> {
  const found =
    person.kind === 'client'
      ? await findClientAddress(tx, person.subject)
      : await findPractitionerAddress(tx, person.id);
  if (found) return found;
  throw new Refusal('not_found', `There is no such ${person.kind}.`);
}
