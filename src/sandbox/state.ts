// The sandbox's memory: one SQLite table of JSON objects with an owner, a stretch of time and tags to find them by.
// It knows no provider; each emulator keeps its objects in its own typed drawer.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

export type Kept<T> = {
  readonly id: string;
  /** The calendar, mailbox or host it belongs to. */
  readonly owner: string;
  /** False once deleted or cancelled: kept, because providers remember the id. */
  readonly live: boolean;
  /** Epoch milliseconds of its stretch of time, for ranges and for order. */
  readonly starts: number;
  readonly ends: number;
  readonly tags: readonly string[];
  readonly body: T;
};

export type Wanted = {
  readonly owner?: string;
  readonly live?: boolean;
  readonly startsBefore?: number;
  readonly startsFrom?: number;
  readonly endsAfter?: number;
  readonly endsBefore?: number;
  /** All of them must be on the object. */
  readonly tags?: readonly string[];
  readonly skip?: number;
  readonly limit: number;
};

export type Drawer<T> = {
  find(id: string): Kept<T> | undefined;
  put(kept: Kept<T>): void;
  /** In order of start, then of first arrival. */
  list(wanted: Wanted): Kept<T>[];
  count(wanted: Omit<Wanted, 'limit' | 'skip'>): number;
  remove(wanted: { readonly id: string } | { readonly endsBefore: number } | 'all'): void;
};

export type State = {
  drawer<T>(kind: string): Drawer<T>;
  /** Runs `work` (which must not wait) whole or not at all; committed when it returns. */
  transaction<R>(work: () => R): R;
  close(): void;
};

const LAYOUT = `
  pragma busy_timeout = 5000;
  pragma journal_mode = wal;
  create table if not exists object (
    seq integer primary key autoincrement, kind text not null, id text not null, owner text not null,
    live integer not null, starts integer not null, ends integer not null, tags text not null, body text not null,
    unique (kind, id));
  create index if not exists object_by_owner on object (kind, owner, starts);
  create index if not exists object_by_start on object (kind, starts);
  create table if not exists tag (kind text not null, tag text not null, id text not null,
    primary key (kind, tag, id)) without rowid;`;

/** Opens (or makes) the memory in `folder`; without one it lasts as long as it is open. */
export function openState(folder: string | undefined): State {
  if (folder !== undefined) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(folder === undefined ? ':memory:' : join(folder, 'sandbox.sqlite'));
  database.exec(LAYOUT);
  // NORMAL in WAL mode outlives the death of the process at any moment, which is what the sandbox promises; only a
  // power cut can take the last commits, and no flush of the disk then stalls the process that hosts it.
  database.exec('pragma synchronous = normal');
  const prepared = new Map<string, StatementSync>();
  const sql = (text: string): StatementSync => {
    const known = prepared.get(text);
    if (known) return known;
    const made = database.prepare(text);
    prepared.set(text, made);
    return made;
  };
  let inside = false;
  const transaction = <R>(work: () => R): R => {
    if (inside) return work();
    database.exec('begin immediate');
    inside = true;
    try {
      const result = work();
      database.exec('commit');
      return result;
    } catch (error) {
      database.exec('rollback');
      throw error;
    } finally {
      inside = false;
    }
  };
  return { drawer: (kind) => drawer(kind, sql, transaction), transaction, close: () => database.close() };
}

function drawer<T>(
  kind: string,
  sql: (text: string) => StatementSync,
  transaction: <R>(work: () => R) => R,
): Drawer<T> {
  return {
    find: (id) => {
      const row = sql('select * from object where kind = ? and id = ?').get(kind, id);
      return row && read<T>(row);
    },
    put: (kept) =>
      transaction(() => {
        sql(
          `insert into object (kind, id, owner, live, starts, ends, tags, body) values (?, ?, ?, ?, ?, ?, ?, ?)
           on conflict (kind, id) do update set owner = excluded.owner, live = excluded.live, starts = excluded.starts,
             ends = excluded.ends, tags = excluded.tags, body = excluded.body`,
        ).run(
          kind,
          kept.id,
          kept.owner,
          kept.live ? 1 : 0,
          kept.starts,
          kept.ends,
          JSON.stringify(kept.tags),
          JSON.stringify(kept.body),
        );
        for (const tag of kept.tags)
          sql('insert or ignore into tag (kind, tag, id) values (?, ?, ?)').run(kind, tag, kept.id);
      }),
    list: (wanted) => {
      const { where, values } = conditions(kind, wanted);
      return sql(`select * from object where ${where} order by starts, seq limit ? offset ?`)
        .all(...values, wanted.limit, wanted.skip ?? 0)
        .map((row) => read<T>(row));
    },
    count: (wanted) => {
      const { where, values } = conditions(kind, wanted);
      return Number(sql(`select count(*) as n from object where ${where}`).get(...values)?.['n']);
    },
    remove: (wanted) =>
      transaction(() => {
        const [where, values]: [string, SQLInputValue[]] =
          wanted === 'all'
            ? ['', []]
            : 'id' in wanted
              ? ['and id = ?', [wanted.id]]
              : ['and ends < ?', [wanted.endsBefore]];
        sql(`delete from tag where kind = ? and id in (select id from object where kind = ? ${where})`).run(
          kind,
          kind,
          ...values,
        );
        sql(`delete from object where kind = ? ${where}`).run(kind, ...values);
      }),
  };
}

function conditions(kind: string, wanted: Omit<Wanted, 'limit' | 'skip'>): { where: string; values: SQLInputValue[] } {
  const values: SQLInputValue[] = [kind];
  let where = 'kind = ?';
  const and = (text: string, value: SQLInputValue | undefined): void => {
    if (value === undefined) return;
    where += ` and ${text}`;
    values.push(value);
  };
  and('owner = ?', wanted.owner);
  and('live = ?', wanted.live === undefined ? undefined : Number(wanted.live));
  and('starts < ?', wanted.startsBefore);
  and('starts >= ?', wanted.startsFrom);
  and('ends > ?', wanted.endsAfter);
  and('ends < ?', wanted.endsBefore);
  for (const tag of wanted.tags ?? []) {
    // A changed object may have left a tag behind in the index; the object's own list is the truth.
    and('id in (select id from tag where kind = object.kind and tag = ?)', tag);
    and('exists (select 1 from json_each(object.tags) where value = ?)', tag);
  }
  return { where, values };
}

function read<T>(row: Record<string, unknown>): Kept<T> {
  return {
    id: String(row['id']),
    owner: String(row['owner']),
    live: row['live'] === 1,
    starts: Number(row['starts']),
    ends: Number(row['ends']),
    tags: JSON.parse(String(row['tags'])) as string[],
    body: JSON.parse(String(row['body'])) as T,
  };
}
