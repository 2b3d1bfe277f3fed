// Those who want time of one practitioner would all wait for her lock, and with every connection there is; so they wait here
// for their turn instead, with nothing in hand.
import type { Transactor } from '../platform/database/transaction.ts';
import { InTurn } from '../platform/in-turn.ts';

const turns = new WeakMap<Transactor, InTurn>();

/** Refusal `overloaded` where no turn came in time: nothing has been done then. */
export function takeTurn<T>(
  { transactor }: { readonly transactor: Transactor },
  organisationId: number,
  practitionerId: number,
  act: () => Promise<T>,
): Promise<T> {
  const hers = turns.get(transactor) ?? new InTurn();
  turns.set(transactor, hers);
  return hers.run(`${organisationId}/${practitionerId}`, act);
}
