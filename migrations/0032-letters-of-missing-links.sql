-- Why: a practitioner whose meeting cannot be made is told so by mail, before her client waits for a link. Expand only: an older
-- version takes such a letter for one that told the time without a link, which it did.
alter table letter
  drop constraint letter_kind_check,
  add constraint letter_kind_check check
    (kind in ('confirmation', 'change', 'link', 'link_missing', 'cancellation', 'reminder', 'request', 'proposal', 'declined', 'offer'));
