// The first start: one practice, whoever comes first.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transactor } from '../../src/platform/database/transaction.ts';
import { setClock } from '../../src/platform/time/clock.ts';
import { foundPractice } from '../../src/practitioners/found-practice.ts';
import { openDatabase, type TestDatabase } from '../open-database.ts';

let house: TestDatabase;
beforeAll(async () => {
  house = await openDatabase();
});
afterAll(() => house.close());

test('of many processes that start at once one founds the practice, and all serve the same', async () => {
  const tools = { transactor: transactor(house.connection), clock: setClock('2030-01-01T00:00Z') };
  const all = await Promise.all(Array.from({ length: 20 }, () => foundPractice(tools, { name: 'The Practice' })));
  expect(all.filter((one) => one.founded)).toHaveLength(1);
  const [first] = all;
  for (const one of all) {
    expect({ ...one, founded: first!.founded }).toEqual(first);
  }
  expect(first!.marker).toMatch(/^[a-z0-9]{16}$/);
  expect(first!.tokenKey).toHaveLength(32);

  const again = await foundPractice(tools, { name: 'Another name' });
  expect(again).toEqual({ ...first, founded: false });
  const rows = await tools.transactor.inOrganisation(again.organisationId, (tx) =>
    tx.kysely.selectFrom('journal').select(['event', 'subject_id', 'actor_role']).execute(),
  );
  expect(rows).toEqual([{ event: 'practice.founded', subject_id: again.organisationId, actor_role: 'system' }]);
});
