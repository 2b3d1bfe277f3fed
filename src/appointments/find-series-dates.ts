// Finds how each date of a series that is asked for would fare: all that matters to any of them is read once, and each is judged as
// a booking of it would be. Taking them is book-series.ts'.
import { policyFor, type Desk } from '../availability/desk.ts';
import { diaryOf, moreAskedFor } from '../availability/find-slots.ts';
import type { Diary } from '../availability/free-time.ts';
import { countedStretch } from '../availability/limits.ts';
import { standingIn } from '../availability/slots.ts';
import type { MoreAsked } from '../availability/store-units.ts';
import { readBusyIn, type Busy } from '../availability/store.ts';
import type { Actor } from '../identity/actor.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import { nowMinute, type Wall } from '../platform/time/wall-clock.ts';
import type { Offered } from '../practitioners/session-type.ts';
import { refuseOthersBooking, sessionTypeFor, type BookingRequest, type BookingTools } from './booking.ts';
import { asSought, deskOf } from './diary.ts';
import { withBecause } from './find-series-because.ts';
import { guessMore, isUnread } from './needs.ts';
import {
  alternativesTo,
  datesOfRule,
  judgeDates,
  spanOf,
  startOrGap,
  wallAsked,
  type DateJudged,
  type DateReason,
  type DatesJudged,
  type Repeat,
  type SeriesTake,
  type SeriesTold,
} from './series.ts';
import { findHeld } from './store-series-seats.ts';
import { reasonAgainstSeat } from './take-beside.ts';

export type SeriesRequest = Omit<BookingRequest, 'start' | 'override'> & {
  readonly start: { readonly wall: Wall; readonly timeZone?: string | undefined };
  readonly repeat: Repeat;
  readonly take: SeriesTake;
  /** Dates of the rule that are left out. */
  readonly exceptDates: readonly string[];
  /** Another time for a date of the rule, on the practitioner's wall. */
  readonly instead: readonly (Wall & { readonly index: number })[];
};

/** How each date would fare now; nothing is taken. Refusals of bookSeries that do not come from its dates. */
export async function previewSeries(tools: BookingTools, actor: Actor, request: SeriesRequest): Promise<SeriesTold> {
  refuseOthersBooking(actor, request.userId);
  return await tools.transactor.inOrganisation(
    actor.organisationId,
    async (tx) => {
      const read = await readSeriesDesk(tools, tx, request, () => Promise.resolve(null));
      const judged = await judgeSeriesDates(tools, tx, request, read);
      return await toldOf(tx, actor, judged, tools.clock.now());
    },
    { readOnly: true },
  );
}

export type SeriesDesk<Locked> = {
  readonly locked: Locked;
  readonly desk: Desk;
  readonly busy: Busy;
  /** What was read, and its units locked, before the desk in force was known. */
  readonly guessed: MoreAsked & { readonly from: number; readonly to: number };
};

/** Lock, then look: what is read with it sees what the lock waited for. `lock` is told what may be needed besides her time. */
export async function readSeriesDesk<Locked>(
  tools: BookingTools,
  tx: Transaction,
  { practitionerId, repeat, start, sessionType, userId }: SeriesRequest,
  lock: (units: readonly number[]) => Promise<Locked>,
): Promise<SeriesDesk<Locked>> {
  const seen = tools.desks.recall(tx.organisationId, practitionerId);
  // A guess: in her zone the first date may be another, and is judged then.
  const dates = datesOfRule(start.wall.date, { ...repeat, onLast: false });
  const span = spanOf(
    dates.map((date) => ({ wall: { date, time: '00:00' } })),
    seen?.schedule.zone ?? 'UTC',
  );
  const guessed = { ...span, ...guessMore(seen, sessionType, userId) };
  const [locked, busy] = await Promise.all([
    lock(guessed.units ?? []),
    readBusyIn(tx, { practitionerId, ...guessed, now: tools.clock.now() }),
  ]);
  const desk = await deskOf(tools, tx, practitionerId, busy);
  if (!busy) throw new Error('a desk was found without its busy time');
  return { locked, desk, busy, guessed };
}

export type SeriesJudged = DatesJudged & {
  readonly desk: Desk;
  readonly busy: Busy;
  readonly sessionType: Offered;
  readonly clientSubject: string;
  /** What is needed besides her time; of units those that each date may be given. */
  readonly more: MoreAsked;
};

export async function judgeSeriesDates(
  tools: BookingTools,
  tx: Transaction,
  request: SeriesRequest,
  read: SeriesDesk<unknown>,
): Promise<SeriesJudged> {
  const { desk, guessed } = read;
  const { zone, table } = desk.schedule;
  const { practitionerId, userId: clientSubject } = request;
  const sessionType = sessionTypeFor(tools, desk, request);
  const asked = datesAsked(request, zone);
  const span = spanOf(asked, zone);
  const periods = countedStretch(policyFor(desk, sessionType.id), table, span.from, span.to);
  const more = moreAskedFor(sessionType, clientSubject);
  const now = tools.clock.now();
  let { busy } = read;
  if (periods !== null || isUnread(guessed, more) || span.from < guessed.from || span.to > guessed.to) {
    const counting = periods ? { counting: { ...periods, clientSubject } } : {};
    const again = await readBusyIn(tx, { practitionerId, ...span, ...more, ...counting, now });
    if (!again) throw new Error('a desk was found without its busy time');
    busy = again;
  }
  const diary = diaryOf({ desk, busy: asSought(busy, more), sessionType });
  const judged = judgeDates(diary, asked, nowMinute(now), { seat: await seatJudge(tx, diary, asked, request) });
  return { ...judged, desk, busy, sessionType, clientSubject, more };
}

/** Whether a seat can be had as it is asked for, by how the sessions are held that stand where dates are asked for. */
async function seatJudge(
  tx: Transaction,
  diary: Diary,
  asked: readonly Omit<DateJudged, 'reasons'>[],
  { platform, mode }: SeriesRequest,
): Promise<(sessionId: number) => DateReason | null> {
  const standing = standingIn(diary);
  const sessions = asked.flatMap(({ start }) => (start && standing.get(start.minute)?.sessionId) ?? []);
  const held = await findHeld(tx, sessions);
  return (sessionId) => {
    const how = held.get(sessionId);
    return how ? reasonAgainstSeat(how, { platform, mode: mode ?? null }) : null;
  };
}

/** Those of the rule that are not left out, each where it is asked for. */
function datesAsked(request: SeriesRequest, zone: string): Omit<DateJudged, 'reasons'>[] {
  const { start, repeat, exceptDates, instead } = request;
  const first = wallAsked(start, zone);
  const others = new Map(instead.map(({ index, date, time }) => [index, { date, time: time.slice(0, 5) }]));
  const dates = datesOfRule(first.date, repeat);
  if (others.size < instead.length) {
    throw new Refusal('invalid_request', 'instead names a date twice. Choose one time for it.', {
      errors: [{ pointer: '/instead', message: 'must name each date once' }],
    });
  }
  const beyond = instead.find(({ index }) => index > dates.length);
  if (beyond) {
    throw new Refusal('invalid_request', `instead names date ${beyond.index}, and there are ${dates.length}.`, {
      errors: [{ pointer: '/instead', message: 'must name dates by their index, from 1' }],
    });
  }
  const asked = dates.map((date, i) => {
    const index = i + 1;
    const wall = others.get(index) ?? { date, time: first.time };
    // The first is where it was asked for, though its wall time may exist twice.
    const given = index === 1 && !others.has(1) ? start : { wall };
    return { index, wall, start: startOrGap(given, zone), ruled: date };
  });
  const left = asked.filter(({ ruled, index }) => others.has(index) || !exceptDates.includes(ruled));
  if (left.length === 0) {
    throw new Refusal('invalid_request', 'exceptDates leaves no date.', {
      errors: [{ pointer: '/exceptDates', message: 'must leave a date' }],
    });
  }
  return left.map(({ index, wall, start: at }) => ({ index, wall, start: at }));
}

/** Each with what could be had instead, and what stands behind its reasons. */
export async function toldOf(
  tx: Transaction,
  actor: Actor,
  judged: SeriesJudged,
  now: Temporal.Instant,
): Promise<SeriesTold> {
  const { desk, dates, diary, against, sessionType, clientSubject } = judged;
  const told = dates.map((date) => ({
    ...date,
    alternatives: date.reasons.length === 0 ? [] : alternativesTo(diary, date, nowMinute(now)),
  }));
  const explained = await withBecause(tx, actor, told, against, { now, clientSubject });
  return { zone: desk.schedule.zone, lengthMinutes: sessionType.lengthMinutes, dates: explained };
}
