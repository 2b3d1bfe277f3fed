-- Why: what may be asked of a practitioner's time can end on a date, differ by session type, and be limited by the day, the
-- week and the month. Nothing that a booking writes is touched; limits are counted from the sessions that are there.

alter table practitioner
  -- the last date that can be booked; null: so many days from today
  add column horizon_until date,
  -- adjacent: of free times those that leave no idle time beside others come first, where an order is asked for
  add column packing text not null default 'none' check (packing in ('none', 'adjacent')),
  -- [{"per": "day" | "week" | "month", "of": "practitioner" | "client", "sessionTypeId", "mostSessions", "mostMinutes"}]
  add column limits jsonb not null default '[]' check (jsonb_typeof(limits) = 'array');

-- null: as she has it for all
alter table offering
  add column notice_minutes integer check (notice_minutes between 0 and 525600),
  add column horizon_days integer check (horizon_days between 1 and 1095),
  add column horizon_until date;
