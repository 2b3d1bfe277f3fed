// Data folders of the embedded PostgreSQL, laid once for the whole run and copied by whoever starts a server that is not about
// being laid: one as `initdb` leaves it, and one with the tables of migrations/. Nothing has the port of another.
import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { MIGRATIONS } from '../src/composition-database.ts';
import { canReach, databaseAccount, dataFolder, exists } from '../src/platform/database/embedded-account.ts';
import { findBinaries } from '../src/platform/database/embedded-binaries.ts';
import { ensureCluster } from '../src/platform/database/embedded-cluster.ts';
import { startEmbedded } from '../src/platform/database/embedded.ts';
import { migrate } from '../src/platform/database/migrate.ts';
import type { Log } from '../src/platform/log.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Null where there is no PostgreSQL of our own to lay them with. */
    laid: LaidFolders | null;
  }
}

export type LaidFolders = {
  /** No server has run on it, so there is neither the database nor the login of requests. */
  readonly bare: string;
  /** A start finds nothing to migrate; there is no practice. */
  readonly migrated: string;
};

/** A copy of one of them, closed and owned as it was, where a start can use it; else a start lays its own. `folder` is not there yet. */
export async function copyLaid(which: keyof LaidFolders, folder: string): Promise<void> {
  const laid = inject('laid');
  // The account of the database passes through.
  await mkdir(dirname(folder), { recursive: true, mode: 0o711 });
  if (laid && (await canReach(dirname(folder), await databaseAccount()))) await copyFolder(laid[which], folder);
}

/** Node's own copy gives the files to whoever copies. */
export async function copyFolder(from: string, to: string): Promise<void> {
  // It would be put into it.
  if (await exists(to)) throw new Error(`${to} is there already`);
  await promisify(execFile)('cp', ['-a', from, to]);
}

/** Both, under `parent`, or where the database's account can reach them; removed with `removeLaid`. */
export async function layFolders(parent: string, log: Log): Promise<LaidFolders> {
  const account = await databaseAccount();
  const bare = await dataFolder(join(parent, 'bare'), account, log);
  await ensureCluster({ folder: bare, account, binaries: await findBinaries(bare, account), durable: false });
  const migrated = join(dirname(bare), 'migrated');
  await copyFolder(bare, migrated);
  const server = await startEmbedded({ folder: migrated, log, settings: { fsync: 'off' } });
  try {
    await migrate({ ownerUrl: server.ownerUrl, folder: MIGRATIONS, log });
  } finally {
    await server.stop();
  }
  // A start would take the port of the last one, where it is free.
  await rm(join(migrated, 'slotkeeper.conf'));
  return { bare, migrated };
}

export async function removeLaid({ bare, migrated }: LaidFolders): Promise<void> {
  for (const folder of [bare, migrated]) await rm(folder, { recursive: true, force: true });
}
