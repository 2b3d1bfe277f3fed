-- Why: other systems follow what happens here. A worker turns the journal's entries of public interest into events, in an
-- order that never changes behind a reader's back, and hands each to the endpoints that asked for it. No act writes here:
-- all of it is derived from the journal after the act's commit.

-- How far an organisation's journal was followed. Ids commit out of order, so low_id, below which nothing is looked at any
-- more, moves up to mark_id only once every transaction that ran when the mark was made (those before mark_xid) has ended.
create table event_follower (
  organisation_id bigint primary key references organisation,
  low_id bigint not null default 0,
  mark_id bigint not null default 0,
  mark_xid xid8 not null default '0',
  -- the last event that was removed for its age; a reader who stands before it has missed some
  removed_to bigint not null default 0
);

-- What others may know, written once: ids and plain facts. One follower writes at a time (it holds the row above), so that
-- ids rise in the order in which events become visible, and a reader who stands at an id has seen all before it.
create table event (
  organisation_id bigint not null references organisation,
  id bigint not null default nextval('public_id'),
  -- null: a test event, which is for one endpoint alone
  journal_id bigint,
  type text not null check (length(type) between 1 and 60),
  at timestamptz not null,
  subject_kind text not null check (length(subject_kind) between 1 and 40),
  subject_id bigint not null,
  -- counts the events of one subject
  sequence integer not null check (sequence > 0),
  data jsonb not null,
  primary key (organisation_id, id),
  constraint event_told_once unique (organisation_id, journal_id),
  constraint event_in_sequence unique (organisation_id, subject_kind, subject_id, sequence)
);

create table webhook_endpoint (
  organisation_id bigint not null references organisation,
  id bigint not null default nextval('public_id'),
  url text not null check (length(url) between 1 and 2048),
  description text check (length(description) between 1 and 200),
  -- empty: every type, those of later versions too
  types text[] not null default '{}',
  state text not null default 'active' check (state in ('active', 'paused', 'disabled')),
  -- why it was disabled
  reason text check (length(reason) <= 40),
  secret_sealed text not null,
  secret_version integer not null default 1,
  -- signs beside the new one until then
  previous_sealed text,
  previous_until timestamptz,
  created_at timestamptz not null,
  -- when there is something to do; null: nothing
  due_at timestamptz,
  lease_until timestamptz,
  lease_no bigint not null default 0,
  -- rounds without an answer since the last delivery
  failures integer not null default 0,
  failing_since timestamptz,
  recovered_at timestamptz,
  last_delivered_at timestamptz,
  last_error text check (length(last_error) <= 60),
  primary key (organisation_id, id),
  constraint webhook_previous_secret_ends check ((previous_sealed is null) = (previous_until is null))
);
create index webhook_endpoint_due on webhook_endpoint (due_at) where state = 'active';

-- One event owed to one endpoint. Of one subject's, a later one waits until the earlier is delivered or dead.
create table webhook_delivery (
  organisation_id bigint not null,
  endpoint_id bigint not null,
  event_id bigint not null,
  subject_kind text not null,
  subject_id bigint not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'dead')),
  attempts integer not null default 0,
  first_tried_at timestamptz,
  tried_at timestamptz,
  due_at timestamptz not null,
  settled_at timestamptz,
  last_status smallint,
  last_error text check (length(last_error) <= 60),
  primary key (organisation_id, endpoint_id, event_id),
  foreign key (organisation_id, endpoint_id) references webhook_endpoint on delete cascade,
  foreign key (organisation_id, event_id) references event on delete cascade
);
create index webhook_delivery_waiting on webhook_delivery
  (organisation_id, endpoint_id, subject_kind, subject_id, event_id) where state = 'waiting';
create index webhook_delivery_next on webhook_delivery (organisation_id, endpoint_id, event_id) where state = 'waiting';
create index webhook_delivery_dead on webhook_delivery (organisation_id, endpoint_id, event_id) where state = 'dead';
create index webhook_delivery_of_event on webhook_delivery (organisation_id, event_id);

-- The delivery log: each try, and what became of it. Nothing of what was answered but its status.
create table webhook_attempt (
  organisation_id bigint not null,
  id bigint not null default nextval('public_id'),
  endpoint_id bigint not null,
  event_id bigint not null,
  attempt integer not null check (attempt > 0),
  at timestamptz not null,
  duration_ms integer not null check (duration_ms >= 0),
  outcome text not null check (outcome in ('delivered', 'refused', 'failed')),
  status smallint,
  error text check (length(error) <= 60),
  primary key (organisation_id, id),
  foreign key (organisation_id, endpoint_id, event_id) references webhook_delivery on delete cascade
);
create index webhook_attempt_by_endpoint on webhook_attempt (organisation_id, endpoint_id, id);
create index webhook_attempt_of_delivery on webhook_attempt (organisation_id, endpoint_id, event_id);

do $$
declare t text;
begin
  foreach t in array array['event_follower', 'event', 'webhook_endpoint', 'webhook_delivery', 'webhook_attempt']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy of_organisation on %I using (organisation_id = current_organisation())', t);
  end loop;
end $$;

-- The follower goes round the organisations; the runner claims the endpoints that have something to do.
create policy scan_read on organisation for select using (current_scan() = 'organisation');
create policy scan_read on webhook_endpoint for select using (current_scan() = 'webhook_endpoint');
create policy scan_claim on webhook_endpoint for update using (current_scan() = 'webhook_endpoint');
