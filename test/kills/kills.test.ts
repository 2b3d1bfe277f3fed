import { expect, test } from 'vitest';
import { copyLaid } from '../laid-folder.ts';
import { chanceFrom } from '../races/chance.ts';
import { say } from '../races/caller.ts';
import { faultRounds } from './fault-rounds.ts';
import { killRounds } from './kill-rounds.ts';

/** Two rounds; `npm run kills` does more of them. Leases of the killed have to run out before all is at rest. */
const WITHIN_MS = 300_000;
const lay = (folder: string) => copyLaid('migrated', folder);

// Beside each other: most of the time they wait for leases to run out.
test.concurrent(
  'what was acknowledged survives kill -9 of server and database, and the world outside comes to agree with it',
  { timeout: WITHIN_MS },
  async () => {
    const { failures, rounds } = await killRounds({
      rounds: 2,
      restEvery: 2,
      chance: chanceFrom(7),
      say,
      lay,
    });
    expect(failures).toEqual([]);
    expect(rounds.map(({ acknowledged }) => acknowledged > 0)).toEqual([true, true]);
  },
);

test.concurrent(
  'two API processes and two workers lose nothing and do nothing twice while they, their database or its wire are struck',
  { timeout: WITHIN_MS },
  async () => {
    const { failures, recoveries } = await faultRounds({ rounds: 2, restEvery: 2, seed: 7, say, lay });
    expect(failures).toEqual([]);
    expect(recoveries.length).toBeGreaterThanOrEqual(2);
  },
);
