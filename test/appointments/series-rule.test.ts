// On which dates and instants a series falls, against two oracles: RRULE for the calendar, Temporal for the clock. No database.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { datesOfRule, MOST_DATES, startOrGap, stepFrom, wallAsked } from '../../src/appointments/series.ts';
import { datesOf } from '../../src/schedules/recurrence.ts';
import { dateOfDay, dayNumber } from '../../src/platform/time/wall-clock.ts';
import { isZone } from '../../src/platform/time/zone-table.ts';

const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const dates = fc.integer({ min: dayNumber('2026-01-01'), max: dayNumber('2036-01-01') }).map(dateOfDay);

describe('dates', () => {
  test('of a monthly series are those of the RRULE of its weekday, a fifth one being the last', () => {
    fc.assert(
      fc.property(dates, fc.integer({ min: 2, max: MOST_DATES }), (first, count) => {
        const { day, dayOfWeek } = Temporal.PlainDate.from(first);
        const nth = day > 28 ? -1 : Math.ceil(day / 7);
        const rule = `FREQ=MONTHLY;BYDAY=${nth}${DAYS[dayOfWeek - 1] ?? ''};COUNT=${count}`;
        const from = dayNumber(first);
        const wanted = datesOf({ firstDate: first, rule, exceptDates: [] }, from, from + 32 * count).map(dateOfDay);
        expect(datesOfRule(first, { frequency: 'monthly', count })).toEqual(wanted);
      }),
    );
  });

  test('of a series on the last such weekday are those of the RRULE', () => {
    fc.assert(
      fc.property(dates, (any) => {
        const { daysInMonth, day } = Temporal.PlainDate.from(any);
        const first = Temporal.PlainDate.from(any)
          .with({ day: daysInMonth - (day % 7) })
          .toString();
        const { dayOfWeek } = Temporal.PlainDate.from(first);
        const rule = `FREQ=MONTHLY;BYDAY=-1${DAYS[dayOfWeek - 1] ?? ''};COUNT=24`;
        const from = dayNumber(first);
        const wanted = datesOf({ firstDate: first, rule, exceptDates: [] }, from, from + 800).map(dateOfDay);
        expect(datesOfRule(first, { frequency: 'monthly', count: 24, onLast: true })).toEqual(wanted);
      }),
    );
  });

  test('are a week or two apart, and end with `until`, which is included', () => {
    fc.assert(
      fc.property(dates, fc.constantFrom('weekly' as const, 'fortnightly' as const), (first, frequency) => {
        const until = stepFrom(first, { frequency, onLast: false }, 9);
        const found = datesOfRule(first, { frequency, until });
        expect(found).toHaveLength(10);
        const days = found.map(dayNumber);
        expect(new Set(days.slice(1).map((day, i) => day - days[i]!))).toEqual(
          new Set([frequency === 'weekly' ? 7 : 14]),
        );
      }),
    );
  });
});

describe('across changes of clocks', () => {
  const zones = Intl.supportedValuesOf('timeZone').filter(isZone);

  test('each date is the wall time in its zone: the earlier where it exists twice, none where clocks jump over it', () => {
    let [gaps, twice] = [0, 0];
    for (const zone of zones) {
      const start = Temporal.ZonedDateTime.from(`2030-01-01T00:00[${zone}]`);
      const changes: Temporal.ZonedDateTime[] = [];
      for (let at = start.getTimeZoneTransition('next'); at && at.year < 2032; at = at.getTimeZoneTransition('next')) {
        changes.push(at);
      }
      for (const change of changes) {
        const before = change.subtract({ nanoseconds: 1 });
        for (const minutes of [-61, -30, -1, 0, 29, 60]) {
          const wall = before
            .toPlainDateTime()
            .add({ minutes })
            .round({ smallestUnit: 'minute', roundingMode: 'floor' });
          const first = wall.toPlainDate().subtract({ weeks: 2 });
          const time = wall.toPlainTime().toString({ smallestUnit: 'minute' });
          for (const date of datesOfRule(first.toString(), { frequency: 'weekly', count: 5 })) {
            const asked = Temporal.PlainDateTime.from(`${date}T${time}`);
            const [earlier, later] = (['earlier', 'later'] as const).map((disambiguation) =>
              asked.toZonedDateTime(zone, { disambiguation }),
            );
            const exists = earlier?.toPlainDateTime().equals(asked) ?? false;
            if (!exists) gaps += 1;
            if (exists && !later?.equals(earlier ?? '')) twice += 1;
            const found = startOrGap({ wall: { date, time } }, zone);
            expect(found?.instant.toString(), `${date}T${time}[${zone}]`).toBe(
              exists ? earlier?.toInstant().toString() : undefined,
            );
          }
        }
      }
    }
    expect(gaps).toBeGreaterThan(300);
    expect(twice).toBeGreaterThan(300);
  });

  test('a first time that clocks jump over recurs, whether its zone was left out or named; elsewhere it means nothing', () => {
    const wall = { date: '2027-03-28', time: '02:30' };
    for (const timeZone of [undefined, 'Europe/Berlin']) {
      expect(wallAsked({ wall, timeZone }, 'Europe/Berlin')).toEqual(wall);
    }
    expect(() => wallAsked({ wall, timeZone: 'Europe/Berlin' }, 'America/New_York')).toThrow(
      expect.objectContaining({ code: 'time_does_not_exist' }),
    );
    const elsewhere = wallAsked({ wall, timeZone: 'America/New_York' }, 'Europe/Berlin');
    expect(elsewhere).toEqual({ date: '2027-03-28', time: '08:30' });
  });
});
