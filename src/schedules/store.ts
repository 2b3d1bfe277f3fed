// The rows of weekly hours, and the schedule that all its parts make together with the practitioner's zone and policy. Writers
// hold the practitioner's lock. Plans, overrides, time off and locations have stores of their own beside this.
import type { Transaction } from '../platform/database/transaction.ts';
import { refuseUnknownPractitioner } from '../practitioners/store.ts';
import type { DateOverride, HoursPlan, Policy, Schedule, TimeOff, WallTimeOff, WeeklyHours } from './schedule.ts';

/** When she works, and what may be asked of that time. */
export type ScheduleInForce = {
  readonly active: boolean;
  readonly schedule: Schedule;
  readonly policy: Policy;
  readonly holidayRegion: string | null;
};

type WallRow = {
  readonly id: number;
  readonly firstDate: string;
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly rule: string | null;
  readonly exceptDates: readonly string[];
};
type Row = Policy & {
  readonly id: number;
  readonly active: boolean;
  readonly zone: string;
  readonly version: number;
  readonly holidayRegion: string | null;
  readonly weekly: readonly WeeklyHours[];
  readonly plans: readonly HoursPlan[];
  readonly overrides: readonly DateOverride[];
  readonly timeOff: readonly TimeOff[];
  readonly wallTimeOff: readonly WallRow[];
  readonly locations: readonly { readonly id: number; readonly zone: string }[];
};

/** Entries of hours as JSON, without a location where there is none. */
const HOURS = `'from', h.from_minute, 'to', h.to_minute, 'locationId', h.location_id`;

const SCHEDULE = `
  select p.id, p.active, p.zone, p.schedule_version as version, p.grid_minutes as "gridMinutes",
         p.buffer_before_minutes as "bufferBeforeMinutes", p.buffer_after_minutes as "bufferAfterMinutes",
         p.notice_minutes as "noticeMinutes", p.horizon_days as "horizonDays", p.holiday_region as "holidayRegion",
         coalesce((select json_strip_nulls(json_agg(json_build_object('weekday', h.weekday, ${HOURS})
                                                    order by h.weekday, h.from_minute))
                     from weekly_hours h
                    where h.organisation_id = p.organisation_id and h.practitioner_id = p.id), '[]') as weekly,
         coalesce((select json_agg(json_build_object('sessionTypeId', l.session_type_id, 'firstDate', l.first_date,
                                                     'lastDate', l.last_date, 'weekly', coalesce(
                          (select json_strip_nulls(json_agg(json_build_object('weekday', h.weekday, ${HOURS})
                                                            order by h.weekday, h.from_minute))
                             from hours_plan_hours h
                            where h.organisation_id = l.organisation_id and h.plan_id = l.id), '[]')) order by l.id)
                     from hours_plan l
                    where l.organisation_id = p.organisation_id and l.practitioner_id = p.id), '[]') as plans,
         coalesce((select json_agg(json_build_object('date', d.date, 'intervals', coalesce(
                          (select json_strip_nulls(json_agg(json_build_object(${HOURS}) order by h.from_minute))
                             from date_override_hours h
                            where h.organisation_id = d.organisation_id and h.practitioner_id = d.practitioner_id
                              and h.date = d.date), '[]')) order by d.date)
                     from date_override d
                    where d.organisation_id = p.organisation_id and d.practitioner_id = p.id), '[]') as overrides,
         coalesce((select json_agg(json_build_object('id', t.id, 'start', date_part('epoch', t.starts_at)::bigint / 60,
                                                     'end', date_part('epoch', t.ends_at)::bigint / 60) order by t.id)
                     from time_off t
                    where t.organisation_id = p.organisation_id and t.practitioner_id = p.id
                      and t.starts_at is not null), '[]') as "timeOff",
         coalesce((select json_agg(json_build_object('id', t.id, 'firstDate', t.first_date, 'fromMinute', t.from_minute,
                                                     'toMinute', t.to_minute, 'rule', t.rule,
                                                     'exceptDates', t.except_dates) order by t.id)
                     from time_off t
                    where t.organisation_id = p.organisation_id and t.practitioner_id = p.id
                      and t.first_date is not null), '[]') as "wallTimeOff",
         coalesce((select json_agg(json_build_object('id', l.id, 'zone', l.zone) order by l.id)
                     from location l
                    where l.organisation_id = p.organisation_id and l.id in (
                          select h.location_id from weekly_hours h
                           where h.organisation_id = p.organisation_id and h.practitioner_id = p.id
                          union all
                          select h.location_id from hours_plan_hours h join hours_plan hp
                              on hp.organisation_id = h.organisation_id and hp.id = h.plan_id
                           where hp.organisation_id = p.organisation_id and hp.practitioner_id = p.id
                          union all
                          select h.location_id from date_override_hours h
                           where h.organisation_id = p.organisation_id and h.practitioner_id = p.id)),
                  '[]') as locations
    from practitioner p`;

/** Refusal `not_found` where there is no such practitioner. */
export async function readSchedule(tx: Transaction, practitionerId: number): Promise<ScheduleInForce> {
  const [row] = await tx.query<Row>({
    name: 'schedule_read',
    text: `${SCHEDULE} where p.organisation_id = $1 and p.id = $2`,
    values: [tx.organisationId, practitionerId],
  });
  return row ? inForce(row) : refuseUnknownPractitioner();
}

/** Of those of these practitioners that there are, by id. */
export async function listSchedulesOf(
  tx: Transaction,
  practitionerIds: readonly number[],
): Promise<Map<number, ScheduleInForce>> {
  const rows = await tx.query<Row>({
    name: 'schedule_list_of',
    text: `${SCHEDULE} where p.organisation_id = $1 and p.id = any($2::bigint[])`,
    values: [tx.organisationId, [...practitionerIds]],
  });
  return new Map(rows.map((row) => [row.id, inForce(row)]));
}

function inForce(row: Row): ScheduleInForce {
  const { id: _, active, holidayRegion, zone, version, weekly, plans, overrides, ...rest } = row;
  const { timeOff, wallTimeOff, locations, ...policy } = rest;
  const schedule: Schedule = {
    zone,
    version,
    weekly,
    overrides,
    timeOff,
    plans,
    wallTimeOff: wallTimeOff.map(toWallTimeOff),
    locationZones: new Map(locations.map((location) => [location.id, location.zone])),
  };
  return { active, schedule, policy, holidayRegion };
}

function toWallTimeOff({ id, firstDate, fromMinute, toMinute, rule, exceptDates }: WallRow): WallTimeOff {
  return { id, fromMinute, toMinute, dates: rule === null ? firstDate : { firstDate, rule, exceptDates } };
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
    text: `insert into weekly_hours (organisation_id, practitioner_id, weekday, from_minute, to_minute, location_id)
           select $1, $2, h.weekday, h.from_minute, h.to_minute, h.location_id
             from unnest($3::smallint[], $4::smallint[], $5::smallint[], $6::bigint[])
                  as h (weekday, from_minute, to_minute, location_id)`,
    values: [tx.organisationId, practitionerId, weekly.map(({ weekday }) => weekday), ...columnsOf(weekly)],
  });
}

/** The columns of hours, for unnest. */
export function columnsOf(
  hours: readonly { readonly from: number; readonly to: number; readonly locationId?: number | undefined }[],
): readonly [from: number[], to: number[], locationId: (number | null)[]] {
  return [hours.map(({ from }) => from), hours.map(({ to }) => to), hours.map(({ locationId }) => locationId ?? null)];
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
