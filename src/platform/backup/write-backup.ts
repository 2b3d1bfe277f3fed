// Takes a backup: every table of the catalogue, in one snapshot, while everybody else goes on working. What the file looks
// like is backup-file.ts', what is carried catalogue.ts'.
import pg from 'pg';
import { BackupFile, type End, type Head } from './backup-file.ts';
import { listSequences, listTables, type CarriedTable } from './catalogue.ts';
import { copyOut } from './copy.ts';
import { inSession, type Session } from './session.ts';

export type BackupOptions = {
  /** Of the login that owns the tables. */
  readonly url: string;
  readonly path: string;
  readonly takenAt: Temporal.Instant;
  /** The program's version. */
  readonly version: string;
  /** Told again and again: the table in hand, and how many bytes of it are written. */
  readonly progress: (table: string, bytes: number) => void;
  /** Breaks it off between two pieces; nothing is left behind. */
  readonly signal: AbortSignal;
};

/** Throws, in words for an operator, where there is nothing to back up, or the file cannot be written. */
export async function writeBackup(options: BackupOptions): Promise<{ readonly head: Head; readonly end: End }> {
  const file = await BackupFile.create(options.path);
  try {
    const head = await inSession(options.url, 'backup', (session) => carry(session, file, options));
    options.signal.throwIfAborted();
    return { head, end: await file.finish() };
  } catch (error) {
    await file.abandon();
    throw error;
  }
}

async function carry(session: Session, file: BackupFile, options: BackupOptions): Promise<Head> {
  const { client } = session;
  const tables = await listTables(client);
  await refuseNothing(client);
  await client.query('begin isolation level repeatable read read only');
  // A table that a migration changed half way would be two things; and one that is locked before the snapshot is as the
  // snapshot sees it (PostgreSQL manual, lock).
  const names = tables.map(({ name }) => pg.escapeIdentifier(name));
  await client.query(`lock table ${names.join(', ')} in access share mode`);
  const head = await describe(client, tables, options);
  await file.begin(head);
  const organisations = session.passes ? null : await listOrganisations(client);
  for (const table of tables) {
    await file.addTable(table, watched(rowsOf(client, table, organisations), table.name, options));
  }
  await client.query('commit');
  return head;
}

async function refuseNothing(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>(
    `select to_regclass('public.slotkeeper_migration') is not null as there`,
  );
  if (!rows[0]?.there) throw new Error('There is nothing to back up: this database has none of our tables yet.');
}

async function describe(client: pg.Client, tables: readonly CarriedTable[], options: BackupOptions): Promise<Head> {
  const { rows: migrations } = await client.query<Head['migrations'][number]>(
    'select name, checksum from slotkeeper_migration order by name',
  );
  const { rows: about } = await client.query<{ marker: string | null; postgresql: string }>(
    `select (select marker from installation) as marker, current_setting('server_version') as postgresql`,
  );
  return {
    takenAt: options.takenAt.toString(),
    slotkeeper: options.version,
    postgresql: about[0]?.postgresql ?? '',
    marker: about[0]?.marker ?? null,
    migrations,
    tables: tables.map(({ name, columns }) => ({ name, columns })),
    sequences: await listSequences(client),
  };
}

/** The rows of a table in the order of its key; `organisations`: one after the other, for a login that is bound to one. */
async function* rowsOf(
  client: pg.Client,
  table: CarriedTable,
  organisations: readonly string[] | null,
): AsyncGenerator<Buffer> {
  if (organisations === null || !table.forced) {
    yield* copyOut(client, copyStatement(table));
    return;
  }
  for (const organisation of organisations) {
    await client.query(`select set_config('app.organisation_id', $1, true)`, [organisation]);
    yield* copyOut(client, copyStatement(table));
  }
}

/** Also for whoever looks whether a table holds what a file says. */
export function copyStatement({ name, columns, order }: CarriedTable): string {
  const listed = columns.map((column) => pg.escapeIdentifier(column)).join(', ');
  return `copy (select ${listed} from ${pg.escapeIdentifier(name)} order by ${order}) to stdout`;
}

/**
 * Every organisation of the snapshot, for a login that row-level security binds: by the scan that followers go round them
 * with.
 */
async function listOrganisations(client: pg.Client): Promise<readonly string[]> {
  const { rows: policies } = await client.query(
    `select from pg_policy where polrelid = 'organisation'::regclass and polname = 'scan_read'`,
  );
  if (policies.length === 0) {
    throw new Error(
      'The tables are of an older version. Start this one once, which brings them up to date; then back up.',
    );
  }
  await client.query(`select set_config('app.scan', 'organisation', true)`);
  const { rows } = await client.query<{ id: string }>(
    'select organisation_id::text as id from organisation order by organisation_id',
  );
  await client.query(`select set_config('app.scan', '', true)`);
  return rows.map(({ id }) => id);
}

async function* watched(
  pieces: AsyncIterable<Buffer>,
  table: string,
  { progress, signal }: Pick<BackupOptions, 'progress' | 'signal'>,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const piece of pieces) {
    signal.throwIfAborted();
    bytes += piece.length;
    progress(table, bytes);
    yield piece;
  }
}
