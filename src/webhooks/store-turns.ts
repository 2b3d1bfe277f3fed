// Turns: a runner holds an endpoint under a lease, and no other works for it meanwhile; that is what keeps its events in order.
// Claimed across organisations (the scan); everything else is inside one. The lease's number guards every write.
import type { Transaction, UnscopedTransaction } from '../platform/database/transaction.ts';
import type { EventRow } from './event.ts';

export type Turn = {
  readonly organisationId: number;
  readonly endpointId: number;
  readonly leaseNo: number;
  /** It did not answer lately. */
  readonly ailing: boolean;
};

/**
 * Takes up to `most.all` endpoints that have something to do and are nobody's, for `leaseMs`; of those that do not answer at most
 * `most.ailing`, so that they leave room for the rest. Call inside a scan for 'webhook_endpoint'.
 */
export async function claimTurns(
  tx: UnscopedTransaction,
  now: Temporal.Instant,
  leaseMs: number,
  most: { readonly all: number; readonly ailing: number },
): Promise<Turn[]> {
  return await tx.query<Turn>({
    name: 'webhook_claim',
    text: `with sound as (
             select organisation_id, id from webhook_endpoint
              where state = 'active' and failures = 0 and due_at <= $1::timestamptz
                and (lease_until is null or lease_until <= $1::timestamptz)
              order by due_at limit $3 for update skip locked
           ), ailing as (
             select organisation_id, id from webhook_endpoint
              where state = 'active' and failures > 0 and due_at <= $1::timestamptz
                and (lease_until is null or lease_until <= $1::timestamptz)
              order by due_at limit (select greatest(0, least($4::bigint, $3::bigint - count(*))) from sound) for update skip locked
           ), due as (
             select * from sound union all select * from ailing
           )
           update webhook_endpoint w set lease_until = $2::timestamptz, lease_no = w.lease_no + 1
             from due where w.organisation_id = due.organisation_id and w.id = due.id
           returning w.organisation_id as "organisationId", w.id as "endpointId", w.lease_no as "leaseNo",
                     w.failures > 0 as ailing`,
    values: [now.toString(), now.add({ milliseconds: leaseMs }).toString(), most.all, most.ailing],
  });
}

export type Held = {
  readonly url: string;
  readonly failures: number;
  readonly recoveredAt: Temporal.Instant | null;
  readonly sealed: string;
  readonly previousSealed: string | null;
  readonly previousUntil: Temporal.Instant | null;
};

/** Holds the endpoint on; null: the lease was lost, or nothing is to be sent there now. */
export async function prolong(tx: Transaction, turn: Turn, until: Temporal.Instant): Promise<Held | null> {
  const [row] = await tx.query<Held>({
    name: 'webhook_prolong',
    text: `update webhook_endpoint set lease_until = $4::timestamptz
            where organisation_id = $1 and id = $2 and lease_no = $3 and state = 'active'
           returning url, failures, recovered_at as "recoveredAt", secret_sealed as sealed,
                     previous_sealed as "previousSealed", previous_until as "previousUntil"`,
    values: [tx.organisationId, turn.endpointId, turn.leaseNo, until.toString()],
  });
  return row ?? null;
}

/** The endpoint is free at `at`, should nobody give it back before. */
export async function shorten(tx: Transaction, turn: Turn, at: Temporal.Instant): Promise<void> {
  await tx.query({
    name: 'webhook_shorten',
    text: `update webhook_endpoint set lease_until = least(lease_until, $4::timestamptz)
            where organisation_id = $1 and id = $2 and lease_no = $3 and lease_until is not null`,
    values: [tx.organisationId, turn.endpointId, turn.leaseNo, at.toString()],
  });
}

export type Owed = EventRow & {
  readonly attempts: number;
  readonly firstTriedAt: Temporal.Instant | null;
  /** Of its row; another one if it was asked to be sent again since. */
  readonly version: string;
};

/**
 * What can be sent now: the first that waits of each subject, if its time has come. Where the endpoint is back since the last
 * try, it has; where it does not answer (`since`: when this turn began), each has once a turn, the longest untried first, so that
 * it is noticed when it is back however long each has to wait by itself. A test, which somebody is looking at, goes first.
 */
export async function listNext(
  tx: Transaction,
  turn: Turn,
  question: {
    readonly now: Temporal.Instant;
    readonly recoveredAt: Temporal.Instant | null;
    /** null: it answers. */
    readonly since: Temporal.Instant | null;
    readonly limit: number;
  },
): Promise<Owed[]> {
  return await tx.query<Owed>({
    name: 'webhook_next',
    text: `select e.id, e.type, e.at, e.subject_kind as "subjectKind", e.subject_id as "subjectId", e.sequence, e.data,
                  d.attempts, d.first_tried_at as "firstTriedAt", d.xmin::text as version
             from webhook_delivery d join event e on e.organisation_id = $1 and e.id = d.event_id
            where d.organisation_id = $1 and d.endpoint_id = $2 and d.state = 'waiting'
              and (d.due_at <= $3::timestamptz or d.tried_at < $4::timestamptz or d.tried_at < $6::timestamptz)
              and not exists (select from webhook_delivery b
                               where b.organisation_id = $1 and b.endpoint_id = $2 and b.state = 'waiting'
                                 and b.subject_kind = d.subject_kind and b.subject_id = d.subject_id
                                 and b.event_id < d.event_id)
            order by case when $6::timestamptz is not null then d.tried_at end nulls first,
                     d.subject_kind = 'webhook_endpoint' desc, d.event_id limit $5`,
    values: [
      tx.organisationId,
      turn.endpointId,
      question.now.toString(),
      question.recoveredAt?.toString() ?? null,
      question.limit,
      question.since?.toString() ?? null,
    ],
  });
}

/** How many endpoints there are in each state; active ones that take nothing count as `failing`. Call inside a scan for 'webhook_endpoint'. */
export async function countByState(tx: UnscopedTransaction): Promise<{ readonly state: string; readonly n: number }[]> {
  return await tx.query<{ state: string; n: number }>({
    name: 'webhook_states',
    text: `select case when state = 'active' and (failing_since is not null or failures > 0) then 'failing' else state end as state,
                  count(*)::int as n from webhook_endpoint group by 1`,
  });
}

/** The endpoint answered with a yes. One that had not answered before is back, and what waits for it is due. */
export async function noteDelivered(tx: Transaction, turn: Turn, now: Temporal.Instant): Promise<boolean> {
  const rows = await tx.query({
    name: 'webhook_sound',
    text: `update webhook_endpoint set recovered_at = case when failures > 0 then $4::timestamptz else recovered_at end,
                  failures = 0, failing_since = null, last_error = null, last_delivered_at = $4::timestamptz
            where organisation_id = $1 and id = $2 and lease_no = $3 returning id`,
    values: [tx.organisationId, turn.endpointId, turn.leaseNo, now.toString()],
  });
  return rows.length > 0;
}

/** Nothing was taken this round; since when that is so. `unanswered`: it did not even answer. null: the lease was lost. */
export async function noteFailed(
  tx: Transaction,
  turn: Turn,
  failed: { readonly now: Temporal.Instant; readonly unanswered: boolean; readonly error: string },
): Promise<Temporal.Instant | null> {
  const [row] = await tx.query<{ since: Temporal.Instant }>({
    name: 'webhook_ailing',
    text: `update webhook_endpoint set failures = failures + $5::int, failing_since = coalesce(failing_since, $4::timestamptz),
                  last_error = $6
            where organisation_id = $1 and id = $2 and lease_no = $3 returning failing_since as since`,
    values: [
      tx.organisationId,
      turn.endpointId,
      turn.leaseNo,
      failed.now.toString(),
      failed.unanswered ? 1 : 0,
      failed.error,
    ],
  });
  return row?.since ?? null;
}

/** Nothing can be signed for it. That is no failing of its own: it is not disabled for it, and no event dies of it. */
export async function noteUnreadable(tx: Transaction, turn: Turn): Promise<void> {
  await tx.query({
    name: 'webhook_unreadable',
    text: `with held as (
             update webhook_endpoint set failures = failures + 1, failing_since = null, last_error = 'secret_unreadable'
              where organisation_id = $1 and id = $2 and lease_no = $3 returning id
           )
           update webhook_delivery d set first_tried_at = null
             from held where d.organisation_id = $1 and d.endpoint_id = held.id and d.state = 'waiting'
              and d.first_tried_at is not null`,
    values: [tx.organisationId, turn.endpointId, turn.leaseNo],
  });
}

/** Nothing is sent there any more until somebody says so. */
export async function disable(tx: Transaction, turn: Turn, reason: string): Promise<void> {
  await tx.query({
    name: 'webhook_disable',
    text: `update webhook_endpoint set state = 'disabled', reason = $4, lease_until = null, due_at = null
            where organisation_id = $1 and id = $2 and lease_no = $3`,
    values: [tx.organisationId, turn.endpointId, turn.leaseNo, reason],
  });
}

/**
 * Ends the turn. `dueAt` null: when the next of what waits is due, or never. Its row is held while that is found out, as it is by
 * whoever owes it more, so that nothing comes between. `orTest`: sooner where a test has come meanwhile, which waits for nothing.
 */
export async function giveBack(
  tx: Transaction,
  turn: Turn,
  dueAt: Temporal.Instant | null,
  { orTest = false }: { readonly orTest?: boolean } = {},
): Promise<void> {
  const values = [tx.organisationId, turn.endpointId, turn.leaseNo];
  const [held] = await tx.query<{ id: number }>({
    name: 'webhook_give_back_lock',
    text: 'select id from webhook_endpoint where organisation_id = $1 and id = $2 and lease_no = $3 for update',
    values,
  });
  if (!held) return;
  await tx.query({
    name: 'webhook_give_back',
    text: `update webhook_endpoint set lease_until = null, due_at = coalesce(least($4::timestamptz, (
             select min(t.due_at) from webhook_delivery t
              where $5::boolean and t.organisation_id = $1 and t.endpoint_id = $2 and t.state = 'waiting'
                and t.subject_kind = 'webhook_endpoint' and t.attempts = 0)), (
             select min(d.due_at) from webhook_delivery d
              where d.organisation_id = $1 and d.endpoint_id = $2 and d.state = 'waiting'
                and not exists (select from webhook_delivery b
                                 where b.organisation_id = $1 and b.endpoint_id = $2 and b.state = 'waiting'
                                   and b.subject_kind = d.subject_kind and b.subject_id = d.subject_id
                                   and b.event_id < d.event_id)))
            where organisation_id = $1 and id = $2 and lease_no = $3`,
    values: [...values, dueAt?.toString() ?? null, orTest],
  });
}
