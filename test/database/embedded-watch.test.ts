// Whoever keeps the embedded server running, and the ways in which it goes: killed, stopped by hand, by another process of
// ours, in the way of somebody else, or unable to start.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { databaseAccount } from '../../src/platform/database/embedded-account.ts';
import { findBinaries } from '../../src/platform/database/embedded-binaries.ts';
import { onDirect } from '../../src/platform/database/direct.ts';
import { noteOwnStop, readPostmaster } from '../../src/platform/database/embedded-postmaster.ts';
import { runProgram } from '../../src/platform/database/embedded-program.ts';
import { startEmbedded, type EmbeddedDatabase } from '../../src/platform/database/embedded.ts';
import { captureLog } from '../http/capture-log.ts';
import { copyLaid } from '../laid-folder.ts';

const FAST = { fsync: 'off' };
/** Longer than a look takes to come. */
const SOME_LOOKS_MS = 1_500;

let parent: string;
let folder: string;
const databases: EmbeddedDatabase[] = [];
const children: ChildProcess[] = [];

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'embedded-watch-'));
  await chmod(parent, 0o711);
  folder = join(parent, 'postgres');
  await copyLaid('bare', folder);
});
afterEach(async () => {
  await Promise.all(databases.splice(0).map((database) => database.stop()));
  for (const child of children.splice(0)) child.kill('SIGKILL');
  const server = await readPostmaster(folder);
  if ('pid' in server) process.kill(server.pid, 'SIGQUIT');
  while ('pid' in (await readPostmaster(folder))) await sleep(10);
  await rm(parent, { recursive: true, force: true });
});

async function keep(stop?: AbortSignal) {
  const { log, lines } = captureLog();
  const database = await startEmbedded({ folder, log, settings: FAST });
  databases.push(database);
  database.keepRunning(stop);
  const said = (msg: string) => lines.filter((line) => line['msg'] === msg);
  return { database, said };
}

const ENDED = 'the embedded database ended unasked: starting it again';
const FAILED = 'the embedded database could not be started again';
const BACK = 'the embedded database is running again';

async function pidOf(): Promise<number> {
  const server = await readPostmaster(folder);
  return 'pid' in server ? server.pid : 0;
}
const answer = ({ appUrl }: EmbeddedDatabase) =>
  onDirect({ connectionString: appUrl, answerMs: 5_000 }, async (client) => {
    const { rows } = await client.query<{ port: string }>(`select current_setting('port') as port`);
    return Number(rows[0]?.port);
  });
async function answers(database: EmbeddedDatabase): Promise<void> {
  await expect.poll(() => answer(database).catch(() => 0)).toBeGreaterThan(0);
}

async function pgCtl(...parameters: string[]): Promise<void> {
  const account = await databaseAccount();
  const { pgCtl: program } = await findBinaries(folder, account);
  const done = await runProgram(program, [...parameters, '-D', folder, '-w', '-s'], {
    account,
    cwd: folder,
    leavesDaemon: true,
  });
  expect(done).toMatchObject({ code: 0 });
}

function listening(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
}

describe('a server that was killed', () => {
  test('comes back at the same addresses, each time, and ends with whoever keeps it', async () => {
    const { database, said } = await keep();
    for (const time of [1, 2]) {
      process.kill(await pidOf(), 'SIGKILL');
      await expect.poll(() => said(BACK).length).toBe(time);
      await answers(database);
      expect([database.trouble(), said(ENDED).length]).toEqual([null, time]);
    }
    await database.stop();
    expect(await readPostmaster(folder)).toEqual({ state: 'none' });
  });

  test('is started by who adopted it where its starter is gone, and then is his to end', async () => {
    const script = join(import.meta.dirname, 'hold-embedded.ts');
    const child = spawn(process.execPath, [script, folder, JSON.stringify(FAST)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    children.push(child);
    await once(child.stdout, 'data');
    const { database, said } = await keep();
    expect(database.adopted).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    process.kill(await pidOf(), 'SIGKILL');
    await expect.poll(() => said(BACK)).toMatchObject([{ adopted: false }]);
    await answers(database);
    await database.stop();
    expect(await readPostmaster(folder)).toEqual({ state: 'none' });
  });

  test('is tried again while it does not start, and while its port is taken: each time the log says why', async () => {
    const { database, said } = await keep();
    const port = await answer(database);
    const reasons = () => said(FAILED).map((line) => line['reason']);
    await appendFile(join(folder, 'postgresql.auto.conf'), `nonsense = 'on'\n`);
    process.kill(await pidOf(), 'SIGKILL');
    await expect.poll(reasons).toEqual([expect.stringContaining('nonsense')]);
    expect(database.trouble()).toContain('cannot be started again yet');
    const other = createServer();
    // A try may be looking at the port at this moment.
    await expect.poll(() => listening(other, port)).toBe(true);
    await expect.poll(reasons).toContain(`Port ${port}, where this process looks for its database, is taken.`);
    expect(said(FAILED).slice(0, 2)).toMatchObject([{ againInMs: 1_000 }, { againInMs: 2_000 }]);
    other.close();
    await writeFile(join(folder, 'postgresql.auto.conf'), '');
    await answers(database);
    await expect.poll(() => database.trouble()).toBeNull();
    expect(await answer(database)).toBe(port);
  });

  test('is not started by a process that is ending', async () => {
    const asked = new AbortController();
    const { database, said } = await keep(asked.signal);
    asked.abort();
    process.kill(await pidOf(), 'SIGKILL');
    await sleep(SOME_LOOKS_MS);
    expect([said(ENDED), await pidOf()]).toEqual([[], 0]);
    await database.stop();
  });
});

describe('a server that was stopped in order', () => {
  test('by hand stays down until somebody starts it, at the same port, and is looked after again', async () => {
    const { database, said } = await keep();
    await pgCtl('stop', '-m', 'fast');
    await expect.poll(() => database.trouble()).toBe('The database was stopped by hand.');
    await sleep(SOME_LOOKS_MS);
    expect([said(ENDED), await pidOf()]).toEqual([[], 0]);
    await pgCtl('start', '-l', join(folder, 'server.log'));
    await answers(database);
    await expect.poll(() => said(BACK)).toMatchObject([{ adopted: true }]);
    process.kill(await pidOf(), 'SIGKILL');
    await expect.poll(() => said(BACK).length).toBe(2);
    await answers(database);
  });

  test('by another process of ours, which did not see that we use it, is started again', async () => {
    const { database, said } = await keep();
    const pid = await pidOf();
    await noteOwnStop(folder, pid);
    process.kill(pid, 'SIGINT');
    await expect.poll(() => said(BACK).length).toBe(1);
    await answers(database);
  });
});

test('a later start takes the port of the last one, though a socket’s lock there names a living stranger', async () => {
  const first = await keep();
  const port = await answer(first.database);
  await first.database.stop();
  await writeFile(join(folder, `.s.PGSQL.${port}.lock`), `${process.ppid}\n`);
  const second = await keep();
  expect([await answer(second.database), second.database.appUrl]).toEqual([port, first.database.appUrl]);
  expect(await readFile(join(folder, 'slotkeeper.conf'), 'utf8')).toContain(`port = '${port}'`);
});
