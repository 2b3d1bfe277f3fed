// Knows in which order free times are best taken, where a practitioner prefers her sessions side by side. It judges nothing:
// the same times come, in another order.
import type { Slot } from './slots.ts';

/** Idle time beyond this is as good as any: a whole half day is no gap. */
const LONGEST_GAP_MINUTES = 240;

/**
 * Free times first, those that leave the least idle time beside what is taken before others, then by time. `taken` as flat pairs
 * by start, buffers included; a session's own buffers are part of the gap.
 */
export function packed(slots: readonly Slot[], taken: ArrayLike<number>): Slot[] {
  const ranked = slots.map((slot) => ({
    slot,
    idle: slot.available ? idleBeside(slot, taken) : Number.POSITIVE_INFINITY,
  }));
  return ranked
    .toSorted((a, b) => (a.idle === b.idle ? a.slot.start - b.slot.start : a.idle - b.idle))
    .map(({ slot }) => slot);
}

/** Minutes between a session and its nearer neighbour. */
function idleBeside({ start, end }: Slot, taken: ArrayLike<number>): number {
  let nearest = LONGEST_GAP_MINUTES;
  for (let i = 0; i + 1 < taken.length; i += 2) {
    const [from, to] = [taken[i]!, taken[i + 1]!];
    if (to <= start) nearest = Math.min(nearest, start - to);
    if (from >= end) return Math.min(nearest, from - end);
  }
  return nearest;
}
