// Limits around a change: how much is given in the days, weeks and months that touch it, and so whether one more is refused.
// The figures are set by what ICU counts, so that a session more or less in a period is an answer that differs.
import { countedStretch, limitsAgainst } from '../../src/availability/limits.ts';
import type { CountedSession, Diary } from '../../src/availability/free-time.ts';
import { reasonsAgainstAll } from '../../src/availability/slots.ts';
import { LIMITED, PERIODS, type Limit, type Period } from '../../src/practitioners/limits.ts';
import { compileSchedule } from '../../src/schedules/compiled.ts';
import type { Policy } from '../../src/schedules/schedule.ts';
import type { Answers } from './answers.ts';
import { nextPeriod, periodOf } from './calendar.ts';
import { openAlways, PLAIN } from './diary.ts';
import { dayAt, firstAt } from './icu.ts';

const DAY = 1_440;
const LENGTH = 50;

type Kind = Pick<Limit, 'per' | 'of' | 'sessionTypeId'>;
const KINDS: readonly Kind[] = PERIODS.flatMap((per) =>
  LIMITED.flatMap((of) => [null, 1].map((sessionTypeId) => ({ per, of, sessionTypeId }))),
);

/** A session with the first days of its periods on the wall. */
type Placed = { readonly session: CountedSession } & Readonly<Record<Period, number>>;
type Given = { readonly sessions: number; readonly minutes: number };

export function askLimits(answers: Answers): void {
  const { zone, at } = answers.change;
  const starts = startsAround(zone, at);
  const placed = sessionsAround(starts, at).map((session) => ({ session, ...periodsAt(zone, session.start) }));
  const given = (kind: Kind, start: number) => givenIn(kind, periodsAt(zone, start)[kind.per], placed);
  const schedule = compileSchedule(openAlways(zone));
  const diaryFor = (limits: readonly Limit[], from: number, to: number): Diary => {
    const policy: Policy = { ...PLAIN, limits };
    // As the house reads them: those that it counts, and no others.
    const read = countedStretch(policy, schedule.table, from, to)!;
    const counted = placed.map(({ session }) => session).filter(({ start }) => start >= read.from && start < read.to);
    return { practitionerId: 1, schedule, policy, lengthMinutes: LENGTH, busy: [], counted, sessionTypeId: 1 };
  };
  for (const start of starts) {
    for (const per of PERIODS) {
      const limits = KINDS.filter((kind) => kind.per === per).flatMap((kind) => limitsOf(kind, given(kind, start)));
      const ours = limitsAgainst(diaryFor(limits, start, start), start);
      const icu = limits.filter((limit) => isPassed(limit, given(limit, start)));
      answers.hold(`limits by ${per} against a start at ${start}`, limitsText(ours), limitsText(icu));
    }
  }
  for (const kind of KINDS) {
    for (const limit of limitsOf(kind, given(kind, at - 1))) {
      const diary = diaryFor([limit], starts[0]!, starts.at(-1)!);
      const ours = reasonsAgainstAll(diary, starts, starts[0]!);
      const code = limit.of === 'client' ? 'client_limit_reached' : 'booking_limit_reached';
      const icu = starts.map((start) => (isPassed(limit, given(kind, start)) ? [code] : []));
      answers.hold(`starts against ${limitsText([limit])}`, startsText(starts, ours), startsText(starts, icu));
    }
  }
}

/** Both sides of the change, and of each border of a day, a week or a month that it lies in. */
function startsAround(zone: string, at: number): number[] {
  const days = [dayAt(zone, at - 1), dayAt(zone, at)];
  const borders = days.flatMap((day) => PERIODS.flatMap((per) => [periodOf(per, day), nextPeriod(per, day)]));
  const turns = [...new Set(borders)].map((day) => firstAt(zone, day * DAY));
  const close = [-61, -60, -30, -1, 0, 1, 29, 30, 60, 90].map((offset) => at + offset);
  return [...new Set([...turns.flatMap((turn) => [turn - 1, turn]), ...close])].toSorted((a, b) => a - b);
}

/** One at each of these starts and others between and beyond: of two types, the client's own and others', of many lengths. */
function sessionsAround(starts: readonly number[], at: number): CountedSession[] {
  const spread = Array.from({ length: 160 }, (_, n) => at + (n - 80) * 797);
  return [...starts, ...spread].map((start, n) => ({
    start,
    minutes: 20 + ((n * 7) % 41),
    sessionTypeId: 1 + (n % 2),
    own: n % 3 > 0,
  }));
}

function periodsAt(zone: string, minute: number): Readonly<Record<Period, number>> {
  const day = dayAt(zone, minute);
  return { day, week: periodOf('week', day), month: periodOf('month', day) };
}

function givenIn({ per, of, sessionTypeId }: Kind, period: number, placed: readonly Placed[]): Given {
  const those = placed
    .filter((one) => one[per] === period)
    .map(({ session }) => session)
    .filter((one) => (of === 'practitioner' || one.own) && (sessionTypeId ?? one.sessionTypeId) === one.sessionTypeId);
  return { sessions: those.length, minutes: those.reduce((sum, { minutes }) => sum + minutes, 0) };
}

/** Just not enough for one more, and just enough. */
function limitsOf(kind: Kind, { sessions, minutes }: Given): Limit[] {
  const [none, full] = [{ mostSessions: null, mostMinutes: null }, minutes + LENGTH];
  return [
    { ...kind, ...none, mostSessions: sessions },
    { ...kind, ...none, mostSessions: sessions + 1 },
    { ...kind, ...none, mostMinutes: full - 1 },
    { ...kind, ...none, mostMinutes: full },
  ];
}

function isPassed({ mostSessions, mostMinutes }: Limit, { sessions, minutes }: Given): boolean {
  return sessions + 1 > (mostSessions ?? Infinity) || minutes + LENGTH > (mostMinutes ?? Infinity);
}

function limitsText(limits: readonly Limit[]): string {
  return limits
    .map(({ per, of, sessionTypeId, mostSessions, mostMinutes }) => {
      const most = mostSessions === null ? `${mostMinutes} minutes` : `${mostSessions} sessions`;
      return `${most} of ${sessionTypeId === null ? 'all types' : `type ${sessionTypeId}`} a ${per} and ${of}`;
    })
    .join(', ');
}

function startsText(starts: readonly number[], reasons: readonly (readonly string[])[]): string {
  return starts.map((start, n) => [start, ...reasons[n]!].join(':')).join(' ');
}
