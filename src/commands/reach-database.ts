// The database a command works on: the one of DATABASE_URL, or the own one, started for the command where nobody runs it.
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { startEmbedded, type EmbeddedDatabase } from '../platform/database/embedded.ts';
import type { Log } from '../platform/log.ts';

export type Reached = {
  /** As migrations log in, and as requests do. */
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly embedded: EmbeddedDatabase | null;
};

/** Throws where `stop` was asked for meanwhile; what was started is in `closing` then. */
export async function reachDatabase(
  config: Config,
  log: Log,
  closing: (() => Promise<void>)[],
  stop: AbortSignal,
): Promise<Reached> {
  const given = config.databaseUrl?.reveal();
  if (given !== undefined) return { ownerUrl: given, appUrl: given, embedded: null };
  const embedded = await startEmbedded({ folder: join(config.dataDir, 'postgres'), log });
  closing.push(() => embedded.stop());
  stop.throwIfAborted();
  return { ownerUrl: embedded.ownerUrl, appUrl: embedded.appUrl, embedded };
}
