// A body as large as it may be is judged in the time that its size is worth, whatever fills its lists.
import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { createValidation, faultsOf } from '../../src/platform/http/validation.ts';

const { compile } = createValidation();
/** Where each were compared with each, it would be minutes. */
const MOST_SECONDS = 3;

function judged(schema: object, body: unknown) {
  const before = process.cpuUsage();
  const check = compile(schema, 'body');
  check(body);
  const faults = faultsOf((check.errors ?? []) as Parameters<typeof faultsOf>[0], 'body');
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(MOST_SECONDS);
  return faults;
}

test('of words that must differ', () => {
  const schema = Type.Object({
    days: Type.Array(Type.Enum(['monday', 'tuesday']), { maxItems: 2, uniqueItems: true }),
  });
  const [first] = judged(schema, { days: Array.from({ length: 100_000 }, (_, i) => i) });
  expect(first).toEqual({ pointer: '/days', message: 'must have at most 2 entries' });
  expect(judged(schema, { days: ['monday', 'monday'] })).toEqual([
    { pointer: '/days', message: 'must not have the same twice' },
  ]);
  expect(judged(schema, { days: ['monday', 'tuesday'] })).toEqual([]);
});

test('of objects with members that may be null', () => {
  const schema = Type.Object({
    limits: Type.Array(Type.Object({ most: Type.Union([Type.Integer(), Type.Null()]) }), { maxItems: 2 }),
  });
  const faults = judged(schema, { limits: Array.from({ length: 40_000 }, () => ({ most: [] })) });
  expect(faults.slice(0, 2)).toEqual([
    { pointer: '/limits', message: 'must have at most 2 entries' },
    { pointer: '/limits/0/most', message: 'must be a whole number' },
  ]);
});
