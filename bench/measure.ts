// Rounds in turn between contestants, and what they come to: rates, latencies, processor time, and ratios with their
// spread. Absolute figures of one machine say little; ratios of one run say much.
import { cpuSeconds } from './cpu.ts';
import type { Outcome } from './driver.ts';

export type Contestant = {
  readonly name: string;
  readonly pids: readonly number[];
  /** Where it has a database of its own. */
  readonly postmaster?: number;
  run(seconds: number): Promise<Outcome>;
};

export type Bench = { readonly rounds: number; readonly seconds: number; readonly postmaster: number };

type Round = Outcome & { readonly cpuMicros: number | null };

export type Measured = { readonly name: string; readonly rounds: readonly Round[]; readonly perSecond: number };

const WARM_UP_SECONDS = 1;

/** Each round runs every contestant once, in an order that turns, so that none always follows the same other. */
export async function inTurn(bench: Bench, contestants: readonly Contestant[]): Promise<readonly Measured[]> {
  const rounds = new Map<string, Round[]>(contestants.map(({ name }) => [name, []]));
  for (const contestant of contestants) await contestant.run(WARM_UP_SECONDS);
  for (let round = 0; round < bench.rounds; round += 1) {
    for (let at = 0; at < contestants.length; at += 1) {
      const contestant = contestants[(at + round) % contestants.length]!;
      rounds.get(contestant.name)!.push(await oneRound(bench, contestant));
    }
  }
  return [...rounds].map(([name, list]) => ({
    name,
    rounds: list,
    perSecond: median(list.map((one) => one.perSecond)),
  }));
}

async function oneRound(bench: Bench, contestant: Contestant): Promise<Round> {
  const postmaster = contestant.postmaster ?? bench.postmaster;
  const before = cpuSeconds(contestant.pids, postmaster);
  const outcome = await contestant.run(bench.seconds);
  const after = cpuSeconds(contestant.pids, postmaster);
  const used = before === null || after === null ? null : ((after - before) * 1e6) / outcome.requests;
  return { ...outcome, cpuMicros: used };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** The ratio of medians, and the least and greatest ratio of any two rounds beside each other. */
export function ratio(judged: Measured, reference: Measured): { median: number; least: number; most: number } {
  const each = judged.rounds.map((one, at) => one.perSecond / reference.rounds[at]!.perSecond);
  return { median: judged.perSecond / reference.perSecond, least: Math.min(...each), most: Math.max(...each) };
}

function cpuOf({ rounds }: Pick<Measured, 'rounds'>): number {
  return median(rounds.map((one) => one.cpuMicros ?? Number.NaN));
}

export function show(title: string, measured: readonly Measured[]): void {
  console.log(`\n${title}`);
  console.log('                        per second   (least - most)     p50 ms   p99 ms   CPU us/request');
  for (const { name, rounds, perSecond } of measured) {
    const rates = rounds.map((one) => one.perSecond);
    const cpu = cpuOf({ rounds });
    console.log(
      `  ${name.padEnd(20)} ${perSecond.toFixed(0).padStart(11)}   ` +
        `${`(${Math.min(...rates).toFixed(0)} - ${Math.max(...rates).toFixed(0)})`.padEnd(17)} ` +
        `${median(rounds.map((one) => one.p50Ms))
          .toFixed(2)
          .padStart(7)}  ` +
        `${median(rounds.map((one) => one.p99Ms))
          .toFixed(2)
          .padStart(7)}   ${cpu.toFixed(0).padStart(8)}`,
    );
  }
}

export function showRatio(judged: Measured, reference: Measured, mark: number, aim: number): void {
  const { median: middle, least, most } = ratio(judged, reference);
  const verdict = middle >= aim ? 'aim reached' : middle >= mark ? 'first mark reached' : 'BELOW the first mark';
  console.log(
    `  -> ${judged.name} / ${reference.name} = ${middle.toFixed(2)} (${least.toFixed(2)} - ${most.toFixed(2)}), ` +
      `processor time ${(cpuOf(judged) / cpuOf(reference)).toFixed(2)} times; first mark ${mark}, aim ${aim}: ${verdict}`,
  );
}
