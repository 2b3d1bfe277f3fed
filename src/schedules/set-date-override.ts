// Sets what holds on one date instead of the week, other hours or none, and takes it back. Appointments already made stay.
import type { Actor } from '../identity/actor.ts';
import type { Tools } from '../practitioners/add-practitioner.ts';
import { changeSchedule, refuseBeyond, refuseUnknownLocations, wordOf, type ScheduleCall } from './change-schedule.ts';
import type { DateOverride } from './schedule.ts';
import { countOverrides, deleteOverride, listOverrides, readOverride, writeOverride } from './store-overrides.ts';
import { readSchedule } from './store.ts';
import { overrideOf, type WrittenDayHours } from './weekly-hours.ts';

/** Nearly three years of which every date is another. */
const MOST_OVERRIDES = 1_000;

export type OverrideInForce = { readonly override: DateOverride; readonly zone: string; readonly version: number };

/** Refusals: `forbidden`, `not_found`, `invalid_request`, `unknown_location`, `limit_reached`, `version_mismatch`. */
export async function setDateOverride(
  tools: Tools,
  actor: Actor,
  change: ScheduleCall & { readonly date: string; readonly hours: readonly WrittenDayHours[] },
): Promise<OverrideInForce> {
  const { practitionerId, date, hours } = change;
  const override = overrideOf(date, hours);
  return await changeSchedule(
    tools,
    actor,
    change,
    async (tx) => {
      const there = await listOverrides(tx, practitionerId, { from: date, to: date, limit: 1 });
      if (there.length === 0) refuseBeyond(await countOverrides(tx, practitionerId), MOST_OVERRIDES, 'such dates');
      await refuseUnknownLocations(tx, override.intervals);
      await writeOverride(tx, practitionerId, override);
      return { event: 'date_override.set', facts: { date, hours: override.intervals.map(wordOf) } };
    },
    async (tx) => {
      const { schedule } = await readSchedule(tx, practitionerId);
      return { override: await readOverride(tx, practitionerId, date), zone: schedule.zone, version: schedule.version };
    },
  );
}

/** Answers the schedule's version. Refusals: `forbidden`, `not_found`, `version_mismatch`. */
export async function removeDateOverride(
  tools: Tools,
  actor: Actor,
  change: ScheduleCall & { readonly date: string },
): Promise<number> {
  const { practitionerId, date } = change;
  return await changeSchedule(
    tools,
    actor,
    change,
    async (tx) => {
      const { intervals } = await readOverride(tx, practitionerId, date);
      await deleteOverride(tx, practitionerId, date);
      return { event: 'date_override.removed', facts: { date, hours: intervals.map(wordOf) } };
    },
    async (tx) => (await readSchedule(tx, practitionerId)).schedule.version,
  );
}
