import { describe, expect, inject, test } from 'vitest';
import { PLANTS } from '../../simulation/plants.ts';
import type { Played } from '../../simulation/play.ts';
import { findPlant } from '../../simulation/processes.ts';

/** Most are found within ten. */
const WITHIN_SEEDS = 500;
const AT_ONCE = 2;
const names = Object.keys(PLANTS);

describe('each planted bug is found by the simulation', () => {
  // Two at a time, one after the other in each line.
  const lines = Array.from({ length: AT_ONCE }, () => Promise.resolve<Played | null>(null));
  const found = new Map<string, Promise<Played | null>>();
  names.forEach((name, at) => {
    const line = (lines[at % AT_ONCE] ?? Promise.resolve(null)).then(() =>
      findPlant(inject('cluster'), name, WITHIN_SEEDS),
    );
    line.catch(() => undefined);
    lines[at % AT_ONCE] = line;
    found.set(name, line);
  });

  test.each(names)('%s', { timeout: 600_000 }, async (name) => {
    const played = await found.get(name);
    expect(played?.breaches ?? []).not.toEqual([]);
    expect(played?.trace.length).toBeGreaterThan(0);
  });
});
