// The HTTP client against real sockets: what each failure of a stranger's server is taken for.
import { Type } from 'typebox';
import { afterEach, describe, expect, it } from 'vitest';
import {
  deadline,
  httpClient,
  type CallFacts,
  type HttpClient,
  type OutsideCall,
} from '../../src/platform/http/client.ts';
import { OutsideError, type OutsideFacts } from '../../src/platform/outside-error.ts';
import { setClock } from '../../src/platform/time/clock.ts';
import { keptLog } from './log-lines.ts';
import { tinyServer, type Reply, type TinyServer } from './tiny-server.ts';

const NOW = '2026-12-01T10:00:00Z';
const ANY = Type.Object({ ok: Type.Boolean() });

let server: TinyServer | undefined;
const { log, lines } = keptLog();
const seen: CallFacts[] = [];
const http: HttpClient = httpClient({ clock: setClock(NOW), log, observe: (facts) => seen.push(facts) });

afterEach(async () => {
  await server?.close();
  server = undefined;
  lines.length = 0;
  seen.length = 0;
});

async function answering(reply: Reply): Promise<TinyServer> {
  server = await tinyServer(() => reply);
  return server;
}

function callTo(url: string, more: Partial<OutsideCall> = {}): OutsideCall {
  const signal = deadline({ timeoutMs: 5000 });
  return { provider: 'zoom', operation: 'read', method: 'GET', url, signal, ...more };
}

const explain = (body: unknown): { code: string } => ({ code: (body as { code: string }).code });
const soon = (): { signal: AbortSignal } => ({ signal: deadline({ timeoutMs: 50 }) });

const WRITE = { operation: 'create', method: 'POST', body: { json: { a: 1 } } } as const;

async function factsOf(promise: Promise<unknown>): Promise<OutsideFacts> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof OutsideError)) throw new Error('no OutsideError was thrown', { cause: error });
  return error.facts;
}

describe('a provider that answers with an error', () => {
  it.each([
    ['GET', 500, 'retryable'],
    ['POST', 500, 'unknown'],
    ['POST', 503, 'unknown'],
    ['POST', 429, 'retryable'],
    ['POST', 400, 'refused'],
    ['POST', 422, 'refused'],
    ['POST', 401, 'reconnect'],
    ['POST', 404, 'refused'],
    ['GET', 404, 'absent'],
    ['GET', 410, 'absent'],
    ['GET', 403, 'refused'],
    ['GET', 302, 'refused'],
  ])('%s and %i is taken for %s', async (method, status, outcome) => {
    const { url } = await answering({
      status,
      text: '<html>oops</html>',
      headers: { location: 'http://127.0.0.1:1/' },
    });
    const more = method === 'POST' ? WRITE : {};
    expect(await factsOf(http.send(callTo(url, more)))).toMatchObject({ outcome, status });
    expect(server?.asked).toHaveLength(1);
  });

  it.each([
    ['seconds', '120', 120_000],
    ['an HTTP date', 'Tue, 01 Dec 2026 10:05:00 GMT', 300_000],
    ['an ISO 8601 date-time', '2026-12-01T11:00:00Z', 3_600_000],
    ['a time in the past', '2026-12-01T09:00:00Z', 0],
    ['more than a day', '999999', 86_400_000],
    ['nonsense', 'soon', undefined],
  ])('is waited for as long as it asks in %s', async (_form, header, expected) => {
    const { url } = await answering({ status: 429, headers: { 'retry-after': header } });
    const facts = await factsOf(http.send(callTo(url)));
    expect(facts.retryAfterMs).toBe(expected);
  });

  it('has its code kept only where it is a word, never its message', async () => {
    const { url } = await answering({ status: 400, json: { code: 'maria@example.com is no user' } });
    expect((await factsOf(http.send(callTo(url, { explain })))).providerCode).toBeUndefined();
    expect(lines.join('')).not.toContain('maria');
  });
});

describe('a provider that does not answer', () => {
  it('and refuses the connection was surely not reached', async () => {
    const { url } = await answering({ status: 200 });
    await server?.close();
    server = undefined;
    expect(await factsOf(http.send(callTo(url, WRITE)))).toMatchObject({
      outcome: 'retryable',
      providerCode: 'ECONNREFUSED',
    });
  });

  it('whose name is unknown was surely not reached', async () => {
    const facts = await factsOf(http.send(callTo('http://nowhere.invalid/', WRITE)));
    expect(facts.outcome).toBe('retryable');
  });

  it('in time leaves a write in doubt and a read to be repeated', async () => {
    const { url } = await answering(() => undefined);
    expect(await factsOf(http.send(callTo(url, { ...WRITE, ...soon() })))).toMatchObject({
      outcome: 'unknown',
      providerCode: 'timeout',
    });
    expect(await factsOf(http.send(callTo(url, soon())))).toMatchObject({ outcome: 'retryable' });
  });

  it('because the caller gave up before sending leaves no doubt', async () => {
    const { url } = await answering({ status: 200 });
    const signal = deadline({ signal: AbortSignal.abort(), timeoutMs: 5000 });
    expect(await factsOf(http.send(callTo(url, { ...WRITE, signal })))).toMatchObject({ outcome: 'retryable' });
    expect(server?.asked).toHaveLength(0);
  });

  it('is not asked by a process that stood still until its time was over, before any timer could tell it', async () => {
    const { url, asked } = await answering({ status: 200 });
    const call = callTo(url, { ...WRITE, ...soon() });
    const still = performance.now() + 100;
    while (performance.now() < still);
    expect(await factsOf(http.send(call))).toMatchObject({ outcome: 'retryable', providerCode: 'no_time_left' });
    expect(asked).toEqual([]);
  });

  it('but hangs up leaves a write in doubt', async () => {
    const { url } = await answering((response) => response.destroy());
    expect((await factsOf(http.send(callTo(url, WRITE)))).outcome).toBe('unknown');
    expect((await factsOf(http.send(callTo(url)))).outcome).toBe('retryable');
  });

  it('with the whole body leaves a write in doubt', async () => {
    const { url } = await answering((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"ok":');
      setImmediate(() => response.destroy());
    });
    expect((await factsOf(http.json(callTo(url, WRITE), ANY))).outcome).toBe('unknown');
  });
});

describe('an answer', () => {
  it('of another shape than agreed is not trusted', async () => {
    const { url } = await answering({ status: 200, json: { ok: 'yes' } });
    expect(await factsOf(http.json(callTo(url), ANY))).toMatchObject({
      outcome: 'retryable',
      providerCode: 'answer_unexpected',
    });
  });

  it('in HTML under a good status leaves a write in doubt', async () => {
    const { url } = await answering({ status: 200, text: '<html>maintenance</html>' });
    expect(await factsOf(http.json(callTo(url, WRITE), ANY))).toMatchObject({
      outcome: 'unknown',
      providerCode: 'answer_not_json',
    });
  });

  it('larger than a megabyte is not read to its end', async () => {
    const { url } = await answering({ status: 200, text: 'x'.repeat(1024 * 1024 + 1) });
    expect((await factsOf(http.json(callTo(url), ANY))).providerCode).toBe('answer_too_large');
  });

  it('keeps every digit of a long id', async () => {
    const { url } = await answering({ status: 200, text: '{"id": 9007199254740993, "small": 42}' });
    const answer = await http.json(callTo(url), Type.Object({ id: Type.Unknown(), small: Type.Number() }));
    expect(answer).toEqual({ id: '9007199254740993', small: 42 });
  });
});

describe('the log of calls', () => {
  it('tells provider, operation, duration, status and outcome, and nothing of addresses, bodies or tokens', async () => {
    const { url } = await answering({ status: 200, json: { ok: true, join_url: 'https://secret' } });
    const headers = { authorization: 'Bearer hush' };
    const body = { json: { host: 'maria@example.com' } };
    await http.json(callTo(`${url}/users/maria@example.com`, { ...WRITE, headers, body }), ANY);
    const facts = { provider: 'zoom', operation: 'create', status: 200, outcome: 'ok' };
    expect(JSON.parse(lines[0]!)).toMatchObject({ ...facts, msg: 'provider call' });
    expect(seen).toEqual([{ ...facts, durationMs: expect.any(Number) }]);
    expect(lines.join('')).not.toMatch(/maria|hush|secret|127\.0\.0\.1/);
  });

  it('also tells of a call that failed, by its code', async () => {
    const { url } = await answering({ status: 503 });
    await factsOf(http.send(callTo(url)));
    expect(seen).toMatchObject([{ status: 503, outcome: 'retryable' }]);
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 40 });
  });
});
