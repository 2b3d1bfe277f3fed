// Ends an authorisation, when the provider sends the browser back: the state is used up, the code is turned into tokens,
// what was granted is read and tried out, and only then is the account taken as hers.
import { record } from '../journal/record.ts';
import { OutsideError } from '../platform/outside-error.ts';
import { tryConnection } from './check-connection.ts';
import { ATTEND_AGAIN_DAYS, belongingOf, type Tokens } from './connection.ts';
import { digestOfState, usableKeyring, type ConnectionTools } from './connect-account.ts';
import { missingScopes, type Account, type Grant, type GrantProvider } from './provider.ts';
import { endConnections, findConnection, findPerson, lockPerson, putConnection } from './store.ts';
import { takeRequest, type ConnectionRequest } from './store-requests.ts';
import { ringSessions } from './store-waiting.ts';

/** What a browser brings back (RFC 6749, 4.1.2). All of it is a stranger's word. */
export type BroughtBack = {
  readonly state?: string | undefined;
  readonly code?: string | undefined;
  readonly error?: string | undefined;
};

/** expired: no such request, or used, or too old. denied: she said no. failed: the provider did not do its part. */
export type Outcome = 'connected' | 'denied' | 'expired' | 'missing_scopes' | 'failed';
export type Accepted = {
  readonly outcome: Outcome;
  readonly provider: string | null;
  readonly missing: readonly string[];
  /** What was put in force: whose account, for whom. */
  readonly connected?: { readonly practitioner: string; readonly accountAddress: string };
};

/** `organisation.nonce`, as connect-account makes them; fifteen digits are a safe integer whatever they are. */
const STATE = /^([1-9]\d{0,14})\.([\w-]{43})$/;
const CALL_TIMEOUT_MS = 10_000;

export async function acceptGrant(tools: ConnectionTools, brought: BroughtBack): Promise<Accepted> {
  const [, organisation, nonce] = STATE.exec(brought.state ?? '') ?? [];
  if (organisation === undefined || nonce === undefined) return { outcome: 'expired', provider: null, missing: [] };
  const organisationId = Number(organisation);
  const request = await tools.transactor.inOrganisation(organisationId, (tx) =>
    takeRequest(tx, digestOfState(nonce), tools.clock.now()),
  );
  if (!request) return { outcome: 'expired', provider: null, missing: [] };
  const told = (outcome: Outcome, missing: readonly string[] = []): Accepted => ({
    outcome,
    provider: request.provider,
    missing,
  });
  if (brought.error === 'access_denied') return told('denied');
  const provider = tools.grants.get(request.provider);
  if (brought.code === undefined || !provider) return told('failed');
  try {
    const grant = await redeem(tools, organisationId, request, provider, brought.code);
    const missing = missingScopes(provider, grant.scopes);
    if (missing.length > 0) {
      await refuseNarrow(tools, organisationId, request, provider, grant);
      return told('missing_scopes', missing);
    }
    const account = await provider.tryOut(grant, { timeoutMs: CALL_TIMEOUT_MS });
    if (account === null) return told('failed');
    const connected = await putInForce(tools, organisationId, request, grant, account);
    return { ...told('connected'), connected };
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    const { provider: name, operation, outcome, providerCode } = error.facts;
    tools.log.warn({ provider: name, operation, outcome, providerCode }, 'an account could not be connected');
    return told(provider.lacksScope(providerCode) ? 'missing_scopes' : 'failed');
  }
}

function refused({ id }: GrantProvider, providerCode: string): OutsideError {
  return new OutsideError({ outcome: 'refused', provider: id, operation: 'token', providerCode });
}

type Redeemed = Grant & { readonly refreshToken: string; readonly scopes: readonly string[] };

async function redeem(
  tools: ConnectionTools,
  organisationId: number,
  request: ConnectionRequest,
  provider: GrantProvider,
  code: string,
): Promise<Redeemed> {
  const about = belongingOf({ organisationId, ...request });
  const keyring = usableKeyring(tools);
  // The keys are others than when the link was made: a new link is sealed with these.
  const verifier = await keyring.open(request.sealedVerifier, about).catch(() => {
    throw refused(provider, 'key_missing');
  });
  const asked = { code, verifier, redirectUri: request.redirectUri };
  const grant = await provider.exchange(asked, { timeoutMs: CALL_TIMEOUT_MS });
  if (grant.refreshToken === null) throw refused(provider, 'no_refresh_token');
  // Without a word the grant is as it was asked for (RFC 6749, 5.1).
  const scopes = grant.scopes ?? provider.needed.map(([first]) => first ?? '');
  return { ...grant, refreshToken: grant.refreshToken, scopes };
}

/**
 * Nothing is kept of it, here or there. What stood before may be another account's, or have ended with it: its provider is
 * asked, since nobody else can tell.
 */
async function refuseNarrow(
  tools: ConnectionTools,
  organisationId: number,
  request: ConnectionRequest,
  provider: GrantProvider,
  grant: Redeemed,
): Promise<void> {
  await provider.revoke(grant, { timeoutMs: CALL_TIMEOUT_MS }).catch((error: unknown) => {
    tools.log.warn({ err: error }, 'a grant that was not accepted could not be revoked');
  });
  const standing = await tools.transactor.inOrganisation(organisationId, (tx) =>
    findConnection(tx, request.practitionerId, request.provider),
  );
  if (standing?.state === 'connected') await tryConnection(tools, organisationId, standing);
}

async function putInForce(
  tools: ConnectionTools,
  organisationId: number,
  request: ConnectionRequest,
  grant: Redeemed,
  account: Account,
): Promise<NonNullable<Accepted['connected']>> {
  const { practitionerId, provider } = request;
  const at = tools.clock.now();
  const tokens: Tokens = {
    refreshToken: grant.refreshToken,
    accessToken: grant.accessToken,
    accessUntilMs: at.epochMilliseconds + grant.expiresInSeconds * 1_000,
  };
  const about = belongingOf({ organisationId, practitionerId, provider });
  const sealed = await usableKeyring(tools).seal(JSON.stringify(tokens), about);
  const name = await tools.transactor.inOrganisation(organisationId, async (tx) => {
    await lockPerson(tx, practitionerId);
    const person = await findPerson(tx, practitionerId);
    const others = await endConnections(tx, { practitionerId, provider, butAccountId: account.id, at });
    const put = await putConnection(tx, {
      practitionerId,
      provider,
      accountId: account.id,
      accountAddress: account.address,
      scopes: grant.scopes,
      sealed,
      at,
      announce: !account.isProven || account.address.toLowerCase() !== person?.email.toLowerCase(),
      attendAt: at.add({ hours: ATTEND_AGAIN_DAYS * 24 }),
    });
    await record(tx, {
      at,
      event: 'connection.connected',
      actor: { role: request.actorRole, ref: request.actorRef },
      subject: { kind: 'connection', id: put.id },
      revision: 1,
      facts: { practitionerId, provider, replaced: others.map(({ id }) => id) },
    });
    const due = await ringSessions(tx, practitionerId, at);
    tx.afterCommit(() => due.forEach((sessionId) => tools.wake(organisationId, sessionId)));
    return person?.name ?? '';
  });
  // Whoever is to know of it, and the end of those it takes the place of.
  tools.attend();
  return { practitioner: name, accountAddress: account.address };
}
