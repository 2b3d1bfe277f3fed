-- Why: what stands at a provider can be changed there without us, and a restored practice is behind the world. The sweep
-- compares account by account what we believe with what is there. No booking writes here.

-- One calendar, or one host of meetings, of one account: how far its comparison has come, under a lease. Rows come about from
-- outside_object.
create table sweep (
  organisation_id bigint not null references organisation,
  provider text not null check (provider in ('zoom', 'google', 'microsoft')),
  -- 0: the deployment's own account
  connection_id bigint not null default 0,
  host text not null check (length(host) <= 254),
  -- one of those whose it is, for people to find it
  practitioner_id bigint not null,
  placed_at timestamptz not null,
  -- The round under way: begun, compared up to, to end at. Null: none.
  began_at timestamptz,
  cursor_at timestamptz,
  until_at timestamptz,
  -- what this round has found wrong so far
  found integer not null default 0,
  -- when the last whole round began, and the last in which nothing was wrong
  swept_at timestamptz,
  clean_at timestamptz,
  due_at timestamptz not null,
  attempts integer not null default 0,
  lease_until timestamptz,
  lease_no bigint not null default 0,
  last_error text check (length(last_error) <= 200),
  primary key (organisation_id, provider, connection_id, host),
  foreign key (organisation_id, practitioner_id) references practitioner,
  constraint sweep_round_is_whole check ((began_at is null) = (cursor_at is null) and (began_at is null) = (until_at is null))
);
create index sweep_due on sweep (due_at);

-- What was found to differ, one row for each thing and kind. mending: handed to fulfilment. open: a person's to decide.
-- removing: to be removed on a person's word. ignored: to be left, on a person's word. settled: no longer found.
create table drift (
  organisation_id bigint not null references organisation,
  id bigint not null default nextval('public_id'),
  provider text not null check (provider in ('zoom', 'google', 'microsoft')),
  connection_id bigint not null default 0,
  host text not null check (length(host) <= 254),
  kind text not null check (kind in ('missing', 'moved', 'changed', 'duplicate', 'orphan', 'unknown')),
  object_kind text not null check (object_kind in ('meeting', 'calendar_event')),
  -- whose it is about: a session's own thing, or one thing at the provider
  subject text not null check (length(subject) <= 1100),
  provider_id text not null check (length(provider_id) <= 1024),
  -- as its marker says; of kind unknown there is no such session here
  session_id bigint not null,
  starts_at timestamptz not null,
  state text not null check (state in ('mending', 'open', 'removing', 'ignored', 'settled')),
  -- why it is a person's to decide
  reason text check (length(reason) <= 40),
  -- how often it was put right by itself, and the session's revision then (or when it was to be ignored)
  mends integer not null default 0,
  revision integer not null default 0,
  -- how often it came about
  found_no integer not null default 1,
  first_found_at timestamptz not null,
  last_found_at timestamptz not null,
  primary key (organisation_id, id),
  constraint drift_once unique (organisation_id, provider, subject, kind),
  constraint drift_open_for_a_reason check (state <> 'open' or reason is not null)
);
create index drift_unsettled on drift (organisation_id, id) where state in ('mending', 'open', 'removing');

do $$
declare t text;
begin
  foreach t in array array['sweep', 'drift']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy of_organisation on %I using (organisation_id = current_organisation())', t);
  end loop;
end $$;

-- Workers claim what is due; the metrics count.
create policy scan_read on sweep for select using (current_scan() = 'sweep');
create policy scan_claim on sweep for update using (current_scan() = 'sweep');
create policy scan_read on drift for select using (current_scan() = 'drift');
