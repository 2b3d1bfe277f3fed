// Disconnects an account: it is used no more from the commit on, then the provider is told. What could not be told yet is
// told later; what cannot be told at all is said.
import { record } from '../journal/record.ts';
import type { Actor } from '../identity/actor.ts';
import type { OutsideProvider } from '../meetings/provider.ts';
import { deadline } from '../platform/http/client.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { OutsideError } from '../platform/outside-error.ts';
import { readConnection, type ConnectionNamed } from './check-connection.ts';
import { refuseStranger, type Connection } from './connection.ts';
import type { ConnectionTools } from './connect-account.ts';
import { freshAccessToken } from './refresh-token.ts';
import { endConnections, lockPerson } from './store.ts';
import { findTokens, forgetTokens } from './store-tokens.ts';
import { ringSessions } from './store-waiting.ts';

/** pending: the provider did not answer, and is told later. by_hand: only she herself can remove the app there. */
export type Revocation = 'revoked' | 'pending' | 'by_hand';
export type Ended = {
  readonly connection: Connection;
  readonly revocation: Revocation;
  readonly removeAt: string | null;
};

const REVOKE_TIMEOUT_MS = 12_000;

/** Refusals: `forbidden`, `not_found`. Of one that has ended already nothing changes. */
export async function endConnection(
  tools: ConnectionTools,
  actor: Actor,
  named: ConnectionNamed,
  once: Once,
): Promise<Ended> {
  refuseStranger(actor, named.practitionerId);
  const { organisationId } = actor;
  const at = tools.clock.now();
  const connection = await tools.transactor.inOrganisation(organisationId, async (tx) => {
    const earlier = await once.claim(tx);
    const found = await readConnection(tx, named);
    if (earlier) return found;
    await lockPerson(tx, named.practitionerId);
    const [ended] = await endConnections(tx, { ...named, butAccountId: null, at });
    if (ended) {
      await record(tx, {
        at,
        event: 'connection.disconnected',
        actor: { role: actor.role, ref: actor.key },
        subject: { kind: 'connection', id: ended.id },
        revision: 1,
        facts: { practitionerId: named.practitionerId, provider: named.provider },
      });
      const due = await ringSessions(tx, named.practitionerId, at);
      tx.afterCommit(() => due.forEach((sessionId) => tools.wake(organisationId, sessionId)));
    }
    await once.settle(tx, 200, found.id);
    return ended ?? found;
  });
  const revocation = await revokeGrant(tools, { organisationId, ...connection });
  const removeAt = revocation === 'revoked' ? null : (tools.grants.get(named.provider)?.removeAt ?? null);
  const now = await tools.transactor.inOrganisation(organisationId, (tx) => readConnection(tx, named));
  return { connection: now, revocation, removeAt };
}

/** Tells the provider, and forgets the tokens where nothing is left to be told. */
export async function revokeGrant(
  tools: ConnectionTools,
  ended: { readonly organisationId: number; readonly id: number; readonly provider: OutsideProvider },
): Promise<Revocation> {
  const { organisationId, id } = ended;
  const kept = await tools.transactor.inOrganisation(organisationId, (tx) => findTokens(tx, id), { readOnly: true });
  const provider = tools.grants.get(ended.provider);
  if (!kept || kept.state !== 'disconnected') return 'pending';
  if (kept.sealed === null)
    return (await isByHand(tools, organisationId, ended.provider, kept)) ? 'by_hand' : 'revoked';
  const forget = (why: 'not_revoked' | null): Promise<void> =>
    tools.transactor.inOrganisation(organisationId, (tx) => forgetTokens(tx, id, why));
  if (!tools.keyring || !provider) {
    await forget('not_revoked');
    return 'by_hand';
  }
  try {
    const signal = deadline({ timeoutMs: REVOKE_TIMEOUT_MS });
    const asked = { whateverState: true };
    const tokens = await freshAccessToken({ ...tools, keyring: tools.keyring }, { organisationId, id }, asked, signal);
    const held = { accessToken: tokens.access_token, refreshToken: tokens.refresh_token };
    const told = await provider.revoke(held, { signal, timeoutMs: REVOKE_TIMEOUT_MS });
    await forget(told === 'impossible' ? 'not_revoked' : null);
    return told === 'impossible' ? 'by_hand' : 'revoked';
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    if (error.facts.outcome === 'retryable' || error.facts.outcome === 'unknown') return 'pending';
    // The grant is dead already, or nobody here can speak for it any more.
    const dead = error.facts.operation === 'token' && /^invalid_(?:grant|request)/.test(error.facts.providerCode ?? '');
    await forget(dead ? null : 'not_revoked');
    return dead ? 'revoked' : 'by_hand';
  }
}

async function isByHand(
  tools: ConnectionTools,
  organisationId: number,
  provider: OutsideProvider,
  { practitionerId }: { readonly practitionerId: number },
): Promise<boolean> {
  const named = { practitionerId, provider };
  const { lastError } = await tools.transactor.inOrganisation(organisationId, (tx) => readConnection(tx, named));
  return lastError === 'not_revoked';
}
