// Keeps who an appointment is for: recorded when first booked for, brought up to date where the client itself has newer words,
// and the number for reminders where it is given.
import type { Actor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { BookingRequest } from './booking.ts';
import { decideClient, type KnownClient } from './client.ts';
import { keepPhone } from './set-phone.ts';
import { recordClient, updateClient } from './store.ts';

type Given = Pick<BookingRequest, 'userId' | 'userEmail' | 'userName' | 'userPhone'>;

/** The client's id. `known`: its row, locked, if there is one. Refusals of decideClient. */
export async function keepClient(
  tx: Transaction,
  actor: Actor,
  given: Given,
  known: KnownClient | null,
  now: Temporal.Instant,
): Promise<number> {
  const clientId = await keepWords(tx, actor, given, known, now);
  if (given.userPhone !== undefined) {
    await keepPhone(tx, { at: now, actor: { role: actor.role, ref: actor.key } }, clientId, given.userPhone);
  }
  return clientId;
}

async function keepWords(
  tx: Transaction,
  actor: Actor,
  given: Given,
  known: KnownClient | null,
  now: Temporal.Instant,
): Promise<number> {
  const decision = decideClient(actor, known, given);
  if (decision.kind === 'known') return decision.client.id;
  const { name, email } = decision;
  if (known) {
    await updateClient(tx, { id: known.id, name, email });
    return known.id;
  }
  const { recorded, ...kept } = await recordClient(tx, { subject: given.userId, name, email });
  // Recorded by somebody else since we looked: known, then, and judged as such.
  if (!recorded) return await keepWords(tx, actor, given, kept, now);
  await record(tx, {
    at: now,
    event: 'client.recorded',
    actor: { role: actor.role, ref: actor.key },
    subject: { kind: 'client', id: kept.id },
    revision: 1,
  });
  return kept.id;
}
