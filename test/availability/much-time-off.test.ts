// A month of starts is explained in the time of a month, however many rules of time off there are: anybody may ask.
import { expect, test } from 'vitest';
import { explain } from '../../src/availability/explanation.ts';
import type { Diary } from '../../src/availability/free-time.ts';
import { reasonsAgainstAll } from '../../src/availability/slots.ts';
import { compileSchedule, timeOffBetween } from '../../src/schedules/compiled.ts';
import { epoch } from './oracle.ts';

const DAY = 1_440;
const FROM = epoch('2030-10-01T00:00Z');
const TO = epoch('2030-11-01T00:00Z');
/** As many as there may be. */
const RULES = 500;
/** Where every rule is expanded for every start, ten seconds and more. */
const MOST_SECONDS = 3;

const weekly = ([1, 2, 3, 4, 5, 6, 7] as const).map((weekday) => ({ weekday, from: 540, to: 1_080 }));
const rules = Array.from({ length: RULES }, (_, i) => ({
  id: i + 2,
  fromMinute: 540,
  toMinute: 600,
  dates: { firstDate: '2020-01-07', rule: 'FREQ=WEEKLY;BYDAY=TU', exceptDates: [] },
}));
const schedule = (many = RULES) =>
  compileSchedule({
    zone: 'UTC',
    version: 1,
    weekly,
    overrides: [],
    timeOff: [{ id: 1, start: FROM, end: TO }],
    wallTimeOff: rules.slice(0, many),
  });
const policy = { gridMinutes: 15, bufferBeforeMinutes: 0, bufferAfterMinutes: 0, noticeMinutes: 0, horizonDays: 400 };

test.each([
  ['those who manage her', []],
  ['everybody else', null],
])('to %s', (_whom, owners) => {
  const diary: Diary = { practitionerId: 1, schedule: schedule(), policy, lengthMinutes: 60, busy: [] };
  const starts = Array.from({ length: 31 * 32 }, (_, i) => FROM + Math.floor(i / 32) * DAY + 540 + (i % 32) * 15);
  const reasons = reasonsAgainstAll(diary, starts, FROM - DAY);
  const before = process.cpuUsage();
  const told = starts.map((start, i) => explain(diary, start, reasons[i]!, owners));
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(MOST_SECONDS);
  // 1 October 2030 is a Tuesday.
  const [first, noon] = [told[0]!, told[12]!];
  expect(first).toHaveLength(owners === null ? 1 : RULES + 1);
  expect(noon.map(({ code }) => code)).toEqual([owners === null ? 'no_hours' : 'time_off']);
});

test('what is away is the same, whatever was asked before', () => {
  const kept = schedule(2);
  for (const at of [0, 6, 7, 40, 400, 35, 0, 1_000]) {
    const [from, to] = [FROM + at * DAY + 500, FROM + at * DAY + 700];
    expect(timeOffBetween(kept, from, to)).toEqual(timeOffBetween(schedule(2), from, to));
    expect(timeOffBetween(kept, from, from + 500 * DAY)).toEqual(timeOffBetween(schedule(2), from, from + 500 * DAY));
  }
});
