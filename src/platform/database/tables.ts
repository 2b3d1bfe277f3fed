// The tables as Kysely sees them: one interface a table, columns as the driver gives and takes them. What a column means
// is said in migrations/; tables of one concern stand in pieces of their own beside this.
import type { ColumnType, Generated } from 'kysely';
import type { Instant, MaybeInstant, Maybe, Written, Range, ReadOnly } from './columns.ts';
import type { ConnectionTables } from './tables-connections.ts';
import type { OutsideTables } from './tables-outside.ts';
import type { ResourceTables } from './tables-resources.ts';
import type { ScheduleTables } from './tables-schedules.ts';
import type { WebhookTables } from './tables-webhooks.ts';

export type Tables = ConnectionTables &
  OutsideTables &
  ResourceTables &
  ScheduleTables &
  WebhookTables & {
    installation: {
      only_one: Generated<boolean>;
      marker: string;
      token_key: Buffer;
      organisation_id: number | null;
      created_at: Generated<Temporal.Instant>;
    };
    directory: { public_id: number; organisation_id: number; kind: 'practitioner' | 'session_type' };
    rate_window: { bucket: string; minute: number; taken: number };
    organisation: {
      organisation_id: Generated<number>;
      name: string;
      created_at: Generated<Temporal.Instant>;
      reminders: ReadOnly<unknown>;
      reminders_since: ReadOnly<Temporal.Instant | null>;
    };
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
      horizon_until: Maybe<string>;
      packing: Written<'none' | 'adjacent'>;
      limits: ColumnType<unknown, string | undefined, string>;
      languages: Written<string[]>;
      cancellation_window_minutes: Written<number>;
      reschedule_window_minutes: Written<number>;
      late_cancellations: Written<'refuse' | 'mark_late'>;
      late_reschedules: Written<'refuse' | 'mark_late'>;
      auto_close: Written<'off' | 'suggested' | 'completed'>;
      auto_close_after_minutes: Written<number>;
      auto_close_since: MaybeInstant;
      holiday_region: Maybe<string>;
      schedule_version: Written<number>;
      revision: Written<number>;
      /** Written by a trigger of session. */
      claims_until: ReadOnly<Temporal.Instant | null>;
      reminders: ReadOnly<unknown>;
      reminders_since: ReadOnly<Temporal.Instant | null>;
      created_at: ReadOnly<Temporal.Instant>;
    };
    offering: {
      organisation_id: number;
      practitioner_id: number;
      session_type_id: number;
      length_minutes: number | null;
      notice_minutes: Maybe<number>;
      horizon_days: Maybe<number>;
      horizon_until: Maybe<string>;
      requires_approval: Maybe<boolean>;
      position: Written<number>;
    };
    client: {
      organisation_id: number;
      id: Generated<number>;
      subject: string;
      name: string;
      email: string;
      zone: string | null;
      phone: Maybe<string>;
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
      zone: string;
      wall_start: string;
      session_id: Maybe<number>;
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
      mode: Maybe<'online' | 'in_person' | 'phone'>;
      /** Null: one. */
      capacity: Maybe<number>;
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
      cancelled_at: MaybeInstant;
      late_cancellation: Maybe<boolean>;
      late_moves: Maybe<number>;
      link_generation: Maybe<number>;
      decide_by: MaybeInstant;
      awaits: Maybe<'practitioner' | 'client'>;
      decision: Maybe<'approved' | 'accepted' | 'declined' | 'lapsed'>;
      created_at: ReadOnly<Temporal.Instant>;
    };
    note: {
      organisation_id: number;
      id: Generated<number>;
      appointment_id: number;
      kind: 'cancel_reason' | 'topic' | 'description' | 'decline_reason' | 'override_reason';
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
