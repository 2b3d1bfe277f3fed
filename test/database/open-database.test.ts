// The harness itself: what every other test over a database counts on.
import { expect, test } from 'vitest';
import { openDatabase } from '../open-database.ts';
import { query } from '../../src/platform/database/connection.ts';

test('two databases of one run do not see each other', async () => {
  const [one, other] = await Promise.all([openDatabase(), openDatabase()]);
  const nameOf = async (database: typeof one) =>
    (await query<{ name: string }>(database.connection.pool, { text: 'select current_database() as name' })).rows[0]
      ?.name;
  expect(await nameOf(one)).not.toBe(await nameOf(other));
  await Promise.all([one.close(), other.close()]);
});

test('requests run as a role that cannot pass row-level security', async () => {
  const database = await openDatabase();
  const { rows } = await query<{ passes: boolean }>(database.connection.pool, {
    text: 'select rolsuper or rolbypassrls as passes from pg_roles where rolname = current_user',
  });
  expect(rows).toEqual([{ passes: false }]);
  await database.close();
});
