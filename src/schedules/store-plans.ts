// The rows of hours that hold from a date on, until one, or for a session type. Writers hold the practitioner's lock.
import type { ConstraintTable } from '../platform/database/conflict.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import type { HoursPlan } from './schedule.ts';
import { columnsOf } from './store.ts';

export type KeptPlan = HoursPlan & { readonly id: number };

/** What a violated constraint tells the caller. */
export const PLAN_CONFLICTS: ConstraintTable = {
  hours_plan_once: () =>
    new Refusal('already_exists', 'There are hours from that date on already. Change those, or choose another date.', {
      errors: [{ pointer: '/firstDate', message: 'is that of other hours of the same kind' }],
    }),
};

const PLAN = `
  select l.id, l.session_type_id as "sessionTypeId", l.first_date::text as "firstDate", l.last_date::text as "lastDate",
         coalesce((select json_strip_nulls(json_agg(json_build_object('weekday', h.weekday, 'from', h.from_minute,
                            'to', h.to_minute, 'locationId', h.location_id) order by h.weekday, h.from_minute))
                     from hours_plan_hours h
                    where h.organisation_id = l.organisation_id and h.plan_id = l.id), '[]') as weekly
    from hours_plan l where l.organisation_id = $1 and l.practitioner_id = $2`;

/** All of hers, in order of their dates; how many there can be is bounded where they are added. */
export async function listPlans(tx: Transaction, practitionerId: number): Promise<KeptPlan[]> {
  return await tx.query<KeptPlan>({
    name: 'hours_plan_list',
    text: `${PLAN} order by l.session_type_id nulls first, l.first_date nulls first, l.id`,
    values: [tx.organisationId, practitionerId],
  });
}

/** Refusal `not_found`. */
export async function readPlan(tx: Transaction, practitionerId: number, id: number): Promise<KeptPlan> {
  const [plan] = await tx.query<KeptPlan>({
    name: 'hours_plan_read',
    text: `${PLAN} and l.id = $3`,
    values: [tx.organisationId, practitionerId, id],
  });
  if (!plan) throw new Refusal('not_found', 'There are no hours with that id.');
  return plan;
}

/** A new one, or one in place of another. */
export async function writePlan(
  tx: Transaction,
  practitionerId: number,
  plan: HoursPlan,
  replacedId: number | null,
): Promise<number> {
  const { sessionTypeId, firstDate, lastDate, weekly } = plan;
  const kept = [sessionTypeId, firstDate, lastDate];
  const [row] = await tx.query<{ id: number }>(
    replacedId === null
      ? {
          name: 'hours_plan_insert',
          text: `insert into hours_plan (organisation_id, practitioner_id, session_type_id, first_date, last_date)
                 values ($1, $2, $3, $4, $5) returning id`,
          values: [tx.organisationId, practitionerId, ...kept],
        }
      : {
          name: 'hours_plan_update',
          text: `update hours_plan set session_type_id = $3, first_date = $4, last_date = $5
                  where organisation_id = $1 and practitioner_id = $2 and id = $6 returning id`,
          values: [tx.organisationId, practitionerId, ...kept, replacedId],
        },
  );
  if (!row) throw new Error('the hours were not written');
  await tx.query({
    name: 'hours_plan_hours_clear',
    text: 'delete from hours_plan_hours where organisation_id = $1 and plan_id = $2',
    values: [tx.organisationId, row.id],
  });
  await tx.query({
    name: 'hours_plan_hours_insert',
    text: `insert into hours_plan_hours (organisation_id, plan_id, weekday, from_minute, to_minute, location_id)
           select $1, $2, h.weekday, h.from_minute, h.to_minute, h.location_id
             from unnest($3::smallint[], $4::smallint[], $5::smallint[], $6::bigint[])
                  as h (weekday, from_minute, to_minute, location_id)`,
    values: [tx.organisationId, row.id, weekly.map(({ weekday }) => weekday), ...columnsOf(weekly)],
  });
  return row.id;
}

export async function deletePlan(tx: Transaction, practitionerId: number, id: number): Promise<void> {
  await tx.query({
    name: 'hours_plan_delete',
    text: 'delete from hours_plan where organisation_id = $1 and practitioner_id = $2 and id = $3',
    values: [tx.organisationId, practitionerId, id],
  });
}

/** Whether the practice has that session type; it is kept from a change until the transaction ends. */
export async function findSessionType(tx: Transaction, id: number): Promise<boolean> {
  const found = await tx.query({
    name: 'hours_plan_session_type',
    text: 'select 1 from session_type where organisation_id = $1 and id = $2 for share',
    values: [tx.organisationId, id],
  });
  return found.length > 0;
}
