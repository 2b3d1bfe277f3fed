-- Why: a schedule is more than one week. Hours may begin or end on a date, hold for one session type, be worked somewhere
-- else; a date may have hours of its own; time is taken off once or by a rule; public holidays are kept. All of it is read
-- when a schedule is compiled, once per version; no booking writes any of it.

-- Somewhere she works. Its zone is that of the hours worked there.
create table location (
  organisation_id bigint not null references organisation,
  id bigint not null default nextval('public_id'),
  name text not null check (length(name) between 1 and 120),
  address text check (length(address) between 1 and 300),
  zone text not null check (length(zone) between 1 and 64),
  revision integer not null default 1,
  primary key (organisation_id, id)
);
create unique index location_name_once on location (organisation_id, lower(name));

-- null: where she usually is, in her own zone
alter table weekly_hours add column location_id bigint;
alter table weekly_hours add constraint weekly_hours_at_location
  foreign key (organisation_id, location_id) references location;

-- ISO 3166: the country, its part, and a part of that, such as DE-BY-A; null: no holidays are kept
alter table practitioner add column holiday_region text check (length(holiday_region) between 2 and 20);

-- Weekly hours that hold from a date, until one, or for one session type alone. Of those in force the latest begun holds,
-- and one of the session type before one of all; without any the rows of weekly_hours.
create table hours_plan (
  organisation_id bigint not null,
  id bigint not null default nextval('public_id'),
  practitioner_id bigint not null,
  session_type_id bigint,
  first_date date,
  last_date date,
  primary key (organisation_id, id),
  constraint hours_plan_in_order check (last_date >= first_date),
  constraint hours_plan_is_no_second_week check (session_type_id is not null or first_date is not null),
  foreign key (organisation_id, practitioner_id) references practitioner,
  foreign key (organisation_id, session_type_id) references session_type
);
create unique index hours_plan_once on hours_plan
  (organisation_id, practitioner_id, coalesce(session_type_id, 0), coalesce(first_date, '-infinity'));

create table hours_plan_hours (
  organisation_id bigint not null,
  plan_id bigint not null,
  weekday smallint not null check (weekday between 1 and 7),
  from_minute smallint not null check (from_minute between 0 and 1439),
  to_minute smallint not null check (to_minute > from_minute and to_minute <= from_minute + 1440),
  location_id bigint,
  primary key (organisation_id, plan_id, weekday, from_minute),
  foreign key (organisation_id, plan_id) references hours_plan on delete cascade,
  foreign key (organisation_id, location_id) references location
);

-- A date that is not as its week: the hours that begin on it, or none.
create table date_override (
  organisation_id bigint not null,
  practitioner_id bigint not null,
  date date not null,
  primary key (organisation_id, practitioner_id, date),
  foreign key (organisation_id, practitioner_id) references practitioner
);

create table date_override_hours (
  organisation_id bigint not null,
  practitioner_id bigint not null,
  date date not null,
  from_minute smallint not null check (from_minute between 0 and 1439),
  to_minute smallint not null check (to_minute > from_minute and to_minute <= from_minute + 1440),
  location_id bigint,
  primary key (organisation_id, practitioner_id, date, from_minute),
  foreign key (organisation_id, practitioner_id, date) references date_override on delete cascade,
  foreign key (organisation_id, location_id) references location
);

-- Either a stretch of instants, or a stretch of her wall time that begins on a date and may recur.
create table time_off (
  organisation_id bigint not null,
  id bigint not null default nextval('public_id'),
  practitioner_id bigint not null,
  starts_at timestamptz,
  ends_at timestamptz,
  first_date date,
  -- Minutes from that date's midnight; whole days end at a multiple of 1440.
  from_minute integer check (from_minute between 0 and 1439),
  to_minute integer check (to_minute <= 366 * 1440),
  -- RFC 5545, 3.3.10, of whole days: it names the dates on which the stretch begins.
  rule text check (length(rule) <= 200),
  except_dates date[] not null default '{}',
  primary key (organisation_id, id),
  constraint time_off_is_of_one_kind check (num_nonnulls(starts_at, ends_at) + num_nonnulls(first_date, from_minute, to_minute) in (2, 3)
    and num_nonnulls(starts_at, first_date) = 1 and (rule is null or first_date is not null)),
  constraint time_off_has_length check (ends_at > starts_at or to_minute > from_minute),
  foreign key (organisation_id, practitioner_id) references practitioner
);
create index time_off_by_practitioner on time_off (organisation_id, practitioner_id, id);

do $$
declare t text;
begin
  foreach t in array array['location', 'hours_plan', 'hours_plan_hours', 'date_override', 'date_override_hours', 'time_off']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy of_organisation on %I using (organisation_id = current_organisation())', t);
  end loop;
end $$;
