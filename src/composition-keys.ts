// The keys that seal secrets in the database: those of the settings, or in a sandbox one of its own; behind them, for webhook
// secrets, those derived from what there is without settings.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DERIVED_KEYS } from './config-connections.ts';
import type { Config } from './config.ts';
import type { Log } from './platform/log.ts';
import { createSealing, derivedKey, type Sealing, type SealingKey } from './platform/sealing.ts';

const KEY_BYTES = 32;
const OWN_KEY_FILE = 'encryption.key';
const PURPOSE = 'slotkeeper webhook secrets';

/** ENCRYPTION_KEYS; in a sandbox beside its embedded database, one that is made and kept there; else none. */
export async function openKeys(config: Config, log: Log): Promise<readonly SealingKey[]> {
  const given = config.connecting.encryptionKeys;
  if (given.length > 0) return given.map(({ id, key }) => ({ id, key: Buffer.from(key.reveal(), 'base64') }));
  if (!config.sandbox || config.databaseUrl !== null) return [];
  return [{ id: 'sandbox', key: await ownKey(config.dataDir, log) }];
}

/** For what accounts grant; null without keys: what can be derived would be no better kept than the database. */
export function sealingOfGrants(keys: readonly SealingKey[]): Sealing | null {
  return keys.length > 0 ? createSealing(keys) : null;
}

/** `kept`: the installation's own key. Derived keys seal where no others are, and open what they sealed before. */
export function sealingOfWebhooks(config: Config, keys: readonly SealingKey[], kept: Uint8Array): Sealing {
  const given = config.tokenSecret === null ? [] : [Buffer.from(config.tokenSecret.reveal())];
  const derived = given.map((key) => derivedKey(DERIVED_KEYS.tokenSecret, key, PURPOSE));
  return createSealing([...keys, ...derived, derivedKey(DERIVED_KEYS.installation, kept, PURPOSE)]);
}

/** Made once, by whichever process comes first; readable by its owner alone. */
async function ownKey(folder: string, log: Log): Promise<Buffer> {
  const path = join(folder, OWN_KEY_FILE);
  await mkdir(folder, { recursive: true });
  const made = randomBytes(KEY_BYTES).toString('base64');
  const fresh = await writeFile(path, `${made}\n`, { flag: 'wx', mode: 0o600 }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
  if (fresh) log.info({ path }, 'a key that seals secrets was made, for the sandbox');
  const key = Buffer.from((await readFile(path, 'utf8')).trim(), 'base64');
  if (key.byteLength !== KEY_BYTES)
    throw new Error(`${path} holds no key of ${KEY_BYTES} bytes. Remove it, or put the right one back.`);
  return key;
}
