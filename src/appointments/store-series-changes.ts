// The rows of acts that change several dates of a series at once, each kind of rows in one statement. Callers hold the lock
// of the time, and have freed what the dates owned.
import type { By } from '../occupancy/inherit-time.ts';
import { rangeText, type Stretch } from '../occupancy/occupancy.ts';
import { conflictOf } from '../platform/database/conflict.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Canceller, Party } from './appointment.ts';

/** The next act on several dates of it; the row is locked. */
export async function raiseBatch(tx: Transaction, seriesId: number): Promise<number> {
  const [row] = await tx.query<{ batch: number }>({
    name: 'series_raise_batch',
    text: 'update series set batch_no = batch_no + 1 where organisation_id = $1 and id = $2 returning batch_no as batch',
    values: [tx.organisationId, seriesId],
  });
  if (!row) throw new Error(`series ${seriesId} is not there`);
  return row.batch;
}

/**
 * Locks what is owed outside for many sessions, in the order of their ids, as whoever tells of several does: what is changed
 * row by row otherwise would wait crosswise.
 */
export async function lockFulfilments(tx: Transaction, sessionIds: readonly number[]): Promise<void> {
  await tx.query({
    name: 'series_lock_fulfilments',
    text: `select session_id from fulfilment where organisation_id = $1 and session_id = any($2::bigint[])
            order by session_id for update`,
    values: [tx.organisationId, [...sessionIds]],
  });
}

type Ids = { readonly position: number; readonly sessionId: number; readonly appointmentId: number };

export type MovedDate = Ids & {
  readonly time: Stretch;
  readonly occupied: Stretch;
  readonly wallStart: string;
  readonly late: boolean;
  /** Of a request, which is asked anew. */
  readonly decideBy: Temporal.Instant | null;
  readonly event: string;
  /** JSON text. */
  readonly facts: string;
};

type Batch = { readonly seriesId: number; readonly batchNo: number };

const FULFILMENT = `f as (
             update fulfilment f set wanted_revision = s.revision, wanted_at = $2::timestamptz, due_at = $2::timestamptz, attempts = 0
               from s where f.organisation_id = $1 and f.session_id = s.id
           )`;
const JOURNAL = (event: string) => `j as (
             insert into journal (organisation_id, at, event, actor_role, actor_ref, subject_kind, subject_id, revision, facts)
             select $1, $2::timestamptz, ${event}, $3, $4, 'appointment', d.appointment_id, s.revision,
                    jsonb_build_object('sessionId', d.session_id) || d.facts::jsonb
               from d join s on s.id = d.session_id
           )`;
const DATES = (more: string) => `sd as (
             update series_date sd set batch_no = $6, batch_revision = case when s.capacity is null then s.revision end${more}
               from d join s on s.id = d.session_id
              where sd.organisation_id = $1 and sd.series_id = $5 and sd.position = d.position
           )`;

/** All at their new times, one revision on; null when somebody owns any part of any: then it can only be rolled back. */
export async function moveDates(
  tx: Transaction,
  by: By,
  { seriesId, batchNo }: Batch,
  to: { readonly practitionerId: number; readonly zone: string; readonly awaits: Party },
  dates: readonly MovedDate[],
): Promise<true | null> {
  return await tx
    .query({
      name: 'series_dates_move',
      text: `with d as materialized (
             select nextval('public_id') as occupancy, u.*
               from unnest($10::smallint[], $11::bigint[], $12::bigint[], $13::timestamptz[], $14::timestamptz[], $15::text[],
                           $16::text[], $17::boolean[], $18::timestamptz[], $19::text[], $20::text[])
                 as u (position, session_id, appointment_id, starts_at, ends_at, occupied, wall_start, late, decide_by, event, facts)
           ), o as (
             insert into occupancy (organisation_id, id, resource_id, during, session_id, expires_at)
             select $1, d.occupancy, $7, d.occupied::tstzrange, d.session_id, d.decide_by from d
           ), s as (
             update session s set revision = s.revision + 1, starts_at = d.starts_at, ends_at = d.ends_at,
                    occupied = d.occupied::tstzrange, zone = $8, wall_start = d.wall_start, occupancy_id = d.occupancy,
                    overriding = false
               from d where s.organisation_id = $1 and s.id = d.session_id returning s.id, s.revision, s.capacity
           ), a as (
             update appointment a set revision = s.revision, decide_by = d.decide_by,
                    awaits = case when d.decide_by is not null then $9 end,
                    late_moves = case when d.late then least(coalesce(a.late_moves, 0) + 1, 32767) else a.late_moves end
               from d join s on s.id = d.session_id where a.organisation_id = $1 and a.id = d.appointment_id
           ), ${FULFILMENT}, ${JOURNAL('d.event')}, ${DATES(', wall_start = d.wall_start')}
           select count(*) as moved from s`,
      values: [
        tx.organisationId,
        by.at.toString(),
        by.actor.role,
        by.actor.ref,
        seriesId,
        batchNo,
        to.practitionerId,
        to.zone,
        to.awaits,
        dates.map(({ position }) => position),
        dates.map(({ sessionId }) => sessionId),
        dates.map(({ appointmentId }) => appointmentId),
        dates.map(({ time }) => time.from.toString()),
        dates.map(({ time }) => time.to.toString()),
        dates.map(({ occupied }) => rangeText(occupied)),
        dates.map(({ wallStart }) => wallStart),
        dates.map(({ late }) => late),
        dates.map(({ decideBy }) => decideBy?.toString() ?? null),
        dates.map(({ event }) => event),
        dates.map(({ facts }) => facts),
      ],
    })
    .then(
      () => true as const,
      (error: unknown) => {
        if (conflictOf(error)?.constraint === 'occupancy_no_overlap') return null;
        throw error;
      },
    );
}

export type CancelledDate = Ids & { readonly late: boolean; readonly facts: string };

/** All dead, one revision on. */
export async function cancelDates(
  tx: Transaction,
  by: By,
  { seriesId, batchNo }: Batch,
  { canceller, reason }: { readonly canceller: Canceller; readonly reason: string | null },
  dates: readonly CancelledDate[],
): Promise<void> {
  await tx.query({
    name: 'series_dates_cancel',
    text: `with d as materialized (
             select u.* from unnest($8::smallint[], $9::bigint[], $10::bigint[], $11::boolean[], $12::text[])
               as u (position, session_id, appointment_id, late, facts)
           ), s as (
             update session s set revision = s.revision + 1, live = false, occupancy_id = null
               from d where s.organisation_id = $1 and s.id = d.session_id returning s.id, s.revision, s.capacity
           ), a as (
             update appointment a set revision = s.revision, state = 'cancelled', cancelled_by = $7,
                    cancelled_at = $2::timestamptz, late_cancellation = d.late, decide_by = null, awaits = null
               from d join s on s.id = d.session_id where a.organisation_id = $1 and a.id = d.appointment_id
           ), n as (
             insert into note (organisation_id, appointment_id, kind, body)
             select $1, d.appointment_id, 'cancel_reason', $13::text from d where $13::text is not null
             on conflict (organisation_id, appointment_id, kind) do update set body = excluded.body
           ), ${FULFILMENT}, ${JOURNAL("'appointment.cancelled'")}, ${DATES('')}
           select count(*) as cancelled from s`,
    values: [
      tx.organisationId,
      by.at.toString(),
      by.actor.role,
      by.actor.ref,
      seriesId,
      batchNo,
      canceller,
      dates.map(({ position }) => position),
      dates.map(({ sessionId }) => sessionId),
      dates.map(({ appointmentId }) => appointmentId),
      dates.map(({ late }) => late),
      dates.map(({ facts }) => facts),
      reason,
    ],
  });
}
