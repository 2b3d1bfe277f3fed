// A private PostgreSQL for the length of one bench, durable as in production, in a folder of its own; and what its
// processes cost. Product and references share it, so that neither has the better database.
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '../src/platform/database/embedded.ts';
import { migrate } from '../src/platform/database/migrate.ts';
import { createLog } from '../src/platform/log.ts';

export type Cluster = {
  readonly url: string;
  /** Of the postmaster; the backends are its children. */
  readonly pid: number;
  readonly scratch: string;
  stop(): Promise<void>;
};

/** `kept`: a folder that outlives the bench, and whose cluster is used anew. */
export async function openCluster(kept?: string): Promise<Cluster> {
  const log = createLog('warn');
  const scratch = await mkdtemp(join(tmpdir(), 'slotkeeper-bench-'));
  // The account of the database must be able to pass.
  await chmod(scratch, 0o711);
  if (kept !== undefined) await mkdir(kept, { recursive: true, mode: 0o711 });
  const server = await startEmbedded({ folder: join(kept ?? scratch, 'postgres'), log });
  const stop = async () => {
    await server.stop();
    if (kept === undefined) await rm(server.folder, { recursive: true, force: true });
    await rm(scratch, { recursive: true, force: true });
  };
  try {
    await migrate({ ownerUrl: server.ownerUrl, folder: join(import.meta.dirname, '..', 'migrations'), log });
    const pid = Number((await readFile(join(server.folder, 'postmaster.pid'), 'utf8')).split('\n')[0]);
    return { url: server.ownerUrl, pid, scratch, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
