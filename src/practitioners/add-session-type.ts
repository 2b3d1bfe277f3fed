// Adds something that can be booked; nobody offers it yet.
import { mayAdminister, type Actor } from '../identity/actor.ts';
import { record, type Entry } from '../journal/record.ts';
import { refusalFor } from '../platform/database/conflict.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Tools } from './add-practitioner.ts';
import { doOnce, type Call } from './call.ts';
import { checkedSessionType, refuseContradictions, type SessionType, type SessionTypeFields } from './session-type.ts';
import { refuseUnknownResources } from './change-resource.ts';
import { putReminders } from './store-reminders.ts';
import { insertSessionType } from './store-session-type.ts';
import { CONFLICTS, readSessionType } from './store.ts';

/** Refusals: `forbidden`, `invalid_request`, `unknown_resource`, `already_exists` (the name, whatever its case). */
export async function addSessionType(
  tools: Tools,
  actor: Actor,
  input: SessionTypeFields & { readonly call: Call },
): Promise<SessionType> {
  if (!mayAdminister(actor)) throw new Refusal('forbidden', 'Only staff may add session types.');
  const { call, ...given } = input;
  const fields = checkedSessionType(given);
  const by = { at: tools.clock.now(), actor: { role: actor.role, ref: actor.key } };
  try {
    return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
      const id = await doOnce(tx, call, () => placeSessionType(tx, by, fields));
      return await readSessionType(tx, id);
    });
  } catch (error) {
    throw refusalFor(error, CONFLICTS);
  }
}

/** The same inside a transaction, for fields already checked. */
export async function placeSessionType(
  tx: Transaction,
  by: Pick<Entry, 'at' | 'actor'>,
  fields: SessionTypeFields,
): Promise<number> {
  const { capacity = 1, lengths = [], durationMinutes: lengthMinutes, requiresApproval = false } = fields;
  refuseContradictions({ capacity, lengths, lengthMinutes, requiresApproval });
  if (fields.needs) await refuseUnknownResources(tx, fields.needs);
  const id = await insertSessionType(tx, fields);
  if (fields.reminders) await putReminders(tx, { sessionTypeId: id }, fields.reminders, by.at);
  await record(tx, {
    ...by,
    event: 'session_type.added',
    subject: { kind: 'session_type', id },
    revision: 1,
    facts: { durationMinutes: fields.durationMinutes },
  });
  return id;
}
