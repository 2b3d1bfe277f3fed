// The written answer says what was found, in the shapes that the API document promises.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerOf } from '../../src/availability/answer.ts';
import type { SlotsFound } from '../../src/availability/find-slots.ts';
import { reasonsOf } from '../../src/availability/reasons.ts';
import { Availability } from '../../src/availability/schemas.ts';
import type { Slot } from '../../src/availability/slots.ts';
import { componentsOf } from '../../src/platform/http/openapi.ts';
import { createValidation } from '../../src/platform/http/validation.ts';
import { compileSchedule } from '../../src/schedules/compiled.ts';
import { epoch } from './oracle.ts';

const HOUR = 60;
const NAME = 'First "meeting" \\ été \u2028';

/** Every hour around a change of clocks, some free and some not. */
function found(zone: string, firstDay: string, dayCount: number): SlotsFound {
  const first = Temporal.PlainDate.from(firstDay);
  const days = Array.from({ length: dayCount }, (_, at) => {
    const date = first.add({ days: at });
    const [start, end] = [date, date.add({ days: 1 })].map((day) =>
      epoch(day.toZonedDateTime(zone).toInstant().toString()),
    );
    const slots: Slot[] = [];
    for (let minute = start!; minute < end!; minute += HOUR) {
      const bits = slots.length % 3 === 0 ? 0 : (slots.length * 7) % 64;
      slots.push({ start: minute, end: minute + HOUR, available: bits === 0, reasons: reasonsOf(bits) });
    }
    return { date: date.toString(), slots };
  });
  const schedule = compileSchedule({ zone: 'Europe/Oslo', version: 3, weekly: [], overrides: [], timeOff: [] });
  const sessionType = { id: 4, name: NAME, lengthMinutes: HOUR, platforms: [] };
  const busy = {
    versions: { schedule: 3, revision: 2 },
    taken: [],
    expiredHolds: false,
    nextExpiry: null,
    counted: null,
    units: null,
    groups: null,
    print: '{}',
  };
  const practitioner = { id: 123 } as SlotsFound['desk']['practitioner'];
  const policy = {} as SlotsFound['desk']['policy'];
  return {
    desk: { practitioner, schedule, policy },
    sessionType,
    timeZone: zone,
    days,
    changesAt: null,
    busy,
    texts: {},
  };
}

const two = (n: number) => String(n).padStart(2, '0');

function wire({ days, timeZone }: SlotsFound) {
  const at = (minute: number) =>
    Temporal.Instant.fromEpochMilliseconds(minute * 60_000)
      .toZonedDateTimeISO(timeZone)
      .toString({ timeZoneName: 'never', smallestUnit: 'second' });
  const label = (minute: number) => {
    const { hour, minute: past } = Temporal.Instant.fromEpochMilliseconds(minute * 60_000).toZonedDateTimeISO(timeZone);
    return `${two(hour % 12 || 12)}:${two(past)} ${hour < 12 ? 'AM' : 'PM'}`;
  };
  return days.map(({ date, slots }) => ({
    date,
    timeSlots: slots.map(({ start, end, available, reasons }) => ({
      time: label(start),
      available,
      start: at(start),
      end: at(end),
      ...(available ? {} : { reasons: [...reasons] }),
    })),
  }));
}

const rest = {
  practitionerId: 123,
  practitionerTimeZone: 'Europe/Oslo',
  sessionType: { id: 4, name: NAME, durationMinutes: HOUR },
};

describe.each([
  ['America/New_York', '2026-10-31', 3],
  ['America/New_York', '2027-03-13', 3],
  ['America/St_Johns', '2027-03-13', 2],
  ['Australia/Lord_Howe', '2026-10-03', 3],
  ['Asia/Kathmandu', '2026-12-30', 4],
  ['UTC', '2027-02-27', 3],
])('%s from %s', (zone, first, count) => {
  const several = found(zone, first, count);

  test('several days are written as they were found', () => {
    expect(JSON.parse(answerOf(several, 'days').text)).toStrictEqual({
      ...rest,
      days: wire(several),
      timeZone: zone,
    });
  });

  test('one day is written as it was found', () => {
    const one = { ...several, texts: {}, days: several.days.slice(0, 1) };
    expect(JSON.parse(answerOf(one, 'day').text)).toStrictEqual({ ...rest, ...wire(one)[0], timeZone: zone });
  });

  test('what is written fits the schema in the API document', () => {
    const validation = createValidation();
    for (const component of componentsOf(Availability).values()) validation.add(component);
    const check = validation.compile(Availability, 'body');
    expect(check(JSON.parse(answerOf(several, 'days').text))).toBe(true);
  });
});

test('the validator differs with what was asked, with what is taken and with any version', () => {
  const one = found('UTC', '2027-02-27', 1);
  const { busy } = one;
  const others: SlotsFound[] = [
    one,
    found('UTC', '2027-02-28', 1),
    found('UTC', '2027-02-27', 2),
    { ...one, texts: {}, timeZone: 'Europe/Oslo' },
    { ...one, texts: {}, sessionType: { ...one.sessionType, id: 5 } },
    { ...one, texts: {}, changesAt: 7 },
    { ...one, texts: {}, busy: { ...busy, print: '{{1,2,0}}', taken: [1, 2] } },
    { ...one, texts: {}, busy: { ...busy, versions: { schedule: 4, revision: 2 } } },
    { ...one, texts: {}, busy: { ...busy, versions: { schedule: 3, revision: 3 } } },
  ];
  const tags = others.map((each) => answerOf(each, 'day').etag);
  expect(new Set([...tags, answerOf(one, 'days').etag]).size).toBe(others.length + 1);
  expect(answerOf({ ...one, texts: {} }, 'day').etag).toBe(tags[0]);
});

test('the zone of who looks changes labels and days, never an instant or a reason', () => {
  const zones = fc.constantFrom('UTC', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia');
  type Told = { days: { timeSlots: { start: string; end: string; reasons?: string[] }[] }[] };
  const told = (given: SlotsFound, timeZone: string) =>
    (JSON.parse(answerOf({ ...given, timeZone, texts: {} }, 'days').text) as Told).days.flatMap(({ timeSlots }) =>
      timeSlots.map(({ start, end, reasons }) => [epoch(start), epoch(end), reasons]),
    );
  fc.assert(
    fc.property(zones, zones, fc.integer({ min: 0, max: 400 }), (one, other, day) => {
      const first = Temporal.PlainDate.from('2026-11-28').add({ days: day }).toString();
      const given = found(one, first, 2);
      expect(told(given, other)).toEqual(told(given, one));
    }),
    { numRuns: 50 },
  );
});
