// Changes an endpoint, pauses it, lets it go on, or removes it. Whatever is changed, what went wrong before is forgotten.
import type { Actor } from '../identity/actor.ts';
import { record, type Entry } from '../journal/record.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { requireAdministrator, type EndpointTools } from './add-endpoint.ts';
import { checkedUrl } from './endpoint.ts';
import { deleteEndpoint, lockEndpoint, refuseUnknown, updateEndpoint, type EndpointFields } from './store.ts';

export type EndpointChange = Partial<Omit<EndpointFields, 'state'>> & { readonly state?: 'active' | 'paused' };

/** Refusals: `forbidden`, `not_found`, `address_not_allowed`. */
export async function changeEndpoint(
  tools: EndpointTools,
  actor: Actor,
  request: { readonly id: number; readonly change: EndpointChange },
  once: Once,
): Promise<void> {
  requireAdministrator(actor);
  const { id, change } = request;
  const url = change.url === undefined ? undefined : checkedUrl(change.url, tools.webhookReach);
  const at = tools.clock.now();
  await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    if (await once.claim(tx)) return;
    const { types, description, state, url: before } = await lockEndpoint(tx, id);
    await updateEndpoint(tx, id, { types, description, state, ...change, url: url ?? before }, at);
    const facts = { fields: Object.keys(change), state: change.state ?? state };
    await record(tx, { ...entryOf(actor, id, at), event: 'webhook_endpoint.changed', facts });
    await once.settle(tx, 200, id);
  });
}

/** With what it was owed, and its log. Refusals: `forbidden`, `not_found`. */
export async function removeEndpoint(tools: EndpointTools, actor: Actor, id: number, once: Once): Promise<void> {
  requireAdministrator(actor);
  const at = tools.clock.now();
  await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    if (await once.claim(tx)) return;
    if (!(await deleteEndpoint(tx, id))) refuseUnknown();
    await record(tx, { ...entryOf(actor, id, at), event: 'webhook_endpoint.removed' });
    await once.settle(tx, 200, id);
  });
}

/** What every entry about an endpoint has. It counts no revisions. */
export function entryOf(actor: Actor, id: number, at: Temporal.Instant): Omit<Entry, 'event'> {
  return {
    at,
    actor: { role: actor.role, ref: actor.key },
    subject: { kind: 'webhook_endpoint', id },
    revision: 1,
  };
}
