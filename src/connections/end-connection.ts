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
import { findTokens, forgetTokens, isShared } from './store-tokens.ts';
import { ringSessions } from './store-waiting.ts';

/**
 * shared: another practitioner uses the same account, and it is left to her end. pending: the provider did not answer, or the
 * tokens are being renewed, and it is told later. by_hand: only she herself can remove the app there.
 */
export type Revocation = 'revoked' | 'shared' | 'pending' | 'by_hand';
export type Ended = {
  readonly connection: Connection;
  readonly revocation: Revocation;
  readonly removeAt: string | null;
};

const REVOKE_TIMEOUT_MS = 12_000;
/** As token endpoints say that a grant is no more. */
const DEAD = /^invalid_(?:grant|request)/;

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
  const isHers = revocation === 'pending' || revocation === 'by_hand';
  const removeAt = isHers ? (tools.grants.get(named.provider)?.removeAt ?? null) : null;
  const now = await tools.transactor.inOrganisation(organisationId, (tx) => readConnection(tx, named));
  return { connection: now, revocation, removeAt };
}

/** Tells the provider, and forgets the tokens where nothing is left to be told. */
export async function revokeGrant(
  tools: ConnectionTools,
  ended: { readonly organisationId: number; readonly id: number; readonly provider: OutsideProvider },
): Promise<Revocation> {
  const { organisationId, id } = ended;
  const found = await readToRevoke(tools, organisationId, id);
  if (found !== 'to_tell') return found;
  const forget = (why: 'not_revoked' | null): Promise<void> =>
    tools.transactor.inOrganisation(organisationId, (tx) => forgetTokens(tx, id, why));
  const provider = tools.grants.get(ended.provider);
  if (!tools.keyring || !provider) {
    await forget('not_revoked');
    return 'by_hand';
  }
  const signal = deadline({ timeoutMs: REVOKE_TIMEOUT_MS });
  try {
    const asked = { whateverState: true };
    const tokens = await freshAccessToken({ ...tools, keyring: tools.keyring }, { organisationId, id }, asked, signal);
    const held = { accessToken: tokens.access_token, refreshToken: tokens.refresh_token };
    const told = await provider.revoke(held, { signal, timeoutMs: REVOKE_TIMEOUT_MS });
    await forget(told === 'impossible' ? 'not_revoked' : null);
    return told === 'impossible' ? 'by_hand' : 'revoked';
  } catch (error) {
    // Another process was renewing all that time.
    if (signal.aborted) return 'pending';
    if (!(error instanceof OutsideError)) throw error;
    if (error.facts.outcome === 'retryable' || error.facts.outcome === 'unknown') return 'pending';
    // The grant is dead already, or nobody here can speak for it any more: its newest tokens were lost.
    const refused = error.facts.operation === 'token' && DEAD.test(error.facts.providerCode ?? '');
    const dead = refused && !(await isInDoubt(tools, organisationId, id));
    await forget(dead ? null : 'not_revoked');
    return dead ? 'revoked' : 'by_hand';
  }
}

/**
 * The end where there is nothing to tell, or not now. At Google a grant belongs to account and app, whoever brought it:
 * revoked for one practitioner it would be gone for another who connected the same account. That is looked at when it is to
 * be told, after the end was committed, so that of two who leave at once the later one tells.
 */
async function readToRevoke(
  tools: ConnectionTools,
  organisationId: number,
  id: number,
): Promise<Revocation | 'to_tell'> {
  return await tools.transactor.inOrganisation(organisationId, async (tx) => {
    const kept = await findTokens(tx, id);
    if (!kept || kept.state !== 'disconnected') return 'pending';
    if (kept.sealed === null) {
      if (kept.lastError === 'shared') return 'shared';
      return kept.lastError === 'not_revoked' ? 'by_hand' : 'revoked';
    }
    if (await isShared(tx, id)) {
      await forgetTokens(tx, id, 'shared');
      return 'shared';
    }
    const { renewalUntil } = kept;
    const isRenewing = renewalUntil !== null && Temporal.Instant.compare(renewalUntil, tools.clock.now()) > 0;
    return isRenewing ? 'pending' : 'to_tell';
  });
}

async function isInDoubt(tools: ConnectionTools, organisationId: number, id: number): Promise<boolean> {
  const kept = await tools.transactor.inOrganisation(organisationId, (tx) => findTokens(tx, id), { readOnly: true });
  return kept?.inDoubt ?? false;
}
