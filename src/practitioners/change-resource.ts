// Adds and changes what sessions are held with. Whatever is given out stays given; what is free of it can be had at once, by
// everybody whose sessions need it.
import { mayAdminister, type Actor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import { refusalFor } from '../platform/database/conflict.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Tools } from './add-practitioner.ts';
import { checkVersion, doOnce, type Call, type VersionedCall } from './call.ts';
import { checkedResource, MOST_RESOURCES, type Need, type Resource, type ResourceFields } from './resource.ts';
import {
  countResources,
  insertResource,
  lockNeeds,
  lockResource,
  raiseVersionsNeeding,
  readResource,
  RESOURCE_CONFLICTS,
  updateResource,
} from './store-resources.ts';
import { findUnknownResources } from './store-session-type.ts';

/** Refusals: `forbidden`, `invalid_request`, `already_exists` (the name, of its kind), `unknown_location`, `limit_reached`. */
export async function addResource(
  tools: Tools,
  actor: Actor,
  { fields, call }: { readonly fields: ResourceFields; readonly call: Call },
): Promise<Resource> {
  const checked = checkedResource(fields);
  return await write(tools, actor, async (tx) => {
    const id = await doOnce(tx, call, async () => {
      await lockNeeds(tx);
      if ((await countResources(tx)) >= MOST_RESOURCES) {
        throw new Refusal('limit_reached', `There can be no more than ${MOST_RESOURCES} resources.`);
      }
      const added = await insertResource(tx, checked);
      await lockResource(tx, added);
      await raiseVersionsNeeding(tx, added, checked.kind);
      await record(tx, { ...byOf(tools, actor, added), event: 'resource.added', revision: 1, facts: factsOf(checked) });
      return added;
    });
    return await readResource(tx, id);
  });
}

/** Refusals: as for adding, and `not_found`, `version_mismatch`. A resource is retired by `active: false`. */
export async function changeResource(
  tools: Tools,
  actor: Actor,
  change: {
    readonly id: number;
    readonly fields: Partial<Omit<ResourceFields, 'kind'>>;
    readonly call: VersionedCall;
  },
): Promise<Resource> {
  const { id, fields, call } = change;
  return await write(tools, actor, async (tx) => {
    await doOnce(tx, call, async () => {
      await lockNeeds(tx);
      const before = await lockResource(tx, id);
      checkVersion(call, before.revision);
      const after = checkedResource({ ...before, ...fields });
      await updateResource(tx, id, after);
      if (after.units !== before.units || after.active !== before.active) {
        await raiseVersionsNeeding(tx, id, before.kind);
      }
      await record(tx, {
        ...byOf(tools, actor, id),
        event: 'resource.changed',
        revision: before.revision + 1,
        facts: { fields: Object.keys(fields), ...factsOf(after) },
      });
      return id;
    });
    return await readResource(tx, id);
  });
}

/** Refusal `unknown_resource`. */
export async function refuseUnknownResources(tx: Transaction, needs: readonly Need[]): Promise<void> {
  const unknown = await findUnknownResources(tx, needs);
  if (unknown.length === 0) return;
  const errors = needs.flatMap(({ anyOf = [] }, need) =>
    anyOf.flatMap((id, index) =>
      unknown.includes(id)
        ? [{ pointer: `/needs/${need}/anyOf/${index}`, message: 'is no resource of that kind' }]
        : [],
    ),
  );
  throw new Refusal('unknown_resource', 'A need names a resource that is not there, or of another kind.', { errors });
}

async function write<T>(tools: Tools, actor: Actor, act: (tx: Transaction) => Promise<T>): Promise<T> {
  if (!mayAdminister(actor)) throw new Refusal('forbidden', 'Only staff may change resources.');
  try {
    return await tools.transactor.inOrganisation(actor.organisationId, act);
  } catch (error) {
    throw refusalFor(error, RESOURCE_CONFLICTS);
  }
}

function factsOf({ kind, units, active }: ResourceFields) {
  return { kind, units, active };
}

function byOf(tools: Tools, actor: Actor, id: number) {
  return {
    at: tools.clock.now(),
    actor: { role: actor.role, ref: actor.key },
    subject: { kind: 'resource', id },
  } as const;
}
