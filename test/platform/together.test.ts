import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { Together } from '../../src/platform/together.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** What was done together, and a hand to end each with. */
function recorded() {
  const parties: { items: readonly string[]; end: PromiseWithResolvers<void> }[] = [];
  const together = new Together<string, string>(async (items) => {
    const end = Promise.withResolvers<void>();
    parties.push({ items, end });
    await end.promise;
    return items.map((item) => `${item} done`);
  });
  return { parties, together, join: (item: string, ...keys: string[]) => together.join(item, keys) };
}

/** Until all has left that can: each departure may let another go, a turn of the loop later. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 5; turns += 1) await turn();
}

test('who comes alone goes at once; who comes meanwhile goes together, and each hears its own answer', async () => {
  const { parties, together, join } = recorded();
  expect(together.idle).toBe(true);
  const first = [join('a')];
  await settle();
  first.push(join('b'));
  await settle();
  const later = ['c', 'd', 'e'].map((item) => join(item));
  await settle();
  expect(parties.map(({ items }) => items)).toEqual([['a'], ['b']]);
  parties[1]!.end.resolve();
  await settle();
  expect(parties[2]!.items).toEqual(['c', 'd', 'e']);
  for (const { end } of parties) end.resolve();
  expect(await Promise.all([...first, ...later])).toEqual(['a', 'b', 'c', 'd', 'e'].map((item) => `${item} done`));
  expect(together.idle).toBe(true);
});

test('beside others only as many go, and fewer when those take long', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { parties, join } = recorded();
  const all = ['a', 'b', 'c'].map((item) => join(item));
  await settle();
  all.push(join('d'), join('e'));
  await settle();
  expect(parties).toHaveLength(1);
  all.push(join('f'));
  await settle();
  expect(parties.map(({ items }) => items)).toEqual([
    ['a', 'b', 'c'],
    ['d', 'e', 'f'],
  ]);
  parties[0]!.end.resolve();
  all.push(join('g'));
  await settle();
  expect(parties).toHaveLength(2);
  vi.advanceTimersByTime(5);
  await settle();
  expect(parties[2]!.items).toEqual(['g']);
  expect(vi.getTimerCount()).toBe(0);
  for (const { end } of parties) end.resolve();
  expect(await Promise.all(all)).toHaveLength(7);
});

test('those who share a key go one after the other, and keep nobody else back', async () => {
  const { parties, join } = recorded();
  const all = [join('a', 'k'), join('b', 'k', 'l'), join('c', 'l'), join('d')];
  await settle();
  expect(parties.map(({ items }) => items)).toEqual([['a', 'c', 'd']]);
  parties[0]!.end.resolve();
  await settle();
  expect(parties[1]!.items).toEqual(['b']);
  parties[1]!.end.resolve();
  expect(await Promise.all(all)).toEqual(['a done', 'b done', 'c done', 'd done']);
});

test('no more than 32 go at once', async () => {
  const { parties, join } = recorded();
  const all = Array.from({ length: 70 }, (_, i) => join(String(i)));
  await settle();
  expect(parties.map(({ items }) => items.length)).toEqual([32, 32]);
  for (const { end } of parties) end.resolve();
  await settle();
  expect(parties.map(({ items }) => items.length)).toEqual([32, 32, 6]);
  parties[2]!.end.resolve();
  expect(await Promise.all(all)).toHaveLength(70);
});

test('what fails fails those who were in it, and the next go on', async () => {
  let fails = true;
  const together = new Together<string, string>(async (items) => {
    await settle();
    if (fails) throw new Error('lost');
    return items;
  });
  const lost = await Promise.allSettled(['a', 'b'].map((item) => together.join(item, [item])));
  expect(lost.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  fails = false;
  expect(await together.join('a', ['a'])).toBe('a');
});
