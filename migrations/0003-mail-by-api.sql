-- Why: mail services with an API tell what became of a letter after they took it. The delivery log keeps their news, and a
-- person whose address bounces or complains gets no further mail there until somebody has looked.

alter table letter
  -- the mail service's name and its own id of the message; null by SMTP, or where it told none
  add column service text check (length(service) between 1 and 40),
  add column service_id text check (length(service_id) between 1 and 200),
  -- the attempt a repeat of a sending in doubt repeats: the service drops doubles by it
  add column key_no integer,
  -- keyed digest of the address it went to, so that news of it is not held against a newer address
  add column address_digest bytea check (length(address_digest) = 32),
  -- what the service told of it since, and the class of the reason
  add column delivery text check (delivery in ('delayed', 'delivered', 'bounced', 'complained')),
  add column delivery_reason text check (length(delivery_reason) between 1 and 40),
  add column delivery_at timestamptz;

-- News that bears no reference of ours is found by the service's id.
create index letter_by_service_id on letter (service_id, service) where service_id is not null;
create policy scan_read on letter for select using (current_scan() = 'letter');

-- Addresses that must not be written to: whose, a keyed digest of which, and why. The address itself stays in client and
-- practitioner alone, so that a changed address is another, and erasing the person leaves nothing to read here.
create table mail_trouble (
  organisation_id bigint not null references organisation,
  person_kind text not null check (person_kind in ('client', 'practitioner')),
  person_id bigint not null,
  address_digest bytea not null check (length(address_digest) = 32),
  kind text not null check (kind in ('bounced', 'complained')),
  reason text not null check (length(reason) between 1 and 40),
  -- the letter that told
  letter_id bigint not null,
  since timestamptz not null,
  primary key (organisation_id, person_kind, person_id, address_digest)
);
alter table mail_trouble enable row level security;
alter table mail_trouble force row level security;
create policy of_organisation on mail_trouble using (organisation_id = current_organisation());
