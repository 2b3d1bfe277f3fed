// Hours around a change: such as lie across it, begin in it, end in it, pass midnight, hold all day; of the week and of the date;
// with buffers, taken time, limits, notice and horizon.
import { slotsBetween } from '../../src/availability/slots.ts';
import { compileSchedule } from '../../src/schedules/compiled.ts';
import type { DayHours, Policy, Schedule, Weekday } from '../../src/schedules/schedule.ts';
import type { Answers } from './answers.ts';
import { dateOf, weekdayOf } from './calendar.ts';
import { PLAIN as ALWAYS_FREE } from './diary.ts';
import { judgeAll, stretchOf, wallAt, type Judged, type Stretch } from './icu.ts';

const DAY = 1_440;

/** Which starts are listed, and what is against each. */
export function askHours(answers: Answers): void {
  const { zone, at } = answers.change;
  const stretch = stretchOf(zone, at - 5 * DAY, at + 5 * DAY);
  const [from, to, now] = [at - 2 * DAY, at + 2 * DAY, at - 2_000];
  for (const [what, hours] of hoursAround(stretch, at)) {
    const told = [weeklyOf(zone, hours), overridesOf(zone, hours)].map((schedule, index) => {
      const name = `${what}, by ${index === 0 ? 'week' : 'date'}`;
      return POLICIES.map(([rule, policy, lengthMinutes], row) => {
        const question = { ...questionOf(stretch, at, row), policy, lengthMinutes };
        const { busy, ...rest } = question;
        const diary = { ...rest, schedule: compileSchedule(schedule), busy: busy.flat() };
        const ours = print(slotsBetween(diary, from, to, now));
        answers.hold(`${name}, ${rule}`, ours, print(judgeAll({ ...question, schedule }, stretch, from, to, now)));
        return ours;
      }).join('\n');
    });
    // The same hours mean the same, however they were told.
    const [week = '', date = ''] = told;
    answers.hold(`${what}: by week and by date`, week, date);
  }
}

function print(judged: readonly Judged[]): string {
  return judged.map(({ start, reasons }) => `${start}${reasons.length > 0 ? `:${reasons.join('+')}` : ''}`).join(' ');
}

/** Hours on the dates around a change, by day number. */
type Hours = ReadonlyMap<number, readonly DayHours[]>;

function hoursAround({ zone, walls }: Stretch, at: number): [string, Hours][] {
  const [before, after] = [wallAt(zone, at - 1) + 1, wallAt(zone, at)];
  const [low, high] = [Math.min(before, after), Math.max(before, after)];
  const days = [...new Set(walls.map((wall) => Math.floor(wall / DAY)))];
  const daily = (from: number, to: number): Hours => new Map(days.map((day) => [day, [{ from, to }]]));
  const once = (from: number, to: number): Hours => {
    const day = Math.floor(from / DAY);
    return new Map([[day, [{ from: from - day * DAY, to: Math.min(to, from + DAY) - day * DAY }]]]);
  };
  const middle = Math.floor((low + high) / 2);
  return [
    ['hours across it', once(low - 150, high + 150)],
    ['hours that begin in it', once(middle, high + 180)],
    ['hours that begin as it ends', once(high, high + 180)],
    ['hours that end in it', once(low - 180, middle)],
    ['hours that end as it begins', once(low - 180, low)],
    ['hours that lie in it', once(low, high)],
    ['hours of all days', daily(0, DAY)],
    ['hours of all nights', daily(1_320, 1_800)],
    [
      'hours in pieces',
      new Map(days.map((day) => [day, [0, 1, 2, 3, 4, 5].map((n) => ({ from: n * 95, to: n * 95 + 80 }))])),
    ],
  ];
}

const CLOSED: Pick<Schedule, 'version' | 'timeOff'> = { version: 1, timeOff: [] };

/** A week's hours hold in other weeks too, which are not asked about. */
function weeklyOf(zone: string, hours: Hours): Schedule {
  const weekly = [...hours].flatMap(([day, list]) =>
    list.map((one) => ({ weekday: weekdayOf(day) as Weekday, ...one })),
  );
  const once = new Map(weekly.map((one) => [`${one.weekday}/${one.from}`, one]));
  return { ...CLOSED, zone, weekly: [...once.values()], overrides: [] };
}

function overridesOf(zone: string, hours: Hours): Schedule {
  const overrides = [...hours].map(([day, intervals]) => ({
    date: dateOf(day),
    intervals,
  }));
  return { ...CLOSED, zone, weekly: [], overrides };
}

const PLAIN: Policy = { ...ALWAYS_FREE, gridMinutes: 30 };
const limit = { of: 'practitioner', sessionTypeId: null, mostSessions: null, mostMinutes: null } as const;
const POLICIES: readonly (readonly [string, Policy, number])[] = [
  ['plain', PLAIN, 60],
  ['buffers', { ...PLAIN, bufferBeforeMinutes: 20, bufferAfterMinutes: 45, gridMinutes: 15 }, 25],
  [
    'limits',
    {
      ...PLAIN,
      limits: [
        { ...limit, per: 'day', mostMinutes: 150 },
        { ...limit, per: 'week', mostSessions: 6 },
        { ...limit, per: 'month', mostSessions: 9 },
      ],
    },
    50,
  ],
  ['notice and horizon', { ...PLAIN, noticeMinutes: 1_500, horizonDays: 2, gridMinutes: 60 }, 30],
];

/** Time taken, and sessions given, on both sides of a change: more of them the further the policies go. */
function questionOf({ from }: Stretch, at: number, row: number) {
  const around = [-1_500, -1_430, -700, -90, -10, 40, 130, 700, 1_390, 1_500];
  const busy = row === 0 ? [] : around.map((offset) => [at + offset, at + offset + 35] as const);
  const spread = Array.from({ length: 10 * 4 }, (_, n) => from + n * 360).filter((_, n) => n % 7 < 3);
  const counted = [...spread, ...around.map((offset) => at + offset)].map((start) => ({
    start,
    minutes: 50,
    sessionTypeId: 1,
    own: false,
  }));
  return { practitionerId: 1, busy, counted };
}
