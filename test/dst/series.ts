// Series whose dates cross a change, or fall into what it skips or repeats: every date stays at its time on the wall, means the
// earlier of two, and is told with what lies around it where there is none; those taken count towards limits.
import {
  datesOfRule,
  judgeDates,
  startOrGap,
  wallAsked,
  type DateReason,
  type Repeat,
} from '../../src/appointments/series.ts';
import type { StartAsked } from '../../src/appointments/diary.ts';
import { Refusal } from '../../src/platform/refusal.ts';
import { minuteOf, resolveWall, type Wall } from '../../src/platform/time/wall-clock.ts';
import { compileSchedule } from '../../src/schedules/compiled.ts';
import type { Policy } from '../../src/schedules/schedule.ts';
import type { Answers } from './answers.ts';
import { dateOf, dayOf, isLastOfMonth, periodOf, stepOf, wallText, type Rule } from './calendar.ts';
import { openAlways, PLAIN } from './diary.ts';
import { firstAt, minutesShowing, wallAt } from './icu.ts';

const DAY = 1_440;
const LENGTH = 50;
/** Of a weekly series the fourth in a month is refused, and the fifth. */
const MOST_A_MONTH = 3;
const limit = { of: 'practitioner', sessionTypeId: null, mostSessions: null, mostMinutes: null } as const;
const POLICY: Policy = {
  ...PLAIN,
  limits: [
    { ...limit, per: 'month', mostSessions: MOST_A_MONTH },
    { ...limit, per: 'week', mostMinutes: LENGTH },
  ],
};

export function askSeries(answers: Answers): void {
  const { zone, at } = answers.change;
  const [ours, icu] = [oursIn(zone, at - 100 * DAY), icuIn(zone)];
  for (const wall of wallsAround(zone, at)) {
    for (const rule of rulesFor(dayOf(wall))) {
      const name = `${rule.frequency}${rule.onLast ? ' on the last' : ''}`;
      // Begun two steps before the change.
      const before = wall + (stepOf(dayOf(wall), rule, -2) - dayOf(wall)) * DAY;
      const asked = { wall: wallText(before) };
      answers.hold(`${name} from ${startText(asked)}`, ours(asked, { ...rule, count: 6 }), icu(before, rule, 6));
      // Begun with it, and the zone named.
      const named = { wall: wallText(wall), timeZone: zone };
      const until = dateOf(stepOf(dayOf(wall), rule, 3));
      answers.hold(
        `${name} from ${startText(named)} until ${until}`,
        ours(named, { ...rule, until }),
        icu(wall, rule, 4),
      );
    }
  }
  // Told elsewhere, it recurs here; the first is at that instant though its wall time may come twice.
  const weekly: Rule = { frequency: 'weekly', onLast: false };
  for (const minute of [-90, -60, -30, -1, 0, 1, 29, 30, 59, 60, 90].map((offset) => at + offset)) {
    const { date, time } = wallText(minute);
    for (const asked of [{ wall: { date, time }, timeZone: 'UTC' }, { wall: { date, time: `${time}Z` } }]) {
      const expected = icu(wallAt(zone, minute), weekly, 3, minute);
      answers.hold(`weekly from ${startText(asked)}`, ours(asked, { ...weekly, count: 3 }), expected);
    }
  }
}

type Asked = StartAsked & { readonly wall: Wall };

function oursIn(zone: string, now: number): (asked: Asked, repeat: Repeat) => string {
  const schedule = compileSchedule(openAlways(zone));
  const diary = { practitionerId: 1, schedule, policy: POLICY, lengthMinutes: LENGTH, busy: [], counted: [] };
  return (asked, repeat) => {
    try {
      const first = wallAsked(asked, zone);
      const dates = datesOfRule(first.date, repeat).map((date, n) => {
        const wall = { date, time: first.time };
        return { index: n + 1, wall, start: startOrGap(n === 0 ? asked : { wall }, zone) };
      });
      return judgeDates(diary, dates, now)
        .dates.map(({ wall, start, reasons }) => dateText(wall, start?.minute ?? around(wall, zone), reasons))
        .join();
    } catch (error) {
      if (error instanceof Refusal) return `refused: ${error.code}`;
      throw error;
    }
  };
}

/** `start`: where the first one is, if that is known. */
function icuIn(zone: string): (first: number, rule: Rule, count: number, start?: number) => string {
  const meant = readerOf(zone);
  return (first, rule, count, start) => {
    const taken = new Map<number, number>();
    const dates = Array.from({ length: count }, (_, n) => {
      const day = stepOf(dayOf(first), rule, n);
      const wall = first + (day - dayOf(first)) * DAY;
      const minute = n === 0 && start !== undefined ? start : meant(wall);
      if (typeof minute === 'string') return dateText(wallText(wall), minute, ['time_does_not_exist']);
      const month = periodOf('month', day);
      const before = taken.get(month) ?? 0;
      if (before === MOST_A_MONTH) return dateText(wallText(wall), minute, ['booking_limit_reached']);
      taken.set(month, before + 1);
      return dateText(wallText(wall), minute, []);
    });
    return dates.join();
  };
}

/** Just before, in and just after what is skipped or repeated, and elsewhere on its dates. */
function wallsAround(zone: string, at: number): number[] {
  const [before, after] = [wallAt(zone, at - 1) + 1, wallAt(zone, at)];
  const [low, high] = [Math.min(before, after), Math.max(before, after)];
  const middle = Math.floor((low + high) / 2);
  const noon = dayOf(low) * DAY + 720;
  return [...new Set([low - 60, low - 1, low, middle, high - 1, high, high + 60, noon, dayOf(high) * DAY])];
}

function rulesFor(day: number): Rule[] {
  const rules = (['weekly', 'fortnightly', 'monthly'] as const).map((frequency) => ({ frequency, onLast: false }));
  return isLastOfMonth(day) ? [...rules, { frequency: 'monthly', onLast: true }] : rules;
}

/** What a wall time means by ICU: an instant, or what lies around a gap. Many series ask for the same. */
function readerOf(zone: string): (wall: number) => number | string {
  const known = new Map<number, number | string>();
  return (wall) => {
    const seen = known.get(wall);
    if (seen !== undefined) return seen;
    const [earlier] = minutesShowing(zone, wall);
    const gap = earlier === undefined ? firstAt(zone, wall) : 0;
    const found =
      earlier ?? aroundText([gap - 1, gap].map((minute) => ({ minute, ...wallText(wallAt(zone, minute)) })));
    known.set(wall, found);
    return found;
  };
}

/** What our law names around a wall time that is not there. */
function around(wall: Wall, zone: string): string {
  const found = resolveWall({ ...wall, zone });
  if (found.kind !== 'gap') return found.kind;
  const near = [found.before, found.after];
  return aroundText(
    near.map(({ date, time, instant }) => ({ minute: minuteOf(instant), date, time: time.slice(0, 5) })),
  );
}

function aroundText(near: readonly (Wall & { readonly minute: number })[]): string {
  return near.map(({ minute, date, time }) => `${date} ${time} (${minute})`).join(' or ');
}

function startText({ wall, timeZone }: Asked): string {
  return `${wall.date} ${wall.time}${timeZone === undefined ? '' : ` in ${timeZone}`}`;
}

function dateText({ date, time }: Wall, minute: number | string, reasons: readonly DateReason[]): string {
  return [`${date} ${time}`, minute, ...reasons].join(' ');
}
