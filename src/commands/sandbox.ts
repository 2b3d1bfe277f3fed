// npm run sandbox: the emulators and the mailbox by themselves, for trying out clients without Slotkeeper.
// npm run sandbox -- --port 3001 --smtp-port 2525 --host 127.0.0.1 --folder .data/sandbox --quotas --clock 2030-01-01T12:00:00Z
import { sayPlainly } from '../composition-failure.ts';
import { createLog } from '../platform/log.ts';
import { setClock, systemClock } from '../platform/time/clock.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { endWith, EX_USAGE, readOptions } from './options.ts';

const USAGE = `Usage: npm run sandbox -- [--port <n>] [--smtp-port <n>] [--host <address>] [--folder <path>] [--memory] [--quotas] [--clock <instant>]\n`;

const values = readOptions(
  {
    port: { type: 'string', default: '3001' },
    'smtp-port': { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    folder: { type: 'string', default: '.data/sandbox' },
    memory: { type: 'boolean', default: false },
    quotas: { type: 'boolean', default: false },
    clock: { type: 'string' },
  },
  USAGE,
);

function portFrom(name: string, text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    endWith(EX_USAGE, `--${name} must be a port number, not ${text}.\n${USAGE}`);
  }
  return port;
}

/** A clock that stands until it is set over the control door. */
function standingClock(text: string) {
  try {
    return setClock(Temporal.Instant.from(text));
  } catch {
    return endWith(EX_USAGE, `--clock must be an instant such as 2030-01-01T12:00:00Z, not ${text}.\n${USAGE}`);
  }
}

const smtpPort = values['smtp-port'];
const clock = values.clock === undefined ? undefined : standingClock(values.clock);
const sandbox = await startSandbox({
  host: values.host,
  port: portFrom('port', values.port),
  ...(smtpPort === undefined ? {} : { smtpPort: portFrom('smtp-port', smtpPort) }),
  ...(values.memory ? {} : { folder: values.folder }),
  quotas: values.quotas,
  ...(clock === undefined ? { clock: systemClock } : { clock, setClock: clock }),
  log: createLog('info'),
}).catch((error: unknown) => endWith(1, `${sayPlainly(error)} See --port, --smtp-port, --host and --folder.\n`));
process.stdout.write(
  `Sandbox at ${sandbox.url} (what is live: ${sandbox.url}/), mail at ${sandbox.smtpUrl}. Nothing leaves this machine.\n`,
);

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    void sandbox.close().then(() => process.exit(0));
  });
