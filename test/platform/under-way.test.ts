import { expect, test } from 'vitest';
import { UnderWay } from '../../src/platform/under-way.ts';
import { recorded } from './recorded.ts';

function recordedUnderWay() {
  const underWay = new UnderWay<string>();
  return { underWay, ...recorded((key, begin) => underWay.share(key, begin)) };
}

test('whoever asks the same meanwhile is given the same, whoever asks later or otherwise is answered anew', async () => {
  const { begun, ask } = recordedUnderWay();
  const [first, second, other] = [ask('a'), ask('a'), ask('b')];
  expect(begun).toHaveLength(2);
  begun[0]!.resolve('one');
  begun[1]!.resolve('two');
  expect(await Promise.all([first, second, other])).toEqual(['one', 'one', 'two']);
  const later = ask('a');
  expect(begun).toHaveLength(3);
  begun[2]!.resolve('three');
  expect(await later).toBe('three');
});

test('a failure is that of all who share it, and of nobody later', async () => {
  const { begun, ask } = recordedUnderWay();
  const both = [ask('a'), ask('a')];
  begun[0]!.reject(new Error('it failed'));
  expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const later = ask('a');
  begun[1]!.resolve('again');
  expect(await later).toBe('again');
});

test('what was cleared ends for those who asked, and takes away nothing begun since', async () => {
  const { begun, underWay, ask } = recordedUnderWay();
  const before = ask('a');
  underWay.clear();
  const since = ask('a');
  begun[0]!.resolve('old');
  expect(await before).toBe('old');
  const joined = ask('a');
  expect(begun).toHaveLength(2);
  begun[1]!.resolve('new');
  expect(await Promise.all([since, joined])).toEqual(['new', 'new']);
});
