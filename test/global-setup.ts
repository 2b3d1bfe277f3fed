// One PostgreSQL for the whole run, with one migrated database that every test file copies: the embedded server in a
// folder of its own, or the one TEST_DATABASE_URL names (an owner's login, version 15 or newer). Beside it the data folders
// that tests of whole servers copy.
import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { tmpdir } from 'node:os';
import type { TestProject } from 'vitest/node';
import { MIGRATIONS } from '../src/composition-database.ts';
import { startEmbedded } from '../src/platform/database/embedded.ts';
import { migrate } from '../src/platform/database/migrate.ts';
import { readPostmaster } from '../src/platform/database/embedded-postmaster.ts';
import { createLog, type Log } from '../src/platform/log.ts';
import { copyFolder, layFolders, removeLaid, type LaidFolders } from './laid-folder.ts';
import { KEPT_NAME, onServer, urlOfDatabase } from './open-database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where databases are made, and the one they are copied from. */
    cluster: { ownerUrl: string; appUrl: string; template: string };
  }
}

const END_KEPT = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = '${KEPT_NAME}'`;

/** Nothing here outlives the run, so nothing needs to reach the disk. */
const CARELESS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  // It would sit in the template at the moment of copying.
  autovacuum: 'off',
  max_connections: '200',
};

const PREFIX = 'slotkeeper-test-';
/** Not what a folder laid elsewhere is called (embedded-account.ts). */
const OWN = 'run';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const log = createLog('warn');
  const outside = process.env['TEST_DATABASE_URL'];
  await sweepKilledRuns();
  const parent = join(tmpdir(), `${PREFIX}${process.pid}-${randomBytes(4).toString('hex')}`);
  const laid = await layFolders(parent, log).catch((error: unknown) => {
    // Where there is none of our own, whoever needs one says so.
    if (outside) return null;
    throw error;
  });
  const cluster =
    laid && !outside ? await startOwn(laid, log) : { ...outsideOne(outside), stop: () => Promise.resolve() };
  const template = `slotkeeper_template_${randomBytes(4).toString('hex')}`;
  try {
    if (outside) {
      await onServer(outside, `create database ${template}`);
      await migrate({ ownerUrl: urlOfDatabase(outside, template), folder: MIGRATIONS, log });
    } else {
      // Nobody may be connected to what is copied.
      await onServer(urlOfDatabase(cluster.ownerUrl, 'postgres'), `create database ${template} template slotkeeper`);
    }
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  project.provide('cluster', { ownerUrl: cluster.ownerUrl, appUrl: cluster.appUrl, template });
  project.provide('laid', laid);
  return async () => {
    if (outside) await onServer(cluster.ownerUrl, `drop database ${template} with (force)`);
    await cluster.stop();
    if (laid) await removeLaid(laid);
    await rm(parent, { recursive: true, force: true });
  };
}

function outsideOne(url = ''): { ownerUrl: string; appUrl: string } {
  return { ownerUrl: url, appUrl: url };
}

async function startOwn(
  { migrated }: LaidFolders,
  log: Log,
): Promise<{ ownerUrl: string; appUrl: string; stop(): Promise<void> }> {
  const folder = join(dirname(migrated), OWN);
  await copyFolder(migrated, folder);
  const server = await startEmbedded({ folder, log, settings: CARELESS });
  return {
    ownerUrl: server.ownerUrl,
    appUrl: server.appUrl,
    stop: async () => {
      // A worker that is ending may hold its connection still, and a server that is used is left running.
      await onServer(server.ownerUrl, END_KEPT).catch((error: unknown) => log.warn({ err: error }, 'it was gone'));
      await server.stop();
      await rm(server.folder, { recursive: true, force: true });
    },
  };
}

/** A run that was killed could not stop its server. */
async function sweepKilledRuns(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : Number.NaN;
    if (!(pid > 1) || isAlive(pid)) continue;
    const parent = join(tmpdir(), name);
    try {
      for (const folder of [OWN, 'migrated']) {
        const server = await readPostmaster(join(parent, folder)).catch(() => ({ state: 'none' }) as const);
        if ('pid' in server) process.kill(server.pid, 'SIGQUIT');
      }
      await rm(parent, { recursive: true, force: true });
    } catch {
      // Somebody else's, or in use: not ours to clear.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
