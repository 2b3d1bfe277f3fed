// Who asks: from the Authorization header to an Actor on every request, deny by default. The order is token, limit, role;
// what an actor may do with a thing it found is actor.ts's.
import type { FastifyRequest, FastifyReply } from 'fastify';
import { addressKey, type Limiter, type Standing } from '../platform/http/rate-limit.ts';
import type { App } from '../platform/http/server.ts';
import { Refusal } from '../platform/refusal.ts';
import { digestOf, KEY_BYTES } from '../platform/secrets.ts';
import type { Clock } from '../platform/time/clock.ts';
import { anonymousActor, ROLES, type Actor } from './actor.ts';
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
};

/** Tokens one process remembers as verified. */
const MAX_VERIFIED = 10_000;
/** RFC 6750, 2.1; the scheme in any case (RFC 9110, 11.1). */
const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

const STANDING: Readonly<Record<Actor['role'], Standing>> = {
  anonymous: 'anonymous',
  client: 'client',
  practitioner: 'staff',
  staff: 'staff',
  service: 'service',
};

/** From here on every route must say who may ask it; one that does not is refused at start. Before any room. */
export function registerIdentity(app: App, tools: IdentityTools): void {
  if (tools.tokenKey.byteLength < KEY_BYTES)
    throw new RangeError(`The token key must have at least ${KEY_BYTES} bytes`);
  const verify = rememberingVerifier(tools);
  app.decorateRequest('actor', null as unknown as Actor);
  app.addHook('onRoute', (route) => {
    if (route.method === 'OPTIONS') return;
    const fault = faultOfAccess(route.config?.access, route.config?.rate);
    if (fault) throw new Error(`${String(route.method)} ${route.url} ${fault}`);
  });
  app.addHook('onRequest', (request, reply, done) => {
    const { config } = request.routeOptions;
    const access = config?.access;
    if (access === 'unguarded') return done();
    const actor = actorOf(request, verify, tools.organisationId);
    request.actor = actor ?? anonymousActor(tools.organisationId, addressKey(request.ip));
    request.caller = request.actor.role === 'anonymous' ? 'anonymous' : request.actor.key;
    // A request without a route has no say either; it will be told so by the not-found answer.
    const refusal = actor === null ? badToken() : request.is404 ? null : refusalOfAccess(request.actor, access);
    // Whoever is turned away is counted too, as a reader, so that guessing has an end.
    const rate = refusal || request.is404 ? 'read' : (config?.rate ?? 'read');
    return settle(tools.limiter, request, reply, rate, refusal, done);
  });
}

type Done = (error?: Error) => void;

function settle(
  limiter: Limiter,
  request: FastifyRequest,
  reply: FastifyReply,
  rate: 'read' | 'booking' | 'none',
  refusal: Refusal | null,
  done: Done,
): void {
  const { actor } = request;
  const key = actor.role === 'anonymous' ? actor.key : `${actor.organisationId}:${actor.key}`;
  const limited = limiter.take(reply, STANDING[actor.role], rate, key);
  if (limited === null || limited instanceof Refusal) return done(limited ?? refusal ?? undefined);
  limited.then((late) => done(late ?? refusal ?? undefined), done);
}

/** Null: a token came, and it is none of ours. */
function actorOf(
  request: FastifyRequest,
  verify: (token: string) => Actor | null,
  organisationId: number,
): Actor | null {
  const header = request.headers.authorization;
  if (header === undefined) return anonymousActor(organisationId, addressKey(request.ip));
  const token = BEARER.exec(header)?.[1];
  return token === undefined ? null : verify(token);
}

function refusalOfAccess(actor: Actor, access: 'public' | readonly string[] | undefined): Refusal | null {
  if (access === 'public' || access?.includes(actor.role)) return null;
  if (actor.role === 'anonymous') return new Refusal('unauthenticated', 'Send a token: Authorization: Bearer <token>.');
  return new Refusal('forbidden', `A ${actor.role} may not do this.`);
}

function badToken(): Refusal {
  return new Refusal('unauthenticated', 'The token is not valid, or no longer. Get a new one.');
}

function faultOfAccess(access: unknown, rate: unknown): string | null {
  if (!['read', 'booking', 'none'].includes(rate as string)) return 'does not say its rate class (config.rate)';
  if (access === 'public' || access === 'unguarded') return null;
  if (!Array.isArray(access) || access.length === 0) return 'does not say who may ask it (config.access)';
  const stranger = access.find((role) => !ROLES.some((known) => known === role));
  return stranger === undefined ? null : `names a role that does not exist: ${String(stranger)}`;
}

/** Verifies a token once, and knows it again by its digest until it expires. */
function rememberingVerifier({ tokenKey, clock }: IdentityTools): (token: string) => Actor | null {
  const known = new Map<string, VerifiedToken>();
  return (token) => {
    const now = clock.now();
    const name = digestOf(token);
    const seen = known.get(name);
    if (seen && seen.expiresAt > Math.floor(now.epochMilliseconds / 1000)) return seen.actor;
    if (seen) known.delete(name);
    const verified = verifyToken(tokenKey, token, now);
    if (!verified) return null;
    // The oldest goes first; one still in use costs a signature, and is back.
    if (known.size >= MAX_VERIFIED) known.delete(known.keys().next().value ?? name);
    known.set(name, verified);
    return verified.actor;
  };
}
