// Begins an authorisation: where to send the practitioner's browser, and what must come back from there. Only a digest of
// the state is kept, and the PKCE verifier sealed, so that nobody who reads the database could finish in her place.
import { createHash, randomBytes } from 'node:crypto';
import type { Actor } from '../identity/actor.ts';
import type { OutsideProvider } from '../meetings/provider.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Sealing } from '../platform/sealing.ts';
import { belongingOf, refuseStranger } from './connection.ts';
import type { TokenTools } from './refresh-token.ts';
import { findPerson } from './store.ts';
import { insertRequest } from './store-requests.ts';

export type ConnectionTools = Omit<TokenTools, 'keyring'> & {
  /** null: ENCRYPTION_KEYS is not set, and no connection can be kept. */
  readonly keyring: Sealing | null;
  /** Tells the runner that a session is due. */
  wake(organisationId: number, sessionId: number): void;
};

export type ConnectRequest = {
  readonly practitionerId: number;
  readonly provider: OutsideProvider;
  /** Where the provider sends her back to; null where nobody knows (PUBLIC_URL). */
  readonly redirectUri: string | null;
};

export type Begun = { readonly authorizationUrl: string; readonly expiresAt: Temporal.Instant };

/** Long enough to sign in with a second factor, short enough that a link left open is of no use. */
const REQUEST_MINUTES = 10;
/** 256 bits, as RFC 7636, 7.1 asks of a verifier. */
const RANDOM_BYTES = 32;

/** Refusals: `forbidden`, `not_found`, `connections_not_configured`. */
export async function connectAccount(
  tools: ConnectionTools,
  actor: Actor,
  request: ConnectRequest,
  once: Once,
): Promise<Begun> {
  const { practitionerId, provider: id, redirectUri } = request;
  refuseStranger(actor, practitionerId);
  const provider = tools.grants.get(id);
  const keyring = usableKeyring(tools);
  if (!provider) throw notConfigured('The client id and secret for this provider are not set here.');
  if (redirectUri === null) throw notConfigured('PUBLIC_URL is not set, so the provider could not send anybody back.');
  const { organisationId } = actor;
  const nonce = randomBytes(RANDOM_BYTES).toString('base64url');
  const verifier = randomBytes(RANDOM_BYTES).toString('base64url');
  const { text } = await keyring.seal(verifier, belongingOf({ organisationId, practitionerId, provider: id }));
  const now = tools.clock.now();
  const expiresAt = now.add({ minutes: REQUEST_MINUTES });
  const { email } = await tools.transactor.inOrganisation(organisationId, async (tx) => {
    // A repeat gets a new link of the same kind: of the first one nothing is kept that could be shown again.
    const earlier = await once.claim(tx);
    const person = await findPerson(tx, practitionerId);
    if (!person) throw new Refusal('not_found', 'There is no such practitioner.');
    const kept = { stateDigest: digestOfState(nonce), practitionerId, provider: id, redirectUri, expiresAt };
    const asking = { actorRole: actor.role, actorRef: actor.key, sealedVerifier: text };
    await insertRequest(tx, { ...kept, ...asking }, now);
    if (!earlier) await once.settle(tx, 201, practitionerId);
    return person;
  });
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const state = `${organisationId}.${nonce}`;
  return { authorizationUrl: provider.authorisationUrl({ redirectUri, state, challenge, hint: email }), expiresAt };
}

/** Refusal `connections_not_configured`. */
export function usableKeyring({ keyring }: Pick<ConnectionTools, 'keyring'>): Sealing {
  if (keyring) return keyring;
  throw notConfigured('ENCRYPTION_KEYS is not set, so what an account grants could not be kept safely.');
}

export function digestOfState(nonce: string): string {
  return createHash('sha256').update(nonce).digest('base64url');
}

function notConfigured(why: string): Refusal {
  return new Refusal(
    'connections_not_configured',
    `Accounts cannot be connected here. ${why} Staff must look at the settings.`,
  );
}
