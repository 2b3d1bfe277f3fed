// What the parts of a schedule come to together: hours within dates, hours of a session type, places with clocks of their own,
// dates that differ, holidays, and time off by the wall.
import { describe, expect, test } from 'vitest';
import { instantOf } from '../../src/platform/time/wall-clock.ts';
import { compileSchedule } from '../../src/schedules/compiled.ts';
import { calendarOf, findCalendar, listRegions } from '../../src/schedules/holidays.ts';
import { datesOf, ruleFault } from '../../src/schedules/recurrence.ts';
import {
  openings,
  scheduleFor,
  workingIntervals,
  type CompiledSchedule,
  type Schedule,
  type WallTimeOff,
  type Weekday,
} from '../../src/schedules/schedule.ts';
import { timeOffOf } from '../../src/schedules/time-off.ts';
import { epoch } from '../availability/oracle.ts';

const DAY = 1_440;
const week = (from: number, to: number, days: readonly Weekday[] = [1, 2, 3, 4, 5]) =>
  days.map((weekday) => ({ weekday, from, to }));
const schedule = (over: Partial<Schedule> = {}): Schedule => ({
  zone: 'Europe/Berlin',
  version: 1,
  weekly: week(540, 1_020),
  overrides: [],
  timeOff: [],
  ...over,
});
const text = (minute: number) => instantOf(minute).toString().slice(5, 16);
/** Stretches worked within days of UTC, as `from/to` without what is the same for all. */
function worked(compiled: CompiledSchedule, first: string, days: number): string[] {
  const from = epoch(`${first}T00:00Z`);
  const list = workingIntervals(compiled, from, from + days * DAY);
  return list.flatMap((minute, i) => (i % 2 === 0 ? [`${text(minute)}/${text(list[i + 1]!)}`] : []));
}
const days = (firstDate: string, count: number): WallTimeOff => ({
  fromMinute: 0,
  toMinute: count * DAY,
  dates: firstDate,
});

describe('hours within dates', () => {
  const mornings = {
    sessionTypeId: null,
    firstDate: '2027-01-01',
    lastDate: '2027-01-31',
    weekly: week(480, 720),
  };

  test('hold from their first date to their last, and the weekly hours before and after', () => {
    const compiled = compileSchedule(schedule({ plans: [mornings] }));
    expect(worked(compiled, '2026-12-31', 2)).toEqual(['12-31T08:00/12-31T16:00', '01-01T07:00/01-01T11:00']);
    expect(worked(compiled, '2027-01-29', 4)).toEqual(['01-29T07:00/01-29T11:00', '02-01T08:00/02-01T16:00']);
  });

  test('of several in force the one begun last holds, and the other again when that ends', () => {
    const later = { ...mornings, firstDate: '2027-01-10', lastDate: '2027-01-12', weekly: week(840, 900) };
    const compiled = compileSchedule(schedule({ plans: [later, { ...mornings, lastDate: null }] }));
    expect(worked(compiled, '2027-01-11', 3)).toEqual([
      '01-11T13:00/01-11T14:00',
      '01-12T13:00/01-12T14:00',
      '01-13T07:00/01-13T11:00',
    ]);
  });

  test('of a session type hold for it alone, also where later ones for all begin', () => {
    const own = { sessionTypeId: 7, firstDate: null, lastDate: null, weekly: week(600, 660, [1]) };
    const compiled = compileSchedule(schedule({ plans: [mornings, own] }));
    expect(worked(scheduleFor(compiled, 7), '2027-01-04', 7)).toEqual(['01-04T09:00/01-04T10:00']);
    expect(worked(scheduleFor(compiled, 8), '2027-01-04', 1)).toEqual(['01-04T07:00/01-04T11:00']);
  });

  test('of a session type give way to the general ones outside their dates', () => {
    const own = { sessionTypeId: 7, firstDate: '2027-01-05', lastDate: '2027-01-05', weekly: [] };
    const compiled = scheduleFor(compileSchedule(schedule({ plans: [own] })), 7);
    expect(worked(compiled, '2027-01-04', 3)).toEqual(['01-04T08:00/01-04T16:00', '01-06T08:00/01-06T16:00']);
  });

  test('that run past midnight belong to the date they begin on', () => {
    const nights = { ...mornings, lastDate: '2027-01-04', weekly: week(1_320, 1_560, [1]) };
    const compiled = compileSchedule(schedule({ weekly: [], plans: [nights] }));
    expect(worked(compiled, '2027-01-04', 3)).toEqual(['01-04T21:00/01-05T01:00']);
  });
});

describe('at a location', () => {
  const places = new Map([[5, 'Europe/London']]);

  test('hours are on its clock, and each keeps its own when clocks change', () => {
    const weekly = [
      { weekday: 1, from: 540, to: 720 },
      { weekday: 2, from: 540, to: 720, locationId: 5 },
    ] as const;
    const compiled = compileSchedule(schedule({ zone: 'America/New_York', weekly, locationZones: places }));
    // New York changes on 2027-03-14, London on 2027-03-28.
    expect(worked(compiled, '2027-03-08', 2)).toEqual(['03-08T14:00/03-08T17:00', '03-09T09:00/03-09T12:00']);
    expect(worked(compiled, '2027-03-15', 2)).toEqual(['03-15T13:00/03-15T16:00', '03-16T09:00/03-16T12:00']);
    expect(worked(compiled, '2027-03-29', 2)).toEqual(['03-29T13:00/03-29T16:00', '03-30T08:00/03-30T11:00']);
  });

  test('hours that meet those elsewhere count once, each grid from its own opening', () => {
    const weekly = [
      { weekday: 1, from: 540, to: 720 },
      { weekday: 1, from: 600, to: 720, locationId: 5 },
    ] as const;
    const compiled = compileSchedule(schedule({ weekly, locationZones: places }));
    const monday = epoch('2027-01-04T00:00Z');
    expect(openings(compiled, monday, monday + DAY).map((minute) => minute - monday)).toEqual([480, 660, 660, 720]);
  });

  test('a date that differs takes the place of the hours of all places', () => {
    const weekly = [{ weekday: 1, from: 540, to: 720, locationId: 5 }] as const;
    const closed = compileSchedule(
      schedule({ weekly, locationZones: places, overrides: [{ date: '2027-01-04', intervals: [] }] }),
    );
    expect(worked(closed, '2027-01-04', 8)).toEqual(['01-11T09:00/01-11T12:00']);
    const moved = [
      {
        date: '2027-01-04',
        intervals: [
          { from: 60, to: 120 },
          { from: 780, to: 840, locationId: 5 },
        ],
      },
    ];
    const other = compileSchedule(schedule({ weekly, locationZones: places, overrides: moved }));
    expect(worked(other, '2027-01-04', 1)).toEqual(['01-04T00:00/01-04T01:00', '01-04T13:00/01-04T14:00']);
  });
});

const on = async (region: string, date: string) => {
  const day = epoch(`${date}T00:00Z`) / DAY;
  return ((await findCalendar(region))?.between(day, day + 1) ?? []).map(({ name }) => name);
};

describe('holidays', () => {
  test('are those of the country, or of a part of it alone', async () => {
    expect(await on('DE', '2028-01-06')).toEqual([]);
    expect(await on('DE-BY', '2028-01-06')).toEqual(['Epiphany']);
    expect(await on('US', '2027-11-25')).toEqual(['Thanksgiving Day']);
    expect(await on('GB', '2027-12-25')).toHaveLength(1);
  });

  test('of no such region there are none, and of each one on the list there are', async () => {
    for (const region of ['XX', 'DE-XX', 'de', 'DE-BY-XX', '', 'DE-BY-A-B']) {
      expect(await findCalendar(region)).toBeNull();
    }
    await expect(calendarOf('XX')).rejects.toMatchObject({ code: 'unknown_region' });
    const germany = await listRegions('DE');
    expect(germany).toContainEqual({ code: 'DE-BY', name: expect.any(String) });
    for (const { code } of germany) expect(await findCalendar(code)).not.toBeNull();
    expect((await listRegions(null)).length).toBeGreaterThan(150);
    expect(await listRegions('XX')).toEqual([]);
  });

  test('close a date, unless it has hours of its own', async () => {
    const calendar = await calendarOf('DE');
    const given = schedule({ overrides: [{ date: '2027-12-25', intervals: [{ from: 600, to: 720 }] }] });
    expect(worked(compileSchedule(given, calendar), '2027-12-23', 6)).toEqual([
      '12-23T08:00/12-23T16:00',
      '12-24T08:00/12-24T16:00',
      '12-25T09:00/12-25T11:00',
      '12-27T08:00/12-27T16:00',
      '12-28T08:00/12-28T16:00',
    ]);
    const monday = compileSchedule(schedule(), calendar);
    expect(worked(monday, '2027-03-29', 2)).toEqual(['03-30T07:00/03-30T15:00']);
  });

  test('of every region can be told for years to come, each day once', { timeout: 120_000 }, async () => {
    const [from, to] = [epoch('2026-11-28T00:00Z') / DAY, epoch('2029-01-01T00:00Z') / DAY];
    for (const { code } of await listRegions(null)) {
      const found = (await findCalendar(code))?.between(from, to) ?? [];
      expect(new Set(found.map(({ day }) => day)).size).toBe(found.length);
      for (const { day } of found) expect(day >= from && day < to && Number.isInteger(day)).toBe(true);
    }
  });
});

describe('time off', () => {
  test('of whole days is her days, an hour longer or shorter where clocks change', () => {
    const always = week(0, DAY, [1, 2, 3, 4, 5, 6, 7]);
    const off = compileSchedule(schedule({ weekly: always, wallTimeOff: [days('2027-03-28', 1)] }));
    expect(worked(off, '2027-03-27', 3)).toEqual(['03-27T00:00/03-27T23:00', '03-28T22:00/03-30T00:00']);
  });

  test('that recurs is at the same time on the wall all the year', () => {
    const lunch = timeOffOf(
      { start: '2027-01-05T12:00', end: '2027-01-05T13:00', rule: 'FREQ=WEEKLY;BYDAY=TU', exceptDates: ['2027-03-30'] },
      'Europe/Berlin',
    );
    if (lunch.kind !== 'wall' || lunch.rule === null) throw new Error('it recurs');
    const { fromMinute, toMinute, rule, firstDate, exceptDates } = lunch;
    const wallTimeOff = [{ fromMinute, toMinute, dates: { rule, firstDate, exceptDates } }];
    const compiled = compileSchedule(schedule({ wallTimeOff }));
    expect(worked(compiled, '2026-12-29', 1)).toEqual(['12-29T08:00/12-29T16:00']);
    expect(worked(compiled, '2027-01-05', 1)).toEqual(['01-05T08:00/01-05T11:00', '01-05T12:00/01-05T16:00']);
    expect(worked(compiled, '2027-03-30', 1)).toEqual(['03-30T07:00/03-30T15:00']);
    expect(worked(compiled, '2027-04-06', 1)).toEqual(['04-06T07:00/04-06T10:00', '04-06T11:00/04-06T15:00']);
    // Years later, in whichever order somebody asks.
    expect(worked(compiled, '2032-07-06', 1)).toEqual(['07-06T07:00/07-06T10:00', '07-06T11:00/07-06T15:00']);
    for (const year of [2040, 2050, 2060, 2070, 2080]) expect(worked(compiled, `${year}-01-02`, 30)).not.toEqual([]);
    expect(worked(compiled, '2027-01-05', 1)).toEqual(['01-05T08:00/01-05T11:00', '01-05T12:00/01-05T16:00']);
  });

  test('of several days by a rule still counts where it began before the days asked for', () => {
    const retreat = { firstDate: '2027-01-07', rule: 'FREQ=MONTHLY;BYDAY=1TH', exceptDates: [] };
    const wallTimeOff = [{ fromMinute: 0, toMinute: 5 * DAY, dates: retreat }];
    const compiled = compileSchedule(schedule({ wallTimeOff }));
    expect(worked(compiled, '2027-02-08', 2)).toEqual(['02-09T08:00/02-09T16:00']);
  });
});

const at = (rule: string, firstDate = '2027-01-01') => ({ firstDate, rule, exceptDates: [] });

describe('a rule', () => {
  test.each([
    'FREQ=DAILY',
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;WKST=SU',
    'FREQ=MONTHLY;BYDAY=-1FR;COUNT=12',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29',
    'FREQ=DAILY;UNTIL=20270131',
    'FREQ=DAILY;UNTIL=20270131T235959Z',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
  ])('is taken: %s', (rule) => expect(ruleFault(at(rule))).toBeNull());
  test.each([
    '',
    'FREQ=HOURLY',
    'FREQ=DAILY;BYHOUR=9',
    'FREQ=DAILY;FREQ=DAILY',
    'FREQ=DAILY;COUNT=0',
    'FREQ=DAILY;COUNT=100000',
    'FREQ=DAILY;INTERVAL=0',
    'FREQ=DAILY;INTERVAL=1001',
    'FREQ=WEEKLY;BYDAY=XX',
    'FREQ=WEEKLY;BYDAY=1MO',
    'FREQ=DAILY;UNTIL=20270230',
    'FREQ=DAILY;COUNT=3;UNTIL=20270131',
    'FREQ=DAILY\nDTSTART:20270101',
    'FREQ=DAILY;X-OWN=1',
  ])('is refused: %j', (rule) => expect(ruleFault(at(rule))).toMatch(/^must /));
  test('ends with the date it is said to end on, whatever the clock, and skips what is excepted', () => {
    const from = epoch('2027-01-01T00:00Z') / DAY;
    const count = (rule: string, exceptDates: string[] = []) =>
      datesOf({ firstDate: '2027-01-01', rule, exceptDates }, from, from + 366).length;
    expect(count('FREQ=DAILY;UNTIL=20270110')).toBe(10);
    expect(count('FREQ=DAILY;UNTIL=20270110T000000Z')).toBe(10);
    expect(count('FREQ=DAILY;COUNT=10', ['2027-01-03'])).toBe(9);
  });
  test('is found on the same days from wherever one looks, as far as dates are read', () => {
    const rule = at('FREQ=MONTHLY;BYDAY=2TU,-1FR', '1970-01-01');
    const [from, to] = [epoch('2199-01-01T00:00Z') / DAY, epoch('2200-01-01T00:00Z') / DAY];
    const whole = datesOf(rule, from, to);
    const parts = [
      datesOf(rule, from, from + 100),
      datesOf(rule, from + 100, from + 101),
      datesOf(rule, from + 101, to),
    ];
    expect(whole).toHaveLength(24);
    expect(parts.flat()).toEqual(whole);
  });
});
