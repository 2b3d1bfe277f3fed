// A link over which nothing comes any more, as a firewall or a dead host leaves it: whoever waits is told, and whoever does
// not keeps the connection.
import { once } from 'node:events';
import { connect as dial, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { connect, named, type Connection } from '../../src/platform/database/connection.ts';
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
