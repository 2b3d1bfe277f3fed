// Seals the secrets of endpoints anew with the current key, in bounded batches, while the server runs. One that signs no more
// is left as it is: nobody opens it again.
import type { Transactor, UnscopedTransaction } from '../platform/database/transaction.ts';
import type { Log } from '../platform/log.ts';
import { keyIdOf, type Rotated, type Sealing } from '../platform/sealing.ts';
import type { Clock } from '../platform/time/clock.ts';
import { secretOf } from './endpoint.ts';
import { listSecrets, reseal, type SealedSecrets } from './store-secrets.ts';

type RotateTools = {
  readonly transactor: Pick<Transactor, 'scan' | 'inOrganisation'>;
  readonly sealing: Sealing;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
};

/** Two small texts each. */
const BATCH = 100;

export async function rotateEndpointKeys(tools: RotateTools): Promise<Rotated> {
  const [unreadable, left] = [new Map<string, number>(), new Map<string, number>()];
  let resealed = 0;
  for await (const row of everyEndpoint(tools)) {
    for (const text of row.texts) {
      const keyId = keyIdOf(text);
      if (keyId === tools.sealing.currentId) continue;
      const done = await sealAnew(tools, row, text);
      if (done === null) unreadable.set(keyId, (unreadable.get(keyId) ?? 0) + 1);
      else if (done) resealed += 1;
    }
  }
  // Counted afterwards, and not while it goes on: somebody who has not heard of the current key may have sealed meanwhile.
  for await (const { texts } of everyEndpoint(tools)) {
    for (const keyId of texts.map(keyIdOf)) left.set(keyId, (left.get(keyId) ?? 0) + 1);
  }
  return { resealed, unreadable, left };
}

/** null: it cannot be opened. False: it is no more. */
async function sealAnew(
  { transactor, sealing, log }: RotateTools,
  { organisationId, id }: SealedSecrets,
  text: string,
): Promise<boolean | null> {
  const about = secretOf(organisationId, id);
  let plain: string;
  try {
    plain = await sealing.open(text, about);
  } catch (error) {
    log.warn({ err: error, endpointId: id }, 'the secret of a webhook endpoint cannot be opened');
    return null;
  }
  const sealed = await sealing.seal(plain, about);
  return await transactor.inOrganisation(organisationId, (tx) => reseal(tx, id, text, sealed.text));
}

async function* everyEndpoint({ transactor, clock }: RotateTools): AsyncGenerator<SealedSecrets> {
  const now = clock.now();
  let after = { organisationId: 0, id: 0 };
  for (;;) {
    const page = { after, limit: BATCH };
    const rows = await transactor.scan('webhook_endpoint', (tx: UnscopedTransaction) => listSecrets(tx, now, page));
    yield* rows;
    const last = rows.at(-1);
    if (!last) return;
    after = last;
  }
}
