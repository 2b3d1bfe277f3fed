// Knows whether what a session needs besides a practitioner is free, and which unit it is given: of each need the first that
// is. All is whole epoch minutes, buffers included.
import type { NeedTime } from './free-time.ts';
import { REASON_BIT } from './reasons.ts';

const BIT = {
  room: REASON_BIT.room_taken,
  equipment: REASON_BIT.equipment_taken,
  video_host: REASON_BIT.video_host_taken,
} as const satisfies Record<NeedTime['kind'], number>;

/**
 * From a stretch to the reasons that needs have against it; null where there are none. To be asked with stretches that rise:
 * the busy time of each unit is walked once.
 */
export function needJudge(needs: readonly NeedTime[] = []): ((from: number, to: number) => number) | null {
  if (needs.length === 0) return null;
  const walks = needs.map(({ kind, units }) => ({ bit: BIT[kind], frees: units.map(({ busy }) => walkOf(busy)) }));
  return (from, to) => {
    let bits = 0;
    for (const { bit, frees } of walks) {
      let any = false;
      // Every walk goes on, also past a unit that is free: they are asked in turn.
      for (const free of frees) any = free(from, to) || any;
      if (!any) bits |= bit;
    }
    return bits;
  };
}

/** The units for a stretch, of each need the first that is free; none for a need that finds none. */
export function unitsFor(needs: readonly NeedTime[], from: number, to: number): number[] {
  return needs.flatMap(({ units }) => {
    const free = units.find(({ busy }) => walkOf(busy)(from, to));
    return free ? [free.id] : [];
  });
}

/** Of all busy time that begins before a stretch ends, the latest end alone decides. */
function walkOf(busy: readonly number[]): (from: number, to: number) => boolean {
  let next = 0;
  let until = Number.NEGATIVE_INFINITY;
  return (from, to) => {
    for (; next < busy.length && busy[next]! < to; next += 2) until = Math.max(until, busy[next + 1]!);
    return until <= from;
  };
}
