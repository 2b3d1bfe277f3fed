-- Why: an appointment is closed, cancelled late, or changed by a link in a mail; and a practice says until when its clients
-- may change one. Nothing that booking writes is touched: the columns of an appointment are null until somebody does one
-- of these things, and bear no check, so that an insert pays for none.

-- How long before its start a client may cancel or move; 0: no window, as it was. What a client is told who comes too late
-- is either a refusal, or nothing but a mark on the appointment.
alter table practitioner
  add column cancellation_window_minutes integer not null default 0
    check (cancellation_window_minutes between 0 and 525600),
  add column reschedule_window_minutes integer not null default 0
    check (reschedule_window_minutes between 0 and 525600),
  add column late_cancellations text not null default 'refuse' check (late_cancellations in ('refuse', 'mark_late')),
  add column late_reschedules text not null default 'refuse' check (late_reschedules in ('refuse', 'mark_late'));

-- null: as the practitioner has it
alter table session_type
  add column cancellation_window_minutes integer check (cancellation_window_minutes between 0 and 525600),
  add column reschedule_window_minutes integer check (reschedule_window_minutes between 0 and 525600),
  add column late_cancellations text check (late_cancellations in ('refuse', 'mark_late')),
  add column late_reschedules text check (late_reschedules in ('refuse', 'mark_late'));

alter table appointment
  add column cancelled_at timestamptz,
  -- true: cancelled within the window that was in force then
  add column late_cancellation boolean,
  -- how often it was moved within the window; null: never
  add column late_moves smallint,
  -- Links to manage it bear this number; raising it ends all that were given out. null: none was ever ended.
  add column link_generation integer;
