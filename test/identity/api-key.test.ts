// The secret of an API key: recognised by its form, checked against slips of the hand, kept as a digest alone.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestOfKey, hasKeyForm, newSecret, stateOf } from '../../src/identity/api-key.ts';

const NOW = Temporal.Instant.from('2030-01-01T00:00:00Z');

describe('a secret', () => {
  test('has 256 random bits, a prefix that scanners find, and a checksum', () => {
    const made = Array.from({ length: 50 }, () => newSecret());
    expect(new Set(made.map(({ secret }) => secret)).size).toBe(50);
    for (const { secret, digest, hint } of made) {
      expect(secret).toMatch(/^sk_[0-9a-f]{72}$/);
      expect(secret.slice(3, 9)).toBe(hint);
      expect(digest).toEqual(digestOfKey(secret));
      expect(hasKeyForm(secret)).toBe(true);
    }
  });

  test('with any one letter changed is known for a slip, without asking anybody', () => {
    const { secret } = newSecret();
    fc.assert(
      fc.property(fc.nat(secret.length - 1), fc.constantFrom(...'0123456789abcdefgxA_-'.split('')), (at, letter) => {
        const changed = secret.slice(0, at) + letter + secret.slice(at + 1);
        expect(hasKeyForm(changed)).toBe(changed === secret);
      }),
    );
    for (const other of ['sk_', `${secret}0`, ` ${secret}`, secret.slice(1)]) expect(hasKeyForm(other)).toBe(false);
  });
});

test('a key expires at its instant, not after it; a revoked one is revoked for good', () => {
  const at = NOW.add({ hours: 1 });
  const state = (expiresAt: Temporal.Instant | null, revokedAt: Temporal.Instant | null = null) =>
    stateOf({ expiresAt, revokedAt }, NOW);
  expect([state(null), state(at), state(NOW), state(at, NOW)]).toEqual(['active', 'active', 'expired', 'revoked']);
});
