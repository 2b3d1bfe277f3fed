// The doctor's look at the database: its version, clock, tables, walls between organisations, and what wears it out.
import { MIGRATIONS } from '../composition-database.ts';
import { connect, type Connection } from '../platform/database/connection.ts';
import {
  inspectDatabase,
  inspectHealth,
  inspectRole,
  OLDEST_SERVER,
  type Health,
} from '../platform/database/inspect.ts';
import { listMissing } from '../platform/database/migrate.ts';
import type { Log } from '../platform/log.ts';
import type { Clock } from '../platform/time/clock.ts';
import type { Tell } from './findings.ts';
import type { Reached } from './reach-database.ts';

/** A hold is removed 5 s after it expired: so far two clocks may part (see occupancy). Half of it is worth a word. */
const MOST_SKEW_MS = 5_000;
const NOTABLE_SKEW_MS = 2_500;
/** Followers of the journal wait for the oldest transaction, and so does the clearing of dead rows. */
const LONGEST_TRANSACTION_SECONDS = 3_600;
/** Beyond it a peak finds no connection. */
const FULL_OF_CONNECTIONS = 0.9;
/** PostgreSQL stops writing at 2^31 (manual, 24.1.5); vacuum should have come at a tenth of this. */
const OLDEST_XID_AGE = 1_000_000_000;

/** Answers a connection as requests have it; null where there is nothing more to look at. */
export async function examineDatabase(
  database: Reached,
  tools: { readonly log: Log; readonly clock: Clock; readonly closing: (() => Promise<void>)[] },
  tell: Tell,
): Promise<Connection | null> {
  const { ownerUrl, appUrl } = database;
  const found = await inspectDatabase(ownerUrl);
  const nowMs = tools.clock.now().epochMilliseconds;
  if (found.serverNumber < OLDEST_SERVER) {
    tell('FAIL', 'database', `PostgreSQL ${found.serverVersion} is too old: use version 15 or newer.`);
    return null;
  }
  tell('ok', 'database', `PostgreSQL ${found.serverVersion} answers.`);
  examineClock(Math.abs(Math.round(found.nowMs - nowMs)), tell);

  const { applied, missing } = await listMissing({ ownerUrl, folder: MIGRATIONS, log: tools.log });
  if (missing.length > 0) {
    tell(
      'note',
      'migrations',
      `${applied} applied; the next start applies ${missing.join(', ')}. Work is looked at after that.`,
    );
    if (applied === 0) return null;
  } else tell('ok', 'migrations', `All ${applied} applied.`);

  if (found.unguarded.length === 0) {
    tell('ok', 'isolation', `Row-level security holds all ${found.tenantTables} tables of organisations.`);
  } else {
    const says = `Row-level security is not forced on ${found.unguarded.join(', ')}: alter table ... force row level security.`;
    tell('FAIL', 'isolation', says);
  }
  const connection = await connect({ url: appUrl, max: 1, log: tools.log, applicationName: 'slotkeeper doctor' });
  tools.closing.push(() => connection.close());
  const { role, passes } = await inspectRole(connection);
  if (passes)
    tell('FAIL', 'isolation', `Requests run as "${role}", which passes row-level security: use another login.`);
  else tell('ok', 'isolation', `Requests run as "${role}", neither superuser nor BYPASSRLS.`);
  examineHealth(await inspectHealth(ownerUrl), tell);
  // Work is asked for in the words of this version's tables.
  return missing.length > 0 ? null : connection;
}

function examineClock(skewMs: number, tell: Tell): void {
  const apart = `The clocks of this machine and the database are ${skewMs} ms apart`;
  if (skewMs <= NOTABLE_SKEW_MS) tell('ok', 'clock', `${apart}.`);
  else tell(skewMs > MOST_SKEW_MS ? 'FAIL' : 'note', 'clock', `${apart}: set both by NTP.`);
}

function examineHealth(health: Health, tell: Tell): void {
  const { connections, mostConnections, broken } = health;
  if (health.standby) tell('FAIL', 'health', 'It is a standby that only reads: point DATABASE_URL at the primary.');
  if (broken.length > 0) {
    const says = `These indexes or constraints do not hold: ${broken.join(', ')}. Run reindex or validate constraint.`;
    tell('FAIL', 'health', says);
  }
  if (!health.guardsTime) {
    tell(
      'FAIL',
      'health',
      'The constraint occupancy_no_overlap is gone: nothing keeps two sessions apart. Put it back.',
    );
  }
  if (connections > mostConnections * FULL_OF_CONNECTIONS) {
    const says = `${connections} of ${mostConnections} connections are taken: raise max_connections, or lower DATABASE_POOL.`;
    tell('FAIL', 'health', says);
  }
  if (health.xidAge > OLDEST_XID_AGE) {
    tell('FAIL', 'health', `Vacuum lags behind (age ${health.xidAge}): look for what holds it back, and run vacuum.`);
  }
  if (health.oldestTransactionSeconds > LONGEST_TRANSACTION_SECONDS) {
    const hours = Math.round(health.oldestTransactionSeconds / 3_600);
    tell('note', 'health', `A transaction is open for ${hours} h: events wait for it. See pg_stat_activity.`);
  }
  const size = `${Math.round(health.bytes / 1_000_000)} MB, ${connections} of ${mostConnections} connections`;
  tell('ok', 'health', `${size}.`);
}
