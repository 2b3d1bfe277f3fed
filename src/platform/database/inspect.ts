// Looks a database over without changing it, for whoever must say what is wrong with it: which server it is, what time it
// has, whether row-level security holds every tenant's table and the role that requests run as.
import { named, type Connection } from './connection.ts';
import { onDirect, SHORT_ANSWER_MS, type DirectOptions } from './direct.ts';

const STATEMENT_TIMEOUT_MS = 10_000;
/** The first version that has all we use. */
export const OLDEST_SERVER = 150_000;

export type Inspection = {
  /** As PostgreSQL counts: 150004 is 15.4. */
  readonly serverNumber: number;
  readonly serverVersion: string;
  /** Its clock, epoch milliseconds. */
  readonly nowMs: number;
  /** Tables led by an organisation: of them those that row-level security does not hold, their owner included. */
  readonly tenantTables: number;
  readonly unguarded: readonly string[];
};

/** Throws what the driver throws where the database cannot be reached. */
export async function inspectDatabase(url: string): Promise<Inspection> {
  return await onDirect(asDoctor(url), async (client) => {
    const { rows: tables } = await client.query<{ name: string; guarded: boolean }>(
      `select c.relname as name,
              c.relrowsecurity and c.relforcerowsecurity
                and exists (select from pg_policy p where p.polrelid = c.oid) as guarded
         from pg_class c
         join pg_index i on i.indrelid = c.oid and i.indisprimary
         join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0] and a.attname = 'organisation_id'
        where c.relnamespace = 'public'::regnamespace order by 1`,
    );
    // Last, so that its clock is read as late as it is told.
    const { rows: servers } = await client.query<{ number: number; version: string; now_ms: number }>(
      `select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
              extract(epoch from clock_timestamp())::float8 * 1000 as now_ms`,
    );
    const server = servers[0];
    if (!server) throw new Error('The database did not say what it is');
    return {
      serverNumber: server.number,
      serverVersion: server.version,
      nowMs: server.now_ms,
      tenantTables: tables.length,
      unguarded: tables.flatMap(({ name, guarded }) => (guarded ? [] : [name])),
    };
  });
}

export type Health = {
  readonly connections: number;
  readonly mostConnections: number;
  /** Of the longest that is open in this database, as far as the login may see. */
  readonly oldestTransactionSeconds: number;
  readonly bytes: number;
  /** Transactions since the oldest row that vacuum has not frozen. */
  readonly xidAge: number;
  /** Indexes and constraints that are there and do not hold. */
  readonly broken: readonly string[];
  /** The constraint that keeps two sessions apart is there. */
  readonly guardsTime: boolean;
  readonly standby: boolean;
};

/** What wears a database out, or has come off it. Throws what the driver throws where it cannot be reached. */
export async function inspectHealth(url: string): Promise<Health> {
  return await onDirect(asDoctor(url), async (client) => {
    const { rows } = await client.query<Health>(
      `select (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as connections,
              current_setting('max_connections')::int as "mostConnections",
              (select coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0)::float8 from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()
                  and backend_type = 'client backend') as "oldestTransactionSeconds",
              pg_database_size(current_database())::float8 as bytes,
              (select age(datfrozenxid)::float8 from pg_database where datname = current_database()) as "xidAge",
              array(select i.indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indexrelid
                     where c.relnamespace = 'public'::regnamespace and not i.indisvalid
                    union all
                    select k.conname::text from pg_constraint k
                     where k.connamespace = 'public'::regnamespace and not k.convalidated order by 1) as broken,
              exists (select from pg_constraint where conrelid = to_regclass('public.occupancy')
                         and conname = 'occupancy_no_overlap' and contype = 'x') as "guardsTime",
              pg_is_in_recovery() as standby`,
    );
    const health = rows[0];
    if (!health) throw new Error('The database did not say how it is');
    return health;
  });
}

function asDoctor(url: string): DirectOptions {
  return {
    connectionString: url,
    application_name: 'slotkeeper doctor',
    statement_timeout: STATEMENT_TIMEOUT_MS,
    answerMs: SHORT_ANSWER_MS,
  };
}

/** The role that requests run as, and whether it could pass row-level security. */
export async function inspectRole({ pool }: Pick<Connection, 'pool'>): Promise<{ role: string; passes: boolean }> {
  const [found] = await named<{ role: string; passes: boolean }>(pool, {
    name: 'inspect-role',
    text: 'select rolname as role, rolsuper or rolbypassrls as passes from pg_roles where rolname = current_user',
  });
  if (!found) throw new Error('The database did not say who we are');
  return found;
}
