// The only source of chance in a simulated world: one stream of numbers for each seed, the same whenever it is asked again.

export type Chance = {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number;
  /** True so often, from 0 (never) to 1. */
  happens(probability: number): boolean;
  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
  /** A stream of its own, so that what one part of the world draws does not shift what another gets. */
  branch(name: string): Chance;
};

/** splitmix32 (public domain, by Sebastiano Vigna after Guy Steele): small, and good enough to choose by. */
export function chanceOf(seed: number, name = ''): Chance {
  const begun = mixed(seed, name);
  let state = begun;
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mix = state ^ (state >>> 16);
    mix = Math.imul(mix, 0x21f0aaad);
    mix ^= mix >>> 15;
    mix = Math.imul(mix, 0x735a2d97);
    return ((mix ^ (mix >>> 15)) >>> 0) / 4_294_967_296;
  };
  const between = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    between,
    happens: (probability) => next() < probability,
    pick: (list) => {
      const picked = list[between(0, list.length - 1)];
      if (picked === undefined) throw new RangeError('nothing to pick from');
      return picked;
    },
    branch: (branch) => chanceOf(begun, branch),
  };
}

/** FNV-1a over the name, begun from the seed. */
function mixed(seed: number, name: string): number {
  let hash = (seed ^ 0x811c9dc5) | 0;
  for (const letter of name) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return hash;
}
