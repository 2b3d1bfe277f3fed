// What worlds are played on, one after the other: a database of its own with connections kept open, and a sandbox in memory.
// Each world founds its own organisations in it, so that nothing is made anew between two seeds.
import { createHash } from 'node:crypto';
import pg from 'pg';
import { connect, type Connection } from '../src/platform/database/connection.ts';
import { typeParsers } from '../src/platform/database/type-parsers.ts';
import { createLog, type Log } from '../src/platform/log.ts';
import { openSandbox, type OpenSandbox } from '../src/sandbox/sandbox.ts';
import type { Clock } from '../src/platform/time/clock.ts';
import { haltOf, type Halt } from './halt.ts';

/** Of all the machines of a world, and of those that died meanwhile. */
const MOST_CONNECTIONS = 20;
/** As many as one step of a world can take. */
const AT_HAND = 6;
/** For what is done before a world begins, and what is looked up in it: of two practices at once. */
const SPARE = 2;
/** However busy the machine: who waits too long is the world's to say, by its own time. */
const NO_LIMIT_MS = 24 * 3_600_000;

export type Lane = {
  readonly sandbox: OpenSandbox;
  readonly log: Log;
  /** Whose time the sandbox goes by. */
  clock: Clock;
  /** For what is done before a world begins. */
  readonly pool: pg.Pool;
  /** Opens some where few are left. Call it before each step: whoever takes one does not wait for it. */
  ready(): Promise<void> | undefined;
  take(): pg.PoolClient;
  /** Ends whatever transaction is open on it. */
  giveBack(client: pg.PoolClient): Promise<void>;
  giveBackClean(client: pg.PoolClient): void;
  /** Who holds up whom: of these connections, those that sleep until a lock is free, each with those it waits for. */
  blockers(pids: readonly number[]): Promise<ReadonlyMap<number, readonly number[]>>;
  readonly sleepers: Halt;
  /** What it waits for; halted, it ends it once it goes on. */
  cancel(pid: number): Promise<void>;
  /** Whoever goes round all practices meets them no more; what was theirs stays behind. */
  forget(organisations: readonly number[]): Promise<void>;
  /** As the owner, past row-level security. */
  rows<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
};

const names = new Map<string, string>();

function nameOf(text: string): string {
  const name = names.get(text) ?? createHash('sha1').update(text).digest('hex');
  names.set(text, name);
  return name;
}

/** As the product connects, but that no true time ends anything. */
async function poolAt(url: string, log: Log): Promise<Connection> {
  const max = MOST_CONNECTIONS + SPARE;
  const connection = await connect({ url, max, log, answerTimeoutMs: NO_LIMIT_MS });
  Object.assign(connection.pool.options, { idleTimeoutMillis: 0, connectionTimeoutMillis: 0 });
  return connection;
}

async function open(pool: pg.Pool): Promise<pg.PoolClient> {
  const client = await pool.connect();
  const limits = ['lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout'];
  await client.query(`${limits.map((name) => `set ${name} = 0; `).join('')}set application_name = 'simulation'`);
  return client;
}

/** `ownerUrl`: a superuser's login, so that all rows can be examined. */
export async function openLane(at: { readonly url: string; readonly ownerUrl: string }): Promise<Lane> {
  const log = createLog('error');
  const side = new pg.Client({ connectionString: at.ownerUrl, types: typeParsers });
  await side.connect();
  const asked = await side.query<{ database: string }>('select current_database() as database');
  const [{ database }] = asked.rows as [{ database: string }];
  // What is asked of it is planned once.
  await side.query('set plan_cache_mode = force_generic_plan');
  // Circles are the world's to find; the server would look by true time, and with its locks in hand.
  await side.query(`alter database ${pg.escapeIdentifier(database)} set deadlock_timeout = '1h'`);
  const connection = await poolAt(at.url, log);
  const { pool } = connection;
  const spare = await Promise.all(Array.from({ length: SPARE }, () => open(pool)));
  for (const client of spare) client.release();
  const sleepers = haltOf(database);
  const free: pg.PoolClient[] = [];
  let opened = 0;
  const more = async (): Promise<void> => {
    const count = Math.min(AT_HAND, MOST_CONNECTIONS - opened);
    opened += count;
    const clients = await Promise.all(Array.from({ length: count }, () => open(pool)));
    for (const client of clients) await sleepers.watch((client as unknown as { processID: number }).processID);
    free.push(...clients);
  };
  await more();
  let clock: Clock | undefined;
  const lane: Lane = {
    log,
    sandbox: openSandbox({ clock: { now: () => lane.clock.now() }, log, postsDue: false }),
    get clock() {
      if (!clock) throw new Error('no world is played here');
      return clock;
    },
    set clock(next: Clock) {
      clock = next;
    },
    pool,
    ready: () => (free.length < AT_HAND && opened < MOST_CONNECTIONS ? more() : undefined),
    take: () => {
      const client = free.pop();
      if (!client) throw new Error('all connections are in use');
      return client;
    },
    giveBack: async (client) => {
      await client.query('rollback');
      free.push(client);
    },
    giveBackClean: (client) => void free.push(client),
    blockers: async (pids) => {
      const { rows } = await side.query<{ pid: number; by: number[] }>({
        name: 'blockers',
        text: `select pid, pg_blocking_pids(pid) as by from unnest($1::int[]) pid
                where exists (select from pg_stat_get_activity(pid) where wait_event_type = 'Lock')`,
        values: [pids],
      });
      return new Map(rows.filter(({ by }) => by.length > 0).map(({ pid, by }) => [pid, by]));
    },
    forget: async (organisations) => {
      await side.query('set session_replication_role = replica');
      await side.query('delete from organisation where organisation_id = any($1)', [organisations]);
      await side.query('set session_replication_role = origin');
    },
    sleepers,
    cancel: async (pid) => void (await side.query('select pg_cancel_backend($1)', [pid])),
    rows: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
      // Asked again and again in the same words; planned once.
      (await side.query<Row>({ name: nameOf(text), text, values: [...values] })).rows,
    close: async () => {
      sleepers.close();
      await lane.sandbox.close();
      for (const client of free) client.release();
      await connection.close();
      await side.end();
    },
  };
  return lane;
}
