// Ends an API key for good: at once in this process, within seconds in the others (see authenticate-api-key.ts).
import { record } from '../journal/record.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { Refusal } from '../platform/refusal.ts';
import { mayAdminister, type Actor } from './actor.ts';
import type { ApiKey } from './api-key.ts';
import type { ApiKeys } from './authenticate-api-key.ts';
import type { ApiKeyTools } from './create-api-key.ts';
import { readKey, updateRevoked } from './store-api-keys.ts';

/** Again is answered as once. Refusals: `forbidden`, `not_found`. */
export async function revokeApiKey(
  tools: ApiKeyTools & { readonly apiKeys: Pick<ApiKeys, 'forget'> },
  actor: Actor,
  id: number,
  call: { readonly once: Once; readonly status: number },
): Promise<ApiKey> {
  if (!mayAdminister(actor)) throw new Refusal('forbidden', 'Only staff and services may revoke API keys.');
  const at = tools.clock.now();
  return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    const earlier = await call.once.claim(tx);
    if (earlier === null) {
      const revoked = await updateRevoked(tx, id, at);
      if (revoked) {
        const by = { role: actor.role, ref: actor.key };
        await record(tx, { at, event: 'api_key.revoked', actor: by, subject: { kind: 'api_key', id }, revision: 2 });
        tx.afterCommit(() => tools.apiKeys.forget(id));
      }
    }
    const key = await readKey(tx, id);
    if (earlier === null) await call.once.settle(tx, call.status, id);
    return key;
  });
}
