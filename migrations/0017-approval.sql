-- Why: a practitioner may approve each appointment of a kind first. Until then it is a request: its time is taken, and free
-- again by itself once the deadline has passed, as a hold's is. And staff may override a rule, with a reason on record.

-- approval_minutes: so long a request may wait, and never beyond its start.
alter table session_type
  add column requires_approval boolean not null default false,
  add column approval_minutes integer not null default 1440 check (approval_minutes between 10 and 20160);
-- null: as the session type has it
alter table offering add column requires_approval boolean;

-- Null where nothing is to be approved: a plain booking writes none of them, and pays for no check.
alter table appointment
  -- until when a request can be decided
  add column decide_by timestamptz,
  -- whose word is waited for: practitioner or client
  add column awaits text,
  -- approved, accepted, declined or lapsed
  add column decision text;

-- A request's row expires as a hold's does; that of a session agreed does not. Whoever needs the time of a request that has
-- run out ends it first.
alter table occupancy
  drop constraint occupancy_expires_with_hold,
  add constraint occupancy_expires_with_hold check (hold_id is null or expires_at is not null);

alter table letter
  drop constraint letter_kind_check,
  add constraint letter_kind_check check
    (kind in ('confirmation', 'change', 'link', 'cancellation', 'reminder', 'request', 'proposal', 'declined'));

alter table note
  drop constraint note_kind_check,
  add constraint note_kind_check check
    (kind in ('cancel_reason', 'topic', 'description', 'decline_reason', 'override_reason'));
