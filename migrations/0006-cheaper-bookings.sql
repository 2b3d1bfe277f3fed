-- Why: a booking pays for each index, foreign key and right its rows meet. Two indexes of occupancy become one, sessions no
-- longer share-lock their practitioner and session type, and each scan across organisations may do just what it asks.

-- What a session points at: its own row, of its own practitioner, for just its time. Led by the session, it finds a
-- session's rows, too.
alter table session drop constraint session_owns_what_it_claims;
alter table occupancy
  drop constraint occupancy_of_one_owner,
  add constraint occupancy_of_one_owner unique (organisation_id, session_id, id, during, resource_id);
alter table session add constraint session_owns_what_it_claims
  foreign key (organisation_id, occupancy_id, occupied, practitioner_id, id)
  references occupancy (organisation_id, id, during, resource_id, session_id) deferrable initially deferred;
drop index occupancy_by_session;

-- Every booking would share-lock the same few rows. Nothing here deletes either, the role of requests may not (below), and
-- the occupancy names the practitioner as its resource.
alter table session
  drop constraint session_organisation_id_practitioner_id_fkey,
  drop constraint session_organisation_id_session_type_id_fkey;

do $$
begin
  -- Where the role is not there, requests run as the owner of the tables.
  if exists (select from pg_roles where rolname = 'slotkeeper_app') then
    revoke all on journal, resource, practitioner, session_type from slotkeeper_app;
    -- The journal is only added to. Where a migration names the role itself, the grants after it give no more.
    grant select, insert on journal to slotkeeper_app;
    -- Sessions name these without a foreign key: they are changed, never removed.
    grant select, insert, update on resource, practitioner, session_type to slotkeeper_app;
  end if;
end $$;

-- Scans: the few questions that must be asked across organisations, each named, each on one table, and no more of it than
-- the question needs.
drop policy scan on fulfilment;
drop policy scan on hold;
drop policy scan on idempotency_key;
create policy scan_read on fulfilment for select using (current_scan() = 'fulfilment');
create policy scan_claim on fulfilment for update using (current_scan() = 'fulfilment');
create policy scan_read on idempotency_key for select using (current_scan() = 'idempotency_key');
-- `for update` locks what is about to be removed; nothing is changed.
create policy scan_lock on idempotency_key for update using (current_scan() = 'idempotency_key') with check (false);
create policy scan_remove on idempotency_key for delete using (current_scan() = 'idempotency_key');
