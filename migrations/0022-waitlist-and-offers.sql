-- Why: a time that comes free is offered to those who wait for one, and those whom time off concerns are offered others. An
-- offer is a time under a hold until a deadline, with a letter, and an answer that is kept.

create table waitlist_entry (
  organisation_id bigint not null,
  id bigint not null default nextval('public_id'),
  client_id bigint not null,
  session_type_id bigint not null,
  -- empty: any
  practitioner_ids bigint[] not null default '{}',
  -- days on which it may be, in `zone`; zone null: each practitioner's own
  first_date date not null,
  last_date date not null,
  zone zone_name,
  -- hours of the week that suit, of minutes of the day; empty: any
  windows jsonb not null default '[]',
  platform platform_name,
  state text not null default 'waiting' check (state in ('waiting', 'offered', 'booked', 'left', 'ended')),
  created_at timestamptz not null,
  primary key (organisation_id, id),
  foreign key (organisation_id, client_id) references client,
  constraint waitlist_dates_rise check (last_date >= first_date)
);
create index waitlist_open on waitlist_entry (organisation_id, id) where state in ('waiting', 'offered');
create index waitlist_of_client on waitlist_entry (organisation_id, client_id, id);

create table offer (
  organisation_id bigint not null,
  id bigint not null default nextval('public_id'),
  -- waitlist: a time for somebody who waits; move: others for an appointment
  kind text not null check (kind in ('waitlist', 'move')),
  client_id bigint not null,
  entry_id bigint,
  -- of a move: which appointment, as it was when the offer was made; of one accepted: which it became
  appointment_id bigint,
  revision integer,
  time_off_id bigint,
  state text not null default 'open' check (state in ('open', 'accepted', 'declined', 'lapsed', 'withdrawn')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  answered_at timestamptz,
  -- when there is a letter to be sent, or tried again; null: none
  letter_due_at timestamptz,
  letter_attempts smallint not null default 0,
  letter_sent_at timestamptz,
  letter_error text check (length(letter_error) <= 200),
  primary key (organisation_id, id),
  foreign key (organisation_id, client_id) references client,
  foreign key (organisation_id, entry_id) references waitlist_entry,
  foreign key (organisation_id, appointment_id) references appointment,
  constraint offer_is_of_something check (case kind when 'waitlist' then entry_id is not null else appointment_id is not null end)
);
create index offer_open on offer (organisation_id, id) where state = 'open';
create index offer_letters on offer (organisation_id, letter_due_at) where letter_due_at is not null;
create index offer_of_entry on offer (organisation_id, entry_id) where entry_id is not null;
create index offer_of_time_off on offer (organisation_id, time_off_id) where time_off_id is not null;
create unique index offer_once_open on offer (organisation_id, appointment_id) where state = 'open' and kind = 'move';

-- The times it offers, each under a hold of its own.
create table offer_time (
  organisation_id bigint not null,
  offer_id bigint not null,
  position smallint not null check (position > 0),
  hold_id bigint not null,
  primary key (organisation_id, offer_id, position),
  foreign key (organisation_id, offer_id) references offer,
  foreign key (organisation_id, hold_id) references hold
);

do $$
declare t text;
begin
  foreach t in array array['waitlist_entry', 'offer', 'offer_time']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy of_organisation on %I using (organisation_id = current_organisation())', t);
  end loop;
end $$;
