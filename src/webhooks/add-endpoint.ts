// Adds an endpoint. Its secret is in this one answer and nowhere after: a repeat under the same Idempotency-Key gets the
// endpoint without it.
import { mayAdminister, type Actor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import type { Transactor } from '../platform/database/transaction.ts';
import type { Once } from '../platform/http/idempotency.ts';
import type { Reach } from '../platform/http/public-address.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Sealing } from '../platform/sealing.ts';
import type { Clock } from '../platform/time/clock.ts';
import { checkedUrl, MOST_ENDPOINTS, secretOf } from './endpoint.ts';
import { newSecret } from './signature.ts';
import { insertEndpoint, lockCount, takeId } from './store.ts';

export type EndpointTools = {
  readonly transactor: Pick<Transactor, 'inOrganisation'>;
  readonly clock: Clock;
  readonly sealing: Sealing;
  readonly webhookReach: Reach;
};

export type EndpointWish = {
  readonly url: string;
  readonly description: string | null;
  /** Empty: all. */
  readonly types: readonly string[];
};

/** Refusals: `forbidden`, `address_not_allowed`, `limit_reached`. `secret` is null for a repeat. */
export async function addEndpoint(
  tools: EndpointTools,
  actor: Actor,
  wish: EndpointWish,
  once: Once,
): Promise<{ readonly id: number; readonly secret: string | null }> {
  requireAdministrator(actor);
  const url = checkedUrl(wish.url, tools.webhookReach);
  const secret = newSecret();
  const at = tools.clock.now();
  return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    const earlier = await once.claim(tx);
    if (earlier !== null && earlier.subjectId !== null) return { id: earlier.subjectId, secret: null };
    if ((await lockCount(tx)) >= MOST_ENDPOINTS) {
      throw new Refusal(
        'limit_reached',
        `There are ${MOST_ENDPOINTS} webhook endpoints, and can be no more. Remove one.`,
      );
    }
    const id = await takeId(tx);
    const sealed = await tools.sealing.seal(secret, secretOf(actor.organisationId, id));
    await insertEndpoint(tx, { ...wish, id, url, sealed: sealed.text, createdAt: at });
    await record(tx, {
      at,
      event: 'webhook_endpoint.added',
      actor: { role: actor.role, ref: actor.key },
      subject: { kind: 'webhook_endpoint', id },
      revision: 1,
      facts: { types: wish.types },
    });
    await once.settle(tx, 201, id);
    return { id, secret };
  });
}

/** Refusal `forbidden`. */
export function requireAdministrator(actor: Actor): void {
  if (!mayAdminister(actor)) throw new Refusal('forbidden', 'Only staff and services may see and change webhooks.');
}
