// The delivery log as it is read: what is owed and what became of it, each try with its time and status.
import type { Transaction } from '../platform/database/transaction.ts';

export const DELIVERY_STATES = ['waiting', 'delivered', 'dead'] as const;

export type Delivery = {
  readonly eventId: number;
  readonly type: string;
  readonly subjectKind: string;
  readonly subjectId: number;
  readonly sequence: number;
  readonly happenedAt: Temporal.Instant;
  readonly state: (typeof DELIVERY_STATES)[number];
  readonly attempts: number;
  readonly dueAt: Temporal.Instant;
  readonly settledAt: Temporal.Instant | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
};

type Page = { readonly before: number | null; readonly limit: number };

/** The newest first. */
export async function listDeliveries(
  tx: Transaction,
  endpointId: number,
  question: Page & { readonly state: string | null },
): Promise<Delivery[]> {
  return await tx.query<Delivery>({
    name: 'webhook_deliveries',
    text: `select d.event_id as "eventId", e.type, d.subject_kind as "subjectKind", d.subject_id as "subjectId", e.sequence,
                  e.at as "happenedAt", d.state, d.attempts, d.due_at as "dueAt", d.settled_at as "settledAt",
                  d.last_status as "lastStatus", d.last_error as "lastError"
             from webhook_delivery d join event e on e.organisation_id = $1 and e.id = d.event_id
            where d.organisation_id = $1 and d.endpoint_id = $2 and ($3::bigint is null or d.event_id < $3)
              and ($4::text is null or d.state = $4)
            order by d.event_id desc limit $5`,
    values: [tx.organisationId, endpointId, question.before, question.state, question.limit],
  });
}

export type Attempt = {
  readonly id: number;
  readonly eventId: number;
  readonly type: string;
  readonly attempt: number;
  readonly at: Temporal.Instant;
  readonly durationMs: number;
  readonly outcome: 'delivered' | 'refused' | 'failed';
  readonly status: number | null;
  readonly error: string | null;
};

/** The newest first. */
export async function listAttempts(
  tx: Transaction,
  endpointId: number,
  question: Page & { readonly eventId: number | null },
): Promise<Attempt[]> {
  return await tx.query<Attempt>({
    name: 'webhook_attempts',
    text: `select t.id, t.event_id as "eventId", e.type, t.attempt, t.at, t.duration_ms as "durationMs", t.outcome, t.status,
                  t.error
             from webhook_attempt t join event e on e.organisation_id = $1 and e.id = t.event_id
            where t.organisation_id = $1 and t.endpoint_id = $2 and ($3::bigint is null or t.id < $3)
              and ($4::bigint is null or t.event_id = $4)
            order by t.id desc limit $5`,
    values: [tx.organisationId, endpointId, question.before, question.eventId, question.limit],
  });
}
