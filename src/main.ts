// The street door: reads the configuration, builds the house, serves and works as asked, and leaves in order when told to.
import { buildApp } from './app.ts';
import { compose } from './composition.ts';
import { ConfigError, readConfig, type Config } from './config.ts';
import { closeServer } from './platform/http/server.ts';
import { createLog } from './platform/log.ts';
import { startWork } from './worker.ts';

/** Of the time there is to stop, what is kept for the database and the sandbox, after requests and work. */
const LAST_WORDS_MS = 1_000;
/** sysexits.h: something in the configuration is wrong, trying again will not help. */
const EX_CONFIG = 78;

const config = readConfigOr((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(EX_CONFIG);
});
const log = createLog(config.logLevel);
for (const warning of config.warnings) log.warn(warning);

const house = await compose(config, log);
const served = config.process === 'worker' ? null : await buildApp(house);
const worker = config.process === 'api' ? null : startWork(house);
const url = served && (await served.app.listen({ host: config.host, port: config.port }));
log.info({ url, process: config.process, sandbox: house.sandboxUrl ?? undefined }, 'ready');
greet();

let leaving = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    // Asked twice, somebody is in a hurry; nothing is lost, the next start mends what was in hand.
    if (leaving) process.exit(1);
    leaving = true;
    void leave(signal);
  });
}

async function leave(signal: string): Promise<void> {
  log.info({ signal }, 'stopping');
  const hurry = setTimeout(() => process.exit(1), config.shutdownMs);
  const withinMs = Math.max(0, config.shutdownMs - LAST_WORDS_MS);
  await Promise.all([served && closeServer(served.app, { withinMs }), worker?.stop(withinMs)]);
  await house.close();
  clearTimeout(hurry);
  log.info('stopped');
  process.exit(0);
}

function readConfigOr(leaveWith: (error: ConfigError) => never): Config {
  try {
    return readConfig();
  } catch (error) {
    if (error instanceof ConfigError) return leaveWith(error);
    throw error;
  }
}

/** A word to a person at a terminal; machines read the log. */
function greet(): void {
  if (!process.stdout.isTTY || !url) return;
  const lines = [
    '',
    `  Slotkeeper is ready at ${url}   (API document: ${url}/docs)`,
    ...(house.sandboxUrl ? [`  SANDBOX: nothing leaves this machine. Mails and meetings: ${house.sandboxUrl}`] : []),
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
