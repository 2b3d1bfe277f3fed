// Brings a backup back, into an empty database and no other: the file is read through once before anything is written, then
// loaded in one transaction that ends only where every table, read back, has the digest it had when it was written.
import pg from 'pg';
import { lockMigrations, migrateOn, readMigrations, type Migration } from '../database/migrate.ts';
import type { Log } from '../log.ts';
import { DamagedBackup, drain, readBackup, summing, type End, type Head } from './backup-file.ts';
import { countRows, listTables, setSequences, type CarriedTable } from './catalogue.ts';
import { copyIn, copyOut } from './copy.ts';
import { inSession, type Session } from './session.ts';
import { copyStatement } from './write-backup.ts';

/** What is named where a database is not empty: enough to know it again. */
const MOST_NAMED = 8;

export type RestoreOptions = {
  /** Of the login that owns the tables, or will. */
  readonly url: string;
  readonly path: string;
  /** Of the migrations. */
  readonly folder: string;
  readonly log: Log;
  readonly progress: (what: string, bytes: number) => void;
  /** Breaks it off between two pieces, until all is loaded; the database stays empty. */
  readonly signal: AbortSignal;
  /** Last thing in the transaction that loads: writes down that it was. */
  readonly mark: (tx: Loading, head: Head) => Promise<void>;
};

export type Loading = {
  readonly organisations: readonly number[];
  query<Row extends object>(statement: { readonly text: string; readonly values?: readonly unknown[] }): Promise<Row[]>;
};

/** Throws, in words for an operator, where the file or the database is not fit for it; then nothing was written. */
export async function restoreBackup(options: RestoreOptions): Promise<{ readonly head: Head; readonly end: End }> {
  const { url, path, folder, log } = options;
  const { head, end } = await examine(options);
  const migrations = await readMigrations(folder);
  const first = migrationsOf(head, migrations);
  await inSession(url, 'restore', async (session) => {
    const { client } = session;
    await lockMigrations(client);
    await refuseFilled(client, first);
    await migrateOn(client, first, log);
    await client.query('begin');
    try {
      await load(session, head, end, options);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    }
    await migrateOn(client, migrations, log).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${path} is restored whole, but the database could not be brought up to date: ${reason}`, {
        cause: error,
      });
    });
    await client.query('analyze');
  });
  return { head, end };
}

/** The whole file, believed only after its last byte. */
async function examine({ path, progress, signal }: RestoreOptions): Promise<{ head: Head; end: End }> {
  let found: Head | undefined;
  const end = await readBackup(path, {
    head: (head) => {
      found = head;
      return Promise.resolve();
    },
    table: async (name, pieces) => {
      await drain(watched(pieces, `examining ${name}`, { progress, signal }));
    },
  });
  if (!found) throw new DamagedBackup('The file is damaged: it does not say what it holds.');
  return { head: found, end };
}

/** Those of ours that had been applied where the backup was taken. */
function migrationsOf(head: Head, migrations: readonly Migration[]): readonly Migration[] {
  const last = head.migrations.at(-1)?.name ?? '';
  const newer = head.migrations.filter(({ name }) => !migrations.some((known) => known.name === name));
  if (newer.length > 0) {
    throw new Error(
      `The backup is of Slotkeeper ${head.slotkeeper}, whose database had ${newer.map(({ name }) => name).join(', ')}; ` +
        `this version knows only up to ${migrations.at(-1)?.name ?? 'nothing'}. Restore with that version or a later one.`,
    );
  }
  const first = migrations.filter(({ name }) => name <= last);
  const other = first.find(
    ({ name, checksum }) => !head.migrations.some((had) => had.name === name && had.checksum === checksum),
  );
  if (other) throw new Error(`The backup comes from another history: there, ${other.name} was not what it is here.`);
  return first;
}

async function refuseFilled(client: pg.Client, first: readonly Migration[]): Promise<void> {
  const filled = (await countRows(client)).filter(({ rows }) => rows > 0);
  if (filled.length > 0) {
    const named = filled
      .toSorted((a, b) => b.rows - a.rows)
      .slice(0, MOST_NAMED)
      .map(({ name, rows }) => `${name} (${rows} rows)`);
    throw new Error(
      `The database is not empty, so nothing was restored. It holds ${named.join(', ')}` +
        `${filled.length > MOST_NAMED ? ' and more' : ''}. Give it a database of its own: a new one, or another DATA_DIR.`,
    );
  }
  const { rows } = await client.query<{ there: boolean }>(
    `select to_regclass('public.slotkeeper_migration') is not null as there`,
  );
  if (!rows[0]?.there) return;
  const { rows: applied } = await client.query<{ name: string }>('select name from slotkeeper_migration order by name');
  const later = applied.find(({ name }) => !first.some((known) => known.name === name));
  if (!later) return;
  throw new Error(
    `The database is empty, but laid out for a later version than the backup's (${later.name}). Give it a new one.`,
  );
}

async function load(session: Session, head: Head, end: End, options: RestoreOptions): Promise<void> {
  const { client, passes } = session;
  const tables = await listTables(client);
  refuseOtherTables(head, tables);
  const forced = passes ? [] : tables.filter((table) => table.forced);
  // COPY does not write where row-level security binds; and this transaction alone sees that it does not.
  for (const { name } of forced)
    await client.query(`alter table ${pg.escapeIdentifier(name)} no force row level security`);
  // What a migration may have put there.
  await client.query(`truncate ${tables.map(({ name }) => pg.escapeIdentifier(name)).join(', ')}`);
  await client.query('set constraints all deferred');
  const byName = new Map(tables.map((table) => [table.name, table]));
  const again = await readBackup(options.path, {
    table: async (name, pieces) => {
      const table = byName.get(name);
      const { columns = [] } = head.tables.find((one) => one.name === name) ?? {};
      if (table) await copyIn(client, copyInStatement(name, columns), watched(pieces, `loading ${name}`, options));
    },
  });
  if (again.sha256 !== end.sha256)
    throw new DamagedBackup('The file was changed while it was read. Nothing was written.');
  await client.query('set constraints all immediate');
  await compare(client, tables, end, options);
  await setSequences(client, head.sequences);
  await options.mark(await loading(client), head);
  for (const { name } of forced)
    await client.query(`alter table ${pg.escapeIdentifier(name)} force row level security`);
}

function refuseOtherTables(head: Head, tables: readonly CarriedTable[]): void {
  if (shapeOf(head.tables) === shapeOf(tables)) return;
  throw new Error(
    'The backup has other tables or columns than its migrations make: it cannot be restored by this version.',
  );
}

function shapeOf(tables: Head['tables']): string {
  const told = tables.map(({ name, columns }) => `${name}: ${columns.toSorted().join()}`);
  return told.toSorted().join('; ');
}

function copyInStatement(name: string, columns: readonly string[]): string {
  return `copy ${pg.escapeIdentifier(name)} (${columns.map((one) => pg.escapeIdentifier(one)).join(', ')}) from stdin`;
}

/** What now stands in the tables, byte for byte. */
async function compare(
  client: pg.Client,
  tables: readonly CarriedTable[],
  end: End,
  options: RestoreOptions,
): Promise<void> {
  for (const wanted of end.tables) {
    const table = tables.find(({ name }) => name === wanted.name);
    if (!table) continue;
    const summed = summing(table.name);
    const pieces = copyOut(client, copyStatement(table));
    for await (const piece of watched(pieces, `comparing ${table.name}`, options)) summed.add(piece);
    const { rows, sha256 } = summed.sum();
    if (rows === wanted.rows && sha256 === wanted.sha256) continue;
    throw new Error(
      `${table.name} did not come back as it was (${rows} of ${wanted.rows} rows): nothing was restored.`,
    );
  }
}

async function loading(client: pg.Client): Promise<Loading> {
  const { rows } = await client.query<{ id: string }>(
    'select organisation_id::text as id from organisation order by 1',
  );
  return {
    organisations: rows.map(({ id }) => Number(id)),
    query: async <Row extends object>(statement: { readonly text: string; readonly values?: readonly unknown[] }) =>
      (await client.query<Row>({ text: statement.text, values: [...(statement.values ?? [])] })).rows,
  };
}

async function* watched(
  pieces: AsyncIterable<Buffer>,
  what: string,
  { progress, signal }: Pick<RestoreOptions, 'progress' | 'signal'>,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const piece of pieces) {
    signal.throwIfAborted();
    bytes += piece.length;
    progress(what, bytes);
    yield piece;
  }
}
