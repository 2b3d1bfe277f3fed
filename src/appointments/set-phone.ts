// Keeps or erases the number on which a client is reminded by SMS. It lives in the client's row alone: neither journal nor log
// has it.
import { mayBookFor, type Actor } from '../identity/actor.ts';
import { record, type Entry } from '../journal/record.ts';
import { lockTimeOf } from '../occupancy/store.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { Refusal } from '../platform/refusal.ts';
import type { BookingTools } from './booking.ts';
import { updatePhone } from './store.ts';

/** `phone`: E.164, or null to erase it. Refusals: `forbidden`, `not_found` (nobody has booked under that subject). */
export async function setPhone(
  tools: Pick<BookingTools, 'transactor' | 'clock'>,
  actor: Actor,
  request: { readonly subject: string; readonly phone: string | null },
  once: Once,
): Promise<void> {
  if (!mayBookFor(actor, request.subject)) throw new Refusal('forbidden', 'You can set your own number only.');
  await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    if (await once.claim(tx)) return;
    const client = await lockTimeOf(tx, [], request.subject);
    if (!client) throw new Refusal('not_found', 'There is no client with that id.');
    const did = { at: tools.clock.now(), actor: { role: actor.role, ref: actor.key } };
    await keepPhone(tx, did, client.id, request.phone);
    await once.settle(tx, 200, client.id);
  });
}

/** The same inside a transaction, for a client whose row is locked or new. */
export async function keepPhone(
  tx: Transaction,
  did: Pick<Entry, 'at' | 'actor'>,
  clientId: number,
  phone: string | null,
): Promise<void> {
  if (!(await updatePhone(tx, clientId, phone))) return;
  const subject = { kind: 'client', id: clientId } as const;
  await record(tx, { ...did, event: 'client.changed', subject, revision: 1, facts: { fields: ['phone'] } });
}
