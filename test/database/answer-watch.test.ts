// A link over which nothing comes any more, as a firewall or a dead host leaves it: whoever waits is told, and whoever does
// not keeps the connection.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { connect, named, type Connection } from '../../src/platform/database/connection.ts';
import { readOnLane } from '../../src/platform/database/lane.ts';
import { createLog } from '../../src/platform/log.ts';
import { createDatabase } from '../open-database.ts';
import { openLine } from './held-line.ts';

const WITHIN_MS = 300;
const PID = { name: 'pid', text: 'select pg_backend_pid() as pid' };
const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A database behind a line that can be held. */
async function farDatabase(): Promise<{ connection: Connection; hold(): void }> {
  const { url, drop } = await createDatabase({ empty: true });
  const line = await openLine(url);
  const log = createLog('silent');
  const connection = await connect({ url: line.url, max: 1, log, answerTimeoutMs: WITHIN_MS });
  ends.push(
    drop,
    () => line.close(),
    () => connection.close(),
  );
  return { connection, hold: () => line.hold() };
}

const pidOn = async ({ pool }: Connection) => (await named<{ pid: number }>(pool, PID))[0]?.pid;

test('what nobody answers fails in time, and the next statement is served', async () => {
  const { connection, hold } = await farDatabase();
  await pidOn(connection);
  // However long it has been quiet before.
  await sleep(1.5 * WITHIN_MS);
  hold();
  const asked = performance.now();
  await expect(pidOn(connection)).rejects.toThrow(/^Connection terminated/);
  expect(performance.now() - asked).toBeGreaterThanOrEqual(WITHIN_MS);
  expect(await pidOn(connection)).toBeGreaterThan(0);
});

test('a connection that nobody asks anything stays open, however long', async () => {
  const { connection } = await farDatabase();
  const pid = await pidOn(connection);
  await sleep(2 * WITHIN_MS);
  expect(await pidOn(connection)).toBe(pid);
});

test('reads that keep coming on a line that is dead do not keep it alive', async () => {
  const { connection, hold } = await farDatabase();
  const read = () => readOnLane(connection.pool, PID);
  await read();
  const slow = readOnLane(connection.pool, { name: 'slow', text: 'select pg_sleep(0.1)' });
  hold();
  const over = new AbortController();
  const told = slow.catch((error: Error) => error.message).finally(() => over.abort());
  const reads: Promise<unknown>[] = [told];
  while (!over.signal.aborted) {
    reads.push(read().catch(() => null));
    await sleep(WITHIN_MS / 6);
  }
  expect(await told).toMatch(/^Connection terminated/);
  await Promise.all(reads);
});
