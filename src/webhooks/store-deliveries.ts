// What is owed to whom: one row for each event and endpoint, and the log of tries. The endpoint's row is the lock: whoever
// adds to what is owed, and whoever finds that nothing is, holds it meanwhile.
import type { Transaction } from '../platform/database/transaction.ts';

/** Owes new events to each endpoint that asked for their type and stood when they happened; answers whether any did. */
export async function oweEvents(tx: Transaction, eventIds: readonly number[], now: Temporal.Instant): Promise<boolean> {
  // In a statement of its own, so that the next one sees what this one waited for.
  const endpoints = await tx.query<{ id: number }>({
    name: 'webhook_endpoints_lock',
    text: 'select id from webhook_endpoint where organisation_id = $1 order by id for update',
    values: [tx.organisationId],
  });
  if (endpoints.length === 0) return false;
  const owed = await tx.query<{ id: number }>({
    name: 'webhook_owe',
    text: `with owed as (
             insert into webhook_delivery (organisation_id, endpoint_id, event_id, subject_kind, subject_id, due_at)
             select $1, w.id, e.id, e.subject_kind, e.subject_id, $3::timestamptz
               from webhook_endpoint w join event e on e.organisation_id = $1 and e.id = any($2::bigint[])
              where w.organisation_id = $1 and e.at >= w.created_at and (w.types = '{}' or e.type = any(w.types))
             returning endpoint_id
           )
           update webhook_endpoint set due_at = coalesce(due_at, $3::timestamptz)
            where organisation_id = $1 and id in (select endpoint_id from owed) returning id`,
    values: [tx.organisationId, eventIds, now.toString()],
  });
  return owed.length > 0;
}

/** One event to one endpoint whose row is held, at once: a test. One that was refused before goes once more, out of its way. */
export async function oweTest(
  tx: Transaction,
  endpointId: number,
  eventId: number,
  now: Temporal.Instant,
): Promise<void> {
  await tx.query({
    name: 'webhook_owe_test',
    text: `with owed as (
             insert into webhook_delivery (organisation_id, endpoint_id, event_id, subject_kind, subject_id, due_at)
             select $1, $2, id, subject_kind, subject_id, $4::timestamptz from event
              where organisation_id = $1 and id = $3
           ), again as (
             update webhook_delivery set due_at = $4::timestamptz
              where organisation_id = $1 and endpoint_id = $2 and state = 'waiting' and subject_kind = 'webhook_endpoint'
           )
           update webhook_endpoint set due_at = $4::timestamptz where organisation_id = $1 and id = $2`,
    values: [tx.organisationId, endpointId, eventId, now.toString()],
  });
}

export type Outcome = 'delivered' | 'refused' | 'failed';

export type Tried = {
  readonly eventId: number;
  /** As it was read before the try. */
  readonly version: string;
  readonly attempt: number;
  readonly at: Temporal.Instant;
  readonly durationMs: number;
  readonly outcome: Outcome;
  readonly status: number | null;
  readonly error: string | null;
  readonly state: 'waiting' | 'delivered' | 'dead';
  readonly dueAt: Temporal.Instant;
};

/**
 * Writes down what became of a try. What was asked to be sent again meanwhile stays owed: the try is logged, and settles nothing.
 * False: the lease was lost, and nothing was written.
 */
export async function settle(
  tx: Transaction,
  turn: { readonly endpointId: number; readonly leaseNo: number },
  tried: Tried,
): Promise<boolean> {
  const rows = await tx.query({
    name: 'webhook_settle',
    text: `with held as (
             select id from webhook_endpoint where organisation_id = $1 and id = $2 and lease_no = $3 for update
           ), done as (
             update webhook_delivery d
                set state = $5, attempts = attempts + 1, first_tried_at = coalesce(first_tried_at, $6::timestamptz),
                    tried_at = $6::timestamptz, due_at = $7::timestamptz, last_status = $8, last_error = $9,
                    settled_at = case when $5 = 'waiting' then null else $6::timestamptz end
               from held where d.organisation_id = $1 and d.endpoint_id = $2 and d.event_id = $4 and d.xmin::text = $12
           )
           insert into webhook_attempt (organisation_id, endpoint_id, event_id, attempt, at, duration_ms, outcome, status, error)
           select $1, $2, $4, $13, $6::timestamptz, $10, $11, $8, $9 from held returning id`,
    values: [
      tx.organisationId,
      turn.endpointId,
      turn.leaseNo,
      tried.eventId,
      tried.state,
      tried.at.toString(),
      tried.dueAt.toString(),
      tried.status,
      tried.error,
      tried.durationMs,
      tried.outcome,
      tried.version,
      tried.attempt,
    ],
  });
  return rows.length > 0;
}

export type OwedCounts = { readonly waiting: number; readonly dead: number };

export async function countOwed(tx: Transaction, endpointId: number): Promise<OwedCounts> {
  const [row] = await tx.query<OwedCounts>({
    name: 'webhook_counts',
    text: `select (select count(*)::int from webhook_delivery
                    where organisation_id = $1 and endpoint_id = $2 and state = 'waiting') as waiting,
                  (select count(*)::int from webhook_delivery
                    where organisation_id = $1 and endpoint_id = $2 and state = 'dead') as dead`,
    values: [tx.organisationId, endpointId],
  });
  return row ?? { waiting: 0, dead: 0 };
}
