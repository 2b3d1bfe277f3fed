// The tables as Kysely sees them: one interface a table, columns as the driver gives and takes them. What a column means
// is said in migrations/.
import type { ColumnType, Generated } from 'kysely';

type Instant = ColumnType<Temporal.Instant, string, string>;
type MaybeInstant = ColumnType<Temporal.Instant | null, string | null | undefined, string | null>;
type Written<T> = ColumnType<T, T | undefined, T>;
/** A tstzrange: text both ways, `["from","to")`. */
type Range = string;
type ReadOnly<T> = ColumnType<T, never, never>;

export type Tables = {
  installation: {
    only_one: Generated<boolean>;
    marker: string;
    token_key: Buffer;
    organisation_id: number | null;
    created_at: Generated<Temporal.Instant>;
  };
  directory: { public_id: number; organisation_id: number; kind: 'practitioner' | 'session_type' };
  rate_window: { bucket: string; minute: number; taken: number };
  organisation: { organisation_id: Generated<number>; name: string; created_at: Generated<Temporal.Instant> };
  resource: { organisation_id: number; id: Generated<number>; kind: 'practitioner' | 'room' | 'video_host' };
  practitioner: {
    organisation_id: number;
    id: number;
    name: string;
    email: string;
    zone: string;
    active: Written<boolean>;
    calendar: Written<'google' | 'microsoft'>;
    invitations: Written<'slotkeeper' | 'provider'>;
    grid_minutes: Written<number>;
    buffer_before_minutes: Written<number>;
    buffer_after_minutes: Written<number>;
    notice_minutes: Written<number>;
    horizon_days: Written<number>;
    schedule_version: Written<number>;
    revision: Written<number>;
    created_at: ReadOnly<Temporal.Instant>;
  };
  weekly_hours: {
    organisation_id: number;
    practitioner_id: number;
    weekday: number;
    from_minute: number;
    to_minute: number;
  };
  session_type: {
    organisation_id: number;
    id: Generated<number>;
    name: string;
    length_minutes: number;
    platforms: Written<string[]>;
    active: Written<boolean>;
    revision: Written<number>;
  };
  offering: {
    organisation_id: number;
    practitioner_id: number;
    session_type_id: number;
    length_minutes: number | null;
    position: Written<number>;
  };
  client: {
    organisation_id: number;
    id: Generated<number>;
    subject: string;
    name: string;
    email: string;
    zone: string | null;
    created_at: ReadOnly<Temporal.Instant>;
  };
  hold: {
    organisation_id: number;
    id: Generated<number>;
    practitioner_id: number;
    session_type_id: number;
    holder: string;
    starts_at: Instant;
    ends_at: Instant;
    expires_at: Instant;
    state: Written<'open' | 'confirmed' | 'released' | 'expired'>;
    created_at: ReadOnly<Temporal.Instant>;
  };
  occupancy: {
    organisation_id: number;
    id: Generated<number>;
    resource_id: number;
    during: Range;
    session_id: number | null;
    hold_id: number | null;
    expires_at: MaybeInstant;
    starts_at: ReadOnly<Temporal.Instant>;
    ends_at: ReadOnly<Temporal.Instant>;
    session_live: ReadOnly<true | null>;
  };
  session: {
    organisation_id: number;
    id: Generated<number>;
    practitioner_id: number;
    session_type_id: number;
    starts_at: Instant;
    ends_at: Instant;
    occupied: Range;
    zone: string;
    wall_start: string;
    platform: 'zoom' | 'google-meet' | 'teams' | null;
    live: Written<boolean>;
    overriding: Written<boolean>;
    occupancy_id: number | null;
    revision: Written<number>;
    created_at: ReadOnly<Temporal.Instant>;
  };
  appointment: {
    organisation_id: number;
    id: Generated<number>;
    session_id: number;
    client_id: number;
    seat_no: Written<number>;
    state: 'pending' | 'confirmed' | 'cancelled' | 'completed' | 'no_show';
    revision: Written<number>;
    cancelled_by: ColumnType<string | null, string | null | undefined, string | null>;
    created_at: ReadOnly<Temporal.Instant>;
  };
  note: {
    organisation_id: number;
    id: Generated<number>;
    appointment_id: number;
    kind: 'cancel_reason' | 'topic' | 'description';
    body: string;
    created_at: ReadOnly<Temporal.Instant>;
  };
  journal: {
    organisation_id: number;
    id: ReadOnly<number>;
    transaction_id: ReadOnly<string>;
    at: Instant;
    event: string;
    actor_role: string;
    actor_ref: string;
    subject_kind: string;
    subject_id: number;
    revision: number;
    facts: ColumnType<Record<string, unknown>, string, string>;
  };
  fulfilment: {
    organisation_id: number;
    session_id: number;
    wanted_revision: number;
    done_revision: Written<number>;
    wanted_at: Instant;
    due_at: Instant;
    attempts: Written<number>;
    lease_until: MaybeInstant;
    lease_no: Written<number>;
    last_error: ColumnType<string | null, string | null | undefined, string | null>;
  };
  outside_object: {
    organisation_id: number;
    session_id: number;
    kind: 'meeting' | 'calendar_event';
    provider: 'zoom' | 'google' | 'microsoft';
    platform: 'zoom' | 'google-meet' | 'teams' | null;
    host: string;
    generation: Written<number>;
    state: 'creating' | 'live' | 'deleting' | 'gone';
    provider_id: ColumnType<string | null, string | null | undefined, string | null>;
    join_id: ColumnType<string | null, string | null | undefined, string | null>;
    join_url: ColumnType<string | null, string | null | undefined, string | null>;
    password: ColumnType<string | null, string | null | undefined, string | null>;
    written: ColumnType<string | null, string | null | undefined, string | null>;
    written_revision: Written<number>;
    settles_at: MaybeInstant;
    attempts: Written<number>;
    next_attempt_at: MaybeInstant;
    last_error: ColumnType<string | null, string | null | undefined, string | null>;
  };
  letter: {
    organisation_id: number;
    id: Generated<number>;
    session_id: number;
    appointment_id: number;
    recipient: 'client' | 'practitioner';
    kind: 'confirmation' | 'change' | 'link' | 'cancellation';
    revision: number;
    state: 'queued' | 'sending' | 'sent' | 'unknown' | 'superseded' | 'refused';
    link: ColumnType<string | null, string | null | undefined, string | null>;
    starts_at: Instant;
    attempts: Written<number>;
    next_attempt_at: MaybeInstant;
    sent_at: MaybeInstant;
    last_error: ColumnType<string | null, string | null | undefined, string | null>;
  };
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
  idempotency_key: {
    organisation_id: number;
    actor: string;
    route: string;
    key: string;
    body_hash: Buffer;
    status: ColumnType<number | null, number | null | undefined, number | null>;
    subject_id: ColumnType<number | null, number | null | undefined, number | null>;
    created_at: Instant;
  };
  api_key: {
    organisation_id: number;
    id: Generated<number>;
    name: string;
    digest: Buffer;
    hint: string;
    scopes: string[];
    created_by: string;
    created_at: Instant;
    expires_at: MaybeInstant;
    last_used_at: MaybeInstant;
    revoked_at: MaybeInstant;
  };
};
