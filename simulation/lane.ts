// What worlds are played on, one after the other: a database of its own with connections kept open, and a sandbox in memory.
// Each world founds its own organisations in it, so that nothing is made anew between two seeds.
import { createHash } from 'node:crypto';
import pg from 'pg';
import { named } from '../src/platform/database/connection.ts';
import { typeParsers } from '../src/platform/database/type-parsers.ts';
import { createLog, type Log } from '../src/platform/log.ts';
import { openSandbox, type OpenSandbox } from '../src/sandbox/sandbox.ts';
import type { Clock } from '../src/platform/time/clock.ts';
import { openConnections, type Connections } from './connections.ts';

export type Lane = Omit<Connections, 'closeConnections'> & {
  readonly sandbox: OpenSandbox;
  readonly log: Log;
  /** Whose time the sandbox goes by. */
  clock: Clock;
  /** Who holds up whom: of these connections, those that sleep until a lock is free, each with those it waits for. */
  blockers(pids: readonly number[]): Promise<ReadonlyMap<number, readonly number[]>>;
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
  const { closeConnections, ...connections } = await openConnections(at.url, database, log);
  let clock: Clock | undefined;
  const lane: Lane = {
    ...connections,
    log,
    sandbox: openSandbox({ clock: { now: () => lane.clock.now() }, log, postsDue: false }),
    get clock() {
      if (!clock) throw new Error('no world is played here');
      return clock;
    },
    set clock(next: Clock) {
      clock = next;
    },
    blockers: async (pids) => {
      const rows = await named<{ pid: number; by: number[] }>(side, {
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
    cancel: async (pid) => void (await side.query('select pg_cancel_backend($1)', [pid])),
    // Asked again and again in the same words; planned once.
    rows: <Row extends object>(text: string, values: readonly unknown[] = []) =>
      named<Row>(side, { name: nameOf(text), text, values }),
    close: async () => {
      await lane.sandbox.close();
      await closeConnections();
      await side.end();
    },
  };
  return lane;
}
