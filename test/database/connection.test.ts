import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { connect, named, query, withStartupOptions } from '../../src/platform/database/connection.ts';
import { conflictOf, refusalFor } from '../../src/platform/database/conflict.ts';
import { Refusal } from '../../src/platform/refusal.ts';
import { createDatabase, onServer } from '../open-database.ts';
import { insert, openLedger, quiet, type Ledger } from './ledger.ts';

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger();
});
afterAll(() => ledger.close());

const one = async (expression: string): Promise<unknown> =>
  (await query<{ value: unknown }>(ledger.connection.pool, { text: `select ${expression} as value` })).rows[0]?.value;

describe('values', () => {
  test('instants, dates and whole numbers arrive as what they are', async () => {
    expect(await one(`'2026-12-01 10:00:00.123456+05:30'::timestamptz`)).toEqual(
      Temporal.Instant.from('2026-12-01T04:30:00.123456Z'),
    );
    expect(await one(`'2026-12-01'::date`)).toEqual(Temporal.PlainDate.from('2026-12-01'));
    expect(await one('9007199254740991::int8')).toBe(Number.MAX_SAFE_INTEGER);
    expect(await one('null::timestamptz')).toBeNull();
  });

  test('so do arrays of them', async () => {
    expect(await one(`array[1, null, 3]::int8[]`)).toEqual([1, null, 3]);
    expect(await one(`array['2026-12-01']::date[]`)).toEqual([Temporal.PlainDate.from('2026-12-01')]);
    expect(await one(`array['2026-12-01 10:00Z']::timestamptz[]`)).toEqual([
      Temporal.Instant.from('2026-12-01T10:00:00Z'),
    ]);
  });

  test('ranges, intervals and zoneless times stay text', async () => {
    expect(await one(`tstzrange('2026-12-01 10:00Z', '2026-12-01 11:00Z')`)).toBe(
      '["2026-12-01 10:00:00+00","2026-12-01 11:00:00+00")',
    );
    expect(await one(`'2026-12-01 10:00'::timestamp`)).toBe('2026-12-01 10:00:00');
    expect(await one(`'1 day'::interval`)).toBe('1 day');
  });

  test('a number past 2^53 and an endless instant are refused, not bent', async () => {
    await expect(one('9007199254740993::int8')).rejects.toThrow(RangeError);
    await expect(one(`'infinity'::timestamptz`)).rejects.toThrow(RangeError);
    expect(await one('1')).toBe(1);
  });
});

describe('the login', () => {
  test('that owns the server still runs as the role without rights', async () => {
    const owner = await connect({ url: ledger.ownerUrl, log: quiet });
    const { rows } = await query<{ passes: boolean }>(owner.pool, {
      text: `select rolsuper or rolbypassrls as passes from pg_roles where rolname = current_user`,
    });
    expect(rows).toEqual([{ passes: false }]);
    await owner.close();
  });

  test('that passes row-level security is refused where it cannot become that role', async (context) => {
    const { ownerUrl, drop } = await createDatabase({ empty: true });
    onTestFinished(drop);
    const name = `strong_${Math.random().toString(36).slice(2)}`;
    const made = await onServer(ownerUrl, `create role ${name} login bypassrls password 'x'`).then(
      () => true,
      (error: unknown) => {
        // insufficient_privilege: an owner who cannot make such a login cannot be one, so there is nothing to refuse.
        if ((error as { code?: string }).code !== '42501' || process.env['REQUIRE_ALL'] === '1') throw error;
        return false;
      },
    );
    // Nothing is left to prove there: this server's owner is the login that would have to be refused, and lacks the right.
    if (!made) context.skip('the owner of this server may not make a login that passes row-level security');
    onTestFinished(() => onServer(ownerUrl, `drop role ${name}`));
    const url = ownerUrl.replace(/\/\/[^@]*@/, `//${name}:x@`);
    await expect(connect({ url, log: quiet })).rejects.toThrow('run the migrations first');
  });
});

describe('the pool', () => {
  test('runs a named statement by itself and on a client', async () => {
    const statement = { name: 'twice', text: 'select $1::int * 2 as value', values: [21] };
    expect(await named(ledger.connection.pool, statement)).toEqual([{ value: 42 }]);
    const client = await ledger.connection.pool.connect();
    expect(await named(client, statement)).toEqual([{ value: 42 }]);
    client.release();
  });

  test('outlives the server ending its idle connections', async () => {
    await one('1');
    await onServer(
      ledger.ownerUrl,
      `select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'slotkeeper' and datname = current_database()`,
    );
    await expect.poll(() => ledger.connection.pool.totalCount).toBe(0);
    expect(await one('1')).toBe(1);
  });

  test('that is full answers overloaded in bounded time', { timeout: 15_000 }, async () => {
    const full = await connect({ url: ledger.url, log: quiet, max: 1 });
    const client = await full.pool.connect();
    await expect(query(full.pool, { text: 'select 1' })).rejects.toMatchObject({ code: 'overloaded' });
    client.release();
    await full.close();
  });
});

test('startup options join those the address already has', () => {
  expect(withStartupOptions('postgres://h/d', ['-c a=b'])).toBe('postgres://h/d?options=-c%20a%3Db');
  const joined = withStartupOptions('postgres://h/d?options=-c%20x%3Dy&sslmode=require', ['-c a=b']);
  expect(new URL(joined).searchParams.getAll('options').at(-1)).toBe('-c x=y -c a=b');
});

const violation = () => ledger.transactor.inOrganisation(1, (tx) => tx.query(insert(1, -1))).catch((error) => error);

describe('a violated constraint', () => {
  test('names itself', async () => {
    expect(conflictOf(await violation())).toEqual({ constraint: 'amount_not_negative', kind: 'check' });
    expect(conflictOf(new Error('other'))).toBeNull();
  });

  test('becomes the refusal its table has, or stays what it was', async () => {
    const error = await violation();
    const refusal = new Refusal('already_exists', 'No.');
    expect(refusalFor(error, { amount_not_negative: () => refusal })).toBe(refusal);
    expect(refusalFor(error, {})).toBe(error);
  });
});
