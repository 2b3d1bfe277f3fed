// Deny by default, over real HTTP with limits in a real database: who gets through to which route, and what the others
// are told.
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { ROLES, type Role } from '../../src/identity/actor.ts';
import { createApiKeys } from '../../src/identity/authenticate-api-key.ts';
import { registerIdentity } from '../../src/identity/authenticate.ts';
import { issueToken } from '../../src/identity/token.ts';
import { transactor } from '../../src/platform/database/transaction.ts';
import { createLimiter } from '../../src/platform/http/rate-limit.ts';
import { createServer, type App } from '../../src/platform/http/server.ts';
import { setClock } from '../../src/platform/time/clock.ts';
import { captureLog } from '../http/capture-log.ts';
import { listen } from '../http/listen.ts';
import { openDatabase, type TestDatabase } from '../open-database.ts';

const KEY = Buffer.alloc(32, 9);
const START = '2030-01-01T00:00:00Z';
const clock = setClock(START);
const { log, lines } = captureLog();
let database: TestDatabase;
let app: App;
let server: Awaited<ReturnType<typeof listen>>;

async function house(): Promise<App> {
  const made = await createServer({ log, corsOrigins: '*', trustProxy: 1, info: { title: 'x', version: '0' } });
  const limits = { ...readConfig({}).rateLimits, anonymousReads: 40 };
  const limiter = createLimiter({ connection: database.connection, clock, log, limits });
  const apiKeys = createApiKeys({ transactor: transactor(database.connection), clock, log });
  registerIdentity(made, { tokenKey: KEY, clock, limiter, organisationId: 77, apiKeys });
  return made;
}

beforeAll(async () => {
  database = await openDatabase({ log });
  app = await house();
  const open = { access: 'public', scope: 'availability:read' } as const;
  app.get('/api/open', { config: { ...open, rate: 'read' } }, (request) => request.actor);
  app.get('/api/free', { config: { ...open, rate: 'none' } }, (request) => request.actor);
  app.get('/probe', { config: { access: 'unguarded', rate: 'none' } }, () => ({ ok: true }));
  for (const role of ROLES) {
    const config = { access: [role], scope: 'appointments:read', rate: 'none' } as const;
    app.get(`/api/only/${role}`, { config }, (request) => request.actor);
  }
  app.post('/api/book', { config: { access: ['client', 'staff'], rate: 'booking' } }, () => ({ ok: true }));
  server = await listen(app);
});
afterAll(async () => {
  await server.close();
  await database.close();
});
beforeEach(async () => {
  // Another minute, so that no test feels the limits of the one before.
  clock.advance({ minutes: 1 });
  await database.connection.pool.query('delete from rate_window');
});

function token(role: Role, subject = 'u1', organisationId = 5): string {
  const practitionerId = role === 'practitioner' ? 123 : null;
  const email = role === 'client' ? 'u@example.com' : null;
  return issueToken(KEY, { role, subject, organisationId, practitionerId, email }, clock.now());
}

async function ask(
  path: string,
  authorization?: string,
  init: { method?: string; headers?: Record<string, string> } = {},
) {
  const response = await fetch(server.url + path, {
    ...init,
    headers: { ...init.headers, ...(authorization === undefined ? {} : { authorization }) },
  });
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, code: body['code'], body, headers: response.headers };
}

describe('each role at each door', () => {
  const callers = [...ROLES, 'anonymous'] as const;
  const cases = callers.flatMap((caller) => ROLES.map((door) => [caller, door] as const));
  it.each(cases)('%s at a route for %s', async (caller, door) => {
    const { status, code } = await ask(
      `/api/only/${door}`,
      caller === 'anonymous' ? undefined : `Bearer ${token(caller)}`,
    );
    const wanted =
      caller === door ? [200, undefined] : caller === 'anonymous' ? [401, 'unauthenticated'] : [403, 'forbidden'];
    expect([status, code]).toEqual(wanted);
  });

  it.each(callers)('%s at a public route', async (caller) => {
    const { status, body } = await ask('/api/free', caller === 'anonymous' ? undefined : `bearer  ${token(caller)}`);
    expect([status, body['role'], body['organisationId']]).toEqual([200, caller, caller === 'anonymous' ? 77 : 5]);
  });
});

const expired = () =>
  issueToken(KEY, { role: 'staff', subject: 'u', organisationId: 5 }, clock.now().subtract({ hours: 48 }), 1);
const signed = (claims: object) => {
  const text = [{ alg: 'HS256' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${text}.${createHmac('sha256', Buffer.alloc(32, 1)).update(text).digest('base64url')}`;
};

describe('a bad token', () => {
  it.each<[string, () => string]>([
    ['expired', () => `Bearer ${expired()}`],
    ['signed by another', () => `Bearer ${signed({ sub: 'u' })}`],
    ['of another scheme', () => `Basic ${token('staff')}`],
    ['nothing', () => ''],
    ['a word', () => 'Bearer'],
    ['two tokens', () => `Bearer ${token('staff')} ${token('staff')}`],
    ['with a comma', () => `Bearer ${token('staff')}, Bearer x`],
  ])('%s is 401 at every door, the public one too', async (_what, header) => {
    for (const path of ['/api/free', '/api/only/staff', '/api/nowhere']) {
      const { status, code, headers } = await ask(path, header());
      expect([status, code]).toEqual([401, 'unauthenticated']);
      expect(headers.get('www-authenticate')).toBe('Bearer realm="slotkeeper"');
    }
  });

  it('is no hindrance to a probe', async () => {
    expect((await ask('/probe', 'Bearer nonsense')).status).toBe(200);
  });

  it('counts against the address it came from, and stops being answered 401', async () => {
    const codes = new Set<unknown>();
    for (let i = 0; i < 45; i += 1) codes.add((await ask('/api/free', `Bearer guess-${i}`)).code);
    expect([...codes]).toEqual(['unauthenticated', 'rate_limited']);
    expect((await ask('/api/open')).status).toBe(429);
    expect((await ask('/api/open', undefined, { headers: { 'x-forwarded-for': '192.0.2.7' } })).status).toBe(200);
    expect((await ask('/api/free', `Bearer ${token('client')}`)).status).toBe(200);
  });

  it('that was good stays good no longer than it says, though it was seen before', async () => {
    const short = issueToken(KEY, { role: 'staff', subject: 'u', organisationId: 5 }, clock.now(), 1);
    expect((await ask('/api/free', `Bearer ${short}`)).status).toBe(200);
    const before = clock.now();
    clock.advance({ hours: 25 });
    expect((await ask('/api/free', `Bearer ${short}`)).status).toBe(401);
    clock.set(before);
  });
});

describe('limits', () => {
  it('stop the 31st booking of a client, and nobody else’s', async () => {
    const book = (who: string) => ask('/api/book', `Bearer ${who}`, { method: 'POST' });
    const statuses = await Promise.all(Array.from({ length: 33 }, () => book(token('client', 'busy'))));
    expect(statuses.filter(({ status }) => status === 200)).toHaveLength(30);
    const refused = statuses.find(({ status }) => status === 429);
    expect(refused?.code).toBe('rate_limited');
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused?.headers.get('ratelimit')).toMatch(/^"booking";r=0;t=\d+$/);
    expect((await book(token('client', 'calm'))).status).toBe(200);
    expect((await book(token('client', 'busy-elsewhere'))).status).toBe(200);
    expect((await ask('/api/open', `Bearer ${token('client', 'busy')}`)).status).toBe(200);
  });

  it('are kept apart by organisation', async () => {
    const there = await ask('/api/book', `Bearer ${token('client', 'same', 6)}`, { method: 'POST' });
    const here = await ask('/api/book', `Bearer ${token('client', 'same', 5)}`, { method: 'POST' });
    expect([there.headers.get('ratelimit'), here.headers.get('ratelimit')]).toEqual([
      expect.stringContaining('r=29;'),
      expect.stringContaining('r=29;'),
    ]);
  });
});

describe('at start', () => {
  it.each<[string, object | undefined, RegExp]>([
    ['no config', undefined, /does not say/],
    ['no access', { rate: 'read' }, /config\.access/],
    ['nobody', { access: [], rate: 'read' }, /config\.access/],
    ['no rate class', { access: 'public' }, /config\.rate/],
    ['a role that does not exist', { access: ['admin'], rate: 'read' }, /admin/],
    ['no scope, though open to services', { access: ['staff', 'service'], rate: 'read' }, /config\.scope/],
    ['no scope, though open to all', { access: 'public', rate: 'read' }, /config\.scope/],
    ['a scope that does not exist', { access: ['service'], scope: 'all', rate: 'read' }, /config\.scope/],
  ])('a route with %s is refused', async (_what, config, message) => {
    const made = await house();
    expect(() => made.get('/api/x', config ? { config } : {}, () => null)).toThrow(message);
    await made.close();
  });
});

it('the log names the actor and the code, and no token', async () => {
  lines.length = 0;
  const secret = token('client', 'u-77');
  await ask('/api/only/staff', `Bearer ${secret}`);
  await expect
    .poll(() => lines.find((line) => line['msg'] === 'request'))
    .toMatchObject({
      route: '/api/only/staff',
      actor: 'client:u-77',
      code: 'forbidden',
      status: 403,
    });
  expect(JSON.stringify(lines)).not.toContain(secret.slice(0, 60));
});
