// npm run kills -- [--rounds 20] [--rest-every 5] [--seed N] [--alone]
// Two API processes and two workers on one database, killed, stopped, cut off and starved at random under load; with
// `--alone` one process and the database that comes along. Says whether anything acknowledged was lost, anything lies over
// another, or the world outside says something else, and how long it took to be back. Ends with `N passed, N failed`.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { chanceFrom } from '../races/chance.ts';
import { say } from '../races/caller.ts';
import { faultRounds } from './fault-rounds.ts';
import { killRounds } from './kill-rounds.ts';

const MOST_ROUNDS = 1_000;
const HIGHEST_SEED = 2 ** 31 - 1;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    'rest-every': { type: 'string', default: '5' },
    seed: { type: 'string', default: String(randomInt(1, HIGHEST_SEED)) },
    alone: { type: 'boolean', default: false },
  },
});
const whole = (text: string, most: number): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > most)
    throw new Error(`${text} is not a number from 1 to ${most}`);
  return number;
};
/** Half were within the median, 95 of 100 within p95. */
const spread = (name: string, all: readonly number[]): void => {
  const sorted = all.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  say(`${name} (${sorted.length}): median ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${at(1)} ms`);
};

const seed = whole(values.seed, HIGHEST_SEED);
const options = {
  rounds: whole(values.rounds, MOST_ROUNDS),
  restEvery: whole(values['rest-every'], MOST_ROUNDS),
  say,
};

// Whoever is started here goes with this process, however it goes.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
say(`seed ${seed}`);
const { passed, failures } = values.alone ? await alone() : await company();
for (const failure of failures) say(`FAILED ${failure}`);
say(`\n${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;

async function alone() {
  const report = await killRounds({ ...options, chance: chanceFrom(seed) });
  for (const killed of new Set(report.rounds.map((round) => round.killed))) {
    const rounds = report.rounds.filter((round) => round.killed === killed);
    spread(
      `ready after killing ${killed}`,
      rounds.map(({ readyMs }) => readyMs),
    );
  }
  return report;
}

async function company() {
  const report = await faultRounds({ ...options, seed });
  const { recoveries, readyMs } = report;
  say(`${report.acknowledged} acts acknowledged; ${recoveries.length} faults`);
  spread('api ready, from its start', readyMs.api);
  spread('worker ready, from its start', readyMs.worker);
  for (const fault of [...new Set(recoveries.map((one) => one.fault))].toSorted()) {
    const ofThis = recoveries.filter((one) => one.fault === fault);
    spread(
      `booked again after ${fault}`,
      ofThis.map(({ bookedMs }) => bookedMs),
    );
  }
  spread(
    'booked again after any fault',
    recoveries.map(({ bookedMs }) => bookedMs),
  );
  return report;
}
