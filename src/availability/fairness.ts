// Knows whom of several who are free a client is given who takes anybody: the one whose last booking was made longest ago, or
// the one who has been given least. Never chance: the same facts choose the same person.

export const FAIRNESS = ['least-recently-booked', 'least-loaded'] as const;
export type Fairness = (typeof FAIRNESS)[number];

/** What somebody has been given. `bookedAt`: when her last booking was made, in any one measure of time; null: never. */
export type Share = { readonly bookedAt: number | null; readonly minutes: number };

const NOTHING: Share = { bookedAt: null, minutes: 0 };

/** Of some ids the one who comes first; what is equal is decided by the other measure, and then by the smaller id. */
export function fairest(ids: readonly number[], shares: ReadonlyMap<number, Share>, by: Fairness): number {
  const [first, ...others] = ids;
  if (first === undefined) throw new RangeError('nobody can be chosen of none');
  return others.reduce((best, id) => {
    const order = compare(shares.get(id) ?? NOTHING, shares.get(best) ?? NOTHING, by);
    return order < 0 || (order === 0 && id < best) ? id : best;
  }, first);
}

function compare(a: Share, b: Share, by: Fairness): number {
  const recently = sign(a.bookedAt ?? Number.NEGATIVE_INFINITY, b.bookedAt ?? Number.NEGATIVE_INFINITY);
  const loaded = sign(a.minutes, b.minutes);
  return by === 'least-recently-booked' ? recently || loaded : loaded || recently;
}

function sign(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
