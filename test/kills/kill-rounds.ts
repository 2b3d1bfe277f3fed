// One process with the database that comes along: kills both without warning, round after round, while callers book, move
// and cancel; then holds what they were told against what is there. Touches only processes it started, each by its pid, in a
// folder of its own. Many processes on one database are in fault-rounds.ts.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readPasswords } from '../../src/platform/database/embedded-cluster.ts';
import { readPostmaster } from '../../src/platform/database/embedded-postmaster.ts';
import { callerOf, type Caller } from '../races/caller.ts';
import { freePort, runServer, tokenFor, type Environment, type Server } from '../races/run-server.ts';
import { breachesOfAnswers, breachesOfKnown, createChecks, quiet, withRows, type Rows } from './checks.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { breachesOutside, STANDS, type Stands } from './outside-truth.ts';

const CLIENTS = 8;
/** Load before the kill: from hardly begun to well under way. */
const LOAD_MS = { least: 100, most: 2_500 };
/** Between the two kills of a round, so that the one left behind notices, or does not. */
const BETWEEN_MS = 300;
const LOOK_EVERY_MS = 250;
const LOOK_SOON_MS = 10;

const ORDERS = ['server', 'server, then database', 'database, then server'] as const;

export type Round = {
  readonly killed: (typeof ORDERS)[number];
  readonly acknowledged: number;
  readonly inDoubt: number;
  /** From starting the process again until it answered that it is ready. */
  readonly readyMs: number;
};

export type Report = {
  readonly passed: number;
  readonly failures: readonly string[];
  readonly rounds: readonly Round[];
};

export type Options = {
  readonly rounds: number;
  /** After how many rounds the outside is given time to come to rest, and is looked at. The last round always is. */
  readonly restEvery: number;
  readonly chance: () => number;
  readonly say: (line: string) => void;
  /** Puts a data folder where the first start would lay one. */
  readonly lay?: (folder: string) => Promise<void>;
};

/** Runs the rounds; throws only where a server does not come up again. */
export async function killRounds(options: Options): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), 'slotkeeper-kills-'));
  // As root the database runs under another account, which must be able to pass.
  await chmod(folder, 0o711);
  await options.lay?.(join(folder, 'postgres'));
  const sandboxPort = await freePort();
  const environment: Environment = {
    DATA_DIR: folder,
    PORT: '0',
    SANDBOX: '1',
    SANDBOX_PORT: String(sandboxPort),
    MEETING_WAIT_MS: '300',
    LOG_LEVEL: 'info',
  };
  const ledger = createLedger(options.chance);
  const rounds: Round[] = [];
  const { check, failures, passed } = createChecks();
  let server = await runServer(environment);
  const postgres = folderOf(server);
  try {
    options.say(`first start: ready after ${Math.round(server.readyMs)} ms`);
    const token = await tokenFor(environment, 'service');
    for (let n = 1; n <= options.rounds; n += 1) {
      const killed = ORDERS[(n - 1) % ORDERS.length] ?? 'server';
      const acknowledged = await loadAndKill({
        server,
        postgres,
        killed,
        ledger,
        caller: callerOf([server], token),
        options,
      });
      const inDoubt = ledger.inDoubt();
      server = await runServer(environment);
      const caller = callerOf([server], token);
      const left = await ledger.clearDoubts(caller);
      check(`round ${n}, repeating what was in doubt`, left > 0 ? [`${left} calls got no answer`] : []);
      check(`round ${n}, answers`, ledger.faults);
      check(`round ${n}, what was acknowledged`, await breachesOfAnswers(caller, ledger.known.values()));
      const rest = n === options.rounds || n % options.restEvery === 0;
      await withDatabase(postgres, async (rows, time) => {
        check(`round ${n}, time`, await time());
        check(`round ${n}, nothing that nobody was told of`, breachesOfKnown(await rows<Stands>(STANDS), ledger));
        if (!rest) return;
        const quietMs = await quiet(rows);
        check(`round ${n}, work outside done`, quietMs === null ? ['it did not come to rest'] : []);
        check(
          `round ${n}, the world outside`,
          await breachesOutside(`http://127.0.0.1:${sandboxPort}`, await rows<Stands>(STANDS)),
        );
        options.say(
          `  at rest ${Math.round((quietMs ?? 0) / 100) / 10} s later, ${ledger.known.size} appointments compared`,
        );
      });
      rounds.push({ killed, acknowledged, inDoubt, readyMs: Math.round(server.readyMs) });
      options.say(
        `round ${n}: killed ${killed}; ${acknowledged} acknowledged, ${inDoubt} in doubt; ready after ${Math.round(server.readyMs)} ms`,
      );
    }
  } finally {
    await server.stop().catch((error: unknown) => check('the end', [String(error)]));
    await endDatabase(postgres);
    await rm(folder, { recursive: true, force: true });
    await rm(postgres, { recursive: true, force: true });
  }
  return { passed: passed(), failures, rounds };
}

async function loadAndKill(work: {
  readonly server: Server;
  readonly postgres: string;
  readonly killed: Round['killed'];
  readonly ledger: Ledger;
  readonly caller: Caller;
  readonly options: Options;
}): Promise<number> {
  const { server, postgres, killed, ledger, caller, options } = work;
  let over = false;
  const before = ledger.acknowledged();
  const clients = Promise.all(Array.from({ length: CLIENTS }, (_, i) => ledger.act(caller, `client-${i}`, () => over)));
  // What was never acknowledged proves nothing, and a busy machine may take longer than the load for a first answer.
  while (ledger.acknowledged() === before) {
    if (await Promise.race([clients, sleep(LOOK_SOON_MS, null)])) break;
  }
  await sleep(LOAD_MS.least + options.chance() * (LOAD_MS.most - LOAD_MS.least));
  const between = () => sleep(options.chance() * BETWEEN_MS);
  if (killed === 'database, then server') {
    await killDatabase(postgres);
    await between();
  }
  await server.kill();
  over = true;
  if (killed === 'server, then database') {
    await between();
    await killDatabase(postgres);
  }
  await clients;
  return ledger.acknowledged() - before;
}

async function withDatabase(
  postgres: string,
  body: (rows: Rows, time: () => Promise<string[]>) => Promise<void>,
): Promise<void> {
  const server = await readPostmaster(postgres);
  if (server.state !== 'ready') throw new Error(`The database is ${server.state} while its server says it is ready`);
  const { app } = await readPasswords(postgres);
  await withRows(`postgres://slotkeeper_app:${app}@127.0.0.1:${server.port}/slotkeeper`, body);
}

/** Where the server said its database is; as root that can be another folder than the one it was given. */
function folderOf(server: Server): string {
  const folder = server.log.find(({ msg }) => msg === 'embedded database is running')?.['folder'];
  if (typeof folder !== 'string') throw new Error('The server did not say where its database is');
  return folder;
}

/** The postmaster alone, as the kernel would when memory runs out; its children see that and go. */
async function killDatabase(postgres: string): Promise<void> {
  const server = await readPostmaster(postgres);
  if ('pid' in server) process.kill(server.pid, 'SIGKILL');
}

/** A database that a later server adopted outlives it. */
async function endDatabase(postgres: string): Promise<void> {
  const server = await readPostmaster(postgres);
  if (!('pid' in server)) return;
  process.kill(server.pid, 'SIGINT');
  while ((await readPostmaster(postgres)).state !== 'none') await sleep(LOOK_EVERY_MS);
}
