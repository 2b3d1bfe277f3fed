// Gives an endpoint a new secret. The old one signs beside it for a while, so that its receiver can change over in peace; after
// a leak that while is nought.
import type { Actor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { requireAdministrator, type EndpointTools } from './add-endpoint.ts';
import { entryOf } from './change-endpoint.ts';
import { secretOf } from './endpoint.ts';
import { newSecret } from './signature.ts';
import { lockEndpoint, updateSecret } from './store.ts';

/** Refusals: `forbidden`, `not_found`. Answers the new secret; null for a repeat. */
export async function rotateSecret(
  tools: EndpointTools,
  actor: Actor,
  request: { readonly id: number; readonly overlapHours: number },
  once: Once,
): Promise<string | null> {
  requireAdministrator(actor);
  const { id, overlapHours } = request;
  const secret = newSecret();
  const sealed = await tools.sealing.seal(secret, secretOf(actor.organisationId, id));
  const at = tools.clock.now();
  return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    if (await once.claim(tx)) return null;
    await lockEndpoint(tx, id);
    await updateSecret(tx, id, sealed.text, { at, previousUntil: at.add({ hours: overlapHours }) });
    await record(tx, { ...entryOf(actor, id, at), event: 'webhook_endpoint.secret_rotated', facts: { overlapHours } });
    await once.settle(tx, 200, id);
    return secret;
  });
}
