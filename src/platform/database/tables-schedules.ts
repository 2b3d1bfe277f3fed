// The tables of when and where people work. See tables.ts.
import type { Generated } from 'kysely';
import type { Maybe, MaybeInstant, Written } from './columns.ts';

type Stretch = { from_minute: number; to_minute: number; location_id: Maybe<number> };

export type ScheduleTables = {
  location: {
    organisation_id: number;
    id: Generated<number>;
    name: string;
    address: Maybe<string>;
    zone: string;
    revision: Written<number>;
  };
  weekly_hours: Stretch & { organisation_id: number; practitioner_id: number; weekday: number };
  hours_plan: {
    organisation_id: number;
    id: Generated<number>;
    practitioner_id: number;
    session_type_id: Maybe<number>;
    first_date: Maybe<string>;
    last_date: Maybe<string>;
  };
  hours_plan_hours: Stretch & { organisation_id: number; plan_id: number; weekday: number };
  date_override: { organisation_id: number; practitioner_id: number; date: string };
  date_override_hours: Stretch & { organisation_id: number; practitioner_id: number; date: string };
  time_off: {
    organisation_id: number;
    id: Generated<number>;
    practitioner_id: number;
    starts_at: MaybeInstant;
    ends_at: MaybeInstant;
    first_date: Maybe<string>;
    from_minute: Maybe<number>;
    to_minute: Maybe<number>;
    rule: Maybe<string>;
    except_dates: Written<string[]>;
  };
};
