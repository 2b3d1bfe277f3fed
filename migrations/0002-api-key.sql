-- Why: services call with keys of their own, which can be told apart, narrowed to scopes, ended one by one, and whose secret
-- nobody can read here: of a secret only its digest is kept.

create table api_key (
  organisation_id bigint not null references organisation,
  id bigint not null default nextval('public_id'),
  name text not null check (length(name) between 1 and 120),
  -- SHA-256 of the whole secret; a secret is 256 random bits, so nothing slower is needed
  digest bytea not null check (length(digest) = 32),
  -- its first letters, to tell keys apart by
  hint text not null check (hint ~ '^[0-9a-f]{6}$'),
  scopes text[] not null check (cardinality(scopes) between 1 and 50),
  created_by text not null check (length(created_by) <= 160),
  created_at timestamptz not null,
  expires_at timestamptz,
  -- to the minute or so
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (organisation_id, id)
);
-- A caller brings the secret alone, and the key says whose it is: the one look-up that no organisation can lead.
create unique index api_key_digest_once on api_key (digest);

alter table api_key enable row level security;
alter table api_key force row level security;
create policy of_organisation on api_key using (organisation_id = current_organisation());
create policy scan_read on api_key for select using (current_scan() = 'api_key');

do $$
begin
  if exists (select from pg_roles where rolname = 'slotkeeper_app') then
    -- A key is revoked, never removed: the journal goes on naming it.
    grant select, insert, update on api_key to slotkeeper_app;
  end if;
end $$;
