// The tables of what can be booked and what sessions are held with, as Kysely sees them; see tables.ts.
import type { ColumnType, Generated } from 'kysely';
import type { Maybe, ReadOnly, Written } from './columns.ts';

export type ResourceTables = {
  resource: {
    organisation_id: number;
    id: Generated<number>;
    kind: 'practitioner' | 'room' | 'equipment' | 'video_host';
    name: Maybe<string>;
    location_id: Maybe<number>;
    address: Maybe<string>;
    active: Written<boolean>;
    revision: Written<number>;
    units: Written<number>;
    of_id: Maybe<number>;
  };
  session_type: {
    organisation_id: number;
    id: Generated<number>;
    name: string;
    length_minutes: number;
    platforms: Written<string[]>;
    active: Written<boolean>;
    revision: Written<number>;
    cancellation_window_minutes: Maybe<number>;
    reschedule_window_minutes: Maybe<number>;
    late_cancellations: Maybe<'refuse' | 'mark_late'>;
    late_reschedules: Maybe<'refuse' | 'mark_late'>;
    requires_approval: Written<boolean>;
    approval_minutes: Written<number>;
    lengths: Written<number[]>;
    grid_minutes: Maybe<number>;
    buffer_before_minutes: Maybe<number>;
    buffer_after_minutes: Maybe<number>;
    price_minor: Maybe<number>;
    price_currency: Maybe<string>;
    modes: Written<string[]>;
    capacity: Written<number>;
    needs: ColumnType<unknown, string | undefined, string>;
    reminders: ReadOnly<unknown>;
    reminders_since: ReadOnly<Temporal.Instant | null>;
  };
};
