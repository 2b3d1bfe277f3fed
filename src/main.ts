// The street door: reads the configuration, builds the house, serves and works as asked, and leaves in order when told to,
// or when the start fails: what was opened is closed, and one sentence says what to do.
import { flushCompileCache } from 'node:module';
import { buildApp, buildProbes } from './app.ts';
import { failureOf, type Failure } from './composition-failure.ts';
import { compose, type House } from './composition.ts';
import { readConfig, type Config } from './config.ts';
import type { Drain } from './platform/http/drain.ts';
import { closeServer, type App } from './platform/http/server.ts';
import { createLog } from './platform/log.ts';
import { onStopWish } from './platform/stop-wish.ts';
import { startWork, type Worker } from './worker.ts';

/** Of the time there is to stop, what is kept for the database and the sandbox, after requests and work. */
const LAST_WORDS_MS = 1_000;

const config = readConfigOr((error) => end(failureOf(error, null)));
const log = createLog(config.logLevel);
for (const warning of config.warnings) log.warn(warning);

const open: { house?: House; app?: App; drain?: Drain; worker?: Worker } = {};
const asked = new AbortController();
let hurried = false;
// Before anything is opened: also a start that is broken off leaves nothing behind.
onStopWish(
  (signal) => {
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), config.shutdownMs).unref();
    // At once, whatever is still to be done before the door closes.
    open.drain?.begin();
    // A person at a terminal is no balancer.
    if (signal === 'SIGINT') hurried = true;
    asked.abort();
  },
  // Nothing is lost, the next start mends what was in hand.
  () => process.exit(1),
);

const failure = await run().then(
  () => null,
  (error: unknown) => {
    // Asked to stop, whatever else went wrong is of no interest any more.
    if (asked.signal.aborted) return null;
    log.debug({ err: error }, 'the start failed');
    return failureOf(error, config);
  },
);
await close().catch((error: unknown) => log.error({ err: error }, 'something could not be closed'));
if (!failure) log.info('stopped');
end(failure);

/** Resolves when it is asked to stop; rejects where the start fails, or is broken off. */
async function run(): Promise<void> {
  const house = (open.house = await compose(config, log, undefined, asked.signal));
  const doors = doorsOf(config);
  if (doors) ({ app: open.app, drain: open.drain } = await doors.build(house));
  if (config.process !== 'api') open.worker = startWork(house);
  const url = (await open.app?.listen({ host: config.host, port: doors?.port ?? 0 })) ?? null;
  asked.signal.throwIfAborted();
  log.info({ url, process: config.process, sandbox: house.sandboxUrl ?? undefined }, 'ready');
  greet(url, house.sandboxUrl);
  // Whoever is killed leaves it to the next start, too.
  flushCompileCache();
  await new Promise((resolve) => asked.signal.addEventListener('abort', resolve));
}

/** Where it listens, and what it answers there. A worker is only asked how it is, where anybody wants to. */
function doorsOf({ process: does, port, workerPort }: Config) {
  if (does !== 'worker') return { port, build: buildApp };
  return workerPort === null ? null : { port: workerPort, build: buildProbes };
}

async function close(): Promise<void> {
  const { app, worker, house } = open;
  const withinMs = Math.max(0, config.shutdownMs - LAST_WORDS_MS);
  try {
    await Promise.all([app && drainAndClose(app, withinMs), worker?.stop(withinMs)]);
  } finally {
    await house?.close();
  }
}

/** Serves on until balancers have turned away, then hears no more and answers what it has. */
async function drainAndClose(app: App, withinMs: number): Promise<void> {
  // Nobody sends a worker requests.
  const nobodyLeaves = hurried || config.process === 'worker' || !app.server.listening;
  const drainMs = nobodyLeaves ? 0 : Math.min(config.drainMs, withinMs);
  if (drainMs > 0) await open.drain?.untilLeft(drainMs);
  await closeServer(app, { withinMs: withinMs - drainMs });
}

function end(reason: Failure | null): never {
  if (reason) process.stderr.write(`${reason.sentence}\n`);
  process.exit(reason?.exitCode ?? 0);
}

function readConfigOr(leave: (error: unknown) => never): Config {
  try {
    return readConfig();
  } catch (error) {
    return leave(error);
  }
}

/** A word to a person at a terminal; machines read the log. */
function greet(url: string | null, sandboxUrl: string | null): void {
  if (!process.stdout.isTTY || !url || config.process === 'worker') return;
  const lines = [
    '',
    `  Slotkeeper is ready at ${url}   (API document: ${url}/docs)`,
    ...(sandboxUrl ? [`  SANDBOX: nothing leaves this machine. Mails and meetings: ${sandboxUrl}`] : []),
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
