// What every answer says whatever it is: what a browser may do with it, and which pages may read it (CORS, by the Fetch
// standard). Made once; also the answer to a browser that asks beforehand.
import type { FastifyReply, FastifyRequest } from 'fastify';

/** JSON is not to be run, framed, guessed at, or told where its reader came from. */
const GUARDS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};
const EXPOSED = ['etag', 'location', 'ratelimit', 'ratelimit-policy', 'retry-after', 'x-request-id'];
/** How long a browser may remember a preflight. */
const PREFLIGHT_SECONDS = 600;
const PREFLIGHT = {
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers': 'authorization, content-type, idempotency-key, if-match, if-none-match, x-request-id',
  'access-control-max-age': String(PREFLIGHT_SECONDS),
  'content-length': '0',
};

/**
 * Sets them, for pages of these origins. True where that was all there was to do: the request was a preflight, and is
 * answered.
 */
export function standingHeaders(
  origins: readonly string[] | '*',
): (request: FastifyRequest, reply: FastifyReply) => boolean {
  const standing = {
    ...GUARDS,
    'access-control-expose-headers': EXPOSED.join(', '),
    // What may be read differs by who asks, and a cache must know it.
    ...(origins === '*' ? { 'access-control-allow-origin': '*' } : { vary: 'Origin' }),
  };
  const named = origins === '*' ? null : new Set(origins);
  return (request, reply) => {
    const { origin } = request.headers;
    void reply.headers(standing);
    if (origin !== undefined && named?.has(origin)) void reply.header('access-control-allow-origin', origin);
    if (request.method !== 'OPTIONS' || origin === undefined) return false;
    if (request.headers['access-control-request-method'] === undefined) return false;
    void reply.code(204).headers(PREFLIGHT).send();
    return true;
  };
}
