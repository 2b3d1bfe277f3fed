// Statements of one moment on one connection: one flight, answered together, and what becomes of the rest when one raises.
import type { EventEmitter } from 'node:events';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Departures, NotRun } from '../../src/platform/database/flight.ts';
import { openLedger, type Ledger } from './ledger.ts';

let ledger: Ledger;
let client: pg.PoolClient;
let flights: Departures;
beforeAll(async () => {
  ledger = await openLedger({ max: 2 });
  client = await ledger.connection.pool.connect();
  flights = new Departures(client);
});
afterAll(async () => {
  client.release();
  await ledger.close();
});

const number = (n: number) => ({ name: 'number', text: 'select $1::int as n', values: [n] });
const raises = { text: 'select 1 / 0' };
const outcome = (sent: Promise<pg.QueryResult>) =>
  sent.then(
    ({ rows }) => rows as unknown,
    (error: unknown) => (error instanceof NotRun ? `not run: ${(error.cause as Error).message}` : String(error)),
  );

test('what is asked in one go, and by the promises that follow at once, is one query to the driver', async () => {
  let asked = 0;
  const counted = new Departures({
    query: (flight: pg.Query) => {
      asked += 1;
      return client.query(flight);
    },
  } as unknown as pg.ClientBase);
  const [first, second, third] = await Promise.all([
    counted.send<{ n: number }>(number(1)),
    counted.send<{ n: number }>({ text: 'select $1::text as n', values: ['two'] }),
    Promise.resolve().then(() => counted.send<{ n: number }>(number(3))),
  ]);
  expect([first.rows, second.rows, third.rows]).toEqual([[{ n: 1 }], [{ n: 'two' }], [{ n: 3 }]]);
  expect(asked).toBe(1);
});

test('each statement sees what those before it wrote, and what was committed meanwhile', async () => {
  const results = await Promise.all([
    flights.send({ text: 'create temp table seen (n int)' }),
    flights.send({ text: 'insert into seen values (1), (2)' }),
    flights.send<{ n: number }>({ text: 'select count(*)::int as n from seen' }),
  ]);
  expect(results[1].rowCount).toBe(2);
  expect(results[2].rows).toEqual([{ n: 2 }]);
});

test('one that raises keeps those behind it from running, and those before it have their answers', async () => {
  const all = await Promise.all(
    [number(1), raises, number(3), { name: 'never parsed', text: 'select 4 as n' }].map((one) =>
      outcome(flights.send(one)),
    ),
  );
  expect(all).toEqual([
    [{ n: 1 }],
    'error: division by zero',
    'not run: division by zero',
    'not run: division by zero',
  ]);
  // A statement that was passed over is not believed to be prepared.
  expect(await outcome(flights.send({ name: 'never parsed', text: 'select 4 as n' }))).toEqual([{ n: 4 }]);
  expect(await outcome(flights.send(number(5)))).toEqual([[{ n: 5 }]][0]);
});

test('a statement prepared on a flight that failed later stays prepared', async () => {
  const stays = { name: 'stays', text: 'select 6 as n' };
  await Promise.all([stays, raises].map((one) => outcome(flights.send(one))));
  expect(await outcome(flights.send(stays))).toEqual([{ n: 6 }]);
});

test('one name for two texts fails that statement and those behind it alone', async () => {
  const all = await Promise.all(
    [number(1), { name: 'number', text: 'select 2 as n' }, number(3)].map((one) => outcome(flights.send(one))),
  );
  expect(all[0]).toEqual([{ n: 1 }]);
  expect(all[1]).toMatch('Prepared statements must be unique');
  expect(all[2]).toMatch('not run: Prepared statements must be unique');
  expect(await outcome(flights.send(number(7)))).toEqual([{ n: 7 }]);
});

test('where the connection goes, no statement of the flight is said not to have run', async () => {
  const other = await ledger.connection.pool.connect();
  const lost = new Departures(other);
  const sent = [number(1), { text: 'select pg_sleep(2)' }, { text: 'commit' }].map((one) => outcome(lost.send(one)));
  await new Promise((sentOut) => setImmediate(sentOut));
  (other as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  for (const said of await Promise.all(sent)) expect(said).toMatch(/Connection terminated/);
  other.release(true);
});

test('a value that cannot be written fails its statement and those behind it, and nobody gets the answer of another', async () => {
  const circular: Record<string, unknown> = {};
  circular['itself'] = circular;
  for (const value of [circular, { n: 1n }, [{ toPostgres: () => JSON.stringify({ n: 1n }) }]]) {
    const unwritable = { name: 'unwritable', text: 'select $1::text as n', values: [value] };
    const all = await Promise.all(
      [number(1), unwritable, number(3), { text: 'select 4 as n' }].map((one) => outcome(flights.send(one))),
    );
    expect(all[0]).toEqual([{ n: 1 }]);
    expect(all[1]).toMatch(/^TypeError: .*(?:circular|BigInt)/);
    expect(all.slice(2)).toEqual([
      expect.stringMatching(/^not run: .*(?:circular|BigInt)/),
      expect.stringMatching(/^not run: .*(?:circular|BigInt)/),
    ]);
    // The connection goes on, and the statement's name is free for what can be written.
    expect(await outcome(flights.send({ ...unwritable, values: ['written'] }))).toEqual([{ n: 'written' }]);
    expect(await outcome(flights.send(unwritable))).toMatch(/^TypeError: /);
    expect(await outcome(flights.send(number(5)))).toEqual([{ n: 5 }]);
  }
});

test('a prepared statement asks once a connection what columns its rows have, and has them each time', async () => {
  let described = 0;
  const describe = (): void => {
    described += 1;
  };
  const wire = (client as unknown as { connection: EventEmitter }).connection;
  wire.on('rowDescription', describe);
  const rows = (a: number | null, b: string) =>
    flights.send({ name: 'two columns', text: 'select $1::int as a, $2::text as b', values: [a, b] });
  expect((await rows(1, 'x')).rows).toEqual([{ a: 1, b: 'x' }]);
  const [second, third] = await Promise.all([rows(null, ''), rows(3, 'z')]);
  expect([second.rows, third.rows]).toEqual([[{ a: null, b: '' }], [{ a: 3, b: 'z' }]]);
  expect(second.fields.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(described).toBe(1);
  const none = { name: 'no columns', text: 'set local application_name = flights' };
  for (let times = 0; times < 2; times += 1) {
    expect(await flights.send(none)).toMatchObject({ rows: [], command: 'SET' });
  }
  await flights.send({ text: 'create temp table if not exists counted (n int)' });
  const [written, again] = [await flights.send(changed(1)), await flights.send(changed(2))];
  expect([written.rowCount, again.rowCount, again.rows]).toEqual([1, 2, []]);
  wire.off('rowDescription', describe);
});

const changed = (most: number) => ({
  name: 'changed',
  text: 'insert into counted select generate_series(1, $1::int)',
  values: [most],
});
