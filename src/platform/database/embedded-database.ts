// The one database of the embedded server and the login that requests use. Done at every start, in case the first was
// cut off; by several processes at once, in turn.
import pg from 'pg';
import { onDirect } from './direct.ts';

/** It may be starting, or making the database for another process meanwhile. */
const PATIENCE = { connectionTimeoutMillis: 10_000, answerMs: 60_000 };
const LOCK_KEY = 7_536_811_641;

/** `ownerUrl` names the database to make. */
export async function ensureDatabase(ownerUrl: string, appPassword: string): Promise<void> {
  const first = { connectionString: ownerUrl.replace(/\/slotkeeper(?=\?|$)/, '/postgres'), ...PATIENCE };
  await onDirect(first, async (client) => {
    if (await isComplete(client)) return;
    await client.query('select pg_advisory_lock($1)', [LOCK_KEY]);
    const { rows } = await client.query<{ role: boolean; database: boolean }>(PRESENT);
    if (!rows[0]?.role) {
      await client.query(`create role slotkeeper_app login password ${pg.escapeLiteral(appPassword)}`);
    }
    if (!rows[0]?.database) await client.query('create database slotkeeper');
  });
}

/** Clients of the server, of any database, besides the one that asks. */
export async function countClients(ownerUrl: string): Promise<number> {
  return await onDirect({ connectionString: ownerUrl, ...PATIENCE }, async (client) => {
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity
        where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    );
    return rows[0]?.count ?? 0;
  });
}

const PRESENT = `select exists (select from pg_roles where rolname = 'slotkeeper_app') as role,
                        exists (select from pg_database where datname = 'slotkeeper') as database`;

async function isComplete(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ role: boolean; database: boolean }>(PRESENT);
  return Boolean(rows[0]?.role && rows[0].database);
}
