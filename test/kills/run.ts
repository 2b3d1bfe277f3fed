// npm run kills -- [--rounds 20] [--rest-every 5] [--seed N]
// Kills server and database at random moments under load, and says whether anything acknowledged was lost, anything lies
// over another, or the world outside says something else. Ends with `N passed, N failed`.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { chanceFrom } from '../races/chance.ts';
import { say } from '../races/caller.ts';
import { killRounds } from './kill-rounds.ts';

const MOST_ROUNDS = 1_000;
const HIGHEST_SEED = 2 ** 31 - 1;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    'rest-every': { type: 'string', default: '5' },
    seed: { type: 'string', default: String(randomInt(1, HIGHEST_SEED)) },
  },
});
const whole = (text: string, most: number): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > most)
    throw new Error(`${text} is not a number from 1 to ${most}`);
  return number;
};
const seed = whole(values.seed, HIGHEST_SEED);

say(`seed ${seed}`);
const { passed, failures, rounds } = await killRounds({
  rounds: whole(values.rounds, MOST_ROUNDS),
  restEvery: whole(values['rest-every'], MOST_ROUNDS),
  chance: chanceFrom(seed),
  say,
});
for (const killed of new Set(rounds.map((round) => round.killed))) {
  const ready = rounds.filter((round) => round.killed === killed).map(({ readyMs }) => readyMs);
  const sorted = ready.toSorted((a, b) => a - b);
  say(`ready after killing ${killed}: median ${sorted[Math.floor(sorted.length / 2)]} ms, longest ${sorted.at(-1)} ms`);
}
for (const failure of failures) say(`FAILED ${failure}`);
say(`\n${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;
