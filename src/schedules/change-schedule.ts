// What every change of a schedule has in common: who may make it, that it is made once and to the version that was seen, under
// the lock of her time, and that version and journal tell of it. What is changed is told by the acts beside this.
import { mayManagePractitioner, type Actor } from '../identity/actor.ts';
import type { Event } from '../journal/events.ts';
import { record, type Facts } from '../journal/record.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Tools } from '../practitioners/add-practitioner.ts';
import { checkVersion, doOnce, type VersionedCall } from '../practitioners/call.ts';
import type { Practitioner } from '../practitioners/practitioner.ts';
import { lockPractitioner, updatePractitioner } from '../practitioners/store.ts';
import type { DayHours } from './schedule.ts';
import { findUnknownLocations } from './store-locations.ts';

export type ScheduleCall = {
  readonly practitionerId: number;
  /** `expected`: versions of the schedule. */
  readonly call: VersionedCall;
};

/** What was done: to what, for the key to remember, and what the journal tells of it. */
type Done = { readonly subjectId?: number; readonly event: Event; readonly facts: Facts };

/**
 * Runs `act` as one change of her schedule, then reads in the same transaction, also where the change was made by an earlier
 * call under the key. Refusals: `forbidden`, `not_found`, `version_mismatch`, and the act's.
 */
export async function changeSchedule<T>(
  tools: Tools,
  actor: Actor,
  { practitionerId, call }: ScheduleCall,
  act: (tx: Transaction, before: Practitioner) => Promise<Done>,
  read: (tx: Transaction, subjectId: number) => Promise<T>,
): Promise<T> {
  if (!mayManagePractitioner(actor, practitionerId)) {
    throw new Refusal('forbidden', 'Only staff and the practitioner herself may change this schedule.');
  }
  return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    const subjectId = await doOnce(tx, call, async () => {
      const before = await lockPractitioner(tx, practitionerId);
      checkVersion(call, before.scheduleVersion);
      const done = await act(tx, before);
      await updatePractitioner(tx, practitionerId, {}, { revision: true, scheduleVersion: true });
      await record(tx, {
        at: tools.clock.now(),
        actor: { role: actor.role, ref: actor.key },
        event: done.event,
        subject: { kind: 'practitioner', id: practitionerId },
        revision: before.revision + 1,
        facts: done.facts,
      });
      return done.subjectId ?? practitionerId;
    });
    return await read(tx, subjectId);
  });
}

/** Refusal `unknown_location`. `pointer` names the list. */
export async function refuseUnknownLocations(
  tx: Transaction,
  hours: readonly DayHours[],
  pointer = '/hours',
): Promise<void> {
  const asked = [...new Set(hours.flatMap(({ locationId }) => (locationId === undefined ? [] : [locationId])))];
  const unknown = await findUnknownLocations(
    tx,
    asked.toSorted((a, b) => a - b),
  );
  if (unknown.length === 0) return;
  throw new Refusal('unknown_location', 'There is no such location. List them and choose from those.', {
    errors: [
      { pointer, message: `name ${unknown.join(', ')}, which ${unknown.length > 1 ? 'are' : 'is'} no location here` },
    ],
  });
}

/** Refusal `limit_reached`. */
export function refuseBeyond(count: number, most: number, what: string): void {
  if (count < most) return;
  throw new Refusal('limit_reached', `There can be at most ${most} ${what}. Remove some that are over.`);
}

/** Hours as the journal keeps them, one word each. */
export function wordOf({ from, to, locationId }: DayHours): string {
  return `${from}-${to}${locationId === undefined ? '' : `@${locationId}`}`;
}
