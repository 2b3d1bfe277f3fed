// The rows of a series: written with all that its dates need in as few statements as there are kinds of rows, since a year of
// dates would else be hundreds of turns under the lock. The rows of one booking are told in store-booking.ts; these are the
// same, many at once.
import type { By } from '../occupancy/inherit-time.ts';
import { rangeText } from '../occupancy/occupancy.ts';
import { conflictOf } from '../platform/database/conflict.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Mode } from '../practitioners/session-type.ts';
import type { Frequency } from './series.ts';
import type { NewSession } from './store-booking.ts';

export type NewSeries = {
  readonly practitionerId: number;
  readonly clientId: number;
  readonly sessionTypeId: number;
  readonly frequency: Frequency;
  readonly onLast: boolean;
  readonly zone: string;
};

export type RefusedDate = {
  readonly position: number;
  readonly wallStart: string;
  readonly reasons: readonly string[];
};

/** The series itself, with the dates that could not be had. Answers its id. */
export async function insertSeries(
  tx: Transaction,
  series: NewSeries,
  refused: readonly RefusedDate[],
  now: Temporal.Instant,
): Promise<number> {
  const [row] = await tx.query<{ id: number }>({
    name: 'series_insert',
    text: `with s as (
             insert into series (organisation_id, practitioner_id, client_id, session_type_id, frequency, on_last, zone, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8::timestamptz) returning id
           ), d as (
             insert into series_date (organisation_id, series_id, position, wall_start, reasons)
             select $1, s.id, u.position, u.wall_start, string_to_array(u.reasons, ' ')
               from s, unnest($9::smallint[], $10::text[], $11::text[]) as u (position, wall_start, reasons)
           )
           select id from s`,
    values: [
      tx.organisationId,
      series.practitionerId,
      series.clientId,
      series.sessionTypeId,
      series.frequency,
      series.onLast,
      series.zone,
      now.toString(),
      refused.map(({ position }) => position),
      refused.map(({ wallStart }) => wallStart),
      refused.map(({ reasons }) => reasons.join(' ')),
    ],
  });
  if (!row) throw new Error('the series was not inserted');
  return row.id;
}

/** What the dates of one series have in common. */
export type DatesShare = Pick<NewSession, 'practitionerId' | 'sessionTypeId' | 'zone' | 'platform'> & {
  readonly seriesId: number;
  readonly clientId: number;
  readonly event: string;
  /** null: nobody has said how they are held. */
  readonly mode: Mode | null;
  /** Of a group: each is the first seat of its session, and told as a seat is, not with the others. */
  readonly capacity: number;
};

export type NewDate = Pick<NewSession, 'time' | 'occupied' | 'wallStart' | 'request'> & {
  readonly position: number;
  /** JSON text. */
  readonly facts: string;
};

export type MadeDate = { readonly position: number; readonly appointmentId: number; readonly sessionId: number };

/**
 * All rows of many bookings at once. null when somebody owns any part of any time: then the transaction has failed, and can
 * only be rolled back.
 */
export async function insertDates(
  tx: Transaction,
  by: By,
  share: DatesShare,
  dates: readonly NewDate[],
): Promise<MadeDate[] | null> {
  const made = await tx
    .query<MadeDate>({
      name: 'series_dates_insert',
      text: `with d as materialized (
             select nextval('public_id') as session, nextval('public_id') as appointment, nextval('public_id') as occupancy, u.*
               from unnest($11::smallint[], $12::timestamptz[], $13::timestamptz[], $14::text[], $15::text[],
                           $16::timestamptz[], $17::text[])
                 as u (position, starts_at, ends_at, occupied, wall_start, decide_by, facts)
           ), o as (
             insert into occupancy (organisation_id, id, resource_id, during, session_id, expires_at)
             select $1, d.occupancy, $2, d.occupied::tstzrange, d.session, d.decide_by from d
           ), s as (
             insert into session (organisation_id, id, practitioner_id, session_type_id, starts_at, ends_at, occupied, zone,
                                  wall_start, platform, occupancy_id, mode, capacity)
             select $1, d.session, $2, $3, d.starts_at, d.ends_at, d.occupied::tstzrange, $4, d.wall_start, $5, d.occupancy, $19,
                    nullif($20::smallint, 1)
               from d
           ), a as (
             insert into appointment (organisation_id, id, session_id, client_id, state, decide_by, awaits)
             select $1, d.appointment, d.session, $6, case when d.decide_by is null then 'confirmed' else 'pending' end,
                    d.decide_by, case when d.decide_by is not null then 'practitioner' end from d
           ), f as (
             insert into fulfilment (organisation_id, session_id, wanted_revision, wanted_at, due_at)
             select $1, d.session, 1, $7::timestamptz, $7::timestamptz from d
           ), j as (
             insert into journal (organisation_id, at, event, actor_role, actor_ref, subject_kind, subject_id, revision, facts)
             select $1, $7::timestamptz, $8, $9, $10, 'appointment', d.appointment, 1,
                    jsonb_build_object('sessionId', d.session) || d.facts::jsonb from d
           ), sd as (
             insert into series_date (organisation_id, series_id, position, wall_start, appointment_id, batch_no, batch_revision)
             select $1, $18, d.position, d.wall_start, d.appointment, 1, case when $20::smallint = 1 then 1 end from d
           )
           select d.position, d.appointment as "appointmentId", d.session as "sessionId" from d order by d.position`,
      values: [
        tx.organisationId,
        share.practitionerId,
        share.sessionTypeId,
        share.zone,
        share.platform,
        share.clientId,
        by.at.toString(),
        share.event,
        by.actor.role,
        by.actor.ref,
        dates.map(({ position }) => position),
        dates.map(({ time }) => time.from.toString()),
        dates.map(({ time }) => time.to.toString()),
        dates.map(({ occupied }) => rangeText(occupied)),
        dates.map(({ wallStart }) => wallStart),
        dates.map(({ request }) => request?.decideBy.toString() ?? null),
        dates.map(({ facts }) => facts),
        share.seriesId,
        share.mode,
        share.capacity,
      ],
    })
    .catch((error: unknown) => {
      if (conflictOf(error)?.constraint === 'occupancy_no_overlap') return null;
      throw error;
    });
  return made;
}

/** How many series of a client have dates to come. */
export async function countSeries(tx: Transaction, subject: string, now: Temporal.Instant): Promise<number> {
  const [row] = await tx.query<{ count: number }>({
    name: 'series_count',
    text: `select count(*)::integer as count from series r
            where r.organisation_id = $1
              and r.client_id = (select id from client where organisation_id = $1 and subject = $2)
              and exists (select from series_date d
                            join appointment a on a.organisation_id = $1 and a.id = d.appointment_id
                            join session s on s.organisation_id = $1 and s.id = a.session_id
                           where d.organisation_id = $1 and d.series_id = r.id and s.live and s.starts_at > $3::timestamptz
                             and a.state in ('pending', 'confirmed'))`,
    values: [tx.organisationId, subject, now.toString()],
  });
  return row?.count ?? 0;
}

export type SeriesRow = NewSeries & {
  readonly id: number;
  readonly clientSubject: string;
  readonly practitionerName: string;
  readonly sessionType: string;
  readonly batchNo: number;
};

export async function findSeries(tx: Transaction, id: number): Promise<SeriesRow | null> {
  const [row] = await tx.query<SeriesRow>({
    name: 'series_find',
    text: `select r.id, r.practitioner_id as "practitionerId", r.client_id as "clientId", c.subject as "clientSubject",
                  p.name as "practitionerName", r.session_type_id as "sessionTypeId", t.name as "sessionType", r.frequency,
                  r.on_last as "onLast", r.zone, r.batch_no as "batchNo"
             from series r
             join client c on c.organisation_id = $1 and c.id = r.client_id
             join practitioner p on p.organisation_id = $1 and p.id = r.practitioner_id
             join session_type t on t.organisation_id = $1 and t.id = r.session_type_id
            where r.organisation_id = $1 and r.id = $2`,
    values: [tx.organisationId, id],
  });
  return row ?? null;
}

export type DateRow = {
  readonly position: number;
  /** As last asked for by an act on the series. */
  readonly wallStart: string;
  readonly appointmentId: number | null;
  readonly reasons: readonly string[];
};

/** By position. */
export async function listDates(tx: Transaction, seriesId: number): Promise<DateRow[]> {
  return await tx.query<DateRow>({
    name: 'series_dates',
    text: `select position, wall_start as "wallStart", appointment_id as "appointmentId", reasons
             from series_date where organisation_id = $1 and series_id = $2 order by position`,
    values: [tx.organisationId, seriesId],
  });
}
