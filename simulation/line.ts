// A connection as a simulated process holds it, and what it asks on it: one statement, or a flight of several.
import pg from 'pg';
import type { Machine } from './world.ts';

/** What the driver takes: one statement, or a flight of several (see platform/database/flight.ts). */
export type Query = {
  readonly statements?: readonly {
    name?: string;
    text: string;
    handleCommandComplete: (message: unknown, wire: unknown) => void;
    handleError: (error: Error, wire: unknown) => void;
  }[];
  readonly name?: string;
  readonly text: string;
  submit(wire: unknown): Error | null;
  handleReadyForQuery(wire: unknown): void;
  handleError(error: Error, wire: unknown): void;
};

export type Errand = {
  readonly line: Line;
  readonly query: Query;
  readonly names: string;
  state: 'waiting' | 'out' | 'parked' | 'done';
  isHeard: boolean;
  /** Once it is done; set when it is sent. */
  answered: Promise<void>;
  /** Gives the answer to whoever asked. */
  deliver: (instead?: Error) => void;
};

/** A connection as a process holds it. */
export class Line {
  readonly machine: Machine;
  readonly real: pg.PoolClient;
  readonly pid: number;
  readonly #ask: (query: Query) => void;
  errand: Errand | null = null;
  lost = false;
  /** When the server last answered on it. */
  idleSinceMs = 0;
  /** What an end that we brought about is to look like. */
  verdict: { code?: string; message?: string } = {};
  release: (discard?: boolean) => void = () => undefined;

  constructor(machine: Machine, real: pg.PoolClient, ask: (query: Query) => void) {
    this.machine = machine;
    this.real = real;
    this.pid = (real as unknown as { processID: number }).processID;
    this.#ask = ask;
  }

  /** A transaction is open on it that has not failed: none of its locks has been given up. */
  get holds(): boolean {
    return this.real.getTransactionStatus() === 'T';
  }

  /** The server has something to do for it, or the driver an answer that nobody has heard yet. */
  get isAsked(): boolean {
    return this.errand !== null && this.errand.state !== 'waiting' && !this.errand.isHeard;
  }

  query(asked: Query | { name?: string; text: string; values?: unknown[] }): Promise<unknown> | undefined {
    if ('submit' in asked) {
      this.#ask(asked);
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const told = (error: Error | null, result: unknown): void => (error ? reject(error) : resolve(result));
      const made = new (pg.Query as unknown as new (config: object, callback: typeof told) => Query)(asked, told);
      this.#ask(made);
    });
  }
}

export function fail(query: Query, error: Error): void {
  query.handleError(error, { submittedNamedStatements: {} });
}

/** By text: of statements without a name there are few. */
const shortened = new Map<string, string>();

export function namesOf({ statements, name, text }: Query): string {
  return (statements ?? [{ name: name ?? '', text }])
    .map((one) => one.name || shorten(one.text))
    .filter((one) => !one.startsWith('begin') && !one.startsWith('set local'))
    .join(', ');
}

function shorten(text: string): string {
  if (text.startsWith('set local')) return text;
  const known = shortened.get(text);
  if (known !== undefined) return known;
  const short = text
    .replace(/\s+/g, ' ')
    .replaceAll(/\d{4,}/g, '#')
    .slice(0, 40);
  shortened.set(text, short);
  return short;
}
