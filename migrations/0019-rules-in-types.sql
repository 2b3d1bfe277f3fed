-- Why: PostgreSQL reads each check of a table anew whenever a row is inserted, and a booking inserts five rows with twenty of
-- them. A rule about one value alone is the value's type as well, which is read once a connection. Rules between columns stay
-- checks. (The tables are written anew once: some seconds for each million appointments.)

create domain zone_name as text constraint zone_has_a_name check (length(value) between 1 and 64);
create domain wall_minute as text
  constraint wall_minute_is_local check (value ~ '^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$');
create domain platform_name as text constraint platform_is_known check (value in ('zoom', 'google-meet', 'teams'));
create domain revision_number as integer constraint revision_is_positive check (value > 0);
create domain seat_number as smallint constraint seat_is_positive check (value > 0);
create domain appointment_state as text
  constraint appointment_state_is_known check (value in ('pending', 'confirmed', 'cancelled', 'completed', 'no_show'));
create domain canceller as text
  constraint canceller_is_known check (value in ('client', 'practitioner', 'staff', 'service'));
create domain event_name as text constraint event_has_a_name check (length(value) between 1 and 60);
create domain actor_reference as text constraint actor_reference_is_short check (length(value) <= 160);
create domain error_line as text constraint error_line_is_short check (length(value) <= 500);

alter table session
  drop constraint session_zone_check,
  drop constraint session_wall_start_check,
  drop constraint session_platform_check,
  drop constraint session_revision_check,
  alter zone type zone_name,
  alter wall_start type wall_minute,
  alter platform type platform_name,
  alter revision type revision_number;
alter table appointment
  drop constraint appointment_revision_check,
  drop constraint appointment_seat_no_check,
  drop constraint appointment_state_check,
  drop constraint appointment_cancelled_by_check,
  alter revision type revision_number,
  alter seat_no type seat_number,
  alter state type appointment_state,
  alter cancelled_by type canceller;
alter table journal
  drop constraint journal_event_check,
  drop constraint journal_actor_ref_check,
  alter event type event_name,
  alter actor_ref type actor_reference;
alter table fulfilment
  drop constraint fulfilment_last_error_check,
  alter last_error type error_line;

-- As sessions name their practitioner: the row that is named is written in the same statement, or locked by the act, and
-- nothing here removes either.
alter table fulfilment drop constraint fulfilment_organisation_id_session_id_fkey;
alter table occupancy drop constraint occupancy_organisation_id_resource_id_fkey;
