-- Why: a session type may be for a group. Its sessions have as many seats as were agreed when the first was taken; one client's
-- appointment is one seat. That a seat is given once is the unique key's to see; that there are no more of them than agreed is
-- seen here, whoever writes. The first seat of a session asks nothing, so a booking of one person pays for a comparison alone.

alter table session_type add column capacity smallint not null default 1 check (capacity between 1 and 500);

-- null: one
alter table session add column capacity smallint;

-- A seat that was given back bears a number beyond all capacities, so that its own can be given again.
create function refuse_seat_beyond_capacity() returns trigger language plpgsql as $$
declare seats smallint;
begin
  if new.state = 'cancelled' then return new; end if;
  -- The share is held to the end: the capacity does not change beside it.
  select coalesce(capacity, 1) into seats from session
   where organisation_id = new.organisation_id and id = new.session_id for share;
  if seats is null or new.seat_no > seats then
    raise exception 'the session has no such seat' using errcode = 'check_violation', constraint = 'seat_within_capacity';
  end if;
  return new;
end $$;
create trigger seat_within_capacity before insert or update of session_id, seat_no, state on appointment
  for each row when (new.seat_no > 1) execute function refuse_seat_beyond_capacity();

create function refuse_capacity_below_seats() returns trigger language plpgsql as $$
begin
  if exists (select from appointment
              where organisation_id = new.organisation_id and session_id = new.id and state <> 'cancelled'
                and seat_no > coalesce(new.capacity, 1)) then
    raise exception 'a seat beyond that capacity is taken' using errcode = 'check_violation', constraint = 'seat_within_capacity';
  end if;
  return new;
end $$;
create trigger capacity_above_seats before update of capacity on session
  for each row when (new.capacity is distinct from old.capacity) execute function refuse_capacity_below_seats();
