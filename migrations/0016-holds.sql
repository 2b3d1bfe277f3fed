-- Why: a client holds a time while filling in the form, and an appointment takes the hold's place. What the appointment is
-- agreed by is kept with the hold, and holds are counted, so that nobody can block a calendar with them.

-- As agreed when it was placed: the zone may be another when it is confirmed.
alter table hold
  add column zone text not null default 'UTC' check (length(zone) between 1 and 64),
  add column wall_start text not null default '1970-01-01T00:00' check (wall_start ~ '^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$');
alter table hold alter column zone drop default, alter column wall_start drop default;

-- How many a caller has, and had of late.
create index hold_by_holder on hold (organisation_id, holder, expires_at);
-- How many are open on a day.
create index hold_open_by_start on hold (organisation_id, practitioner_id, starts_at) where state = 'open';
