// The table of offsets is equal to Temporal: around every change of every zone, and at any minute of the odd ones.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  endMinuteAt,
  firstMinuteAt,
  isZone,
  offsetAt,
  resolveMinute,
  steadyAround,
  zoneTable,
} from '../../src/platform/time/zone-table.ts';

const ODD_ZONES = [
  'UTC',
  'America/New_York',
  'America/St_Johns',
  'America/Sao_Paulo',
  'America/Havana',
  'Europe/London',
  'Europe/Berlin',
  'Europe/Dublin',
  'Africa/Casablanca',
  'Africa/Cairo',
  'Africa/Monrovia',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Asia/Gaza',
  'Asia/Beirut',
  'Australia/Lord_Howe',
  'Australia/Eucla',
  'Pacific/Chatham',
  'Pacific/Apia',
  'Pacific/Kwajalein',
  'Antarctica/Troll',
  'America/Scoresbysund',
] as const;
const zones = fc.constantFrom(...ODD_ZONES);
const minutes = (from: string, to: string) => fc.integer({ min: minute(from), max: minute(to) });

function minute(instant: string): number {
  return Temporal.Instant.from(instant).epochMilliseconds / 60_000;
}
function temporalOffset(zone: string, at: number): number {
  const zoned = Temporal.Instant.fromEpochMilliseconds(at * 60_000).toZonedDateTimeISO(zone);
  return Math.round(zoned.offsetNanoseconds / 60e9);
}
function plain(wallMinute: number): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(wallMinute * 60_000)
    .toZonedDateTimeISO('UTC')
    .toPlainDateTime();
}
/** What Temporal makes of a wall minute, in the words of the table. */
function temporalResolve(zone: string, wallMinute: number) {
  const wall = plain(wallMinute);
  const earlier = wall.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const later = wall.toZonedDateTime(zone, { disambiguation: 'later' });
  const [a, b] = [earlier.epochMilliseconds / 60_000, later.epochMilliseconds / 60_000];
  if (a === b) return { kind: 'once', minute: a };
  if (earlier.toPlainDateTime().equals(wall)) return { kind: 'twice', earlier: a, later: b };
  return { kind: 'gap', change: earlier.getTimeZoneTransition('next')!.epochMilliseconds / 60_000 };
}

describe('names', () => {
  test.each(['UTC', 'Asia/Kolkata', 'Asia/Calcutta', 'America/Argentina/ComodRivadavia', 'Etc/GMT+5', 'Europe/Kyiv'])(
    '%s is a zone',
    (name) => expect(isZone(name)).toBe(true),
  );
  test.each([
    '',
    'Z',
    '+01:00',
    '-05',
    '+0100',
    'america/new_york',
    'America/New_York ',
    'Mars/Olympus',
    'UTC+1',
    'constructor',
  ])('"%s" is not a zone', (name) => expect(isZone(name)).toBe(false));
  test('every zone Intl names is a zone', () => {
    expect(Intl.supportedValuesOf('timeZone').filter((name) => !isZone(name))).toEqual([]);
  });
  test('the table of an unknown zone is a RangeError', () => {
    expect(() => zoneTable('Mars/Olympus')).toThrow(RangeError);
    expect(() => zoneTable(`A${'a'.repeat(10_000)}`)).toThrow(RangeError);
  });
});

describe('offsets', () => {
  test('equal Temporal at any minute from 1975 to 2110', () => {
    fc.assert(
      fc.property(zones, minutes('1975-01-01T00:00Z', '2110-01-01T00:00Z'), (zone, at) => {
        expect(offsetAt(zone, at)).toBe(temporalOffset(zone, at));
      }),
      { numRuns: 2_000 },
    );
  });

  test('equal Temporal before 1975, rounded to the minute', () => {
    fc.assert(
      fc.property(zones, minutes('1900-01-01T00:00Z', '1975-01-01T00:00Z'), (zone, at) => {
        expect(offsetAt(zone, at)).toBe(temporalOffset(zone, at));
      }),
      { numRuns: 200 },
    );
  });

  test('equal Temporal on both sides of every change of every zone', () => {
    const wrong: string[] = [];
    for (const zone of Intl.supportedValuesOf('timeZone')) {
      const { changes } = zoneTable(zone);
      for (const change of changes) {
        for (const at of [change - 1, change])
          if (offsetAt(zone, at) !== temporalOffset(zone, at)) wrong.push(`${zone} ${at}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('a steady stretch has one offset and ends at a change', () => {
    fc.assert(
      fc.property(zones, minutes('2020-01-01T00:00Z', '2060-01-01T00:00Z'), (zone, at) => {
        const { offset, from, until } = steadyAround(zoneTable(zone), at);
        expect(from <= at && at < until).toBe(true);
        for (const inside of [from, at, until - 1]) expect(offsetAt(zone, inside)).toBe(offset);
      }),
    );
  });
});

describe('wall minutes', () => {
  test('mean what Temporal says, at any time', () => {
    fc.assert(
      fc.property(zones, minutes('1976-01-01T00:00Z', '2099-12-30T00:00Z'), (zone, wall) => {
        expect(resolveMinute(zoneTable(zone), wall)).toEqual(temporalResolve(zone, wall));
      }),
      { numRuns: 1_000 },
    );
  });

  test('mean what Temporal says around every change of the odd zones', () => {
    for (const zone of ODD_ZONES) {
      const table = zoneTable(zone);
      table.changes.forEach((change, index) => {
        const [before, after] = [table.offsets[index]!, table.offsets[index + 1]!];
        const [low, high] = [change + Math.min(before, after), change + Math.max(before, after)];
        for (const wall of [low - 1, low, (low + high) >> 1, high - 1, high]) {
          expect(resolveMinute(table, wall), `${zone} ${plain(wall).toString()}`).toEqual(temporalResolve(zone, wall));
        }
      });
    }
  });

  test('mean what Temporal says around the changes of every zone in the coming years', () => {
    for (const zone of Intl.supportedValuesOf('timeZone')) {
      const table = zoneTable(zone);
      table.changes.forEach((change, index) => {
        if (change < minute('2024-01-01T00:00Z') || change > minute('2036-01-01T00:00Z')) return;
        const [before, after] = [table.offsets[index]!, table.offsets[index + 1]!];
        const [low, high] = [change + Math.min(before, after), change + Math.max(before, after)];
        for (const wall of [low - 1, low, high - 1, high]) {
          expect(resolveMinute(table, wall), `${zone} ${plain(wall).toString()}`).toEqual(temporalResolve(zone, wall));
        }
      });
    }
  });

  test('a stretch opens at the first sight of its start and ends after the last sight of its last minute', () => {
    const newYork = zoneTable('America/New_York');
    // 2026-03-08 02:00-03:00 does not exist; 2026-11-01 01:00-02:00 exists twice.
    expect(firstMinuteAt(newYork, minute('2026-03-08T02:30Z'))).toBe(minute('2026-03-08T07:00Z'));
    expect(endMinuteAt(newYork, minute('2026-03-08T02:30Z'))).toBe(minute('2026-03-08T07:00Z'));
    expect(firstMinuteAt(newYork, minute('2026-11-01T01:30Z'))).toBe(minute('2026-11-01T05:30Z'));
    expect(endMinuteAt(newYork, minute('2026-11-01T01:30Z'))).toBe(minute('2026-11-01T06:30Z'));
    expect(endMinuteAt(newYork, minute('2026-11-01T01:00Z'))).toBe(minute('2026-11-01T05:00Z'));
    expect(endMinuteAt(newYork, minute('2026-11-01T02:00Z'))).toBe(minute('2026-11-01T07:00Z'));
  });
});
