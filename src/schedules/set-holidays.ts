// Sets whose public holidays a practitioner keeps. On each she is closed, unless an override of that date says otherwise.
import type { Actor } from '../identity/actor.ts';
import type { Tools } from '../practitioners/add-practitioner.ts';
import { changeSchedule, type ScheduleCall } from './change-schedule.ts';
import { calendarOf } from './holidays.ts';
import { updateHolidayRegion } from './store-overrides.ts';
import { readSchedule, type ScheduleInForce } from './store.ts';

/** `region` null: none. Refusals: `forbidden`, `not_found`, `unknown_region`, `version_mismatch`. */
export async function setHolidays(
  tools: Tools,
  actor: Actor,
  change: ScheduleCall & { readonly region: string | null },
): Promise<ScheduleInForce> {
  const { practitionerId, region } = change;
  if (region !== null) await calendarOf(region);
  return await changeSchedule(
    tools,
    actor,
    change,
    async (tx) => {
      await updateHolidayRegion(tx, practitionerId, region);
      return { event: 'holiday_region.set', facts: { region } };
    },
    (tx) => readSchedule(tx, practitionerId),
  );
}
