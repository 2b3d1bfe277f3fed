// A private, migrated database for one test file, copied in a moment from the run's template, and gone afterwards.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { connect, type Connection } from '../src/platform/database/connection.ts';
import { createLog, type Log } from '../src/platform/log.ts';

export type TestDatabase = {
  /** As requests log in. */
  readonly url: string;
  /** As migrations log in. */
  readonly ownerUrl: string;
  readonly connection: Connection;
  close(): Promise<void>;
};

export type OpenDatabaseOptions = {
  /** Connections of the pool. */
  readonly max?: number;
  readonly log?: Log;
  /** Without the tables of migrations/. */
  readonly empty?: boolean;
};

/** The same on the embedded server and on an outside one. */
export async function openDatabase(options: OpenDatabaseOptions = {}): Promise<TestDatabase> {
  const { ownerUrl, url, drop } = await createDatabase(options);
  const log = options.log ?? createLog('warn');
  const connection = await connect({ url, log, ...(options.max === undefined ? {} : { max: options.max }) });
  return {
    url,
    ownerUrl,
    connection,
    close: async () => {
      await connection.close();
      await drop();
    },
  };
}

/** A database nobody is connected to yet. */
export async function createDatabase(
  options: Pick<OpenDatabaseOptions, 'empty'> = {},
): Promise<{ ownerUrl: string; url: string; drop(): Promise<void> }> {
  const cluster = inject('cluster');
  const name = `t_${randomBytes(8).toString('hex')}`;
  const source = options.empty ? '' : ` template ${cluster.template} strategy file_copy`;
  await asKept(cluster.ownerUrl, `create database ${name}${source}`);
  return {
    ownerUrl: urlOfDatabase(cluster.ownerUrl, name),
    url: urlOfDatabase(cluster.appUrl, name),
    drop: () => asKept(cluster.ownerUrl, `drop database if exists ${name} with (force)`),
  };
}

/** What it calls itself. */
export const KEPT_NAME = 'slotkeeper tests';
let kept: Promise<pg.Client> | null = null;

/** One statement, on a connection that this process keeps for all its files: opening one costs as much as copying the database. */
async function asKept(url: string, sql: string): Promise<void> {
  if (!kept) {
    const opened = (kept = openKept(url, () => {
      if (kept === opened) kept = null;
    }));
  }
  await (await kept).query(sql);
}

async function openKept(url: string, forget: () => void): Promise<pg.Client> {
  // Its types do not know of `unref`.
  const client = new pg.Client({ connectionString: url, application_name: KEPT_NAME }) as pg.Client & {
    unref(): void;
  };
  client.on('error', forget).once('end', forget);
  try {
    await client.connect();
  } catch (error) {
    forget();
    throw error;
  }
  // It keeps no process from its end, and ends with it.
  client.unref();
  return client;
}

/** The same login on another database of the same server. */
export function urlOfDatabase(url: string, database: string): string {
  return url.replace(/^([a-z]+:\/\/[^/?]*)(?:\/[^?]*)?/, `$1/${database}`);
}

/** One statement, on a connection of its own to the server's first database. */
export async function onServer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
