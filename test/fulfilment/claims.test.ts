// Many claim, give back and change the same few sessions at once, as runners and acts do after an outage.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { claimDue } from '../../src/fulfilment/store.ts';
import { openWorkshop, type Workshop } from './open-workshop.ts';

const SESSIONS = 8;
const CLAIMERS = 6;
const ROUNDS = 400;
const LEASE_MS = 30_000;

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
});
afterAll(() => shop.close());

it('claims that meet each other, and sessions that change meanwhile, are never refused by the database', async () => {
  for (let n = 0; n < SESSIONS; n += 1) await shop.book(null);
  const { transactor } = shop.tools;
  let drawn = 0;
  const chance = (): number => ((drawn += 1) * 0.618) % 1;
  const due = (text: string, values: readonly unknown[]) =>
    transactor.scan('fulfilment', (tx) => tx.query({ name: `test_${text.length}`, text, values: [...values] }));
  let claimed = 0;
  const over = new AbortController();
  const claimer = async (): Promise<void> => {
    for (let n = 0; n < ROUNDS; n += 1) {
      const all = 1 + Math.floor(chance() * 3);
      const claims = await transactor.scan('fulfilment', (tx) =>
        claimDue(tx, shop.clock.now(), LEASE_MS, { all, troubled: 4 }),
      );
      claimed += claims.length;
      const back = `update fulfilment set lease_until = null, due_at = $2, attempts = $3, done_revision = wanted_revision - 1
                     where session_id = $1`;
      for (const { sessionId } of claims) {
        await due(back, [sessionId, shop.clock.now().toString(), Math.floor(chance() * 8)]);
      }
    }
    over.abort();
  };
  const changer = async (): Promise<void> => {
    const change = `update fulfilment set wanted_revision = wanted_revision + 1 where session_id =
                      (select session_id from fulfilment order by random() limit 1)`;
    while (!over.signal.aborted) await due(change, []);
  };
  await Promise.all([...Array.from({ length: CLAIMERS }, claimer), changer(), changer()]);
  expect(claimed).toBeGreaterThan(ROUNDS);
});
