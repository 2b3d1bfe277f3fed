// The tables of events and of those who are told of them. See tables.ts.
import type { ColumnType, Generated } from 'kysely';
import type { Instant, MaybeInstant, Written } from './columns.ts';

export type WebhookTables = {
  event_follower: {
    organisation_id: number;
    low_id: Written<number>;
    mark_id: Written<number>;
    mark_xid: Written<string>;
    removed_to: Written<number>;
  };
  event: {
    organisation_id: number;
    id: Generated<number>;
    journal_id: number | null;
    type: string;
    at: Instant;
    subject_kind: string;
    subject_id: number;
    sequence: number;
    data: ColumnType<Record<string, unknown>, string, string>;
  };
  webhook_endpoint: {
    organisation_id: number;
    id: Generated<number>;
    url: string;
    description: string | null;
    types: Written<string[]>;
    state: Written<'active' | 'paused' | 'disabled'>;
    reason: ColumnType<string | null, string | null | undefined, string | null>;
    secret_sealed: string;
    secret_version: Written<number>;
    previous_sealed: ColumnType<string | null, string | null | undefined, string | null>;
    previous_until: MaybeInstant;
    created_at: Instant;
    due_at: MaybeInstant;
    lease_until: MaybeInstant;
    lease_no: Written<number>;
    failures: Written<number>;
    failing_since: MaybeInstant;
    recovered_at: MaybeInstant;
    last_delivered_at: MaybeInstant;
    last_error: ColumnType<string | null, string | null | undefined, string | null>;
  };
  webhook_delivery: {
    organisation_id: number;
    endpoint_id: number;
    event_id: number;
    subject_kind: string;
    subject_id: number;
    state: Written<'waiting' | 'delivered' | 'dead'>;
    attempts: Written<number>;
    first_tried_at: MaybeInstant;
    tried_at: MaybeInstant;
    due_at: Instant;
    settled_at: MaybeInstant;
    last_status: ColumnType<number | null, number | null | undefined, number | null>;
    last_error: ColumnType<string | null, string | null | undefined, string | null>;
  };
  webhook_attempt: {
    organisation_id: number;
    id: Generated<number>;
    endpoint_id: number;
    event_id: number;
    attempt: number;
    at: Instant;
    duration_ms: number;
    outcome: 'delivered' | 'refused' | 'failed';
    status: number | null;
    error: string | null;
  };
};
