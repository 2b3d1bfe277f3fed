// Tokens that others issue, from header and claims to an actor. `iss` and `alg` choose one way, and that way alone judges:
// public keys never meet a symmetric algorithm, nor a shared secret an asymmetric one (RFC 8725, 3.1).
import { compactVerify, errors, type CompactVerifyGetKey } from 'jose';
import type { Transactor } from '../platform/database/transaction.ts';
import type { HttpClient } from '../platform/http/client.ts';
import { loggable, type Log } from '../platform/log.ts';
import { Refusal } from '../platform/refusal.ts';
import { digestOf } from '../platform/secrets.ts';
import type { Clock } from '../platform/time/clock.ts';
import type { Actor } from './actor.ts';
import { issuerKeys } from './issuer-keys.ts';
import { actorOfClaims, claimsHold, type Claims, type IssuerSettings } from './outside-claims.ts';
import { findOrganisation } from './store-organisations.ts';
import { decode } from './token.ts';

export type OutsideTokens = {
  /** Null: of no issuer that is set up here, or not valid. A Refusal: valid, and yet nothing can be done with it, or not now. */
  authenticate(token: string): Actor | null | Promise<Actor | Refusal | null>;
};

/** Issuers that list groups write long ones; a header has 16 KiB at most. */
const MAX_TOKEN_LENGTH = 12_000;
const COMPACT = /^([\w-]+)\.([\w-]+)\.[\w-]+$/;
/** RFC 9068, 2.1, and what most issuers write. Other kinds of JWT are not for callers (RFC 8725, 3.11). */
const TYPES: readonly unknown[] = [undefined, 'JWT', 'at+jwt', 'application/at+jwt'];
/** A verified token is believed so long without another look at the keys: a withdrawn key ends with it. */
const BELIEVED_SECONDS = 60;
const MAX_BELIEVED = 10_000;

type Way = {
  readonly settings: IssuerSettings;
  readonly algorithms: readonly string[];
  readonly key: Uint8Array | CompactVerifyGetKey;
};
type Believed = { readonly actor: Actor; readonly untilSeconds: number };

export function createOutsideTokens(
  tools: {
    readonly http: Pick<HttpClient, 'json'>;
    readonly clock: Clock;
    readonly log: Pick<Log, 'warn'>;
    readonly transactor: Pick<Transactor, 'inOrganisation'>;
    /** Of those whose token names none. */
    readonly organisationId: number;
  },
  issuers: readonly IssuerSettings[],
): OutsideTokens {
  const { clock, log, transactor } = tools;
  const ways = issuers.map((settings) => wayOf(tools, settings));
  const believed = new Map<string, Believed>();
  /** Bounded by the settings that name them. */
  const organisations = new Set([tools.organisationId]);

  async function judge(way: Way, token: string, claims: Claims, name: string): Promise<Actor | Refusal | null> {
    if (!(await isSigned(way, token, log))) return null;
    const now = clock.now();
    if (!claimsHold(claims, way.settings, now)) return null;
    const actor = actorOfClaims(claims, way.settings.claims, tools.organisationId);
    if (actor instanceof Refusal) return actor;
    if (!(await isOrganisation(actor.organisationId))) {
      return new Refusal('forbidden', 'The token is valid, but its organisation does not exist here.');
    }
    const seconds = Math.floor(now.epochMilliseconds / 1000);
    const oldest = believed.keys().next().value;
    if (believed.size >= MAX_BELIEVED && oldest !== undefined) believed.delete(oldest);
    const untilSeconds = Math.min(Number(claims['exp']) + way.settings.skewSeconds, seconds + BELIEVED_SECONDS);
    believed.set(name, { actor, untilSeconds });
    return actor;
  }

  async function isOrganisation(id: number): Promise<boolean> {
    if (organisations.has(id)) return true;
    const found = await transactor.inOrganisation(id, findOrganisation, { readOnly: true });
    if (found) organisations.add(id);
    return found;
  }

  return {
    authenticate(token) {
      if (ways.length === 0) return null;
      const name = digestOf(token);
      const known = believed.get(name);
      if (known && known.untilSeconds > Math.floor(clock.now().epochMilliseconds / 1000)) return known.actor;
      believed.delete(name);
      const read = readToken(token);
      if (!read) return null;
      const { algorithm, claims } = read;
      const way = ways.find(
        ({ settings, algorithms }) => settings.issuer === claims['iss'] && algorithms.includes(algorithm),
      );
      if (!way) return null;
      return judge(way, token, claims, name).catch((error: unknown) => {
        if (error instanceof Refusal) return error;
        throw error;
      });
    },
  };
}

function wayOf(tools: Parameters<typeof issuerKeys>[0], settings: IssuerSettings): Way {
  const { signedBy, issuer } = settings;
  if (signedBy.kind === 'secret') {
    return { settings, algorithms: ['HS256'], key: new TextEncoder().encode(signedBy.secret.reveal()) };
  }
  const keys = issuerKeys(tools, { issuer, url: signedBy.url });
  return { settings, algorithms: signedBy.algorithms, key: (header, token) => keys.find(header, token) };
}

/** Header and claims as they stand: nothing is believed of them yet. */
function readToken(token: string): { readonly algorithm: string; readonly claims: Claims } | null {
  const [, head = '', body = ''] = (token.length <= MAX_TOKEN_LENGTH ? COMPACT.exec(token) : null) ?? [];
  const header = decode(head);
  const claims = decode(body);
  // Extensions nobody here understands are refused (RFC 7515, 4.1.11).
  if (!header || !claims || header['crit'] !== undefined || !TYPES.includes(header['typ'])) return null;
  return typeof header['alg'] === 'string' ? { algorithm: header['alg'], claims } : null;
}

/** Throws Refusal `issuer_unavailable`. */
async function isSigned({ key, algorithms }: Way, token: string, log: Pick<Log, 'warn'>): Promise<boolean> {
  const options = { algorithms: [...algorithms] };
  try {
    await (key instanceof Uint8Array ? compactVerify(token, key, options) : compactVerify(token, key, options));
    return true;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    // A key the issuer published and nobody can read: whoever runs this must hear of it, the caller only that it failed.
    if (!(error instanceof errors.JOSEError)) log.warn({ fault: loggable(error) }, 'a key of the issuer is of no use');
    return false;
  }
}
