-- Why: video providers tell when a meeting began and ended and who came. What they told is kept, so that an appointment can
-- show it and say how it seems to have gone; and a practitioner may let the server close hers by that. Nothing here is
-- written by a booking.

-- What a provider told, each thing once and only added to: started, ended, joined, left again are derived from all of it
-- whenever it is asked, so neither repeats nor the order of arrival matter. Roles and instants alone: no name, no address.
create table meeting_event (
  organisation_id bigint not null,
  session_id bigint not null,
  -- digest of the run: one meeting can be opened several times
  run text not null check (length(run) between 1 and 40),
  kind text not null check (kind in ('started', 'ended', 'waited', 'joined', 'left')),
  -- digest of run and participant, who is another in each run; '' of the meeting itself
  visitor text not null check (length(visitor) <= 40),
  -- guest: anybody of whom the provider does not say that it is the host
  role text check (role in ('host', 'guest')),
  at timestamptz not null,
  told_at timestamptz not null,
  primary key (organisation_id, session_id, run, kind, visitor, at),
  foreign key (organisation_id, session_id) references session,
  constraint meeting_event_of_a_visitor check ((visitor = '') = (role is null) and (role is null) = (kind in ('started', 'ended')))
);
alter table meeting_event enable row level security;
alter table meeting_event force row level security;
create policy of_organisation on meeting_event using (organisation_id = current_organisation());

do $$
begin
  if exists (select from pg_roles where rolname = 'slotkeeper_app') then
    grant select, insert on meeting_event to slotkeeper_app;
  end if;
end $$;

-- A provider names its meeting, and the meeting says whose it is. Fulfilment writes these rows, after a booking.
create index outside_object_by_meeting on outside_object (provider_id, provider)
  where kind = 'meeting' and provider_id is not null;
create policy scan_read on outside_object for select using (current_scan() = 'outside_object');

-- suggested: closed as it seems to have gone, left open where nothing is known. completed: the same, and completed where
-- nothing is known. What was due before the setting was made is left to a person.
alter table practitioner
  add column auto_close text not null default 'off' check (auto_close in ('off', 'suggested', 'completed')),
  add column auto_close_after_minutes integer not null default 60
    check (auto_close_after_minutes between 10 and 10080),
  add column auto_close_since timestamptz;
