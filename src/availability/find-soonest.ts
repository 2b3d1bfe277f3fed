// Finds the soonest free times of many, without looking at all their time: everyone waits in a queue at the first start that
// could be free, and what is taken is read for those in front alone, some at a time, until enough is found.
import { freeSlots, possibleFrom, stretchEnd, type Candidate } from './among.ts';
import { findBusy, MOST_DAYS_AT_ONCE, type Asked, type Candidates, type Look } from './find-candidates.ts';
import type { SlotTools } from './find-slots.ts';
import { isBefore, soonestOf, type Place, type Soonest } from './soonest.ts';
import type { Slot } from './slots.ts';

const DAY = 1_440;
/** Of those in front some are taken: enough for a first page, in one read. */
const FIRST_BATCH = 64;
const BATCH_GROWTH = 4;
const LARGEST_BATCH = 512;

/** Epoch minutes. */
export type Stretch = { readonly from: number; readonly to: number; readonly now: number };

export type Free = { readonly candidate: Candidate; readonly slot: Slot };

export type Walk = {
  /** `first`: of each the first alone. */
  readonly of: 'all' | 'first';
  /** Only what comes behind it. */
  readonly after: Place | null;
  /** So many at least are wanted. */
  readonly limit: number;
  /** Told in order of start and id; false where it is enough. */
  readonly take: (free: Free) => boolean;
};

/** Somebody who waits: at a free start, or at one that may be. */
type Waiting = {
  readonly id: number;
  candidate: Candidate;
  start: number;
  isKnown: boolean;
  /** Free times known, from `at` on not yet told. */
  free: readonly Slot[];
  at: number;
  /** Until where what is taken is known. */
  until: number;
  looked: number;
};

/** Refusal `overloaded`. */
export async function findSoonest(
  tools: SlotTools,
  asked: Asked & Candidates,
  stretch: Stretch,
  walk: Walk,
): Promise<void> {
  const queue = soonestOf(asked.list.flatMap((candidate) => beginning(candidate, stretch)));
  let size = Math.min(Math.max(FIRST_BATCH, walk.limit), LARGEST_BATCH);
  for (let first = queue.first(); first; first = queue.first()) {
    if (!first.isKnown) {
      await look(tools, asked, stretch, { queue, size });
      size = Math.min(size * BATCH_GROWTH, LARGEST_BATCH);
      continue;
    }
    queue.take();
    const isBehind = walk.after === null || isBefore(walk.after, first);
    if (isBehind && !walk.take({ candidate: first.candidate, slot: first.free[first.at]! })) return;
    if (walk.of === 'all' && proceed(first, stretch)) queue.add(first);
  }
}

function beginning(candidate: Candidate, { from, to, now }: Stretch): Waiting[] {
  const start = possibleFrom(candidate, from, to, now);
  if (start === null) return [];
  return [{ id: candidate.id, candidate, start, isKnown: false, free: [], at: 0, until: start, looked: 0 }];
}

/** To the next start; false where there is none. */
function proceed(waiting: Waiting, { to, now }: Stretch): boolean {
  waiting.at += 1;
  const next = waiting.free[waiting.at];
  if (next !== undefined) {
    waiting.start = next.start;
    return true;
  }
  const possible = possibleFrom(waiting.candidate, waiting.until, to, now);
  if (possible === null) return false;
  waiting.start = possible;
  waiting.isKnown = false;
  return true;
}

/** Learns of those in front what is taken, and puts them where they belong now. */
async function look(
  tools: SlotTools,
  asked: Asked & Candidates,
  stretch: Stretch,
  { queue, size }: { readonly queue: Soonest<Waiting>; readonly size: number },
): Promise<void> {
  const front: Waiting[] = [];
  const known: Waiting[] = [];
  const looks: Look[] = [];
  let minutes = 0;
  while (front.length < size && minutes < MOST_DAYS_AT_ONCE * DAY) {
    const one = queue.take();
    if (!one) break;
    if (one.isKnown) {
      known.push(one);
      continue;
    }
    const { candidate, start, looked } = one;
    const to = stretchEnd(start, looked, stretch.to);
    front.push(one);
    looks.push({ candidate, from: start, to });
    minutes += to - start;
  }
  const found = await findBusy(tools, asked, looks);
  front.forEach((waiting, index) => {
    const learnt = found.get(waiting.id);
    if (!learnt) return;
    const looked = looks[index]!;
    waiting.candidate = learnt.candidate;
    waiting.free = freeSlots(learnt.candidate, learnt.busy, looked, stretch.now);
    waiting.at = -1;
    waiting.until = looked.to;
    waiting.looked += 1;
    waiting.isKnown = true;
    if (proceed(waiting, stretch)) known.push(waiting);
  });
  for (const one of known) queue.add(one);
}
