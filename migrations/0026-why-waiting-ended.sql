-- Why: who waited and waits no more is told why: its days are over, it let offers lapse, or what it waited for is booked by the
-- seat, or with a room, from now on, and not kept for one who waits. Null also for what had ended before it was kept.
alter table waitlist_entry add column ended_because text
  check (ended_because in ('days_over', 'offers_lapsed', 'shared_now'));
