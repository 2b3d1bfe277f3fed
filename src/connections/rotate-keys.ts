// Seals what accounts granted anew with the current key, in bounded batches, while the server runs: what changes meanwhile is
// sealed with the current key by whoever changes it.
import type { Transactor } from '../platform/database/transaction.ts';
import type { Log } from '../platform/log.ts';
import { keyIdOf, type Rotated, type Sealing } from '../platform/sealing.ts';
import { belongingOf } from './connection.ts';
import { countByKey, listSealedOtherwise, reseal } from './store-tokens.ts';

type RotateTools = {
  readonly transactor: Pick<Transactor, 'scan' | 'inOrganisation'>;
  readonly keyring: Sealing;
  readonly log: Pick<Log, 'warn'>;
};

/** A few kilobytes and two ciphers each. */
const BATCH = 100;

export async function rotateConnectionKeys({ transactor, keyring, log }: RotateTools): Promise<Rotated> {
  const unreadable = new Map<string, number>();
  let [after, resealed] = [0, 0];
  for (;;) {
    const page = { after, limit: BATCH };
    const rows = await transactor.scan('connection', (tx) => listSealedOtherwise(tx, keyring.currentId, page));
    for (const row of rows) {
      const about = belongingOf(row);
      const plain = await keyring.open(row.sealed, about).catch((error: unknown) => {
        log.warn({ err: error, connectionId: row.id }, 'a connection cannot be opened');
        return null;
      });
      if (plain === null) {
        const keyId = keyIdOf(row.sealed);
        unreadable.set(keyId, (unreadable.get(keyId) ?? 0) + 1);
        continue;
      }
      const sealed = await keyring.seal(plain, about);
      if (await transactor.inOrganisation(row.organisationId, (tx) => reseal(tx, row, sealed))) resealed += 1;
    }
    const last = rows.at(-1);
    if (!last) break;
    after = last.id;
  }
  const left = await transactor.scan('connection', countByKey);
  return { resealed, unreadable, left: new Map(left.map(({ keyId, rows }) => [keyId, rows])) };
}
