// Adds, changes and removes the places where people work. Staff do so; a change of zone moves the hours worked there.
import { mayAdminister, type Actor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import { refusalFor } from '../platform/database/conflict.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Tools } from '../practitioners/add-practitioner.ts';
import { checkVersion, doOnce, type Call, type VersionedCall } from '../practitioners/call.ts';
import { refuseBeyond } from './change-schedule.ts';
import {
  countLocations,
  deleteLocation,
  insertLocation,
  LOCATION_CONFLICTS,
  lockLocation,
  raiseVersionsAt,
  readLocation,
  updateLocation,
  type Location,
  type LocationFields,
} from './store-locations.ts';

/** More houses than one practice has. */
const MOST_LOCATIONS = 500;

/** Refusals: `forbidden`, `already_exists` (the name, whatever its case), `limit_reached`. */
export async function addLocation(
  tools: Tools,
  actor: Actor,
  { fields, call }: { readonly fields: LocationFields; readonly call: Call },
): Promise<Location> {
  return await write(tools, actor, async (tx) => {
    const id = await doOnce(tx, call, async () => {
      refuseBeyond(await countLocations(tx), MOST_LOCATIONS, 'locations');
      const added = await insertLocation(tx, fields);
      await record(tx, { ...byOf(tools, actor, added), event: 'location.added', revision: 1 });
      return added;
    });
    return await readLocation(tx, id);
  });
}

/** Refusals: `forbidden`, `not_found`, `already_exists`, `version_mismatch`. */
export async function changeLocation(
  tools: Tools,
  actor: Actor,
  change: { readonly id: number; readonly fields: Partial<LocationFields>; readonly call: VersionedCall },
): Promise<Location> {
  const { id, fields, call } = change;
  return await write(tools, actor, async (tx) => {
    await doOnce(tx, call, async () => {
      const before = await lockLocation(tx, id);
      checkVersion(call, before.revision);
      await updateLocation(tx, id, { ...before, ...fields });
      if (fields.timeZone !== undefined && fields.timeZone !== before.timeZone) await raiseVersionsAt(tx, id);
      await record(tx, {
        ...byOf(tools, actor, id),
        event: 'location.changed',
        revision: before.revision + 1,
        facts: { fields: Object.keys(fields), timeZone: fields.timeZone ?? before.timeZone },
      });
      return id;
    });
    return await readLocation(tx, id);
  });
}

/** Refusals: `forbidden`, `not_found`, `in_use` while somebody's hours name it, `version_mismatch`. */
export async function removeLocation(
  tools: Tools,
  actor: Actor,
  { id, call }: { readonly id: number; readonly call: VersionedCall },
): Promise<void> {
  await write(tools, actor, async (tx) => {
    await doOnce(tx, call, async () => {
      const before = await lockLocation(tx, id);
      checkVersion(call, before.revision);
      if (!(await deleteLocation(tx, id))) {
        throw new Refusal('in_use', 'Somebody’s hours are at this location. Change those hours first.');
      }
      await record(tx, { ...byOf(tools, actor, id), event: 'location.removed', revision: before.revision + 1 });
      return id;
    });
  });
}

async function write<T>(tools: Tools, actor: Actor, act: (tx: Transaction) => Promise<T>): Promise<T> {
  if (!mayAdminister(actor)) throw new Refusal('forbidden', 'Only staff may change locations.');
  try {
    return await tools.transactor.inOrganisation(actor.organisationId, act);
  } catch (error) {
    throw refusalFor(error, LOCATION_CONFLICTS);
  }
}

function byOf(tools: Tools, actor: Actor, id: number) {
  return {
    at: tools.clock.now(),
    actor: { role: actor.role, ref: actor.key },
    subject: { kind: 'location', id },
  } as const;
}
