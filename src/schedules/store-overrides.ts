// The rows of dates that are not as their week. Writers hold the practitioner's lock.
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import type { DateOverride } from './schedule.ts';
import { columnsOf } from './store.ts';

const OVERRIDE = `
  select d.date::text as date, coalesce((select json_strip_nulls(json_agg(json_build_object('from', h.from_minute,
                            'to', h.to_minute, 'locationId', h.location_id) order by h.from_minute))
                     from date_override_hours h
                    where h.organisation_id = d.organisation_id and h.practitioner_id = d.practitioner_id
                      and h.date = d.date), '[]') as intervals
    from date_override d where d.organisation_id = $1 and d.practitioner_id = $2`;

/** By date, from a first one on and up to a last. */
export async function listOverrides(
  tx: Transaction,
  practitionerId: number,
  page: { readonly from: string; readonly to: string; readonly limit: number },
): Promise<DateOverride[]> {
  return await tx.query<DateOverride>({
    name: 'date_override_list',
    text: `${OVERRIDE} and d.date between $3::date and $4::date order by d.date limit $5`,
    values: [tx.organisationId, practitionerId, page.from, page.to, page.limit],
  });
}

/** Refusal `not_found`. */
export async function readOverride(tx: Transaction, practitionerId: number, date: string): Promise<DateOverride> {
  const [override] = await tx.query<DateOverride>({
    name: 'date_override_read',
    text: `${OVERRIDE} and d.date = $3::date`,
    values: [tx.organisationId, practitionerId, date],
  });
  if (!override) throw new Refusal('not_found', 'That date is as its week.');
  return override;
}

export async function writeOverride(tx: Transaction, practitionerId: number, override: DateOverride): Promise<void> {
  await deleteOverride(tx, practitionerId, override.date);
  await tx.query({
    name: 'date_override_insert',
    text: 'insert into date_override (organisation_id, practitioner_id, date) values ($1, $2, $3::date)',
    values: [tx.organisationId, practitionerId, override.date],
  });
  await tx.query({
    name: 'date_override_hours_insert',
    text: `insert into date_override_hours (organisation_id, practitioner_id, date, from_minute, to_minute, location_id)
           select $1, $2, $3::date, h.from_minute, h.to_minute, h.location_id
             from unnest($4::smallint[], $5::smallint[], $6::bigint[]) as h (from_minute, to_minute, location_id)`,
    values: [tx.organisationId, practitionerId, override.date, ...columnsOf(override.intervals)],
  });
}

export async function deleteOverride(tx: Transaction, practitionerId: number, date: string): Promise<void> {
  await tx.query({
    name: 'date_override_delete',
    text: 'delete from date_override where organisation_id = $1 and practitioner_id = $2 and date = $3::date',
    values: [tx.organisationId, practitionerId, date],
  });
}

export async function countOverrides(tx: Transaction, practitionerId: number): Promise<number> {
  const [row] = await tx.query<{ count: number }>({
    name: 'date_override_count',
    text: 'select count(*)::integer as count from date_override where organisation_id = $1 and practitioner_id = $2',
    values: [tx.organisationId, practitionerId],
  });
  return row?.count ?? 0;
}

export async function updateHolidayRegion(
  tx: Transaction,
  practitionerId: number,
  region: string | null,
): Promise<void> {
  await tx.query({
    name: 'practitioner_holiday_region',
    text: 'update practitioner set holiday_region = $3 where organisation_id = $1 and id = $2',
    values: [tx.organisationId, practitionerId, region],
  });
}
