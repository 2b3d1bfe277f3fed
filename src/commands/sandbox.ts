// npm run sandbox: the emulators and the mailbox by themselves, for trying out clients without Slotkeeper.
// npm run sandbox -- --port 3001 --smtp-port 2525 --host 127.0.0.1 --folder .data/sandbox --quotas
import { sayPlainly } from '../composition-failure.ts';
import { createLog } from '../platform/log.ts';
import { systemClock } from '../platform/time/clock.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { endWith, EX_USAGE, readOptions } from './options.ts';

const USAGE = `Usage: npm run sandbox -- [--port <n>] [--smtp-port <n>] [--host <address>] [--folder <path>] [--quotas]\n`;

const values = readOptions(
  {
    port: { type: 'string', default: '3001' },
    'smtp-port': { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    folder: { type: 'string', default: '.data/sandbox' },
    quotas: { type: 'boolean', default: false },
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

const smtpPort = values['smtp-port'];
const sandbox = await startSandbox({
  host: values.host,
  port: portFrom('port', values.port),
  ...(smtpPort === undefined ? {} : { smtpPort: portFrom('smtp-port', smtpPort) }),
  folder: values.folder,
  quotas: values.quotas,
  clock: systemClock,
  log: createLog('info'),
}).catch((error: unknown) => endWith(1, `${sayPlainly(error)} See --port, --smtp-port, --host and --folder.\n`));
process.stdout.write(
  `Sandbox at ${sandbox.url} (what is live: ${sandbox.url}/), mail at ${sandbox.smtpUrl}. Nothing leaves this machine.\n`,
);

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    void sandbox.close().then(() => process.exit(0));
  });
