// Whoever breaks the connection off before it is known who asks harms nobody: by then its address is not to be had any more.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { newSecret } from '../../src/identity/api-key.ts';
import { createApiKeys } from '../../src/identity/authenticate-api-key.ts';
import { registerIdentity } from '../../src/identity/authenticate.ts';
import { transactor } from '../../src/platform/database/transaction.ts';
import { createLimiter } from '../../src/platform/http/rate-limit.ts';
import { createServer, type App } from '../../src/platform/http/server.ts';
import { setClock } from '../../src/platform/time/clock.ts';
import { captureLog } from '../http/capture-log.ts';
import { listen } from '../http/listen.ts';
import { openDatabase, type TestDatabase } from '../open-database.ts';

const clock = setClock('2030-01-01T00:00:00Z');
const { log, lines } = captureLog();
let database: TestDatabase;
let app: App;
let server: Awaited<ReturnType<typeof listen>>;

beforeAll(async () => {
  database = await openDatabase({ log });
  app = await createServer({ log, corsOrigins: '*', trustProxy: false, info: { title: 'x', version: '0' } });
  const limiter = createLimiter({ connection: database.connection, clock, log, limits: readConfig({}).rateLimits });
  const apiKeys = createApiKeys({ transactor: transactor(database.connection), clock, log });
  registerIdentity(app, { tokenKey: Buffer.alloc(32, 9), clock, limiter, organisationId: 77, apiKeys });
  app.get('/api/open', { config: { access: 'public', scope: 'availability:read', rate: 'read' } }, () => ({}));
  server = await listen(app);
});
afterAll(async () => {
  await server.close();
  await database.close();
});
beforeEach(() => {
  lines.length = 0;
});

function call(authorization: string | null, times = 1): Socket {
  const socket = connect(server.port, '127.0.0.1');
  const header = authorization === null ? '' : `authorization: ${authorization}\r\n`;
  socket.on('error', () => undefined);
  socket.write(`GET /api/open HTTP/1.1\r\nhost: x\r\n${header}\r\n`.repeat(times));
  return socket;
}

/** How others are answered now, and what was logged as a fault of ours. */
async function seenByOthers(): Promise<readonly unknown[]> {
  const { status } = await fetch(`${server.url}/api/open`);
  return [status, lines.filter(({ level }) => Number(level) >= 50)];
}

test('while its key is looked up', async () => {
  const holder = new pg.Client(database.ownerUrl);
  await holder.connect();
  try {
    await holder.query('begin');
    await holder.query('lock table api_key in access exclusive mode');
    const arrived = once(app.server, 'request');
    const connected = once(app.server, 'connection') as Promise<[Socket]>;
    const socket = call(`Bearer ${newSecret().secret}`);
    const [theirs] = await connected;
    await arrived;
    const gone = new Promise((resolve) => theirs.on('close', resolve));
    socket.resetAndDestroy();
    await gone;
    await holder.query('rollback');
    // It is counted all the same.
    const counted = 'select 1 from rate_window where bucket = $1';
    const { pool } = database.connection;
    await expect.poll(async () => (await pool.query(counted, ['read:address:gone'])).rowCount).toBe(1);
  } finally {
    await holder.end();
  }
  expect(await seenByOthers()).toEqual([200, []]);
});

test('before it was read', async () => {
  for (let i = 0; i < 40; i += 1) {
    const socket = call(null, 20);
    await once(socket, 'connect');
    socket.resetAndDestroy();
  }
  await sleep(200);
  expect(await seenByOthers()).toEqual([200, []]);
});
