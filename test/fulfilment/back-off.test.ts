// How long we wait before we bother somebody again.
import { describe, expect, it } from 'vitest';
import { backOffMs } from '../../src/fulfilment/back-off.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('the wait before the next try', () => {
  it.each([0, 0.5, 0.999])('brings the first four retries within 20 s (chance %d)', (chance) => {
    const waits = [1, 2, 3, 4].map((attempts) => backOffMs({ attempts }, chance));
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(16_000);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  });

  it('grows to two minutes and no further, however often it failed', () => {
    expect(backOffMs({ attempts: 9 }, 0)).toBe(2 * MINUTE_MS);
    expect(backOffMs({ attempts: 1_000_000 }, 0)).toBe(2 * MINUTE_MS);
  });

  it('is spread by chance, by a tenth at most', () => {
    expect(backOffMs({ attempts: 9 }, 0.999)).toBeGreaterThanOrEqual(1.8 * MINUTE_MS);
    expect(backOffMs({ attempts: 9 }, 0.999)).toBeLessThan(2 * MINUTE_MS);
  });

  it('is ten minutes where a person must change something first', () => {
    expect(backOffMs({ attempts: 1, refused: true }, 0)).toBe(10 * MINUTE_MS);
  });

  it.each([
    ['longer than ours: as asked', 90_000, 90_000],
    ['shorter than ours: ours', 1, 1_000],
    ['absurd: six hours', 400 * 24 * HOUR_MS, 6 * HOUR_MS],
    ['absent: ours', undefined, 1_000],
  ])('honours what the provider asks, %s', (_, retryAfterMs, expected) => {
    expect(backOffMs({ attempts: 1, retryAfterMs }, 0)).toBe(expected);
  });
});
