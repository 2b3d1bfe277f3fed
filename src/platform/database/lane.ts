// Lets short reads that need no transaction share connections: they follow each other on one wire without waiting for
// answers, which spares both sides a wake-up each. What such a read asks is its room's; it must never wait for a lock, nor
// be long, for all behind it wait.
import type pg from 'pg';
import { acquire, endsConnection, isStalePlan, run } from './connection.ts';
import { refuseInsideTransaction } from './open-transaction.ts';
import type { NamedStatement } from './statement.ts';

/** Reads on one wire before another connection is taken: more would wait longer for each other than for a connection. */
const DEPTH = 8;
/** Of the pool, what reads may hold: the rest is for transactions. */
const SHARE = 0.4;

type Lane = { readonly client: Promise<pg.PoolClient>; connected: boolean; open: number; discard: boolean };

/** Lists, not sets: see UnderWay. */
const lanesOf = new WeakMap<pg.Pool, { open: readonly Lane[] }>();

/** The rows of a named prepared statement that only reads, on a connection that other reads may be using. */
export async function readOnLane<Row extends object>(pool: pg.Pool, statement: NamedStatement): Promise<Row[]> {
  refuseInsideTransaction('The pool');
  // Every connection may hold a stale plan, and each is found out only by use.
  for (let tries = 0; ; tries += 1) {
    const lane = join(pool);
    try {
      return (await run<Row>(await lane.client, statement)).rows;
    } catch (error) {
      // It has failed somebody.
      close(pool, lane);
      lane.discard ||= endsConnection(error);
      if (!isStalePlan(error) || tries > pool.options.max) throw error;
    } finally {
      lane.open -= 1;
      if (lane.open === 0) leave(pool, lane);
    }
  }
}

function join(pool: pg.Pool): Lane {
  // Where a transaction waits for a connection, lanes in use end with who is on them, so that it gets its turn.
  const lanes = of(pool).open.filter(({ connected }) => !(connected && pool.waitingCount > 0));
  let best: Lane | undefined;
  for (const lane of lanes) if (!best || lane.open < best.open) best = lane;
  const most = Math.max(1, Math.floor(pool.options.max * SHARE));
  if (!best || (best.open >= DEPTH && lanes.length < most)) {
    best = { client: acquire(pool), connected: false, open: 0, discard: false };
    lanes.push(best);
    const lane = best;
    // A connection that is not to be had fails those who wait for it, each for itself.
    lane.client.then(
      () => (lane.connected = true),
      () => close(pool, lane),
    );
  }
  of(pool).open = lanes;
  best.open += 1;
  return best;
}

function leave(pool: pg.Pool, lane: Lane): void {
  close(pool, lane);
  lane.client.then(
    (client) => client.release(lane.discard),
    () => undefined,
  );
}

/** Nobody else joins it. */
function close(pool: pg.Pool, lane: Lane): void {
  of(pool).open = of(pool).open.filter((one) => one !== lane);
}

function of(pool: pg.Pool) {
  let lanes = lanesOf.get(pool);
  if (!lanes) lanesOf.set(pool, (lanes = { open: [] }));
  return lanes;
}
