// Adds someone who can be booked, once she has hours. Her id is public and means her in the whole installation.
import { mayAdminister, type Actor } from '../identity/actor.ts';
import { record, type Entry } from '../journal/record.ts';
import { refusalFor } from '../platform/database/conflict.ts';
import type { Transaction, Transactor } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Clock } from '../platform/time/clock.ts';
import { doOnce, type Call } from './call.ts';
import { checkedPractitioner, type Practitioner, type PractitionerFields } from './practitioner.ts';
import { replaceOfferings } from './store-offerings.ts';
import { putReminders } from './store-reminders.ts';
import { lockNeeds } from './store-resources.ts';
import { CONFLICTS, insertPractitioner, readPractitioner, updatePractitioner } from './store.ts';

export type Tools = { readonly transactor: Pick<Transactor, 'inOrganisation'>; readonly clock: Clock };

/** Refusals: `forbidden`, `invalid_request`, `already_exists` (the address), `unknown_session_type`. */
export async function addPractitioner(
  tools: Tools,
  actor: Actor,
  input: PractitionerFields & { readonly call: Call },
): Promise<Practitioner> {
  if (!mayAdminister(actor)) throw new Refusal('forbidden', 'Only staff may add practitioners.');
  const { call, ...given } = input;
  const fields = checkedPractitioner(given);
  const by = { at: tools.clock.now(), actor: { role: actor.role, ref: actor.key } };
  try {
    return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
      const id = await doOnce(tx, call, () => placePractitioner(tx, by, fields));
      return await readPractitioner(tx, id);
    });
  } catch (error) {
    throw refusalFor(error, CONFLICTS);
  }
}

/** The same inside a transaction, for fields already checked; with an id of one's own below 1000 for a demo. */
export async function placePractitioner(
  tx: Transaction,
  by: Pick<Entry, 'at' | 'actor'>,
  fields: PractitionerFields,
  givenId: number | null = null,
): Promise<number> {
  if (fields.sessionTypes) await lockNeeds(tx);
  const id = await insertPractitioner(tx, fields, givenId);
  await updatePractitioner(tx, id, fields, { revision: false, scheduleVersion: false });
  await offer(tx, id, fields);
  if (fields.reminders) await putReminders(tx, { practitionerId: id }, fields.reminders, by.at);
  await record(tx, { ...by, event: 'practitioner.added', subject: { kind: 'practitioner', id }, revision: 1 });
  return id;
}

/** What she offers, where the fields speak of it. Refusal `unknown_session_type`. */
export async function offer(tx: Transaction, id: number, fields: Partial<PractitionerFields>): Promise<void> {
  const offerings = fields.sessionTypes;
  if (offerings === undefined) return;
  const unknown = await replaceOfferings(tx, id, offerings);
  if (unknown.length === 0) return;
  throw new Refusal('unknown_session_type', 'There is no such session type. List them and choose from those.', {
    errors: unknown.map((missing) => ({
      pointer: `/sessionTypes/${offerings.findIndex((offering) => offering.id === missing)}/id`,
      message: 'is no session type of this practice',
    })),
  });
}
