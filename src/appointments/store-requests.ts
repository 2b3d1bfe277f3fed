// The rows of requests: what waits to be decided. Acts have locked the time they touch.
import { rangeText, type Stretch } from '../occupancy/occupancy.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Appointment, Decision, Party } from './appointment.ts';

type Ids = Pick<Appointment, 'id' | 'sessionId'>;

/** The request confirmed, one revision on: its time is its own for good, and all that it wants outside is due. */
export async function confirmRequest(
  tx: Transaction,
  appointment: Ids,
  decision: Extract<Decision, 'approved' | 'accepted'>,
  now: Temporal.Instant,
): Promise<number> {
  const [row] = await tx.query<{ revision: number }>({
    name: 'request_confirm',
    text: `with s as (
             update session set revision = revision + 1 where organisation_id = $1 and id = $2 returning revision
           ), a as (
             update appointment set revision = s.revision, state = 'confirmed', decide_by = null, awaits = null, decision = $4
               from s where organisation_id = $1 and id = $3
           ), o as (
             update occupancy set expires_at = null where organisation_id = $1 and session_id = $2
           ), f as (
             update fulfilment set wanted_revision = s.revision, wanted_at = $5::timestamptz, due_at = $5::timestamptz,
                    attempts = 0
               from s where organisation_id = $1 and session_id = $2
           )
           select revision from s`,
    values: [tx.organisationId, appointment.sessionId, appointment.id, decision, now.toString()],
  });
  if (!row) throw new Error(`session ${appointment.sessionId} is not there`);
  return row.revision;
}

/** Whose word it waits for from now on, and until when; its row was taken until then. */
export async function setAwaited(
  tx: Transaction,
  appointmentId: number,
  awaited: { readonly awaits: Party; readonly decideBy: Temporal.Instant },
): Promise<void> {
  await tx.query({
    name: 'request_set_awaited',
    text: `update appointment set awaits = $3, decide_by = $4::timestamptz where organisation_id = $1 and id = $2`,
    values: [tx.organisationId, appointmentId, awaited.awaits, awaited.decideBy.toString()],
  });
}

/** Requests that ran out at or before an instant and own any of a stretch, oldest first. */
export async function listLapsed(
  tx: Transaction,
  resourceId: number,
  stretch: Stretch,
  until: Temporal.Instant,
): Promise<number[]> {
  const rows = await tx.query<{ id: number }>({
    name: 'requests_lapsed',
    text: `select a.id from occupancy o
             join appointment a on a.organisation_id = $1 and a.session_id = o.session_id and a.state = 'pending'
            where o.organisation_id = $1 and o.resource_id = $2 and o.during && $3::tstzrange
              and o.expires_at <= $4::timestamptz and o.session_id is not null
            order by a.id`,
    values: [tx.organisationId, resourceId, rangeText(stretch), until.toString()],
  });
  return rows.map(({ id }) => id);
}
