// The embedded PostgreSQL: a real server on this machine, for whoever has no other. Starts one on the data folder, or
// adopts the one that runs there; stops only what it started, and not while others use it. Any number of processes may
// call it at the same moment: the data folder appears whole by one rename, and PostgreSQL's own lock lets one server run
// on it.
import { readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.ts';
import { dataFolder, databaseAccount, type Account } from './embedded-account.ts';
import { portToStartOn, urlsOf, type Urls } from './embedded-address.ts';
import { findBinaries, type Binaries } from './embedded-binaries.ts';
import { ensureCluster, readPasswords, writeSettings, type Passwords } from './embedded-cluster.ts';
import { countClients, ensureDatabase } from './embedded-database.ts';
import { clearSocketLocks, disownStale, noteOwnStop, readPostmaster } from './embedded-postmaster.ts';
import { runProgram } from './embedded-program.ts';
import { watchServer, type Server, type Watch } from './embedded-watch.ts';

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
  /** From now on it is started again where it ends unasked, at the same addresses. Not once `stop` was asked for. */
  keepRunning(stop?: AbortSignal): void;
  /** Why it is away, as far as whoever keeps it running knows; null: nothing is known against it. */
  trouble(): string | null;
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
  const settings = options.settings ?? {};
  const first = await reachServer(place, { passwords, settings }, log);
  const { pid, port, adopted } = first;
  log.info({ folder, port, adopted, firstStart }, 'embedded database is running');

  let server = first;
  // Whoever started any of its servers ends the one there is.
  let ours = !adopted;
  let watch: Watch | null = null;
  const reach = async (stop: AbortSignal): Promise<Server> => {
    server = await reachServer(place, { passwords, settings, port, stop }, log);
    ours ||= !server.adopted;
    return server;
  };
  const end = async (): Promise<void> => {
    await watch?.end();
    if (ours) await stopUnlessUsed(place, server.pid, server.urls.ownerUrl, log);
  };
  let stopped: Promise<void> | undefined;
  return {
    ...first.urls,
    folder,
    pid,
    adopted,
    firstStart,
    keepRunning: (stop) => void (watch ??= watchServer({ folder, log, server: first, reach, stop })),
    trouble: () => watch?.trouble() ?? null,
    stop: () => (stopped ??= end()),
  };
}

type Wanted = {
  readonly passwords: Passwords;
  readonly settings: Readonly<Record<string, string>>;
  /** Where others look for it. */
  readonly port?: number;
  /** Nothing is started any more. */
  readonly stop?: AbortSignal;
};

/** A server that answers. One just killed can look alive a moment longer, so what counts is a statement it has run. */
async function reachServer(place: Place, wanted: Wanted, log: Log): Promise<Server & { readonly urls: Urls }> {
  const { passwords, stop } = wanted;
  const patience = AbortSignal.any([AbortSignal.timeout(PATIENCE_MS), ...(stop ? [stop] : [])]);
  const ours = new Set<number>();
  for (;;) {
    const { pid, port } = await startOrAdopt(place, wanted, ours, patience, log);
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
  wanted: Wanted,
  ours: Set<number>,
  patience: AbortSignal,
  log: Log,
): Promise<{ pid: number; port: number }> {
  let started = false;
  let said = 'nothing';
  for (;;) {
    const server = await readPostmaster(place.folder);
    if (server.state === 'ready') {
      if (started) ours.add(server.pid);
      return server;
    }
    if (patience.aborted) break;
    if (server.state === 'stale') await disownStale(place.folder);
    if (server.state === 'none' || server.state === 'stale') {
      ({ started, said } = await tryStart(place, wanted));
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

/**
 * A server that dies or comes up at this moment, or a port taken since we looked: worth another try. The words of the server
 * (miscinit.c), and of pg_ctl, which looks at its file first (get_pgpid).
 */
export function isInTheWay(said: string): boolean {
  return /(?:lock|PID) file "[^"]*" (?:already exists|is empty)|invalid data in PID file|shared memory block .* still in use|Address already in use/.test(
    said,
  );
}

async function tryStart(
  { folder, account, binaries }: Place,
  wanted: Wanted,
): Promise<{ started: boolean; said: string }> {
  const port = await portToStartOn(folder, wanted.port);
  const logFile = join(folder, 'server.log');
  const before = await stat(logFile).catch(() => undefined);
  if (before && before.size > LOG_LIMIT_BYTES) await rename(logFile, `${logFile}.old`).catch(() => undefined);
  await clearSocketLocks(folder);
  // The port as a setting is for the next start, and for whoever starts it by hand.
  await writeSettings(folder, account, { ...wanted.settings, port: String(port) });
  const { code, output } = await runProgram(
    binaries.pgCtl,
    ['start', '-D', folder, '-w', '-t', String(START_TIMEOUT_S), '-s', '-l', logFile, '-o', `-p ${port}`],
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
  await noteOwnStop(folder, pid);
  if (process.platform === 'win32') {
    await runProgram(binaries.pgCtl, ['stop', '-D', folder, '-m', 'fast', '-w', '-s'], { account, cwd: folder });
  } else {
    try {
      process.kill(pid, 'SIGINT');
    } catch (error) {
      // Another process of ours may have stopped it just now.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
  const patience = AbortSignal.timeout(STOP_TIMEOUT_MS);
  while (await runs()) {
    if (patience.aborted) throw new Error(`The embedded PostgreSQL (pid ${pid}) did not stop`);
    await sleep(STOP_PAUSE_MS);
  }
}
