// Finds how each date of a series would fare that is moved, with all that follow, to another day and hour, by the rule of the series
// from there on. All of them leave their time before any is judged, so none of them is in another's way. Moving them is
// reschedule-series.ts'.
import { policyFor, type Desk } from '../availability/desk.ts';
import { diaryOf, moreAskedFor } from '../availability/find-slots.ts';
import { countedStretch } from '../availability/limits.ts';
import type { Diary } from '../availability/free-time.ts';
import type { MoreAsked } from '../availability/store-units.ts';
import { readBusyIn } from '../availability/store.ts';
import { isBoundByWindows, mayChange, type Actor } from '../identity/actor.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import { minuteOf, nowMinute, wallOf, type Start, type Wall } from '../platform/time/wall-clock.ts';
import { lengthMinutes, possibilityOf } from './appointment.ts';
import type { BookingTools } from './booking.ts';
import { datesFrom, PAST_CHANGE, type DateOn } from './cancel-series.ts';
import { asSought, deskOf } from './diary.ts';
import { soughtFor } from './needs.ts';
import { withBecause } from './find-series-because.ts';
import { bookedAt, seeSeries, type SeriesSeen } from './find-series.ts';
import {
  alternativesTo,
  isInLastWeek,
  judgeDates,
  spanOf,
  startOrGap,
  stepFrom,
  wallAsked,
  type DateJudged,
  type DateReason,
  type SeriesTake,
  type SeriesTold,
} from './series.ts';
import { withSeat } from './add-to-diary.ts';
import { findAccompanied } from './store-series-seats.ts';

export type SeriesMove = {
  readonly seriesId: number;
  readonly index: number;
  readonly start: { readonly wall: Wall; readonly timeZone?: string | undefined };
  readonly take: SeriesTake;
  /** For a preview of one date alone. */
  readonly only?: boolean;
};

/** Which dates go, and what is to be known to write them. */
export type SeriesMovePlan = SeriesTold & {
  readonly going: readonly (DateJudged & { readonly on: DateOn; readonly late: boolean })[];
  /** What is needed besides her time; of units those that each date may be given. */
  readonly more: MoreAsked;
  readonly desk: Desk;
  /** Of a group: the appointments in whose sessions others stay. */
  readonly accompanied: ReadonlySet<number>;
  readonly expiredHolds: boolean;
  readonly buffers: { readonly beforeMinutes: number; readonly afterMinutes: number };
};

/** How each date would fare; nothing is moved. Refusals: `not_found`, `forbidden`, `invalid_request`. */
export async function previewSeriesMove(tools: BookingTools, actor: Actor, request: SeriesMove): Promise<SeriesTold> {
  return await tools.transactor.inOrganisation(
    actor.organisationId,
    async (tx) => await planSeriesMove(tools, tx, actor, await seeChangeable(tx, actor, request.seriesId), request),
    { readOnly: true },
  );
}

/** Refusals `not_found`, `forbidden`. */
export async function seeChangeable(tx: Transaction, actor: Actor, seriesId: number): Promise<SeriesSeen> {
  const seen = await seeSeries(tx, actor, seriesId);
  if (!mayChange(actor, seen.series)) throw new Refusal('forbidden', 'You cannot move this series.');
  return seen;
}

/** Which dates go where, and what stands against the others. */
export async function planSeriesMove(
  tools: BookingTools,
  tx: Transaction,
  actor: Actor,
  seen: SeriesSeen,
  move: SeriesMove,
): Promise<SeriesMovePlan> {
  const first = bookedAt(seen.dates, move.index);
  const { series } = seen;
  const [now, { practitionerId, clientSubject }] = [tools.clock.now(), series];
  const busyNow = await readBusyIn(tx, { practitionerId, from: 0, to: 1, now });
  const desk = await deskOf(tools, tx, practitionerId, busyNow);
  const { zone, table } = desk.schedule;
  const { asked, hindered } = datesToMove(actor, seen, move, { zone, now });
  const sessionType = await soughtFor(tx, desk, first);
  const more = moreAskedFor(sessionType, clientSubject);
  const seats = asked.filter(({ on }) => on.appointment.capacity > 1);
  const accompanied = await findAccompanied(
    tx,
    seats.map(({ on }) => on.appointment.id),
    now,
  );
  const span = spanOf([...asked, { wall: wallOf(first.start, zone) }], zone);
  const periods = countedStretch(policyFor(desk, sessionType.id), table, span.from, span.to);
  const counting = periods ? { counting: { ...periods, clientSubject } } : {};
  const against = new Map<number, Diary>();
  // Who stays is in the way of those who go: whoever is found to stay may make another stay.
  for (const staying = new Map(hindered); ;) {
    const moving = asked.filter((date) => !isThere(date));
    const going = moving.filter((date) => !staying.has(date.index)).map(({ on }) => on.appointment);
    const except = going.filter(({ id }) => !accompanied.has(id)).map(({ sessionId }) => sessionId);
    const read = await readBusyIn(tx, { practitionerId, ...span, ...more, ...counting, except, now });
    if (!read) throw new Error('a desk was found without its busy time');
    const busy = asSought(read, more);
    // What others stay in keeps its time, with a seat more.
    const left = going
      .filter(({ id }) => accompanied.has(id))
      .reduce(
        (some, { sessionId, start: at }) => withSeat(some, { sessionId, start: minuteOf(at) }, false),
        diaryOf({ desk, busy, sessionType }),
      );
    const judgedNow = judgeDates(left, moving, nowMinute(now), { hindered: staying });
    const { diary } = judgedNow;
    // Of who stays, what it was judged by when it was found to.
    for (const [index, judgedBy] of judgedNow.against) against.set(index, judgedBy);
    // What is where it is asked to be needs no time, and so no rule's leave.
    const there = asked.filter(isThere).map((date) => ({ ...date, reasons: [] }));
    const found = [...judgedNow.dates, ...there].toSorted((a, b) => a.index - b.index);
    const newly = found.filter((date) => date.reasons.length > 0 && !staying.has(date.index));
    if (move.take === 'the_rest' && newly.length > 0) {
      for (const date of newly) staying.set(date.index, date.reasons);
      continue;
    }
    const { bufferBeforeMinutes: beforeMinutes, bufferAfterMinutes: afterMinutes } = policyFor(desk, sessionType.id);
    const told = found.map((date) => ({
      ...date,
      alternatives: date.reasons.length === 0 ? [] : alternativesTo(diary, date, nowMinute(now)),
    }));
    return {
      zone,
      lengthMinutes: sessionType.lengthMinutes,
      dates: await withBecause(tx, actor, told, against, { now, clientSubject, except }),
      going: found.filter(({ reasons }) => reasons.length === 0),
      more,
      desk,
      accompanied,
      expiredHolds: busy.expiredHolds,
      buffers: { beforeMinutes, afterMinutes },
    };
  }
}

/** It is where it is asked to be. */
export function isThere({ start, on }: { readonly start: Start | null; readonly on: DateOn }): boolean {
  return start !== null && on.appointment.start.equals(start.instant);
}

/** Those that are on, each where it would go by the rule, and what stands against moving it at all. */
function datesToMove(
  actor: Actor,
  { series, dates }: SeriesSeen,
  { index, start, only = false }: SeriesMove,
  { zone, now }: { readonly zone: string; readonly now: Temporal.Instant },
) {
  const wall = wallAsked(start, zone);
  const judged = datesFrom(dates, index)
    .filter(({ position }) => !only || position === index)
    .map((on) => ({ on, ...possibilityOf(on.appointment, 'reschedule', isBoundByWindows(actor, series), now) }))
    .filter(({ reason }) => reason === null || !PAST_CHANGE.has(reason));
  const rule = { frequency: series.frequency, onLast: series.onLast && isInLastWeek(wall.date) };
  const asked = judged.map(({ on, late }) => {
    const at = { date: stepFrom(wall.date, rule, on.position - index), time: wall.time };
    // The one that was named is where it was asked for, though its wall time may exist twice.
    const given = on.position === index ? start : { wall: at };
    // A seat is as long as the session that it came into.
    const length = { lengthMinutes: lengthMinutes(on.appointment) };
    return { index: on.position, wall: at, start: startOrGap(given, zone), ...length, on, late };
  });
  return { asked, hindered: hinderedOf(judged, now) };
}

/** What stands against moving each date at all, wherever to. */
function hinderedOf(
  judged: readonly { readonly on: DateOn; readonly reason: DateReason | null }[],
  now: Temporal.Instant,
): Map<number, readonly DateReason[]> {
  const hindered = new Map<number, readonly DateReason[]>();
  for (const { on, reason } of judged) {
    const { state, decideBy } = on.appointment;
    const lapsed = state === 'pending' && decideBy && Temporal.Instant.compare(decideBy, now) <= 0;
    if (reason !== null || lapsed) hindered.set(on.position, [reason ?? 'request_lapsed']);
  }
  return hindered;
}
