// Sets the hours a practitioner works every week, all at once. Appointments already made outside them stay.
import type { Actor } from '../identity/actor.ts';
import { record, type Entry } from '../journal/record.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Tools } from '../practitioners/add-practitioner.ts';
import { updatePractitioner } from '../practitioners/store.ts';
import { changeSchedule, refuseUnknownLocations, wordOf, type ScheduleCall } from './change-schedule.ts';
import type { WeeklyHours } from './schedule.ts';
import { readSchedule, replaceWeeklyHours, type ScheduleInForce } from './store.ts';
import { weeklyHoursOf, type WrittenHours } from './weekly-hours.ts';

export type HoursChange = ScheduleCall & { readonly hours: readonly WrittenHours[] };

/** Refusals: `forbidden`, `not_found`, `invalid_request` (overlaps and the like), `unknown_location`, `version_mismatch`. */
export async function setWeeklyHours(tools: Tools, actor: Actor, change: HoursChange): Promise<ScheduleInForce> {
  const { practitionerId, hours } = change;
  const weekly = weeklyHoursOf(hours);
  return await changeSchedule(
    tools,
    actor,
    change,
    async (tx) => {
      await refuseUnknownLocations(tx, weekly);
      await replaceWeeklyHours(tx, practitionerId, weekly);
      return { event: 'weekly_hours.changed', facts: factsOf(weekly) };
    },
    (tx) => readSchedule(tx, practitionerId),
  );
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
    facts: factsOf(weekly),
  });
}

function factsOf(weekly: readonly WeeklyHours[]) {
  return { hours: weekly.map((hours) => `${hours.weekday} ${wordOf(hours)}`) };
}
