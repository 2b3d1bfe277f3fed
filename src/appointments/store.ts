// Rows of sessions, appointments, clients and their notes. Acts have locked the time they touch before they come here;
// whether a change is allowed has been decided, and the constraints have the last word.
import type { Transaction } from '../platform/database/transaction.ts';
import type { Platform } from '../meetings/provider.ts';
import { rangeText, type Stretch } from '../occupancy/occupancy.ts';
import type { LockedClient } from '../occupancy/store.ts';
import type { Appointment, Canceller, Decision } from './appointment.ts';

/**
 * Records a client, or answers the row that stands under that subject already, locked and as it is now: somebody may have
 * recorded it a moment ago.
 */
export async function recordClient(
  tx: Transaction,
  client: { readonly subject: string; readonly name: string; readonly email: string },
): Promise<LockedClient & { readonly recorded: boolean }> {
  const [row] = await tx.query<LockedClient & { recorded: boolean }>({
    name: 'client_record',
    text: `insert into client (organisation_id, subject, name, email) values ($1, $2, $3, $4)
           on conflict on constraint client_subject_once do update set subject = excluded.subject
           returning id, name, email, xmax = 0 as recorded`,
    values: [tx.organisationId, client.subject, client.name, client.email],
  });
  if (!row) throw new Error('the client was not recorded');
  return row;
}

/** The client's newer words about itself. */
export async function updateClient(
  tx: Transaction,
  client: { readonly id: number; readonly name: string; readonly email: string },
): Promise<void> {
  await tx.query({
    name: 'client_update',
    text: 'update client set name = $3, email = $4 where organisation_id = $1 and id = $2',
    values: [tx.organisationId, client.id, client.name, client.email],
  });
}

/** Where the client is reminded by SMS; null: nowhere. True where it was another until now. */
export async function updatePhone(tx: Transaction, clientId: number, phone: string | null): Promise<boolean> {
  const changed = await tx.query({
    name: 'client_set_phone',
    text: 'update client set phone = $3 where organisation_id = $1 and id = $2 and phone is distinct from $3 returning id',
    values: [tx.organisationId, clientId, phone],
  });
  return changed.length > 0;
}

/** The session at its new time, one revision on. */
export async function moveSession(
  tx: Transaction,
  appointment: Pick<Appointment, 'id' | 'sessionId'>,
  to: {
    readonly time: Stretch;
    readonly occupied: Stretch;
    readonly zone: string;
    readonly wallStart: string;
    /** null: it overrides, and owns only what nobody else does. */
    readonly occupancyId: number | null;
    /** Within the window. */
    readonly late: boolean;
  },
  now: Temporal.Instant,
): Promise<number> {
  return await raised(tx, 'session_move', appointment, now, {
    appointment: `, late_moves = case when $11::boolean then least(coalesce(late_moves, 0) + 1, 32767) else late_moves end`,
    set: `starts_at = $5::timestamptz, ends_at = $6::timestamptz, occupied = $7::tstzrange, zone = $8, wall_start = $9,
          occupancy_id = $10::bigint, overriding = $10::bigint is null`,
    values: [
      to.time.from.toString(),
      to.time.to.toString(),
      rangeText(to.occupied),
      to.zone,
      to.wallStart,
      to.occupancyId,
      to.late,
    ],
  });
}

/** The session dead and its appointment cancelled, one revision on; `by` null: by nobody. Its time must be released with it. */
export async function cancelSession(
  tx: Transaction,
  appointment: Pick<Appointment, 'id' | 'sessionId'>,
  how: { readonly by: Canceller | null; readonly late: boolean; readonly decision?: Decision },
  now: Temporal.Instant,
): Promise<number> {
  return await raised(tx, 'session_cancel', appointment, now, {
    set: 'live = false, occupancy_id = null',
    appointment: `, state = 'cancelled', cancelled_by = $5, cancelled_at = $4::timestamptz, late_cancellation = $6::boolean,
                    decide_by = null, awaits = null, decision = coalesce($7, decision)`,
    values: [how.by, how.late, how.decision ?? null],
  });
}

/**
 * The appointment closed or reopened, one revision on. Nothing outside has to change: where all was done at the revision
 * before, all is done at this one; where not, it goes on, and finds the appointment as it is now.
 */
export async function setState(
  tx: Transaction,
  appointment: Pick<Appointment, 'id' | 'sessionId'>,
  state: 'confirmed' | 'completed' | 'no_show',
): Promise<number> {
  const [row] = await tx.query<{ revision: number }>({
    name: 'appointment_set_state',
    text: `with s as (
             update session set revision = revision + 1 where organisation_id = $1 and id = $2 returning revision
           ), a as (
             update appointment set revision = s.revision, state = $4 from s where organisation_id = $1 and id = $3
           ), f as (
             update fulfilment
                set wanted_revision = s.revision,
                    done_revision = case when done_revision = wanted_revision then s.revision else done_revision end
               from s where organisation_id = $1 and session_id = $2
           )
           select revision from s`,
    values: [tx.organisationId, appointment.sessionId, appointment.id, state],
  });
  if (!row) throw new Error(`session ${appointment.sessionId} is not there`);
  return row.revision;
}

/** The session to be held on a platform, or with other words, one revision on. */
export async function setMeeting(
  tx: Transaction,
  appointment: Pick<Appointment, 'id' | 'sessionId'>,
  platform: Platform | null,
  now: Temporal.Instant,
): Promise<number> {
  return await raised(tx, 'session_set_meeting', appointment, now, { set: 'platform = $5', values: [platform] });
}

/** One change to a session: its revision, its appointment's and what is wanted outside rise together. */
async function raised(
  tx: Transaction,
  name: string,
  appointment: Pick<Appointment, 'id' | 'sessionId'>,
  now: Temporal.Instant,
  change: { readonly set: string; readonly appointment?: string; readonly values: readonly unknown[] },
): Promise<number> {
  const [row] = await tx.query<{ revision: number }>({
    name,
    text: `with s as (
             update session set revision = revision + 1, ${change.set}
              where organisation_id = $1 and id = $2 returning revision
           ), a as (
             update appointment set revision = s.revision ${change.appointment ?? ''} from s
              where organisation_id = $1 and id = $3
           ), f as (
             update fulfilment set wanted_revision = s.revision, wanted_at = $4::timestamptz, due_at = $4::timestamptz,
                    attempts = 0
               from s where organisation_id = $1 and session_id = $2
           )
           select revision from s`,
    values: [tx.organisationId, appointment.sessionId, appointment.id, now.toString(), ...change.values],
  });
  if (!row) throw new Error(`session ${appointment.sessionId} is not there`);
  return row.revision;
}

/** Ends all links to manage it that were given out; those made from now on bear the number answered. */
export async function raiseLinkGeneration(tx: Transaction, appointmentId: number): Promise<number> {
  const [row] = await tx.query<{ generation: number }>({
    name: 'appointment_raise_links',
    text: `update appointment set link_generation = coalesce(link_generation, 0) + 1
            where organisation_id = $1 and id = $2 returning link_generation as generation`,
    values: [tx.organisationId, appointmentId],
  });
  if (!row) throw new Error(`appointment ${appointmentId} is not there`);
  return row.generation;
}

/** Keeps free text that somebody wrote about an appointment; a later one of the same kind replaces it. */
export async function putNote(
  tx: Transaction,
  appointmentId: number,
  kind: 'cancel_reason' | 'topic' | 'description' | 'decline_reason' | 'override_reason',
  body: string,
): Promise<void> {
  await tx.query({
    name: 'note_put',
    text: `insert into note (organisation_id, appointment_id, kind, body) values ($1, $2, $3, $4)
           on conflict (organisation_id, appointment_id, kind) do update set body = excluded.body`,
    values: [tx.organisationId, appointmentId, kind, body],
  });
}

export async function listNotes(
  tx: Transaction,
  appointmentId: number,
): Promise<{ readonly topic: string | null; readonly description: string | null }> {
  const rows = await tx.query<{ kind: string; body: string }>({
    name: 'notes_of',
    text: `select kind, body from note where organisation_id = $1 and appointment_id = $2 and kind in ('topic', 'description')`,
    values: [tx.organisationId, appointmentId],
  });
  const of = (kind: string) => rows.find((row) => row.kind === kind)?.body ?? null;
  return { topic: of('topic'), description: of('description') };
}

const APPOINTMENT = `
  select a.id, a.session_id as "sessionId", a.state, a.revision, s.practitioner_id as "practitionerId",
         p.name as "practitionerName", p.email as "practitionerEmail", c.subject as "clientSubject",
         c.email as "clientEmail", c.id as "clientId", coalesce(a.link_generation, 0) as "linkGeneration",
         s.session_type_id as "sessionTypeId", t.name as "sessionType",
         s.starts_at as "start", s.ends_at as "end", s.zone, s.platform, s.mode, coalesce(s.capacity, 1) as capacity, p.active as "practitionerActive",
         a.cancelled_by as "cancelledBy", a.cancelled_at as "cancelledAt",
         a.decide_by as "decideBy", a.awaits, a.decision,
         coalesce(a.late_cancellation, false) as "lateCancellation", coalesce(a.late_moves, 0) as "lateMoves",
         coalesce(t.cancellation_window_minutes, p.cancellation_window_minutes) as "cancellationWindowMinutes",
         coalesce(t.reschedule_window_minutes, p.reschedule_window_minutes) as "rescheduleWindowMinutes",
         coalesce(t.late_cancellations, p.late_cancellations) as "lateCancellations",
         coalesce(t.late_reschedules, p.late_reschedules) as "lateReschedules",
         d.series_id as "seriesId", d.position as "seriesIndex"
    from appointment a
    join session s on s.organisation_id = a.organisation_id and s.id = a.session_id
    join practitioner p on p.organisation_id = a.organisation_id and p.id = s.practitioner_id
    join session_type t on t.organisation_id = a.organisation_id and t.id = s.session_type_id
    join client c on c.organisation_id = a.organisation_id and c.id = a.client_id
    left join series_date d on d.organisation_id = a.organisation_id and d.appointment_id = a.id`;

export async function findAppointment(tx: Transaction, id: number): Promise<Appointment | null> {
  const [row] = await tx.query<Appointment>({
    name: 'appointment_find',
    text: `${APPOINTMENT} where a.organisation_id = $1 and a.id = $2`,
    values: [tx.organisationId, id],
  });
  return row ?? null;
}

/** Those of them that there are, by start. */
export async function listAppointmentsById(tx: Transaction, ids: readonly number[]): Promise<Appointment[]> {
  return await tx.query<Appointment>({
    name: 'appointments_by_id',
    text: `${APPOINTMENT} where a.organisation_id = $1 and a.id = any($2::bigint[]) order by s.starts_at, a.id`,
    values: [tx.organisationId, [...ids]],
  });
}

export type ListQuestion = {
  readonly subject: string;
  readonly state: string | null;
  readonly from: Temporal.Instant | null;
  readonly to: Temporal.Instant | null;
  readonly after: { readonly start: string; readonly id: number } | null;
  readonly limit: number;
};

/** A client's appointments by start, then id. */
export async function listAppointments(tx: Transaction, question: ListQuestion): Promise<Appointment[]> {
  return await tx.query<Appointment>({
    name: 'appointments_of_client',
    text: `${APPOINTMENT}
            where a.organisation_id = $1
              and a.client_id = (select id from client where organisation_id = $1 and subject = $2)
              and ($3::text is null or a.state = $3)
              and ($4::timestamptz is null or s.ends_at > $4::timestamptz)
              and ($5::timestamptz is null or s.starts_at < $5::timestamptz)
              and ($6::timestamptz is null or (s.starts_at, a.id) > ($6::timestamptz, $7))
            order by s.starts_at, a.id limit $8`,
    values: [
      tx.organisationId,
      question.subject,
      question.state,
      question.from?.toString() ?? null,
      question.to?.toString() ?? null,
      question.after?.start ?? null,
      question.after?.id ?? null,
      question.limit,
    ],
  });
}
