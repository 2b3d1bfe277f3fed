// What a pass has of its lease when it calls outside: enough for the call, and its word that it is still its own; and that this
// costs no transaction where one has just said so.
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { CALL_TIMEOUT_MS } from '../../src/fulfilment/carry-out.ts';
import { startRunner } from '../../src/fulfilment/jobs.ts';
import { Lease, LEASE_MS } from '../../src/fulfilment/lease.ts';
import { claimDue, LeaseLost } from '../../src/fulfilment/store.ts';
import type { Transaction, UnscopedTransaction } from '../../src/platform/database/transaction.ts';
import { openWorkshop, type Workshop } from './open-workshop.ts';

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
});
afterEach(async () => {
  await shop.clear();
  await ask('test_settled', 'update fulfilment set lease_until = null, done_revision = wanted_revision');
});
afterAll(() => shop.close());

const ask = <Row extends object>(name: string, text: string): Promise<Row[]> =>
  shop.tools.transactor.scan('fulfilment', (tx: UnscopedTransaction) => tx.query<Row>({ name, text }));

/**
 * A runner that tells how much is left of the lease at each call to a provider, and does something while it is out; and once it has
 * taken one of the host's day for a call, right before that.
 */
function watchedRunner(during: () => Promise<void> | void, before: () => Promise<void> | void = () => undefined) {
  const leftMs: number[] = [];
  let prolonged = 0;
  let taken = false;
  const out = async (): Promise<void> => {
    const text = 'select lease_until as until from fulfilment where lease_until is not null';
    const [row] = await ask<{ until: Temporal.Instant }>('test_lease', text);
    leftMs.push(row?.until.since(shop.clock.now()).total('milliseconds') ?? 0);
    await during();
  };
  const watched = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return async (...given: unknown[]): Promise<unknown> => {
          await out();
          return await (value.apply(target, given) as Promise<unknown>);
        };
      },
    });
  const counted = (tx: Transaction): Transaction =>
    new Proxy(tx, {
      get: (target, name) => {
        if (name === 'last') return counted(target.last);
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...given: { readonly name?: string }[]): unknown => {
          if (given[0]?.name === 'fulfilment_prolong') prolonged += 1;
          const done = value.apply(target, given) as unknown;
          return given[0]?.name === 'daily_use_take' ? Promise.resolve(done).finally(() => (taken = true)) : done;
        };
      },
    });
  const { transactor, calendars, meetings } = shop.tools;
  const runner = startRunner(
    {
      ...shop.tools,
      transactor: {
        ...transactor,
        inOrganisation: async (id, body, options) => {
          const done = await transactor.inOrganisation(id, (tx) => body(counted(tx)), options);
          if (taken) await before();
          taken = false;
          return done;
        },
      },
      dailyChanges: new Map([['zoom', 100]]),
      calendars: new Map([...calendars].map(([id, port]) => [id, watched(port)])),
      meetings: new Map([...meetings].map(([platform, at]) => [platform, { ...at, meetings: watched(at.meetings) }])),
    },
    { idle: true },
  );
  return { runner, leftMs, prolonged: () => prolonged };
}

test('a pass that goes on at once prolongs nothing: what it writes before each call says that it is its own', async () => {
  const { runner, leftMs, prolonged } = watchedRunner(() => undefined);
  await shop.book('zoom');
  await shop.finish(3_600, runner);
  expect(leftMs).toEqual([LEASE_MS, LEASE_MS]);
  expect(prolonged()).toBe(0);
});

test('after a call that took long the next has a lease that outlives it', async () => {
  const slow = watchedRunner(() => shop.clock.advance({ milliseconds: CALL_TIMEOUT_MS }));
  await shop.book('zoom');
  await shop.finish(3_600, slow.runner);
  expect(slow.leftMs).toEqual([LEASE_MS, LEASE_MS]);
  expect(slow.prolonged()).toBeGreaterThan(0);
});

test('a pass whose session was taken away while it called does not call again', async () => {
  await shop.fault({ provider: 'zoom', operation: 'create', dropAfterSuccess: true, times: 1 });
  const another = `update fulfilment set lease_no = lease_no + 1, lease_until = lease_until + interval '1 hour'`;
  let moved = false;
  const { runner, leftMs } = watchedRunner(async () => {
    if (moved) await ask('test_taken', another);
  });
  const booked = await shop.book('zoom');
  await runner.runUntilIdle();
  await shop.move(booked, '11:00');
  shop.clock.advance({ seconds: 60 });
  moved = true;
  leftMs.length = 0;
  // It looks for what the create has left, and would move that next.
  await runner.runUntilIdle();
  expect(leftMs).toHaveLength(1);
});

test('a pass that stood still on its way to a call, and whose session was taken away meanwhile, does not call', async () => {
  const another = `update fulfilment set lease_no = lease_no + 1, lease_until = lease_until + interval '1 hour'`;
  const stands = async () => {
    shop.clock.advance({ seconds: 87 });
    await ask('test_taken', another);
  };
  const { runner, leftMs } = watchedRunner(() => undefined, stands);
  await shop.book('zoom');
  await runner.runUntilIdle();
  expect(leftMs).toEqual([]);
});

test('one that stood still and has its session still makes sure of it and calls', async () => {
  const { runner, leftMs, prolonged } = watchedRunner(
    () => undefined,
    () => {
      shop.clock.advance({ seconds: 87 });
    },
  );
  await shop.book('zoom');
  await runner.runUntilIdle();
  expect(leftMs[0]).toBe(LEASE_MS);
  expect(prolonged()).toBeGreaterThan(0);
});

test('what takes longer than the lease keeps it, and once it was taken away leaves it to who has it', async () => {
  const [beat, step] = [8_000, { milliseconds: 8_000 }];
  const booked = await shop.book(null);
  const text = 'select lease_until as until, lease_no as no from fulfilment where lease_until is not null';
  const seen = () => ask<{ until: Temporal.Instant; no: number }>('test_lease_no', text);
  const [claim] = await shop.tools.transactor.scan('fulfilment', (tx) =>
    claimDue(tx.last, shop.clock.now(), LEASE_MS, { all: 1, troubled: 0 }),
  );
  if (!claim) throw new Error('nothing was due');
  const lease = new Lease(shop.tools, claim);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const work = Promise.withResolvers<void>();
    const during = lease.during(() => work.promise);
    for (let beats = 0; beats < 7; beats += 1) {
      shop.clock.advance(step);
      vi.advanceTimersByTime(beat);
      const until = shop.clock.now().add({ milliseconds: LEASE_MS });
      await expect.poll(() => lease.until.equals(until)).toBe(true);
      // The next beat is set when that is done.
      await setImmediate();
      expect((await seen()).map((row) => row.until.equals(until))).toEqual([true]);
    }
    const [before] = await ask<{ until: Temporal.Instant }>(
      'test_taken_over',
      'update fulfilment set lease_no = lease_no + 1 where lease_until is not null returning lease_until as until',
    );
    shop.clock.advance(step);
    vi.advanceTimersByTime(3 * beat);
    work.resolve();
    await during;
    expect((await seen()).map(({ until }) => until.equals(before?.until ?? until))).toEqual([true]);
    await expect(lease.hold()).rejects.toThrow(LeaseLost);
  } finally {
    vi.useRealTimers();
  }
  expect(claim.sessionId).toBe(booked.sessionId);
});
