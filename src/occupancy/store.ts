// The table that owns time. Every function works inside the caller's transaction, after `lockTimeOf`; none of them opens
// one. Rows are inserted with "on conflict do nothing": a taken stretch answers nothing, and the transaction goes on. (A
// booking's own row is inserted with the rest of it: appointments/store-booking.ts.)
import type { Transaction } from '../platform/database/transaction.ts';
import { claimedUntil, claimsOn } from './claims.ts';
import { rangeText, type Stretch } from './occupancy.ts';

/** A client as it stood when its row was locked. */
export type LockedClient = { readonly id: number; readonly name: string; readonly email: string };

/**
 * Locks the resources, in id order, then the client with that subject, until the transaction ends; answers that client as it
 * then is, if there is one. What decides about their time is read after this, in statements of its own: a statement that
 * locks and reads at once sees the rows it locked as they are now, and all others as they were before it waited.
 */
export async function lockTimeOf(
  tx: Transaction,
  resourceIds: readonly number[],
  subject: string | null = null,
): Promise<LockedClient | null> {
  const [client] = await tx.query<LockedClient>({
    name: 'lock_time_of',
    text: `with r as materialized (
             select id from resource where organisation_id = $1 and id = any($2::bigint[]) order by id for no key update
           )
           select id, name, email from client
            where organisation_id = $1 and subject = $3 and (select count(*) from r) >= 0 for no key update`,
    values: [tx.organisationId, [...resourceIds], subject],
  });
  return client ?? null;
}

/** Locks many resources and clients, or none: whoever has one of them locked is not waited for (55P03). */
export async function lockTimesNow(
  tx: Transaction,
  resourceIds: readonly number[],
  subjects: readonly string[],
): Promise<void> {
  await tx.query({
    name: 'lock_times_now',
    text: `with r as materialized (
             select id from resource where organisation_id = $1 and id = any($2::bigint[]) for no key update nowait
           ), c as materialized (
             select id from client where organisation_id = $1 and subject = any($3::text[]) for no key update nowait
           )
           select (select count(*) from r), (select count(*) from c)`,
    values: [tx.organisationId, [...resourceIds], [...subjects]],
  });
}

type Taking = {
  readonly resourceId: number;
  readonly stretch: Stretch;
  readonly sessionId: number;
  /** Of a request: when it runs out. */
  readonly expiresAt?: Temporal.Instant | null;
};

/** Takes a stretch for a session; null when somebody owns any part of it. */
export async function takeForSession(tx: Transaction, taking: Taking): Promise<number | null> {
  const rows = await tx.query<{ id: number }>({
    name: 'occupancy_take_for_session',
    text: `insert into occupancy (organisation_id, resource_id, during, session_id, expires_at)
           values ($1, $2, $3::tstzrange, $4, $5::timestamptz) on conflict do nothing returning id`,
    values: [
      tx.organisationId,
      taking.resourceId,
      rangeText(taking.stretch),
      taking.sessionId,
      taking.expiresAt?.toString() ?? null,
    ],
  });
  return rows[0]?.id ?? null;
}

/**
 * For a session that overrides: takes the parts of the stretch that nobody owns, and leaves the rest with its owners.
 * Answers how many pieces it took; those of a request expire with it. The constraint is never relaxed.
 */
export async function takeRemainder(tx: Transaction, taking: Taking): Promise<number> {
  const rows = await tx.query<{ id: number }>({
    name: 'occupancy_take_remainder',
    text: `insert into occupancy (organisation_id, resource_id, during, session_id, expires_at)
           select $1, $2, piece, $4, ${claimedUntil('$1', '$4')}
             from unnest(tstzmultirange($3::tstzrange) - coalesce(
               (select range_agg(o.during) from occupancy o
                 where o.organisation_id = $1 and o.resource_id = $2 and o.during && $3::tstzrange), '{}'::tstzmultirange)) as piece
           on conflict do nothing returning id`,
    values: [tx.organisationId, taking.resourceId, rangeText(taking.stretch), taking.sessionId],
  });
  return rows.length;
}

/** A stretch somebody owned until now. `heirs`: whether a live session that overrides has a claim on any of it. */
export type Freed = { readonly resourceId: number; readonly during: Stretch; readonly heirs: boolean };

type FreedRow = { resource_id: number; starts_at: Temporal.Instant; ends_at: Temporal.Instant; heirs: boolean };

/** Who has a claim on a freed stretch `f`. */
const CLAIMS = claimsOn({ organisation: '$1', resource: 'f.resource_id', from: 'f.starts_at', to: 'f.ends_at' });

/** Frees everything a session owns. */
export async function deleteOfSession(tx: Transaction, sessionId: number): Promise<Freed[]> {
  const rows = await tx.query<FreedRow>({
    name: 'occupancy_delete_of_session',
    text: `with f as (
             delete from occupancy where organisation_id = $1 and session_id = $2 returning resource_id, starts_at, ends_at
           )
           select f.*, exists (select from session s where ${CLAIMS} and s.id <> $2) as heirs from f
            order by f.starts_at`,
    values: [tx.organisationId, sessionId],
  });
  return rows.map(toFreed);
}

/** The same of many sessions, whose claims are given up with it; in the order in which `freeExpiredUnits` goes. */
export async function deleteOfSessions(tx: Transaction, sessionIds: readonly number[]): Promise<Freed[]> {
  const rows = await tx.query<FreedRow>({
    name: 'occupancy_delete_of_sessions',
    text: `with l as materialized (
             select id from occupancy where organisation_id = $1 and session_id = any($2::bigint[])
              order by starts_at, resource_id for update
           ), f as (
             delete from occupancy where organisation_id = $1 and id = any (array(select id from l))
             returning resource_id, starts_at, ends_at
           )
           select f.*, exists (select from session s where ${CLAIMS} and s.id <> all($2::bigint[])) as heirs from f
            order by f.starts_at`,
    values: [tx.organisationId, [...sessionIds]],
  });
  return rows.map(toFreed);
}

/** Frees what a hold owns; nothing where it owns nothing. */
export async function deleteOfHold(tx: Transaction, holdId: number): Promise<Freed[]> {
  const rows = await tx.query<FreedRow>({
    name: 'occupancy_delete_of_hold',
    text: `with f as (
             delete from occupancy where organisation_id = $1 and hold_id = $2 returning resource_id, starts_at, ends_at
           )
           select f.*, exists (select from session s where ${CLAIMS}) as heirs from f
            order by f.starts_at`,
    values: [tx.organisationId, holdId],
  });
  return rows.map(toFreed);
}

export type Heir = { readonly sessionId: number; readonly revision: number; readonly occupied: Stretch };

/** The live sessions that override and claim any of a stretch, but those that leave it; oldest first. */
export async function listHeirs(tx: Transaction, freed: Freed, leaving: readonly number[]): Promise<Heir[]> {
  const rows = await tx.query<{ id: number; revision: number; from: Temporal.Instant; to: Temporal.Instant }>({
    name: 'occupancy_heirs',
    text: `select s.id, s.revision, lower(s.occupied) as "from", upper(s.occupied) as "to"
             from session s, (select $2::bigint as resource_id, $3::timestamptz as starts_at, $4::timestamptz as ends_at) f
            where ${CLAIMS} and s.id <> all($5::bigint[]) order by s.id`,
    values: [
      tx.organisationId,
      freed.resourceId,
      freed.during.from.toString(),
      freed.during.to.toString(),
      [...leaving],
    ],
  });
  return rows.map(({ id, revision, from, to }) => ({ sessionId: id, revision, occupied: { from, to } }));
}

function toFreed(row: FreedRow): Freed {
  return { resourceId: row.resource_id, during: { from: row.starts_at, to: row.ends_at }, heirs: row.heirs };
}
