// The rows of time off. Writers hold the practitioner's lock.
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import type { KeptTimeOff } from './time-off.ts';

export type TimeOffRow = { readonly id: number; readonly timeOff: KeptTimeOff };

type Row = {
  readonly id: number;
  readonly startsAt: Temporal.Instant | null;
  readonly endsAt: Temporal.Instant | null;
  readonly firstDate: string | null;
  readonly fromMinute: number | null;
  readonly toMinute: number | null;
  readonly rule: string | null;
  readonly exceptDates: readonly string[];
};

const TIME_OFF = `
  select id, starts_at as "startsAt", ends_at as "endsAt", first_date::text as "firstDate", from_minute as "fromMinute",
         to_minute as "toMinute", rule, except_dates::text[] as "exceptDates"
    from time_off where organisation_id = $1 and practitioner_id = $2`;

/** In id order, after an id. */
export async function listTimeOff(
  tx: Transaction,
  practitionerId: number,
  page: { readonly after: number; readonly limit: number },
): Promise<TimeOffRow[]> {
  const rows = await tx.query<Row>({
    name: 'time_off_list',
    text: `${TIME_OFF} and id > $3 order by id limit $4`,
    values: [tx.organisationId, practitionerId, page.after, page.limit],
  });
  return rows.map(toTimeOff);
}

/** Refusal `not_found`. */
export async function readTimeOff(tx: Transaction, practitionerId: number, id: number): Promise<TimeOffRow> {
  const [row] = await tx.query<Row>({
    name: 'time_off_read',
    text: `${TIME_OFF} and id = $3`,
    values: [tx.organisationId, practitionerId, id],
  });
  if (!row) throw new Refusal('not_found', 'There is no time off with that id.');
  return toTimeOff(row);
}

function toTimeOff(row: Row): TimeOffRow {
  const { id, startsAt, endsAt, firstDate, fromMinute, toMinute, rule, exceptDates } = row;
  if (startsAt !== null && endsAt !== null) return { id, timeOff: { kind: 'instants', startsAt, endsAt } };
  if (firstDate === null || fromMinute === null || toMinute === null) throw new Error('time off is of no kind');
  return { id, timeOff: { kind: 'wall', firstDate, fromMinute, toMinute, rule, exceptDates } };
}

/** A new row, or one in place of another. */
export async function writeTimeOff(
  tx: Transaction,
  practitionerId: number,
  timeOff: KeptTimeOff,
  replacedId: number | null,
): Promise<number> {
  const values = [tx.organisationId, practitionerId, ...columnsOf(timeOff)];
  const [row] = await tx.query<{ id: number }>(
    replacedId === null
      ? {
          name: 'time_off_insert',
          text: `insert into time_off (organisation_id, practitioner_id, starts_at, ends_at, first_date, from_minute, to_minute,
                                       rule, except_dates)
                 values ($1, $2, $3::timestamptz, $4::timestamptz, $5::date, $6, $7, $8, $9::date[]) returning id`,
          values,
        }
      : {
          name: 'time_off_update',
          text: `update time_off set starts_at = $3::timestamptz, ends_at = $4::timestamptz, first_date = $5::date,
                        from_minute = $6, to_minute = $7, rule = $8, except_dates = $9::date[]
                  where organisation_id = $1 and practitioner_id = $2 and id = $10 returning id`,
          values: [...values, replacedId],
        },
  );
  if (!row) throw new Error('the time off was not written');
  return row.id;
}

function columnsOf(timeOff: KeptTimeOff): readonly unknown[] {
  if (timeOff.kind === 'instants') {
    return [timeOff.startsAt.toString(), timeOff.endsAt.toString(), null, null, null, null, []];
  }
  const { firstDate, fromMinute, toMinute, rule, exceptDates } = timeOff;
  return [null, null, firstDate, fromMinute, toMinute, rule, [...exceptDates]];
}

export async function deleteTimeOff(tx: Transaction, practitionerId: number, id: number): Promise<void> {
  await tx.query({
    name: 'time_off_delete',
    text: 'delete from time_off where organisation_id = $1 and practitioner_id = $2 and id = $3',
    values: [tx.organisationId, practitionerId, id],
  });
}

export async function countTimeOff(tx: Transaction, practitionerId: number): Promise<number> {
  const [row] = await tx.query<{ count: number }>({
    name: 'time_off_count',
    text: 'select count(*)::integer as count from time_off where organisation_id = $1 and practitioner_id = $2',
    values: [tx.organisationId, practitionerId],
  });
  return row?.count ?? 0;
}
