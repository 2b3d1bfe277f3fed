// Short reads that share connections: they are answered each for itself, and leave room for those who need one alone.
import { afterEach, expect, test } from 'vitest';
import { acquire } from '../../src/platform/database/connection.ts';
import { readOnLane } from '../../src/platform/database/lane.ts';
import { onServer, openDatabase, type TestDatabase } from '../open-database.ts';

const PID = { name: 'pid', text: 'select pg_backend_pid() as pid, $1::int as asked' };
const DIVIDE = { name: 'divide', text: 'select 1 / $1::int as result' };

let database: TestDatabase | undefined;
afterEach(async () => {
  await database?.close();
  database = undefined;
});

async function poolOf(max: number) {
  database = await openDatabase({ max, empty: true });
  return database.connection.pool;
}

test('many reads at once share a part of the pool, and each gets its own answer', async () => {
  const pool = await poolOf(10);
  const rows = await Promise.all(
    Array.from({ length: 100 }, (_, asked) =>
      readOnLane<{ pid: number; asked: number }>(pool, { ...PID, values: [asked] }),
    ),
  );
  expect(rows.map(([row]) => row?.asked)).toEqual(Array.from({ length: 100 }, (_, asked) => asked));
  expect(new Set(rows.map(([row]) => row?.pid)).size).toBeLessThanOrEqual(4);
  expect(pool.idleCount).toBe(pool.totalCount);
});

test('a read that fails fails alone, and its connection is kept', async () => {
  const pool = await poolOf(2);
  const results = await Promise.allSettled(
    [1, 0, 1, 0, 1].map((by) => readOnLane<{ result: number }>(pool, { ...DIVIDE, values: [by] })),
  );
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
  expect(pool.idleCount).toBe(pool.totalCount);
  expect(pool.totalCount).toBeGreaterThan(0);
});

test('a read that fails takes no statement with it that was sent with it for the first time', async () => {
  const pool = await poolOf(1);
  const seven = { name: 'seven', text: 'select 7 as seven' };
  const fails = readOnLane(pool, { ...DIVIDE, values: [0] });
  const [beside] = [readOnLane(pool, seven), await new Promise(setImmediate)];
  const after = readOnLane(pool, seven);
  await expect(fails).rejects.toThrow(/division by zero/);
  expect([await beside, await after]).toEqual([[{ seven: 7 }], [{ seven: 7 }]]);
});

test('whoever needs a connection alone gets it, however many reads keep coming', async () => {
  const pool = await poolOf(1);
  const stop = new AbortController();
  const readers = Array.from({ length: 8 }, async (_, asked) => {
    while (!stop.signal.aborted) await readOnLane(pool, { ...PID, values: [asked] });
  });
  for (let turn = 0; turn < 5; turn += 1) (await acquire(pool)).release();
  stop.abort();
  await Promise.all(readers);
  expect(pool.idleCount).toBe(1);
});

test('a connection that is lost fails those who were on it, and the next read gets another', async () => {
  const pool = await poolOf(2);
  const [first] = await readOnLane<{ pid: number }>(pool, { ...PID, values: [0] });
  const reads = Promise.allSettled([
    readOnLane(pool, { name: 'slow', text: 'select pg_sleep(5)' }),
    readOnLane(pool, { ...PID, values: [1] }),
    readOnLane(pool, { ...PID, values: [2] }),
  ]);
  // By the owner: a role may not end the connection of a login that stands above it.
  await onServer(database!.ownerUrl, `select pg_terminate_backend(${first!.pid})`);
  expect((await reads).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(await readOnLane(pool, { ...PID, values: [3] })).toMatchObject([{ asked: 3 }]);
});
