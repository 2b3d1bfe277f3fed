// Finds a hold for whoever may see it: its holder, staff and services. For anyone else it does not exist.
import { mayAdminister, type Actor } from '../identity/actor.ts';
import { stateAt, type Hold } from '../occupancy/hold.ts';
import { findHold } from '../occupancy/store-holds.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import { readSessionType } from '../practitioners/store.ts';
import type { Reading } from './find-appointment.ts';

/** As it stands now, with the name of what it is for. */
export type HoldSeen = Hold & { readonly sessionType: string };

/** How keys of clients begin (see identity/actor.ts). */
const CLIENT = 'client:';

/** The client named, or whoever asks. A client's hold is its own by whomever it was placed. */
export function holderFor(actor: Actor, userId: string | undefined): string {
  return userId === undefined ? actor.key : `${CLIENT}${userId}`;
}

/** The client a holder is, or null. */
export function clientOf(holder: string): string | null {
  return holder.startsWith(CLIENT) ? holder.slice(CLIENT.length) : null;
}

/** Refusal `not_found`, also for another's. */
export async function seeHold(tx: Transaction, actor: Actor, id: number): Promise<Hold> {
  const hold = await findHold(tx, id);
  if (hold && (mayAdminister(actor) || (actor.role === 'client' && hold.holder === actor.key))) return hold;
  throw new Refusal('not_found', 'There is no hold with that id.');
}

/** Refusal `not_found`. */
export async function readHold(tx: Transaction, actor: Actor, id: number, now: Temporal.Instant): Promise<HoldSeen> {
  const hold = await seeHold(tx, actor, id);
  const { name } = await readSessionType(tx, hold.sessionTypeId);
  return { ...hold, state: stateAt(hold, now), sessionType: name };
}

/** Refusal `not_found`. */
export async function showHold(tools: Reading, actor: Actor, id: number): Promise<HoldSeen> {
  return await tools.transactor.inOrganisation(
    actor.organisationId,
    (tx) => readHold(tx, actor, id, tools.clock.now()),
    { readOnly: true },
  );
}
