-- Why: a practitioner's own accounts at providers. A connection keeps what an account granted, its tokens sealed; a request
-- is an authorisation under way; an outside object remembers with whose account it was made.

create table connection (
  organisation_id bigint not null,
  id bigint not null default nextval('public_id'),
  practitioner_id bigint not null,
  provider text not null check (provider in ('zoom', 'google', 'microsoft')),
  -- who it is there, by the provider's own lasting id; another account is another connection
  account_id text not null check (length(account_id) between 1 and 255),
  account_address text not null check (length(account_address) <= 254),
  scopes text[] not null,
  state text not null check (state in ('connected', 'needs_reconnect', 'missing_scopes', 'disconnected')),
  -- JWE of refresh and access token (RFC 7516), its data key wrapped by the key `key_id`; the protected header binds it to
  -- this organisation, practitioner and provider. Null once nothing is left to revoke.
  sealed text check (length(sealed) <= 65536),
  key_id text check (length(key_id) <= 64),
  -- Rises with each set of tokens put in: whoever read an older one looks again.
  token_no bigint not null default 1,
  -- One at a time asks for new tokens, under a lease; its number guards the write.
  refresh_until timestamptz,
  refresh_no bigint not null default 0,
  -- An earlier renewal ended without a clear answer: the tokens kept may be dead already.
  refresh_in_doubt boolean not null default false,
  connected_at timestamptz not null,
  checked_at timestamptz not null,
  last_error text check (length(last_error) <= 200),
  -- When the sweep is to look next: to tell of trouble, to revoke, or to see that it still stands. Null: never.
  attend_at timestamptz,
  attend_attempts integer not null default 0,
  -- Each spell of trouble is told once to each reader.
  episode integer not null default 0,
  told text[] not null default '{}',
  primary key (organisation_id, id),
  constraint connection_of_an_account unique (organisation_id, practitioner_id, provider, account_id),
  constraint connection_has_its_key check ((sealed is null) = (key_id is null)),
  constraint connection_can_be_used check (state <> 'connected' or sealed is not null),
  foreign key (organisation_id, practitioner_id) references practitioner
);
-- One account of each provider is in force.
create unique index connection_in_force on connection (organisation_id, practitioner_id, provider)
  where state <> 'disconnected';
create index connection_to_attend on connection (attend_at) where attend_at is not null;
create index connection_by_key on connection (key_id) where key_id is not null;

-- An authorisation under way: used once, and of no use after some minutes. Of the state only a digest is kept.
create table connection_request (
  organisation_id bigint not null,
  state_digest text not null check (length(state_digest) <= 64),
  practitioner_id bigint not null,
  provider text not null check (provider in ('zoom', 'google', 'microsoft')),
  actor_role text not null,
  actor_ref text not null check (length(actor_ref) <= 160),
  redirect_uri text not null check (length(redirect_uri) <= 2048),
  -- the PKCE verifier (RFC 7636), sealed as tokens are
  sealed_verifier text not null check (length(sealed_verifier) <= 8192),
  expires_at timestamptz not null,
  primary key (organisation_id, state_digest),
  foreign key (organisation_id, practitioner_id) references practitioner
);

-- Null: the deployment's own account. Written by fulfilment alone; booking writes no outside object.
alter table outside_object add column connection_id bigint;

do $$
declare t text;
begin
  foreach t in array array['connection', 'connection_request']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy of_organisation on %I using (organisation_id = current_organisation())', t);
  end loop;
end $$;

-- The sweep claims what is due, the rotation of keys what is sealed with an old one.
create policy scan_read on connection for select using (current_scan() = 'connection');
create policy scan_write on connection for update using (current_scan() = 'connection');
