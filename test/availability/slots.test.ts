// What is offered and why something is not, as laws that hold for any schedule, and against a naive oracle across zones.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BECAUSE, explain } from '../../src/availability/explanation.ts';
import { freeTime, type Diary } from '../../src/availability/free-time.ts';
import { REASONS } from '../../src/availability/reasons.ts';
import { nextChangeAfter, reasonsAgainst, reasonsAgainstAll, slotsBetween } from '../../src/availability/slots.ts';
import { labelOf, minuteOf } from '../../src/platform/time/wall-clock.ts';
import { offsetAt } from '../../src/platform/time/zone-table.ts';
import { LIMITED, PERIODS } from '../../src/practitioners/limits.ts';
import { compileSchedule } from '../../src/schedules/compiled.ts';
import { checkWeeklyHours } from '../../src/schedules/faults.ts';
import { scheduleFor, type Policy, type Schedule, type WeeklyHours } from '../../src/schedules/schedule.ts';
import { ask, epoch, type Question } from './oracle.ts';

const DAY = 1_440;
const NO_RULES: Policy = {
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 0,
  noticeMinutes: 0,
  horizonDays: 365,
  gridMinutes: 60,
};
const WORKDAYS = [1, 2, 3, 4, 5] as const;
const SARAH: Schedule = {
  zone: 'America/New_York',
  version: 1,
  weekly: WORKDAYS.flatMap((weekday) => [
    { weekday, from: 540, to: 720 },
    { weekday, from: 780, to: 1_080 },
  ]),
  overrides: [],
  timeOff: [],
};

const minuteAt = (text: string): number => minuteOf(Temporal.Instant.from(text));

function diaryOf(over: Partial<Question> = {}): Diary {
  const asked = { schedule: SARAH, policy: NO_RULES, lengthMinutes: 60, busy: [], ...over };
  const busy = asked.busy.toSorted((a, b) => a.start - b.start).flatMap(({ start, end }) => [start, end]);
  return {
    practitionerId: 123,
    schedule: scheduleFor(compileSchedule(asked.schedule), asked.sessionTypeId ?? 0),
    policy: asked.policy,
    lengthMinutes: asked.lengthMinutes,
    busy: Int32Array.from(busy),
    ...(asked.counted ? { counted: asked.counted } : {}),
    ...(asked.sessionTypeId ? { sessionTypeId: asked.sessionTypeId } : {}),
  };
}
function labels(diary: Diary, from: string, to: string, now = '2026-06-01T00:00Z'): string[] {
  return slotsBetween(diary, epoch(from), epoch(to), epoch(now)).map(
    ({ start, available }) => labelOf(start, offsetAt(diary.schedule.zone, start)) + (available ? '' : ' no'),
  );
}

/** Weeks in which clocks change, one way or the other, and a week in which they do not. */
const WEEKS = [
  ['America/New_York', '2026-03-06'],
  ['America/New_York', '2026-10-30'],
  ['Europe/Berlin', '2026-03-27'],
  ['Europe/London', '2026-10-23'],
  ['Australia/Lord_Howe', '2026-04-03'],
  ['Australia/Lord_Howe', '2026-10-02'],
  ['Pacific/Chatham', '2026-04-03'],
  ['Africa/Cairo', '2026-04-22'],
  ['Africa/Cairo', '2026-10-28'],
  ['Africa/Casablanca', '2026-02-13'],
  ['America/St_Johns', '2026-03-06'],
  ['America/Havana', '2026-10-30'],
  ['America/Santiago', '2026-09-04'],
  ['Antarctica/Troll', '2026-10-23'],
  ['Pacific/Apia', '2011-12-28'],
  ['Asia/Kathmandu', '2026-06-01'],
] as const;
const weeks = fc.constantFrom(...WEEKS).map(([zone, date]) => ({ zone, start: epoch(`${date}T00:00Z`) }));
const hours = fc
  .record({ from: fc.integer({ min: 0, max: 47 }), length: fc.integer({ min: 1, max: 48 }) })
  .map(({ from, length }) => ({ from: from * 30, to: (from + length) * 30 }));
const weekly = fc
  .array(fc.record({ weekday: fc.constantFrom(1, 2, 3, 4, 5, 6, 7), hours }), { maxLength: 20 })
  .map((list) => {
    const kept: WeeklyHours[] = [];
    for (const { weekday, hours: span } of list) {
      const entry = { weekday, ...span };
      if (checkWeeklyHours([...kept, entry]).length === 0) kept.push(entry);
    }
    return kept;
  });
const policies: fc.Arbitrary<Policy> = fc.record({
  bufferBeforeMinutes: fc.constantFrom(0, 5, 30, 120),
  bufferAfterMinutes: fc.constantFrom(0, 10, 45),
  noticeMinutes: fc.constantFrom(0, 60, 1_440, 4_320),
  horizonDays: fc.constantFrom(0, 1, 2, 4, 365),
  gridMinutes: fc.constantFrom(5, 15, 25, 30, 60, 90),
  limits: fc.array(
    fc.record({
      per: fc.constantFrom(...PERIODS),
      of: fc.constantFrom(...LIMITED),
      sessionTypeId: fc.constantFrom(null, 1, 2),
      mostSessions: fc.constantFrom(null, 0, 1, 2, 4),
      mostMinutes: fc.constantFrom(null, 0, 60, 100, 300),
    }),
    { maxLength: 3 },
  ),
});
const questions = weeks.chain(({ zone, start }) => {
  const spans = fc
    .record({ start: fc.integer({ min: -DAY, max: 8 * DAY }), length: fc.integer({ min: 0, max: 600 }) })
    .map((span) => ({ start: start + span.start, end: start + span.start + span.length }));
  const dates = fc.integer({ min: 0, max: 6 }).map((day) =>
    Temporal.Instant.fromEpochMilliseconds((start + day * DAY) * 60_000)
      .toString()
      .slice(0, 10),
  );
  const counted = fc.array(
    fc.record({
      start: fc.integer({ min: start - 40 * DAY, max: start + 48 * DAY }),
      minutes: fc.constantFrom(30, 60, 90),
      sessionTypeId: fc.constantFrom(1, 2),
      own: fc.boolean(),
    }),
    { maxLength: 8 },
  );
  const near = fc.array(
    fc.record({
      start: fc.integer({ min: start, max: start + 5 * DAY }),
      minutes: fc.constantFrom(30, 60),
      sessionTypeId: fc.constantFrom(1, 2),
      own: fc.boolean(),
    }),
    { maxLength: 6 },
  );
  return fc.record({
    from: fc.integer({ min: start, max: start + 3 * DAY }),
    days: fc.integer({ min: 0, max: 4 * DAY }),
    now: fc.integer({ min: start - 2 * DAY, max: start + 6 * DAY }),
    question: fc.record({
      schedule: fc.record({
        zone: fc.constant(zone),
        version: fc.constant(1),
        weekly,
        overrides: fc.uniqueArray(fc.record({ date: dates, intervals: fc.array(hours, { maxLength: 1 }) }), {
          maxLength: 2,
          selector: ({ date }) => date,
        }),
        timeOff: fc.array(spans, { maxLength: 2 }),
        plans: fc.uniqueArray(
          fc.record({
            sessionTypeId: fc.constantFrom(null, 1),
            firstDate: dates,
            lastDate: fc.option(dates),
            weekly,
          }),
          { maxLength: 3, selector: ({ sessionTypeId, firstDate }) => `${sessionTypeId}/${firstDate}` },
        ),
        wallTimeOff: fc
          .array(
            fc.record({
              fromMinute: fc.integer({ min: 0, max: 47 }).map((half) => half * 30),
              length: fc.constantFrom(30, 90, 1_440, 3_000),
              dates: fc.oneof(
                dates,
                fc.record({
                  firstDate: dates,
                  rule: fc.constantFrom('FREQ=DAILY;INTERVAL=1', 'FREQ=DAILY;INTERVAL=3'),
                  exceptDates: fc.constant([]),
                }),
              ),
            }),
            { maxLength: 1 },
          )
          .map((list) => list.map(({ length, ...off }) => ({ ...off, toMinute: off.fromMinute + length }))),
      }),
      policy: fc.tuple(policies, fc.option(dates)).map(([policy, horizonUntil]) => ({ ...policy, horizonUntil })),
      counted: fc.tuple(counted, near).map((both) => both.flat()),
      sessionTypeId: fc.constantFrom(1, 2),
      lengthMinutes: fc.constantFrom(1, 20, 30, 50, 60, 180),
      busy: fc.array(spans, { maxLength: 8 }),
    }),
  });
});

describe('a day of the demo practice', () => {
  const monday = ['2026-06-22T04:00Z', '2026-06-23T04:00Z'] as const;
  const all = ['09:00 AM', '10:00 AM', '11:00 AM', '01:00 PM', '02:00 PM', '03:00 PM', '04:00 PM', '05:00 PM'];
  test('lists every start within hours', () => {
    expect(labels(diaryOf(), ...monday)).toEqual(all);
  });
  test('a shorter session keeps the grid', () => {
    expect(labels(diaryOf({ lengthMinutes: 30 }), ...monday)).toEqual(all);
  });
  test('a longer session starts only where it ends within hours', () => {
    expect(labels(diaryOf({ lengthMinutes: 120 }), ...monday)).toEqual([...all.slice(0, 2), ...all.slice(3, 7)]);
  });
  test('a taken start is listed and not available', () => {
    const busy = [{ start: epoch('2026-06-22T14:00Z'), end: epoch('2026-06-22T15:00Z') }];
    expect(labels(diaryOf({ busy }), ...monday).slice(0, 3)).toEqual(['09:00 AM', '10:00 AM no', '11:00 AM']);
  });
  test('a session may run over midnight into the hours of the next day', () => {
    const roundTheClock = ([1, 2] as const).map((weekday) => ({ weekday, from: 0, to: DAY }));
    const diary = diaryOf({ schedule: { ...SARAH, weekly: roundTheClock }, lengthMinutes: 90 });
    expect(labels(diary, ...monday).at(-1)).toBe('11:00 PM');
    expect(labels(diary, '2026-06-23T04:00Z', '2026-06-24T04:00Z').at(-1)).toBe('10:00 PM');
  });
  test('weekends are empty, and so is a date with a closed override', () => {
    expect(labels(diaryOf(), '2026-06-20T04:00Z', '2026-06-22T04:00Z')).toEqual([]);
    const closed = { ...SARAH, overrides: [{ date: '2026-06-22', intervals: [] }] };
    expect(labels(diaryOf({ schedule: closed }), ...monday)).toEqual([]);
  });
  test('time off takes away what it touches and leaves the grid where it was', () => {
    const timeOff = [{ start: epoch('2026-06-22T13:30Z'), end: epoch('2026-06-22T14:30Z') }];
    expect(labels(diaryOf({ schedule: { ...SARAH, timeOff } }), ...monday)).toEqual(all.slice(2));
  });
  test('buffers reach outside working hours, and against the neighbour', () => {
    const policy = { ...NO_RULES, bufferBeforeMinutes: 10, bufferAfterMinutes: 15 };
    const busy = [{ start: epoch('2026-06-22T14:00Z'), end: epoch('2026-06-22T14:55Z') }];
    expect(labels(diaryOf({ policy, busy }), ...monday).slice(0, 4)).toEqual([
      '09:00 AM no',
      '10:00 AM no',
      '11:00 AM no',
      '01:00 PM',
    ]);
    expect(labels(diaryOf({ policy }), ...monday)).toEqual(all);
  });
});

describe('why not', () => {
  const now = epoch('2026-06-22T13:00Z'); // Monday 09:00 in New York
  test.each([
    ['2026-06-22T14:00Z', []],
    ['2026-06-22T14:59Z', ['not_on_grid']],
    ['2026-06-22T14:30Z', ['not_on_grid']],
    ['2026-06-22T13:00Z', ['notice_too_short']],
    ['2026-06-19T13:00Z', ['time_in_past']],
    ['2026-06-22T16:00Z', ['outside_hours']],
    ['2026-06-23T02:00Z', ['outside_hours']],
    ['2026-06-24T21:00Z', []],
    ['2026-06-25T13:00Z', ['beyond_horizon']],
    ['2026-06-23T18:00Z', ['slot_taken']],
    ['2026-06-22T20:30Z', ['not_on_grid']],
    ['2026-06-22T21:01Z', ['outside_hours', 'not_on_grid']],
  ])('%s: %j', (start, reasons) => {
    const policy = { ...NO_RULES, noticeMinutes: 60, horizonDays: 2 };
    const busy = [{ start: epoch('2026-06-23T18:30Z'), end: epoch('2026-06-23T18:31Z') }];
    expect(reasonsAgainst(diaryOf({ policy, busy }), epoch(start), now)).toEqual(reasons);
  });
  test('a session that lasts no time, or a grid of none, is a fault of the caller', () => {
    expect(() => reasonsAgainst(diaryOf({ lengthMinutes: 0 }), now, now)).toThrow(RangeError);
    expect(() => slotsBetween(diaryOf({ policy: { ...NO_RULES, gridMinutes: 0 } }), now, now + DAY, now)).toThrow(
      RangeError,
    );
    expect(() => slotsBetween(diaryOf(), now, now + 10_000 * DAY, now)).toThrow(RangeError);
  });
});

describe('laws', () => {
  test('slots and reasons are those of the naive oracle, in weeks in which clocks change', () => {
    fc.assert(
      fc.property(questions, ({ from, days, now, question }) => {
        const diary = diaryOf(question);
        const oracle = ask(question, from, from + days);
        const slots = slotsBetween(diary, from, from + days, now);
        expect(slots.map(({ start }) => start)).toEqual(oracle.starts);
        for (const { start, available, reasons } of slots) {
          expect(reasons).toEqual(oracle.reasons(start, now));
          expect(available).toBe(reasons.length === 0);
        }
        for (let start = from; start < from + days; start += 115) {
          expect(reasonsAgainst(diary, start, now)).toEqual(oracle.reasons(start, now));
        }
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  test('what is offered can be booked, and nothing else: one rule judges both', () => {
    fc.assert(
      fc.property(questions, ({ from, days, now, question }) => {
        const diary = diaryOf(question);
        const slots = slotsBetween(diary, from, from + days, now);
        const listed = new Map(slots.map((slot) => [slot.start, slot]));
        for (let start = from; start < from + days; start += 5) {
          const against = reasonsAgainst(diary, start, now);
          const inGrid = !against.includes('outside_hours') && !against.includes('not_on_grid');
          expect(listed.get(start)?.reasons).toBe(inGrid ? against : undefined);
        }
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  test('an offered session lies in free time, and its buffers touch nothing taken', () => {
    fc.assert(
      fc.property(questions, ({ from, days, now, question }) => {
        const diary = diaryOf(question);
        const free = freeTime(diary, from - DAY, from + days + DAY);
        const { bufferBeforeMinutes, bufferAfterMinutes } = question.policy;
        for (const { start, end, reasons } of slotsBetween(diary, from, from + days, now)) {
          const fits = free.some((_, i) => i % 2 === 0 && free[i]! <= start && end <= free[i + 1]!);
          expect(fits).toBe(!reasons.includes('slot_taken'));
          const touched = question.busy.some(
            (span) =>
              span.start < span.end && span.start < end + bufferAfterMinutes && start - bufferBeforeMinutes < span.end,
          );
          expect(touched).toBe(!fits);
        }
      }),
    );
  });

  test('more taken time never offers more, and never moves the list', () => {
    fc.assert(
      fc.property(
        questions,
        fc.nat(8 * DAY),
        fc.integer({ min: 1, max: 900 }),
        ({ from, days, now, question }, offset, length) => {
          const more = { ...question, busy: [...question.busy, { start: from + offset, end: from + offset + length }] };
          const before = slotsBetween(diaryOf(question), from, from + days, now);
          const after = slotsBetween(diaryOf(more), from, from + days, now);
          expect(after.map(({ start }) => start)).toEqual(before.map(({ start }) => start));
          expect(after.filter(({ available }, i) => available && !before[i]!.available)).toEqual([]);
        },
      ),
    );
  });

  test('more that is given never offers more', () => {
    fc.assert(
      fc.property(questions, fc.nat(5 * DAY), fc.boolean(), ({ from, days, now, question }, offset, own) => {
        const more = { start: from - DAY + offset, minutes: 60, sessionTypeId: 1, own };
        const before = slotsBetween(diaryOf(question), from, from + days, now);
        const counted = [...question.counted, more];
        const after = slotsBetween(diaryOf({ ...question, counted }), from, from + days, now);
        expect(after.filter(({ available }, i) => available && !before[i]!.available)).toEqual([]);
      }),
    );
  });

  test('an explanation has just the reasons there are, each with something behind it, and tells others of nobody', () => {
    fc.assert(
      fc.property(questions, ({ from, days, now, question }) => {
        const diary = diaryOf(question);
        const owners = question.busy
          .filter(({ start, end }) => start < end)
          .map(({ start, end }, id) => ({
            from: start,
            to: end,
            start: start + ((end - start) >> 2),
            end,
            unit: 123,
            resourceId: 123,
            practitionerId: 123,
            ownIds: [],
            sessionId: id % 2 === 0 ? id : null,
            appointmentIds: [],
            holdId: id % 2 === 0 ? null : id,
          }));
        const starts = Array.from({ length: Math.ceil(days / 85) }, (_, i) => from + i * 85);
        expect(reasonsAgainstAll(diary, starts, now)).toEqual(starts.map((one) => reasonsAgainst(diary, one, now)));
        for (const start of starts) {
          const reasons = reasonsAgainst(diary, start, now);
          for (const known of [owners, null]) {
            const because = explain(diary, start, reasons, known);
            expect(REASONS.filter((reason) => because.some((one) => one.reason === reason))).toEqual(reasons);
            expect(because.every(({ code, reason }) => BECAUSE[code] === reason)).toBe(true);
            // Others than her managers learn nothing of anybody; they, always more than that it is taken.
            const hidden = known === null ? /Id|limit"|time_off|busy|buffer|hold/ : /"taken"/;
            expect(JSON.stringify(because)).not.toMatch(hidden);
          }
        }
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  test('until when it could be booked, and from when, is told to the minute', () => {
    const seen = { notices: 0, opening: 0 };
    const law = fc.property(questions, ({ from, days, now, question }) => {
      const diary = diaryOf(question);
      const starts = Array.from({ length: Math.ceil(days / 95) }, (_, i) => from + i * 95);
      const told = starts.flatMap((start) =>
        explain(diary, start, reasonsAgainst(diary, start, now), null).map((one) => ({ ...one, start })),
      );
      const codesAt = (start: number, minute: number): readonly string[] => reasonsAgainst(diary, start, minute);
      for (const { code, start, bookBy } of told.filter((one) => one.bookBy !== undefined)) {
        const until = minuteAt(bookBy ?? '');
        expect([code, codesAt(start, until).includes(code)]).toEqual(['notice_too_short', false]);
        expect(until + 1 > start || codesAt(start, until + 1).includes(code)).toBe(true);
        seen.notices += 1;
      }
      for (const { code, start, opensAt } of told.filter((one) => one.opensAt !== undefined)) {
        const opens = minuteAt(opensAt ?? '');
        expect([code, codesAt(start, opens).includes(code)]).toEqual(['beyond_horizon', false]);
        expect(codesAt(start, opens - 1)).toContain(code);
        seen.opening += 1;
      }
      const due = told.filter(({ code }) => code === 'notice_too_short' || code === 'beyond_horizon');
      expect(due.filter((one) => !(one.bookBy ?? one.opensAt ?? one.lastDate))).toEqual([]);
    });
    // One question in sixteen has a start that has yet to open.
    for (let rounds = 0; rounds < 10 && Math.min(seen.notices, seen.opening) === 0; rounds += 1)
      fc.assert(law, { numRuns: 60 });
    expect(Math.min(seen.notices, seen.opening)).toBeGreaterThan(0);
  }, 60_000);

  test('a window is the sum of its parts', () => {
    fc.assert(
      fc.property(questions, fc.nat(4 * DAY), ({ from, days, now, question }, cut) => {
        const diary = diaryOf(question);
        const middle = from + Math.min(cut, days);
        const parts = [...slotsBetween(diary, from, middle, now), ...slotsBetween(diary, middle, from + days, now)];
        expect(parts).toEqual(slotsBetween(diary, from, from + days, now));
      }),
    );
  });

  test('the answer holds until it is said to change, and not longer than that', () => {
    fc.assert(
      fc.property(questions, ({ from, days, now, question }) => {
        const diary = diaryOf({ ...question, busy: [] });
        const slotsAt = (minute: number) => slotsBetween(diary, from, from + days, minute);
        const slots = slotsAt(now);
        const change = nextChangeAfter(diary, slots, now);
        const holdsUntil = change ?? now + 20 * DAY;
        expect(holdsUntil).toBeGreaterThan(now);
        for (const minute of [now, (now + holdsUntil) >> 1, holdsUntil - 1]) expect(slotsAt(minute)).toEqual(slots);
        fc.pre(change !== undefined);
        expect(slotsAt(holdsUntil)).not.toEqual(slots);
      }),
    );
  });
});
