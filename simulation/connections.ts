// The connections of a lane: as the product connects, but that no true time ends anything. Opened as they are needed, since each
// costs the server more than a seed's statement does, and given out last back first, so that few have to prepare anything.
import type pg from 'pg';
import { connect } from '../src/platform/database/connection.ts';
import type { Log } from '../src/platform/log.ts';
import { haltOf, type Halt } from './halt.ts';

/** Of all the machines of a world, and of those that died meanwhile. */
const MOST = 20;
/** As many as one step of a world can take. */
const AT_HAND = 6;
/** For what is done before a world begins, and what is looked up in it: of two practices at once. */
const SPARE = 2;
/** However busy the machine: who waits too long is the world's to say, by its own time. */
const NO_LIMIT_MS = 24 * 3_600_000;

export type Connections = {
  /** For what is done before a world begins. */
  readonly pool: pg.Pool;
  readonly sleepers: Halt;
  /** Opens some where few are left. Call it before each step: whoever takes one does not wait for it. */
  ready(): Promise<void> | undefined;
  take(): pg.PoolClient;
  /** With no transaction open on it. */
  giveBack(client: pg.PoolClient): void;
  /** Once all have been given back. */
  readonly closeConnections: () => Promise<void>;
};

export async function openConnections(url: string, database: string, log: Log): Promise<Connections> {
  const connection = await connect({ url, max: MOST + SPARE, log, answerTimeoutMs: NO_LIMIT_MS });
  const { pool } = connection;
  Object.assign(pool.options, { idleTimeoutMillis: 0, connectionTimeoutMillis: 0 });
  const spare = await Promise.all(Array.from({ length: SPARE }, () => open(pool)));
  for (const client of spare) client.release();
  const sleepers = haltOf(database);
  const free: pg.PoolClient[] = [];
  let opened = 0;
  const more = async (): Promise<void> => {
    const count = Math.min(AT_HAND, MOST - opened);
    opened += count;
    const clients = await Promise.all(Array.from({ length: count }, () => open(pool)));
    for (const client of clients) await sleepers.watch((client as unknown as { processID: number }).processID);
    free.push(...clients);
  };
  await more();
  return {
    pool,
    sleepers,
    ready: () => (free.length < AT_HAND && opened < MOST ? more() : undefined),
    take: () => {
      const client = free.pop();
      if (!client) throw new Error('all connections are in use');
      return client;
    },
    giveBack: (client) => void free.push(client),
    closeConnections: async () => {
      sleepers.close();
      for (const client of free) client.release();
      await connection.close();
    },
  };
}

async function open(pool: pg.Pool): Promise<pg.PoolClient> {
  const client = await pool.connect();
  const limits = ['lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout'];
  await client.query(`${limits.map((name) => `set ${name} = 0; `).join('')}set application_name = 'simulation'`);
  return client;
}
