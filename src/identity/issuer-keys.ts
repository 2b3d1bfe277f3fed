// The public keys of an issuer (JWKS, RFC 7517): fetched when first needed, kept, looked at again when they age or a token
// names one that is not among them. Bounded in time, size and number of questions; what a key verifies is for others.
import { createLocalJWKSet, errors, type CryptoKey, type FlattenedJWSInput, type JWSHeaderParameters } from 'jose';
import { Type } from 'typebox';
import { deadline, type HttpClient } from '../platform/http/client.ts';
import { OutsideError } from '../platform/outside-error.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Clock } from '../platform/time/clock.ts';

export type IssuerKeys = {
  /** The one key a token can be signed with. Throws a JOSEError where there is none, Refusal `issuer_unavailable` where nobody can say. */
  find(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey>;
  /** How many keys there are now. Throws Refusal `issuer_unavailable`. */
  count(): Promise<number>;
};

/** The discovery document and the keys together. */
const FETCH_TIMEOUT_MS = 5_000;
/** A key that was withdrawn serves so long. */
const FRESH_SECONDS = 600;
/** While the issuer is away, the keys it had go on serving so long. */
const USABLE_SECONDS = 86_400;
/** An issuer is asked no oftener, whatever tokens come: so long a new key may be unknown after a look. */
const COOL_DOWN_SECONDS = 10;
/** Issuers publish two or three; the largest known some twenty. */
const MAX_KEYS = 100;

const Discovery = Type.Object({ issuer: Type.String(), jwks_uri: Type.String({ maxLength: 2_048 }) });
const KeySet = Type.Object({ keys: Type.Array(Type.Object({ kty: Type.String() }), { maxItems: MAX_KEYS }) });

type Kept = { readonly find: ReturnType<typeof createLocalJWKSet>; readonly count: number; readonly atMs: number };

export function issuerKeys(
  tools: { readonly http: Pick<HttpClient, 'json'>; readonly clock: Clock },
  at: { readonly issuer: string; readonly url: string | null },
): IssuerKeys {
  const { http, clock } = tools;
  let kept: Kept | null = null;
  let triedAtMs = Number.NEGATIVE_INFINITY;
  let failed = false;
  let flight: Promise<void> | null = null;

  /** One fetch for all who wait. */
  function refresh(): Promise<void> {
    flight ??= look().finally(() => (flight = null));
    return flight;
  }

  /** A failure is remembered, not thrown. */
  async function look(): Promise<void> {
    triedAtMs = clock.now().epochMilliseconds;
    try {
      const jwks = await fetchKeys(http, at);
      kept = { find: createLocalJWKSet(jwks), count: jwks.keys.length, atMs: triedAtMs };
      failed = false;
    } catch (error) {
      failed = true;
      if (!(error instanceof OutsideError || error instanceof errors.JOSEError)) throw error;
    }
  }

  const since = (ms: number) => (clock.now().epochMilliseconds - ms) / 1000;
  const mayAsk = () => flight !== null || since(triedAtMs) >= COOL_DOWN_SECONDS;

  async function current(): Promise<Kept> {
    if (kept === null || since(kept.atMs) >= FRESH_SECONDS) {
      // Nobody waits for an issuer that was away a moment ago, as long as there are keys to go on with.
      const goOn = failed && kept !== null && since(kept.atMs) < USABLE_SECONDS;
      const asked = mayAsk() ? refresh() : null;
      if (goOn) asked?.catch(() => undefined);
      else await asked;
    }
    if (kept === null || since(kept.atMs) >= USABLE_SECONDS) throw unavailable();
    return kept;
  }

  function unavailable(): Refusal {
    const wait = Math.max(1, COOL_DOWN_SECONDS - since(triedAtMs));
    return new Refusal(
      'issuer_unavailable',
      'The keys of this token’s issuer cannot be had now, so the token cannot be checked. Try again soon.',
      { retryAfterSeconds: wait },
    );
  }

  return {
    async find(header, token) {
      const known = await current();
      try {
        return await known.find(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        if (mayAsk()) await refresh();
        if (failed) throw unavailable();
        return await (kept ?? known).find(header, token);
      }
    },
    count: async () => (await current()).count,
  };
}

async function fetchKeys(http: Pick<HttpClient, 'json'>, at: { readonly issuer: string; readonly url: string | null }) {
  const signal = deadline({ timeoutMs: FETCH_TIMEOUT_MS });
  const call = { provider: 'issuer', operation: 'read', method: 'GET', signal } as const;
  return await http.json({ ...call, url: at.url ?? (await discover()) }, KeySet);

  /** OpenID Connect Discovery 1.0, 4: whose document it is must be said in it, to the letter. */
  async function discover(): Promise<string> {
    const base = at.issuer.replace(/\/+$/, '');
    const told = await http.json({ ...call, url: `${base}/.well-known/openid-configuration` }, Discovery);
    const found = URL.parse(told.jwks_uri);
    const isSafe = found?.protocol === 'https:' || (found?.protocol === 'http:' && base.startsWith('http:'));
    if (told.issuer === at.issuer && isSafe) return told.jwks_uri;
    const facts = {
      outcome: 'refused',
      provider: 'issuer',
      operation: 'read',
      providerCode: 'not_its_discovery',
    } as const;
    throw new OutsideError(facts);
  }
}
