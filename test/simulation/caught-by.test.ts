import { afterAll, describe, expect, inject, test } from 'vitest';
import { hunt } from '../../simulation/hunt.ts';
import { PLANTS } from '../../simulation/plants.ts';

/** Most are found within ten. */
const WITHIN_SEEDS = 500;
const AT_ONCE = 2;

describe('each planted bug is found by the simulation', () => {
  const { founds, over } = hunt(inject('cluster'), WITHIN_SEEDS, AT_ONCE);
  afterAll(() => over);

  test.each(Object.keys(PLANTS))('%s', { timeout: 600_000 }, async (name) => {
    const played = (await founds.get(name))?.played;
    expect(played?.breaches ?? []).not.toEqual([]);
    expect(played?.trace.length).toBeGreaterThan(0);
  });
});
