// Slotkeeper as others run it: processes of their own on a database, spoken to over HTTP. Knows how to start one, when it is
// ready, and how to end it in order or not; what is asked of it is for the tests.
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../src/composition-database.ts';
import { readConfig } from '../../src/config.ts';
import { issueToken } from '../../src/identity/token.ts';
import { createLog } from '../../src/platform/log.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { foundPractice } from '../../src/practitioners/found-practice.ts';
import { asShipped } from '../as-shipped.ts';

/** Where no .env lies: what is killed and stormed here is never what somebody has set up. */
const CWD = tmpdir();
/** Against hanging for ever: eight processes may be starting at once, on a machine that is busy with other tests. */
const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 10;
/** Of the log, enough to say why a start failed. */
const LOG_KEPT = 400;

export type Environment = Readonly<Record<string, string>>;

/** Limits per minute would be all that these tests measure. */
export const NO_LIMITS: Environment = {
  RATE_LIMIT_ANONYMOUS_READS: '0',
  RATE_LIMIT_SERVICE_READS: '0',
  RATE_LIMIT_SERVICE_BOOKINGS: '0',
  RATE_LIMIT_STAFF_READS: '0',
  RATE_LIMIT_STAFF_BOOKINGS: '0',
  // Nobody balances these.
  DRAIN_MS: '0',
};

export type Server = {
  /** Null for a worker without a port of its own. */
  readonly url: string | null;
  readonly pid: number;
  /** From the start of the process until it answered that it is ready. */
  readonly readyMs: number;
  /** Lines of its log so far, parsed; the last ones only. */
  readonly log: readonly LogLine[];
  /** Resolves when the process is gone, whoever ended it. */
  readonly gone: Promise<void>;
  /** In order; rejects when it does not go, or not cleanly. */
  stop(): Promise<void>;
  /** Not in order: SIGKILL. Resolves when the process is gone. */
  kill(): Promise<void>;
};

export type LogLine = { readonly level: number; readonly msg?: string; readonly [field: string]: unknown };

/** Nobody is left behind when a run is broken off. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts `node src/main.ts` and waits until it is ready. */
export async function runServer(environment: Environment): Promise<Server> {
  const begun = performance.now();
  const child = spawn(process.execPath, asShipped('main.ts'), {
    cwd: CWD,
    env: { PATH: process.env['PATH'], ...NO_LIMITS, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const log: LogLine[] = [];
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (said + text).split('\n');
    said = lines.pop() ?? '';
    for (const line of lines) log.push(parsed(line));
    log.splice(0, Math.max(0, log.length - LOG_KEPT));
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => log.push({ level: 60, msg: text }));
  const gone = new Promise<void>((resolve) =>
    child.once('exit', () => {
      running.delete(child);
      resolve();
    }),
  );
  try {
    const line = await readyLine(child, log, begun + READY_WITHIN_MS);
    const url = typeof line['url'] === 'string' ? line['url'] : null;
    if (url) await answering(`${url}/health/ready`, begun + READY_WITHIN_MS);
    return {
      url,
      pid: child.pid ?? 0,
      readyMs: performance.now() - begun,
      log,
      gone,
      stop: async () => {
        child.kill('SIGTERM');
        const late = AbortSignal.timeout(STOP_WITHIN_MS);
        await Promise.race([gone, new Promise((resolve) => late.addEventListener('abort', resolve))]);
        if (child.exitCode !== 0) {
          child.kill('SIGKILL');
          throw new Error(`The server did not stop in order: ${wordsOf(log)}`);
        }
      },
      kill: async () => {
        child.kill('SIGKILL');
        await gone;
      },
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

/** A bearer token of the installation with this environment, which has a practice: as `npm run token` issues it, without a process. */
export async function tokenFor(environment: Environment, role: 'service' | 'staff'): Promise<string> {
  const closing: (() => Promise<void>)[] = [];
  try {
    const config = readConfig(environment);
    const { work } = await openDatabase(config, createLog('warn'), closing);
    const tools = { transactor: work, clock: systemClock };
    const { tokenKey, organisationId } = await foundPractice(tools, { name: config.practiceName });
    return issueToken(tokenKey, { role, subject: role, organisationId }, systemClock.now());
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}

/** A port that was free just now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function readyLine(child: ChildProcess, log: readonly LogLine[], until: number): Promise<LogLine> {
  for (;;) {
    const line = log.find(({ msg }) => msg === 'ready');
    if (line) return line;
    if (child.exitCode !== null || child.signalCode !== null || performance.now() > until) {
      throw new Error(`The server did not become ready: ${wordsOf(log)}`);
    }
    await sleep(LOOK_EVERY_MS);
  }
}

async function answering(url: string, until: number): Promise<void> {
  for (;;) {
    const answer = await fetch(url).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    if (performance.now() > until) throw new Error(`${url} did not become ready`);
    await sleep(LOOK_EVERY_MS);
  }
}

function wordsOf(log: readonly LogLine[]): string {
  return log
    .slice(-20)
    .map((line) => JSON.stringify(line))
    .join('\n');
}

function parsed(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { level: 60, msg: line };
  }
}
