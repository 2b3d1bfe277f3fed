// The table that owns time. Every function works inside the caller's transaction, after `lockTimeOf`; none of them opens
// one. Rows are inserted with "on conflict do nothing": a taken stretch answers nothing, and no connection is lost to an error.
import type { Transaction } from '../platform/database/transaction.ts';
import { HOLD_GRACE_SECONDS, rangeText, type Stretch } from './occupancy.ts';

/**
 * Locks the resources, then the client with that subject, in id order, until the transaction ends; answers how many
 * resources there were. Everything that decides about their time reads after this, in statements of its own: a statement
 * that locks and reads at once would read what was there before it waited.
 */
export async function lockTimeOf(
  tx: Transaction,
  resourceIds: readonly number[],
  subject: string | null = null,
): Promise<number> {
  const rows = await tx.query<{ resources: number }>({
    name: 'lock_time_of',
    text: `with r as materialized (
             select id from resource where organisation_id = $1 and id = any($2::bigint[]) order by id for no key update
           ), c as materialized (
             select id from client
              where organisation_id = $1 and subject = $3 and (select count(*) from r) >= 0 for no key update
           )
           select (select count(*) from r)::int as resources, (select max(id) from c) as client_id`,
    values: [tx.organisationId, [...resourceIds], subject],
  });
  return rows[0]?.resources ?? 0;
}

/** Takes a stretch for a session; null when somebody owns any part of it. */
export async function takeForSession(
  tx: Transaction,
  taken: { readonly resourceId: number; readonly stretch: Stretch; readonly sessionId: number },
): Promise<number | null> {
  const rows = await tx.query<{ id: number }>({
    name: 'occupancy_take_for_session',
    text: `insert into occupancy (organisation_id, resource_id, during, session_id)
           values ($1, $2, $3::tstzrange, $4) on conflict do nothing returning id`,
    values: [tx.organisationId, taken.resourceId, rangeText(taken.stretch), taken.sessionId],
  });
  return rows[0]?.id ?? null;
}

/** Takes a stretch for a hold until it expires; null when somebody owns any part of it. */
export async function takeForHold(
  tx: Transaction,
  taken: {
    readonly resourceId: number;
    readonly stretch: Stretch;
    readonly holdId: number;
    readonly expiresAt: Temporal.Instant;
  },
): Promise<number | null> {
  const rows = await tx.query<{ id: number }>({
    name: 'occupancy_take_for_hold',
    text: `insert into occupancy (organisation_id, resource_id, during, hold_id, expires_at)
           values ($1, $2, $3::tstzrange, $4, $5::timestamptz) on conflict do nothing returning id`,
    values: [tx.organisationId, taken.resourceId, rangeText(taken.stretch), taken.holdId, taken.expiresAt.toString()],
  });
  return rows[0]?.id ?? null;
}

/** The hold's row becomes the session's, for good; null when the hold owns nothing any more. */
export async function handOver(tx: Transaction, holdId: number, sessionId: number): Promise<number | null> {
  const rows = await tx.query<{ id: number }>({
    name: 'occupancy_hand_over',
    text: `update occupancy set session_id = $3, hold_id = null, expires_at = null
            where organisation_id = $1 and hold_id = $2 returning id`,
    values: [tx.organisationId, holdId, sessionId],
  });
  return rows[0]?.id ?? null;
}

/** What removeExpired closed: the holds whose time is free again. */
export type ExpiredHold = { readonly holdId: number };

/**
 * Removes rows whose hold has run out (and its grace with it) in the way of a stretch, and closes those holds. The
 * constraint cannot ask for the time, so the act that needs the stretch does; no worker is waited for.
 */
export async function removeExpired(
  tx: Transaction,
  resourceId: number,
  stretch: Stretch,
  now: Temporal.Instant,
): Promise<ExpiredHold[]> {
  return await tx.query<ExpiredHold>({
    name: 'occupancy_remove_expired',
    text: `with gone as (
             delete from occupancy
              where organisation_id = $1 and resource_id = $2 and during && $3::tstzrange
                and expires_at <= $4::timestamptz
             returning hold_id
           )
           update hold set state = 'expired' from gone
            where hold.organisation_id = $1 and hold.id = gone.hold_id and hold.state = 'open'
           returning hold.id as "holdId"`,
    values: [
      tx.organisationId,
      resourceId,
      rangeText(stretch),
      now.subtract({ seconds: HOLD_GRACE_SECONDS }).toString(),
    ],
  });
}

/**
 * For a session that overrides: takes the part of the stretch that nobody owns, and leaves the rest with its owners.
 * Answers how many pieces it took. The constraint is never relaxed.
 */
export async function takeRemainder(
  tx: Transaction,
  taken: { readonly resourceId: number; readonly stretch: Stretch; readonly sessionId: number },
): Promise<number> {
  return await takeRest(tx, taken.resourceId, rangeText(taken.stretch), taken.sessionId);
}

async function takeRest(tx: Transaction, resourceId: number, range: string, sessionId: number): Promise<number> {
  const rows = await tx.query<{ id: number }>({
    name: 'occupancy_take_rest',
    text: `insert into occupancy (organisation_id, resource_id, during, session_id)
           select $1, $2, piece, $4
             from unnest(tstzmultirange($3::tstzrange) - coalesce(
               (select range_agg(o.during) from occupancy o
                 where o.organisation_id = $1 and o.resource_id = $2 and o.during && $3::tstzrange), '{}'::tstzmultirange)) as piece
           on conflict do nothing returning id`,
    values: [tx.organisationId, resourceId, range, sessionId],
  });
  return rows.length;
}

/**
 * Frees everything a session owns. Live sessions that override inherit what it leaves, oldest first, in this same
 * transaction, so that no moment exists in which their time is free. Answers the sessions that inherited.
 */
export async function releaseSession(tx: Transaction, sessionId: number): Promise<number[]> {
  const freed = await tx.query<{ resource_id: number; during: string; heirs: number }>({
    name: 'occupancy_release_session',
    text: `with freed as (
             delete from occupancy where organisation_id = $1 and session_id = $2 returning resource_id, during
           )
           select f.resource_id, f.during::text as during,
                  (select count(*) from session s where s.organisation_id = $1 and s.practitioner_id = f.resource_id
                      and s.overriding and s.live and s.id <> $2 and s.occupied && f.during)::int as heirs
             from freed f`,
    values: [tx.organisationId, sessionId],
  });
  if (!freed.some((row) => row.heirs > 0)) return [];
  return await inherit(tx, sessionId);
}

/** A session released for a reschedule leaves its time in the same way as a cancelled one. */
async function inherit(tx: Transaction, leaving: number): Promise<number[]> {
  const heirs = await tx.query<{ id: number; practitioner_id: number; occupied: string }>({
    name: 'occupancy_heirs',
    text: `select id, practitioner_id, occupied::text as occupied from session
            where organisation_id = $1 and overriding and live and id <> $2
              and practitioner_id = (select practitioner_id from session where organisation_id = $1 and id = $2)
            order by id`,
    values: [tx.organisationId, leaving],
  });
  const inherited: number[] = [];
  for (const heir of heirs) {
    const pieces = await takeRest(tx, heir.practitioner_id, heir.occupied, heir.id);
    if (pieces > 0) inherited.push(heir.id);
  }
  return inherited;
}
