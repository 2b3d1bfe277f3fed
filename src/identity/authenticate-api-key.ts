// From the secret of an API key to the actor it speaks as. A key found is believed for some seconds, so that its use costs
// no query each; making and revoking keys is for the acts.
import type { Transactor } from '../platform/database/transaction.ts';
import { loggable, type Log } from '../platform/log.ts';
import type { Clock } from '../platform/time/clock.ts';
import { UnderWay } from '../platform/under-way.ts';
import type { Actor } from './actor.ts';
import { digestOfKey, hasKeyForm, stateOf } from './api-key.ts';
import { API_KEY_SCAN, findKeyByDigest, updateLastUsed, type OwnedKey } from './store-api-keys.ts';

export type ApiKeys = {
  /** Null: no key of ours, expired, or revoked. A promise only where the database had to be asked. */
  authenticate(secret: string): Actor | null | Promise<Actor | null>;
  /** What was revoked here is refused here at once; elsewhere once what is believed there has aged. */
  forget(id: number): void;
};

/** So long another process may take a key that was revoked here. */
export const BELIEVED_SECONDS = 5;
/** How often a use is written down at most. */
const USE_WRITTEN_SECONDS = 60;
/** Keys one process remembers; the oldest goes first, and costs a query when it is back. */
const MAX_BELIEVED = 10_000;

type Believed = { readonly key: OwnedKey; readonly actor: Actor; readonly readAtMs: number; usedAtMs: number };

export function createApiKeys(tools: {
  readonly transactor: Pick<Transactor, 'scan' | 'inOrganisation'>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
}): ApiKeys {
  const { transactor, clock, log } = tools;
  const believed = new Map<string, Believed>();
  const asking = new UnderWay<Believed | null>();
  let forgotten = 0;

  /** One query for all that ask at this moment. What was read before a revocation is not kept after it. */
  async function look(name: string, digest: Buffer): Promise<Believed | null> {
    const before = forgotten;
    const readAtMs = clock.now().epochMilliseconds;
    const key = await transactor.scan(API_KEY_SCAN, (tx) => findKeyByDigest(tx, digest), { readOnly: true });
    if (!key) return null;
    const usedAtMs = key.lastUsedAt?.epochMilliseconds ?? 0;
    const entry = { key, actor: actorOf(key), readAtMs, usedAtMs };
    if (before !== forgotten) return entry;
    const oldest = believed.keys().next().value;
    if (believed.size >= MAX_BELIEVED && oldest !== undefined) believed.delete(oldest);
    believed.set(name, entry);
    return entry;
  }

  function admit(entry: Believed | null): Actor | null {
    const now = clock.now();
    if (!entry || stateOf(entry.key, now) !== 'active') return null;
    if (now.epochMilliseconds - entry.usedAtMs >= USE_WRITTEN_SECONDS * 1000) {
      entry.usedAtMs = now.epochMilliseconds;
      noteUse(entry.key, now);
    }
    return entry.actor;
  }

  /** Beside the request, not in it: nobody waits for it, and one that fails is written the next minute. */
  function noteUse({ organisationId, id }: OwnedKey, now: Temporal.Instant): void {
    transactor
      .inOrganisation(organisationId, (tx) => updateLastUsed(tx, id, now))
      .catch((error: unknown) => log.warn({ fault: loggable(error), apiKey: id }, 'the use of a key was not written'));
  }

  return {
    authenticate(secret) {
      if (!hasKeyForm(secret)) return null;
      const digest = digestOfKey(secret);
      const name = digest.toString('base64url');
      const known = believed.get(name);
      const ageMs = clock.now().epochMilliseconds - (known?.readAtMs ?? 0);
      if (known && ageMs >= 0 && ageMs < BELIEVED_SECONDS * 1000) return admit(known);
      believed.delete(name);
      return asking.share(name, () => look(name, digest)).then(admit);
    },
    forget(id) {
      forgotten += 1;
      for (const [name, { key }] of believed) if (key.id === id) believed.delete(name);
      // Who asks from now on asks the database anew.
      asking.clear();
    },
  };
}

function actorOf({ id, organisationId, scopes, expiresAt }: OwnedKey): Actor {
  return {
    organisationId,
    role: 'service',
    subject: `api-key-${id}`,
    email: null,
    practitionerId: null,
    // No role is called so, and so no token's subject can take its place.
    key: `api-key:${id}`,
    scopes,
    ...(expiresAt ? { expiresAt } : {}),
  };
}
