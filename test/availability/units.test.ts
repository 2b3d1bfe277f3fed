// What is shared beside a practitioner's time, as laws against an oracle that counts minutes: rooms and the like, of which one
// that is free is given, and seats of groups.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Diary, GroupSession, NeedTime } from '../../src/availability/free-time.ts';
import { reasonsAgainst, reasonsAgainstAll, slotsBetween } from '../../src/availability/slots.ts';
import { unitsFor } from '../../src/availability/units.ts';
import { compileSchedule } from '../../src/schedules/compiled.ts';
import { epoch } from './oracle.ts';

const SCHEDULE = compileSchedule({
  zone: 'UTC',
  version: 1,
  weekly: [
    { weekday: 2, from: 540, to: 720 },
    { weekday: 2, from: 780, to: 1_080 },
  ],
  overrides: [],
  timeOff: [],
});
/** A Tuesday. */
const DAY = epoch('2026-06-02T00:00Z');
const [OPENS, CLOSES, BEFORE] = [DAY + 540, DAY + 1_080, DAY - 1_440];

type Pairs = readonly (readonly [number, number])[];
const pairs: fc.Arbitrary<Pairs> = fc
  .array(fc.tuple(fc.integer({ min: 500, max: 1_090 }), fc.integer({ min: 1, max: 180 })), { maxLength: 4 })
  .map((list) =>
    list.map(([from, length]) => [DAY + from, DAY + from + length] as const).toSorted(([a], [b]) => a - b),
  );
const needs = fc.array(
  fc.record({ kind: fc.constantFrom('room', 'equipment', 'video_host'), units: fc.array(pairs, { maxLength: 3 }) }),
  { maxLength: 3 },
);
const policy = fc.record({
  gridMinutes: fc.constantFrom(15, 30, 45),
  bufferBeforeMinutes: fc.constantFrom(0, 10, 30),
  bufferAfterMinutes: fc.constantFrom(0, 5, 30),
  noticeMinutes: fc.constant(0),
  horizonDays: fc.constant(30),
});
const groups = fc
  .array(
    fc.record({ at: fc.integer({ min: 30, max: 72 }), seatsLeft: fc.integer({ min: 0, max: 3 }), own: fc.boolean() }),
    {
      maxLength: 4,
    },
  )
  .map((list): GroupSession[] =>
    list.map(({ at, seatsLeft, own }, i) => {
      const start = DAY + at * 15;
      return { sessionId: i + 1, start, end: start + 50, seatsLeft, own };
    }),
  );

const isFree = (busy: Pairs, from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => from + i).every(
    (minute) => !busy.some(([start, end]) => start <= minute && minute < end),
  );

describe('what is shared', () => {
  test('a start has a reason for each need that no unit is free for, and gives the first that is', () => {
    fc.assert(
      fc.property(needs, policy, pairs, fc.constantFrom(20, 50, 90), (asked, rules, busy, lengthMinutes) => {
        const timed: NeedTime[] = asked.map(({ kind, units }, need) => ({
          kind,
          units: units.map((list, unit) => ({ id: need * 10 + unit, busy: list.flat() })),
        }));
        const plain: Diary = {
          practitionerId: 1,
          schedule: SCHEDULE,
          policy: rules,
          lengthMinutes,
          busy: busy.flat(),
        };
        const diary = { ...plain, needs: timed };
        const [alone, together] = [plain, diary].map((one) => slotsBetween(one, OPENS, CLOSES, BEFORE));
        for (const [i, { start, reasons }] of together!.entries()) {
          const [from, to] = [start - rules.bufferBeforeMinutes, start + lengthMinutes + rules.bufferAfterMinutes];
          const free = asked.map(({ units }) => units.findIndex((list) => isFree(list, from, to)));
          const missing = asked.filter((_, need) => free[need] === -1).map(({ kind }) => `${kind}_taken`);
          expect(new Set(reasons)).toEqual(new Set([...alone![i]!.reasons, ...missing]));
          expect(unitsFor(timed, from, to)).toEqual(
            free.flatMap((unit, need) => (unit === -1 ? [] : [need * 10 + unit])),
          );
          expect(reasonsAgainst(diary, start, BEFORE)).toEqual(reasons);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('a session of a group that stands is offered by its seats alone; every other start as ever, with all of them', () => {
    fc.assert(
      fc.property(groups, needs, policy, pairs, (sessions, asked, rules, busy) => {
        const plain: Diary = {
          practitionerId: 1,
          schedule: SCHEDULE,
          policy: rules,
          lengthMinutes: 50,
          busy: busy.flat(),
          needs: asked.map(({ kind, units }) => ({
            kind,
            units: units.map((list, id) => ({ id, busy: list.flat() })),
          })),
        };
        const diary = { ...plain, group: { capacity: 5, sessions } };
        const slots = slotsBetween(diary, OPENS, CLOSES, BEFORE);
        const starts = slots.map(({ start }) => start);
        expect(starts).toEqual([...new Set(starts)].toSorted((a, b) => a - b));
        const there = new Map<number, GroupSession>();
        for (const one of sessions) {
          if ((there.get(one.start)?.seatsLeft ?? -1) < one.seatsLeft) there.set(one.start, one);
        }
        const inside = [...there.keys()].filter((start) => start >= OPENS && start < CLOSES);
        expect(starts).toEqual(expect.arrayContaining(inside));
        for (const slot of slots) {
          const session = there.get(slot.start);
          const against = session
            ? [...(session.own ? ['already_booked'] : []), ...(session.seatsLeft === 0 ? ['full'] : [])]
            : reasonsAgainst(plain, slot.start, BEFORE);
          const seats = session ? session.seatsLeft : against.length === 0 ? 5 : undefined;
          expect([slot.reasons, slot.available, slot.seatsLeft]).toEqual([against, against.length === 0, seats]);
          expect(slot.end).toBe(session ? session.end : slot.end);
        }
        expect(reasonsAgainstAll(diary, starts, BEFORE)).toEqual(slots.map(({ reasons }) => reasons));
        expect(starts.map((start) => reasonsAgainst(diary, start, BEFORE))).toEqual(
          slots.map(({ reasons }) => reasons),
        );
      }),
      { numRuns: 400 },
    );
  });

  test('a seat is asked for in time, and within the horizon, as a session is', () => {
    const start = OPENS + 60;
    const session = { sessionId: 1, start, end: start + 60, seatsLeft: 2, own: false };
    const rules = {
      gridMinutes: 60,
      bufferBeforeMinutes: 0,
      bufferAfterMinutes: 0,
      noticeMinutes: 120,
      horizonDays: 30,
    };
    const diary: Diary = {
      practitionerId: 1,
      schedule: SCHEDULE,
      policy: rules,
      lengthMinutes: 60,
      busy: [start, start + 60],
      group: { capacity: 3, sessions: [session] },
    };
    expect(reasonsAgainst(diary, start, start - 120)).toEqual([]);
    expect(reasonsAgainst(diary, start, start - 119)).toEqual(['notice_too_short']);
    expect(reasonsAgainst(diary, start, start + 1)).toEqual(['time_in_past']);
    expect(reasonsAgainst(diary, start, start - 40 * 1_440)).toEqual(['beyond_horizon']);
  });
});
