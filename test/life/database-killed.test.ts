// The database that comes along, killed under a house that serves, as the kernel does when memory runs out: whoever serves
// starts it again by itself, and nothing that was confirmed is lost.
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readPostmaster } from '../../src/platform/database/embedded-postmaster.ts';
import { copyLaid } from '../laid-folder.ts';
import { callerOf, say, workday, type Caller } from '../races/caller.ts';
import { freePort, runServer, tokenFor, type Environment, type Server } from '../races/run-server.ts';

const WITHIN_MS = 180_000;
const BACK_WITHIN_MS = 60_000;

let folder: string;
let shared: Environment;
const running: Server[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slotkeeper-killed-'));
  // As root the database runs under another account, which must be able to pass.
  await chmod(folder, 0o711);
  await copyLaid('migrated', data());
  shared = {
    DATA_DIR: folder,
    PORT: '0',
    SANDBOX: '1',
    SANDBOX_PORT: String(await freePort()),
    MEETING_WAIT_MS: '300',
  };
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.kill()));
  const server = await readPostmaster(data());
  if ('pid' in server) process.kill(server.pid, 'SIGQUIT');
  while ('pid' in (await readPostmaster(data()))) await sleep(10);
  await rm(folder, { recursive: true, force: true });
});

const data = () => join(folder, 'postgres');

async function start(settings: Environment = {}): Promise<Server> {
  const server = await runServer({ ...shared, ...settings });
  running.push(server);
  return server;
}

async function postmaster(): Promise<number> {
  const server = await readPostmaster(data());
  if (!('pid' in server)) throw new Error(`The database is ${server.state}`);
  return server.pid;
}

async function killDatabase(): Promise<number> {
  const pid = await postmaster();
  process.kill(pid, 'SIGKILL');
  return pid;
}

const ready = async ({ url }: Server) => {
  const answer = await fetch(`${url}/health/ready`);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

/** Until it has been away and is back: how long that took. */
async function backAfter(server: Server): Promise<number> {
  const since = performance.now();
  await expect.poll(async () => (await ready(server)).status, { interval: 10 }).toBe(503);
  await expect.poll(async () => (await ready(server)).status, { interval: 20, timeout: BACK_WITHIN_MS }).toBe(200);
  return Math.round(performance.now() - since);
}

/** Postmasters of our folder, as the machine lists them. */
async function servers(): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.includes('postgres\0-D') && line.includes(data())).length;
}

let day = 0;
async function book(caller: Caller, client: string) {
  const place = { practitionerId: 789, date: workday(day++), time: '09:00' };
  const { status, body } = await caller.book({ ...place, client, platform: 'zoom' });
  return { status, id: Number(body['appointmentId']) };
}

const said = ({ log }: Server, msg: string) => log.filter((line) => line.msg === msg);

describe('a database killed under a house that serves', () => {
  test(
    'twice is twice started again, with all that was confirmed, and ends with the house',
    { timeout: WITHIN_MS },
    async () => {
      const server = await start();
      const caller = callerOf([server], await tokenFor(shared, 'service'));
      const kept = [await book(caller, 'before')];
      for (const time of [1, 2]) {
        const pid = await killDatabase();
        const afterMs = await backAfter(server);
        say(`kill ${time}: ready after ${afterMs} ms`);
        const now = await readPostmaster(data());
        expect(now).toMatchObject({ state: 'ready' });
        expect(await postmaster()).not.toBe(pid);
        kept.push(await book(caller, `after-${time}`));
        expect(kept.map(({ status }) => status)).toEqual(kept.map(() => 201));
        for (const { id } of kept) expect((await caller.read(id)).status).toBe(200);
      }
      // Workers too: the meeting of the last booking is made.
      const last = kept.at(-1)!.id;
      await expect
        .poll(async () => JSON.stringify((await caller.read(last)).body), { timeout: 60_000, interval: 250 })
        .toContain('"status":"ready"');
      const ended = said(server, 'the embedded database ended unasked: starting it again');
      const back = said(server, 'the embedded database is running again');
      expect([ended.length, back.length]).toEqual([2, 2]);
      running.pop();
      await server.stop();
      expect(await readPostmaster(data())).toEqual({ state: 'none' });
      expect(await servers()).toBe(0);
    },
  );

  test('is started once by two processes on it, whoever of them began it', { timeout: WITHIN_MS }, async () => {
    const [worker, api] = [await start({ PROCESS: 'worker' }), await start({ PROCESS: 'api' })];
    const caller = callerOf([api], await tokenFor(shared, 'service'));
    const before = await book(caller, 'before');
    await killDatabase();
    say(`of two processes: ready after ${await backAfter(api)} ms`);
    const after = await book(caller, 'after');
    expect([before.status, after.status]).toEqual([201, 201]);
    // A backend that is just being forked, and a start that finds the folder taken, look like one for a moment.
    await expect.poll(servers).toBe(1);
    await expect
      .poll(async () => JSON.stringify((await caller.read(after.id)).body), { timeout: 60_000, interval: 250 })
      .toContain('"status":"ready"');
    for (const server of [worker, api]) {
      await expect.poll(() => said(server, 'the embedded database is running again').length).toBe(1);
    }
    // The process that began it is gone: who is left does it alone.
    await worker.kill();
    const second = await killDatabase();
    await backAfter(api);
    expect(await postmaster()).not.toBe(second);
    expect((await book(caller, 'alone')).status).toBe(201);
    running.splice(0);
    await api.stop();
    expect([await readPostmaster(data()), await servers()]).toEqual([{ state: 'none' }, 0]);
  });

  test('while the house is being stopped stays down', { timeout: WITHIN_MS }, async () => {
    const server = await start({ DRAIN_MS: '1500' });
    await ready(server);
    process.kill(server.pid, 'SIGTERM');
    await expect.poll(() => said(server, 'stopping').length).toBe(1);
    await killDatabase();
    await server.gone;
    running.pop();
    expect(await servers()).toBe(0);
    expect(said(server, 'the embedded database ended unasked: starting it again')).toEqual([]);
  });
});
