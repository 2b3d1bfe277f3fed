// Tries a connection out now, with a real call: what it finds is written down, also that a lost one is back.
import type { Actor } from '../identity/actor.ts';
import type { OutsideProvider } from '../meetings/provider.ts';
import { deadline } from '../platform/http/client.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { OutsideError } from '../platform/outside-error.ts';
import { Refusal } from '../platform/refusal.ts';
import { ATTEND_AGAIN_DAYS, refuseStranger, type Connection, type Trouble } from './connection.ts';
import { usableKeyring, type ConnectionTools } from './connect-account.ts';
import { freshAccessToken, giveUp, type ConnectionRef } from './refresh-token.ts';
import { findConnection, noteCheck } from './store.ts';
import { ringSessions } from './store-waiting.ts';

export type ConnectionNamed = { readonly practitionerId: number; readonly provider: OutsideProvider };

/** Within this somebody who waits for the answer gives up. */
const CHECK_TIMEOUT_MS = 12_000;

/** Refusals: `forbidden`, `not_found`, `connections_not_configured`. */
export async function checkConnection(
  tools: ConnectionTools,
  actor: Actor,
  named: ConnectionNamed,
  once: Once,
): Promise<Connection> {
  refuseStranger(actor, named.practitionerId);
  const { organisationId } = actor;
  usableKeyring(tools);
  const [connection, earlier] = await tools.transactor.inOrganisation(organisationId, async (tx) => {
    const before = await once.claim(tx);
    const found = await findConnection(tx, named.practitionerId, named.provider);
    if (!found) throw notConnected();
    if (!before) await once.settle(tx, 200, found.id);
    return [found, before] as const;
  });
  if (!earlier && connection.state !== 'disconnected') await tryConnection(tools, organisationId, connection);
  return await tools.transactor.inOrganisation(organisationId, (tx) => readConnection(tx, named));
}

/** Tries it out and writes down what was found; throws only for faults of our own. */
export async function tryConnection(
  tools: ConnectionTools,
  organisationId: number,
  connection: Connection,
): Promise<void> {
  const ref: ConnectionRef = { organisationId, id: connection.id };
  const provider = tools.grants.get(connection.provider);
  const withKeys = { ...tools, keyring: usableKeyring(tools) };
  try {
    const signal = deadline({ timeoutMs: CHECK_TIMEOUT_MS });
    const once = async (refused?: string): Promise<string> => {
      const asked = { whateverState: true, ...(refused === undefined ? {} : { refused }) };
      const { access_token: accessToken } = await freshAccessToken(withKeys, ref, asked, signal);
      await provider?.tryOut({ accessToken, idToken: null }, { signal, timeoutMs: CHECK_TIMEOUT_MS }).catch((error) => {
        // A kept token may be older than its end: "no" is believed of a fresh one only.
        if (refused !== undefined || !isReconnect(error)) throw error;
        return once(accessToken);
      });
      return accessToken;
    };
    await once();
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    await noteTrouble(tools, ref, error, provider?.lacksScope(error.facts.providerCode) ?? false);
    return;
  }
  await noteWell(tools, organisationId, connection);
}

function isReconnect(error: unknown): boolean {
  return error instanceof OutsideError && error.facts.outcome === 'reconnect';
}

async function noteTrouble(
  tools: ConnectionTools,
  ref: ConnectionRef,
  { facts }: OutsideError,
  isScope: boolean,
): Promise<void> {
  const found = { state: null, at: tools.clock.now(), attendAt: null };
  const note = (why: Trouble): Promise<void> =>
    tools.transactor.inOrganisation(ref.organisationId, (tx) => noteCheck(tx, ref.id, { ...found, why }));
  if (facts.outcome !== 'reconnect') return await note('no_answer');
  if (facts.providerCode === 'key_missing') return await note('key_missing');
  // What a renewal found out is written down by it.
  if (facts.operation !== 'token') await giveUp(tools, ref, isScope ? 'scopes_missing' : 'grant_ended');
}

async function noteWell(tools: ConnectionTools, organisationId: number, before: Connection): Promise<void> {
  const at = tools.clock.now();
  const attendAt = at.add({ hours: ATTEND_AGAIN_DAYS * 24 });
  await tools.transactor.inOrganisation(organisationId, async (tx) => {
    await noteCheck(tx, before.id, { state: 'connected', why: null, at, attendAt });
    if (before.state === 'connected') return;
    const due = await ringSessions(tx, before.practitionerId, at);
    tx.afterCommit(() => due.forEach((sessionId) => tools.wake(organisationId, sessionId)));
  });
}

/** Refusal `not_found`. */
export async function readConnection(
  tx: Parameters<typeof findConnection>[0],
  { practitionerId, provider }: ConnectionNamed,
): Promise<Connection> {
  const found = await findConnection(tx, practitionerId, provider);
  if (!found) throw notConnected();
  return found;
}

function notConnected(): Refusal {
  return new Refusal('not_found', 'No account of this provider was ever connected here.');
}
