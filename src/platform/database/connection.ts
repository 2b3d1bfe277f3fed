// One pool of connections to PostgreSQL, every one of them below row-level security: a login that could pass it starts
// its connections as `slotkeeper_app`. What a transaction is, is told in transaction.ts; who made the role, in migrate.ts.
import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Log } from '../log.ts';
import { Refusal } from '../refusal.ts';
import { watchAnswers } from './answer-watch.ts';
import { dropSocket, onDirect } from './direct.ts';
import { Departures } from './flight.ts';
import { GatheringSocket } from './gathering-socket.ts';
import { refuseInsideTransaction } from './open-transaction.ts';
import type { NamedStatement, Statement } from './statement.ts';
import type { Tables } from './tables.ts';
import { typeParsers } from './type-parsers.ts';

export const APP_ROLE = 'slotkeeper_app';

/** Ten busy connections keep two cores of PostgreSQL full; more only queue inside the server. */
const POOL_SIZE = 10;
/** No statement of a request may take longer: the caller has long gone. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** Locks are taken in id order and held for milliseconds; five seconds of waiting means something is stuck. */
const LOCK_TIMEOUT_MS = 5_000;
/** No network is touched inside a transaction, so an idle one has lost its owner. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 15_000;
/** Past this a caller is better told to come back: covers both waiting for a free connection and a new login. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Longer than the server's own limit, so it fires only where the server can no longer answer (a dead link): after this, and
 *  before twice as long. */
const ANSWER_TIMEOUT_MS = 12_000;
/** Below the idle limits of common load balancers and NATs (350 s and less). */
const KEEP_ALIVE_DELAY_MS = 60_000;
/** Logging in costs as much as some hundred statements, so connections stay over a quiet minute. */
const IDLE_CONNECTION_MS = 60_000;

/** For the goodbye of a connection. */
const CLOSE_TIMEOUT_MS = 2_000;

export type Connection = {
  readonly pool: pg.Pool;
  /** For what needs no organisation and no transaction. Throws inside a transaction. */
  readonly db: Kysely<Tables>;
  /** True where the login itself is held by row-level security; false where connections start as `slotkeeper_app`. */
  readonly ownRole: boolean;
  readonly serverVersion: number;
  readonly log: Log;
  close(): Promise<void>;
};

export type ConnectOptions = {
  readonly url: string;
  readonly max?: number;
  readonly log: Log;
  readonly applicationName?: string;
  readonly answerTimeoutMs?: number;
};

/** Opens the pool. Throws where the login could pass row-level security and cannot become `slotkeeper_app`. */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const { log, answerTimeoutMs: answerMs = ANSWER_TIMEOUT_MS } = options;
  const { ownRole, serverVersion } = await probe(options.url, answerMs);
  const pool = new pg.Pool({
    connectionString: withStartupOptions(options.url, [
      ...(ownRole ? [] : [`-c role=${APP_ROLE}`]),
      // Text forms of instants and dates must not depend on how the server was set up.
      '-c TimeZone=UTC',
      '-c DateStyle=ISO',
      // Every statement finds its rows by key, so one plan is right for all values. Left to itself the server may plan the
      // hot read anew each time, at four times its cost.
      '-c plan_cache_mode=force_generic_plan',
    ]),
    max: options.max ?? POOL_SIZE,
    types: typeParsers,
    // Statements of one transaction need not wait for each other's answers (see transaction.ts).
    pipeline: true,
    stream: () => new GatheringSocket(),
    application_name: options.applicationName ?? 'slotkeeper',
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_CONNECTION_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
  });
  // Only its words: the error carries the whole client, with the key that cancels its statements.
  pool.on('error', ({ message }) => log.warn({ reason: message }, 'an idle database connection was lost'));
  const clients = new Set<pg.PoolClient>();
  pool.on('connect', (client) => {
    clients.add(client);
    watchAnswers(client, answerMs);
    client.once('end', () => clients.delete(client));
    // A client in use has no listener of the pool, and an 'error' event nobody hears ends the process. Whoever is using
    // it gets the same error from its statement.
    client.on('error', () => undefined);
  });

  let closing: Promise<void> | undefined;
  return {
    pool,
    db: new Kysely<Tables>({ dialect: new PostgresDialect({ pool: guarded(pool) }) }),
    ownRole,
    serverVersion,
    log,
    close: () => (closing ??= endAll(pool, clients, 2 * answerMs)),
  };
}

/**
 * The pool says it has ended when all were given back and it has asked its connections to go; this waits until they went. By
 * `withinMs` whoever waited for an answer was told, and has given back; a connection that is still there is dropped.
 */
async function endAll(pool: pg.Pool, clients: ReadonlySet<pg.PoolClient>, withinMs: number): Promise<void> {
  await Promise.race([pool.end(), sleep(withinMs, undefined, { ref: false })]);
  const gone = Promise.all([...clients].map((client) => new Promise<void>((resolve) => client.once('end', resolve))));
  await Promise.race([gone, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
  for (const client of clients) dropSocket(client);
}

/** A connection of the pool; `overloaded` where none came free in time. Release it without an error: the pool itself
 *  drops broken ones, and dropping a sound one costs the next caller a login. */
export async function acquire(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    if (error instanceof Error && error.message === 'timeout exceeded when trying to connect') {
      throw new Refusal('overloaded', 'The server is busy. Try again in a moment.', { retryAfterSeconds: 1 });
    }
    throw error;
  }
}

/** One statement on a connection of its own. Unlike `pool.query()` it keeps the connection when the statement raises. */
export async function query<Row extends object>(pool: pg.Pool, statement: Statement): Promise<pg.QueryResult<Row>> {
  refuseInsideTransaction('The pool');
  // Every connection may hold a stale plan, and each is found out only by use. Nothing has run then.
  for (let tries = 0; ; tries += 1) {
    const client = await acquire(pool);
    let discard = false;
    try {
      return await run<Row>(client, statement);
    } catch (error) {
      discard = endsConnection(error);
      if (!isStalePlan(error) || tries > pool.options.max) throw error;
    } finally {
      client.release(discard);
    }
  }
}

/** The rows of a named prepared statement, on a pool or on a client already held: the form for hot reads. */
export async function named<Row extends object>(
  target: pg.Pool | pg.ClientBase,
  statement: NamedStatement,
): Promise<Row[]> {
  const result = target instanceof pg.Pool ? await query<Row>(target, statement) : await run<Row>(target, statement);
  return result.rows;
}

/** One statement by itself, so that what it raises is nobody else's. */
export function run<Row extends object>(client: pg.ClientBase, statement: Statement): Promise<pg.QueryResult<Row>> {
  return new Departures(client).send<Row>(statement);
}

/** A table changed under a prepared statement (a migration ran meanwhile): only a new connection forgets the old plan. */
export function isStalePlan(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '0A000' && error.routine === 'RevalidateCachedQuery';
}

/** The server's last words on a connection: shutdown, crash, an administrator, an idle limit (57Pxx, 25P03, 08xxx). */
export function isFarewell(error: unknown): boolean {
  return error instanceof pg.DatabaseError && /^(?:57P|25P03|08)/.test(error.code ?? '');
}

/** Whether the connection must go with the error. Those whose socket broke the pool drops by itself; here are the ones
 *  whose socket has not closed yet, and those that would fail again. */
export function endsConnection(error: unknown): boolean {
  return isStalePlan(error) || isFarewell(error);
}

/** Adds to the startup options a URL may already carry. Written on the text: a URL without host is no URL to WHATWG. */
export function withStartupOptions(url: string, options: readonly string[]): string {
  const given = /[?&]options=([^&]*)/.exec(url)?.[1];
  const all = [...(given ? [decodeURIComponent(given)] : []), ...options].join(' ');
  return `${url}${url.includes('?') ? '&' : '?'}options=${encodeURIComponent(all)}`;
}

async function probe(url: string, answerMs: number): Promise<{ ownRole: boolean; serverVersion: number }> {
  return await onDirect({ connectionString: url, answerMs }, async (client) => {
    const { rows } = await client.query<{ login: string; passes: boolean; member: boolean | null; version: number }>(
      `select r.rolname as login, r.rolsuper or r.rolbypassrls as passes,
              (select pg_has_role(r.oid, a.oid, 'member') from pg_roles a where a.rolname = $1) as member,
              current_setting('server_version_num')::int as version
         from pg_roles r where r.rolname = current_user`,
      [APP_ROLE],
    );
    const found = rows[0];
    if (!found) throw new Error('The database did not say who we are');
    if (found.passes && !found.member) {
      throw new Error(
        `The database login "${found.login}" passes row-level security and is no member of "${APP_ROLE}": run the ` +
          `migrations first, or connect with a login that is neither superuser nor BYPASSRLS.`,
      );
    }
    return { ownRole: !found.passes, serverVersion: found.version };
  });
}

/** The pool as Kysely sees it: it cannot be reached from inside a transaction, nor ended by Kysely. */
function guarded(pool: pg.Pool) {
  return {
    options: pool.options,
    connect: () => {
      refuseInsideTransaction('The connection');
      return acquire(pool);
    },
    end: () => Promise.resolve(),
  };
}
