-- Why: work outside waits for an account that does not answer, instead of every session asking it again and again; and what a
-- provider allows a host in a day is counted here, since it tells nobody what is left. Neither is written by a booking.

-- An account whose last tries failed; none: it is well. Whoever succeeds removes the row.
create table circuit (
  organisation_id bigint not null,
  provider text not null check (provider in ('zoom', 'google', 'microsoft', 'mail', 'sms')),
  -- a practitioner's connection; 0: the deployment's own account, as this organisation meets it
  connection_id bigint not null,
  -- one after the other
  failures integer not null default 0 check (failures >= 0),
  failed_at timestamptz not null,
  last_error text check (length(last_error) <= 500),
  -- open since: nobody asks it, but for one probe at a time, from `probe_at` on
  opened_at timestamptz,
  probe_at timestamptz,
  -- whose try failed last; it comes back for the next probe
  probe_session_id bigint,
  primary key (organisation_id, provider, connection_id),
  constraint circuit_open_is_probed check ((opened_at is null) = (probe_at is null))
);

-- Calls that a provider counts by host and day (UTC).
create table daily_use (
  organisation_id bigint not null,
  provider text not null check (provider in ('zoom', 'google', 'microsoft')),
  connection_id bigint not null,
  host text not null check (length(host) <= 254),
  day date not null,
  used integer not null check (used > 0),
  primary key (organisation_id, provider, connection_id, host, day)
);

do $$
declare t text;
begin
  foreach t in array array['circuit', 'daily_use']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy of_organisation on %I using (organisation_id = current_organisation())', t);
  end loop;
  if exists (select from pg_roles where rolname = 'slotkeeper_app') then
    grant select, insert, update, delete on circuit, daily_use to slotkeeper_app;
  end if;
end $$;

-- Counted for the metrics.
create policy scan_read on circuit for select using (current_scan() = 'circuit');
