// Answers "who is free, and when?" over many practitioners: the soonest times, each one's first, or how many there are on each
// day. Callers who ask the same at the same moment share one answer.
import type pg from 'pg';
import { Refusal } from '../platform/refusal.ts';
import { dateAt, dateOfDay, dayNumber, dayStart, nowMinute } from '../platform/time/wall-clock.ts';
import { Rounds } from '../platform/rounds.ts';
import { fairest, type Fairness } from './fairness.ts';
import { findCandidates, type Asked, type Candidates } from './find-candidates.ts';
import { findCounts, type DayCount } from './find-counts.ts';
import { MOST_DAYS, type SlotTools } from './find-slots.ts';
import { findSoonest, type Free, type Stretch } from './find-soonest.ts';
import type { Place } from './soonest.ts';
import { readShares } from './store-among.ts';
import type { Written } from './answer-text.ts';

const DAY = 1_440;
/** Two weeks, where nothing else is asked. */
const DAYS_WITHOUT_END = 14;
/** A month's page with the days of its neighbours: each day of each practitioner is judged. */
export const MOST_COUNTED_DAYS = 42;
/** Of each of these times everybody who is free is found. */
export const MOST_OF_ANY = 50;
/** Whose turn it is, is told by the last four weeks and a quarter ahead. */
const SHARE_DAYS_BACK = 28;
const SHARE_DAYS_AHEAD = 92;

/** `next`: the soonest free times. `first`: of each practitioner the first. `counts`: how many on each day. */
export const VIEWS = ['next', 'first', 'counts'] as const;
export type View = (typeof VIEWS)[number];

export type Search = Asked & {
  /** First and last day, both included, in `timeZone`; from today, and for two weeks, where they are left out. */
  readonly from: string | null;
  readonly to: string | null;
  readonly timeZone: string;
  readonly view: View;
  /** Each time once, with whom it is to be booked. Of `next` alone. */
  readonly any: Fairness | null;
  readonly limit: number;
  readonly after: Place | null;
};

/** A free time, and of how many practitioners, where each time is told once. */
export type Told = Free & { readonly free?: number };

export type AmongFound = Written & {
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  /** How many practitioners were asked. */
  readonly asked: number;
  readonly times: readonly Told[];
  /** The place of the last time; null after the last page. */
  readonly next: Place | null;
  readonly days: readonly DayCount[];
  /** Whether it depends on who asks. */
  readonly isPrivate: boolean;
};

const findings = new WeakMap<pg.Pool, Rounds<AmongFound>>();

/**
 * Refusals: `not_found`, `unknown_session_type`, `unknown_location`, `overloaded`, and `invalid_request` for a stretch or a search
 * too large.
 */
export function findAmong(tools: SlotTools, search: Search): Promise<AmongFound> {
  const rounds = findings.get(tools.pool) ?? new Rounds<AmongFound>();
  findings.set(tools.pool, rounds);
  const key = JSON.stringify(Object.entries(search).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return rounds.ask(key, () => find(tools, search));
}

async function find(tools: SlotTools, search: Search): Promise<AmongFound> {
  const { timeZone, view } = search;
  const now = nowMinute(tools.clock.now());
  const firstDay = dayNumber(search.from ?? dateAt(now, timeZone));
  const lastDay = search.to === null ? firstDay + DAYS_WITHOUT_END - 1 : dayNumber(search.to);
  const dayCount = lastDay - firstDay + 1;
  refuseStretch(dayCount, view === 'counts' ? MOST_COUNTED_DAYS : MOST_DAYS);
  const candidates = await findCandidates(tools, search);
  const asked = { ...search, ...candidates };
  const stretch = {
    from: dayStart(dateOfDay(firstDay), timeZone),
    to: dayStart(dateOfDay(firstDay + dayCount), timeZone),
    now,
  };
  const found = {
    from: dateOfDay(firstDay),
    to: dateOfDay(lastDay),
    timeZone,
    asked: candidates.list.length,
    times: [],
    next: null,
    days: [],
    texts: {},
    // One of them may come to limit each client while they are looked at.
    isPrivate: search.clientSubject !== null,
  };
  if (view === 'counts') {
    const days = await findCounts(tools, asked, { firstDay, dayCount, timeZone }, stretch);
    return { ...found, days };
  }
  const told = search.any === null ? await findTimes(tools, asked, stretch) : await findAny(tools, asked, stretch);
  const times = told.slice(0, search.limit);
  const last = times.at(-1);
  const next = told.length > search.limit && last ? { start: last.slot.start, id: last.candidate.id } : null;
  return { ...found, times, next };
}

function refuseStretch(dayCount: number, most: number): void {
  if (dayCount >= 1 && dayCount <= most) return;
  throw new Refusal('invalid_request', `Ask for 1 to ${most} days, the first not after the last.`, {
    errors: [{ pointer: 'query/to', message: `must be on or after \`from\`, and at most ${most - 1} days later` }],
  });
}

/** One more than asked for, if there is one. */
async function findTimes(tools: SlotTools, asked: Search & Candidates, stretch: Stretch): Promise<Told[]> {
  const { after, limit, view } = asked;
  const times: Told[] = [];
  const of = view === 'first' ? 'first' : 'all';
  // Whose first time lies before the page must not come again with a later one.
  const from = of === 'first' || after === null ? stretch.from : Math.max(stretch.from, after.start);
  const take = (free: Free) => times.push(free) <= limit;
  await findSoonest(tools, asked, { ...stretch, from }, { of, after, limit, take });
  return times;
}

/** The same with each start once. */
async function findAny(tools: SlotTools, asked: Search & Candidates, stretch: Stretch): Promise<Told[]> {
  const { any, after, limit } = asked;
  const groups: { readonly start: number; readonly free: Free[] }[] = [];
  const take = (free: Free) => {
    const { start } = free.slot;
    const group = groups.at(-1);
    if (group?.start === start) group.free.push(free);
    // A group is whole when the next begins: that one only tells that there is more.
    else if (groups.push({ start, free: [free] }) > limit) return false;
    return true;
  };
  const from = after === null ? stretch.from : Math.max(stretch.from, after.start + 1);
  await findSoonest(tools, asked, { ...stretch, from }, { of: 'all', after: null, limit, take });
  const ids = [...new Set(groups.flatMap(({ free }) => free.map(({ candidate }) => candidate.id)))];
  const shares =
    ids.length === 0
      ? new Map<number, never>()
      : await readShares(tools.pool, asked.organisationId, ids, {
          from: stretch.now - SHARE_DAYS_BACK * DAY,
          to: stretch.now + SHARE_DAYS_AHEAD * DAY,
        });
  return groups.map(({ free }) => {
    const chosen = fairest(
      free.map(({ candidate }) => candidate.id),
      shares,
      any ?? 'least-recently-booked',
    );
    return { ...free.find(({ candidate }) => candidate.id === chosen)!, free: free.length };
  });
}
