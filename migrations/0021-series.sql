-- Why: a client comes each week. A series is booked as a whole, its dates are ordinary appointments, and one letter tells of
-- many dates at once. No plain booking writes here.

create table series (
  organisation_id bigint not null,
  id bigint not null default nextval('public_id'),
  practitioner_id bigint not null,
  client_id bigint not null,
  session_type_id bigint not null,
  frequency text not null check (frequency in ('weekly', 'fortnightly', 'monthly')),
  -- of monthly ones: on the last such weekday of the month, counted from its end
  on_last boolean not null default false,
  zone zone_name not null,
  -- counts the acts that changed several dates at once
  batch_no integer not null default 1 check (batch_no > 0),
  created_at timestamptz not null,
  primary key (organisation_id, id),
  foreign key (organisation_id, client_id) references client
);
create index series_by_client on series (organisation_id, client_id, id);

-- One of its dates, also where it could not be had: then `reasons` says why.
create table series_date (
  organisation_id bigint not null,
  series_id bigint not null,
  position smallint not null check (position > 0),
  wall_start wall_minute not null,
  appointment_id bigint,
  reasons text[] not null default '{}',
  -- The last act that changed several dates, and the revision it left this one at. While that is the appointment's revision,
  -- what it owes its readers is told in one letter with the others of that act.
  batch_no integer,
  batch_revision integer,
  primary key (organisation_id, series_id, position),
  foreign key (organisation_id, series_id) references series,
  foreign key (organisation_id, appointment_id) references appointment,
  constraint series_date_booked_or_not check ((appointment_id is null) = (batch_no is null))
);
create unique index series_date_of_appointment on series_date (organisation_id, appointment_id) where appointment_id is not null;

-- the letter in which this one was told, where that was another appointment's of the same series
alter table letter add column told_with bigint;
create index letter_told_with on letter (organisation_id, told_with) where told_with is not null;

do $$
declare t text;
begin
  foreach t in array array['series', 'series_date']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy of_organisation on %I using (organisation_id = current_organisation())', t);
  end loop;
end $$;
