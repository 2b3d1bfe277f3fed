// npm run rotate-keys: seals what accounts granted anew with the first of ENCRYPTION_KEYS, also while the server runs, and
// says which of the others may be taken away. Ends with 1 where something could not be opened.
import { openKeyring } from '../composition-connections.ts';
import { failureOf } from '../composition-failure.ts';
import { openDatabase } from '../composition.ts';
import { readConfig, type Config } from '../config.ts';
import { rotateKeys, type Rotated } from '../connections/rotate-keys.ts';
import { createLog } from '../platform/log.ts';
import { readOptions } from './options.ts';

readOptions({}, 'Usage: npm run rotate-keys\n');
const log = createLog('warn');
const closing: (() => Promise<void>)[] = [];
let config: Config | null = null;
try {
  config = readConfig();
  process.exitCode = await run(config);
} catch (error) {
  const { sentence, exitCode } = failureOf(error, config);
  process.stderr.write(`${sentence}\n`);
  process.exitCode = exitCode;
} finally {
  for (const end of closing.toReversed()) await end();
}

async function run(settings: Config): Promise<number> {
  const keyring = await openKeyring(settings, log);
  if (!keyring) {
    process.stderr.write('ENCRYPTION_KEYS is not set: there is no key to seal with.\n');
    return 1;
  }
  const { work } = await openDatabase(settings, log, closing);
  const rotated = await rotateKeys({ transactor: work, keyring, log });
  process.stdout.write(`${report(settings, keyring.currentId, rotated)}\n`);
  return rotated.unreadable > 0 ? 1 : 0;
}

function report(settings: Config, currentId: string, { resealed, unreadable, left }: Rotated): string {
  const lines = [`Sealed anew with "${currentId}": ${resealed}.`];
  for (const { id } of settings.connecting.encryptionKeys) {
    const rows = left.find(({ keyId }) => keyId === id)?.rows ?? 0;
    if (id === currentId) lines.push(`"${id}" is current, and seals ${rows}.`);
    else
      lines.push(rows === 0 ? `"${id}" seals nothing any more: it may go.` : `"${id}" still seals ${rows}: keep it.`);
  }
  if (unreadable > 0) {
    const known = new Set(settings.connecting.encryptionKeys.map(({ id }) => id));
    const lost = left.filter(({ keyId }) => !known.has(keyId)).map(({ keyId }) => `"${keyId}"`);
    lines.push(
      `Not opened: ${unreadable}, sealed with ${lost.join(', ')}. Put the key back, or have the accounts connected again.`,
    );
  }
  return lines.join('\n');
}
