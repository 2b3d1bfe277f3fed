// The law of wall time as a table: what clocks did or will do around the world, and what a booking at that time means.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../src/platform/refusal.ts';
import {
  dateAt,
  dateOfDay,
  dayNumber,
  dayStart,
  instantOf,
  isDate,
  isoAt,
  isoOf,
  labelOf,
  minuteOf,
  nowMinute,
  parseStart,
  resolveWall,
  toInstant,
  wallOf,
} from '../../src/platform/time/wall-clock.ts';
import { offsetAt } from '../../src/platform/time/zone-table.ts';

function refused(act: () => unknown): Refusal {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('clocks go forward: the time does not exist, and the nearest that do are named', () => {
  test.each([
    // zone, date, time, last minute before, first minute after, the instant of the change
    ['America/New_York', '2026-03-08', '02:30', '2026-03-08 01:59', '2026-03-08 03:00', '2026-03-08T07:00:00Z'],
    ['America/New_York', '2026-03-08', '02:00', '2026-03-08 01:59', '2026-03-08 03:00', '2026-03-08T07:00:00Z'],
    ['America/New_York', '2026-03-08', '02:59:59', '2026-03-08 01:59', '2026-03-08 03:00', '2026-03-08T07:00:00Z'],
    ['America/Los_Angeles', '2026-03-08', '02:15', '2026-03-08 01:59', '2026-03-08 03:00', '2026-03-08T10:00:00Z'],
    ['America/St_Johns', '2026-03-08', '02:30', '2026-03-08 01:59', '2026-03-08 03:00', '2026-03-08T05:30:00Z'],
    ['Europe/London', '2026-03-29', '01:30', '2026-03-29 00:59', '2026-03-29 02:00', '2026-03-29T01:00:00Z'],
    ['Europe/Berlin', '2026-03-29', '02:30', '2026-03-29 01:59', '2026-03-29 03:00', '2026-03-29T01:00:00Z'],
    ['Europe/Dublin', '2026-03-29', '01:00', '2026-03-29 00:59', '2026-03-29 02:00', '2026-03-29T01:00:00Z'],
    ['Africa/Cairo', '2026-04-24', '00:30', '2026-04-23 23:59', '2026-04-24 01:00', '2026-04-23T22:00:00Z'],
    ['Asia/Beirut', '2026-03-29', '00:00', '2026-03-28 23:59', '2026-03-29 01:00', '2026-03-28T22:00:00Z'],
    ['Africa/Casablanca', '2026-03-22', '02:30', '2026-03-22 01:59', '2026-03-22 03:00', '2026-03-22T02:00:00Z'],
    ['Australia/Sydney', '2026-10-04', '02:30', '2026-10-04 01:59', '2026-10-04 03:00', '2026-10-03T16:00:00Z'],
    ['Australia/Lord_Howe', '2026-10-04', '02:15', '2026-10-04 01:59', '2026-10-04 02:30', '2026-10-03T15:30:00Z'],
    ['Pacific/Auckland', '2026-09-27', '02:30', '2026-09-27 01:59', '2026-09-27 03:00', '2026-09-26T14:00:00Z'],
    ['Pacific/Chatham', '2026-09-27', '03:00', '2026-09-27 02:44', '2026-09-27 03:45', '2026-09-26T14:00:00Z'],
    ['America/Santiago', '2026-09-06', '00:30', '2026-09-05 23:59', '2026-09-06 01:00', '2026-09-06T04:00:00Z'],
    ['Antarctica/Troll', '2026-03-29', '02:00', '2026-03-29 00:59', '2026-03-29 03:00', '2026-03-29T01:00:00Z'],
    ['Pacific/Apia', '2011-12-30', '12:00', '2011-12-29 23:59', '2011-12-31 00:00', '2011-12-30T10:00:00Z'],
  ])('%s %s %s', (zone, date, time, before, after, change) => {
    const found = resolveWall({ date, time, zone });
    if (found.kind !== 'gap') throw new Error(`resolved ${found.kind}`);
    expect(`${found.before.date} ${found.before.time}`).toBe(`${before}:00`);
    expect(`${found.after.date} ${found.after.time}`).toBe(`${after}:00`);
    expect(found.after.instant.toString()).toBe(change);
    expect(found.before.instant.add({ minutes: 1 }).toString()).toBe(change);

    const { code, message, details } = refused(() => toInstant({ date, time }, zone));
    expect(code).toBe('time_does_not_exist');
    for (const named of [before.slice(11), after.slice(11), zone]) expect(message).toContain(named);
    expect(details.extra).toMatchObject({
      nearest: [{ time: `${before.slice(11)}:00` }, { time: `${after.slice(11)}:00` }],
    });
  });
});

describe('clocks go back: the time exists twice, and means the earlier', () => {
  test.each([
    ['America/New_York', '2026-11-01', '01:30', '2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z'],
    ['America/New_York', '2026-11-01', '01:00', '2026-11-01T05:00:00Z', '2026-11-01T06:00:00Z'],
    ['America/New_York', '2026-11-01', '01:59:59', '2026-11-01T05:59:59Z', '2026-11-01T06:59:59Z'],
    ['America/St_Johns', '2026-11-01', '01:15', '2026-11-01T03:45:00Z', '2026-11-01T04:45:00Z'],
    ['America/Havana', '2026-11-01', '00:30', '2026-11-01T04:30:00Z', '2026-11-01T05:30:00Z'],
    ['Europe/London', '2026-10-25', '01:30', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'],
    ['Europe/Berlin', '2026-10-25', '02:30', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'],
    ['Africa/Cairo', '2026-10-29', '23:30', '2026-10-29T20:30:00Z', '2026-10-29T21:30:00Z'],
    ['Africa/Casablanca', '2026-02-15', '02:30', '2026-02-15T01:30:00Z', '2026-02-15T02:30:00Z'],
    ['Australia/Sydney', '2026-04-05', '02:30', '2026-04-04T15:30:00Z', '2026-04-04T16:30:00Z'],
    ['Australia/Lord_Howe', '2026-04-05', '01:45', '2026-04-04T14:45:00Z', '2026-04-04T15:15:00Z'],
    ['Pacific/Auckland', '2026-04-05', '02:00', '2026-04-04T13:00:00Z', '2026-04-04T14:00:00Z'],
    ['Pacific/Chatham', '2026-04-05', '03:00', '2026-04-04T13:15:00Z', '2026-04-04T14:15:00Z'],
    ['Antarctica/Troll', '2026-10-25', '02:30', '2026-10-25T00:30:00Z', '2026-10-25T02:30:00Z'],
  ])('%s %s %s', (zone, date, time, earlier, later) => {
    const found = resolveWall({ date, time, zone });
    if (found.kind !== 'twice') throw new Error(`resolved ${found.kind}`);
    expect([found.earlier.toString(), found.later.toString()]).toEqual([earlier, later]);
    expect(toInstant({ date, time }, zone).toString()).toBe(earlier);
  });
});

describe('everyday times and the edges of a change exist once', () => {
  test.each([
    ['America/New_York', '2025-06-20', '14:00:00', '2025-06-20T18:00:00Z'],
    ['America/New_York', '2026-03-08', '01:59', '2026-03-08T06:59:00Z'],
    ['America/New_York', '2026-03-08', '03:00', '2026-03-08T07:00:00Z'],
    ['America/New_York', '2026-11-01', '00:59', '2026-11-01T04:59:00Z'],
    ['America/New_York', '2026-11-01', '02:00', '2026-11-01T07:00:00Z'],
    ['Europe/Berlin', '2026-12-01', '09:00', '2026-12-01T08:00:00Z'],
    ['Asia/Kathmandu', '2026-06-01', '09:00', '2026-06-01T03:15:00Z'],
    ['Asia/Kolkata', '2026-06-01', '09:00', '2026-06-01T03:30:00Z'],
    ['Australia/Eucla', '2026-06-01', '09:00', '2026-06-01T00:15:00Z'],
    ['Pacific/Kiritimati', '2026-01-01', '00:00', '2025-12-31T10:00:00Z'],
    ['Pacific/Niue', '2026-01-01', '23:59', '2026-01-02T10:59:00Z'],
    ['UTC', '2028-02-29', '12:00', '2028-02-29T12:00:00Z'],
    ['Pacific/Apia', '2011-12-29', '23:59', '2011-12-30T09:59:00Z'],
    ['Pacific/Apia', '2011-12-31', '00:00', '2011-12-30T10:00:00Z'],
  ])('%s %s %s', (zone, date, time, instant) => {
    expect(resolveWall({ date, time, zone }).kind).toBe('once');
    expect(toInstant({ date, time }, zone).toString()).toBe(instant);
  });
});

describe('reading a start', () => {
  const zone = 'America/New_York';
  test.each([
    [{ date: '2025-06-20', time: '14:00:00' }, '2025-06-20T18:00:00Z'],
    [{ date: '2025-06-20', time: '14:00' }, '2025-06-20T18:00:00Z'],
    ['2025-06-20T14:00:00', '2025-06-20T18:00:00Z'],
    ['2025-06-20T14:00', '2025-06-20T18:00:00Z'],
    ['2025-06-20T14:00:00Z', '2025-06-20T14:00:00Z'],
    ['2025-06-20T14:00:00.000Z', '2025-06-20T14:00:00Z'],
    ['2025-06-20T14:00:00+05:30', '2025-06-20T08:30:00Z'],
    ['2025-06-20T23:00-04:00', '2025-06-21T03:00:00Z'],
    ['2026-11-01T01:30:00', '2026-11-01T05:30:00Z'],
    ['2026-11-01T01:30:00-04:00', '2026-11-01T05:30:00Z'],
    ['2026-11-01T01:30:00-05:00', '2026-11-01T06:30:00Z'],
    [{ date: '2026-11-01', time: '01:30:00-05:00' }, '2026-11-01T06:30:00Z'],
    ['2026-03-08T02:30:00-05:00', '2026-03-08T07:30:00Z'],
  ])('%j is %s', (input, instant) => {
    const start = parseStart(input, { zone });
    expect(start.instant.toString()).toBe(instant);
    expect(instantOf(start.minute)).toEqual(start.instant);
  });

  test('timeZone says whose wall it is, and an offset is above both', () => {
    expect(parseStart('2025-06-20T14:00', { zone, timeZone: 'Europe/Berlin' }).instant.toString()).toBe(
      '2025-06-20T12:00:00Z',
    );
    expect(parseStart('2025-06-20T14:00Z', { zone, timeZone: 'Europe/Berlin' }).instant.toString()).toBe(
      '2025-06-20T14:00:00Z',
    );
    expect(parseStart('2026-03-08T02:30', { zone, timeZone: 'Europe/Berlin' }).instant.toString()).toBe(
      '2026-03-08T01:30:00Z',
    );
  });

  test.each([
    ['2026-02-30', '09:00', '/date'],
    ['2027-02-29', '09:00', '/date'],
    ['2026-13-01', '09:00', '/date'],
    ['0000-01-01', '09:00', '/date'],
    ['2026-1-01', '09:00', '/date'],
    ['20260101', '09:00', '/date'],
    ['2026-01-01 ', '09:00', '/date'],
    ['', '09:00', '/date'],
    ['2026-01-01', '24:00', '/time'],
    ['2026-01-01', '23:60', '/time'],
    ['2026-01-01', '23:59:60', '/time'],
    ['2026-01-01', '9:00', '/time'],
    ['2026-01-01', '09:00 AM', '/time'],
    ['2026-01-01', '09', '/time'],
    ['2026-01-01', '', '/time'],
    ['2026-01-01', '09:00+1', '/time'],
    ['2026-01-01', '09:00+24:00', '/time'],
    ['2026-01-01', '٠٩:٠٠', '/time'],
    ['2026-01-01', '09:00:30', '/time'],
    ['2026-01-01', '09:00:00.5Z', '/time'],
  ])('%s %s is refused at %s', (date, time, pointer) => {
    const { code, details } = refused(() => parseStart({ date, time }, { zone }));
    expect(code).toBe('invalid_request');
    expect(details.errors?.map((fault) => fault.pointer)).toEqual([pointer]);
  });

  test('a string is refused at its own field, an unknown zone at timeZone, a gap as a gap', () => {
    for (const text of [
      '',
      'tomorrow',
      '2026-02-30T09:00',
      '2026-01-01 09:00',
      '2026-01-01T25:00',
      '2026-01-01T09:00[UTC]',
      `2026-01-01T09:00:00.${'0'.repeat(99)}`,
    ]) {
      const { code, details } = refused(() => parseStart(text, { zone, pointer: '/startTime' }));
      expect([code, details.errors?.[0]?.pointer]).toEqual(['invalid_request', '/startTime']);
    }
    for (const timeZone of ['+02:00', 'Mars/Olympus', '']) {
      const { code, details } = refused(() => parseStart('2026-01-01T09:00', { zone, timeZone }));
      expect([code, details.errors?.[0]?.pointer]).toEqual(['invalid_request', '/timeZone']);
    }
    expect(refused(() => parseStart('2026-03-08T02:30:00', { zone })).details.extra).toEqual({
      nearest: [
        { date: '2026-03-08', time: '01:59:00', start: '2026-03-08T01:59:00-05:00' },
        { date: '2026-03-08', time: '03:00:00', start: '2026-03-08T03:00:00-04:00' },
      ],
    });
  });
});

describe('writing', () => {
  const zones = fc.constantFrom(
    'America/New_York',
    'America/St_Johns',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'UTC',
  );
  const minutes = fc.integer({ min: minuteOf(Temporal.Instant.from('1975-01-01T00:00Z')), max: 68_000_000 });

  test('dates, times and offsets are those of Temporal', () => {
    fc.assert(
      fc.property(zones, minutes, fc.nat(59), (zone, minute, second) => {
        const instant = instantOf(minute, second);
        const zoned = instant.toZonedDateTimeISO(zone);
        expect(wallOf(instant, zone)).toEqual({
          date: zoned.toPlainDate().toString(),
          time: zoned.toPlainTime().toString(),
        });
        expect(dateAt(minute, zone)).toBe(zoned.toPlainDate().toString());
        expect(isoOf(minute, zone)).toBe(
          instantOf(minute).toZonedDateTimeISO(zone).toString({ timeZoneName: 'never' }),
        );
        expect(dayStart(zoned.toPlainDate().toString(), zone)).toBe(minuteOf(zoned.startOfDay().toInstant()));
      }),
      { numRuns: 500 },
    );
  });

  test('labels are those of the Intl 12-hour clock', () => {
    const intl = new Intl.DateTimeFormat('en-US', {
      timeZone: 'UTC',
      hour: '2-digit',
      minute: '2-digit',
      hour12: true,
    });
    for (let minute = 0; minute < 1_440; minute += 1) {
      expect(labelOf(minute, 0)).toBe(intl.format(minute * 60_000).replace(/\s/u, ' '));
    }
    const nine = minuteOf(Temporal.Instant.from('2026-06-22T13:00:00Z'));
    expect(labelOf(nine, offsetAt('America/New_York', nine))).toBe('09:00 AM');
    expect(labelOf(nine - 780, -240)).toBe('08:00 PM');
    expect(isoAt(nine, 330)).toBe('2026-06-22T18:30:00+05:30');
  });

  test('days and dates are each other, over four centuries and more', () => {
    for (let day = -400_000; day < 400_000; day += 1) {
      const date = dateOfDay(day);
      const read = date >= '1970-01-01' && date <= '2200-12-31';
      if (dayNumber(date) !== day || isDate(date) !== read) throw new Error(`${day} ${date}`);
    }
    expect(dateOfDay(dayNumber('2000-02-28') + 1)).toBe('2000-02-29');
    expect(dateOfDay(dayNumber('2100-02-28') + 1)).toBe('2100-03-01');
    expect(dayNumber('1970-01-01')).toBe(0);
  });

  test('now is rounded up to the minute', () => {
    expect(nowMinute(Temporal.Instant.from('1970-01-01T00:10:00Z'))).toBe(10);
    expect(nowMinute(Temporal.Instant.from('1970-01-01T00:10:00.001Z'))).toBe(11);
  });
});
