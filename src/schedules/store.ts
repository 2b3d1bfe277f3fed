// The rows of weekly hours, and the schedule they make together with the practitioner's zone and policy. Writers hold the
// practitioner's lock.
import type { Transaction } from '../platform/database/transaction.ts';
import { refuseUnknownPractitioner } from '../practitioners/store.ts';
import type { Policy, Schedule, WeeklyHours } from './schedule.ts';

/** When she works, and what may be asked of that time. */
export type ScheduleInForce = {
  readonly active: boolean;
  readonly schedule: Schedule;
  readonly policy: Policy;
};

type Row = Policy & {
  readonly active: boolean;
  readonly zone: string;
  readonly version: number;
  readonly weekly: readonly WeeklyHours[];
};

/** Refusal `not_found` where there is no such practitioner. */
export async function readSchedule(tx: Transaction, practitionerId: number): Promise<ScheduleInForce> {
  const [row] = await tx.query<Row>({
    name: 'schedule_read',
    text: `select p.active, p.zone, p.schedule_version as version, p.grid_minutes as "gridMinutes",
                  p.buffer_before_minutes as "bufferBeforeMinutes", p.buffer_after_minutes as "bufferAfterMinutes",
                  p.notice_minutes as "noticeMinutes", p.horizon_days as "horizonDays",
                  coalesce((select json_agg(json_build_object('weekday', h.weekday, 'from', h.from_minute, 'to', h.to_minute)
                                            order by h.weekday, h.from_minute)
                              from weekly_hours h
                             where h.organisation_id = p.organisation_id and h.practitioner_id = p.id), '[]') as weekly
             from practitioner p where p.organisation_id = $1 and p.id = $2`,
    values: [tx.organisationId, practitionerId],
  });
  if (!row) return refuseUnknownPractitioner();
  const { active, zone, version, weekly, ...policy } = row;
  return { active, schedule: { zone, version, weekly, overrides: [], timeOff: [] }, policy };
}

/** Her hours from now on, instead of all she had. */
export async function replaceWeeklyHours(
  tx: Transaction,
  practitionerId: number,
  weekly: readonly WeeklyHours[],
): Promise<void> {
  await tx.query({
    name: 'weekly_hours_clear',
    text: 'delete from weekly_hours where organisation_id = $1 and practitioner_id = $2',
    values: [tx.organisationId, practitionerId],
  });
  await tx.query({
    name: 'weekly_hours_insert',
    text: `insert into weekly_hours (organisation_id, practitioner_id, weekday, from_minute, to_minute)
           select $1, $2, h.weekday, h.from_minute, h.to_minute
             from unnest($3::smallint[], $4::smallint[], $5::smallint[]) as h (weekday, from_minute, to_minute)`,
    values: [
      tx.organisationId,
      practitionerId,
      weekly.map(({ weekday }) => weekday),
      weekly.map(({ from }) => from),
      weekly.map(({ to }) => to),
    ],
  });
}

/** Whether the public id is already somebody's, in whichever organisation. The practice is locked until the transaction ends. */
export async function lockPracticeAndFind(tx: Transaction, publicIds: readonly number[]): Promise<boolean> {
  await tx.query({
    name: 'organisation_lock',
    text: 'select 1 from organisation where organisation_id = $1 for no key update',
    values: [tx.organisationId],
  });
  const found = await tx.query({
    name: 'directory_any',
    text: 'select 1 from directory where public_id = any($1::bigint[]) limit 1',
    values: [[...publicIds]],
  });
  return found.length > 0;
}
