// npm run rotate-keys: seals what accounts granted, and webhook secrets, anew with the first of ENCRYPTION_KEYS, also while the
// server runs, and says which of the others may be taken away. Ends with 1 where something could not be opened.
import { failureOf } from '../composition-failure.ts';
import { openKeys, sealingOfGrants, sealingOfWebhooks } from '../composition-keys.ts';
import { openDatabase } from '../composition-database.ts';
import { DERIVED_KEYS } from '../config-connections.ts';
import { readConfig, type Config } from '../config.ts';
import { rotateConnectionKeys } from '../connections/rotate-keys.ts';
import { createLog } from '../platform/log.ts';
import type { Rotated } from '../platform/sealing.ts';
import { systemClock } from '../platform/time/clock.ts';
import { foundPractice } from '../practitioners/found-practice.ts';
import { rotateEndpointKeys } from '../webhooks/rotate-keys.ts';
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
  const keys = await openKeys(settings, log);
  const keyring = sealingOfGrants(keys);
  if (!keyring) {
    process.stderr.write(
      `ENCRYPTION_KEYS is not set: there is no key to seal with, and nothing was changed. Webhook secrets are sealed with ${
        settings.tokenSecret
          ? 'a key derived from TOKEN_SECRET'
          : 'a key derived from one that is in the same database: whoever has a copy of it can open them'
      }. Connections are not kept without ENCRYPTION_KEYS; such as were sealed before wait for their key.\n`,
    );
    return 1;
  }
  const { work: transactor } = await openDatabase(settings, log, closing);
  const tools = { transactor, clock: systemClock, log };
  const practice = await foundPractice(tools, { name: settings.practiceName });
  const sealing = sealingOfWebhooks(settings, keys, practice.tokenKey);
  const connections = await rotateConnectionKeys({ ...tools, keyring });
  const secrets = await rotateEndpointKeys({ ...tools, sealing });
  const ids = keys.map(({ id }) => id);
  process.stdout.write(`${report(settings, ids, { connections, secrets }).join('\n')}\n`);
  return connections.unreadable.size + secrets.unreadable.size > 0 ? 1 : 0;
}

type Both = { readonly connections: Rotated; readonly secrets: Rotated };

/** `ids`: of the keys that are there, the first current. */
function report(settings: Config, ids: readonly string[], { connections, secrets }: Both): string[] {
  const leftOf = (id: string): number => (connections.left.get(id) ?? 0) + (secrets.left.get(id) ?? 0);
  const [current = '', ...others] = ids;
  const lines = [
    `Sealed anew with "${current}": connections ${connections.resealed}, webhook secrets ${secrets.resealed}.`,
    `"${current}" is current, and seals ${leftOf(current)}.`,
  ];
  for (const id of others) {
    const rows = leftOf(id);
    lines.push(rows === 0 ? `"${id}" seals nothing any more: it may go.` : `"${id}" still seals ${rows}: keep it.`);
  }
  const byToken = leftOf(DERIVED_KEYS.tokenSecret);
  if (byToken > 0) lines.push(`TOKEN_SECRET still seals ${byToken}: keep it as it is.`);
  else if (settings.tokenSecret) lines.push('TOKEN_SECRET seals nothing any more: it may change.');
  const byInstallation = leftOf(DERIVED_KEYS.installation);
  if (byInstallation > 0) lines.push(`The installation's own key still seals ${byInstallation}.`);
  return [
    ...lines,
    ...notOpened('connections', connections, 'have the accounts connected again'),
    ...notOpened('webhook secrets', secrets, 'give the endpoints new secrets'),
  ];
}

function notOpened(what: string, { unreadable }: Rotated, instead: string): string[] {
  return [...unreadable].map(
    ([id, rows]) =>
      `Not opened: ${what} ${rows}, sealed with ${id === DERIVED_KEYS.tokenSecret ? 'another TOKEN_SECRET' : `"${id}"`}. Put it back, or ${instead}.`,
  );
}
