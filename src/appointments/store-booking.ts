// The rows of a booking, all in one statement: it is the hottest write there is, and each statement more is another turn
// for both sides of the wire. Which rows of other rooms must be there with a session is told here and nowhere else.
import type { JournalRow } from '../journal/store.ts';
import type { Platform } from '../meetings/provider.ts';
import { rangeText, type Stretch } from '../occupancy/occupancy.ts';
import { conflictOf } from '../platform/database/conflict.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Requested } from './request.ts';

export type NewSession = {
  readonly practitionerId: number;
  readonly sessionTypeId: number;
  readonly time: Stretch;
  readonly occupied: Stretch;
  readonly zone: string;
  /** `YYYY-MM-DDTHH:mm` on the practitioner's wall. */
  readonly wallStart: string;
  readonly platform: Platform | null;
  /** null: it is confirmed at once. */
  readonly request: Requested | null;
};

export type NewIds = { readonly sessionId: number; readonly appointmentId: number };

/**
 * A session takes time that is free, or the row that a hold has handed over to it; or it overrides, and is given what nobody
 * owns once it is there.
 */
type Taking = {
  readonly ids: string;
  readonly occupancy: string;
  readonly overriding: boolean;
  /** Whose appointment it is, and what the journal is told of that. */
  readonly client: string;
  readonly facts: string;
};

/** The client's id is known, and in the facts already. */
const KNOWN_CLIENT = { client: '$10::bigint', facts: '' };

const FREE_TIME: Taking = {
  ids: `nextval('public_id') as session, nextval('public_id') as appointment, nextval('public_id') as occupancy`,
  occupancy: `o as (
             insert into occupancy (organisation_id, id, resource_id, during, session_id, expires_at)
             select $1, ids.occupancy, $2, $5::tstzrange, ids.session, $17::timestamptz from ids
           ), `,
  overriding: false,
  ...KNOWN_CLIENT,
};
/** Only if practitioner and client are still as they were last seen. */
const FREE_TIME_AS_SEEN: Taking = {
  ...FREE_TIME,
  ids: `${FREE_TIME.ids}, c.id as client
               from client c, practitioner p
              where c.organisation_id = $1 and c.subject = $10 and c.email = $18 and c.name = coalesce($19, c.name)
                and p.organisation_id = $1 and p.id = $2 and p.schedule_version = $20 and p.revision = $21`,
  client: 'ids.client',
  facts: ` || jsonb_build_object('clientId', ids.client)`,
};
const HANDED_OVER: Taking = {
  ids: `$18::bigint as session, nextval('public_id') as appointment, $19::bigint as occupancy`,
  occupancy: '',
  overriding: false,
  ...KNOWN_CLIENT,
};
const OVERRIDING: Taking = {
  ids: `nextval('public_id') as session, nextval('public_id') as appointment, null::bigint as occupancy`,
  occupancy: '',
  overriding: true,
  ...KNOWN_CLIENT,
};

/** A live session, its one appointment, what must follow outside, and the journal's entry, which gets the ids. */
const rowsOn = ({ ids, occupancy, overriding, client, facts }: Taking) => `with ids as materialized (
             select ${ids}
           ), ${occupancy}s as (
             insert into session (organisation_id, id, practitioner_id, session_type_id, starts_at, ends_at, occupied, zone,
                                  wall_start, platform, occupancy_id, overriding)
             select $1, ids.session, $2, $3, $4::timestamptz, $6::timestamptz, $5::tstzrange, $7, $8, $9, ids.occupancy,
                    ${overriding}
               from ids
           ), a as (
             insert into appointment (organisation_id, id, session_id, client_id, state, decide_by, awaits)
             select $1, ids.appointment, ids.session, ${client},
                    case when $17::timestamptz is null then 'confirmed' else 'pending' end, $17::timestamptz,
                    case when $17::timestamptz is not null then 'practitioner' end from ids
           ), f as (
             insert into fulfilment (organisation_id, session_id, wanted_revision, wanted_at, due_at)
             select $1, ids.session, 1, $11::timestamptz, $11::timestamptz from ids
           ), j as (
             insert into journal (organisation_id, at, event, actor_role, actor_ref, subject_kind, subject_id, revision, facts)
             select $1, $11::timestamptz, $12, $13, $14, 'appointment', ids.appointment, $15,
                    jsonb_build_object('sessionId', ids.session)${facts} || $16::jsonb from ids
           )
           select ids.session as "sessionId", ids.appointment as "appointmentId" from ids`;

const BOOKING = { name: 'booking_insert', text: rowsOn(FREE_TIME) };
const BOOKING_AS_SEEN = { name: 'booking_insert_as_seen', text: rowsOn(FREE_TIME_AS_SEEN) };
const HELD_BOOKING = { name: 'booking_insert_held', text: rowsOn(HANDED_OVER) };
const OVERRIDING_BOOKING = { name: 'booking_insert_overriding', text: rowsOn(OVERRIDING) };

export type Entry = Omit<JournalRow, 'subject_kind' | 'subject_id'>;

/**
 * Takes the time, and with it all rows of a booking. null when somebody owns any part of the time: then the transaction has
 * failed, and can only be rolled back. The callers have looked under the lock, so that is rare, and a plain insert searches
 * the constraint's index once, where "on conflict do nothing" does so three times.
 */
export async function insertBooking(
  tx: Transaction,
  session: NewSession,
  clientId: number,
  entry: Entry,
  options: { readonly last: boolean },
): Promise<NewIds | null> {
  const insert = { ...BOOKING, values: valuesOf(tx, session, clientId, entry) };
  const inserted = options.last ? tx.queryAndCommit<NewIds>(insert) : tx.query<NewIds>(insert);
  const [made] = await inserted.catch((error: unknown): NewIds[] => {
    if (conflictOf(error)?.constraint === 'occupancy_no_overlap') return [];
    throw error;
  });
  return made ?? null;
}

/** A client as whoever books knows it; name null: whatever it is. */
export type ClientSeen = { readonly subject: string; readonly email: string; readonly name: string | null };

/**
 * The same, with the commit, for callers who have not looked: no row is written where client or practitioner are not as
 * they were last seen ('changed'), or where somebody owns any part of the time ('taken').
 */
export async function insertBookingAsSeen(
  tx: Transaction,
  session: NewSession,
  seen: { readonly client: ClientSeen; readonly versions: { readonly schedule: number; readonly revision: number } },
  entry: Entry,
): Promise<NewIds | 'changed' | 'taken'> {
  const { client, versions } = seen;
  const values = [
    ...valuesOf(tx, session, client.subject, entry),
    client.email,
    client.name,
    versions.schedule,
    versions.revision,
  ];
  try {
    const [made] = await tx.queryAndCommit<NewIds>({ ...BOOKING_AS_SEEN, values });
    return made ?? 'changed';
  } catch (error) {
    if (conflictOf(error)?.constraint === 'occupancy_no_overlap') return 'taken';
    throw error;
  }
}

/** The next public id, for a session that is handed its time before its row is there. */
export async function takeId(tx: Transaction): Promise<number> {
  const [row] = await tx.query<{ id: number }>({
    name: 'id_take',
    text: `select nextval('public_id') as id`,
    values: [],
  });
  if (!row) throw new Error('the sequence of ids answered none');
  return row.id;
}

/** All rows of a booking whose time the session owns already. */
export async function insertHeldBooking(
  tx: Transaction,
  session: NewSession & { readonly id: number; readonly occupancyId: number },
  clientId: number,
  entry: Entry,
): Promise<NewIds> {
  const [made] = await tx.query<NewIds>({
    ...HELD_BOOKING,
    values: [...valuesOf(tx, session, clientId, entry), session.id, session.occupancyId],
  });
  if (!made) throw new Error('the booking was not inserted');
  return made;
}

/** All rows of a booking that overrides: it owns no time yet. */
export async function insertOverridingBooking(
  tx: Transaction,
  session: NewSession,
  clientId: number,
  entry: Entry,
): Promise<NewIds> {
  const [made] = await tx.query<NewIds>({ ...OVERRIDING_BOOKING, values: valuesOf(tx, session, clientId, entry) });
  if (!made) throw new Error('the booking was not inserted');
  return made;
}

function valuesOf(tx: Transaction, session: NewSession, client: number | string, entry: Entry): unknown[] {
  return [
    tx.organisationId,
    session.practitionerId,
    session.sessionTypeId,
    session.time.from.toString(),
    rangeText(session.occupied),
    session.time.to.toString(),
    session.zone,
    session.wallStart,
    session.platform,
    client,
    entry.at,
    entry.event,
    entry.actor_role,
    entry.actor_ref,
    entry.revision,
    entry.facts,
    session.request?.decideBy.toString() ?? null,
  ];
}
