// A restart under load, as an operator does it: two API processes behind a balancer that repeats nothing and sends only to
// those that say they are ready, each told to stop and started again in turn.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../open-database.ts';
import { callerOf, say, tally, times, workday, type Answer } from '../races/caller.ts';
import { freePort, runServer, tokenFor, type Environment, type Server } from '../races/run-server.ts';

const CLIENTS = 4;
/** Whoever asks more often only keeps the new processes from starting. */
const THINK_MS = 100;
const PROBE_EVERY_MS = 100;
const WITHIN_MS = 120_000;

let folder: string;
let database: Awaited<ReturnType<typeof createDatabase>>;
let shared: Environment;
const running = new Map<string, Server>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slotkeeper-life-'));
  database = await createDatabase();
  shared = {
    DATABASE_URL: database.ownerUrl,
    DATA_DIR: folder,
    DEMO: '1',
    SANDBOX: '1',
    SANDBOX_PORT: String(await freePort()),
    MEETING_WAIT_MS: '300',
    // The balancer has to have asked meanwhile, on a busy machine too.
    DRAIN_MS: '2500',
  };
});
afterAll(async () => {
  await Promise.all([...running.values()].map((server) => server.stop()));
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function start(name: string, settings: Environment): Promise<Server> {
  const server = await runServer({ ...shared, ...settings });
  running.set(name, server);
  return server;
}

/** Asks each address whether it is ready, and lists those that said so when last asked. */
function balancer(urls: readonly string[]) {
  const ready: { url: string }[] = [];
  const answered: number[] = [];
  const over = new AbortController();
  const probing = urls.map(async (url) => {
    while (!over.signal.aborted) {
      const answer = await fetch(`${url}/health/ready`).catch(() => null);
      await answer?.arrayBuffer();
      if (answer) answered.push(answer.status);
      const at = ready.findIndex((one) => one.url === url);
      if (answer?.ok && at < 0) ready.push({ url });
      if (!answer?.ok && at >= 0) ready.splice(at, 1);
      await sleep(PROBE_EVERY_MS);
    }
  });
  return {
    ready: ready as readonly { url: string }[],
    answered: answered as readonly number[],
    end: async () => {
      over.abort();
      await Promise.all(probing);
    },
  };
}

test(
  'no request fails while one API process after the other is stopped and started again',
  { timeout: WITHIN_MS },
  async () => {
    // First, so that the sandbox is its own, and stays.
    const worker = await start('worker', { PROCESS: 'worker', WORKER_PORT: '0' });
    const ports = [String(await freePort()), String(await freePort())];
    for (const PORT of ports) await start(PORT, { PROCESS: 'api', PORT });
    const token = await tokenFor(shared, 'service');
    const { ready, answered, end } = balancer(ports.map((port) => `http://127.0.0.1:${port}`));
    await expect.poll(() => ready.length, { timeout: WITHIN_MS }).toBe(2);

    const caller = callerOf(ready, token);
    const asked = ['/health/live', '/health/ready', '/metrics', '/api/users'].map((path) => fetch(worker.url + path));
    const [live, fit, metrics, api] = await Promise.all(asked);
    expect([live, fit, metrics, api].map((answer) => answer?.status)).toEqual([200, 200, 200, 404]);
    expect(await metrics?.text()).toContain('slotkeeper_provider_call_seconds');

    const answers: Answer[] = [];
    const over = new AbortController();
    const clients = Array.from({ length: CLIENTS }, async (_, client) => {
      for (let n = 0; !over.signal.aborted; n += 1) {
        const hour = String(9 + (n % 8)).padStart(2, '0');
        const place = { practitionerId: 789, date: workday(client * 40 + Math.floor(n / 8)), time: `${hour}:00` };
        const platform = n % 2 === 0 ? 'zoom' : null;
        const booked = await caller.book({ ...place, client: `client-${client}`, platform });
        answers.push(booked, await caller.read(Number(booked.body['appointmentId'])));
        await sleep(THINK_MS);
      }
    });
    await sleep(300);
    for (const PORT of ports) {
      await running.get(PORT)?.stop();
      expect(ready.length).toBe(1);
      await start(PORT, { PROCESS: 'api', PORT });
      await expect.poll(() => ready.length, { timeout: WITHIN_MS }).toBe(2);
    }
    await sleep(300);
    over.abort();
    await Promise.all(clients);
    await end();
    say(times(answers));
    expect(Object.keys(tally(answers)).toSorted()).toEqual(['200', '201']);
    expect(answers.length).toBeGreaterThan(100);
    // Both were seen to say that they leave, while they still answered.
    expect(answered.filter((status) => status === 503).length).toBeGreaterThanOrEqual(2);
  },
);
