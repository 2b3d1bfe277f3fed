// Brings a database up to the numbered SQL files of one folder: forward only, one transaction each, one process at a
// time. Before them it makes the role that requests run as; after them it lets that role in. What is in the files is
// theirs to say.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from '../log.ts';
import { onDirect, SHORT_ANSWER_MS } from './direct.ts';
import { ensureAppRole, grantToAppRole } from './app-role.ts';
import { OLDEST_SERVER } from './inspect.ts';

/** SQLSTATE of a lock that was not had in time. */
const LOCK_NOT_AVAILABLE = '55P03';
/** Any constant will do, as long as it is ours: other programs may take advisory locks in the same database. */
const LOCK_KEY = 7_536_811_640;
/** How long a process waits for another one's migrations, and the longest a single migration may take. */
const MIGRATION_TIMEOUT_MS = 600_000;
/**
 * For one lock of a table. Whoever asks for the table meanwhile stands behind the migration, so that somebody's long transaction
 * would hold up every request: it stands back, lets them pass, and tries again.
 */
const LOCK_WAIT_MS = 2_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

export type Migration = { readonly name: string; readonly checksum: string; readonly sql: string };

export type MigrateOptions = {
  readonly ownerUrl: string;
  readonly folder: string;
  readonly log: Log;
  /** How long a migration tries again for locks that others hold; default: as long as one may take. */
  readonly patienceMs?: number;
};

/** Returns the names of the files applied now. Throws, in words for an operator, where the database cannot be used or
 *  its history is not the folder's. */
export async function migrate(options: MigrateOptions): Promise<{ applied: string[] }> {
  const { log } = options;
  const migrations = await readMigrations(options.folder);
  const asOwner = {
    connectionString: options.ownerUrl,
    application_name: 'slotkeeper migrate',
    statement_timeout: MIGRATION_TIMEOUT_MS,
    answerMs: MIGRATION_TIMEOUT_MS,
  };
  return await onDirect(asOwner, async (client) => {
    client.on('notice', (notice) => log.debug({ notice: notice.message }, 'the database remarks'));
    await lockMigrations(client);
    return await migrateOn(client, migrations, log, options.patienceMs);
  });
}

/** Until the connection ends, no other process migrates, and so none starts. */
export async function lockMigrations(client: pg.Client): Promise<void> {
  await client.query('select pg_advisory_lock($1)', [LOCK_KEY]);
}

/** `migrate` on a connection that holds the lock, with files read before: all of them, or the first few. */
export async function migrateOn(
  client: pg.Client,
  migrations: readonly Migration[],
  log: Log,
  patienceMs = MIGRATION_TIMEOUT_MS,
): Promise<{ applied: string[] }> {
  await refuseOldServer(client);
  const hasAppRole = await ensureAppRole(client, log);
  const applied = await applyMissing(client, migrations, log, patienceMs);
  if (hasAppRole) await grantToAppRole(client);
  return { applied };
}

/** The names of the files the next `migrate` would apply; changes nothing. Throws as `migrate` does. */
export async function listMissing(options: MigrateOptions): Promise<{ applied: number; missing: readonly string[] }> {
  const migrations = await readMigrations(options.folder);
  return await onDirect({ connectionString: options.ownerUrl, answerMs: SHORT_ANSWER_MS }, async (client) => {
    await refuseOldServer(client);
    const { rows } = await client.query<{ there: boolean }>(
      `select to_regclass('public.slotkeeper_migration') is not null as there`,
    );
    const history = rows[0]?.there ? await readHistory(client) : [];
    return {
      applied: history.length,
      missing: notYetApplied(migrations, history, options.log).map(({ name }) => name),
    };
  });
}

async function readHistory(client: pg.Client): Promise<{ name: string; checksum: string }[]> {
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'select name, checksum from slotkeeper_migration order by name',
  );
  return rows;
}

/** The files of the folder, by number. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const names = entries.filter((name) => name.endsWith('.sql')).toSorted();
  const misnamed = names.find((name) => !/^\d{4}-[a-z0-9-]+\.sql$/.test(name));
  if (misnamed) throw new Error(`Migration ${misnamed} is not named NNNN-what-it-does.sql`);
  const twice = names.find((name, at) => name.slice(0, 4) === names[at - 1]?.slice(0, 4));
  if (twice) throw new Error(`Two migrations have the number of ${twice}`);
  return Promise.all(
    names.map(async (name) => {
      // A checkout on Windows may have turned the line ends; that is no change.
      const sql = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: number; version: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version`,
  );
  const server = rows[0];
  if (!server || server.number < OLDEST_SERVER) {
    throw new Error(
      `The database is PostgreSQL ${server?.version ?? 'unknown'}; Slotkeeper needs version 15 or newer.`,
    );
  }
}

async function applyMissing(
  client: pg.Client,
  migrations: readonly Migration[],
  log: Log,
  patienceMs: number,
): Promise<string[]> {
  await client.query(
    `create table if not exists slotkeeper_migration (
       name text primary key, checksum text not null, applied_at timestamptz not null default now())`,
  );
  const missing = notYetApplied(migrations, await readHistory(client), log);
  for (const migration of missing) {
    await applyPatiently(client, migration, log, patienceMs);
    log.info({ migration: migration.name }, 'migration applied');
  }
  return missing.map((migration) => migration.name);
}

function notYetApplied(
  migrations: readonly Migration[],
  history: readonly { name: string; checksum: string }[],
  log: Log,
): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, checksum } of history) {
    const migration = known.get(name);
    // While processes are replaced one by one, an old one may restart beside a newer schema.
    if (!migration) log.warn({ migration: name }, 'the database has a migration this version does not know');
    else if (migration.checksum !== checksum) {
      throw new Error(`Migration ${name} was changed after it was applied. Put it back, and write a new one instead.`);
    }
  }
  const done = new Set(history.map(({ name }) => name));
  const last = migrations.findLast(({ name }) => done.has(name))?.name ?? '';
  const missing = migrations.filter(({ name }) => !done.has(name));
  const late = missing.find(({ name }) => name < last);
  if (late)
    throw new Error(`Migration ${late.name} comes before ${last}, which is applied already. Give it a new number.`);
  return missing;
}

/** Tries again while somebody else holds a lock that it needs, and gives the lock up in between. */
async function applyPatiently(client: pg.Client, migration: Migration, log: Log, patienceMs: number): Promise<void> {
  const began = performance.now();
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const error = await applyOne(client, migration);
    if (error === null) return;
    const waitsForLock = error instanceof pg.DatabaseError && error.code === LOCK_NOT_AVAILABLE;
    const { name } = migration;
    if (!waitsForLock) {
      throw new Error(`Migration ${name} failed and was undone: ${error.message}`, { cause: error });
    }
    if (performance.now() - began + pauseMs > patienceMs) {
      const said = `Migration ${name} was undone: long transactions keep it from a table it changes. Bookings were not held up.`;
      throw new Error(`${said} End them (npm run doctor tells of them) and start again.`, { cause: error });
    }
    log.warn({ migration: name, againInMs: pauseMs }, 'a migration waits for transactions of others, and tries again');
    await sleep(pauseMs);
  }
}

/** Answers why it was undone; null: it is applied. */
async function applyOne(client: pg.Client, migration: Migration): Promise<Error | null> {
  await client.query('begin');
  try {
    await client.query(`set local lock_timeout = ${LOCK_WAIT_MS}`);
    await client.query(migration.sql);
    await client.query('insert into slotkeeper_migration (name, checksum) values ($1, $2)', [
      migration.name,
      migration.checksum,
    ]);
    await client.query('commit');
    return null;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    return error instanceof Error ? error : new Error(String(error));
  }
}
