-- Why: the whole ground floor at once. Every tenant-owned table is led by organisation_id and closed by row-level
-- security; one table, occupancy, owns time; the journal and the fulfilment row are written with the act they belong to.
-- Nothing newer than PostgreSQL 15.

create extension if not exists btree_gist;

-- Public ids: integers below 2^53 from one sequence, so that an id means one thing in the whole installation and fits a
-- JSON number. Ids below 1000 are left for the demo practice.
create sequence public_id as bigint start with 1000 maxvalue 9007199254740991;

-- The organisation of the running transaction; null (and so: no row at all) when none was set.
create function current_organisation() returns bigint
  language sql stable parallel safe
  return nullif(current_setting('app.organisation_id', true), '')::bigint;

-- The one purpose for which the running transaction may look across organisations; see "scan" below.
create function current_scan() returns text
  language sql stable parallel safe
  return current_setting('app.scan', true);

-- ---------------------------------------------------------------- unscoped: nothing personal, nothing of one tenant

create table installation (
  only_one boolean primary key default true check (only_one),
  -- Leads every marker we leave at a provider, so that two installations on one account never touch each other's.
  marker text not null check (marker ~ '^[a-z0-9]{10,20}$'),
  -- Signs the tokens this server issues, unless TOKEN_SECRET is set.
  token_key bytea not null check (length(token_key) >= 32),
  -- The practice that an anonymous call without a public id means.
  organisation_id bigint,
  created_at timestamptz not null default now()
);

-- Which organisation a public id belongs to, for callers who bring no token.
create table directory (
  public_id bigint primary key,
  organisation_id bigint not null,
  kind text not null check (kind in ('practitioner', 'session_type'))
);

-- Requests taken in one minute, by bucket. Not worth a WAL record: after a crash the minute starts anew.
create unlogged table rate_window (
  bucket text not null check (length(bucket) <= 200),
  minute bigint not null,
  taken integer not null check (taken >= 0),
  primary key (bucket, minute)
);

-- ---------------------------------------------------------------- who

create table organisation (
  organisation_id bigint primary key default nextval('public_id'),
  name text not null check (length(name) between 1 and 200),
  created_at timestamptz not null default now()
);

-- Whatever can be taken for a time: a practitioner, a room, a shared video host. Acts lock these rows, in id order,
-- before they read; that, not the constraint, is what keeps the waiting orderly.
create table resource (
  organisation_id bigint not null references organisation,
  id bigint not null default nextval('public_id'),
  kind text not null check (kind in ('practitioner', 'room', 'video_host')),
  primary key (organisation_id, id)
);

create table practitioner (
  organisation_id bigint not null,
  id bigint not null,
  name text not null check (length(name) between 1 and 200),
  email text not null check (length(email) between 3 and 254),
  zone text not null check (length(zone) between 1 and 64),
  active boolean not null default true,
  calendar text not null default 'google' check (calendar in ('google', 'microsoft')),
  invitations text not null default 'slotkeeper' check (invitations in ('slotkeeper', 'provider')),
  grid_minutes smallint not null default 30 check (grid_minutes between 5 and 720),
  buffer_before_minutes smallint not null default 0 check (buffer_before_minutes between 0 and 240),
  buffer_after_minutes smallint not null default 0 check (buffer_after_minutes between 0 and 240),
  notice_minutes integer not null default 60 check (notice_minutes between 0 and 525600),
  horizon_days integer not null default 365 check (horizon_days between 1 and 1095),
  -- Rises with every change to hours, policy or what is offered; compiled schedules are cached by it.
  schedule_version bigint not null default 1,
  -- Rises with every change to this row; the ETag of the resource.
  revision integer not null default 1,
  created_at timestamptz not null default now(),
  primary key (organisation_id, id),
  constraint practitioner_is_a_resource foreign key (organisation_id, id) references resource
);
create unique index practitioner_email_once on practitioner (organisation_id, lower(email));

-- Recurring hours in the practitioner's wall time; to_minute past 1440 runs into the next day.
create table weekly_hours (
  organisation_id bigint not null,
  practitioner_id bigint not null,
  weekday smallint not null check (weekday between 1 and 7),
  from_minute smallint not null check (from_minute between 0 and 1439),
  to_minute smallint not null check (to_minute > from_minute and to_minute <= from_minute + 1440),
  primary key (organisation_id, practitioner_id, weekday, from_minute),
  foreign key (organisation_id, practitioner_id) references practitioner
);

create table session_type (
  organisation_id bigint not null references organisation,
  id bigint not null default nextval('public_id'),
  name text not null check (length(name) between 1 and 120),
  length_minutes smallint not null check (length_minutes between 5 and 720),
  platforms text[] not null default '{zoom,google-meet,teams}',
  active boolean not null default true,
  revision integer not null default 1,
  primary key (organisation_id, id)
);
create unique index session_type_name_once on session_type (organisation_id, lower(name));

create table offering (
  organisation_id bigint not null,
  practitioner_id bigint not null,
  session_type_id bigint not null,
  -- null: the session type's own length
  length_minutes smallint check (length_minutes between 5 and 720),
  position smallint not null default 0,
  primary key (organisation_id, practitioner_id, session_type_id),
  foreign key (organisation_id, practitioner_id) references practitioner,
  foreign key (organisation_id, session_type_id) references session_type
);

-- The only table that knows a client's name and address.
create table client (
  organisation_id bigint not null references organisation,
  id bigint not null default nextval('public_id'),
  subject text not null check (length(subject) between 1 and 128),
  name text not null check (length(name) between 1 and 200),
  email text not null check (length(email) between 3 and 254),
  zone text check (length(zone) between 1 and 64),
  created_at timestamptz not null default now(),
  primary key (organisation_id, id),
  constraint client_subject_once unique (organisation_id, subject)
);

-- ---------------------------------------------------------------- time

create table hold (
  organisation_id bigint not null,
  id bigint not null default nextval('public_id'),
  practitioner_id bigint not null,
  session_type_id bigint not null,
  holder text not null check (length(holder) between 1 and 160),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  expires_at timestamptz not null,
  state text not null default 'open' check (state in ('open', 'confirmed', 'released', 'expired')),
  created_at timestamptz not null default now(),
  primary key (organisation_id, id),
  foreign key (organisation_id, practitioner_id) references practitioner
);

-- A row = taken. `during` has the buffers in it, so neighbours' buffers add up. No two rows of one resource overlap,
-- whoever writes them and however; and a row and its session point at each other, so that neither goes round it.
create table occupancy (
  organisation_id bigint not null,
  id bigint not null default nextval('public_id'),
  resource_id bigint not null,
  during tstzrange not null
    constraint occupancy_is_half_open check (lower_inc(during) and not upper_inc(during) and not isempty(during))
    -- Reads by start look back this far, and no further.
    constraint occupancy_within_a_day check (upper(during) - lower(during) <= interval '24 hours'),
  session_id bigint,
  hold_id bigint,
  expires_at timestamptz,
  -- Plain columns beside the range: comparisons on them may use an index under row-level security, lower() may not.
  starts_at timestamptz not null generated always as (lower(during)) stored,
  ends_at timestamptz not null generated always as (upper(during)) stored,
  -- Only with a session: a row that waits for one by its id cannot be kept for a session that is dead.
  session_live boolean generated always as (case when session_id is not null then true end) stored,
  primary key (organisation_id, id),
  -- What a session points at: its own row, of its own practitioner, for just its time.
  constraint occupancy_of_one_owner unique (organisation_id, id, during, resource_id, session_id),
  constraint occupancy_has_one_owner check (num_nonnulls(session_id, hold_id) = 1),
  constraint occupancy_expires_with_hold check ((expires_at is null) = (hold_id is null)),
  constraint occupancy_no_overlap exclude using gist (organisation_id with =, resource_id with =, during with &&),
  foreign key (organisation_id, resource_id) references resource,
  foreign key (organisation_id, hold_id) references hold
);
create index occupancy_by_start on occupancy (organisation_id, resource_id, starts_at, ends_at);
create index occupancy_by_session on occupancy (organisation_id, session_id) where session_id is not null;
create index occupancy_by_hold on occupancy (organisation_id, hold_id) where hold_id is not null;

create table session (
  organisation_id bigint not null,
  id bigint not null default nextval('public_id'),
  practitioner_id bigint not null,
  session_type_id bigint not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  -- start and end with the buffers that were in force when it was agreed
  occupied tstzrange not null,
  -- As agreed, for the day the zone's rules change: the wall time is kept, the instant moves.
  zone text not null check (length(zone) between 1 and 64),
  wall_start text not null check (wall_start ~ '^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$'),
  platform text check (platform in ('zoom', 'google-meet', 'teams')),
  live boolean not null default true,
  -- Staff override: owns only what nobody else owned, and inherits the rest.
  overriding boolean not null default false,
  occupancy_id bigint,
  revision integer not null default 1 check (revision > 0),
  created_at timestamptz not null default now(),
  primary key (organisation_id, id),
  constraint session_has_length check (ends_at > starts_at),
  constraint session_inside_its_occupancy check (lower(occupied) <= starts_at and upper(occupied) >= ends_at),
  constraint live_session_owns_its_time check (not live or overriding or occupancy_id is not null),
  constraint dead_session_owns_nothing check (live or occupancy_id is null),
  constraint session_owns_what_it_claims foreign key (organisation_id, occupancy_id, occupied, practitioner_id, id)
    references occupancy (organisation_id, id, during, resource_id, session_id) deferrable initially deferred,
  -- What an occupancy points at: a session that lives.
  constraint session_lives_once unique (organisation_id, id, live),
  foreign key (organisation_id, practitioner_id) references practitioner,
  foreign key (organisation_id, session_type_id) references session_type
);
alter table occupancy add constraint occupancy_of_a_session foreign key (organisation_id, session_id, session_live)
  references session (organisation_id, id, live) deferrable initially deferred;
create index session_by_practitioner on session (organisation_id, practitioner_id, starts_at);

create table appointment (
  organisation_id bigint not null,
  id bigint not null default nextval('public_id'),
  session_id bigint not null,
  client_id bigint not null,
  seat_no smallint not null default 1 check (seat_no > 0),
  state text not null check (state in ('pending', 'confirmed', 'cancelled', 'completed', 'no_show')),
  revision integer not null default 1 check (revision > 0),
  cancelled_by text check (cancelled_by in ('client', 'practitioner', 'staff', 'service')),
  created_at timestamptz not null default now(),
  primary key (organisation_id, id),
  constraint seat_taken_once unique (organisation_id, session_id, seat_no),
  foreign key (organisation_id, session_id) references session,
  foreign key (organisation_id, client_id) references client
);
create index appointment_by_client on appointment (organisation_id, client_id, id);

-- Free text that people wrote; with `client`, the only place where personal words live.
create table note (
  organisation_id bigint not null,
  id bigint not null default nextval('public_id'),
  appointment_id bigint not null,
  kind text not null check (kind in ('cancel_reason', 'topic', 'description')),
  body text not null check (length(body) between 1 and 2000),
  created_at timestamptz not null default now(),
  primary key (organisation_id, id),
  foreign key (organisation_id, appointment_id) references appointment
);
create unique index note_topic_once on note (organisation_id, appointment_id, kind);

-- ---------------------------------------------------------------- what happened, and what must follow

-- One row per change, in the change's own transaction: audit log, outbox and event stream at once. Ids and plain facts
-- only. Followers read up to the oldest running transaction, since ids commit out of order.
create table journal (
  organisation_id bigint not null,
  id bigint generated always as identity,
  transaction_id xid8 not null default pg_current_xact_id(),
  at timestamptz not null,
  event text not null check (length(event) between 1 and 60),
  actor_role text not null,
  actor_ref text not null check (length(actor_ref) <= 160),
  subject_kind text not null,
  subject_id bigint not null,
  revision integer not null,
  facts jsonb not null default '{}',
  primary key (organisation_id, id)
);
create index journal_by_subject on journal (organisation_id, subject_kind, subject_id, id);

-- The truth about work outside: revision wanted, revision done. The row is the job; a notification is only a bell.
create table fulfilment (
  organisation_id bigint not null,
  session_id bigint not null,
  wanted_revision integer not null,
  done_revision integer not null default 0,
  -- when the revision now wanted was asked for
  wanted_at timestamptz not null,
  due_at timestamptz not null,
  attempts integer not null default 0,
  lease_until timestamptz,
  lease_no bigint not null default 0,
  last_error text check (length(last_error) <= 500),
  primary key (organisation_id, session_id),
  foreign key (organisation_id, session_id) references session,
  constraint done_never_ahead_of_wanted check (done_revision <= wanted_revision)
);
create index fulfilment_due on fulfilment (due_at) where done_revision < wanted_revision;

-- What we believe stands at a provider for a session: a video meeting or a calendar event (with the link in it where
-- the platform lives in the calendar). Written before each call, so that a crash leaves "creating", never nothing.
create table outside_object (
  organisation_id bigint not null,
  session_id bigint not null,
  kind text not null check (kind in ('meeting', 'calendar_event')),
  provider text not null check (provider in ('zoom', 'google', 'microsoft')),
  platform text check (platform in ('zoom', 'google-meet', 'teams')),
  -- the practitioner's address at the provider when it was made
  host text not null check (length(host) <= 254),
  generation integer not null default 1,
  state text not null check (state in ('creating', 'live', 'deleting', 'gone')),
  provider_id text check (length(provider_id) <= 1024),
  join_id text check (length(join_id) <= 1024),
  join_url text check (length(join_url) <= 2048),
  password text check (length(password) <= 128),
  -- digest of what was last written there
  written text,
  -- the session's revision it was last found or made to agree with
  written_revision integer not null default 0,
  -- A call ended without a clear answer: what is found there can be believed from this instant on. Written before a call,
  -- taken back when its outcome is certain.
  settles_at timestamptz,
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  last_error text check (length(last_error) <= 500),
  primary key (organisation_id, session_id, kind),
  foreign key (organisation_id, session_id) references session
);

-- The delivery log: every letter that was owed, and what became of it.
create table letter (
  organisation_id bigint not null,
  id bigint not null default nextval('public_id'),
  session_id bigint not null,
  appointment_id bigint not null,
  recipient text not null check (recipient in ('client', 'practitioner')),
  kind text not null check (kind in ('confirmation', 'change', 'link', 'cancellation')),
  revision integer not null,
  state text not null check (state in ('queued', 'sending', 'sent', 'unknown', 'superseded', 'refused')),
  -- digest of the join address it told; null: none
  link text check (length(link) <= 64),
  -- the start it tells of
  starts_at timestamptz not null,
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  sent_at timestamptz,
  last_error text check (length(last_error) <= 500),
  primary key (organisation_id, id),
  foreign key (organisation_id, appointment_id) references appointment
);
-- A second link at one revision is another letter; a confirmation that can name its link at last is the same one.
create unique index letter_once on letter
  (organisation_id, appointment_id, recipient, revision, kind, (case when kind = 'link' then link else '' end));
create index letter_by_session on letter (organisation_id, session_id, id);

-- Kept in the transaction of its effect: a repeat waits for that transaction, then gets the same answer rendered anew.
create table idempotency_key (
  organisation_id bigint not null,
  actor text not null check (length(actor) <= 200),
  route text not null check (length(route) <= 200),
  key text not null check (length(key) between 1 and 255),
  body_hash bytea not null,
  status smallint,
  subject_id bigint,
  created_at timestamptz not null,
  primary key (organisation_id, actor, route, key)
);
create index idempotency_key_by_age on idempotency_key (created_at);

-- ---------------------------------------------------------------- isolation

-- Forced, so that it binds the owner of the tables too. One policy per table: the organisation of the transaction.
do $$
declare t text;
begin
  foreach t in array array['organisation', 'resource', 'practitioner', 'weekly_hours', 'session_type', 'offering',
    'client', 'hold', 'occupancy', 'session', 'appointment', 'note', 'journal', 'fulfilment', 'outside_object',
    'letter', 'idempotency_key']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy of_organisation on %I using (organisation_id = current_organisation())', t);
  end loop;
  -- Scans: the few questions that must be asked across organisations, each named, each on one table.
  foreach t in array array['fulfilment', 'hold', 'idempotency_key']
  loop
    execute format('create policy scan on %I using (current_scan() = %L)', t, t);
  end loop;
end $$;
