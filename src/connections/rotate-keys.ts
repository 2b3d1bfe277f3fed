// Seals everything anew with the current key, in bounded batches, while the server runs: what changes meanwhile is sealed
// with the current key by whoever changes it. Says which keys nothing is sealed with any more.
import type { Transactor } from '../platform/database/transaction.ts';
import type { Log } from '../platform/log.ts';
import { KeyMissing, type Keyring } from './keyring.ts';
import { countByKey, listSealedOtherwise, reseal } from './store-tokens.ts';

export type RotateTools = {
  readonly transactor: Pick<Transactor, 'scan' | 'inOrganisation'>;
  readonly keyring: Keyring;
  readonly log: Pick<Log, 'warn'>;
};

export type Rotated = {
  readonly resealed: number;
  /** Sealed with a key that is not in the ring: nobody can open these until it is back. */
  readonly unreadable: number;
  /** What is sealed with each key now. */
  readonly left: readonly { readonly keyId: string; readonly rows: number }[];
};

/** A few kilobytes and two ciphers each. */
const BATCH = 100;

export async function rotateKeys({ transactor, keyring, log }: RotateTools): Promise<Rotated> {
  let [after, resealed, unreadable] = [0, 0, 0];
  for (;;) {
    const page = { after, limit: BATCH };
    const rows = await transactor.scan('connection', (tx) => listSealedOtherwise(tx, keyring.currentId, page));
    for (const row of rows) {
      const plain = await keyring.open(row.sealed, row).catch((error: unknown) => {
        if (!(error instanceof KeyMissing)) throw error;
        log.warn({ connectionId: row.id, keyId: error.keyId }, 'the key of a connection is not among ENCRYPTION_KEYS');
        return null;
      });
      if (plain === null) {
        unreadable += 1;
        continue;
      }
      const sealed = await keyring.seal(plain, row);
      if (await transactor.inOrganisation(row.organisationId, (tx) => reseal(tx, row, sealed))) resealed += 1;
    }
    const last = rows.at(-1);
    if (!last) break;
    after = last.id;
  }
  return { resealed, unreadable, left: await transactor.scan('connection', countByKey) };
}
