// The rows of rooms, equipment and video hosts. Each unit more than the first is a row that names the first; what changes of a
// resource changes the desk of everybody whose sessions may need it.
import type { ConstraintTable } from '../platform/database/conflict.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Resource, ResourceFields, ResourceKind } from './resource.ts';

/** What a violated constraint tells the caller. */
export const RESOURCE_CONFLICTS: ConstraintTable = {
  resource_name_once: () =>
    new Refusal('already_exists', 'There is a resource of that kind and name. Use another name, or change that one.', {
      errors: [{ pointer: '/name', message: 'is taken by another resource' }],
    }),
  resource_at_location: () =>
    new Refusal('unknown_location', 'There is no location with that id. Add it first, or name another.', {
      errors: [{ pointer: '/locationId', message: 'is no location' }],
    }),
};

const RESOURCE = `
  select id, kind, name, location_id as "locationId", address, units, active, revision
    from resource where organisation_id = $1 and kind <> 'practitioner' and of_id is null`;

/** Everybody who offers what may need the resource `$2`, of the kind `$3`. */
const NEEDING = `
  select o.practitioner_id from offering o
    join session_type s on s.organisation_id = o.organisation_id and s.id = o.session_type_id
   where o.organisation_id = $1 and exists (
     select from jsonb_array_elements(s.needs) n
      where n ->> 'kind' = $3 and (n -> 'anyOf' is null or n -> 'anyOf' @> to_jsonb($2::bigint)))`;

export async function listResources(
  tx: Transaction,
  page: { readonly after: number; readonly limit: number; readonly kind: ResourceKind | null },
): Promise<Resource[]> {
  return await tx.query<Resource>({
    name: 'resource_list',
    text: `${RESOURCE} and id > $2 and ($4::text is null or kind = $4) order by id limit $3`,
    values: [tx.organisationId, page.after, page.limit, page.kind],
  });
}

/** Refusal `not_found`. */
export async function readResource(tx: Transaction, id: number): Promise<Resource> {
  const [resource] = await tx.query<Resource>({
    name: 'resource_read',
    text: `${RESOURCE} and id = $2`,
    values: [tx.organisationId, id],
  });
  if (!resource) throw new Refusal('not_found', 'There is no resource with that id.');
  return resource;
}

/** One change at a time of what is needed, by whom, and of what there is, so that none misses another. Taken before any other lock. */
export async function lockNeeds(tx: Transaction): Promise<void> {
  await tx.query({
    name: 'needs_lock',
    text: `select pg_advisory_xact_lock(hashtextextended($1::text || ' needs', 0)) is null as locked`,
    values: [String(tx.organisationId)],
  });
}

/** Locks its time and that of everybody who may need it. */
export async function lockResource(tx: Transaction, id: number): Promise<Resource> {
  const { kind } = await readResource(tx, id);
  await tx.query({
    name: 'resource_lock',
    text: `select id from resource where organisation_id = $1 and (id = $2 or of_id = $2 or id in (${NEEDING}))
            order by id for no key update`,
    values: [tx.organisationId, id, kind],
  });
  return await readResource(tx, id);
}

/** Everybody who may need it has another choice. */
export async function raiseVersionsNeeding(tx: Transaction, id: number, kind: ResourceKind): Promise<void> {
  await tx.query({
    name: 'resource_raise_versions',
    text: `update practitioner set schedule_version = schedule_version + 1, revision = revision + 1
            where organisation_id = $1 and id in (${NEEDING})`,
    values: [tx.organisationId, id, kind],
  });
}

export async function insertResource(tx: Transaction, fields: ResourceFields): Promise<number> {
  const [row] = await tx.query<{ id: number }>({
    name: 'resource_insert',
    text: `insert into resource (organisation_id, kind, name, location_id, address, active, units)
           values ($1, $2, $3, $4, $5, $6, $7) returning id`,
    values: [
      tx.organisationId,
      fields.kind,
      fields.name,
      fields.locationId,
      fields.address,
      fields.active,
      fields.units,
    ],
  });
  if (!row) throw new Error('the resource was not inserted');
  await setUnits(tx, row.id, fields);
  return row.id;
}

export async function updateResource(tx: Transaction, id: number, fields: ResourceFields): Promise<void> {
  await tx.query({
    name: 'resource_update',
    text: `update resource set name = $3, location_id = $4, address = $5, active = $6, units = $7, revision = revision + 1
            where organisation_id = $1 and id = $2`,
    values: [tx.organisationId, id, fields.name, fields.locationId, fields.address, fields.active, fields.units],
  });
  await setUnits(tx, id, fields);
}

/** As many units as there are to be; those beyond take nothing new, and keep what they have. */
async function setUnits(tx: Transaction, id: number, { kind, units, active }: ResourceFields): Promise<void> {
  await tx.query({
    name: 'resource_add_units',
    text: `insert into resource (organisation_id, kind, of_id)
           select $1, $2, $3 from generate_series(1, $4::integer - 1 - (
             select count(*)::integer from resource where organisation_id = $1 and of_id = $3))`,
    values: [tx.organisationId, kind, id, units],
  });
  await tx.query({
    name: 'resource_set_units',
    text: `update resource r set active = $4::boolean and n.no < $3::integer
             from (select id, row_number() over (order by id) as no from resource
                    where organisation_id = $1 and of_id = $2) n
            where r.organisation_id = $1 and r.id = n.id`,
    values: [tx.organisationId, id, units, active],
  });
}

export async function countResources(tx: Transaction): Promise<number> {
  const [row] = await tx.query<{ count: number }>({
    name: 'resource_count',
    text: `select count(*)::integer as count from resource
            where organisation_id = $1 and kind <> 'practitioner' and of_id is null`,
    values: [tx.organisationId],
  });
  return row?.count ?? 0;
}
