// The seats of a group's sessions. Acts have locked the practitioner's time; each change locks the session's row first, as the
// database does that sees to it that no more seats are given than there are.
import type { Platform } from '../meetings/provider.ts';
import { rangeText, type Stretch } from '../occupancy/occupancy.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Mode } from '../practitioners/session-type.ts';
import type { Appointment, Canceller } from './appointment.ts';
import type { Entry } from './store-booking.ts';
import { keptSeatsOf } from './store-held-seats.ts';

/** The lowest seat that is free; none where all are taken. `s` is the session, one revision on. */
const FREE_SEAT = `seat as (
             select min(n)::smallint as no from s, generate_series(1, s.capacity) n
              where not exists (select from appointment a
                                 where a.organisation_id = $1 and a.session_id = $2 and a.seat_no = n)
           )`;
/** A seat given back bears a number beyond all capacities, and its own can be given again. */
const SEATS_GIVEN_BACK_FROM = 1_001;
/** Somebody has a seat in session `s`; else where and how it is held is for whoever comes to say. */
const IS_PEOPLED = (s: string) => `exists (select from appointment x
                               where x.organisation_id = $1 and x.session_id = ${s}.id and x.state <> 'cancelled')`;
/** Whoever comes to a session that only kept seats had open has it for good. */
const FOR_GOOD = `o as (
             update occupancy set expires_at = null from a
              where organisation_id = $1 and session_id = $2 and expires_at is not null
           )`;
const WANT = (from: string) => `f as (
             update fulfilment set wanted_revision = s.revision, wanted_at = $4::timestamptz, due_at = $4::timestamptz,
                    attempts = 0
               from ${from} where organisation_id = $1 and session_id = s.id
           )`;

export type NewSeat = {
  readonly clientId: number;
  readonly platform: Platform | null;
  readonly mode: Mode | null;
  readonly entry: Entry;
};
type SeatGiven = { readonly appointmentId: number; readonly platform: Platform | null; readonly mode: Mode | null };

/** A seat in a session that stands; its platform and way are the first that were chosen. null: there is none left. */
export async function insertSeat(
  tx: Transaction,
  sessionId: number,
  { clientId, platform, mode, entry }: NewSeat,
): Promise<SeatGiven | null> {
  const [made] = await tx.query<SeatGiven>({
    name: 'seat_insert',
    text: `with s as (
             update session t set revision = revision + 1,
                    platform = case when ${IS_PEOPLED('t')} then coalesce(platform, $5) else $5 end,
                    mode = case when ${IS_PEOPLED('t')} then coalesce(mode, $10) else $10 end
              where organisation_id = $1 and id = $2 and live returning id, revision, platform, mode, capacity
           ), ${FREE_SEAT}, a as (
             insert into appointment (organisation_id, id, session_id, client_id, seat_no, state, revision)
             select $1, nextval('public_id'), $2, $3, seat.no, 'confirmed', s.revision from s, seat
              where seat.no is not null returning id
           ), ${FOR_GOOD}, ${WANT('s')}, j as (
             insert into journal (organisation_id, at, event, actor_role, actor_ref, subject_kind, subject_id, revision, facts)
             select $1, $4::timestamptz, $6, $7, $8, 'appointment', a.id, s.revision,
                    jsonb_build_object('sessionId', s.id) || $9::jsonb
               from a, s
           )
           select a.id as "appointmentId", s.platform, s.mode from a, s`,
    values: [
      tx.organisationId,
      sessionId,
      clientId,
      entry.at,
      platform,
      entry.event,
      entry.actor_role,
      entry.actor_ref,
      entry.facts,
      mode,
    ],
  });
  return made ?? null;
}

/** How many others have a seat beside this one, or one kept for them. */
export async function countOthers(
  tx: Transaction,
  { id, sessionId }: Pick<Appointment, 'id' | 'sessionId'>,
  now: Temporal.Instant,
): Promise<number> {
  const [row] = await tx.query<{ n: number }>({
    name: 'seats_of_others',
    text: `select (select count(*) from appointment
                    where organisation_id = $1 and session_id = $2 and id <> $3 and state <> 'cancelled')::integer
                + (select count(*) from (${keptSeatsOf('$2', '$4')}) kept)::integer as n`,
    values: [tx.organisationId, sessionId, id, now.toString()],
  });
  return row?.n ?? 0;
}

/** Whose seats are taken, in the order they were. */
export async function listSeats(tx: Transaction, sessionId: number): Promise<number[]> {
  const rows = await tx.query<{ id: number }>({
    name: 'seats_of_session',
    text: `select id from appointment where organisation_id = $1 and session_id = $2 and state <> 'cancelled' order by id`,
    values: [tx.organisationId, sessionId],
  });
  return rows.map(({ id }) => id);
}

/** The seat given back, and the session one revision on, for the others who keep theirs. */
export async function cancelSeat(
  tx: Transaction,
  appointment: Pick<Appointment, 'id' | 'sessionId'>,
  how: { readonly by: Canceller | null; readonly late: boolean },
  now: Temporal.Instant,
): Promise<number> {
  const [row] = await tx.query<{ revision: number }>({
    name: 'seat_cancel',
    text: `with s as (
             update session set revision = revision + 1 where organisation_id = $1 and id = $2 returning id, revision
           ), a as (
             update appointment set revision = s.revision, state = 'cancelled', cancelled_by = $5,
                    cancelled_at = $4::timestamptz, late_cancellation = $6::boolean,
                    seat_no = (select greatest(max(seat_no) + 1, ${SEATS_GIVEN_BACK_FROM}) from appointment
                                where organisation_id = $1 and session_id = $2)
               from s where organisation_id = $1 and appointment.id = $3
           ), ${WANT('s')}
           select revision from s`,
    values: [tx.organisationId, appointment.sessionId, appointment.id, now.toString(), how.by, how.late],
  });
  if (!row) throw new Error(`session ${appointment.sessionId} is not there`);
  return row.revision;
}

/**
 * The appointment as a seat of another session that stands, and its letters with it; both sessions are a revision on, beyond
 * any the appointment had. Where nobody has said how the one it comes to is held, it is as the one it leaves. null: there is no
 * seat left.
 */
export async function moveSeat(
  tx: Transaction,
  appointment: Pick<Appointment, 'id' | 'sessionId'>,
  to: { readonly sessionId: number; readonly late: boolean },
  now: Temporal.Instant,
): Promise<number | null> {
  const from = await raiseSession(tx, appointment.sessionId, now);
  const [row] = await tx.query<{ revision: number }>({
    name: 'seat_move',
    text: `with left_one as materialized (
             select platform, mode from session where organisation_id = $1 and id = $7
           ), s as (
             update session t set revision = greatest(t.revision, $5::integer) + 1,
                    platform = case when ${IS_PEOPLED('t')}
                               then coalesce(t.platform, case when coalesce(t.mode, 'online') = 'online' then l.platform end)
                               else l.platform end,
                    mode = case when ${IS_PEOPLED('t')}
                           then coalesce(t.mode, case when t.platform is null or l.mode = 'online' then l.mode end)
                           else l.mode end
               from left_one l
              where t.organisation_id = $1 and t.id = $2 and t.live
             returning t.id, t.revision, coalesce(t.capacity, 1) as capacity
           ), ${FREE_SEAT}, a as (
             update appointment set session_id = $2, seat_no = seat.no, revision = s.revision,
                    late_moves = case when $6::boolean then least(coalesce(late_moves, 0) + 1, 32767) else late_moves end
               from s, seat where organisation_id = $1 and appointment.id = $3 and seat.no is not null returning appointment.id
           ), l as (
             update letter set session_id = $2 from a where organisation_id = $1 and appointment_id = a.id
           ), ${FOR_GOOD}, ${WANT('s')}
           select s.revision from a, s`,
    values: [tx.organisationId, to.sessionId, appointment.id, now.toString(), from, to.late, appointment.sessionId],
  });
  return row?.revision ?? null;
}

/** What is left of the session is wanted anew. Its revision then. */
async function raiseSession(tx: Transaction, sessionId: number, now: Temporal.Instant): Promise<number> {
  const [row] = await tx.query<{ revision: number }>({
    name: 'session_raise',
    text: `with s as (
             update session set revision = revision + 1 where organisation_id = $1 and id = $2 returning id, revision
           ), f as (
             update fulfilment set wanted_revision = s.revision, wanted_at = $3::timestamptz, due_at = $3::timestamptz,
                    attempts = 0
               from s where organisation_id = $1 and session_id = s.id
           )
           select revision from s`,
    values: [tx.organisationId, sessionId, now.toString()],
  });
  if (!row) throw new Error(`session ${sessionId} is not there`);
  return row.revision;
}

/** Nobody is left in it. Its time must be released with it. */
export async function endSession(tx: Transaction, sessionId: number): Promise<void> {
  await tx.query({
    name: 'session_end',
    text: 'update session set live = false, occupancy_id = null where organisation_id = $1 and id = $2',
    values: [tx.organisationId, sessionId],
  });
}

export type NewGroupSession = {
  readonly id: number;
  readonly time: Stretch;
  readonly occupied: Stretch;
  readonly zone: string;
  readonly wallStart: string;
  /** null: it overrides, and owns only what nobody else does. */
  readonly occupancyId: number | null;
  readonly capacity: number;
};

/** A session that nobody has a seat in yet, for one that comes from another: of its practitioner and kind, held as that is. */
export async function insertSession(
  tx: Transaction,
  from: Pick<Appointment, 'sessionId'>,
  session: NewGroupSession,
  now: Temporal.Instant,
): Promise<void> {
  await tx.query({
    name: 'session_insert_like',
    text: `with s as (
             insert into session (organisation_id, id, practitioner_id, session_type_id, starts_at, ends_at, occupied, zone,
                                  wall_start, platform, mode, occupancy_id, overriding, capacity)
             select $1, $3, practitioner_id, session_type_id, $4::timestamptz, $5::timestamptz, $6::tstzrange, $7, $8,
                    platform, mode, $9::bigint, $9::bigint is null, $10 from session where organisation_id = $1 and id = $2
             returning id, revision
           )
           insert into fulfilment (organisation_id, session_id, wanted_revision, wanted_at, due_at)
           select $1, id, revision, $11::timestamptz, $11::timestamptz from s`,
    values: [
      tx.organisationId,
      from.sessionId,
      session.id,
      session.time.from.toString(),
      session.time.to.toString(),
      rangeText(session.occupied),
      session.zone,
      session.wallStart,
      session.occupancyId,
      session.capacity,
      now.toString(),
    ],
  });
}

/**
 * Before a session moves with the one client who is left in it: seats that were given back stay, in a session of their own that is
 * over, at the time they had. What is still to be told of them is told of that; where a letter about one is on its way, once
 * whoever has it in hand has lost it, or it would be taken for cut off and sent again.
 */
export async function leaveGivenBack(tx: Transaction, sessionId: number, now: Temporal.Instant): Promise<void> {
  // By itself, before what it keeps from changing is read.
  await tx.query({
    name: 'seats_lock_fulfilment',
    text: 'select session_id from fulfilment where organisation_id = $1 and session_id = $2 for update',
    values: [tx.organisationId, sessionId],
  });
  await tx.query({
    name: 'seats_leave_given_back',
    text: `with gone as (
             select id from appointment where organisation_id = $1 and session_id = $2 and state = 'cancelled'
           ), s as (
             insert into session (organisation_id, practitioner_id, session_type_id, starts_at, ends_at, occupied, zone,
                                  wall_start, platform, mode, live, capacity, revision, created_at)
             select $1, practitioner_id, session_type_id, starts_at, ends_at, occupied, zone, wall_start, platform, mode, false,
                    capacity, revision, created_at
               from session where organisation_id = $1 and id = $2 and exists (select from gone)
             returning id, revision
           ), under_way as (
             select max(lease_until) as until from fulfilment
              where organisation_id = $1 and session_id = $2
                and exists (select from letter l join gone on gone.id = l.appointment_id
                             where l.organisation_id = $1 and l.state in ('sending', 'unknown'))
           ), f as (
             insert into fulfilment (organisation_id, session_id, wanted_revision, wanted_at, due_at)
             select $1, id, revision, $3::timestamptz, greatest($3::timestamptz, until) from s, under_way
           ), a as (
             update appointment set session_id = s.id from s, gone
              where organisation_id = $1 and appointment.id = gone.id
           )
           update letter set session_id = s.id from s, gone where organisation_id = $1 and appointment_id = gone.id`,
    values: [tx.organisationId, sessionId, now.toString()],
  });
}

/** What of a new session is not as it mostly is. */
export async function setParticulars(
  tx: Transaction,
  sessionId: number,
  { capacity = 1, mode }: { readonly capacity?: number | undefined; readonly mode?: Mode | undefined },
): Promise<void> {
  if (capacity === 1 && mode === undefined) return;
  await tx.query({
    name: 'session_set_particulars',
    text: `update session set capacity = nullif($3::smallint, 1), mode = $4 where organisation_id = $1 and id = $2`,
    values: [tx.organisationId, sessionId, capacity, mode ?? null],
  });
}
