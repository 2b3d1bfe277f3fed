import { describe, expect, inject, test } from 'vitest';
import { openLaneOn, playAll } from '../../simulation/processes.ts';
import { play } from '../../simulation/play.ts';

/** As many as leave the other tests their time. `SIMULATE_SEEDS=50000` plays so many, and takes hours. */
const SEEDS = Number(process.env['SIMULATE_SEEDS'] ?? 60);
const FEWEST_ACTS = 40;
const WITHIN_MS = Math.max(240_000, SEEDS * 2_000);

describe('the simulation', () => {
  test('a seed replays exactly, whatever was played before it', { timeout: 90_000 }, async () => {
    const lane = await openLaneOn(inject('cluster'));
    // Among them groups, series and a waitlist.
    for (const seed of [2, 11, 14, 17]) {
      const [once, again] = [await play(seed, lane), await play(seed, lane)];
      expect(again.trace.join('\n')).toBe(once.trace.join('\n'));
      expect(again.acts).toBeGreaterThanOrEqual(FEWEST_ACTS);
    }
    await lane.close();
  });

  test(
    'no seed leaves the house at odds with its people, its journal or the world outside',
    { timeout: WITHIN_MS },
    async () => {
      const plays = { first: 1, seeds: SEEDS, processes: 2, lanes: 2 };
      const { played, fewest, failed } = await playAll(inject('cluster'), plays);
      expect(failed.map(({ seed, breaches, trace }) => ({ seed, breaches, trace: trace.slice(-60) }))).toEqual([]);
      expect(played).toBe(SEEDS);
      expect(fewest).toBeGreaterThanOrEqual(FEWEST_ACTS);
    },
  );
});
