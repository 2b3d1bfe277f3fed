// A PostgreSQL of the kills' own, as an operator has one: on one port for good, started again by whoever looks after it, on
// a disk of its own where this machine lends one. Knows how to hurt it; touches no process but this server's.
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { databaseAccount } from '../../src/platform/database/embedded-account.ts';
import { findBinaries } from '../../src/platform/database/embedded-binaries.ts';
import { readPasswords } from '../../src/platform/database/embedded-cluster.ts';
import { disownStale, readPostmaster } from '../../src/platform/database/embedded-postmaster.ts';
import { runProgram } from '../../src/platform/database/embedded-program.ts';
import { startEmbedded } from '../../src/platform/database/embedded.ts';
import { createLog } from '../../src/platform/log.ts';

/** Room for the programs, a fresh database, twice the log below and what some thousand appointments take. */
const DISK_MEGABYTES = 768;
const SETTINGS = { max_wal_size: '128MB', min_wal_size: '32MB', log_min_messages: 'fatal' };
const BACK_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;
const ANSWER_WITHIN_MS = 2_000;
const CHUNK_BYTES = 1_048_576;
/** Twice what may lie there for the log: 16 MiB each. */
const MOST_SEGMENTS = 16;

export type Cluster = Awaited<ReturnType<typeof openCluster>>;

/** `folder`: empty, and the account of the database may pass through it. `lay`: puts a data folder there, in the place of the first start. */
export async function openCluster(folder: string, lay?: (folder: string) => Promise<void>) {
  const disk = join(folder, 'disk');
  await mkdir(disk, { mode: 0o711 });
  const lent = await lendDisk(disk);
  const account = await databaseAccount();
  await lay?.(join(disk, 'postgres'));
  const database = await startEmbedded({
    folder: join(disk, 'postgres'),
    log: createLog('silent'),
    settings: SETTINGS,
  });
  const data = database.folder;
  const binaries = await findBinaries(data, account);
  const { owner } = await readPasswords(data);
  const first = await readPostmaster(data);
  if (first.state !== 'ready') throw new Error(`The database is ${first.state}`);
  const { port } = first;
  const url = (at: number) => `postgres://slotkeeper_owner:${owner}@127.0.0.1:${at}/slotkeeper`;
  const ballast = join(disk, 'ballast');

  const pid = async (): Promise<number | null> => {
    const server = await readPostmaster(data);
    return 'pid' in server ? server.pid : null;
  };
  const ask = async <Row extends object>(text: string): Promise<Row[]> => {
    const client = new pg.Client({ connectionString: url(port), connectionTimeoutMillis: ANSWER_WITHIN_MS });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>({ text, query_timeout: ANSWER_WITHIN_MS } as pg.QueryConfig)).rows;
    } finally {
      await client.end();
    }
  };
  // A run that is broken off leaves no server; before its disk is given back, and with it the file that names it.
  const leave = (): void => {
    try {
      const server = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
      if (!(server > 1)) return;
      kill(server, 'SIGCONT');
      kill(server, 'SIGQUIT');
    } catch {
      // It is down just now.
    }
  };
  process.prependOnceListener('exit', leave);
  /** The server and everything it has begun. */
  const signalAll = async (signal: NodeJS.Signals): Promise<void> => {
    const server = await pid();
    if (server === null) return;
    for (const one of [server, ...(await childrenOf(server))]) kill(one, signal);
  };
  return {
    port,
    url,
    /** Why its disk cannot be filled; null: it can. */
    diskIsShared: lent,
    /** The postmaster alone, as the kernel would when memory runs out; its children see that and go. */
    kill: async (): Promise<void> => {
      const server = await pid();
      if (server !== null) kill(server, 'SIGKILL');
    },
    /** One of its connections: the server ends all others, and recovers by itself. */
    killBackend: async (): Promise<void> => {
      const [one] = await ask<{ pid: number }>(`${OTHERS} order by random() limit 1`);
      if (one) kill(one.pid, 'SIGKILL');
    },
    /** Ends about half of the connections. */
    cut: async (): Promise<void> => {
      await ask(`select pg_terminate_backend(pid) from (${OTHERS} and random() < 0.5) half`);
    },
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    /** Not a byte is left on its disk. */
    fill: async (): Promise<void> => {
      const file = await open(ballast, 'w');
      try {
        const chunk = Buffer.alloc(CHUNK_BYTES);
        for (let size = CHUNK_BYTES; size >= 512;) {
          const { bytesWritten } = await file.write(chunk, 0, size).catch(() => ({ bytesWritten: 0 }));
          if (bytesWritten < size) size /= 2;
        }
      } finally {
        await file.close();
      }
    },
    /** Writes log until there is no more room for it; a server that cannot write its log goes down by itself. */
    writeLog: async (): Promise<void> => {
      for (let segments = 0; segments < MOST_SEGMENTS; segments += 1) {
        const text = `select pg_logical_emit_message(true, 'kills', 'more'); select pg_switch_wal()`;
        if (!(await ask(text).catch(() => null))) return;
      }
    },
    empty: () => rm(ballast, { force: true }),
    /** Runs when this resolves, whatever became of it: it recovers by itself, or is started again. */
    revive: async (): Promise<void> => {
      const until = performance.now() + BACK_WITHIN_MS;
      for (;;) {
        const server = await readPostmaster(data);
        if (server.state === 'ready' && (await ask('select 1').catch(() => null))) return;
        if (server.state === 'stale') await disownStale(data);
        if (server.state === 'none' || server.state === 'stale') {
          const parameters = ['start', '-D', data, '-w', '-t', '30', '-s', '-l', join(data, 'server.log')];
          await runProgram(binaries.pgCtl, [...parameters, '-o', `-p ${port}`], {
            account,
            cwd: data,
            leavesDaemon: true,
          });
        }
        if (performance.now() > until) {
          const said = (await readFile(join(data, 'server.log'), 'utf8').catch(() => '')).slice(-2_000);
          throw new Error(`The database did not come back: ${said}`);
        }
        await sleep(LOOK_EVERY_MS);
      }
    },
    end: async (): Promise<void> => {
      await signalAll('SIGCONT');
      const server = await pid();
      if (server !== null) {
        kill(server, 'SIGINT');
        const until = performance.now() + BACK_WITHIN_MS;
        while ((await pid()) !== null && performance.now() < until) await sleep(LOOK_EVERY_MS);
      }
      process.off('exit', leave);
      if (lent === null) giveBackDisk(disk);
      await rm(data, { recursive: true, force: true });
    },
  };
}

const OTHERS = `select pid from pg_stat_activity
                 where datname = 'slotkeeper' and backend_type = 'client backend' and pid <> pg_backend_pid()`;

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function childrenOf(pid: number): Promise<number[]> {
  const found: number[] = [];
  for (const thread of await readdir(`/proc/${pid}/task`).catch(() => [])) {
    const children = await readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '');
    found.push(...children.trim().split(/\s+/).filter(Boolean).map(Number));
  }
  return found;
}

/** A small disk in memory at this folder, gone with the run; or the reason why there is none. */
async function lendDisk(folder: string): Promise<string | null> {
  if (process.platform !== 'linux') return 'a disk of its own is lent on Linux alone';
  if (process.getuid?.() !== 0) return 'only root may mount a disk of its own';
  const options = `size=${DISK_MEGABYTES}m,mode=711,nosuid,nodev`;
  const parameters = ['-t', 'tmpfs', '-o', options, 'slotkeeper-kills', folder];
  try {
    await promisify(execFile)('mount', parameters);
  } catch (error) {
    return `this machine mounts nothing (${String((error as { stderr?: string }).stderr).trim()})`;
  }
  process.once('exit', () => giveBackDisk(folder));
  return null;
}

function giveBackDisk(folder: string): void {
  try {
    execFileSync('umount', ['--lazy', folder], { stdio: 'ignore' });
  } catch {
    // It is not mounted any more.
  }
}
