// The rows of a booking, all in one statement: it is the hottest write there is, and each statement more is another turn
// for both sides of the wire. Which rows of other rooms must be there with a session is told here and nowhere else.
import type { JournalRow } from '../journal/store.ts';
import type { Platform } from '../meetings/provider.ts';
import { rangeText, type Stretch } from '../occupancy/occupancy.ts';
import { conflictOf } from '../platform/database/conflict.ts';
import type { Transaction } from '../platform/database/transaction.ts';

export type NewSession = {
  readonly practitionerId: number;
  readonly sessionTypeId: number;
  readonly time: Stretch;
  readonly occupied: Stretch;
  readonly zone: string;
  /** `YYYY-MM-DDTHH:mm` on the practitioner's wall. */
  readonly wallStart: string;
  readonly platform: Platform | null;
};

export type NewIds = { readonly sessionId: number; readonly appointmentId: number };

/**
 * Takes the time, and with it a live session, its one appointment, what must follow outside, and the journal's entry, which
 * gets the ids. null when somebody owns any part of the time: then the transaction has failed, and can only be rolled back.
 * The callers have looked under the lock, so that is rare, and a plain insert searches the constraint's index once, where
 * "on conflict do nothing" does so three times.
 */
export async function insertBooking(
  tx: Transaction,
  session: NewSession,
  clientId: number,
  entry: Omit<JournalRow, 'subject_kind' | 'subject_id'>,
  options: { readonly last: boolean },
): Promise<NewIds | null> {
  const insert = {
    name: 'booking_insert',
    text: `with ids as materialized (
             select nextval('public_id') as session, nextval('public_id') as appointment, nextval('public_id') as occupancy
           ), o as (
             insert into occupancy (organisation_id, id, resource_id, during, session_id)
             select $1, ids.occupancy, $2, $5::tstzrange, ids.session from ids
           ), s as (
             insert into session (organisation_id, id, practitioner_id, session_type_id, starts_at, ends_at, occupied, zone,
                                  wall_start, platform, occupancy_id)
             select $1, ids.session, $2, $3, $4::timestamptz, $6::timestamptz, $5::tstzrange, $7, $8, $9, ids.occupancy
               from ids
           ), a as (
             insert into appointment (organisation_id, id, session_id, client_id, state)
             select $1, ids.appointment, ids.session, $10, 'confirmed' from ids
           ), f as (
             insert into fulfilment (organisation_id, session_id, wanted_revision, wanted_at, due_at)
             select $1, ids.session, 1, $11::timestamptz, $11::timestamptz from ids
           ), j as (
             insert into journal (organisation_id, at, event, actor_role, actor_ref, subject_kind, subject_id, revision, facts)
             select $1, $11::timestamptz, $12, $13, $14, 'appointment', ids.appointment, $15,
                    jsonb_build_object('sessionId', ids.session) || $16::jsonb from ids
           )
           select ids.session as "sessionId", ids.appointment as "appointmentId" from ids`,
    values: [
      tx.organisationId,
      session.practitionerId,
      session.sessionTypeId,
      session.time.from.toString(),
      rangeText(session.occupied),
      session.time.to.toString(),
      session.zone,
      session.wallStart,
      session.platform,
      clientId,
      entry.at,
      entry.event,
      entry.actor_role,
      entry.actor_ref,
      entry.revision,
      entry.facts,
    ],
  };
  const inserted = options.last ? tx.queryAndCommit<NewIds>(insert) : tx.query<NewIds>(insert);
  const [made] = await inserted.catch((error: unknown): NewIds[] => {
    if (conflictOf(error)?.constraint === 'occupancy_no_overlap') return [];
    throw error;
  });
  return made ?? null;
}
