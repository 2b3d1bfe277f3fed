import { afterEach, expect, test, vi } from 'vitest';
import { InTurn } from '../../src/platform/in-turn.ts';

afterEach(() => vi.useRealTimers());

const soon = () => new Promise((resolve) => setImmediate(resolve));

/** What has begun, and a hand to end each with. */
function recorded() {
  const turns = new InTurn();
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<string>>();
  const run = (key: string, name: string) =>
    turns.run(key, () => {
      begun.push(name);
      const end = Promise.withResolvers<string>();
      ends.set(name, end);
      return end.promise;
    });
  return { begun, run, end: (name: string) => ends.get(name)! };
}

test('two of a key are under way, the others follow in order; another key waits for none of them', async () => {
  const { begun, run, end } = recorded();
  const all = ['a', 'b', 'c', 'd'].map((name) => run('k', name));
  all.push(run('l', 'e'));
  await soon();
  expect(begun).toEqual(['a', 'b', 'e']);
  end('b').resolve('b');
  await soon();
  all.push(run('k', 'f'));
  await soon();
  expect(begun).toEqual(['a', 'b', 'e', 'c']);
  end('a').reject(new Error('a failed'));
  await expect(all[0]).rejects.toThrow('a failed');
  await soon();
  expect(begun.at(-1)).toBe('d');
  for (const name of ['c', 'd', 'e']) end(name).resolve(name);
  await soon();
  end('f').resolve('f');
  expect(await Promise.all(all.slice(1))).toEqual(['b', 'c', 'd', 'e', 'f']);
});

test('who gets no turn in time is told to come again, and keeps nobody back', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { begun, run, end } = recorded();
  const all = ['a', 'b'].map((name) => run('k', name));
  const late = run('k', 'late').catch((error: unknown) => error);
  vi.advanceTimersByTime(5_000);
  expect(await late).toMatchObject({ code: 'overloaded' });
  all.push(run('k', 'c'));
  for (const name of ['a', 'b']) end(name).resolve(name);
  await soon();
  expect(begun).toEqual(['a', 'b', 'c']);
  end('c').resolve('c');
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c']);
});
