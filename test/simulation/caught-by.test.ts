import { describe, expect, inject, test } from 'vitest';
import { PLANTS } from '../../simulation/plants.ts';
import { findPlant } from '../../simulation/processes.ts';

/** Most are found within ten. */
const WITHIN_SEEDS = 500;

describe('each planted bug is found by the simulation', () => {
  test.each(Object.keys(PLANTS))('%s', { timeout: 600_000 }, async (name) => {
    const found = await findPlant(inject('cluster'), name, WITHIN_SEEDS);
    expect(found).not.toBeNull();
    console.log(name, found?.seed, found?.breaches.slice(0, 2));
  });
});
