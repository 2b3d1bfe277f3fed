// Removes at a provider what a person has said may go, and nothing that a session is believed to have.
import { OutsideError } from '../platform/outside-error.ts';
import { OWN_KINDS } from './sweep.ts';
import type { CheckTools, Look } from './check-drift.ts';
import { listToRemove, updateDrift } from './store-drift.ts';
import { existsOwner } from './store-standing.ts';

/** In one step; more wait for the next. */
const MOST_REMOVED = 10;

export async function removeStrays({ transactor }: CheckTools, look: Look): Promise<void> {
  const { claim, outlet } = look;
  const { organisationId } = claim;
  const rows = await transactor.inOrganisation(organisationId, (tx) => listToRemove(tx.last, claim, MOST_REMOVED));
  for (const { id, kind, providerId } of rows) {
    const mayGo = await transactor.inOrganisation(organisationId, async (tx) => {
      if (!OWN_KINDS.has(kind) && !(await existsOwner(tx, claim, providerId))) return true;
      await updateDrift(tx.last, id, { state: 'open', reason: 'in_use' });
      return false;
    });
    if (!mayGo) continue;
    const refused = await outlet.delete(providerId, await look.bounds()).then(() => false, whetherRefused);
    const end = refused
      ? ({ state: 'open', reason: 'refused' } as const)
      : ({ state: 'settled', reason: null } as const);
    await transactor.inOrganisation(organisationId, (tx) => updateDrift(tx.last, id, end));
  }
}

/** One thing that the provider will not give up keeps nothing else from being compared. */
function whetherRefused(error: unknown): boolean {
  if (error instanceof OutsideError && error.facts.outcome === 'refused') return true;
  throw error;
}
