// Makes an API key. Its secret is in this one answer and nowhere after: a repeat under the same Idempotency-Key gets the
// key without it.
import { record } from '../journal/record.ts';
import type { Transactor } from '../platform/database/transaction.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Clock } from '../platform/time/clock.ts';
import { mayAdminister, type Actor } from './actor.ts';
import { newSecret, type ApiKey } from './api-key.ts';
import type { Scope } from './scope.ts';
import { insertKey, readKey } from './store-api-keys.ts';

export type ApiKeyTools = { readonly transactor: Pick<Transactor, 'inOrganisation'>; readonly clock: Clock };

export type ApiKeyWish = {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Null: until it is revoked. */
  readonly expiresAt: Temporal.Instant | null;
};

/** Refusals: `forbidden`, `invalid_request` where it would end before it begins. `secret` is null for a repeat. */
export async function createApiKey(
  tools: ApiKeyTools,
  actor: Actor,
  wish: ApiKeyWish,
  call: { readonly once: Once; readonly status: number },
): Promise<{ readonly key: ApiKey; readonly secret: string | null }> {
  if (!mayAdminister(actor)) throw new Refusal('forbidden', 'Only staff and services may make API keys.');
  refuseWider(actor, wish.scopes);
  refuseLonger(actor, wish.expiresAt);
  const at = tools.clock.now();
  if (wish.expiresAt !== null && Temporal.Instant.compare(wish.expiresAt, at) <= 0) {
    throw new Refusal('invalid_request', 'The key would have expired already. Let it expire later.', {
      errors: [{ pointer: '/expiresAt', message: 'must be in the future' }],
    });
  }
  const { secret, digest, hint } = newSecret();
  return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    const earlier = await call.once.claim(tx);
    if (earlier !== null && earlier.subjectId !== null) {
      return { key: await readKey(tx, earlier.subjectId), secret: null };
    }
    const id = await insertKey(tx, { ...wish, digest, hint, createdBy: actor.key, createdAt: at });
    await record(tx, {
      at,
      event: 'api_key.created',
      actor: { role: actor.role, ref: actor.key },
      subject: { kind: 'api_key', id },
      revision: 1,
      facts: { scopes: wish.scopes, expiresAt: wish.expiresAt?.toString() ?? null },
    });
    await call.once.settle(tx, call.status, id);
    return { key: await readKey(tx, id), secret };
  });
}

/** Or a key that may make keys could make itself mightier. */
function refuseWider(actor: Actor, scopes: readonly Scope[]): void {
  const held = actor.scopes;
  if (held === undefined) return;
  const wider = scopes.filter((scope) => !held.includes(scope));
  if (wider.length === 0) return;
  throw new Refusal('forbidden', `This key lacks the scope ${wider.join(', ')} itself, so it cannot give it.`);
}

/** Or a key that ends could go on for ever in one it made. */
function refuseLonger(actor: Actor, expiresAt: Temporal.Instant | null): void {
  const until = actor.expiresAt;
  if (until === undefined || (expiresAt !== null && Temporal.Instant.compare(expiresAt, until) <= 0)) return;
  throw new Refusal('forbidden', `This key itself ends at ${until.toString()}. Let the new one end by then.`, {
    errors: [{ pointer: '/expiresAt', message: 'must not be later than the end of the key that makes it' }],
  });
}
