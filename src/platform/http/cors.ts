// Which pages of other origins may call (Fetch standard, 3.3). What the plugin says to a page is said to pages alone: to all others
// it would be headers that nobody reads, and most of its work.
import cors, { type FastifyCorsOptions } from '@fastify/cors';
import type { onRequestHookHandler } from 'fastify';
import type { App } from './server.ts';

/** Of answers, those that a page of another origin may read besides the usual ones. */
const EXPOSED_HEADERS = [
  'etag',
  'location',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'x-request-id',
  'x-slotkeeper-sandbox',
];
/** How long a browser may remember a preflight. */
const PREFLIGHT_SECONDS = 600;

/** `*`: any page may. */
export async function addCors(app: App, origins: readonly string[] | '*'): Promise<void> {
  const options: FastifyCorsOptions = {
    origin: origins === '*' ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match', 'x-request-id'],
    exposedHeaders: EXPOSED_HEADERS.join(', '),
    maxAge: PREFLIGHT_SECONDS,
    // An OPTIONS that no browser sends is answered like one that it does.
    strictPreflight: false,
  };
  const hooks: onRequestHookHandler[] = [];
  const heard = Object.create(app, {
    addHook: { value: (_name: string, hook: onRequestHookHandler) => hooks.push(hook) },
  }) as typeof app;
  await new Promise<void>((resolve, reject) => {
    cors(heard, options, (error) => (error ? reject(error) : resolve()));
  });
  const [answerPage] = hooks;
  if (!answerPage) throw new Error('the plugin of CORS has no hook');
  app.addHook('onRequest', function (request, reply, done) {
    // What is the same for all must be there for whoever is given it out of a cache.
    const isPage = request.headers.origin !== undefined || request.method === 'OPTIONS' || origins === '*';
    if (isPage) return answerPage.call(this, request, reply, done);
    void reply.header('vary', 'Origin');
    done();
  });
}
