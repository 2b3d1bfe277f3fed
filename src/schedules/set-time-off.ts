// Writes time off into a schedule: added, put in place of another, removed. Told in the same act who has an appointment in it.
import type { Actor } from '../identity/actor.ts';
import type { Tools } from '../practitioners/add-practitioner.ts';
import { changeSchedule, refuseBeyond, type ScheduleCall } from './change-schedule.ts';
import { tellAffected, type AffectedList } from './find-affected.ts';
import { readSchedule } from './store.ts';
import { countTimeOff, deleteTimeOff, readTimeOff, writeTimeOff, type TimeOffRow } from './store-time-off.ts';
import { askedOf, timeOffOf, type KeptTimeOff, type TimeOffAsked } from './time-off.ts';

/** Ten years of a month's holiday in single days, and a few rules. */
const MOST_TIME_OFF = 500;

export type TimeOffInForce = {
  readonly row: TimeOffRow;
  /** Who has an appointment in it: of those there were when it was taken, none is missing. Null where the asker may not know. */
  readonly affected: AffectedList | null;
  readonly zone: string;
  readonly version: number;
};

/**
 * New, or with `id` in place of that. Refusals: `forbidden`, `not_found`, `invalid_request`, `time_does_not_exist`,
 * `limit_reached`, `version_mismatch`.
 */
export async function setTimeOff(
  tools: Tools,
  actor: Actor,
  change: ScheduleCall & { readonly id: number | null; readonly asked: TimeOffAsked },
): Promise<TimeOffInForce> {
  const { practitionerId, id, asked } = change;
  return await changeSchedule(
    tools,
    actor,
    change,
    async (tx, { timeZone }) => {
      if (id === null) refuseBeyond(await countTimeOff(tx, practitionerId), MOST_TIME_OFF, 'entries of time off');
      else await readTimeOff(tx, practitionerId, id);
      const timeOff = timeOffOf(asked, timeZone);
      const subjectId = await writeTimeOff(tx, practitionerId, timeOff, id);
      const event = id === null ? 'time_off.taken' : 'time_off.changed';
      return { subjectId, event, facts: { timeOffId: subjectId, ...factsOf(timeOff, timeZone) } };
    },
    async (tx, subjectId) => {
      const { schedule } = await readSchedule(tx, practitionerId);
      const row = await readTimeOff(tx, practitionerId, subjectId);
      const { zone, version } = schedule;
      const { timeOff } = row;
      const affected = await tellAffected(tx, actor, { practitionerId, timeOff, zone, now: tools.clock.now() });
      return { row, affected, zone, version };
    },
  );
}

/** Answers the schedule's version. Refusals: `forbidden`, `not_found`, `version_mismatch`. */
export async function removeTimeOff(
  tools: Tools,
  actor: Actor,
  change: ScheduleCall & { readonly id: number },
): Promise<number> {
  const { practitionerId, id } = change;
  return await changeSchedule(
    tools,
    actor,
    change,
    async (tx, { timeZone }) => {
      const { timeOff } = await readTimeOff(tx, practitionerId, id);
      await deleteTimeOff(tx, practitionerId, id);
      return { event: 'time_off.removed', facts: { timeOffId: id, ...factsOf(timeOff, timeZone) } };
    },
    async (tx) => (await readSchedule(tx, practitionerId)).schedule.version,
  );
}

function factsOf(timeOff: KeptTimeOff, zone: string) {
  const { firstDate = null, lastDate = null, start = null, end = null, rule = null } = askedOf(timeOff, zone);
  return { firstDate, lastDate, start, end, rule };
}
