// The runner and its lease: killed at any step, doubled, frozen, cut off from its database or kept busy by the broken, it
// leaves one meeting, one event and true letters behind.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { SETTLE_AFTER_SILENCE_MS } from '../../src/fulfilment/align-object.ts';
import { LEASE_MS } from '../../src/fulfilment/lease.ts';
import { startRunner, type Runner } from '../../src/fulfilment/jobs.ts';
import { claimDue } from '../../src/fulfilment/store.ts';
import type { Platform } from '../../src/meetings/provider.ts';
import type { Transactor } from '../../src/platform/database/transaction.ts';
import { openWorkshop, type Workshop } from './open-workshop.ts';

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
});
afterEach(async () => {
  vi.useRealTimers();
  await shop.clear();
});
afterAll(() => shop.close());

/** A runner whose transactions fail: from the `from`-th on (0 = first), `times` of them. */
function failingRunner(from: number, times: number): Runner & { readonly reached: () => boolean } {
  let count = 0;
  const check = (): void => {
    const failing = count >= from && count < from + times;
    count += 1;
    if (failing) throw new Error('the database is away');
  };
  const real = shop.tools.transactor;
  const transactor: Transactor = {
    ...real,
    scan: async (...given) => {
      check();
      return await real.scan(...given);
    },
    inOrganisation: async (...given) => {
      check();
      return await real.inOrganisation(...given);
    },
  };
  return { ...startRunner({ ...shop.tools, transactor }, { idle: true }), reached: () => count > from };
}

async function standing(): Promise<string> {
  return `${(await shop.zoom()).length} meetings, ${(await shop.events()).length} events`;
}

/** Every letter at most twice, and twice only under one id. */
async function lettersSeen(): Promise<{ different: number; most: number }> {
  const counts = new Map<string, number>();
  for (const { messageId } of await shop.mails()) counts.set(messageId, (counts.get(messageId) ?? 0) + 1);
  return { different: counts.size, most: Math.max(0, ...counts.values()) };
}

type Act = 'making' | 'moving' | 'cancelling';
type Story = readonly [act: Act, platform: Platform, fate: 'killed' | 'cut off from its database once', times: number];
const STORIES: readonly Story[] = [
  ['making', 'zoom', 'killed', Infinity],
  ['making', 'google-meet', 'killed', Infinity],
  ['making', 'teams', 'killed', Infinity],
  ['moving', 'zoom', 'killed', Infinity],
  ['cancelling', 'zoom', 'killed', Infinity],
  ['making', 'zoom', 'cut off from its database once', 1],
  ['moving', 'teams', 'cut off from its database once', 1],
];
/** More transactions than any of the stories takes. */
const MOST_STEPS = 40;

describe('a runner', () => {
  it.each(STORIES)('%s on %s and %s at any step leaves it to be finished, once', async (act, platform, _, times) => {
    let steps = 0;
    for (; steps < MOST_STEPS; steps += 1) {
      const booked = await shop.book(platform);
      if (act !== 'making') await shop.finish();
      if (act === 'moving') await shop.move(booked, '15:00');
      if (act === 'cancelling') await shop.cancel(booked);
      const failing = failingRunner(steps, times);
      await failing.runUntilIdle().catch(() => undefined);
      const reached = failing.reached();
      await shop.finish();
      const { different, most } = await lettersSeen();
      const one = platform === 'zoom' ? '1 meetings, 1 events' : '0 meetings, 1 events';
      expect([steps, await standing(), different]).toEqual([
        steps,
        act === 'cancelling' ? '0 meetings, 0 events' : one,
        act === 'making' ? 2 : 4,
      ]);
      expect(most).toBeLessThanOrEqual(2);
      await shop.clear();
      if (!reached) break;
    }
    expect(steps).toBeGreaterThan(5);
    expect(steps).toBeLessThan(MOST_STEPS);
  });
});

/** Waits by the real clock: where timers are faked, expect.poll sets them forward, and the runner would look by itself. */
async function atLast<T>(seen: () => T | Promise<T>, wanted: T): Promise<T> {
  for (let n = 0; n < 1_000 && (await seen()) !== wanted; n += 1) await sleep(10);
  return await seen();
}

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

describe('two runners', () => {
  it('at once do every session once', async () => {
    for (let count = 0; count < 12; count += 1) await shop.book(count % 2 === 0 ? 'zoom' : 'teams');
    const others = [0, 1, 2].map(() => startRunner(shop.tools, { idle: true }));
    const done = await Promise.all(others.map((runner) => runner.runUntilIdle()));
    await shop.finish();
    expect(done.reduce((sum, one) => sum + one, 0)).toBeGreaterThanOrEqual(12);
    expect(await standing()).toBe('6 meetings, 12 events');
    expect(await lettersSeen()).toEqual({ different: 24, most: 1 });
  });

  it('of which one froze in a call: the other finishes, and the first changes nothing when it wakes', async () => {
    await shop.fault({ provider: 'zoom', operation: 'create', latencyMs: 1_500, times: 1 });
    const booked = await shop.book('zoom');
    const frozen = startRunner(shop.tools, { idle: true }).runUntilIdle();
    await expect.poll(async () => (await shop.zoom()).length, { timeout: 5_000 }).toBe(1);
    shop.clock.advance({ milliseconds: LEASE_MS });
    await shop.finish();
    const objects = await shop.objects(booked);
    await frozen;
    await shop.finish();
    expect(await standing()).toBe('1 meetings, 1 events');
    expect(await shop.objects(booked)).toEqual(objects);
    expect(await lettersSeen()).toEqual({ different: 2, most: 1 });
    expect(shop.lines.filter(({ msg }) => msg === 'another runner has taken the session over').length).toBe(1);
  });
});

describe('sessions that fail again and again', () => {
  it('fill only half of the hands, and are not left out either', async () => {
    await shop.fault({ provider: 'zoom', operation: 'create', status: 500 });
    for (let count = 0; count < 7; count += 1) await shop.book('zoom');
    await shop.finish(60);
    shop.clock.advance({ minutes: 10 });
    for (let count = 0; count < 2; count += 1) await shop.book('google-meet');
    const claim = (all: number, troubled: number) =>
      shop.tools.transactor.scan('fulfilment', (tx) => claimDue(tx, shop.clock.now(), LEASE_MS, { all, troubled }));
    const first = await claim(8, 4);
    expect(first.map(({ attempts }) => (attempts === 1 ? 'new' : 'troubled')).toSorted()).toEqual([
      'new',
      'new',
      'troubled',
      'troubled',
      'troubled',
      'troubled',
    ]);
    expect((await claim(2, 4)).length).toBe(2);
    expect((await claim(8, 4)).length).toBe(1);
    await shop.heal();
    await shop.finish();
    expect(await standing()).toBe('7 meetings, 9 events');
  });

  it('are looked at ever more rarely: not a hundred passes in an hour of outage', async () => {
    await shop.fault({ provider: 'zoom', operation: 'token', status: 503 });
    shop.clock.advance({ minutes: 61 });
    await shop.book('zoom');
    let passes = 0;
    const end = shop.clock.now().add({ hours: 1 });
    for (
      let next = await shop.dueNext();
      next && Temporal.Instant.compare(next, end) < 0;
      next = await shop.dueNext()
    ) {
      if (Temporal.Instant.compare(next, shop.clock.now()) > 0) shop.clock.set(next);
      passes += await shop.run();
    }
    expect(passes).toBeLessThan(100);
    expect(passes).toBeGreaterThan(20);
  });
});

describe('a runner', () => {
  it('that only runs when told to leaves no timer behind', () => {
    const before = timers();
    startRunner(shop.tools, { idle: true });
    expect(timers()).toBe(before);
  });

  it('works by itself when rung, and stops clean', async () => {
    const runner = startRunner(shop.tools);
    await shop.book('teams');
    shop.tools.bell.ring('fulfilment', 'whichever');
    await expect.poll(standing, { timeout: 5_000 }).toBe('0 meetings, 1 events');
    await runner.stop(5_000);
    expect(shop.lines.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });

  it('carries out more than it has hands for without looking every second', async () => {
    for (let count = 0; count < 20; count += 1) await shop.book('zoom');
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const runner = startRunner(shop.tools);
    expect(await atLast(standing, '20 meetings, 20 events')).toBe('20 meetings, 20 events');
    await runner.stop(5_000);
  });

  it('looks again at once where hands came free while it looked, and more is due', async () => {
    for (let count = 0; count < 10; count += 1) await shop.book('teams');
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const real = shop.tools.transactor;
    const held = Promise.withResolvers<void>();
    let [looks, isSlow] = [0, false];
    const transactor: Transactor = {
      ...real,
      scan: async (...given) => {
        looks += 1;
        const second = looks === 2;
        // The first of eight that came free looks; meanwhile the others do.
        if (second) await atLast(inHand, 0);
        const claims = await real.scan(...given);
        isSlow ||= second;
        return claims;
      },
      inOrganisation: async (...given) => {
        if (isSlow) await held.promise;
        return await real.inOrganisation(...given);
      },
    };
    const runner = startRunner({ ...shop.tools, transactor });
    // It has one in hand, which does not come to its end, and one that is due.
    expect(await atLast(() => looks, 3)).toBe(3);
    held.resolve();
    expect(await atLast(standing, '0 meetings, 10 events')).toBe('0 meetings, 10 events');
    await runner.stop(5_000);
  });

  it('looks again at once where a session was rung for while it was carried out', async () => {
    await shop.book('zoom');
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const real = shop.tools.transactor;
    const held = Promise.withResolvers<void>();
    const transactor: Transactor = {
      ...real,
      // What it has in hand waits until it was rung for.
      inOrganisation: async (...given) => {
        await held.promise;
        return await real.inOrganisation(...given);
      },
    };
    const runner = startRunner({ ...shop.tools, transactor });
    expect(await atLast(inHand, 1)).toBe(1);
    const lookNow = `update fulfilment set look_again_at = $1::timestamptz, rung_no = coalesce(rung_no, 0) + 1 returning lease_no as n`;
    const values = [shop.clock.now().toString()];
    const [rung] = await shop.tools.transactor.scan('fulfilment', (tx) =>
      tx.query<{ n: number }>({ name: 'test_look_now', text: lookNow, values }),
    );
    held.resolve();
    const leaseNo = async (): Promise<number | undefined> => {
      const text = 'select lease_no as n from fulfilment where done_revision = wanted_revision';
      const rows = await shop.tools.transactor.scan('fulfilment', (tx) =>
        tx.query<{ n: number }>({ name: 'test_lease_no', text }),
      );
      return rows[0]?.n;
    };
    const next = (rung?.n ?? 0) + 1;
    expect(await atLast(leaseNo, next)).toBe(next);
    await runner.stop(5_000);
  });

  it('hands back what it has in hand before it stops', async () => {
    await shop.fault({ provider: 'zoom', operation: 'create', latencyMs: 300, times: 1 });
    const runner = startRunner(shop.tools);
    await shop.book('zoom');
    shop.tools.bell.ring('fulfilment', 'whichever');
    await expect.poll(async () => (await shop.zoom()).length, { timeout: 5_000 }).toBe(1);
    await runner.stop(5_000);
    const leased = await shop.tools.transactor.scan('fulfilment', (tx) =>
      tx.query({ name: 'test_leased', text: 'select 1 from fulfilment where lease_until is not null' }),
    );
    expect(leased).toEqual([]);
  });
});

const inHand = async () => (await leases()).filter((until) => until !== null).length;
const leases = async (): Promise<readonly (Temporal.Instant | null)[]> =>
  (
    await shop.tools.transactor.scan('fulfilment', (tx) =>
      tx.query<{ until: Temporal.Instant | null }>({
        name: 'test_leases',
        text: 'select lease_until as until from fulfilment where done_revision < wanted_revision',
      }),
    )
  ).map(({ until }) => until);
const stopInCreate = async (latencyMs: number, withinMs: number): Promise<void> => {
  await shop.fault({ provider: 'zoom', operation: 'create', latencyMs, times: 1 });
  const runner = startRunner(shop.tools);
  await shop.book('zoom');
  shop.tools.bell.ring('fulfilment', 'whichever');
  await expect.poll(async () => (await shop.zoom()).length, { timeout: 5_000 }).toBe(1);
  await runner.stop(withinMs);
};

describe('a runner that is told to stop', () => {
  it('ends the step it is at, and another goes on from there at once, with nothing made twice', async () => {
    await stopInCreate(300, 5_000);
    expect([await leases(), await standing()]).toEqual([[null], '1 meetings, 0 events']);
    // Not a moment passes on this clock.
    await shop.run();
    expect(await leases()).toEqual([]);
    expect([await standing(), await lettersSeen()]).toEqual(['1 meetings, 1 events', { different: 2, most: 1 }]);
  });

  it('does not wait past its bound for a call that is out, whose session is free when the call must have ended', async () => {
    const before = shop.clock.now();
    await stopInCreate(1_500, 100);
    const [until] = await leases();
    expect(until?.since(before).total('seconds')).toBeLessThanOrEqual(SETTLE_AFTER_SILENCE_MS / 1_000);
    // It comes to its end meanwhile, as in a process that is not gone yet.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await shop.finish();
    expect([await standing(), await lettersSeen()]).toEqual(['1 meetings, 1 events', { different: 2, most: 1 }]);
  });
});

// Last, since it takes the clock past everything the others could book.
describe('what is over', () => {
  it('is given up, whatever was left undone', async () => {
    await shop.fault({ provider: 'zoom', operation: 'create', status: 400 });
    await shop.book('zoom');
    await shop.finish(60);
    shop.clock.advance({ hours: 24 * 365 });
    await shop.run();
    expect(await shop.dueNext()).toBeNull();
  });
});
