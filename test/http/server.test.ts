// The street door alone, over real HTTP: every fault of a request has its status, code and pointer, and nothing a caller
// sends is answered with a 5xx.
import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answers, named } from '../../src/platform/http/openapi.ts';
import { closeServer, createServer, type App } from '../../src/platform/http/server.ts';
import {
  DateText,
  EmailText,
  plainText,
  PublicId,
  WallTimeText,
  ZoneText,
} from '../../src/platform/http/validation.ts';
import { Refusal } from '../../src/platform/refusal.ts';
import { captureLog } from './capture-log.ts';
import { listen, sendBytes } from './listen.ts';

const { log, lines } = captureLog();
let app: App;
let server: Awaited<ReturnType<typeof listen>>;

const Thing = named(
  'Thing',
  Type.Object(
    {
      name: plainText(20),
      email: Type.Optional(EmailText),
      date: Type.Optional(DateText),
      time: Type.Optional(WallTimeText),
      zone: Type.Optional(ZoneText),
      count: Type.Optional(Type.Integer({ minimum: 0 })),
      deep: Type.Optional(Type.Unknown()),
    },
    { additionalProperties: false },
  ),
);
const Answer = named('ThingAnswer', Type.Object({ id: Type.Integer(), limit: Type.Integer(), name: Type.String() }));

beforeAll(async () => {
  app = await createServer({
    log,
    corsOrigins: ['https://front.example'],
    trustProxy: false,
    info: { title: 'Slotkeeper', version: '0' },
    requestTimeoutMs: 1_000,
  });
  const config = { access: 'public', rate: 'none' } as const;
  app.post(
    '/api/things/:id',
    {
      config,
      schema: {
        params: Type.Object({ id: PublicId }),
        querystring: Type.Object({ limit: Type.Integer({ default: 5, maximum: 10 }) }, { additionalProperties: false }),
        body: Thing,
        response: answers({ 201: Answer }, ['slot_taken'], { body: true }),
      },
    },
    async (request, reply) => {
      const { name } = request.body;
      if (name === 'taken') throw new Refusal('slot_taken', 'Taken.', { extra: { alternatives: ['x'], status: 1 } });
      if (name === 'pending') throw new Refusal('meeting_pending', 'Soon.', { retryAfterSeconds: 3.2 });
      if (name === 'bug') throw new Error('secret detail');
      if (name === 'away') throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
      const answer = { id: request.params.id, limit: request.query.limit, name, leak: 'never' };
      return reply.code(201).send(answer);
    },
  );
  app.get('/api/things/:id', { config }, () => ({ ok: true }));
  app.get('/api/slow', { config }, async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { ok: true };
  });
  server = await listen(app);
});
afterAll(() => server.close());

async function ask(path: string, init: RequestInit & { json?: unknown } = {}) {
  const { json, ...rest } = init;
  const response = await fetch(server.url + path, {
    ...(json === undefined
      ? {}
      : { method: 'POST', body: JSON.stringify(json), headers: { 'content-type': 'application/json' } }),
    ...rest,
  });
  const text = await response.text();
  return { response, status: response.status, text, body: safe(text) };
}

function safe(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

describe('an answer', () => {
  it('holds what the schema names and nothing else', async () => {
    const { status, body } = await ask('/api/things/7?limit=3', { json: { name: 'Ada' } });
    expect(status).toBe(201);
    expect(body).toEqual({ id: 7, limit: 3, name: 'Ada' });
  });

  it('carries the request id the caller gave, or a new one where that was none', async () => {
    const given = await ask('/api/things/7', { headers: { 'x-request-id': 'trace-1.a_b' } });
    expect(given.response.headers.get('x-request-id')).toBe('trace-1.a_b');
    const made = await ask('/api/things/7', { headers: { 'x-request-id': 'no spaces' } });
    expect(made.response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('may be read by a page of an origin that was named, refusals too, and by no other', async () => {
    const origin = 'https://front.example';
    const { response } = await ask('/api/nowhere', { headers: { origin } });
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    expect(response.headers.get('access-control-expose-headers')).toContain('retry-after');
    const other = await ask('/api/things/7', { headers: { origin: 'https://evil.example' } });
    expect(other.response.headers.get('access-control-allow-origin')).not.toBe('https://evil.example');
    const preflight = await ask('/api/things/7', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'idempotency-key' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.response.headers.get('access-control-allow-headers')).toContain('idempotency-key');
    // Asked by hand, without what a browser sends along.
    expect((await ask('/api/things/7', { method: 'OPTIONS' })).status).toBe(204);
  });
});

describe('a refusal', () => {
  it('is a problem document whose own members cannot be overwritten', async () => {
    const { status, body, response } = await ask('/api/things/7', { json: { name: 'taken' } });
    expect(status).toBe(409);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(body).toEqual({
      type: 'urn:slotkeeper:problem:slot_taken',
      title: 'That time is taken',
      status: 409,
      detail: 'Taken.',
      code: 'slot_taken',
      success: false,
      message: 'Taken.',
      requestId: response.headers.get('x-request-id'),
      alternatives: ['x'],
    });
    expect(Object.keys(body).at(-1)).toBe('alternatives');
  });

  it('that asks to wait says how long', async () => {
    const { status, response } = await ask('/api/things/7', { json: { name: 'pending' } });
    expect([status, response.headers.get('retry-after')]).toEqual([503, '4']);
  });

  it('for a bug shows nothing of it, and logs it whole', async () => {
    const { status, text, body } = await ask('/api/things/7', { json: { name: 'bug' } });
    expect([status, body['code']]).toEqual([500, 'internal_error']);
    expect(text).not.toContain('secret');
    const line = lines.find((each) => each['msg'] === 'a request failed');
    expect(JSON.stringify(line)).toContain('secret detail');
    expect(line?.['requestId']).toBe(body['requestId']);
  });

  it('for a database that is away says so, and when to come back', async () => {
    const { status, body, response } = await ask('/api/things/7', { json: { name: 'away' } });
    expect([status, body['code'], response.headers.get('retry-after')]).toEqual([503, 'not_ready', '2']);
  });
});

describe('a fault of the request', () => {
  const faults: readonly (readonly [string, unknown, string, string?])[] = [
    ['an unknown field', { name: 'A', extra: 1 }, '/extra'],
    ['a missing field', {}, '/name'],
    ['a number as text', { name: 'A', count: '1' }, '/count'],
    ['a huge number', { name: 'A', count: 1e300 * 1e10 }, '/count'],
    ['a date that does not exist', { name: 'A', date: '2026-02-30' }, '/date'],
    ['a time that does not exist', { name: 'A', time: '24:00' }, '/time'],
    ['a zone that does not exist', { name: 'A', zone: 'Mars/Olympus' }, '/zone'],
    ['an offset for a zone', { name: 'A', zone: '+01:00' }, '/zone'],
    ['an address with a line break', { name: 'A', email: 'a@b.example\r\nbcc: x@y.example' }, '/email'],
    ['an address with a trailing line break', { name: 'A', email: 'a@b.example\n' }, '/email'],
    ['text with a line break', { name: 'A\r\nB' }, '/name'],
    ['blank text', { name: '   ' }, '/name'],
    ['text too long', { name: 'x'.repeat(21) }, '/name'],
    ['null for text', { name: null }, '/name'],
    ['a list for the body', [], ''],
  ];
  it.each(faults)('%s is 400 with a pointer', async (_what, json, pointer) => {
    const { status, body } = await ask('/api/things/7', { json });
    expect([status, body['code']]).toEqual([400, 'invalid_request']);
    expect((body['errors'] as { pointer: string }[]).map((fault) => fault.pointer)).toContain(pointer);
  });

  it('a name outside ASCII is none', async () => {
    const { status, body } = await ask('/api/things/7', { json: { name: 'Zoë "Ω" 😀’' } });
    expect([status, body['name']]).toEqual([201, 'Zoë "Ω" 😀’']);
  });

  it.each([
    ['/api/things/0', 'path/id'],
    ['/api/things/9007199254740993', 'path/id'],
    ['/api/things/abc', 'path/id'],
    ['/api/things/7?limit=11', 'query/limit'],
    ['/api/things/7?limit=', 'query/limit'],
    ['/api/things/7?limit=1&limit=2', 'query/limit'],
    ['/api/things/7?__proto__=1', 'query/__proto__'],
    ['/api/things/7?unknown=1', 'query/unknown'],
  ])('%s is 400 and points at %s', async (path, pointer) => {
    const { status, body } = await ask(path, { json: { name: 'A' } });
    expect([status, body['code']]).toEqual([400, 'invalid_request']);
    expect(body['errors']).toEqual([
      { pointer: pointer.replace(/^(\w+)\/(.*)$/, '$1/$2'), message: expect.any(String) },
    ]);
  });

  it.each([
    ['{"name":', 'application/json', 400, 'invalid_json'],
    ['nonsense', 'application/json', 400, 'invalid_json'],
    ['{"name":"a\\u0000b"}', 'application/json', 400, 'invalid_request'],
    ['{"name":"a\\ud800b"}', 'application/json', 400, 'invalid_request'],
    ['{"name":"a","__proto__":{"x":1}}', 'application/json', 400, 'invalid_request'],
    ['{"name":"a","\\u005f_proto__":{"x":1}}', 'application/json', 400, 'invalid_request'],
    ['', 'application/json', 400, 'invalid_request'],
    ['name=a', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
    ['name', 'text/plain', 415, 'unsupported_media_type'],
    ['{}', 'nonsense', 415, 'unsupported_media_type'],
    [`{"name":"${'x'.repeat(70_000)}"}`, 'application/json', 413, 'body_too_large'],
    [`{"name":"a","deep":${'['.repeat(30_000)}${']'.repeat(30_000)}}`, 'application/json', 201, undefined],
    [`{"name":"\\u0041","deep":${'['.repeat(30_000)}${']'.repeat(30_000)}}`, 'application/json', 201, undefined],
  ])('body %.40s as %s is %i %s', async (body, type, status, code) => {
    const answer = await ask('/api/things/7', { method: 'POST', body, headers: { 'content-type': type } });
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
  });

  it('a wrong address is 404, a wrong method 405 with those allowed', async () => {
    const nowhere = await ask('/api/nowhere');
    expect([nowhere.status, nowhere.body['code']]).toEqual([404, 'not_found']);
    const method = await ask('/api/things/7', { method: 'DELETE' });
    expect([method.status, method.body['code']]).toEqual([405, 'method_not_allowed']);
    expect(method.response.headers.get('allow')).toBe('GET, HEAD, POST');
  });

  it.each(['/api/things/%', '/api/things/%ff', '/api/things/%00', '/api/things/%ed%a0%80', '/%c0%ae'])(
    'address %s is a 4xx problem',
    async (path) => {
      const { status, body } = await ask(path);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(body['success']).toBe(false);
    },
  );
});

const get = (headers: string) => `GET /api/things/7 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${headers}\r\n`;
const nothing = (method: string, path: string, type: string) =>
  `${method} ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: ${type}\r\n\r\n`;

describe('bytes that are hardly HTTP', () => {
  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['headers too large', get(`x-big: ${'x'.repeat(20_000)}\r\n`), 431],
    ['NUL in a header', get('x-nul: a\0b\r\n'), 400],
    ['a made-up method', 'MAKEUP / HTTP/1.1\r\nhost: x\r\n\r\n', 400],
    ['a method of other protocols', 'PROPFIND /api/things/7 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 405],
    ['TRACE', 'TRACE /api/things/7 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 405],
    ['two lengths', 'POST /api/things/7 HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}', 400],
    ['two content types', get('content-type: application/json\r\ncontent-type: text/html\r\n'), 200],
    ['two request ids', get('x-request-id: a\r\nx-request-id: b\r\n'), 200],
    ['an absolute address', 'GET http://x/api/things/7 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 200],
    ['no address', 'GET * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 302],
    ['a bare question mark', 'GET ?%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 400],
    ['CONNECT', 'CONNECT x:80 HTTP/1.1\r\nhost: x\r\n\r\n', 0],
    // As many clients say it of every call; no body is then awaited.
    ['a content type of no body', nothing('POST', '/api/things/7', 'application/json'), 400],
    ['another content type of no body', nothing('POST', '/api/things/7', 'text/plain'), 400],
    ['a content type of no body, where nothing is', nothing('PUT', '/api/nowhere', 'application/json'), 404],
    ['a content type of no body, by a wrong method', nothing('DELETE', '/api/things/7', 'application/json'), 405],
    [
      'a body that never ends',
      'POST /api/things/7 HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
      408,
    ],
  ])('%s is not a 5xx', async (_what, bytes, status) => {
    const answer = await sendBytes(server.port, bytes, 8_000);
    const got = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
    expect(got).toBe(status);
    expect(answer.includes('application/problem+json')).toBe(got >= 400);
  });

  it('random bodies and addresses never make a 5xx', async () => {
    let state = 7;
    const random = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below;
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      '"name"',
      ':',
      ',',
      '1e999',
      '-0',
      'null',
      '"\\ud83d"',
      '"\\u0000"',
      '"a"',
      '\\',
      '\0',
      '\x7f',
      'é',
      '"__proto__"',
      '"constructor"',
      'true',
      '😀',
    ];
    const path = [
      '/',
      'api',
      'things',
      '7',
      '..',
      '%2e',
      '%',
      '?',
      '&',
      '=',
      'limit',
      '1',
      '[]',
      ';',
      '%e2%82%ac',
      '*',
      ':id',
      '//',
      '#',
    ];
    const words = (from: string[], n: number) => Array.from({ length: n }, () => from[random(from.length)]).join('');
    for (let i = 0; i < 300; i += 1) {
      const body = Buffer.from(words(pieces, 1 + random(12)));
      const target = (i % 2 ? '/api/things/7' : '/') + (i % 3 ? '' : words(path, random(8)).replaceAll('#', ''));
      const head = `POST ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
      const answer = await sendBytes(server.port, Buffer.concat([Buffer.from(head), body]));
      expect(answer, `${target} ${body.toString()}`).toMatch(/^HTTP\/1\.1 [24]/);
    }
  });
});

describe('the log', () => {
  it('has one line a request, with the pattern and never the address', async () => {
    lines.length = 0;
    await ask('/api/things/7?limit=99', { json: { name: 'Ada Lovelace', email: 'ada@example.com' } });
    await ask('/api/someone@example.com');
    const requests = lines.filter((line) => line['msg'] === 'request');
    expect(requests).toHaveLength(2);
    expect(requests[0]).toMatchObject({
      method: 'POST',
      route: '/api/things/:id',
      status: 400,
      code: 'invalid_request',
    });
    expect(requests[0]?.['ms']).toEqual(expect.any(Number));
    expect(JSON.stringify(lines)).not.toMatch(/example\.com|Ada|limit=/);
  });
});

describe('the document', () => {
  it('is OpenAPI 3.1 with named components and the codes of each refusal', async () => {
    const { body, status } = await ask('/api/openapi.json');
    expect(status).toBe(200);
    expect(body['openapi']).toBe('3.1.0');
    const document = body as {
      components: { schemas: Record<string, unknown> };
      paths: Record<string, { post: { responses: Record<string, { description: string; content: unknown }> } }>;
    };
    expect(Object.keys(document.components.schemas).toSorted()).toEqual([
      'Problem',
      'RefusalCode',
      'Thing',
      'ThingAnswer',
    ]);
    const responses = document.paths['/api/things/{id}']?.post.responses ?? {};
    expect(Object.keys(responses)).toEqual(
      expect.arrayContaining(['201', '400', '401', '403', '409', '413', '415', '429']),
    );
    expect(responses['409']?.description).toContain('slot_taken');
    expect(responses['429']).toMatchObject({
      headers: { 'retry-after': { $ref: '#/components/headers/retry-after' } },
    });
    expect(responses['409']?.content).toMatchObject({
      'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, examples: { slot_taken: {} } },
    });
  });

  it('is where the bare address leads', async () => {
    const response = await fetch(`${server.url}/`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/docs']);
  });

  it('binds no browser to TLS, which is for the proxy to do', async () => {
    for (const path of ['/docs/', '/docs/static/index.html', '/']) {
      const { response } = await ask(path);
      expect([path, response.headers.get('strict-transport-security')]).toEqual([path, null]);
    }
  });

  it('is shown at /docs without asking anyone outside', async () => {
    const { text, status, response } = await ask('/docs/');
    expect(status).toBe(200);
    expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(response.headers.get('content-security-policy')).not.toContain('upgrade-insecure-requests');
  });
});

describe('a stop', () => {
  it('lets a running request finish and keeps no idle connection', async () => {
    const own = await createServer({ log, corsOrigins: '*', trustProxy: false, info: { title: 'x', version: '0' } });
    const started = Promise.withResolvers<void>();
    own.get('/slow', { config: { access: 'public', rate: 'none' } }, async () => {
      started.resolve();
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { ok: true };
    });
    const there = await listen(own);
    const running = fetch(`${there.url}/slow`);
    await started.promise;
    const before = performance.now();
    const closing = there.close();
    expect((await running).status).toBe(200);
    await closing;
    expect(performance.now() - before).toBeLessThan(1_500);
  });

  it('cuts what does not end in time', async () => {
    const own = await createServer({ log, corsOrigins: '*', trustProxy: false, info: { title: 'x', version: '0' } });
    const started = Promise.withResolvers<void>();
    own.get('/endless', { config: { access: 'public', rate: 'none' } }, () => {
      started.resolve();
      return new Promise(() => undefined);
    });
    await own.listen({ host: '127.0.0.1', port: 0 });
    const running = fetch(`${own.listeningOrigin}/endless`).catch(() => 'cut');
    await started.promise;
    const before = performance.now();
    await closeServer(own, { withinMs: 100 });
    expect(await running).toBe('cut');
    expect(performance.now() - before).toBeLessThan(1_500);
  });
});
