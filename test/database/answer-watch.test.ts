// A link over which nothing comes any more, as a firewall or a dead host leaves it: whoever waits is told, and whoever does
// not keeps the connection.
import { once } from 'node:events';
import { connect as dial, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { connect, named, type Connection } from '../../src/platform/database/connection.ts';
import { readOnLane } from '../../src/platform/database/lane.ts';
import { createLog } from '../../src/platform/log.ts';
import { createDatabase } from '../open-database.ts';

const WITHIN_MS = 300;
const PID = { name: 'pid', text: 'select pg_backend_pid() as pid' };
const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A database behind a line that can be held: what is sent over it then arrives nowhere. */
async function farDatabase(): Promise<{ connection: Connection; hold(): void }> {
  const { url, drop } = await createDatabase({ empty: true });
  const { host, port, user, password, database } = new pg.Client({ connectionString: url });
  const there = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
  const sockets: Socket[] = [];
  const line = createServer((near) => {
    const far = dial(there);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (bytes) => to.write(bytes)).on('close', () => to.destroy());
      from.on('error', () => undefined);
      sockets.push(from);
    }
  }).listen(0, '127.0.0.1');
  await once(line, 'listening');
  const login = `${encodeURIComponent(user ?? '')}:${encodeURIComponent(String(password))}`;
  const connection = await connect({
    url: `postgres://${login}@127.0.0.1:${(line.address() as AddressInfo).port}/${database ?? ''}`,
    max: 1,
    log: createLog('silent'),
    answerTimeoutMs: WITHIN_MS,
  });
  ends.push(
    drop,
    () => void line.close(),
    () => {
      for (const socket of sockets) socket.destroy();
    },
    () => connection.close(),
  );
  return {
    connection,
    hold: () => {
      for (const socket of sockets.splice(0)) socket.removeAllListeners('data').pause();
    },
  };
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
