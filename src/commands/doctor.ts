// npm run doctor: looks over settings, machine, database, work and providers as the server would meet them, changes nothing, and
// says in one line each what is well and what to do. Ends with 1 where something must be done; also while the server runs.
// npm run doctor -- --live asks those outside this machine too; --json tells it to a machine.
import { wordsOf } from '../composition-failure.ts';
import { ConfigError, readConfig, type Config } from '../config.ts';
import { createLog } from '../platform/log.ts';
import { systemClock } from '../platform/time/clock.ts';
import { examineDatabase } from './examine-database.ts';
import { examineDrift } from './examine-drift.ts';
import { examineMachine } from './examine-machine.ts';
import { examineOutside } from './examine-outside.ts';
import { examineWork, type Host } from './examine-work.ts';
import { gatherFindings } from './findings.ts';
import { readOptions } from './options.ts';
import { reachDatabase } from './reach-database.ts';
import { EX_STOPPED, stopSignal } from './stop-signal.ts';

const { live, json } = readOptions(
  { live: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  'Usage: npm run doctor -- [--live] [--json]\n',
);
const stop = stopSignal();
const closing: (() => Promise<void>)[] = [];
const tools = { log: createLog('silent'), clock: systemClock, closing };
const { tell, end } = gatherFindings(json);

const config = examineSettings();
if (config) await examine(config);
for (const close of closing.toReversed()) await close().catch(() => undefined);
// A question that is still out may not keep the process.
if (stop.aborted) process.exit(EX_STOPPED);
process.exitCode = end() === 0 ? 0 : 1;

async function examine(settings: Config): Promise<void> {
  const hosts = await examineWithin(settings).catch((error: unknown): readonly Host[] => {
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
async function examineWithin(settings: Config): Promise<readonly Host[]> {
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

function examineSettings(): Config | null {
  try {
    const read = readConfig();
    tell('ok', 'settings', 'No mistakes.');
    for (const warning of read.warnings) tell('note', 'settings', warning);
    return read;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const mistake of error.mistakes) tell('FAIL', 'settings', mistake);
    return null;
  }
}
