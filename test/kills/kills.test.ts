import { expect, test } from 'vitest';
import { chanceFrom } from '../races/chance.ts';
import { say } from '../races/caller.ts';
import { faultRounds } from './fault-rounds.ts';
import { killRounds } from './kill-rounds.ts';

/** Two rounds; `npm run kills` does more of them. Leases of the killed have to run out before all is at rest. */
const WITHIN_MS = 300_000;

test(
  'what was acknowledged survives kill -9 of server and database, and the world outside comes to agree with it',
  { timeout: WITHIN_MS },
  async () => {
    const { failures, rounds } = await killRounds({
      rounds: 2,
      restEvery: 2,
      chance: chanceFrom(7),
      say,
    });
    expect(failures).toEqual([]);
    expect(rounds).toHaveLength(2);
  },
);

test(
  'two API processes and two workers lose nothing and do nothing twice while they, their database or its wire are struck',
  { timeout: WITHIN_MS },
  async () => {
    const { failures, recoveries } = await faultRounds({ rounds: 2, restEvery: 2, seed: 7, say });
    expect(failures).toEqual([]);
    expect(recoveries.length).toBeGreaterThanOrEqual(2);
  },
);
