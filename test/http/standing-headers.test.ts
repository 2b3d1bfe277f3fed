// What every answer says, whatever it answers: errors, wrong addresses, streams and preflights as well.
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { createServer, type App } from '../../src/platform/http/server.ts';
import { captureLog } from './capture-log.ts';

const FRIEND = 'https://front.example';
const OTHER = 'https://other.example';
const apps: App[] = [];
let named: App;
let any: App;

async function open(corsOrigins: readonly string[] | '*'): Promise<App> {
  const { log } = captureLog();
  const app = await createServer({ log, corsOrigins, trustProxy: false, info: { title: 'x', version: '0' } });
  const config = { access: 'public', rate: 'none' } as const;
  app.get('/api/fine', { config }, () => ({}));
  app.get('/api/bug', { config }, () => {
    throw new Error('a bug');
  });
  app.get('/api/stream', { config }, (_request, reply) =>
    reply.type('text/event-stream').send(Readable.from(['data: 1'])),
  );
  app.get('/api/kept', { config }, (_request, reply) => reply.header('cache-control', 'public, max-age=5').send({}));
  app.get('/api/unchanged', { config }, (_request, reply) => reply.code(304).send());
  app.post('/api/fine', { config }, (_request, reply) => reply.code(204).send());
  apps.push(app);
  return app;
}

beforeAll(async () => {
  named = await open([FRIEND, 'https://second.example']);
  any = await open('*');
});
afterAll(() => Promise.all(apps.map((app) => app.close())));

const EVERY = [
  ['GET', '/api/fine', 200],
  ['HEAD', '/api/fine', 200],
  ['POST', '/api/fine', 204],
  ['GET', '/api/unchanged', 304],
  ['GET', '/api/bug', 500],
  ['GET', '/api/stream', 200],
  ['GET', '/api/nowhere', 404],
  ['DELETE', '/api/fine', 405],
  ['GET', '/api/fine?a=%00', 400],
  ['GET', '/', 302],
  ['GET', '/api/openapi.json', 200],
] as const;

describe.each(EVERY)('%s %s', (method, url, status) => {
  it('says what a browser may do with it, and which request it was', async () => {
    const { headers, statusCode } = await any.inject({ method, url });
    expect(statusCode).toBe(status);
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
      'access-control-expose-headers':
        'etag, location, ratelimit, ratelimit-policy, retry-after, x-request-id, x-slotkeeper-sandbox',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    expect(headers['vary']).toBeUndefined();
  });

  it('may be read by pages of the origins that are named, and by no others', async () => {
    const friend = await named.inject({ method, url, headers: { origin: FRIEND } });
    expect(friend.headers).toMatchObject({
      'access-control-allow-origin': FRIEND,
      'access-control-expose-headers': expect.stringContaining('etag, location') as string,
      vary: 'Origin',
    });
    const { headers: noPage } = await named.inject({ method, url });
    expect(noPage['access-control-expose-headers']).toBeUndefined();
    for (const headers of [{ origin: OTHER }, { origin: 'null' }, { origin: `${FRIEND}.evil.example` }, {}]) {
      const { headers: said } = await named.inject({ method, url, headers });
      expect(said['access-control-allow-origin']).toBeUndefined();
      expect(said['vary']).toBe('Origin');
    }
  });
});

test('whoever may keep an answer is told so by its route', async () => {
  const { headers } = await any.inject({ method: 'GET', url: '/api/kept' });
  expect(headers['cache-control']).toBe('public, max-age=5');
});

function askBefore(app: App, origin: string) {
  return app.inject({
    method: 'OPTIONS',
    url: '/api/fine',
    headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'if-match' },
  });
}

describe('a browser that asks beforehand', () => {
  it('is told what it may send, and for how long that holds', async () => {
    const { statusCode, headers, body } = await askBefore(named, FRIEND);
    expect([statusCode, body]).toEqual([204, '']);
    expect(headers).toMatchObject({
      'access-control-allow-origin': FRIEND,
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers':
        'authorization, content-type, idempotency-key, if-match, if-none-match, x-request-id',
      'access-control-max-age': '600',
      'x-content-type-options': 'nosniff',
      vary: 'Origin',
    });
    expect((await askBefore(any, OTHER)).headers['access-control-allow-origin']).toBe('*');
  });

  it('for a page of another origin is let in nowhere', async () => {
    const { statusCode, headers } = await askBefore(named, OTHER);
    expect([statusCode, headers['access-control-allow-origin']]).toEqual([204, undefined]);
  });
});
