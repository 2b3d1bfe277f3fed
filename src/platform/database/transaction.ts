// Transactions: each knows its organisation, is tried again when PostgreSQL asks for it, and its handle dies with it.
// Which rows a transaction may see is the database's to decide, by `app.organisation_id` and `app.scan`.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Transaction as KyselyTransaction } from 'kysely';
import pg from 'pg';
import type { Log } from '../log.ts';
import { acquire, endsConnection, isFarewell, isStalePlan, type Connection } from './connection.ts';
import { Departures, NotRun } from './flight.ts';
import { kyselyOn } from './kysely-on-client.ts';
import { insideTransaction, refuseInsideTransaction, type OpenTransaction } from './open-transaction.ts';
import type { NamedStatement, Statement } from './statement.ts';
import type { Tables } from './tables.ts';

/** Locks in id order make retries rare; five in a row means a fault, not bad luck. */
const ATTEMPTS = 5;
/** About the length of the transaction that was in the way; doubled each time, and jittered so that two part. */
const FIRST_PAUSE_MS = 5;

/** Prepared as every statement that is sent often: parsing it anew costs the server more than doing it. */
const COMMIT: NamedStatement = { name: 'commit', text: 'commit' };
const ROLLBACK: NamedStatement = { name: 'rollback', text: 'rollback' };

export type Transaction = {
  readonly organisationId: number;
  /** Kysely on this transaction's connection. */
  readonly kysely: KyselyTransaction<Tables>;
  /** The rows of a named prepared statement. */
  query<Row extends object>(statement: NamedStatement): Promise<Row[]>;
  /**
   * For the transaction's last statement: the commit goes out right behind it, on the same flight. Nothing is committed where
   * the statement raises, and none may follow.
   */
  readonly last: Transaction;
  /** Runs after the commit and never without it, in the order given. What it throws is logged: the act is done. */
  afterCommit(callback: () => void | Promise<void>): void;
};

/** A transaction that belongs to no organisation. */
export type UnscopedTransaction = Omit<Transaction, 'organisationId'>;

export type TransactionOptions = {
  readonly readOnly?: boolean;
  /** Default: read committed. */
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
};

/** The connection went while the commit was on its way: it may have happened. Look before doing it again. */
export class CommitUnknown extends Error {
  override readonly name = 'CommitUnknown';
  constructor(cause: unknown) {
    super('The connection was lost during commit: whether it happened is not known', { cause });
  }
}

export type Transactor = {
  /** Everything of one organisation. `body` may run several times, so it changes nothing outside the transaction. */
  inOrganisation<T>(
    organisationId: number,
    body: (tx: Transaction) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>;
  /** Queue rows of every organisation, for the purpose named (`app.scan`), as the policies allow. */
  scan<T>(purpose: string, body: (tx: UnscopedTransaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Only what belongs to no organisation. */
  unscoped<T>(body: (tx: UnscopedTransaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
};

export function transactor(connection: Pick<Connection, 'pool' | 'log'>): Transactor {
  return {
    inOrganisation: (organisationId, body, options) => {
      if (!Number.isSafeInteger(organisationId) || organisationId <= 0) {
        throw new TypeError(`${String(organisationId)} is no organisation`);
      }
      // "set local" is not planned, as a call of set_config() would be.
      const setting = `set local app.organisation_id = ${organisationId}`;
      return attempt(connection, setting, organisationId, body, options);
    },
    scan: (purpose, body, options) => {
      if (!/^[a-z][a-z_]{0,40}$/.test(purpose)) throw new TypeError(`"${purpose}" is no purpose of a scan`);
      return attempt(connection, `set local app.scan = '${purpose}'`, null, body, options);
    },
    unscoped: (body, options) => attempt(connection, '', null, body, options),
  };
}

async function attempt<T>(
  connection: Pick<Connection, 'pool' | 'log'>,
  setting: string,
  organisationId: number | null,
  body: (tx: Transaction) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  refuseInsideTransaction('Another transaction');
  const { pool, log } = connection;
  const isolation = options.isolation ?? 'read committed';
  const begin = `begin isolation level ${isolation}${options.readOnly ? ' read only' : ''}`;
  const opening: Statement[] = [{ name: begin, text: begin }];
  if (setting !== '') opening.push({ text: setting });
  for (let tries = 1; ; tries += 1) {
    try {
      const client = await acquire(pool);
      const handle = new Handle(client, organisationId);
      const result = await once(client, opening, handle, body);
      await runAfterCommit(handle.callbacks, log);
      return result;
    } catch (error) {
      // Every connection may hold the old plan, and each is found out only by use.
      const limit = isStalePlan(error) ? ATTEMPTS + pool.options.max : ATTEMPTS;
      if (tries >= limit || !isRetryable(error)) throw error;
      log.debug({ code: error.code, tries }, 'a transaction is tried again');
    }
    await sleep(FIRST_PAUSE_MS * 2 ** Math.min(tries - 1, ATTEMPTS) * (0.5 + Math.random()));
  }
}

/** The body between begin and commit, once. Releases the client in any case. */
async function once<T>(
  client: pg.PoolClient,
  opening: readonly Statement[],
  handle: Handle,
  body: (tx: Transaction) => Promise<T>,
): Promise<T> {
  let discard = false;
  try {
    // Not awaited: the body's first statements leave on the same flight. Were it to fail, they would not run.
    const begun = Promise.all(opening.map((statement) => handle.send(statement)));
    begun.catch(() => undefined);
    let result: T;
    try {
      result = await insideTransaction(handle, () => body(handle));
      await begun;
    } catch (error) {
      handle.open = false;
      discard = endsConnection(error) || endsConnection(handle.failure);
      if (handle.committing) {
        const lost = await settled(handle.committing).then(
          () => null,
          (reason: unknown) => reason,
        );
        if (lost instanceof CommitUnknown) {
          discard = true;
          throw lost;
        }
        // Else the server has ended the transaction, one way or the other.
        if (!(lost instanceof NotRun)) throw error;
      }
      // A rollback that fails has lost its connection, and the transaction with it.
      await handle.send(ROLLBACK).catch(() => (discard = true));
      throw error;
    }
    handle.open = false;
    try {
      await commit(handle.committing ?? handle.send(COMMIT), handle);
    } catch (error) {
      discard = error instanceof CommitUnknown || endsConnection(handle.failure);
      throw error;
    }
    return result;
  } finally {
    client.release(discard);
  }
}

/** What PostgreSQL answers a commit with. */
async function settled(committing: Promise<pg.QueryResult>): Promise<string> {
  try {
    return (await committing).command;
  } catch (error) {
    // An error of the server's own means it did not commit; unless it was only saying goodbye.
    const known = error instanceof NotRun || (error instanceof pg.DatabaseError && !isFarewell(error));
    throw known ? error : new CommitUnknown(error);
  }
}

async function commit(committing: Promise<pg.QueryResult>, handle: Handle): Promise<void> {
  const command = await settled(committing);
  // PostgreSQL answers the commit of a failed transaction with ROLLBACK, and no error.
  if (command !== 'COMMIT') {
    if (isRetryable(handle.failure)) throw handle.failure;
    throw new Error('A statement failed inside a transaction and its body went on: nothing was committed', {
      cause: handle.failure,
    });
  }
}

/** serialization_failure, deadlock_detected (PostgreSQL manual, 13.5), or a plan older than the schema. */
function isRetryable(error: unknown): error is pg.DatabaseError {
  return error instanceof pg.DatabaseError && (error.code === '40001' || error.code === '40P01' || isStalePlan(error));
}

async function runAfterCommit(callbacks: readonly (() => void | Promise<void>)[], log: Log): Promise<void> {
  for (const callback of callbacks) {
    try {
      await callback();
    } catch (error) {
      log.error({ err: error }, 'work after a commit failed');
    }
  }
}

/** Lives from begin until commit or rollback; throws ever after. */
class Handle implements Transaction, OpenTransaction {
  open = true;
  /** The last error a statement met, whether or not the body let it through. */
  failure: unknown;
  /** The commit that was sent behind the last statement. */
  committing: Promise<pg.QueryResult> | undefined;
  readonly callbacks: (() => void | Promise<void>)[] = [];
  readonly #departures: Departures;
  readonly #organisationId: number | null;
  #kysely: KyselyTransaction<Tables> | undefined;

  constructor(client: pg.PoolClient, organisationId: number | null) {
    this.#departures = new Departures(client);
    this.#organisationId = organisationId;
  }

  get organisationId(): number {
    if (this.#organisationId === null) throw new Error('This transaction belongs to no organisation');
    return this.#organisationId;
  }

  get kysely(): KyselyTransaction<Tables> {
    return (this.#kysely ??= kyselyOn((statement) => this.run(statement)));
  }

  get last(): Transaction {
    return new LastStatement(this);
  }

  async query<Row extends object>(statement: NamedStatement): Promise<Row[]> {
    return (await this.run<Row>(statement)).rows;
  }

  send<Row extends object>(statement: Statement): Promise<pg.QueryResult<Row>> {
    return this.#departures.send<Row>(statement);
  }

  afterCommit(callback: () => void | Promise<void>): void {
    this.#refuseFinished();
    this.callbacks.push(callback);
  }

  async run<Row extends object>(statement: Statement): Promise<pg.QueryResult<Row>> {
    this.#refuseFinished();
    if (this.committing) throw new Error('The commit of this transaction is on its way: no statement may follow it');
    try {
      return await this.send<Row>(statement);
    } catch (error) {
      // What kept it from running is what went wrong.
      this.failure = error instanceof NotRun ? error.cause : error;
      throw this.failure;
    }
  }

  async runLast<Row extends object>(statement: Statement): Promise<pg.QueryResult<Row>> {
    const last = this.run<Row>(statement);
    // One that may not run is no statement, and nothing is committed behind it.
    if (!this.open || this.committing) return await last;
    this.committing = this.send(COMMIT);
    // Heard by whoever opened the transaction, once its body has ended.
    this.committing.catch(() => undefined);
    return await last;
  }

  #refuseFinished(): void {
    if (!this.open) throw new Error('This transaction has ended: its handle was used after commit or rollback');
  }
}

/** A transaction as its last statement sees it. */
class LastStatement implements Transaction {
  readonly #handle: Handle;

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  get organisationId(): number {
    return this.#handle.organisationId;
  }

  get kysely(): KyselyTransaction<Tables> {
    return kyselyOn((statement) => this.#handle.runLast(statement));
  }

  get last(): Transaction {
    return this;
  }

  async query<Row extends object>(statement: NamedStatement): Promise<Row[]> {
    return (await this.#handle.runLast<Row>(statement)).rows;
  }

  afterCommit(callback: () => void | Promise<void>): void {
    this.#handle.afterCommit(callback);
  }
}
