// The algebra of stretches against the plainest model there is: sets of whole numbers.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clip, intersect, normalise, subtract, union } from '../../src/platform/time/interval.ts';

const raw = fc
  .array(fc.integer({ min: -40, max: 40 }), { maxLength: 24 })
  .map((list) => list.slice(0, list.length & ~1));
const normal = raw.map(normalise);

function members(list: ArrayLike<number>): Set<number> {
  const out = new Set<number>();
  for (let i = 0; i < list.length; i += 2) for (let n = list[i]!; n < list[i + 1]!; n += 1) out.add(n);
  return out;
}

function isNormal(list: readonly number[]): boolean {
  return list.length % 2 === 0 && list.every((n, i) => i === 0 || list[i - 1]! < n);
}

describe('stretches', () => {
  test('normalising keeps every member, in order, joined and without empties', () => {
    fc.assert(
      fc.property(raw, (list) => {
        const out = normalise(list);
        expect(isNormal(out)).toBe(true);
        expect(members(out)).toEqual(members(list));
      }),
    );
  });

  test('union, intersection and difference are those of sets', () => {
    fc.assert(
      fc.property(normal, normal, (a, b) => {
        const [inA, inB] = [members(a), members(b)];
        for (const [out, wanted] of [
          [union(a, b), inA.union(inB)],
          [intersect(a, b), inA.intersection(inB)],
          [subtract(a, b), inA.difference(inB)],
        ] as const) {
          expect(isNormal(out)).toBe(true);
          expect(members(out)).toEqual(wanted);
        }
      }),
    );
  });

  test('clipping is intersecting with one stretch', () => {
    fc.assert(
      fc.property(normal, fc.integer({ min: -50, max: 50 }), fc.nat(60), (list, from, length) => {
        expect(clip(list, from, from + length)).toEqual(intersect(list, normalise([from, from + length])));
      }),
    );
  });

  test('stretches that touch become one, and an end belongs to nobody', () => {
    expect(normalise([10, 20, 0, 10, 30, 30, 50, 40])).toEqual([0, 20]);
    expect(intersect([0, 10], [10, 20])).toEqual([]);
    expect(subtract([0, 10], [3, 4])).toEqual([0, 3, 4, 10]);
  });
});
