-- Why: the letters in which offers are made stand in the delivery log beside all others, so that staff see what became of them, a
-- mail service's news of one is taken down, and one that was refused is sent again. Such a letter is of no appointment's session: the
-- offer names it.
alter table letter
  alter column session_id drop not null,
  alter column appointment_id drop not null,
  drop constraint letter_kind_check,
  add constraint letter_kind_check check
    (kind in ('confirmation', 'change', 'link', 'cancellation', 'reminder', 'request', 'proposal', 'declined', 'offer'));

alter table offer add column letter_id bigint;
create index offer_by_letter on offer (organisation_id, letter_id) where letter_id is not null;
create index offer_of_appointment on offer (organisation_id, appointment_id) where appointment_id is not null;
