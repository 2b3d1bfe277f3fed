-- Why: every read of free time looked for what staff have booked over others. That there is any, and until when, the
-- practitioner's own row says, which is read anyway: it only grows, and whoever writes such a session writes it, old versions too.
alter table practitioner add column claims_until timestamptz;

create function note_claims() returns trigger language plpgsql as $$
begin
  update practitioner set claims_until = greatest(claims_until, upper(new.occupied))
   where organisation_id = new.organisation_id and id = new.practitioner_id
     and (claims_until is null or claims_until < upper(new.occupied));
  return new;
end $$;
create trigger session_notes_claims before insert or update of overriding, occupied, practitioner_id, live on session
  for each row when (new.overriding and new.live) execute function note_claims();

-- Of all organisations at once: the policies bind the owner, too, until they are forced again.
alter table session no force row level security;
alter table practitioner no force row level security;
update practitioner p set claims_until = c.until
  from (select organisation_id, practitioner_id, max(upper(occupied)) as until
          from session where overriding and live group by organisation_id, practitioner_id) c
 where p.organisation_id = c.organisation_id and p.id = c.practitioner_id;
alter table session force row level security;
alter table practitioner force row level security;
