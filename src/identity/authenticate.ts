// Who asks: from the Authorization header to an Actor on every request, deny by default. The order is token or key, limit,
// role and scope; what an actor may do with a thing it found is actor.ts's.
import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify';
import { addressKey, type Limiter, type Standing } from '../platform/http/rate-limit.ts';
import type { App } from '../platform/http/server.ts';
import { Refusal } from '../platform/refusal.ts';
import { KEY_BYTES, rememberingDigest } from '../platform/secrets.ts';
import type { Clock } from '../platform/time/clock.ts';
import { anonymousActor, CALLERS, type Actor } from './actor.ts';
import { API_KEY_PREFIX } from './api-key.ts';
import type { ApiKeys } from './authenticate-api-key.ts';
import type { OutsideTokens } from './authenticate-outside.ts';
import { verifyGuestLink, verifyOfferLink } from './guest-link.ts';
import { isScope } from './scope.ts';
import { verifyToken, type VerifiedToken } from './token.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before any handler runs; anonymous where no token came. */
    actor: Actor;
  }
}

export type IdentityTools = {
  readonly tokenKey: Uint8Array;
  readonly clock: Clock;
  readonly limiter: Limiter;
  /** The organisation of those who bring no token. */
  readonly organisationId: number;
  readonly apiKeys: Pick<ApiKeys, 'authenticate'>;
  /** Without it, no token but our own is taken. */
  readonly outsideTokens?: OutsideTokens;
};

/** Tokens one process remembers as verified. */
const MAX_VERIFIED = 10_000;
/** RFC 6750, 2.1; the scheme in any case (RFC 9110, 11.1). */
const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

const STANDING: Readonly<Record<Actor['role'], Standing>> = {
  anonymous: 'anonymous',
  guest: 'guest',
  client: 'client',
  practitioner: 'staff',
  staff: 'staff',
  service: 'service',
};

/** From here on every route must say who may ask it; one that does not is refused at start. Before any room. */
export function registerIdentity(app: App, tools: IdentityTools): void {
  if (tools.tokenKey.byteLength < KEY_BYTES)
    throw new RangeError(`The token key must have at least ${KEY_BYTES} bytes`);
  const identify = identifier(tools);
  app.decorateRequest('actor', null as unknown as Actor);
  app.addHook('onRoute', (route) => {
    if (route.method === 'OPTIONS') return;
    const fault = faultOfAccess(route.config ?? {});
    if (fault) throw new Error(`${String(route.method)} ${route.url} ${fault}`);
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (request.route.config.access === 'unguarded') return done();
    const found = identify(request);
    if (!(found instanceof Promise)) return admit(tools, request, reply, found, done);
    // Whatever fails here fails this request: left to itself it would end the process.
    found.then((late) => admit(tools, request, reply, late, done)).catch(done);
  });
}

type Done = (error?: Error) => void;

/** Counts the caller, and lets it on to the route where the route is for it. */
function admit(
  { limiter, organisationId }: IdentityTools,
  request: FastifyRequest,
  reply: FastifyReply,
  found: Actor | Refusal,
  done: Done,
): void {
  const { config } = request.route;
  const known = found instanceof Refusal ? null : found;
  const actor = (request.actor = known ?? anonymousActor(organisationId, addressKey(request.ip)));
  request.caller = actor.role === 'anonymous' ? 'anonymous' : actor.key;
  // A request without a route has no say either; it will be told so by the not-found answer.
  const allowed = request.is404 ? null : refusalOfAccess(actor, config);
  const refusal = found instanceof Refusal ? found : allowed;
  // Whoever is turned away is counted too, as a reader, so that guessing has an end.
  const rate = refusal || request.is404 ? 'read' : (config.rate ?? 'read');
  const key = actor.role === 'anonymous' ? actor.key : `${actor.organisationId}:${actor.key}`;
  const cost = refusal || request.is404 ? 1 : config.cost;
  const limited = limiter.take(reply, STANDING[actor.role], rate, key, cost);
  if (limited === null || limited instanceof Refusal) return done(limited ?? refusal ?? undefined);
  limited.then((late) => done(late ?? refusal ?? undefined)).catch(done);
}

/** Who asks. A promise only where somebody else has to be asked first. */
function identifier(tools: IdentityTools): (request: FastifyRequest) => Actor | Refusal | Promise<Actor | Refusal> {
  const verify = rememberingVerifier(tools);
  return (request) => {
    const header = request.headers.authorization;
    if (header === undefined) return anonymousActor(tools.organisationId, addressKey(request.ip));
    const token = BEARER.exec(header)?.[1];
    if (token === undefined) return badToken();
    const isKey = token.startsWith(API_KEY_PREFIX);
    const own = isKey ? null : verify(token);
    if (own) return own;
    const found = isKey ? tools.apiKeys.authenticate(token) : (tools.outsideTokens?.authenticate(token) ?? null);
    const bad = isKey ? badKey : badToken;
    return found instanceof Promise ? found.then((late) => late ?? bad()) : (found ?? bad());
  };
}

/** The one place where a route's roles are asked for, and a key's scope. */
function refusalOfAccess(actor: Actor, { access, scope }: FastifyContextConfig): Refusal | null {
  if (access !== 'public' && !access?.includes(actor.role)) {
    if (actor.role === 'anonymous') {
      return new Refusal('unauthenticated', 'Send a token: Authorization: Bearer <token>.');
    }
    return new Refusal('forbidden', `A ${actor.role} may not do this.`);
  }
  if (actor.scopes === undefined || actor.scopes.some((held) => held === scope)) return null;
  return new Refusal('forbidden', `This API key may not do this: it lacks the scope ${scope}.`, { extra: { scope } });
}

function badToken(): Refusal {
  return new Refusal('unauthenticated', 'The token is not valid, or no longer. Get a new one.');
}

function badKey(): Refusal {
  return new Refusal('unauthenticated', 'The API key is not valid: mistyped, expired or revoked. Use another.');
}

function faultOfAccess({ access, rate, scope }: FastifyContextConfig): string | null {
  if (!['read', 'booking', 'none'].includes(rate ?? '')) return 'does not say its rate class (config.rate)';
  if (access === 'unguarded') return null;
  const roles: readonly string[] = access === 'public' ? ['service'] : (access ?? []);
  if (roles.length === 0) return 'does not say who may ask it (config.access)';
  const stranger = roles.find((role) => !CALLERS.some((known) => known === role));
  if (stranger !== undefined) return `names a role that does not exist: ${stranger}`;
  if (!roles.includes('service') || isScope(scope)) return null;
  return 'does not say which scope an API key needs (config.scope: one of identity/scope.ts, or a new one there)';
}

/** Verifies a token once, and knows it again by its digest until it expires. */
function rememberingVerifier({ tokenKey, clock }: IdentityTools): (token: string) => Actor | null {
  const known = new Map<string, VerifiedToken>();
  const digest = rememberingDigest();
  return (token) => {
    const now = clock.now();
    const name = digest(token);
    const seen = known.get(name);
    if (seen && seen.expiresAt > Math.floor(now.epochMilliseconds / 1000)) return seen.actor;
    if (seen) known.delete(name);
    const verified =
      verifyToken(tokenKey, token, now) ??
      verifyGuestLink(tokenKey, token, now) ??
      verifyOfferLink(tokenKey, token, now);
    if (!verified) return null;
    // The oldest goes first; one still in use costs a signature, and is back.
    if (known.size >= MAX_VERIFIED) known.delete(known.keys().next().value ?? name);
    known.set(name, verified);
    return verified.actor;
  };
}
