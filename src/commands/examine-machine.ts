// The doctor's look at the machine: room on the disk of the data folder, and what former databases of our own left there.
import { readdir, statfs } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Config } from '../config.ts';
import { readPostmaster } from '../platform/database/embedded-postmaster.ts';
import type { Tell } from './findings.ts';

const MEGABYTE = 1_000_000;
/** PostgreSQL stops where it cannot write its log, which takes up to 1 GB by itself (max_wal_size). */
const LEAST_FREE_MB = 500;
const NOTABLE_FREE_MB = 2_000;

/** `folder`: of our own database, null where another is used. */
export async function examineMachine({ dataDir }: Config, folder: string | null, tell: Tell): Promise<void> {
  await examineDisk(folder ?? dataDir, tell);
  const place = join(dataDir, 'postgres');
  const names = await readdir(dataDir).catch((): string[] => []);
  const unfinished = names.filter((name) => name.startsWith(`${basename(place)}.new-`));
  if (unfinished.length > 0) {
    const all = unfinished.join(', ');
    tell(
      'note',
      'leftovers',
      `A first start that was killed left ${all} in ${dataDir}. The next start there clears it.`,
    );
  }
  if (folder !== null || !names.includes(basename(place))) return;
  const server = await readPostmaster(place);
  const runs = 'pid' in server ? ` It runs, and nobody here uses it: kill -INT ${server.pid} ends it.` : '';
  tell('note', 'leftovers', `DATABASE_URL is used, but ${place} holds a database of our own too.${runs}`);
}

async function examineDisk(folder: string, tell: Tell): Promise<void> {
  const disk = await statfs(folder).catch(() => null);
  if (disk === null) return;
  const freeMb = Math.round((disk.bavail * disk.bsize) / MEGABYTE);
  const says = `${freeMb} MB are free where ${folder} is`;
  if (freeMb >= NOTABLE_FREE_MB) tell('ok', 'disk', `${says}.`);
  else tell(freeMb < LEAST_FREE_MB ? 'FAIL' : 'note', 'disk', `${says}: make room, a full disk stops the database.`);
}
