// Sending again: rows of what is owed put back to the beginning. The endpoint's row is held by the caller.
import type { Transaction } from '../platform/database/transaction.ts';

/** What a delivery is when nobody has tried it. */
const ANEW = `state = 'waiting', attempts = 0, first_tried_at = null, tried_at = null, settled_at = null,
              last_status = null, last_error = null`;

/** All that is dead, up to `limit` of the oldest; answers how many. */
export async function replayDead(
  tx: Transaction,
  endpointId: number,
  now: Temporal.Instant,
  limit: number,
): Promise<number> {
  const rows = await tx.query({
    name: 'webhook_replay_dead',
    text: `update webhook_delivery set ${ANEW}, due_at = $3::timestamptz
            where organisation_id = $1 and endpoint_id = $2 and event_id = any (array(
              select event_id from webhook_delivery
               where organisation_id = $1 and endpoint_id = $2 and state = 'dead' order by event_id limit $4))
           returning event_id`,
    values: [tx.organisationId, endpointId, now.toString(), limit],
  });
  return rows.length;
}

/** One event, whether or not its type was asked for; answers 0 where there is none. */
export async function replayEvent(
  tx: Transaction,
  endpointId: number,
  eventId: number,
  now: Temporal.Instant,
): Promise<number> {
  const rows = await tx.query({
    name: 'webhook_replay_event',
    text: `insert into webhook_delivery (organisation_id, endpoint_id, event_id, subject_kind, subject_id, due_at)
           select $1, $2, id, subject_kind, subject_id, $4::timestamptz from event
            where organisation_id = $1 and id = $3
              and (journal_id is not null or (subject_kind = 'webhook_endpoint' and subject_id = $2))
           on conflict (organisation_id, endpoint_id, event_id) do update set ${ANEW}, due_at = excluded.due_at
           returning event_id`,
    values: [tx.organisationId, endpointId, eventId, now.toString()],
  });
  return rows.length;
}

export type Range = { readonly from: Temporal.Instant; readonly to: Temporal.Instant };

/** What happened in the half-open range, of the types the endpoint asked for; up to `limit`, to be asked for one more than wanted. */
export async function replayRange(
  tx: Transaction,
  endpointId: number,
  range: Range,
  now: Temporal.Instant,
  limit: number,
): Promise<number> {
  const rows = await tx.query({
    name: 'webhook_replay_range',
    text: `insert into webhook_delivery (organisation_id, endpoint_id, event_id, subject_kind, subject_id, due_at)
           select $1, $2, e.id, e.subject_kind, e.subject_id, $5::timestamptz
             from event e join webhook_endpoint w on w.organisation_id = $1 and w.id = $2
            where e.organisation_id = $1 and e.at >= $3::timestamptz and e.at < $4::timestamptz and e.journal_id is not null
              and (w.types = '{}' or e.type = any(w.types))
            order by e.id limit $6
           on conflict (organisation_id, endpoint_id, event_id) do update set ${ANEW}, due_at = excluded.due_at
           returning event_id`,
    values: [tx.organisationId, endpointId, range.from.toString(), range.to.toString(), now.toString(), limit],
  });
  return rows.length;
}

/** The endpoint has something to do at once. */
export async function wakeEndpoint(tx: Transaction, endpointId: number, now: Temporal.Instant): Promise<void> {
  await tx.query({
    name: 'webhook_wake',
    text: 'update webhook_endpoint set due_at = $3::timestamptz where organisation_id = $1 and id = $2',
    values: [tx.organisationId, endpointId, now.toString()],
  });
}
