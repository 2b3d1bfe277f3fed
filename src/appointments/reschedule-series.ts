// Moves a date of a series and all that follow to another day and hour, by the rule of the series from there on, in one act.
// All of them leave their time before any is judged, so none of them is in another's way.
import { policyFor } from '../availability/desk.ts';
import { diaryOf, moreAskedFor } from '../availability/find-slots.ts';
import { countedStretch } from '../availability/limits.ts';
import type { MoreAsked } from '../availability/store-units.ts';
import { readBusyIn } from '../availability/store.ts';
import { isBoundByWindows, mayChange, type Actor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import { releaseTimeOfAll } from '../occupancy/inherit-time.ts';
import { withBuffers } from '../occupancy/occupancy.ts';
import { expireHolds } from '../occupancy/place-hold.ts';
import { freeExpiredUnits, takeUnits } from '../occupancy/store-units.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { Refusal } from '../platform/refusal.ts';
import { instantOf, nowMinute, wallOf, type Start, type Wall } from '../platform/time/wall-clock.ts';
import { readSessionType } from '../practitioners/store.ts';
import { lengthMinutes, possibilityOf } from './appointment.ts';
import type { BookingTools } from './booking.ts';
import { datesFrom, PAST_CHANGE, type DateOn } from './cancel-series.ts';
import { asSought, deskOf } from './diary.ts';
import { lockingAnew, refuseGroup, refuseUnlocked, soughtFor } from './needs.ts';
import { bookedAt, seeSeries, type SeriesSeen } from './find-series.ts';
import { lapseRequestsIn } from './lapse-request.ts';
import { decideByOf } from './request.ts';
import { lockToMove } from './reschedule-appointment.ts';
import {
  alternativesTo,
  DatesRefused,
  isInLastWeek,
  judgeDates,
  refusesAll,
  spanOf,
  startOrGap,
  stepFrom,
  wallAsked,
  type DateJudged,
  type DateReason,
  type SeriesTake,
  type SeriesTold,
} from './series.ts';
import { lockFulfilments, moveDates, raiseBatch, type MovedDate } from './store-series-changes.ts';

export type SeriesMove = {
  readonly seriesId: number;
  readonly index: number;
  readonly start: { readonly wall: Wall; readonly timeZone?: string | undefined };
  readonly take: SeriesTake;
  /** For a preview of one date alone. */
  readonly only?: boolean;
};

type Plan = SeriesTold & {
  readonly going: readonly (DateJudged & { readonly on: DateOn; readonly late: boolean })[];
  /** What is needed besides her time; of units those that each date may be given. */
  readonly more: MoreAsked;
  readonly expiredHolds: boolean;
  readonly buffers: { readonly beforeMinutes: number; readonly afterMinutes: number };
};

/** How each date would fare; nothing is moved. Refusals: `not_found`, `forbidden`, `invalid_request`. */
export async function previewSeriesMove(tools: BookingTools, actor: Actor, request: SeriesMove): Promise<SeriesTold> {
  return await tools.transactor.inOrganisation(
    actor.organisationId,
    async (tx) => await planFor(tools, tx, actor, await seeChangeable(tx, actor, request.seriesId), request),
    { readOnly: true },
  );
}

/**
 * How each date fared; null where an earlier call under the same key did it. Refusals as for the preview; `slot_taken` where
 * somebody wrote past the lock. Throws DatesRefused where all were to move and one cannot, or none can.
 */
export async function rescheduleSeries(
  tools: BookingTools,
  actor: Actor,
  request: SeriesMove,
  once: Once,
): Promise<SeriesTold | null> {
  const { seriesId, take } = request;
  return await lockingAnew(() =>
    tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
      if (await once.claim(tx)) return null;
      const { series, dates } = await seeChangeable(tx, actor, seriesId);
      const session = await lockToMove(tools, tx, bookedAt(dates, request.index));
      const plan = await planFor(tools, tx, actor, await seeChangeable(tx, actor, seriesId), request);
      refuseUnlocked(moreAskedFor(session, series.clientSubject), plan.more);
      if (refusesAll(take, plan.dates)) throw new DatesRefused(plan);
      const moving = plan.going.filter((date) => !isThere(date));
      if (moving.length > 0) await write(tools, tx, actor, series, { ...plan, going: moving }, request.index);
      await once.settle(tx, 200, seriesId);
      return plan;
    }),
  );
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

async function seeChangeable(tx: Transaction, actor: Actor, seriesId: number): Promise<SeriesSeen> {
  const seen = await seeSeries(tx, actor, seriesId);
  if (!mayChange(actor, seen.series)) throw new Refusal('forbidden', 'You cannot move this series.');
  return seen;
}

/** Which dates go where, and what stands against the others. */
async function planFor(
  tools: BookingTools,
  tx: Transaction,
  actor: Actor,
  { series, dates }: SeriesSeen,
  { index, start, take, only = false }: SeriesMove,
): Promise<Plan> {
  const first = bookedAt(dates, index);
  const [now, { practitionerId, clientSubject }] = [tools.clock.now(), series];
  const busyNow = await readBusyIn(tx, { practitionerId, from: 0, to: 1, now });
  const desk = await deskOf(tools, tx, practitionerId, busyNow);
  const { zone, table } = desk.schedule;
  const wall = wallAsked(start, zone);
  const judged = datesFrom(dates, index)
    .filter(({ position }) => !only || position === index)
    .map((on) => ({ on, ...possibilityOf(on.appointment, 'reschedule', isBoundByWindows(actor, series), now) }))
    .filter(({ reason }) => reason === null || !PAST_CHANGE.has(reason));
  const hindered = hinderedOf(judged, now);
  const rule = { frequency: series.frequency, onLast: series.onLast && isInLastWeek(wall.date) };
  const asked = judged.map(({ on, late }) => {
    const at = { date: stepFrom(wall.date, rule, on.position - index), time: wall.time };
    // The one that was named is where it was asked for, though its wall time may exist twice.
    const given = on.position === index ? start : { wall: at };
    return { index: on.position, wall: at, start: startOrGap(given, zone), on, late };
  });
  const sessionType = await soughtFor(tx, desk, first);
  refuseGroup(sessionType);
  const more = moreAskedFor(sessionType, clientSubject);
  const span = spanOf([...asked, { wall: wallOf(first.start, zone) }], zone);
  const periods = countedStretch(policyFor(desk, sessionType.id), table, span.from, span.to);
  const counting = periods ? { counting: { ...periods, clientSubject } } : {};
  // Who stays is in the way of those who go: whoever is found to stay may make another stay.
  for (const staying = new Map(hindered); ;) {
    const moving = asked.filter((date) => !isThere(date));
    const except = moving.filter(({ index: i }) => !staying.has(i)).map(({ on }) => on.appointment.sessionId);
    const read = await readBusyIn(tx, { practitionerId, ...span, ...more, ...counting, except, now });
    if (!read) throw new Error('a desk was found without its busy time');
    const busy = asSought(read, more);
    const judgedNow = judgeDates(diaryOf({ desk, busy, sessionType }), moving, nowMinute(now), staying);
    const { diary } = judgedNow;
    // What is where it is asked to be needs no time, and so no rule's leave.
    const there = asked.filter(isThere).map((date) => ({ ...date, reasons: [] }));
    const found = [...judgedNow.dates, ...there].toSorted((a, b) => a.index - b.index);
    const newly = found.filter((date) => date.reasons.length > 0 && !staying.has(date.index));
    if (take === 'the_rest' && newly.length > 0) {
      for (const date of newly) staying.set(date.index, date.reasons);
      continue;
    }
    const { bufferBeforeMinutes: beforeMinutes, bufferAfterMinutes: afterMinutes } = policyFor(desk, sessionType.id);
    return {
      zone,
      lengthMinutes: sessionType.lengthMinutes,
      dates: found.map((date) => ({
        ...date,
        alternatives: date.reasons.length === 0 ? [] : alternativesTo(diary, date, nowMinute(now)),
      })),
      going: found.filter(({ reasons }) => reasons.length === 0),
      more,
      expiredHolds: busy.expiredHolds,
      buffers: { beforeMinutes, afterMinutes },
    };
  }
}

function isThere({ start, on }: { readonly start: Start | null; readonly on: DateOn }): boolean {
  return start !== null && on.appointment.start.equals(start.instant);
}

async function write(
  tools: BookingTools,
  tx: Transaction,
  actor: Actor,
  series: SeriesSeen['series'],
  plan: Plan,
  fromIndex: number,
): Promise<void> {
  const { id: seriesId, practitionerId } = series;
  const now = tools.clock.now();
  const by = { at: now, actor: { role: actor.role, ref: actor.key } };
  const awaits = actor.role === 'practitioner' ? 'client' : 'practitioner';
  const { approvalMinutes } = await readSessionType(tx, series.sessionTypeId);
  const dates = plan.going.map(({ index, wall, start, on: { appointment }, late }): MovedDate => {
    const from = instantOf(start?.minute ?? 0);
    const time = { from, to: from.add({ minutes: lengthMinutes(appointment) }) };
    const decideBy = appointment.state === 'pending' ? decideByOf(now, approvalMinutes, from) : null;
    return {
      position: index,
      sessionId: appointment.sessionId,
      appointmentId: appointment.id,
      time,
      occupied: withBuffers(time, plan.buffers),
      wallStart: `${wall.date}T${wall.time}`,
      late,
      decideBy,
      event: decideBy && awaits === 'client' ? 'appointment.proposed' : 'appointment.rescheduled',
      facts: JSON.stringify({
        seriesId,
        from: appointment.start.toString(),
        start: time.from.toString(),
        end: time.to.toString(),
        ...(late ? { late: true } : {}),
        ...(decideBy ? { decideBy: decideBy.toString() } : {}),
      }),
    };
  });
  const sessionIds = dates.map(({ sessionId }) => sessionId);
  await lockFulfilments(tx, sessionIds);
  const batch = { seriesId, batchNo: await raiseBatch(tx, seriesId) };
  const heirs = await releaseTimeOfAll(tx, by, sessionIds);
  if (plan.expiredHolds) {
    for (const { occupied } of dates) {
      await expireHolds(tx, by, practitionerId, occupied);
      await lapseRequestsIn(tx, practitionerId, occupied, now);
    }
    const stretches = dates.map(({ occupied }) => occupied);
    await freeExpiredUnits(tx, plan.more.units ?? [], stretches, now);
  }
  const moved = await moveDates(tx, by, batch, { practitionerId, zone: plan.zone, awaits }, dates);
  const takings = dates.map(({ sessionId, occupied: stretch, decideBy: expiresAt }, i) => ({
    units: plan.going[i]?.units ?? [],
    stretch,
    owner: { sessionId },
    expiresAt,
  }));
  if (moved === null || !(await takeUnits(tx, takings)))
    throw new Refusal('slot_taken', 'One of these times was taken a moment ago. Ask again.');
  const facts = { fromIndex, moved: dates.length, inheritedBy: heirs };
  const subject = { kind: 'series', id: seriesId } as const;
  await record(tx, { ...by, event: 'series.rescheduled', subject, revision: batch.batchNo, facts });
  tx.afterCommit(() => tools.wake(actor.organisationId, sessionIds[0] ?? 0));
}
