// The embedded PostgreSQL: a real server on this machine, for whoever has no other. Starts one on the data folder, or
// adopts the one that runs there; stops only what it started, and not while others use it. Any number of processes may
// call it at the same moment: the data folder appears whole by one rename, and PostgreSQL's own lock lets one server run
// on it.
import { createServer, type AddressInfo } from 'node:net';
import { readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.ts';
import { dataFolder, databaseAccount, type Account } from './embedded-account.ts';
import { findBinaries, type Binaries } from './embedded-binaries.ts';
import { ensureCluster, readPasswords, writeSettings, type Passwords } from './embedded-cluster.ts';
import { countClients, ensureDatabase } from './embedded-database.ts';
import { disownStale, readPostmaster } from './embedded-postmaster.ts';
import { runProgram } from './embedded-program.ts';

/** How long another server may be in our way: one that starts, stops, or was killed and has backends dying. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 100;
/** Recovery after a crash reads at most max_wal_size of log; seconds, but on a slow disk. */
const START_TIMEOUT_S = 150;
/** The last checkpoint writes out at most shared_buffers. */
const STOP_TIMEOUT_MS = 60_000;
const STOP_PAUSE_MS = 10;
/** How long the server may take to see that a client of ours has gone. */
const LEAVING_MS = 500;
/** What is kept of the server's log from one start to the next. */
const LOG_LIMIT_BYTES = 10_000_000;
/** How much of the log an error message quotes. */
const QUOTED_LOG_BYTES = 2_000;
/** The longest path of a socket is 103 bytes on macOS, 107 on Linux; the file's own name takes a part. */
const SOCKET_FOLDER_BYTES = 85;

const DATABASE = 'slotkeeper';
const OWNER = 'slotkeeper_owner';

export type EmbeddedDatabase = {
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly folder: string;
  /** Of its first process; SIGINT ends it in order, whoever uses it. */
  readonly pid: number;
  /** It ran already. */
  readonly adopted: boolean;
  /** This process laid the data folder. */
  readonly firstStart: boolean;
  /** Close your own connections first: an adopted server, and one that others are connected to, is left running. */
  stop(): Promise<void>;
};

export type EmbeddedOptions = {
  /** Wanted. As root, and out of reach of the database's account, another is used, and logged. */
  readonly folder: string;
  readonly log: Log;
  /** Further settings of the server, for this start. */
  readonly settings?: Readonly<Record<string, string>>;
};

type Place = { readonly folder: string; readonly account: Account; readonly binaries: Binaries };

export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const { log } = options;
  const account = await databaseAccount();
  const folder = await dataFolder(options.folder, account, log);
  const binaries = await findBinaries(folder, account);
  const place = { folder, account, binaries };
  const durable = options.settings?.['fsync'] !== 'off';
  const firstStart = await ensureCluster({ ...place, durable });
  const passwords = await readPasswords(folder);
  const { pid, port, adopted, urls } = await reachServer(place, passwords, options.settings ?? {}, log);
  log.info({ folder, port, adopted, firstStart }, 'embedded database is running');
  let stopped: Promise<void> | undefined;
  return {
    ...urls,
    folder,
    pid,
    adopted,
    firstStart,
    stop: () => (stopped ??= adopted ? Promise.resolve() : stopUnlessUsed(place, pid, urls.ownerUrl, log)),
  };
}

type Server = { readonly pid: number; readonly port: number; readonly adopted: boolean };
type Urls = { readonly ownerUrl: string; readonly appUrl: string };

/** A server that answers. One just killed can look alive a moment longer, so what counts is a statement it has run. */
async function reachServer(
  place: Place,
  passwords: Passwords,
  settings: Readonly<Record<string, string>>,
  log: Log,
): Promise<Server & { urls: Urls }> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const ours = new Set<number>();
  for (;;) {
    const { pid, port } = await startOrAdopt(place, settings, ours, patience, log);
    const urls = urlsOf(place.folder, port, passwords);
    try {
      await ensureDatabase(urls.ownerUrl, passwords.app);
      return { pid, port, adopted: !ours.has(pid), urls };
    } catch (error) {
      if (patience.aborted || !isGoing(error)) {
        if (ours.has(pid)) await stopServer(place, pid);
        throw error;
      }
      log.debug({ folder: place.folder, pid }, 'the embedded server went away before it answered');
    }
    await sleep(PAUSE_MS);
  }
}

/** Adds the pid to `ours` where this call started the server. */
async function startOrAdopt(
  place: Place,
  settings: Readonly<Record<string, string>>,
  ours: Set<number>,
  patience: AbortSignal,
  log: Log,
): Promise<{ pid: number; port: number }> {
  let started = false;
  let said = 'nothing';
  while (!patience.aborted) {
    const server = await readPostmaster(place.folder);
    if (server.state === 'ready') {
      if (started) ours.add(server.pid);
      return server;
    }
    if (server.state === 'stale') await disownStale(place.folder);
    if (server.state === 'none' || server.state === 'stale') {
      ({ started, said } = await tryStart(place, settings));
      if (started) continue;
      if (!isInTheWay(said)) break;
      log.debug({ folder: place.folder }, 'another server is in the way of the embedded one');
    }
    await sleep(PAUSE_MS);
  }
  throw new Error(`The embedded PostgreSQL did not start. Its log (${join(place.folder, 'server.log')}) says: ${said}`);
}

/** The connection broke or found nobody, or the server said that it is starting or stopping (57P01-57P03). */
function isGoing(error: unknown): boolean {
  const code = String((error as { code?: unknown }).code);
  return (
    /^(?:ECONNRESET|ECONNREFUSED|ENOENT|EPIPE|57P0[123])$/.test(code) ||
    (error instanceof Error && error.message === 'Connection terminated unexpectedly')
  );
}

/** A server that dies or comes up at this moment, or a port taken since we looked: worth another try. */
function isInTheWay(said: string): boolean {
  return /lock file "[^"]*" already exists|shared memory block .* still in use|Address already in use/.test(said);
}

async function tryStart(
  { folder, account, binaries }: Place,
  settings: Readonly<Record<string, string>>,
): Promise<{ started: boolean; said: string }> {
  const logFile = join(folder, 'server.log');
  const before = await stat(logFile).catch(() => undefined);
  if (before && before.size > LOG_LIMIT_BYTES) await rename(logFile, `${logFile}.old`).catch(() => undefined);
  await writeSettings(folder, account, settings);
  const { code, output } = await runProgram(
    binaries.pgCtl,
    ['start', '-D', folder, '-w', '-t', String(START_TIMEOUT_S), '-s', '-l', logFile, '-o', `-p ${await freePort()}`],
    { account, cwd: folder, leavesDaemon: true },
  );
  if (code === 0) return { started: true, said: '' };
  const log = await readFile(logFile, 'utf8').catch(() => '');
  return {
    started: false,
    said: `${output} ${log.slice(before ? Math.min(before.size, log.length) : 0).slice(-QUOTED_LOG_BYTES)}`.trim(),
  };
}

/** Another process may have adopted the server: its connections stay, ours are gone in a moment. */
async function stopUnlessUsed(place: Place, pid: number, ownerUrl: string, log: Log): Promise<void> {
  const patience = AbortSignal.timeout(LEAVING_MS);
  // Where it no longer answers there is nobody to disturb; where it refuses us, somebody is there.
  const used = () => countClients(ownerUrl).catch((error: unknown) => (isGoing(error) ? 0 : 1));
  while ((await used()) > 0) {
    if (patience.aborted) {
      log.info({ folder: place.folder }, 'the embedded database is left running: others use it');
      return;
    }
    await sleep(STOP_PAUSE_MS);
  }
  await stopServer(place, pid);
}

/** Not `pg_ctl stop`: where another process starts a server of its own as soon as this one ends, that would wait for
 *  the other to stop. SIGINT is the fast shutdown (PostgreSQL manual, 18.5): clients are cut off, nothing is lost. */
async function stopServer({ folder, binaries, account }: Place, pid: number): Promise<void> {
  const runs = async () => {
    const server = await readPostmaster(folder);
    return 'pid' in server && server.pid === pid;
  };
  if (!(await runs())) return;
  if (process.platform === 'win32') {
    await runProgram(binaries.pgCtl, ['stop', '-D', folder, '-m', 'fast', '-w', '-s'], { account, cwd: folder });
  } else {
    process.kill(pid, 'SIGINT');
  }
  const patience = AbortSignal.timeout(STOP_TIMEOUT_MS);
  while (await runs()) {
    if (patience.aborted) throw new Error(`The embedded PostgreSQL (pid ${pid}) did not stop`);
    await sleep(STOP_PAUSE_MS);
  }
}

/** By the socket in the data folder where its path is short enough (a fifth faster), else by loopback. */
function urlsOf(folder: string, port: number, passwords: Passwords): Urls {
  const bySocket = process.platform !== 'win32' && Buffer.byteLength(folder) <= SOCKET_FOLDER_BYTES;
  const at = bySocket
    ? `localhost/${DATABASE}?host=${encodeURIComponent(folder)}&port=${port}`
    : `127.0.0.1:${port}/${DATABASE}`;
  return {
    ownerUrl: `postgres://${OWNER}:${passwords.owner}@${at}`,
    appUrl: `postgres://slotkeeper_app:${passwords.app}@${at}`,
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
