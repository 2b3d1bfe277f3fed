// What sessions of groups have of seats that are kept for somebody. A session in which one is kept lives on though nobody has a seat
// in it; its time is its own as long as one is kept, which its rows of occupancy say. Acts have locked the practitioner's time.
import { HOLD_GRACE_SECONDS, rangeText } from '../occupancy/occupancy.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { NewGroupSession } from './store-seats.ts';

/** That a seat of session `s` is kept for somebody, or was until a moment ago. */
export const keptSeatsOf = (session: string, at: string) => `
             select h.id from hold h
              where h.organisation_id = $1 and h.session_id = ${session} and h.state = 'open'
                and h.expires_at > ${at}::timestamptz - interval '${HOLD_GRACE_SECONDS} seconds'`;

/** A session in which a seat is about to be kept. Nothing is wanted of it outside before somebody has one. */
export async function insertKeptSession(
  tx: Transaction,
  session: NewGroupSession & { readonly practitionerId: number; readonly sessionTypeId: number },
  now: Temporal.Instant,
): Promise<void> {
  await tx.query({
    name: 'session_insert_kept',
    text: `with s as (
             insert into session (organisation_id, id, practitioner_id, session_type_id, starts_at, ends_at, occupied, zone,
                                  wall_start, occupancy_id, capacity)
             values ($1, $2, $3, $4, $5::timestamptz, $6::timestamptz, $7::tstzrange, $8, $9, $10, $11)
             returning id, revision
           )
           insert into fulfilment (organisation_id, session_id, wanted_revision, done_revision, wanted_at, due_at)
           select $1, id, revision, revision, $12::timestamptz, $12::timestamptz from s`,
    values: [
      tx.organisationId,
      session.id,
      session.practitionerId,
      session.sessionTypeId,
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

/** Until when the last of its seats that are kept is so; null: none is. `isEmpty`: it lives, and nobody has a seat in it. */
export async function findKept(
  tx: Transaction,
  sessionId: number,
): Promise<{ readonly isEmpty: boolean; readonly until: Temporal.Instant | null }> {
  const [row] = await tx.query<{ isEmpty: boolean; until: Temporal.Instant | null }>({
    name: 'seats_kept',
    text: `select s.live and not exists (select from appointment a
                     where a.organisation_id = $1 and a.session_id = s.id and a.state <> 'cancelled') as "isEmpty",
                  (select max(h.expires_at) from hold h
                    where h.organisation_id = $1 and h.session_id = s.id and h.state = 'open') as until
             from session s where s.organisation_id = $1 and s.id = $2`,
    values: [tx.organisationId, sessionId],
  });
  if (!row) throw new Error(`session ${sessionId} is not there`);
  return row;
}

/** All it owns is its own until then. */
export async function keepUntil(tx: Transaction, sessionId: number, until: Temporal.Instant): Promise<void> {
  await tx.query({
    name: 'session_keep_until',
    text: 'update occupancy set expires_at = $3::timestamptz where organisation_id = $1 and session_id = $2',
    values: [tx.organisationId, sessionId, until.toString()],
  });
}

/** Nobody comes to it any more: of what may stand outside nothing is wanted. Its time must be released with it. */
export async function endKeptSession(tx: Transaction, sessionId: number, now: Temporal.Instant): Promise<void> {
  await tx.query({
    name: 'session_end_kept',
    text: `with s as (
             update session set live = false, occupancy_id = null, revision = revision + 1
              where organisation_id = $1 and id = $2 returning id, revision
           )
           update fulfilment set wanted_revision = s.revision, wanted_at = $3::timestamptz, due_at = $3::timestamptz, attempts = 0
             from s where organisation_id = $1 and session_id = s.id`,
    values: [tx.organisationId, sessionId, now.toString()],
  });
}

export async function hasSeat(tx: Transaction, sessionId: number, clientId: number): Promise<boolean> {
  const rows = await tx.query({
    name: 'seat_of_client',
    text: `select from appointment
            where organisation_id = $1 and session_id = $2 and client_id = $3 and state <> 'cancelled'`,
    values: [tx.organisationId, sessionId, clientId],
  });
  return rows.length > 0;
}
