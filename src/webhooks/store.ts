// The endpoints as staff see and change them. Who works for them, and what they are owed, is in store-turns.ts and
// store-deliveries.ts.
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Endpoint, EndpointState } from './endpoint.ts';

const ENDPOINT = `
  select id, url, description, types, state, reason, secret_version as "secretVersion", previous_until as "previousUntil",
         created_at as "createdAt", due_at as "dueAt", failures, failing_since as "failingSince",
         last_delivered_at as "lastDeliveredAt", last_error as "lastError"
    from webhook_endpoint`;

export type NewEndpoint = {
  readonly id: number;
  readonly url: string;
  readonly description: string | null;
  readonly types: readonly string[];
  readonly sealed: string;
  readonly createdAt: Temporal.Instant;
};

/** An id before its row: the secret is sealed for it, which takes place outside of the database. */
export async function takeId(tx: Transaction): Promise<number> {
  const [row] = await tx.query<{ id: number }>({ name: 'webhook_id', text: `select nextval('public_id') as id` });
  if (!row) throw new Error('the sequence gave no id');
  return row.id;
}

export async function insertEndpoint(tx: Transaction, endpoint: NewEndpoint): Promise<void> {
  const { id, url, description, types, sealed, createdAt } = endpoint;
  await tx.query({
    name: 'webhook_insert',
    text: `insert into webhook_endpoint (organisation_id, id, url, description, types, secret_sealed, created_at)
           values ($1, $2, $3, $4, $5::text[], $6, $7::timestamptz)`,
    values: [tx.organisationId, id, url, description, types, sealed, createdAt.toString()],
  });
}

/** How many there are, held so: two that are added at once count each other. */
export async function lockCount(tx: Transaction): Promise<number> {
  const values = [tx.organisationId];
  await tx.query({
    name: 'webhook_count_lock',
    text: 'select organisation_id from organisation where organisation_id = $1 for no key update',
    values,
  });
  const [row] = await tx.query<{ n: number }>({
    name: 'webhook_count',
    text: 'select count(*)::int as n from webhook_endpoint where organisation_id = $1',
    values,
  });
  return row?.n ?? 0;
}

/** Refusal `not_found`. */
export async function readEndpoint(tx: Transaction, id: number): Promise<Endpoint> {
  const [row] = await tx.query<Endpoint>({
    name: 'webhook_read',
    text: `${ENDPOINT} where organisation_id = $1 and id = $2`,
    values: [tx.organisationId, id],
  });
  return row ?? refuseUnknown();
}

/** The same, held until the transaction ends. */
export async function lockEndpoint(tx: Transaction, id: number): Promise<Endpoint> {
  const [row] = await tx.query<Endpoint>({
    name: 'webhook_lock',
    text: `${ENDPOINT} where organisation_id = $1 and id = $2 for update`,
    values: [tx.organisationId, id],
  });
  return row ?? refuseUnknown();
}

export async function listEndpoints(
  tx: Transaction,
  page: { readonly after: number; readonly limit: number },
): Promise<Endpoint[]> {
  return await tx.query<Endpoint>({
    name: 'webhook_list',
    text: `${ENDPOINT} where organisation_id = $1 and id > $2 order by id limit $3`,
    values: [tx.organisationId, page.after, page.limit],
  });
}

export type EndpointFields = {
  readonly url: string;
  readonly description: string | null;
  readonly types: readonly string[];
  readonly state: EndpointState;
};

/** As it is to be from now on: what went wrong before is forgotten, and what waits is tried at once. */
export async function updateEndpoint(
  tx: Transaction,
  id: number,
  fields: EndpointFields,
  now: Temporal.Instant,
): Promise<void> {
  await tx.query({
    name: 'webhook_update',
    text: `update webhook_endpoint set url = $3, description = $4, types = $5::text[], state = $6,
                  reason = case when $6 = 'disabled' then reason end, failures = 0,
                  failing_since = null, last_error = null, recovered_at = $7::timestamptz, due_at = $7::timestamptz
            where organisation_id = $1 and id = $2`,
    values: [tx.organisationId, id, fields.url, fields.description, fields.types, fields.state, now.toString()],
  });
  // Else what was tried long ago, and waited while nothing was sent, would be given up at the first try that fails.
  await tx.query({
    name: 'webhook_update_waiting',
    text: `update webhook_delivery set first_tried_at = null
            where organisation_id = $1 and endpoint_id = $2 and state = 'waiting' and first_tried_at is not null`,
    values: [tx.organisationId, id],
  });
}

/** The one before signs beside the new one until then, the one before that no more. What waited for a secret that opens is due. */
export async function updateSecret(
  tx: Transaction,
  id: number,
  sealed: string,
  when: { readonly at: Temporal.Instant; readonly previousUntil: Temporal.Instant },
): Promise<void> {
  await tx.query({
    name: 'webhook_rotate',
    text: `update webhook_endpoint set previous_sealed = secret_sealed, previous_until = $4::timestamptz, secret_sealed = $3,
                  secret_version = secret_version + 1,
                  due_at = case when last_error = 'secret_unreadable' then $5::timestamptz else due_at end
            where organisation_id = $1 and id = $2`,
    values: [tx.organisationId, id, sealed, when.previousUntil.toString(), when.at.toString()],
  });
}

/** With all that it was owed. False where there was none. */
export async function deleteEndpoint(tx: Transaction, id: number): Promise<boolean> {
  const rows = await tx.query({
    name: 'webhook_delete',
    text: 'delete from webhook_endpoint where organisation_id = $1 and id = $2 returning id',
    values: [tx.organisationId, id],
  });
  return rows.length > 0;
}

export function refuseUnknown(): never {
  throw new Refusal('not_found', 'There is no webhook endpoint with that id.');
}
