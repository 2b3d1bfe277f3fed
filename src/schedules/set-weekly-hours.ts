// Sets the hours a practitioner works every week, all at once. Appointments already made outside them stay.
import { mayManagePractitioner, type Actor } from '../identity/actor.ts';
import { record, type Entry } from '../journal/record.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Tools } from '../practitioners/add-practitioner.ts';
import { checkVersion, doOnce, type VersionedCall } from '../practitioners/call.ts';
import { lockPractitioner, updatePractitioner } from '../practitioners/store.ts';
import type { WeeklyHours } from './schedule.ts';
import { readSchedule, replaceWeeklyHours, type ScheduleInForce } from './store.ts';
import { weeklyHoursOf, type WrittenHours } from './weekly-hours.ts';

export type HoursChange = {
  readonly practitionerId: number;
  readonly hours: readonly WrittenHours[];
  /** `expected`: versions of the schedule. */
  readonly call: VersionedCall;
};

/** Refusals: `forbidden`, `not_found`, `invalid_request` (overlaps and the like), `version_mismatch`. */
export async function setWeeklyHours(
  tools: Tools,
  actor: Actor,
  { practitionerId, hours, call }: HoursChange,
): Promise<ScheduleInForce> {
  if (!mayManagePractitioner(actor, practitionerId)) {
    throw new Refusal('forbidden', 'Only staff and the practitioner herself may set these hours.');
  }
  const weekly = weeklyHoursOf(hours);
  return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    await doOnce(tx, call, async () => {
      const { scheduleVersion, revision } = await lockPractitioner(tx, practitionerId);
      checkVersion(call, scheduleVersion);
      const by = { at: tools.clock.now(), actor: { role: actor.role, ref: actor.key } };
      await placeWeeklyHours(tx, by, { practitionerId, weekly, revision: revision + 1 });
      return practitionerId;
    });
    return await readSchedule(tx, practitionerId);
  });
}

/** The same inside a transaction, for hours already checked. `revision`: the practitioner's, after the change. */
export async function placeWeeklyHours(
  tx: Transaction,
  by: Pick<Entry, 'at' | 'actor'>,
  change: { readonly practitionerId: number; readonly weekly: readonly WeeklyHours[]; readonly revision: number },
): Promise<void> {
  const { practitionerId, weekly, revision } = change;
  await replaceWeeklyHours(tx, practitionerId, weekly);
  await updatePractitioner(tx, practitionerId, {}, { revision: true, scheduleVersion: true });
  await record(tx, {
    ...by,
    event: 'weekly_hours.changed',
    subject: { kind: 'practitioner', id: practitionerId },
    revision,
    facts: { hours: weekly.map(({ weekday, from, to }) => `${weekday} ${from}-${to}`) },
  });
}
