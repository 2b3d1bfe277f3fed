// Statements of one moment on one connection: sent in one piece, under one Sync, and so answered in one piece (PostgreSQL
// manual, 54.2.4, Pipelining). Each by itself would cost both sides a message more, a flush and a waking. They run in order;
// one that raises keeps those behind it from running.
import pg from 'pg';
import type { Statement } from './statement.ts';

/** A statement that did not run, because one before it on the same flight raised: `cause` says what. */
export class NotRun extends Error {
  override readonly name = 'NotRun';
  constructor(cause: unknown) {
    super('The statement did not run: one before it failed', { cause });
  }
}

/** Gathers what is asked of a connection in one go of the program, and sends it as one flight. */
export class Departures {
  readonly #client: pg.ClientBase;
  #waiting: Asked[] = [];

  constructor(client: pg.ClientBase) {
    this.#client = client;
  }

  /** Rejects with what the server says, with NotRun, or with the loss of the connection. */
  async send<Row extends object>({ name, text, values }: Statement): Promise<pg.QueryResult<Row>> {
    try {
      return await new Promise<pg.QueryResult<Row>>((resolve, reject) => {
        // The driver copies a configuration with care, and a text at once.
        const query = new Asked(text, values, (error, result) => {
          if (error) reject(error);
          else resolve(result as pg.QueryResult<Row>);
        });
        query.name = name;
        query.queryMode = 'extended';
        this.#waiting.push(query);
        // After the promises that are ready now, and so with the statements they ask for.
        if (this.#waiting.length === 1) process.nextTick(() => this.#depart());
      });
    } catch (error) {
      // Its own leads no further than to the socket it was read from.
      if (error instanceof Error) Error.captureStackTrace(error);
      throw error;
    }
  }

  #depart(): void {
    this.#client.query(new Flight(this.#waiting) as unknown as pg.Query);
    this.#waiting = [];
  }
}

/** Of pg/lib/connection.js, as far as it is used here; the driver's version is pinned. */
type Wire = {
  readonly submittedNamedStatements: Record<string, string>;
  readonly stream: { cork(): void; uncork(): void };
  sync(): void;
};

/** Of pg/lib/result.js: what rows are made with. */
type Columns = { fields: unknown; _parsers: unknown; _prebuiltEmptyResultObject: unknown };

/** Of pg/lib/query.js. */
type DriverQuery = {
  get name(): string | undefined;
  set name(name: string | undefined);
  get text(): string;
  set text(text: string);
  queryMode: 'extended' | undefined;
  readonly _result: Columns & { _types: unknown };
  _accumulateRows: boolean;
  hasBeenParsed(wire: Wire): boolean;
  submit(wire: Wire): Error | null;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, wire: Wire): void;
  handleReadyForQuery(wire: Wire): void;
  handleError(error: Error, wire: Wire): void;
};
const DriverQuery = pg.Query as unknown as new (
  text: string,
  values: readonly unknown[] | undefined,
  callback: (error: Error | null, result: unknown) => void,
) => DriverQuery;

type Aboard = {
  /**
   * The same connection, on which a statement cannot end the flight it is on; nor does one whose values cannot be written take
   * away what its name stands for, which others have prepared.
   */
  readonly silent: Wire;
  /** One on which a statement does not ask what columns its rows have, either. */
  readonly terse: Wire;
  /**
   * By the name of a statement. A prepared statement's never change: the server raises before (`isStalePlan`). Describing them
   * at each use, and making them out, costs both sides more than most rows do.
   */
  readonly columns: Map<string, Columns>;
};

const aboard = new WeakMap<Wire, Aboard>();

function aboardOf(wire: Wire): Aboard {
  const nothing = { value: () => undefined };
  let known = aboard.get(wire);
  if (!known) {
    const silent = Object.create(wire, { sync: nothing, close: nothing }) as Wire;
    const terse = Object.create(silent, { describe: nothing }) as Wire;
    aboard.set(wire, (known = { silent, terse, columns: new Map() }));
  }
  return known;
}

/** A statement that remembers why it failed: the driver tells nobody else of a value that it could not write. */
class Asked extends DriverQuery {
  fault: Error | null = null;

  override submit(wire: Wire): Error | null {
    const { silent, terse, columns } = aboardOf(wire);
    const known = this.name !== undefined && this.hasBeenParsed(wire) ? columns.get(this.name) : undefined;
    if (!known) return super.submit(silent);
    Object.assign(this._result, known);
    this._accumulateRows = true;
    return super.submit(terse);
  }

  override handleCommandComplete(message: unknown, wire: Wire): void {
    super.handleCommandComplete(message, wire);
    const { columns } = aboardOf(wire);
    if (this.name === undefined || columns.has(this.name)) return;
    const { fields, _parsers, _prebuiltEmptyResultObject } = this._result;
    columns.set(this.name, { fields, _parsers, _prebuiltEmptyResultObject });
  }

  override handleError(error: Error, wire: Wire): void {
    this.fault = error;
    super.handleError(error, wire);
  }
}

/** To the driver it is one query; what the server answers goes to the statement whose turn it is. */
class Flight extends DriverQuery {
  readonly statements: readonly Asked[];
  #at = 0;
  /** What kept a statement from being sent. */
  #fault: Error | null = null;

  constructor(statements: readonly Asked[]) {
    super('', undefined, () => undefined);
    this.statements = statements;
  }

  // What the driver asks of the query at hand, when a statement has been parsed or has raised.
  override get name(): string | undefined {
    return this.#current?.name;
  }
  override set name(_name: string | undefined) {}
  override get text(): string {
    return this.#current?.text ?? '';
  }
  override set text(_text: string) {}

  override submit(wire: Wire): Error | null {
    wire.stream.cork();
    try {
      for (const statement of this.statements) {
        statement._result._types = this._result._types;
        this.#fault = statement.submit(wire) ?? statement.fault;
        // What is behind it would get its answers, and a commit would be done without it.
        if (this.#fault) break;
      }
    } finally {
      wire.sync();
      wire.stream.uncork();
    }
    return null;
  }

  override handleRowDescription(message: unknown): void {
    this.#current?.handleRowDescription(message);
  }

  override handleDataRow(message: unknown): void {
    this.#current?.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, wire: Wire): void {
    this.#current?.handleCommandComplete(message, wire);
    this.#at += 1;
  }

  override handleReadyForQuery(wire: Wire): void {
    if (this.#fault) return this.handleError(this.#fault, wire);
    for (const statement of this.statements) statement.handleReadyForQuery(wire);
    super.handleReadyForQuery(wire);
  }

  /** Once for each flight. After an error of its own the server passes over everything up to the Sync; where the connection
   *  went, nobody knows how far it came. */
  override handleError(error: Error, wire: Wire): void {
    const passedOver = error instanceof pg.DatabaseError || error === this.#fault;
    this.statements.forEach((statement, at) => {
      if (at < this.#at) return statement.handleReadyForQuery(wire);
      if (at === this.#at) return statement.handleError(error, wire);
      if (statement.name !== undefined) delete wire.submittedNamedStatements[statement.name];
      statement.handleError(passedOver ? new NotRun(error) : error, wire);
    });
    super.handleError(error, wire);
  }

  get #current(): DriverQuery | undefined {
    return this.statements[this.#at];
  }
}
