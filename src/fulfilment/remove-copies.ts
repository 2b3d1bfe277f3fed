// What is found outside under our marker is removed as a copy, unless it may be somebody's own.
import type { OutsideObject } from '../meetings/meeting.ts';
import type { Transactor } from '../platform/database/transaction.ts';
import { isLeftToPerson } from './store-drift.ts';
import type { Place } from './steps/wanted.ts';
import type { Claim } from './store.ts';

/** That place, where what the sweep has left to a person is not removed, whatever marker it bears. */
export function sparing<P extends Place>(
  transactor: Pick<Transactor, 'inOrganisation'>,
  { claim, objects }: { readonly claim: Claim; readonly objects: readonly OutsideObject[] },
  { provider }: Pick<OutsideObject, 'provider'>,
  place: P,
): P {
  const own = new Set(objects.map(({ providerId }) => providerId));
  const isLeft = (id: string): Promise<boolean> =>
    transactor.inOrganisation(claim.organisationId, (tx) => isLeftToPerson(tx.last, provider, id), { readOnly: true });
  return {
    ...place,
    delete: async (id) => {
      if (own.has(id) || !(await isLeft(id))) await place.delete(id);
    },
  };
}
