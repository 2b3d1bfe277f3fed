// What a secret is known by: the same name however often it comes, whatever else has come meanwhile.
import { expect, test } from 'vitest';
import { digestOf, rememberingDigest } from '../../src/platform/secrets.ts';

test('a secret has the same digest each time, past as many others as are remembered', () => {
  const digest = rememberingDigest();
  const secrets = Array.from({ length: 3_000 }, (_, at) => `secret-${at % 1_500}-${'é'.repeat(at % 7)}`);
  for (const secret of secrets) expect(digest(secret)).toBe(digestOf(secret));
});

test('one that is too long to be kept too', () => {
  const digest = rememberingDigest();
  const long = 'x'.repeat(5_000);
  expect([digest(long), digest(long)]).toEqual([digestOf(long), digestOf(long)]);
  expect(digest(`${long}y`)).not.toBe(digest(long));
});
