import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { Rounds } from '../../src/platform/rounds.ts';
import { recorded } from './recorded.ts';

afterEach(() => {
  vi.useRealTimers();
});

function recordedRounds() {
  const rounds = new Rounds<string>();
  return recorded((key, begin) => rounds.ask(key, begin));
}

test('whoever asks the same in one turn is answered by one, and another question by its own', async () => {
  const { begun, ask } = recordedRounds();
  const [first, second, other] = [ask('a'), ask('a'), ask('b')];
  expect(begun).toHaveLength(2);
  begun[0]!.resolve('one');
  begun[1]!.resolve('two');
  expect(await Promise.all([first, second, other])).toEqual(['one', 'one', 'two']);
});

test('whoever asks while one is under way is answered by the next, which begins when that has ended', async () => {
  const { begun, ask } = recordedRounds();
  const first = ask('a');
  await turn();
  const later = [ask('a'), ask('a')];
  await turn();
  expect(begun).toHaveLength(1);
  begun[0]!.resolve('one');
  expect(await first).toBe('one');
  // In the turn of the answer one goes along still.
  later.push(ask('a'));
  await turn();
  expect(begun).toHaveLength(2);
  const last = [ask('a'), ask('a'), ask('a')];
  begun[1]!.resolve('two');
  expect(await Promise.all(later)).toEqual(['two', 'two', 'two']);
  await turn();
  begun[2]!.resolve('three');
  expect(await Promise.all(last)).toEqual(['three', 'three', 'three']);
});

test('after a crowd the next leaves with as many, or with those who came within two milliseconds', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { begun, ask } = recordedRounds();
  const crowd = [ask('a'), ask('a'), ask('a')];
  await turn();
  const early = ask('a');
  begun[0]!.resolve('one');
  await Promise.all(crowd);
  await turn();
  const more = ask('a');
  await turn();
  expect(begun).toHaveLength(1);
  const last = ask('a');
  await turn();
  expect(begun).toHaveLength(2);
  begun[1]!.resolve('two');
  expect(await Promise.all([early, more, last])).toEqual(['two', 'two', 'two']);

  const alone = ask('a');
  vi.advanceTimersByTime(1);
  await turn();
  expect(begun).toHaveLength(2);
  vi.advanceTimersByTime(1);
  await turn();
  begun[2]!.resolve('three');
  expect(await alone).toBe('three');
  await turn();
  // Whoever comes when the crowd has gone is not kept.
  const late = ask('a');
  begun[3]!.resolve('four');
  expect(await late).toBe('four');
  expect(vi.getTimerCount()).toBe(0);
});

test('a crowd that does not come back is waited for no longer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { begun, ask } = recordedRounds();
  const crowd = [ask('a'), ask('a')];
  await turn();
  begun[0]!.resolve('one');
  await Promise.all(crowd);
  vi.advanceTimersByTime(2);
  expect(vi.getTimerCount()).toBe(0);
  const late = ask('a');
  begun[1]!.resolve('two');
  expect(await late).toBe('two');
});

test('a failure is that of all in its round, and of nobody later', async () => {
  const { begun, ask } = recordedRounds();
  const both = [ask('a'), ask('a')];
  await turn();
  const next = [ask('a'), ask('a')];
  begun[0]!.reject(new Error('it failed'));
  expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await turn();
  begun[1]!.reject(new Error('again'));
  expect((await Promise.allSettled(next)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await new Promise((resolve) => setTimeout(resolve, 10));
  const later = ask('a');
  begun[2]!.resolve('well');
  expect(await later).toBe('well');
});

test('a round that takes long is not waited for, and ends for those who are in it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { begun, ask } = recordedRounds();
  const first = ask('a');
  await turn();
  const second = ask('a');
  vi.advanceTimersByTime(50);
  await turn();
  expect(begun).toHaveLength(2);
  const third = ask('a');
  begun[0]!.resolve('one');
  expect(await first).toBe('one');
  await turn();
  expect(begun).toHaveLength(2);
  begun[1]!.resolve('two');
  expect(await second).toBe('two');
  await turn();
  await turn();
  begun[2]!.resolve('three');
  expect(await third).toBe('three');
  expect(vi.getTimerCount()).toBe(0);
});

function fails(): never {
  throw new Error('it cannot begin');
}

test('a beginning that throws is a failure like any other', async () => {
  const rounds = new Rounds<string>();
  const [first, other] = [rounds.ask('a', fails), rounds.ask('b', () => Promise.resolve('well'))];
  await expect(first).rejects.toThrow('it cannot begin');
  expect(await other).toBe('well');
  expect(await rounds.ask('a', () => Promise.resolve('again'))).toBe('again');
});
