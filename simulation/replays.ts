// Plays seeds again and again, on several lanes at once and each time after others, and tells where one went on otherwise.
import { chanceOf } from './chance.ts';
import { customsOf } from './customs.ts';
import { play } from './play.ts';
import { inChild, openLaneOn, type Cluster } from './processes.ts';

export type Replays = { readonly seeds: readonly number[]; readonly times: number; readonly lanes: number };
type ReplayTask = Replays & { readonly cluster: Cluster };
/** How many stories were told, those seeds that did not tell theirs again, and what was amiss in any. */
export type Replayed = {
  readonly played: number;
  readonly differing: readonly Differing[];
  readonly breaches: readonly string[];
};
/** `at`: the first line that is another; with those before it. */
export type Differing = {
  readonly seed: number;
  readonly at: number;
  readonly before: readonly string[];
  readonly once: string;
  readonly again: string;
};

const LINES_BEFORE = 12;
const CUSTOMS = ['any', 'groups', 'series', 'waitlist'] as const;

/** The first so many seeds from `from` on with such a custom. */
export function seedsWith(custom: string, from: number, count: number): number[] {
  if (!CUSTOMS.some((one) => one === custom)) throw new RangeError(`customs are: ${CUSTOMS.join(', ')}`);
  const seeds: number[] = [];
  for (let seed = from; seeds.length < count; seed += 1) {
    const { capacity, series, waitlist } = customsOf(chanceOf(seed));
    if ({ any: true, groups: capacity > 1, series, waitlist }[custom]) seeds.push(seed);
  }
  return seeds;
}

/** In a process of its own. */
export async function replayAll(cluster: Cluster, replays: Replays): Promise<Replayed> {
  let replayed: Replayed | undefined;
  await inChild('replay', { cluster, ...replays } satisfies ReplayTask, (told) => (replayed = told as Replayed));
  if (!replayed) throw new Error('the replays told nothing');
  return replayed;
}

export async function replayShare(task: ReplayTask, tell: (told: Replayed) => void): Promise<void> {
  const { cluster, seeds, times, lanes } = task;
  const first = new Map<number, readonly string[]>();
  const differing = new Map<number, Differing>();
  // To and fro, so that before each comes another, and it meets other lanes.
  const rounds = Array.from({ length: times }, (_, round) => (round % 2 === 0 ? seeds : seeds.toReversed()));
  const left = rounds.flat();
  const breached = new Set<string>();
  let played = 0;
  const one = async (): Promise<void> => {
    const lane = await openLaneOn(cluster);
    for (let seed = left.shift(); seed !== undefined; seed = left.shift()) {
      const { trace, breaches } = await play(seed, lane);
      const story = [...trace, ...breaches];
      const once = first.get(seed);
      const other = once && differenceOf(seed, once, story);
      if (!once) first.set(seed, story);
      if (other && !differing.has(seed)) differing.set(seed, other);
      for (const breach of breaches) breached.add(`seed ${seed}: ${breach}`);
      played += 1;
    }
    await lane.close();
  };
  await Promise.all(Array.from({ length: lanes }, one));
  tell({ played, differing: [...differing.values()], breaches: [...breached] });
}

function differenceOf(seed: number, once: readonly string[], again: readonly string[]): Differing | null {
  const length = Math.max(once.length, again.length);
  const at = Array.from({ length }).findIndex((_, line) => once[line] !== again[line]);
  if (at < 0) return null;
  const before = once.slice(Math.max(0, at - LINES_BEFORE), at);
  return { seed, at, before, once: once[at] ?? '(its end)', again: again[at] ?? '(its end)' };
}
