// Sets hours that hold from a date on, until one, or for one session type: added, put in place of others, removed.
// Appointments already made outside them stay.
import type { Actor } from '../identity/actor.ts';
import { refusalFor } from '../platform/database/conflict.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Tools } from '../practitioners/add-practitioner.ts';
import { changeSchedule, refuseBeyond, refuseUnknownLocations, wordOf, type ScheduleCall } from './change-schedule.ts';
import type { HoursPlan } from './schedule.ts';
import {
  deletePlan,
  findSessionType,
  listPlans,
  PLAN_CONFLICTS,
  readPlan,
  writePlan,
  type KeptPlan,
} from './store-plans.ts';
import { readSchedule } from './store.ts';
import { weeklyHoursOf, type WrittenHours } from './weekly-hours.ts';

/** A dozen seasons, and some session types with hours of their own. */
export const MOST_PLANS = 50;

export type PlanAsked = Omit<HoursPlan, 'weekly'> & { readonly hours: readonly WrittenHours[] };

export type PlanInForce = { readonly plan: KeptPlan; readonly zone: string; readonly version: number };

/**
 * A new one, or with `id` in place of that. Refusals: `forbidden`, `not_found`, `invalid_request`, `unknown_location`,
 * `unknown_session_type`, `already_exists` (hours of that kind from that date), `limit_reached`, `version_mismatch`.
 */
export async function setHoursPlan(
  tools: Tools,
  actor: Actor,
  change: ScheduleCall & { readonly id: number | null; readonly asked: PlanAsked },
): Promise<PlanInForce> {
  const { practitionerId, id, asked } = change;
  const plan = planOf(asked);
  try {
    return await changeSchedule(
      tools,
      actor,
      change,
      async (tx) => {
        if (id === null) refuseBeyond((await listPlans(tx, practitionerId)).length, MOST_PLANS, 'sets of hours');
        else await readPlan(tx, practitionerId, id);
        await refuseUnknownLocations(tx, plan.weekly);
        if (plan.sessionTypeId !== null && !(await findSessionType(tx, plan.sessionTypeId))) refuseUnknownType();
        const subjectId = await writePlan(tx, practitionerId, plan, id);
        const event = id === null ? 'hours_plan.added' : 'hours_plan.changed';
        return { subjectId, event, facts: { planId: subjectId, ...factsOf(plan) } };
      },
      async (tx, subjectId) => {
        const { schedule } = await readSchedule(tx, practitionerId);
        return { plan: await readPlan(tx, practitionerId, subjectId), zone: schedule.zone, version: schedule.version };
      },
    );
  } catch (error) {
    throw refusalFor(error, PLAN_CONFLICTS);
  }
}

/** Answers the schedule's version. Refusals: `forbidden`, `not_found`, `version_mismatch`. */
export async function removeHoursPlan(
  tools: Tools,
  actor: Actor,
  change: ScheduleCall & { readonly id: number },
): Promise<number> {
  const { practitionerId, id } = change;
  return await changeSchedule(
    tools,
    actor,
    change,
    async (tx) => {
      const plan = await readPlan(tx, practitionerId, id);
      await deletePlan(tx, practitionerId, id);
      return { event: 'hours_plan.removed', facts: { planId: id, ...factsOf(plan) } };
    },
    async (tx) => (await readSchedule(tx, practitionerId)).schedule.version,
  );
}

function planOf({ hours, sessionTypeId, firstDate, lastDate }: PlanAsked): HoursPlan {
  if (sessionTypeId === null && firstDate === null) {
    throw new Refusal(
      'invalid_request',
      'Say from when on, or for which session type: else these are the weekly hours.',
      {
        errors: [{ pointer: '/firstDate', message: 'is required where there is no `sessionTypeId`' }],
      },
    );
  }
  if (firstDate !== null && lastDate !== null && lastDate < firstDate) {
    throw new Refusal('invalid_request', 'The last date comes before the first.', {
      errors: [{ pointer: '/lastDate', message: 'must be on or after `firstDate`' }],
    });
  }
  return { sessionTypeId, firstDate, lastDate, weekly: weeklyHoursOf(hours) };
}

function factsOf({ sessionTypeId, firstDate, lastDate, weekly }: HoursPlan) {
  return { sessionTypeId, firstDate, lastDate, hours: weekly.map((hours) => `${hours.weekday} ${wordOf(hours)}`) };
}

function refuseUnknownType(): never {
  throw new Refusal('unknown_session_type', 'There is no such session type. List them and choose from those.', {
    errors: [{ pointer: '/sessionTypeId', message: 'is no session type of this practice' }],
  });
}
