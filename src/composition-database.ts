// Opens the database for whoever works on it: the house, and commands that want nothing else of it.
import { join, resolve } from 'node:path';
import type { Config } from './config.ts';
import { connect } from './platform/database/connection.ts';
import { startEmbedded } from './platform/database/embedded.ts';
import { migrate } from './platform/database/migrate.ts';
import { transactor } from './platform/database/transaction.ts';
import type { Log } from './platform/log.ts';

export const MIGRATIONS = resolve(import.meta.dirname, '../migrations');

/** The database, migrated, and a pool of connections to it. Throws where `stop` was asked for; `closing` has what was opened. */
export async function openDatabase(config: Config, log: Log, closing: (() => Promise<void>)[], stop?: AbortSignal) {
  const given = config.databaseUrl?.reveal();
  const embedded = given === undefined ? await startEmbedded({ folder: join(config.dataDir, 'postgres'), log }) : null;
  if (embedded) closing.push(() => embedded.stop());
  embedded?.keepRunning(stop);
  stop?.throwIfAborted();
  const ownerUrl = given ?? embedded?.ownerUrl ?? '';
  await migrate({ ownerUrl, folder: MIGRATIONS, log });
  const listenUrl = given ?? embedded?.appUrl ?? '';
  const connection = await connect({ url: listenUrl, max: config.databasePool, log });
  closing.push(() => connection.close());
  stop?.throwIfAborted();
  const trouble = () => embedded?.trouble() ?? null;
  return { connection, work: transactor(connection), embedded: embedded !== null, trouble, listenUrl };
}
