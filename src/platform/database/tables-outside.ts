// The tables of what must follow an appointment outside: work, meetings and events, letters. See tables.ts.
import type { ColumnType, Generated } from 'kysely';
import type { Instant, MaybeInstant, Maybe, Written } from './columns.ts';

type Delivery = 'delayed' | 'delivered' | 'bounced' | 'complained';

export type OutsideTables = {
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
    look_again_at: MaybeInstant;
    rung_no: Maybe<number>;
    waits_for: Maybe<('mail' | 'sms')[]>;
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
    tell_again: ColumnType<boolean | null, boolean | null | undefined, boolean | null>;
    attempts: Written<number>;
    next_attempt_at: MaybeInstant;
    last_error: ColumnType<string | null, string | null | undefined, string | null>;
    connection_id: ColumnType<number | null, number | null | undefined, number | null>;
  };
  circuit: {
    organisation_id: number;
    provider: 'zoom' | 'google' | 'microsoft' | 'mail' | 'sms';
    connection_id: number;
    failures: Written<number>;
    failed_at: Instant;
    last_error: ColumnType<string | null, string | null | undefined, string | null>;
    opened_at: MaybeInstant;
    probe_at: MaybeInstant;
    probe_session_id: ColumnType<number | null, number | null | undefined, number | null>;
  };
  daily_use: {
    organisation_id: number;
    provider: 'zoom' | 'google' | 'microsoft';
    connection_id: number;
    host: string;
    day: Temporal.PlainDate;
    used: number;
  };
  meeting_event: {
    organisation_id: number;
    session_id: number;
    run: string;
    kind: 'started' | 'ended' | 'waited' | 'joined' | 'left';
    visitor: string;
    role: 'host' | 'guest' | null;
    at: Instant;
    told_at: Instant;
  };
  letter: {
    organisation_id: number;
    id: Generated<number>;
    session_id: number;
    appointment_id: number;
    recipient: 'client' | 'practitioner';
    kind:
      | 'confirmation'
      | 'change'
      | 'link'
      | 'link_missing'
      | 'cancellation'
      | 'reminder'
      | 'request'
      | 'proposal'
      | 'declined';
    revision: number;
    state: 'queued' | 'sending' | 'sent' | 'unknown' | 'superseded' | 'refused' | 'overtaken';
    link: ColumnType<string | null, string | null | undefined, string | null>;
    starts_at: Instant;
    attempts: Written<number>;
    next_attempt_at: MaybeInstant;
    sent_at: MaybeInstant;
    channel: Written<'email' | 'sms'>;
    lead_minutes: Maybe<number>;
    last_error: ColumnType<string | null, string | null | undefined, string | null>;
    service: ColumnType<string | null, string | null | undefined, string | null>;
    service_id: ColumnType<string | null, string | null | undefined, string | null>;
    key_no: ColumnType<number | null, number | null | undefined, number | null>;
    address_digest: ColumnType<Buffer | null, Buffer | null | undefined, Buffer | null>;
    delivery: ColumnType<Delivery | null, Delivery | null | undefined, Delivery | null>;
    delivery_reason: ColumnType<string | null, string | null | undefined, string | null>;
    delivery_at: MaybeInstant;
  };
  mail_trouble: {
    organisation_id: number;
    person_kind: 'client' | 'practitioner';
    person_id: number;
    address_digest: Buffer;
    kind: 'bounced' | 'complained';
    reason: string;
    letter_id: number;
    since: Instant;
  };
};
