// A server that stops answering: nobody who asks it waits without an end, on the pool or beside it, nor whoever closes.
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { acquire, connect } from '../../src/platform/database/connection.ts';
import { closeDirect, onDirect, openDirect } from '../../src/platform/database/direct.ts';
import { hangBell } from '../../src/platform/jobs/bell.ts';
import { createLog } from '../../src/platform/log.ts';
import { createDatabase } from '../open-database.ts';
import { openLine, type Line } from './held-line.ts';

const WITHIN_MS = 200;
/** Twice as long, and the goodbye; a machine with much to do. */
const AT_MOST_MS = 2 * WITHIN_MS + 2_000 + 2_000;
const log = createLog('silent');
let database: Awaited<ReturnType<typeof createDatabase>>;
let line: Line;
const ends: (() => Promise<void> | void)[] = [];
beforeAll(async () => {
  database = await createDatabase({ empty: true });
});
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});
afterAll(() => database.drop());

async function lineTo(): Promise<Line> {
  line = await openLine(database.url);
  ends.push(() => line.close());
  return line;
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  return await Promise.race([work, sleep(AT_MOST_MS).then(() => Promise.reject(new Error('it waits still')))]);
}

test('what is asked beside the pool is told that the connection ended', async () => {
  const { url, muteLater } = await lineTo();
  muteLater();
  const asked = onDirect({ connectionString: url, answerMs: WITHIN_MS }, (client) => client.query('select 1'));
  await expect(inTime(asked)).rejects.toThrow(/^Connection terminated/);
});

test('a pool whose first question nobody answers does not open', async () => {
  const { url, muteLater } = await lineTo();
  muteLater();
  await expect(inTime(connect({ url, log, answerTimeoutMs: WITHIN_MS }))).rejects.toThrow(/^Connection terminated/);
});

test('a connection that nothing is awaited on is closed, though nobody says goodbye', async () => {
  const { url, hold } = await lineTo();
  const client = await openDirect({ connectionString: url, answerMs: WITHIN_MS });
  hold();
  await expect(inTime(closeDirect(client))).resolves.toBeUndefined();
});

test('a pool is closed, though its connections do not go, or one is not given back', async () => {
  const { url, hold } = await lineTo();
  const connection = await connect({ url, max: 2, log, answerTimeoutMs: WITHIN_MS });
  const [kept, idle] = [await acquire(connection.pool), await acquire(connection.pool)];
  idle.release();
  hold();
  await inTime(connection.close());
  await expect(inTime(kept.query('select 1'))).rejects.toThrow(/not queryable|terminated/);
});

test('a bell that nobody answers closes all the same', async () => {
  const there = await connect({ url: database.url, max: 1, log });
  ends.push(() => there.close());
  const { url, muteLater } = await lineTo();
  muteLater();
  const bell = hangBell({ pool: there.pool, url, log, answerTimeoutMs: WITHIN_MS });
  await sleep(WITHIN_MS / 2);
  await expect(inTime(bell.close())).resolves.toBeUndefined();
});

test('rows that are sent are waited for as long as they are taken, and no longer', async () => {
  const { url, hold } = await lineTo();
  const client = await openDirect({ connectionString: url, answerMs: WITHIN_MS, progress: 'both' });
  ends.push(() => closeDirect(client));
  await expect(client.query(`select pg_sleep(${WITHIN_MS / 2_000})`)).resolves.toBeTruthy();
  hold();
  await expect(inTime(client.query('select 1'))).rejects.toThrow(/^Connection terminated/);
});

test('nobody opens a connection by other means', async () => {
  const source = resolve(import.meta.dirname, '../../src');
  const files = (await readdir(source, { recursive: true })).filter((file) => file.endsWith('.ts'));
  const texts = await Promise.all(
    files.map(async (file) => [file, await readFile(join(source, file), 'utf8')] as const),
  );
  const opening = texts.filter(([, text]) => /new pg\.(?:Client|Pool)\(/.test(text)).map(([file]) => file);
  expect(opening.toSorted()).toEqual(['platform/database/connection.ts', 'platform/database/direct.ts']);
});
