-- Why: reminders. A row of work outside may name the next instant at which something is owed although nothing changed; who
-- is reminded when is set for the practice, a practitioner or a session type; a reminder is a letter with its lead in its
-- identity, by mail or by SMS. Nothing here is written by a booking: every new column of its tables is null then.

-- Set when a pass ends, looked at once the row is done: the next reminder, or whatever else is owed by the clock alone.
-- Earlier than needed does no harm: a pass finds nothing to do, and computes it anew. Whoever brings it forward from outside a
-- pass counts `rung_no` up with it, so that a pass under way does not write over it what it read before.
alter table fulfilment add column look_again_at timestamptz, add column rung_no integer;
create index fulfilment_look_again on fulfilment (look_again_at) where look_again_at is not null;

-- {"leadMinutes": [1440, 60], "channels": ["email"], "practitioner": false}; null: whatever holds one step up (session type,
-- practitioner, practice). `reminders_since`: when it was set, so that an instant that had passed by then is not made up for.
alter table organisation
  add column reminders jsonb not null default '{"leadMinutes": [1440, 60], "channels": ["email"], "practitioner": false}'
    constraint organisation_reminders_form check (jsonb_typeof(reminders -> 'leadMinutes') = 'array'),
  add column reminders_since timestamptz;
alter table practitioner
  add column reminders jsonb
    constraint practitioner_reminders_form check (jsonb_typeof(reminders -> 'leadMinutes') = 'array'),
  add column reminders_since timestamptz;
alter table session_type
  add column reminders jsonb
    constraint session_type_reminders_form check (jsonb_typeof(reminders -> 'leadMinutes') = 'array'),
  add column reminders_since timestamptz;

-- E.164, where the client wants to be reached by SMS.
alter table client add column phone text constraint client_phone_form check (phone ~ '^\+[1-9][0-9]{6,14}$');

alter table letter
  drop constraint letter_kind_check,
  add constraint letter_kind_check check (kind in ('confirmation', 'change', 'link', 'cancellation', 'reminder')),
  add column channel text not null default 'email' check (channel in ('email', 'sms')),
  -- how long before the start it was to remind
  add column lead_minutes integer check (lead_minutes > 0),
  -- the SMS provider's own id, and what it last said became of the message
  add column sms_id text check (length(sms_id) <= 64),
  add column sms_state text check (length(sms_state) <= 32),
  add constraint reminder_has_a_lead check ((kind = 'reminder') = (lead_minutes is not null)),
  add constraint only_reminders_by_sms check (channel = 'email' or kind = 'reminder');
-- Reminders of one appointment at one revision differ by lead and channel.
drop index letter_once;
create unique index letter_once on letter
  (organisation_id, appointment_id, recipient, revision, kind,
   (case when kind = 'link' then link when kind = 'reminder' then channel || lead_minutes::text else '' end));
