-- Why: seats of groups are kept for somebody as times are: while a client fills in the form, for who waits, for who must move. A held
-- seat is a hold that names its session. It owns no time: its session does, which the first hold opens where none stood, and which
-- lives on as long as anybody has a seat in it or one is kept.
alter table hold
  add column session_id bigint,
  add constraint hold_of_seat_in foreign key (organisation_id, session_id) references session;
create index hold_of_seat on hold (organisation_id, session_id) where session_id is not null and state = 'open';

-- Seats that are kept are given: no more of both than were agreed. Whoever is first has the session's row until the end, so that two
-- who count at once do not both find the last one.
create or replace function refuse_seat_beyond_capacity() returns trigger language plpgsql as $$
declare
  seats smallint;
  held bigint;
begin
  if new.state = 'cancelled' then return new; end if;
  select coalesce(capacity, 1) into seats from session
   where organisation_id = new.organisation_id and id = new.session_id for no key update;
  select count(*) into held from hold
   where organisation_id = new.organisation_id and session_id = new.session_id and state = 'open';
  if seats is null or new.seat_no > seats
     or (held > 0 and seats <= held + (select count(*) from appointment
                                        where organisation_id = new.organisation_id and session_id = new.session_id
                                          and state <> 'cancelled' and id <> new.id)) then
    raise exception 'the session has no such seat' using errcode = 'check_violation', constraint = 'seat_within_capacity';
  end if;
  return new;
end $$;

create function refuse_held_seat_beyond_capacity() returns trigger language plpgsql as $$
declare seats smallint;
begin
  select coalesce(capacity, 1) into seats from session
   where organisation_id = new.organisation_id and id = new.session_id and live for no key update;
  if seats is null
     or seats <= (select count(*) from hold
                   where organisation_id = new.organisation_id and session_id = new.session_id and state = 'open'
                     and id <> new.id)
               + (select count(*) from appointment
                   where organisation_id = new.organisation_id and session_id = new.session_id and state <> 'cancelled') then
    raise exception 'the session has no seat to keep' using errcode = 'check_violation', constraint = 'seat_within_capacity';
  end if;
  return new;
end $$;
create trigger held_seat_within_capacity before insert or update of session_id, state on hold
  for each row when (new.session_id is not null and new.state = 'open') execute function refuse_held_seat_beyond_capacity();
