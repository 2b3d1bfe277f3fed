-- Why: what waits for the mail or the SMS service is let go when that answers again. A letter that waits leaves no mark of its own, so its
-- session's row says for which of them it waits; no booking writes it. And a letter in doubt ends as overtaken where its reader was
-- told newer news since.

alter table fulfilment add column waits_for text[] check (waits_for <@ array['mail', 'sms']);
create index fulfilment_waits_for on fulfilment (organisation_id) where waits_for is not null;

alter table letter
  drop constraint letter_state_check,
  add constraint letter_state_check check
    (state in ('queued', 'sending', 'sent', 'unknown', 'superseded', 'refused', 'overtaken'));
