// What backup and restore have in common: they work on the database of the settings, say how far they are on stderr, stop when
// asked to, and end with a sentence where they cannot do it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failureOf } from '../composition-failure.ts';
import { readConfig, type Config } from '../config.ts';
import { createLog, type Log } from '../platform/log.ts';
import { reachDatabase, type Reached } from './reach-database.ts';
import { EX_STOPPED, stopSignal } from './stop-signal.ts';

/** Shorter work needs no account of itself. */
const TELL_EVERY_MS = 2_000;
const MEGABYTE = 1_000_000;

export type Carrying = {
  readonly config: Config;
  readonly database: Reached;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly progress: (what: string, bytes: number) => void;
};

/** Runs `work`, then closes what was opened; `work` answers the words for stdout. */
export async function carry(work: (tools: Carrying) => Promise<string>): Promise<void> {
  const signal = stopSignal();
  const log = createLog('warn');
  const closing: (() => Promise<void>)[] = [];
  let config: Config | null = null;
  try {
    config = readConfig();
    const database = await reachDatabase(config, log, closing, signal);
    const words = await work({ config, database, log, signal, progress: progressOf() });
    process.stdout.write(`${words}\n`);
  } catch (error) {
    if (signal.aborted) {
      process.stderr.write('Stopped. Nothing was written.\n');
      process.exitCode = EX_STOPPED;
    } else {
      const { sentence, exitCode } = failureOf(error, config);
      process.stderr.write(`${sentence}\n`);
      process.exitCode = exitCode;
    }
  } finally {
    for (const end of closing.toReversed()) await end();
  }
}

function progressOf(): Carrying['progress'] {
  let toldAt = performance.now();
  return (what, bytes) => {
    if (performance.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = performance.now();
    process.stderr.write(`${what}: ${(bytes / MEGABYTE).toFixed(1)} MB\n`);
  };
}

export async function readVersion(): Promise<string> {
  const text = await readFile(join(import.meta.dirname, '../../package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
