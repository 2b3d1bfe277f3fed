// The rows of places where people work. A change of one changes the schedule of everybody whose hours name it.
import type { ConstraintTable } from '../platform/database/conflict.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';

export type Location = {
  readonly id: number;
  readonly name: string;
  readonly address: string | null;
  readonly timeZone: string;
  readonly revision: number;
};
export type LocationFields = Pick<Location, 'name' | 'address' | 'timeZone'>;

/** What a violated constraint tells the caller. */
export const LOCATION_CONFLICTS: ConstraintTable = {
  location_name_once: () =>
    new Refusal('already_exists', 'There is a location of that name. Use another name, or change that one.', {
      errors: [{ pointer: '/name', message: 'is taken by another location' }],
    }),
};

const LOCATION = 'select id, name, address, zone as "timeZone", revision from location where organisation_id = $1';

/** Whose hours name a location $2. */
const USERS = `
  select h.practitioner_id from weekly_hours h where h.organisation_id = $1 and h.location_id = $2
  union select p.practitioner_id from hours_plan_hours h
          join hours_plan p on p.organisation_id = h.organisation_id and p.id = h.plan_id
         where h.organisation_id = $1 and h.location_id = $2
  union select h.practitioner_id from date_override_hours h where h.organisation_id = $1 and h.location_id = $2`;

export async function listLocations(
  tx: Transaction,
  page: { readonly after: number; readonly limit: number },
): Promise<Location[]> {
  return await tx.query<Location>({
    name: 'location_list',
    text: `${LOCATION} and id > $2 order by id limit $3`,
    values: [tx.organisationId, page.after, page.limit],
  });
}

/** Refusal `not_found`. */
export async function readLocation(tx: Transaction, id: number): Promise<Location> {
  const [location] = await tx.query<Location>({
    name: 'location_read',
    text: `${LOCATION} and id = $2`,
    values: [tx.organisationId, id],
  });
  if (!location) throw new Refusal('not_found', 'There is no location with that id.');
  return location;
}

/**
 * Locks the time of everyone who works there, then the location itself. Whoever begins to work there takes a share of the
 * latter lock, so none is missed by what follows.
 */
export async function lockLocation(tx: Transaction, id: number): Promise<Location> {
  await tx.query({
    name: 'location_lock_users',
    text: `select id from resource where organisation_id = $1 and id in (${USERS}) order by id for no key update`,
    values: [tx.organisationId, id],
  });
  await tx.query({
    name: 'location_lock',
    text: 'select id from location where organisation_id = $1 and id = $2 for update',
    values: [tx.organisationId, id],
  });
  return await readLocation(tx, id);
}

/** Of these ids those that are no location of the practice; the others stay as they are until the transaction ends. */
export async function findUnknownLocations(tx: Transaction, ids: readonly number[]): Promise<number[]> {
  if (ids.length === 0) return [];
  const known = await tx.query<{ id: number }>({
    name: 'location_share',
    text: 'select id from location where organisation_id = $1 and id = any($2::bigint[]) order by id for share',
    values: [tx.organisationId, [...ids]],
  });
  return ids.filter((id) => !known.some((row) => row.id === id));
}

/** Everyone who works there has a new schedule. */
export async function raiseVersionsAt(tx: Transaction, id: number): Promise<void> {
  await tx.query({
    name: 'location_raise_versions',
    text: `update practitioner set schedule_version = schedule_version + 1, revision = revision + 1
            where organisation_id = $1 and id in (${USERS})`,
    values: [tx.organisationId, id],
  });
}

export async function insertLocation(tx: Transaction, fields: LocationFields): Promise<number> {
  const [row] = await tx.query<{ id: number }>({
    name: 'location_insert',
    text: 'insert into location (organisation_id, name, address, zone) values ($1, $2, $3, $4) returning id',
    values: [tx.organisationId, fields.name, fields.address, fields.timeZone],
  });
  if (!row) throw new Error('the location was not inserted');
  return row.id;
}

export async function updateLocation(tx: Transaction, id: number, fields: LocationFields): Promise<void> {
  await tx.query({
    name: 'location_update',
    text: `update location set name = $3, address = $4, zone = $5, revision = revision + 1
            where organisation_id = $1 and id = $2`,
    values: [tx.organisationId, id, fields.name, fields.address, fields.timeZone],
  });
}

/** False where somebody works there. */
export async function deleteLocation(tx: Transaction, id: number): Promise<boolean> {
  const gone = await tx.query({
    name: 'location_delete',
    text: `delete from location where organisation_id = $1 and id = $2 and not exists (${USERS}) returning 1 as gone`,
    values: [tx.organisationId, id],
  });
  return gone.length > 0;
}

export async function countLocations(tx: Transaction): Promise<number> {
  const [row] = await tx.query<{ count: number }>({
    name: 'location_count',
    text: 'select count(*)::integer as count from location where organisation_id = $1',
    values: [tx.organisationId],
  });
  return row?.count ?? 0;
}
