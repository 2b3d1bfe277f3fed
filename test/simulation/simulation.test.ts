import { describe, expect, inject, test } from 'vitest';
import { playAll } from '../../simulation/processes.ts';
import { replayAll, seedsWith } from '../../simulation/replays.ts';

/** `SIMULATE_SEEDS=50000` plays so many, and takes hours. */
const SEEDS = Number(process.env['SIMULATE_SEEDS'] ?? 300);
const FEWEST_ACTS = 40;
/** Against hanging for ever: statements take turns, and each waits for a processor on a crowded machine. */
const WITHIN_MS = Math.max(600_000, SEEDS * 2_000);

describe('the simulation', () => {
  test(
    'a seed replays exactly, on whatever lane and whatever was played before it',
    { timeout: WITHIN_MS },
    async () => {
      const first = ['groups', 'waitlist'].flatMap((custom) => seedsWith(custom, 1, 1));
      // Where dates of one act are carried out at once, most wait for one another.
      const seeds = [...new Set([...first, ...seedsWith('series', 1, 3)])];
      const { played, differing, breaches } = await replayAll(inject('cluster'), { seeds, times: 2, lanes: 2 });
      expect(differing).toEqual([]);
      expect(breaches).toEqual([]);
      expect(played).toBe(2 * seeds.length);
    },
  );

  test(
    'no seed leaves the house at odds with its people, its journal or the world outside',
    { timeout: WITHIN_MS },
    async () => {
      const plays = { first: 1, seeds: SEEDS, processes: 2, lanes: 1 };
      const { played, fewest, failed } = await playAll(inject('cluster'), plays);
      expect(failed.map(({ seed, breaches, trace }) => ({ seed, breaches, trace: trace.slice(-60) }))).toEqual([]);
      expect(played).toBe(SEEDS);
      expect(fewest).toBeGreaterThanOrEqual(FEWEST_ACTS);
    },
  );
});
