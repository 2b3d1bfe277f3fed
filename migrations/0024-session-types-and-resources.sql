-- Why: what can be booked is more than a length. A session type may be held at several lengths, start on a grid of its own, keep
-- buffers of its own, cost something, be held online, in person or by phone, and need a room, equipment or a shared video host:
-- resources, whose time `occupancy` owns as it owns that of practitioners. Nothing that booking writes gets a check.

alter table resource
  drop constraint resource_kind_check,
  add constraint resource_kind_check check (kind in ('practitioner', 'room', 'equipment', 'video_host')),
  add column name text check (length(name) between 1 and 120),
  add column location_id bigint,
  -- of a video host: who it is at the provider
  add column address text check (length(address) between 3 and 254),
  -- False: nothing new is given it; what was agreed stays.
  add column active boolean not null default true,
  add column revision integer not null default 1,
  -- So many can be taken at once. Each one more than the first is a row of its own that names the first in `of_id`: whatever is
  -- taken is one row's time, and the constraint knows no number.
  add column units smallint not null default 1 check (units between 1 and 50),
  add column of_id bigint,
  add constraint resource_at_location foreign key (organisation_id, location_id) references location,
  add constraint resource_unit_of foreign key (organisation_id, of_id) references resource,
  add constraint resource_is_named check ((kind <> 'practitioner' and of_id is null) = (name is not null)),
  add constraint resource_host_has_address check ((kind = 'video_host' and of_id is null) = (address is not null));
create unique index resource_name_once on resource (organisation_id, kind, lower(name)) where name is not null;
create index resource_units on resource (organisation_id, of_id) where of_id is not null;

alter table session_type
  -- beside length_minutes: what else can be chosen
  add column lengths smallint[] not null default '{}' check (5 <= all (lengths) and 720 >= all (lengths)),
  -- null: as the practitioner has it
  add column grid_minutes smallint check (grid_minutes between 5 and 720),
  add column buffer_before_minutes smallint check (buffer_before_minutes between 0 and 240),
  add column buffer_after_minutes smallint check (buffer_after_minutes between 0 and 240),
  -- in the currency's smallest unit; null: no price is told
  add column price_minor bigint check (price_minor >= 0),
  add column price_currency text check (price_currency ~ '^[A-Z]{3}$'),
  add column modes text[] not null default '{online,in_person,phone}'
    check (modes <@ '{online,in_person,phone}' and cardinality(modes) > 0),
  -- [{"kind": "room" | "equipment" | "video_host", "anyOf": [resource ids], or left out: any of the kind}]
  add column needs jsonb not null default '[]' check (jsonb_typeof(needs) = 'array'),
  add constraint session_type_price_is_whole check ((price_minor is null) = (price_currency is null));

-- online, in_person or phone, where it was said at booking
alter table session add column mode text;
