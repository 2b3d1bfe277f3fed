// When a practitioner works: the checks on her weekly hours, and where they fall on the line of instants when clocks change.
import { describe, expect, test } from 'vitest';
import { instantOf } from '../../src/platform/time/wall-clock.ts';
import { compileSchedule } from '../../src/schedules/compiled.ts';
import { checkOverride, checkWeeklyHours } from '../../src/schedules/faults.ts';
import {
  openings,
  workingIntervals,
  type DateOverride,
  type Schedule,
  type TimeOff,
  type WeeklyHours,
} from '../../src/schedules/schedule.ts';
import { epoch } from './oracle.ts';

type Entry = readonly [weekday: number, from: number, to: number];

function hours(...entries: Entry[]): WeeklyHours[] {
  return entries.map(([weekday, from, to]) => ({ weekday: weekday as WeeklyHours['weekday'], from, to }));
}
function scheduleOf(
  zone: string,
  weekly: WeeklyHours[],
  overrides: DateOverride[] = [],
  timeOff: TimeOff[] = [],
): Schedule {
  return { zone, version: 1, weekly, overrides, timeOff };
}
function worked(schedule: Schedule, from: string, to: string): string[] {
  return workingIntervals(compileSchedule(schedule), epoch(from), epoch(to)).map((minute) =>
    instantOf(minute).toString().slice(0, 16),
  );
}
function pointers(...entries: Entry[]): string[] {
  return checkWeeklyHours(hours(...entries)).map(({ pointer }) => pointer);
}

describe('weekly hours are checked', () => {
  test('hours that touch, cross midnight or go round the clock are fine', () => {
    expect(pointers([1, 540, 720], [1, 720, 1_080])).toEqual([]);
    expect(pointers([5, 1_320, 1_560], [6, 120, 300], [7, 1_320, 1_560], [1, 120, 300])).toEqual([]);
    expect(pointers(...[1, 2, 3, 4, 5, 6, 7].map((day): Entry => [day, 0, 1_440]))).toEqual([]);
    expect(pointers()).toEqual([]);
  });
  test('an end before its start, and times out of bounds, name their field', () => {
    expect(pointers([1, 720, 720])).toEqual(['/weekly/0/to']);
    expect(pointers([1, 540, 600], [2, 720, 540])).toEqual(['/weekly/1/to']);
    expect(pointers([1, -1, 60], [1, 1_440, 1_500], [1, 540.5, 600])).toEqual([
      '/weekly/0/from',
      '/weekly/1/from',
      '/weekly/2/from',
    ]);
    expect(pointers([1, 60, 1_501], [1, 60, 90.5])).toEqual(['/weekly/0/to', '/weekly/1/to']);
    expect(pointers([0, 60, 90], [8, 60, 90], [1.5, 60, 90])).toEqual([
      '/weekly/0/weekday',
      '/weekly/1/weekday',
      '/weekly/2/weekday',
    ]);
  });
  test('overlap is found in any order, over midnight, and over the end of the week', () => {
    expect(pointers([1, 780, 1_080], [1, 540, 781])).toEqual(['/weekly/0']);
    expect(pointers([1, 1_320, 1_500], [2, 0, 120])).toEqual(['/weekly/1']);
    expect(pointers([1, 0, 120], [7, 1_320, 1_500])).toEqual(['/weekly/0']);
  });
  test('there is a most to what a week may list', () => {
    const list = Array.from({ length: 57 }, (_, i): Entry => [1 + Math.floor(i / 9), (i % 9) * 60, (i % 9) * 60 + 30]);
    expect(pointers(...list)).toEqual(['/weekly']);
  });
  test('an override has a real date and hours that do not overlap', () => {
    expect(checkOverride({ date: '2026-12-24', intervals: [{ from: 540, to: 720 }] }, '/overrides/0')).toEqual([]);
    expect(
      checkOverride({ date: '2026-02-30', intervals: [{ from: 720, to: 540 }] }, '/o').map(({ pointer }) => pointer),
    ).toEqual(['/o/intervals/0/to', '/o/date']);
    const twice = [
      { from: 600, to: 720 },
      { from: 540, to: 660 },
    ];
    expect(checkOverride({ date: '2026-12-24', intervals: twice }, '/o').map(({ pointer }) => pointer)).toEqual([
      '/o/intervals/0',
    ]);
  });
});

describe('hours fall where the clock on the wall says', () => {
  test('the same wall time before and after a change, whatever the offset', () => {
    const monday = scheduleOf('America/New_York', hours([1, 540, 720]));
    expect(worked(monday, '2026-03-01T00:00Z', '2026-03-10T00:00Z')).toEqual([
      '2026-03-02T14:00',
      '2026-03-02T17:00',
      '2026-03-09T13:00',
      '2026-03-09T16:00',
    ]);
  });
  test('a closed stretch over a change far from any hours does not shift those after it', () => {
    const override = [{ date: '2026-03-12', intervals: [{ from: 540, to: 600 }] }];
    expect(worked(scheduleOf('America/New_York', [], override), '2026-03-01T00:00Z', '2026-03-20T00:00Z')).toEqual([
      '2026-03-12T13:00',
      '2026-03-12T14:00',
    ]);
  });
  test.each([
    // What is listed is the night of the change, New York: 02:00-03:00 missing on 8 March, 01:00-02:00 twice on 1 November.
    ['opening inside the gap opens after it', '2026-03-08', [150, 300], ['2026-03-08T07:00', '2026-03-08T09:00']],
    ['closing inside the gap closes as it begins', '2026-03-08', [0, 150], ['2026-03-08T05:00', '2026-03-08T07:00']],
    ['hours wholly inside the gap are gone', '2026-03-08', [120, 180], []],
    [
      'opening in the hour that comes twice opens at the earlier',
      '2026-11-01',
      [90, 180],
      ['2026-11-01T05:30', '2026-11-01T08:00'],
    ],
    ['closing in it closes at the later', '2026-11-01', [0, 90], ['2026-11-01T04:00', '2026-11-01T06:30']],
    ['closing as it begins does not add the hour', '2026-11-01', [0, 60], ['2026-11-01T04:00', '2026-11-01T05:00']],
    ['working through it works two hours', '2026-11-01', [60, 120], ['2026-11-01T05:00', '2026-11-01T07:00']],
  ] as const)('%s', (_, date, [from, to], expected) => {
    const schedule = scheduleOf('America/New_York', hours([7, from, to]));
    expect(worked(schedule, `${date}T03:00Z`, `${date}T12:00Z`)).toEqual(expected);
  });
  test('hours past midnight belong to the day they begin on, also when the next day is closed', () => {
    const schedule = scheduleOf('Europe/Berlin', hours([5, 1_320, 1_560], [6, 600, 720]), [
      { date: '2026-06-06', intervals: [] },
    ]);
    expect(worked(schedule, '2026-06-05T00:00Z', '2026-06-08T00:00Z')).toEqual([
      '2026-06-05T20:00',
      '2026-06-06T00:00',
    ]);
    expect(worked(schedule, '2026-06-05T23:00Z', '2026-06-08T00:00Z')).toEqual([
      '2026-06-05T23:00',
      '2026-06-06T00:00',
    ]);
  });
  test('hours that meet at midnight are one stretch of work and two openings', () => {
    const always = compileSchedule(
      scheduleOf('UTC', hours(...[1, 2, 3, 4, 5, 6, 7].map((day): Entry => [day, 0, 1_440]))),
    );
    const [from, to] = [epoch('2026-06-01T00:00Z'), epoch('2026-06-03T00:00Z')];
    expect(workingIntervals(always, from, to)).toEqual([from, to]);
    expect(openings(always, from, to)).toEqual([from, from + 1_440, from + 1_440, to]);
  });
  test('an override under hours that still run from the day before begins where they end', () => {
    const saturday = [
      { from: 600, to: 660 },
      { from: 1_200, to: 1_320 },
    ];
    const schedule = scheduleOf('UTC', hours([5, 1_320, 2_700]), [{ date: '2026-06-06', intervals: saturday }]);
    const [friday, from] = [epoch('2026-06-05T22:00Z'), epoch('2026-06-06T00:00Z')];
    expect(openings(compileSchedule(schedule), from, from + 1_440)).toEqual([
      friday,
      from + 1_260,
      from + 1_260,
      from + 1_320,
    ]);
  });
  test('an opening that the repeated hour draws into the one before begins where that one ends, wherever one looks from', () => {
    const compiled = compileSchedule(scheduleOf('America/New_York', hours([6, 90, 1_530], [7, 90, 1_530])));
    const sunday = [epoch('2026-11-01T06:30Z'), epoch('2026-11-02T06:30Z')];
    expect(openings(compiled, sunday[0]!, sunday[1]!)).toEqual(sunday);
    expect(openings(compiled, epoch('2026-11-02T05:00Z'), sunday[1]!)).toEqual(sunday);
  });
  test('time off is cut out of hours and of overrides', () => {
    const off = [{ start: epoch('2026-06-06T09:00Z'), end: epoch('2026-06-06T09:30Z') }];
    const schedule = scheduleOf('UTC', [], [{ date: '2026-06-06', intervals: [{ from: 480, to: 600 }] }], off);
    expect(worked(schedule, '2026-06-06T00:00Z', '2026-06-07T00:00Z')).toEqual([
      '2026-06-06T08:00',
      '2026-06-06T09:00',
      '2026-06-06T09:30',
      '2026-06-06T10:00',
    ]);
  });
  test('a day that a zone skipped has no hours', () => {
    const schedule = scheduleOf('Pacific/Apia', hours([4, 540, 600], [5, 540, 600], [6, 540, 600]));
    expect(worked(schedule, '2011-12-29T00:00Z', '2012-01-01T00:00Z')).toEqual([
      '2011-12-29T19:00',
      '2011-12-29T20:00',
      '2011-12-30T19:00',
      '2011-12-30T20:00',
    ]);
  });
});
