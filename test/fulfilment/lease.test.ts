// What a pass has of its lease when it calls outside: enough for the call, and no commit more than that takes.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { CALL_TIMEOUT_MS, LEASE_MS } from '../../src/fulfilment/carry-out.ts';
import { startRunner } from '../../src/fulfilment/jobs.ts';
import { openWorkshop, type Workshop } from './open-workshop.ts';

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
});
afterEach(() => shop.clear());
afterAll(() => shop.close());

/** Books with a meeting, carries it out with calls that take so long, and answers what was left of the lease at each. */
async function leftAtEachCall(seconds: number): Promise<readonly number[]> {
  const left: number[] = [];
  const slow = async (): Promise<void> => {
    const [row] = await shop.tools.transactor.scan('fulfilment', (tx) =>
      tx.query<{ until: Temporal.Instant }>({
        name: 'test_lease',
        text: 'select lease_until as until from fulfilment where lease_until is not null',
      }),
    );
    left.push(row?.until.since(shop.clock.now()).total('milliseconds') ?? 0);
    shop.clock.advance({ seconds });
  };
  const slowly = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return async (...given: unknown[]): Promise<unknown> => {
          await slow();
          return await (value.apply(target, given) as Promise<unknown>);
        };
      },
    });
  const { calendars, meetings } = shop.tools;
  const runner = startRunner(
    {
      ...shop.tools,
      calendars: new Map([...calendars].map(([id, port]) => [id, slowly(port)])),
      meetings: new Map([...meetings].map(([platform, at]) => [platform, { ...at, meetings: slowly(at.meetings) }])),
    },
    { idle: true },
  );
  await shop.book('zoom');
  await shop.finish(3_600, runner);
  return left;
}

test('a pass that goes on at once calls under the lease that it was given', async () => {
  const left = await leftAtEachCall(0);
  expect(left.length).toBeGreaterThan(1);
  expect(new Set(left)).toEqual(new Set([LEASE_MS]));
});

test('after calls that took long it prolongs its lease, so that each outlives the call', async () => {
  const left = await leftAtEachCall(CALL_TIMEOUT_MS / 1_000 + 4);
  expect(left.length).toBeGreaterThan(1);
  expect(new Set(left)).toEqual(new Set([LEASE_MS]));
  const short = await leftAtEachCall(5);
  expect(short).toEqual([LEASE_MS, LEASE_MS - 5_000]);
});
