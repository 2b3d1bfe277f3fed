// A real server, killed in the ways machines kill servers.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { databaseAccount } from '../../src/platform/database/embedded-account.ts';
import { findBinaries } from '../../src/platform/database/embedded-binaries.ts';
import { readPostmaster } from '../../src/platform/database/embedded-postmaster.ts';
import { runProgram } from '../../src/platform/database/embedded-program.ts';
import { isInTheWay, startEmbedded, type EmbeddedDatabase } from '../../src/platform/database/embedded.ts';
import { copyLaid } from '../laid-folder.ts';
import { quiet } from './ledger.ts';

const FAST = { fsync: 'off' };
/** After which a first start is killed; what it has begun goes on to its end. */
const MOMENTS_MS = process.env['REQUIRE_ALL'] === undefined ? [60, 300, 600] : [60, 150, 300, 450, 600];
const ROOT = process.getuid?.() === 0;

let parent: string;
let folder: string;
const children: ChildProcess[] = [];
const started: EmbeddedDatabase[] = [];

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'embedded-'));
  await chmod(parent, 0o711);
  folder = join(parent, 'data', 'postgres');
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  const folders = [folder, ...started.splice(0).map((database) => database.folder)];
  for (const each of new Set(folders)) {
    const server = await readPostmaster(each);
    if ('pid' in server) process.kill(server.pid, 'SIGQUIT');
    while ('pid' in (await readPostmaster(each))) await sleep(10);
    await rm(each, { recursive: true, force: true });
  }
  await rm(parent, { recursive: true, force: true });
});

/** The folder as a first start leaves it, without the work of one. */
const laid = () => copyLaid('bare', folder);

async function start(settings: Record<string, string> = FAST): Promise<EmbeddedDatabase> {
  const database = await startEmbedded({ folder, log: quiet, settings });
  started.push(database);
  return database;
}

type Told = { ownerUrl: string; folder: string; adopted: boolean; firstStart: boolean };

function hold(): { child: ChildProcess; told: Promise<Told> } {
  const script = fileURLToPath(new URL('./hold-embedded.ts', import.meta.url));
  const child = spawn(process.execPath, [script, folder, JSON.stringify(FAST)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the process ended with ${String(code)} before it told anything`);
  });
  const said = once(child.stdout, 'data').then(([chunk]) => JSON.parse(String(chunk)) as Told);
  const told = Promise.race([said, ended]);
  ended.catch(() => undefined);
  told.catch(() => undefined);
  return { child, told };
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const result: pg.QueryResult<unknown[]> = await client.query({ text: sql, rowMode: 'array' });
    return result.rows[0]?.[0];
  } finally {
    await client.end();
  }
}

async function postmasterPid(): Promise<number> {
  const server = await readPostmaster(folder);
  if (server.state !== 'ready') throw new Error(`The server is ${server.state}`);
  return server.pid;
}

describe('the first start', () => {
  test('lays a durable cluster, closed to the network and to other accounts', async () => {
    const database = await start({});
    expect(database).toMatchObject({ adopted: false, firstStart: true, folder });
    expect(await ask(database.ownerUrl, 'show fsync')).toBe('on');
    expect(await ask(database.ownerUrl, 'show listen_addresses')).toBe('127.0.0.1');
    expect(await ask(database.ownerUrl, 'show data_checksums')).toBe('on');
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, 'slotkeeper-passwords.json'))).mode & 0o777).toBe(0o600);
    await database.stop();
    await expect(ask(database.ownerUrl, 'select 1')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('gives requests a login without any right to more', async () => {
    await laid();
    const database = await start();
    expect(
      await ask(
        database.appUrl,
        `select rolsuper or rolbypassrls or rolcreatedb or rolcreaterole from pg_roles where rolname = current_user`,
      ),
    ).toBe(false);
    const port = Number(await ask(database.ownerUrl, 'show port'));
    for (const url of [database.appUrl, `postgres://slotkeeper_owner:x@127.0.0.1:${port}/slotkeeper`]) {
      await expect(ask(url.replace(/:[^:@/]+@/, ':wrong@'), 'select 1')).rejects.toMatchObject({ code: '28P01' });
    }
  });

  test('killed at any moment leaves nothing that a later start trips over', async () => {
    for (const wait of MOMENTS_MS) {
      const { child } = hold();
      await sleep(wait);
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      expect(await exit).toEqual([null, 'SIGKILL']);
    }
    const database = await start();
    expect(await ask(database.ownerUrl, 'select 1')).toBe(1);
    // Whoever was killed may have left an initdb at work; once that is gone too, the next start clears its traces.
    await expect
      .poll(
        async () => {
          await start();
          return (await readdir(dirname(folder))).filter((name) => name !== 'postgres');
        },
        { timeout: 10_000 },
      )
      .toEqual([]);
  });

  test('refuses a folder that holds something else, and one of another PostgreSQL', async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'letter.txt'), 'mine');
    await expect(start()).rejects.toThrow('is no database and not empty');
    await writeFile(join(folder, 'PG_VERSION'), '14\n');
    await expect(start()).rejects.toThrow('was made by PostgreSQL 14');
  });

  test('works in a folder whose name has spaces and quotes, and is too long for a socket', async () => {
    folder = join(parent, `it's a (long) & odd folder; ${'x'.repeat(80)}`, 'postgres');
    const database = await start();
    expect(database.ownerUrl).toContain('@127.0.0.1:');
    expect(await ask(database.ownerUrl, 'select 1')).toBe(1);
  });

  test('refuses a folder whose name the shell would read otherwise', async () => {
    folder = join(parent, 'a$(touch b)', 'postgres');
    await expect(start()).rejects.toThrow('cannot be started with');
  });
});

describe('a later start', () => {
  test('finds the data again', async () => {
    await laid();
    const first = await start();
    await ask(first.ownerUrl, 'create table kept as select 42 as answer');
    await first.stop();
    const second = await start();
    expect(second).toMatchObject({ adopted: false, firstStart: false });
    expect(await ask(second.ownerUrl, 'select answer from kept')).toBe(42);
  });

  test('just works after the server was killed, and nothing acknowledged is lost', async () => {
    await laid();
    let database = await start({});
    await ask(database.ownerUrl, 'create table kept (n int)');
    for (let n = 1; n <= 2; n += 1) {
      await ask(database.ownerUrl, `insert into kept values (${n})`);
      process.kill(await postmasterPid(), 'SIGKILL');
      database = await start({});
      expect(database.adopted).toBe(false);
      expect(await ask(database.ownerUrl, 'select count(*)::int from kept')).toBe(n);
    }
  });

  test('adopts the server of a process that was killed, and leaves it running', async () => {
    await laid();
    const { child, told } = hold();
    const first = await told;
    child.kill('SIGKILL');
    await once(child, 'exit');
    const second = await start();
    expect(second).toMatchObject({ adopted: true, firstStart: false, ownerUrl: first.ownerUrl });
    await second.stop();
    expect(await ask(second.ownerUrl, 'select 1')).toBe(1);
  });

  test('adopts a server whose own process ends meanwhile: it is left running as long as somebody is connected', async () => {
    await laid();
    const { child, told } = hold();
    await told;
    const second = await start();
    expect(second.adopted).toBe(true);
    const client = new pg.Client({ connectionString: second.appUrl });
    await client.connect();
    child.stdin!.end();
    await once(child, 'exit');
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await client.end();
    const third = await start();
    expect(third).toMatchObject({ adopted: true, ownerUrl: second.ownerUrl });
  });

  test('by several processes at once makes one server, which one of them owns', async () => {
    const holders = [hold(), hold(), hold()];
    const told = await Promise.all(holders.map((holder) => holder.told));
    expect(told.filter(({ firstStart }) => firstStart)).toHaveLength(1);
    expect(told.filter(({ adopted }) => !adopted)).toHaveLength(1);
    expect(new Set(told.map(({ ownerUrl }) => ownerUrl)).size).toBe(1);
    for (const { child } of holders) {
      child.stdin!.end();
      await once(child, 'exit');
    }
    const again = [hold(), hold()];
    const later = await Promise.all(again.map((holder) => holder.told));
    expect(later.filter(({ adopted }) => !adopted)).toHaveLength(1);
    expect(later.filter(({ firstStart }) => firstStart)).toHaveLength(0);
  });

  test.each([
    'FATAL:  lock file "postmaster.pid" already exists',
    'FATAL:  lock file "postmaster.pid" is empty',
    'pg_ctl: the PID file "/data/postgres/postmaster.pid" is empty',
    'pg_ctl: invalid data in PID file "/data/postgres/postmaster.pid"',
    'FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use',
  ])('tries again where another is about to start or has not ended: %s', (said) => {
    expect(isInTheWay(said)).toBe(true);
  });

  test('waits for a server that is stopping, and starts its own', async () => {
    await laid();
    const first = await start();
    const [, second] = await Promise.all([first.stop(), sleep(20).then(() => start())]);
    expect(await ask(second.ownerUrl, 'select 1')).toBe(1);
  });
});

const claim = async (pid: number | string) => {
  const path = join(folder, 'postmaster.pid');
  const lines = [pid, folder, 1_700_000_000, 5432, '.', '127.0.0.1', '', 'ready', ''];
  await writeFile(path, lines.join('\n'));
};

describe('a pid file that lies', () => {
  test.each(['0', '-1', '1', 'postgres', ''])('names nobody when it says "%s"', async (pid) => {
    await mkdir(folder, { recursive: true });
    await claim(pid);
    expect(await readPostmaster(folder)).toEqual({ state: 'stale' });
  });

  test('names a process that took the number since: the start goes on', async () => {
    await laid();
    await (await start()).stop();
    const account = await databaseAccount();
    const stranger = spawn('sleep', ['60'], account ? { uid: account.uid, gid: account.gid } : {});
    children.push(stranger);
    await claim(stranger.pid!);
    const database = await start();
    expect(database.adopted).toBe(false);
    expect(await ask(database.ownerUrl, 'select 1')).toBe(1);
    expect(stranger.exitCode).toBeNull();
  });

  test('names a dead process nobody has buried: the start goes on', async () => {
    await laid();
    await (await start()).stop();
    const account = await databaseAccount();
    // `exec` leaves the background child to a parent that never waits for it; before that the shell would.
    const careless = spawn(
      'sh',
      ['-c', 'sleep 60 & echo $!; exec sleep 61'],
      account ? { uid: account.uid, gid: account.gid } : {},
    );
    children.push(careless);
    const zombie = Number(String((await once(careless.stdout, 'data'))[0]));
    await expect.poll(() => wordsOf(careless.pid)).toBe('sleep\u000061\u0000');
    process.kill(zombie);
    await expect.poll(() => wordsOf(zombie)).toBe('');
    await claim(zombie);
    const database = await start();
    expect(database.adopted).toBe(false);
    expect(await ask(database.ownerUrl, 'select 1')).toBe(1);
  });
});

/** As it calls itself; '' where it is dead and nobody has buried it. */
const wordsOf = (pid: number | undefined) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'gone');

/** What only a server needs is left out. */
const isForTellingVersions = (path: string) => !/\.a$|\/native\/share$|\/native\/lib\/postgresql$/.test(path);

/** As npm unpacks them: without symbolic links. */
async function unlinked(): Promise<string> {
  const { initdb } = await findBinaries(folder, null);
  const native = dirname(dirname(initdb));
  const pack = join(parent, 'pack');
  await cp(join(dirname(native), 'package.json'), join(pack, 'package.json'));
  await cp(native, join(pack, 'native'), { recursive: true, verbatimSymlinks: true, filter: isForTellingVersions });
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
  await Promise.all(links.map(({ target }) => rm(join(pack, target), { force: true })));
  return join(pack, 'native');
}
const runs = async (program: string) => runProgram(program, ['--version'], { account: await databaseAccount() });

describe('the packed programs', () => {
  test('get the links that an install script would have made', async () => {
    const native = await unlinked();
    const { initdb } = await findBinaries(folder, await databaseAccount(), native);
    expect(initdb.startsWith(native)).toBe(true);
    expect(await runs(initdb)).toMatchObject({ code: 0, output: expect.stringContaining('18') });
  });

  test('are copied beside the data where they cannot be changed or reached', async () => {
    const native = await unlinked();
    // Root writes anywhere, but its account does not pass; others do not write.
    await chmod(join(native, 'lib'), 0o555);
    if (ROOT) await chmod(dirname(native), 0o700);
    await mkdir(dirname(folder), { recursive: true, mode: 0o711 });
    const found = await Promise.all([1, 2].map(async () => findBinaries(folder, await databaseAccount(), native)));
    expect(found[0]).toEqual(found[1]);
    expect(found[0]!.initdb.startsWith(dirname(folder))).toBe(true);
    expect(await runs(found[0]!.initdb)).toMatchObject({ code: 0 });
    await chmod(join(native, 'lib'), 0o755);
  });
});

test.runIf(ROOT)('the database account is found in whatever language the machine speaks', async () => {
  const english = await databaseAccount();
  const before = { LC_ALL: process.env['LC_ALL'], LANGUAGE: process.env['LANGUAGE'] };
  // In which `id` says UID=; without its translations on this machine it says what it always does.
  Object.assign(process.env, { LC_ALL: 'C.UTF-8', LANGUAGE: 'nl' });
  try {
    expect(await databaseAccount()).toEqual(english);
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
  expect(english?.uid).toBeGreaterThan(0);
});

test.runIf(ROOT)(
  'where the database account cannot reach the data folder, one under /var/tmp stands in for good',
  async () => {
    await chmod(parent, 0o700);
    const first = await start();
    expect(first.folder).toMatch(/^\/var\/tmp\/slotkeeper-[0-9a-f]{16}\/postgres$/);
    await ask(first.ownerUrl, 'create table kept as select 42 as answer');
    await first.stop();
    const second = await start();
    expect(second.folder).toBe(first.folder);
    expect(await ask(second.ownerUrl, 'select answer from kept')).toBe(42);
    await second.stop();
    await rm(dirname(first.folder), { recursive: true });
  },
);
