// The rows of a booking, all in one statement: it is the hottest write there is, and each statement more is another turn
// for both sides of the wire. Which rows of other rooms must be there with a session is told here and nowhere else.
import type { JournalRow } from '../journal/store.ts';
import type { Platform } from '../meetings/provider.ts';
import { LONGEST_OCCUPANCY_MINUTES, rangeText, type Stretch } from '../occupancy/occupancy.ts';
import { conflictOf } from '../platform/database/conflict.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Key } from '../platform/http/idempotency.ts';
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

/** What of a booking's rows depends on how it comes by its time: free, or the row that a hold has handed over to it; or it
 *  overrides, and is given what nobody owns once it is there. */
type Taking = {
  readonly before?: string;
  readonly booked: string;
  readonly occupancy: string;
  readonly overriding: boolean;
};

/** One booking, from the statement's own parameters. */
const one = (ids: string) => `
             select $2::bigint as practitioner_id, $3::bigint as session_type_id, $4::timestamptz as starts_at,
                    $5::tstzrange as occupied, $6::timestamptz as ends_at, $7::text as zone, $8::text as wall_start,
                    $9::text as platform, $10::bigint as client_id, $11::timestamptz as at, $12::text as event,
                    $13::text as actor_role, $14::text as actor_ref, $15::integer as revision, $16::jsonb as facts,
                    $17::timestamptz as decide_by, ${ids}`;

const TAKE = `o as (
             insert into occupancy (organisation_id, id, resource_id, during, session_id, expires_at)
             select $1, occupancy_id, practitioner_id, occupied, session_id, decide_by from b
           ), `;
const NEW_IDS = `nextval('public_id') as session_id, nextval('public_id') as appointment_id,
                    nextval('public_id') as occupancy_id`;

const FREE_TIME: Taking = { booked: one(NEW_IDS), occupancy: TAKE, overriding: false };
const HANDED_OVER: Taking = {
  booked: one(`$18::bigint as session_id, nextval('public_id') as appointment_id, $19::bigint as occupancy_id`),
  occupancy: '',
  overriding: false,
};
const OVERRIDING: Taking = {
  booked: one(
    `nextval('public_id') as session_id, nextval('public_id') as appointment_id, null::bigint as occupancy_id`,
  ),
  occupancy: '',
  overriding: true,
};
const KEY_ASKED = `,
                          key_actor text, key_route text, key text, key_hash text, key_status smallint`;
/**
 * Keeps the keys of those that will be booked, of which none is by now: the table is not looked into before, so that no plan made
 * while it was small can read the whole of it. In an order of all, so that two who write the same ones do not wait in a circle.
 */
const KEPT = `i as (
             insert into idempotency_key (organisation_id, actor, route, key, body_hash, created_at, status, subject_id)
             select $1, key_actor, key_route, key, decode(key_hash, 'hex'), at, key_status, appointment_id from c
              where key is not null order by key_actor, key_route, key
             on conflict do nothing returning subject_id
           ), `;

/**
 * Of many bookings, those whose practitioner and client are still as they were last seen, and whose time is free. Each is
 * looked up by key, however many the planner expects.
 */
const seenAs = (more = '') => `
             select seen.*, ${NEW_IDS}
               from (
                 select asked.*, asked.entry_facts::jsonb as facts,
                        (select c.id from client c
                          where c.organisation_id = $1 and c.subject = asked.subject and c.email = asked.email
                            and c.name = coalesce(asked.name, c.name)) as client_id
                   from jsonb_to_recordset($2::jsonb) as asked (
                          n integer, practitioner_id bigint, session_type_id bigint, starts_at timestamptz,
                          occupied tstzrange, ends_at timestamptz, zone text, wall_start text, platform text, at timestamptz,
                          event text, actor_role text, actor_ref text, revision integer, entry_facts text, decide_by timestamptz,
                          subject text, email text, name text, schedule_version bigint, practitioner_revision bigint${more})
                  where (select true from practitioner p
                          where p.organisation_id = $1 and p.id = asked.practitioner_id
                            and p.schedule_version = asked.schedule_version and p.revision = asked.practitioner_revision)
                    and (select true from occupancy o
                          where o.organisation_id = $1 and o.resource_id = asked.practitioner_id
                            and o.starts_at > lower(asked.occupied) - interval '${LONGEST_OCCUPANCY_MINUTES} minutes'
                            and o.starts_at < upper(asked.occupied) and o.ends_at > lower(asked.occupied) limit 1) is null
                 offset 0
               ) seen
              where client_id is not null`;
const FREE_TIME_AS_SEEN: Taking = { booked: seenAs(), occupancy: TAKE, overriding: false };
/** The same under Idempotency-Keys, of which each has booked nothing before. */
const FREE_TIME_UNDER_KEYS: Taking = {
  before: `c as materialized (${seenAs(KEY_ASKED)}
           ), ${KEPT}`,
  booked: `
             select * from c where key is null or appointment_id in (select subject_id from i)`,
  occupancy: TAKE,
  overriding: false,
};

/** Live sessions, the one appointment of each, what must follow outside, and the journal's entries, which get the ids. */
const rowsOn = (
  { before = '', booked, occupancy, overriding }: Taking,
  answer = '',
) => `with ${before}b as materialized (${booked}
           ), ${occupancy}s as (
             insert into session (organisation_id, id, practitioner_id, session_type_id, starts_at, ends_at, occupied, zone,
                                  wall_start, platform, occupancy_id, overriding)
             select $1, session_id, practitioner_id, session_type_id, starts_at, ends_at, occupied, zone, wall_start,
                    platform, occupancy_id, ${overriding} from b
           ), a as (
             insert into appointment (organisation_id, id, session_id, client_id, state, decide_by, awaits)
             select $1, appointment_id, session_id, client_id,
                    case when decide_by is null then 'confirmed' else 'pending' end, decide_by,
                    case when decide_by is not null then 'practitioner' end from b
           ), f as (
             insert into fulfilment (organisation_id, session_id, wanted_revision, wanted_at, due_at)
             select $1, session_id, 1, at, at from b
           ), j as (
             insert into journal (organisation_id, at, event, actor_role, actor_ref, subject_kind, subject_id, revision, facts)
             select $1, at, event, actor_role, actor_ref, 'appointment', appointment_id, revision,
                    jsonb_build_object('sessionId', session_id, 'clientId', client_id) || facts from b
           )
           select ${answer}session_id as "sessionId", appointment_id as "appointmentId" from b`;

const BOOKING = { name: 'booking_insert', text: rowsOn(FREE_TIME) };
const BOOKINGS_AS_SEEN = { name: 'bookings_insert_as_seen', text: rowsOn(FREE_TIME_AS_SEEN, 'n, ') };
const KEYED_BOOKINGS_AS_SEEN = { name: 'bookings_insert_as_seen_keyed', text: rowsOn(FREE_TIME_UNDER_KEYS, 'n, ') };
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
  const inserted = (options.last ? tx.last : tx).query<NewIds>(insert);
  const [made] = await inserted.catch((error: unknown): NewIds[] => {
    if (conflictOf(error)?.constraint === 'occupancy_no_overlap') return [];
    throw error;
  });
  return made ?? null;
}

/** A client as whoever books knows it; name null: whatever it is. */
export type ClientSeen = { readonly subject: string; readonly email: string; readonly name: string | null };

export type BookingAsSeen = {
  readonly session: NewSession;
  readonly client: ClientSeen;
  readonly versions: { readonly schedule: number; readonly revision: number };
  readonly entry: Entry;
  /** The Idempotency-Key it is asked for under, and the status that is answered. */
  readonly kept: { readonly key: Key; readonly status: number } | null;
};

/**
 * The rows of many bookings, with the commit, for callers who have not looked. null for each of which no row was written:
 * client or practitioner are not as they were last seen, somebody owns a part of the time, or it was booked before.
 */
export async function insertBookingsAsSeen(
  tx: Transaction,
  bookings: readonly BookingAsSeen[],
): Promise<readonly (NewIds | null)[]> {
  const asked = bookings.map(({ session, client, versions, entry, kept }, n) => ({
    n,
    practitioner_id: session.practitionerId,
    session_type_id: session.sessionTypeId,
    starts_at: session.time.from.toString(),
    occupied: rangeText(session.occupied),
    ends_at: session.time.to.toString(),
    zone: session.zone,
    wall_start: session.wallStart,
    platform: session.platform,
    at: entry.at,
    event: entry.event,
    actor_role: entry.actor_role,
    actor_ref: entry.actor_ref,
    revision: entry.revision,
    entry_facts: entry.facts,
    ...client,
    schedule_version: versions.schedule,
    practitioner_revision: versions.revision,
    ...(kept ? keptColumns(kept) : {}),
  }));
  const statement = bookings.some(({ kept }) => kept) ? KEYED_BOOKINGS_AS_SEEN : BOOKINGS_AS_SEEN;
  const made = await tx.last.query<NewIds & { n: number }>({
    ...statement,
    values: [tx.organisationId, JSON.stringify(asked)],
  });
  const answers = bookings.map((): NewIds | null => null);
  for (const { n, ...ids } of made) answers[n] = ids;
  return answers;
}

function keptColumns({ key, status }: NonNullable<BookingAsSeen['kept']>) {
  const { actor, route, text, hash } = key;
  return { key_actor: actor, key_route: route, key: text, key_hash: hash.toString('hex'), key_status: status };
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

function valuesOf(tx: Transaction, session: NewSession, client: number, entry: Entry): unknown[] {
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
