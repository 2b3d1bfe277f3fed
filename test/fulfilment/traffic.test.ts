// What one process has out at once: places at a mailbox, slow calls of a host and of a provider, and who only waits.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openTraffic, type Traffic, type Way } from '../../src/fulfilment/traffic.ts';

/** Past which a call is slow, and for which a place is waited for. */
const SECOND_MS = 1_000;
const way = (host: string, most: number | null = null, provider = 'microsoft'): Way => ({
  provider,
  account: `1/${provider}/own/${host}`,
  mailbox: most === null ? null : { name: `${provider}/${host}`, most },
});
type Entered = Awaited<ReturnType<Traffic['enter']>>;
const leave = (entered: Entered): void => {
  if (typeof entered === 'string') throw new Error(entered);
  entered();
};

let traffic: Traffic;
let rung: number;
beforeEach(() => {
  vi.useFakeTimers();
  rung = 0;
  traffic = openTraffic(() => (rung += 1));
});
afterEach(() => {
  vi.useRealTimers();
});

const enterMany = async (hosts: readonly string[]): Promise<Entered[]> => {
  const entered = await Promise.all(hosts.map((host) => traffic.enter(way(host), {}, false)));
  await vi.advanceTimersByTimeAsync(SECOND_MS);
  return entered;
};

describe('a mailbox', () => {
  it('has so many calls out at once; the next waits for a place, in turn, and no other mailbox is concerned', async () => {
    const first = await traffic.enter(way('a', 2), {}, false);
    const second = await traffic.enter(way('a', 2), {}, false);
    const order: string[] = [];
    const waiting = ['third', 'fourth'].map(async (name) => {
      const entered = await traffic.enter(way('a', 2), {}, false);
      order.push(name);
      return entered;
    });
    expect(await traffic.enter(way('b', 2), {}, false)).toBeTypeOf('function');
    expect(order).toEqual([]);
    leave(first);
    await vi.advanceTimersByTimeAsync(1);
    expect(order).toEqual(['third']);
    leave(second);
    await vi.advanceTimersByTimeAsync(1);
    expect(order).toEqual(['third', 'fourth']);
    for (const entered of await Promise.all(waiting)) leave(entered);
    // None was lost on the way from hand to hand.
    for (let count = 0; count < 2; count += 1) {
      expect(await traffic.enter(way('a', 2), {}, false)).toBeTypeOf('function');
    }
    const full = traffic.enter(way('a', 2), {}, false);
    await vi.advanceTimersByTimeAsync(SECOND_MS);
    expect(await full).toBe('mailbox_full');
  });

  it('that stays full is given up after a while, and who gave up takes no place later', async () => {
    const first = await traffic.enter(way('a', 1), {}, false);
    const second = traffic.enter(way('a', 1), {}, false);
    await vi.advanceTimersByTimeAsync(SECOND_MS);
    expect(await second).toBe('mailbox_full');
    leave(first);
    expect(await traffic.enter(way('a', 1), {}, false)).toBeTypeOf('function');
  });
});

describe('calls that are long in coming back', () => {
  it('of one host keep its next ones back, not another host’s, and not the one that probes', async () => {
    const out = await enterMany(['a', 'a', 'a', 'a']);
    expect(rung).toBe(4);
    expect(await traffic.enter(way('a'), {}, false)).toBe('account_slow');
    expect(await traffic.enter(way('a'), {}, true)).toBeTypeOf('function');
    expect(await traffic.enter(way('b'), {}, false)).toBeTypeOf('function');
    leave(out[0] ?? 'account_slow');
    expect(await traffic.enter(way('a'), {}, false)).toBeTypeOf('function');
  });

  it('of one provider keep all its next ones back, and no other provider’s', async () => {
    await enterMany(['a', 'b', 'c', 'd'].flatMap((host) => [host, host, host]));
    expect(await traffic.enter(way('e'), {}, false)).toBe('account_slow');
    expect(await traffic.enter(way('e', null, 'zoom'), {}, false)).toBeTypeOf('function');
  });

  it('count their traveller once among those who only wait, until it is back', async () => {
    const [one, other] = [{}, {}];
    const out = [
      await traffic.enter(way('a'), one, false),
      await traffic.enter(way('b'), one, false),
      await traffic.enter(way('c'), other, false),
    ];
    expect(traffic.stuck()).toBe(0);
    await vi.advanceTimersByTimeAsync(SECOND_MS);
    expect(traffic.stuck()).toBe(2);
    for (const entered of out) leave(entered);
    expect(traffic.stuck()).toBe(0);
  });

  it('that come back in time tell nobody', async () => {
    leave(await traffic.enter(way('a'), {}, false));
    await vi.advanceTimersByTimeAsync(10 * SECOND_MS);
    expect([rung, traffic.stuck(), vi.getTimerCount()]).toEqual([0, 0, 0]);
  });
});
