// Probes and metrics: open where they must be, closed to strangers, and right about whether the server can work.
import { afterEach, describe, expect, it } from 'vitest';
import { operationsRoutes } from '../../src/operations/routes.ts';
import { createDrain } from '../../src/platform/http/drain.ts';
import { closeServer, createServer, type App } from '../../src/platform/http/server.ts';
import { Refusal } from '../../src/platform/refusal.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { captureLog } from './capture-log.ts';
import { listen } from './listen.ts';

const { log, lines } = captureLog();
const apps: App[] = [];

async function house(options: { checkReady?: () => Promise<void>; metricsToken?: string | null } = {}) {
  const metrics = createMetrics();
  const app = await createServer({
    log,
    corsOrigins: '*',
    trustProxy: 1,
    info: { title: 'x', version: '0' },
    onAnswered: metrics.onAnswered,
  });
  apps.push(app);
  const drain = createDrain(app);
  operationsRoutes(app, {
    drain,
    checkReady: options.checkReady ?? (() => Promise.resolve()),
    metrics,
    metricsToken: options.metricsToken ?? null,
  });
  return { app, metrics, drain };
}

afterEach(async () => {
  for (const app of apps.splice(0)) await closeServer(app, { withinMs: 500 });
});

const remote = '203.0.113.9';

async function saysWhy(error: Error): Promise<object> {
  const { app } = await house({
    checkReady: async () => {
      throw error;
    },
  });
  return (await app.inject('/health/ready')).json<object>();
}

describe('a probe', () => {
  it('finds the process alive whether or not the database answers', async () => {
    const { app } = await house({ checkReady: () => Promise.reject(new Error('away')) });
    const { url } = await listen(app);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    const ready = await fetch(`${url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([503, expect.objectContaining({ code: 'not_ready' })]);
    expect(ready.headers.get('retry-after')).not.toBeNull();
  });

  it('is told why, where the server knows, and nothing of what else went wrong', async () => {
    expect(await saysWhy(new Refusal('not_ready', 'It is being started again.'))).toMatchObject({
      status: 503,
      detail: 'It is being started again.',
    });
    for (const error of [new Refusal('overloaded', 'Busy.'), new Error('connect ENOENT /var/secret')]) {
      expect(await saysWhy(error)).toMatchObject({ status: 503, detail: 'The database does not answer.' });
    }
  });

  it('gets its answer in time though the check hangs or throws at once', async () => {
    const hanging = await house({ checkReady: () => new Promise(() => undefined) });
    expect((await hanging.app.inject('/health/ready')).statusCode).toBe(503);
    const throwing = await house({
      checkReady: () => {
        throw new Error('at once');
      },
    });
    expect((await throwing.app.inject('/health/ready')).statusCode).toBe(503);
  });

  it('is told 503 from the moment the process is to stop, and whoever asks anything is asked to close', async () => {
    const { app, drain } = await house();
    const before = await app.inject('/health/ready');
    expect([before.statusCode, before.headers['connection']]).toEqual([200, 'keep-alive']);
    drain.begin();
    const ready = await app.inject('/health/ready');
    expect([ready.statusCode, ready.json()]).toEqual([503, expect.objectContaining({ code: 'not_ready' })]);
    const live = await app.inject('/health/live');
    expect([live.statusCode, live.headers['connection']]).toEqual([200, 'close']);
  });

  it('that has never come is not waited for', async () => {
    const { app, drain } = await house();
    drain.begin();
    let left = false;
    await Promise.race([
      drain.untilLeft(60_000).then(() => (left = true)),
      new Promise((done) => setTimeout(done, 50)),
    ]);
    expect(left).toBe(true);
    await app.inject('/health/ready');
    const began = performance.now();
    await drain.untilLeft(100);
    expect(performance.now() - began).toBeGreaterThan(90);
  });

  it('leaves no line in the log at its usual level', async () => {
    const { app } = await house();
    lines.length = 0;
    await app.inject('/health/ready');
    expect(lines.filter((line) => Number(line['level']) >= 30)).toEqual([]);
  });
});

describe('metrics', () => {
  it('are shown on loopback', async () => {
    const { app, metrics } = await house();
    metrics.providerCall({ provider: 'zoom', operation: 'create', outcome: 'retryable', seconds: 0.2 });
    metrics.gauge('slotkeeper_waiting', 'Work that waits', ['kind'], () => [{ value: 3, labels: { kind: 'letter' } }]);
    metrics.gauge('slotkeeper_broken', 'A source that fails', [], () => Promise.reject(new Error('x')));
    metrics.counter('slotkeeper_letters', 'Letters', ['outcome'])({ outcome: 'sent' });
    const { url } = await listen(app);
    await fetch(`${url}/health/live?x=secret`);
    await expect.poll(async () => (await fetch(`${url}/metrics`)).text()).toContain('route="/health/live"');
    const response = await fetch(`${url}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    const text = await response.text();
    expect(text).toContain(
      'slotkeeper_provider_call_seconds_count{provider="zoom",operation="create",outcome="retryable"} 1',
    );
    expect(text).toContain('slotkeeper_waiting{kind="letter"} 3');
    expect(text).toContain('slotkeeper_letters{outcome="sent"} 1');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
    expect(text).not.toContain('secret');
  });

  it('are nothing to see from elsewhere, nor through a proxy beside us', async () => {
    const { app } = await house();
    expect((await app.inject({ url: '/metrics', remoteAddress: remote })).statusCode).toBe(404);
    const spoofed = { url: '/metrics', remoteAddress: remote, headers: { 'x-forwarded-for': '127.0.0.1' } };
    expect((await app.inject(spoofed)).statusCode).toBe(404);
    expect((await app.inject({ url: '/metrics', headers: { 'x-forwarded-for': remote } })).statusCode).toBe(404);
  });

  it('open to whoever has the token', async () => {
    const { app } = await house({ metricsToken: 'scrape-me' });
    const from = (authorization?: string) =>
      app.inject({ url: '/metrics', remoteAddress: remote, headers: authorization ? { authorization } : {} });
    expect((await from('Bearer scrape-me')).statusCode).toBe(200);
    expect((await from('Bearer scrape-m')).statusCode).toBe(401);
    expect((await from()).statusCode).toBe(401);
  });

  it('of two apps in one process do not meet', async () => {
    const one = await house();
    const two = await house();
    await one.app.inject('/health/live');
    expect(await two.metrics.text()).not.toContain('/health/live');
  });
});
