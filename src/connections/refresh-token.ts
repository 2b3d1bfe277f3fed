// The access token of a connection: the one that is kept while it lasts, else a new one, asked for by one process at a time
// and written down before anybody uses it.
//
// A renewal may be cut off after the provider has changed the tokens and before they are written. Nobody can tell then; the
// next one tries what is kept. Where the provider leaves old refresh tokens good, nothing has happened. Where it does not,
// it says that the grant has ended, and she is asked to connect again, with the true reason.
import { setTimeout as sleep } from 'node:timers/promises';
import type { OutsideProvider } from '../meetings/provider.ts';
import type { Transactor } from '../platform/database/transaction.ts';
import type { TokenAnswer } from '../platform/http/access-token.ts';
import type { Log } from '../platform/log.ts';
import { OutsideError } from '../platform/outside-error.ts';
import { KeyMissing, type Sealing } from '../platform/sealing.ts';
import type { Clock } from '../platform/time/clock.ts';
import { belongingOf, type Tokens, type Trouble } from './connection.ts';
import type { Grant, GrantProvider } from './provider.ts';
import { markTroubled } from './store.ts';
import { claimRenewal, findTokens, putTokens, releaseRenewal, type KeptTokens } from './store-tokens.ts';

export type TokenTools = {
  readonly transactor: Pick<Transactor, 'inOrganisation'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly keyring: Sealing;
  readonly grants: ReadonlyMap<OutsideProvider, GrantProvider>;
  /** Called when a connection has something to be attended to. */
  attend(): void;
};

export type ConnectionRef = { readonly organisationId: number; readonly id: number };

export type Asked = {
  /** An access token that the provider has refused: the kept one is no good if it is this. */
  readonly refused?: string | undefined;
  /** Also of a connection in trouble, or one that has ended, whose tokens are still kept: to look once more, or to revoke. */
  readonly whateverState?: boolean;
};

/** No token endpoint needs longer. */
const RENEWAL_TIMEOUT_MS = 10_000;
/** Outlives the call and the write after it. */
const LEASE_MS = 30_000;
/** While another process renews. */
const LOOK_AGAIN_MS = 100;
/** A lease's length of waiting, and then somebody else's problem. */
const MOST_LOOKS = LEASE_MS / LOOK_AGAIN_MS;
/** An access token is not used in its last minute: a call may take that long, and clocks differ. */
const MARGIN_MS = 60_000;
/** Rotated tokens that are not written are lost: the database is tried for some seconds. */
const WRITES = 6;
const WRITE_AGAIN_MS = 1_000;
/** The client's own id or secret: no new consent would mend it (RFC 6749, 5.2). */
const OF_THE_APP = /^(?:invalid_client|unauthorized_client|unsupported_grant_type)\b/;

/** Throws OutsideError: `reconnect` where a person is needed, else `retryable`. */
export async function freshAccessToken(
  tools: TokenTools,
  ref: ConnectionRef,
  asked: Asked,
  signal: AbortSignal,
): Promise<TokenAnswer & { readonly refresh_token: string }> {
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    signal.throwIfAborted();
    const kept = await tools.transactor.inOrganisation(ref.organisationId, (tx) => findTokens(tx, ref.id), {
      readOnly: true,
    });
    if (!kept?.sealed || (kept.state !== 'connected' && !asked.whateverState)) {
      throw failure(kept?.provider, 'reconnect', kept?.state ?? 'unknown_connection');
    }
    const tokens = await open(tools, ref.organisationId, kept, kept.sealed);
    const leftMs = tokens.accessUntilMs - tools.clock.now().epochMilliseconds;
    if (leftMs > MARGIN_MS && tokens.accessToken !== asked.refused) return answerOf(tokens, leftMs);
    const renewed = await renew(tools, ref, kept, tokens);
    if (renewed) return renewed;
    await sleep(LOOK_AGAIN_MS, undefined, { signal });
  }
  throw failure(undefined, 'retryable', 'renewal_awaited');
}

/** Null: another process is at it, or was before us, or the connection has changed its state meanwhile. */
async function renew(tools: TokenTools, ref: ConnectionRef, kept: KeptTokens, tokens: Tokens) {
  const now = tools.clock.now();
  const lease = { now, until: now.add({ milliseconds: LEASE_MS }) };
  const claim = await tools.transactor.inOrganisation(ref.organisationId, (tx) => claimRenewal(tx, kept, lease));
  if (!claim) return null;
  const provider = tools.grants.get(kept.provider);
  const renewal = { id: ref.id, no: claim.no, tokenNo: kept.tokenNo };
  const release = (left: { inDoubt: boolean; why: Trouble | null }): Promise<void> =>
    tools.transactor.inOrganisation(ref.organisationId, (tx) => releaseRenewal(tx, renewal, left));
  if (!provider) {
    await release({ inDoubt: claim.tookOver, why: 'app_refused' });
    throw failure(kept.provider, 'reconnect', 'not_configured');
  }
  let grant: Grant;
  try {
    grant = await provider.refresh(tokens.refreshToken, { timeoutMs: RENEWAL_TIMEOUT_MS });
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    const { outcome, providerCode, status } = error.facts;
    if (outcome !== 'reconnect') await release({ inDoubt: status === undefined || status >= 500, why: 'no_answer' });
    else if (OF_THE_APP.test(providerCode ?? '')) await release({ inDoubt: claim.tookOver, why: 'app_refused' });
    else {
      // Kept, for whoever revokes: the tokens are dead, but the grant may live with those that were lost.
      await release({ inDoubt: claim.tookOver, why: null });
      await giveUp(tools, ref, claim.tookOver ? 'lost_in_renewal' : 'grant_ended');
      // Like what is refused here from now on: no repeat would mend it.
      throw failure(kept.provider, 'reconnect', 'needs_reconnect');
    }
    throw error;
  }
  const renewed: Tokens = {
    refreshToken: grant.refreshToken ?? tokens.refreshToken,
    accessToken: grant.accessToken,
    accessUntilMs: now.epochMilliseconds + grant.expiresInSeconds * 1_000,
  };
  const about = belongingOf({ organisationId: ref.organisationId, ...kept });
  const sealed = await tools.keyring.seal(JSON.stringify(renewed), about);
  const state = await insist(tools, () =>
    tools.transactor.inOrganisation(ref.organisationId, (tx) =>
      putTokens(tx, renewal, { sealed, scopes: grant.scopes }),
    ),
  );
  return state === kept.state ? answerOf(renewed, grant.expiresInSeconds * 1_000) : null;
}

/** The grant is no more. Told once, however many find it out. */
export async function giveUp(
  tools: Pick<TokenTools, 'transactor' | 'clock' | 'log' | 'attend'>,
  ref: ConnectionRef,
  why: 'grant_ended' | 'lost_in_renewal' | 'scopes_missing',
): Promise<void> {
  const at = tools.clock.now();
  const state = why === 'scopes_missing' ? 'missing_scopes' : 'needs_reconnect';
  const first = await tools.transactor.inOrganisation(ref.organisationId, (tx) =>
    markTroubled(tx, ref.id, { state, why, at }),
  );
  if (!first) return;
  tools.log.warn({ connectionId: ref.id, why }, 'a connection needs a person');
  tools.attend();
}

/** Throws OutsideError 'reconnect' where its key is not at hand: none of its id, or one that does not open it. */
async function open(tools: TokenTools, organisationId: number, kept: KeptTokens, sealed: string): Promise<Tokens> {
  try {
    return JSON.parse(await tools.keyring.open(sealed, belongingOf({ organisationId, ...kept }))) as Tokens;
  } catch (error) {
    const keyId = error instanceof KeyMissing ? error.keyId : undefined;
    tools.log.warn({ connectionId: kept.id, keyId }, 'ENCRYPTION_KEYS do not open what is kept of a connection');
    throw failure(kept.provider, 'reconnect', 'key_missing');
  }
}

async function insist<T>(tools: Pick<TokenTools, 'log'>, write: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await write();
    } catch (error) {
      if (tries >= WRITES) throw error;
      tools.log.warn({ err: error, tries }, 'renewed tokens could not be written yet');
      await sleep(WRITE_AGAIN_MS);
    }
  }
}

function answerOf(tokens: Tokens, leftMs: number) {
  return { access_token: tokens.accessToken, expires_in: leftMs / 1_000, refresh_token: tokens.refreshToken };
}

function failure(provider: OutsideProvider | undefined, outcome: 'reconnect' | 'retryable', providerCode: string) {
  return new OutsideError({ outcome, provider: provider ?? 'connection', operation: 'token', providerCode });
}
