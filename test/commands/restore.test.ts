// A practice that moves house by backup and restore, as a person would do it: from an outside database into our own and from there
// into another outside one, while the first goes on. What it became is a house in order, in which the journey goes on.
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asShipped } from '../as-shipped.ts';
import { buildApp } from '../../src/app.ts';
import { examineHouse } from '../../src/commands/examine-house.ts';
import { compose, placesOf, type House } from '../../src/composition.ts';
import { readConfig } from '../../src/config.ts';
import { startRunner } from '../../src/fulfilment/jobs.ts';
import { issueToken } from '../../src/identity/token.ts';
import type { App } from '../../src/platform/http/server.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { readPostmaster } from '../../src/platform/database/embedded-postmaster.ts';
import { captureLog } from '../http/capture-log.ts';
import { copyLaid } from '../laid-folder.ts';
import { createDatabase } from '../open-database.ts';
import { runCommand } from './run-command.ts';

const MOVE_MS = 120_000;
const today = systemClock.now().toZonedDateTimeISO('America/New_York').toPlainDate();
const tuesday = today.add({ days: 9 - today.dayOfWeek + 7 }).toString();
const { log, lines } = captureLog();
let folder: string;
let first: Awaited<ReturnType<typeof createDatabase>>;
let last: Awaited<ReturnType<typeof createDatabase>>;
let house: House;
let moved: House | null = null;
let token: string;
const apps = new Map<House, Promise<App>>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slotkeeper-restore-'));
  // As root the database runs as another account, which must get in.
  await chmod(folder, 0o755);
  await copyLaid('bare', join(folder, 'own', 'postgres'));
  first = await createDatabase();
  last = await createDatabase({ empty: true });
  house = await open(first.ownerUrl, '0');
  const claims = { role: 'service', subject: 'portal', organisationId: house.organisationId } as const;
  token = issueToken(house.tokenKey, claims, systemClock.now());
});
afterAll(async () => {
  for (const app of apps.values()) await (await app).close();
  await moved?.close();
  await house.close();
  await first.drop();
  await last.drop();
  await rm(folder, { recursive: true, force: true });
});

const open = (url: string, sandboxPort: string) =>
  compose(
    readConfig({ DATABASE_URL: url, DATA_DIR: folder, DEMO: '1', SANDBOX_PORT: sandboxPort, MEETING_WAIT_MS: '0' }),
    log,
  );

/** Asks a house, and answers what was said. */
async function ask(at: House, method: 'GET' | 'POST' | 'PUT', url: string, payload?: object) {
  const app = await (apps.get(at) ??
    apps
      .set(
        at,
        buildApp(at).then((built) => built.app),
      )
      .get(at));
  const headers = { authorization: `Bearer ${token}` };
  const answer = await app?.inject({ method, url, headers, ...(payload ? { payload } : {}) });
  return { status: answer?.statusCode, body: JSON.parse(answer?.body ?? '{}') as Record<string, unknown> };
}

const book = (at: House, time: string) =>
  ask(at, 'POST', '/api/appointments', {
    userId: 'john',
    userName: 'John Doe',
    userEmail: 'user@example.com',
    practitionerId: 123,
    date: tuesday,
    time,
    sessionType: 'Initial Consultation',
    videoMeetingConfig: { platform: 'zoom' },
  });

/** Carries out what is due, until nothing is. */
async function fulfil(at: House): Promise<void> {
  const runner = startRunner({ ...at, places: placesOf(at) }, { idle: true });
  await runner.runUntilIdle();
  await runner.stop(0);
}

/** Every live meeting: which, and when. */
const meetings = async () => {
  const live = await fetch(`${house.sandboxUrl ?? ''}/control/zoom/meetings`);
  return ((await live.json()) as { id: unknown; start_time: string }[]).map(
    ({ id, start_time: start }) => `${String(id)} ${start}`,
  );
};

const idsOf = (list: readonly string[]) => list.map((meeting) => meeting.split(' ')[0]);

it('goes on after two moves: the same appointments, the same meetings, one of each', { timeout: MOVE_MS }, async () => {
  const done = await book(house, '14:00');
  await fulfil(house);
  const waiting = await book(house, '15:00');
  const own = { DATA_DIR: join(folder, 'own') };
  const backup = await runCommand('backup', [join(folder, 'a')], { DATABASE_URL: first.ownerUrl });
  expect([backup.code, backup.err]).toEqual([0, '']);
  // The world goes on after the backup: the second meeting is made, and its letters are sent.
  await fulfil(house);
  const before = await meetings();
  expect(before).toHaveLength(2);

  const restored = await runCommand('restore', [join(folder, 'a')], own);
  expect([restored.code, restored.err]).toEqual([0, '']);
  expect(restored.out).toContain(`It is the same installation (${house.installation})`);
  const again = await runCommand('restore', [join(folder, 'a')], own);
  expect([again.code, again.err]).toEqual([1, expect.stringMatching(/not empty, so nothing was restored/)]);
  expect((await runCommand('backup', [join(folder, 'b')], own)).code).toBe(0);
  const onwards = await runCommand('restore', [join(folder, 'b')], { DATABASE_URL: last.ownerUrl });
  expect([onwards.code, onwards.err]).toEqual([0, '']);

  const { port } = new URL(house.sandboxUrl ?? '');
  moved = await open(last.ownerUrl, port);
  const ids = [done, waiting].map(({ body }) => body['appointmentId']);
  const listed = await ask(moved, 'GET', '/api/users/john/appointments');
  expect(JSON.stringify(listed.body)).toContain(String(ids[0]));
  // What was made meanwhile is found by its marker, and not made again.
  await fulfil(moved);
  expect((await meetings()).toSorted()).toEqual(before.toSorted());
  for (const id of ids) {
    const move = await ask(moved, 'PUT', `/api/appointments/${String(id)}/reschedule`, {
      newDate: tuesday,
      newTime: id === ids[0] ? '10:00' : '11:00',
    });
    expect(move.status, JSON.stringify(move.body)).toBe(200);
  }
  const booked = await book(moved, '16:00');
  expect(booked.status).toBe(201);
  await fulfil(moved);
  const after = await meetings();
  expect(after).toHaveLength(3);
  expect(idsOf(after)).toEqual(expect.arrayContaining(idsOf(before)));
  expect(after.filter((meeting) => before.includes(meeting))).toEqual([]);

  const settings = { DATABASE_URL: last.ownerUrl, DATA_DIR: folder, SANDBOX_PORT: port };
  const said: string[] = [];
  const asked = { live: false, json: false, stop: new AbortController().signal };
  const failures = await examineHouse({ ...asked, environment: settings, write: (text) => said.push(text) });
  expect([failures, said.filter((line) => line.startsWith('FAIL'))]).toEqual([0, []]);
  expect(lines.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});

it.each([
  ['backup', ['x']],
  ['restore', ['x']],
  ['token', ['--role', 'staff']],
  ['doctor', []],
])('%s, asked to stop, leaves no database running', { timeout: MOVE_MS }, async (name, parameters) => {
  // What the move before has left.
  const data = join(folder, 'own');
  const child = spawn(
    process.execPath,
    [...asShipped(`commands/${name}.ts`), ...parameters.map((one) => (one === 'x' ? join(data, 'x') : one))],
    {
      cwd: join(import.meta.dirname, '../..'),
      env: { PATH: process.env['PATH'], DATA_DIR: data, SANDBOX_PORT: '0' },
      stdio: 'ignore',
    },
  );
  const ended = once(child, 'exit');
  const state = async () =>
    (await readPostmaster(join(data, 'postgres')).catch(() => ({ state: 'none' as const }))).state;
  while ((await state()) === 'none' && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGINT');
  const [code] = (await ended) as [number];
  // It may have come to its end in that moment.
  expect([0, 1, 130]).toContain(code);
  expect(await state()).toBe('none');
});
