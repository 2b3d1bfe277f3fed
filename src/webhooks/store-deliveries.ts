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
