// The order in which times of many come, and whose turn it is among those who are free.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FAIRNESS, fairest, type Share } from '../../src/availability/fairness.ts';
import { isBefore, soonestOf, type Place } from '../../src/availability/soonest.ts';

const places = fc.array(fc.record({ start: fc.integer({ min: 0, max: 9 }), id: fc.integer({ min: 1, max: 9 }) }));
const sorted = (list: readonly Place[]) => list.toSorted((a, b) => a.start - b.start || a.id - b.id);

describe('a queue of places', () => {
  test('gives them by start and then by id, however they came', () => {
    fc.assert(
      fc.property(places, places, (first, later) => {
        const queue = soonestOf(first);
        for (const place of later) queue.add(place);
        const taken: Place[] = [];
        for (let next = queue.first(); next; next = queue.first()) {
          expect(queue.take()).toBe(next);
          taken.push(next);
        }
        expect(queue.take()).toBeUndefined();
        expect(taken).toEqual(sorted([...first, ...later]));
      }),
    );
  });

  test('gives the first of those that are in it while others come', () => {
    fc.assert(
      fc.property(fc.array(fc.option(places)), (steps) => {
        const queue = soonestOf<Place>([]);
        let waiting: Place[] = [];
        const [given, expected]: [unknown[], unknown[]] = [[], []];
        for (const step of steps) {
          if (step === null) {
            const [first, ...others] = sorted(waiting);
            given.push(queue.take());
            expected.push(first);
            waiting = others;
          } else {
            for (const place of step) queue.add(place);
            waiting.push(...step);
          }
        }
        expect(given).toEqual(expected);
      }),
    );
  });

  test('has nobody before herself', () => {
    fc.assert(
      fc.property(places, (list) => {
        for (const a of list) for (const b of list) expect(isBefore(a, b) && isBefore(b, a)).toBe(false);
      }),
    );
  });
});

describe('whose turn it is', () => {
  const shares = fc.array(
    fc.record({ bookedAt: fc.option(fc.integer({ min: 0, max: 3 })), minutes: fc.integer({ min: 0, max: 3 }) }),
    { minLength: 1, maxLength: 8 },
  );

  test('is told by the facts alone: in whatever order they come, one person, and nobody has a better claim', () => {
    fc.assert(
      fc.property(shares, fc.constantFrom(...FAIRNESS), (list, by) => {
        const known = new Map<number, Share>(list.map((share, at) => [at + 1, share]));
        const ids = [...known.keys()];
        const chosen = fairest(ids, known, by);
        expect(fairest(ids.toReversed(), known, by)).toBe(chosen);
        const measure = ({ bookedAt, minutes }: Share): readonly [number, number] =>
          by === 'least-loaded' ? [minutes, bookedAt ?? -1] : [bookedAt ?? -1, minutes];
        const mine = measure(known.get(chosen)!);
        for (const [id, share] of known) {
          const [first, second] = measure(share);
          const isBetter = first < mine[0] || (first === mine[0] && second < mine[1]);
          const isEarlier = first === mine[0] && second === mine[1] && id < chosen;
          expect(isBetter || isEarlier).toBe(false);
        }
      }),
    );
  });

  test('is hers who has been given nothing, and of none it is nobody’s', () => {
    const known = new Map([[1, { bookedAt: 5, minutes: 60 }]]);
    expect(fairest([1, 2], known, 'least-recently-booked')).toBe(2);
    expect(fairest([1, 2], known, 'least-loaded')).toBe(2);
    expect(() => fairest([], known, 'least-loaded')).toThrow(RangeError);
  });
});
