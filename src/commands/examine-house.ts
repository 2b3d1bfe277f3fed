// The doctor's whole round, each finding told as it is found. How a process is asked for it, and ends, is in doctor.ts.
import { wordsOf } from '../composition-failure.ts';
import { ConfigError, readConfig, type Config } from '../config.ts';
import { createLog } from '../platform/log.ts';
import { systemClock } from '../platform/time/clock.ts';
import { examineDatabase } from './examine-database.ts';
import { examineDrift } from './examine-drift.ts';
import { examineMachine } from './examine-machine.ts';
import { examineOutside } from './examine-outside.ts';
import { examineWork, type Host } from './examine-work.ts';
import { gatherFindings, type Tell } from './findings.ts';
import { reachDatabase } from './reach-database.ts';

export type Examination = {
  /** Those outside this machine are asked, too. */
  readonly live: boolean;
  /** All at once, for a machine. */
  readonly json: boolean;
  readonly stop: AbortSignal;
  readonly write: (text: string) => unknown;
  /** In the place of the surroundings. */
  readonly environment?: Readonly<Record<string, string>>;
};

type Tools = Pick<Examination, 'live' | 'stop'> & {
  readonly log: ReturnType<typeof createLog>;
  readonly clock: typeof systemClock;
  readonly closing: (() => Promise<void>)[];
  readonly tell: Tell;
};

/** How many findings must be put right; null where it was stopped on the way. */
export async function examineHouse({ json, write, environment, ...asked }: Examination): Promise<number | null> {
  const closing: (() => Promise<void>)[] = [];
  const { tell, end } = gatherFindings(json, write);
  const config = examineSettings(tell, environment);
  if (config) await examine(config, { ...asked, log: createLog('silent'), clock: systemClock, closing, tell });
  for (const close of closing.toReversed()) await close().catch(() => undefined);
  return asked.stop.aborted ? null : end();
}

async function examine(settings: Config, tools: Tools): Promise<void> {
  const { stop, tell, live } = tools;
  const hosts = await examineWithin(settings, tools).catch((error: unknown): readonly Host[] => {
    if (!stop.aborted) tell('FAIL', 'database', wordsOf(error));
    return [];
  });
  if (stop.aborted) return;
  const asked = examineOutside(settings, hosts, tools, live, tell).catch((error: unknown) => {
    if (!stop.aborted) tell('FAIL', 'providers', wordsOf(error));
  });
  // Whoever is outside is not waited for when we are asked to stop.
  await Promise.race([asked, new Promise((resolve) => stop.addEventListener('abort', resolve))]);
}

/** What is on this machine and in its database. */
async function examineWithin(settings: Config, tools: Tools): Promise<readonly Host[]> {
  const { stop, tell, closing } = tools;
  const database = await reachDatabase(settings, tools.log, closing, stop);
  const { embedded } = database;
  if (embedded?.adopted) {
    const { folder, pid } = embedded;
    tell('ok', 'database', `Our own runs in ${folder}. Once no Slotkeeper uses it: kill -INT ${pid} ends it.`);
  }
  await examineMachine(settings, embedded?.folder ?? null, tell);
  const connection = await examineDatabase(database, tools, tell);
  stop.throwIfAborted();
  if (connection === null) return [];
  const hosts = await examineWork(connection, tools.clock, tell);
  await examineDrift(connection, tools.clock, tell);
  stop.throwIfAborted();
  return hosts;
}

function examineSettings(tell: Tell, environment: Examination['environment']): Config | null {
  try {
    const read = readConfig(environment);
    tell('ok', 'settings', 'No mistakes.');
    for (const warning of read.warnings) tell('note', 'settings', warning);
    return read;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const mistake of error.mistakes) tell('FAIL', 'settings', mistake);
    return null;
  }
}
