// Moves a date of a series and all that follow to another day and hour, by the rule of the series from there on, in one act: what
// find-series-move.ts finds can go, goes.
import { moreAskedFor } from '../availability/find-slots.ts';
import { type Actor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import { releaseTimeOfAll, type By } from '../occupancy/inherit-time.ts';
import { withBuffers } from '../occupancy/occupancy.ts';
import { takeUnits } from '../occupancy/store-units.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { Refusal } from '../platform/refusal.ts';
import { instantOf } from '../platform/time/wall-clock.ts';
import { readSessionType } from '../practitioners/store.ts';
import { lengthMinutes } from './appointment.ts';
import type { BookingTools } from './booking.ts';
import { NotBookable } from './diary.ts';
import { endExpired } from './end-expired.ts';
import { endHeldBeside } from './end-held-seats.ts';
import { lockingAnew, refuseUnlocked } from './needs.ts';
import { bookedAt, type SeriesSeen } from './find-series.ts';
import { decideByOf } from './request.ts';
import { lockToMove } from './reschedule-appointment.ts';
import { rescheduleSeats } from './reschedule-series-seats.ts';
import { DatesRefused, refusesAll, type SeriesTold } from './series.ts';
import { leaveGivenBack } from './store-seats.ts';
import { lockFulfilments, moveDates, raiseBatch, type MovedDate } from './store-series-changes.ts';
import { isThere, planSeriesMove, seeChangeable, type SeriesMove, type SeriesMovePlan } from './find-series-move.ts';

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
      const plan = await planSeriesMove(tools, tx, actor, await seeChangeable(tx, actor, seriesId), request);
      refuseUnlocked(moreAskedFor(session, series.clientSubject), plan.more);
      if (refusesAll(take, plan.dates)) throw new DatesRefused(plan);
      const moving = plan.going.filter((date) => !isThere(date));
      if (moving.length > 0) await write(tools, tx, actor, series, { ...plan, going: moving }, request.index);
      await once.settle(tx, 200, seriesId);
      return plan;
    }),
  );
}

async function write(
  tools: BookingTools,
  tx: Transaction,
  actor: Actor,
  series: SeriesSeen['series'],
  plan: SeriesMovePlan,
  fromIndex: number,
): Promise<void> {
  const { id: seriesId, practitionerId } = series;
  const now = tools.clock.now();
  const by = { at: now, actor: { role: actor.role, ref: actor.key } };
  const awaits = actor.role === 'practitioner' ? 'client' : 'practitioner';
  const { approvalMinutes } = await readSessionType(tx, series.sessionTypeId);
  const { accompanied } = plan;
  const leaving = plan.going.filter(({ on }) => !accompanied.has(on.appointment.id));
  const whole = leaving.filter(({ joins = null }) => joins === null);
  const seats = plan.going.filter((date) => !whole.includes(date));
  const dates = whole.map(({ index, wall, start, on: { appointment }, late }): MovedDate => {
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
  const sessionIds = plan.going.map(({ on }) => on.appointment.sessionId);
  await lockFulfilments(tx, [...sessionIds, ...seats.flatMap(({ joins }) => joins?.sessionId ?? [])]);
  const batch = { seriesId, batchNo: await raiseBatch(tx, seriesId) };
  const left = leaving.map(({ on }) => on.appointment);
  await endHeldBeside(tx, by, left);
  for (const { on } of whole) if (on.appointment.capacity > 1) await leaveGivenBack(tx, on.appointment.sessionId, now);
  // Before they leave: a date that was booked over a hold inherits it, and leaves it with all else.
  if (plan.expiredHolds) await freeExpired(tx, by, practitionerId, plan);
  const heirs = await releaseTimeOfAll(
    tx,
    by,
    left.map(({ sessionId }) => sessionId),
  );
  const moved = await moveDates(tx, by, batch, { practitionerId, zone: plan.zone, awaits }, dates);
  const takings = dates.map(({ sessionId, occupied: stretch, decideBy: expiresAt }, i) => ({
    units: whole[i]?.units ?? [],
    stretch,
    owner: { sessionId },
    expiresAt,
  }));
  if (moved === null || !(await takeUnits(tx, takings))) throw takenMeanwhile();
  await rescheduleSeats(tools, tx, actor, { ...plan, ...batch, now }, seats).catch((error: unknown) => {
    throw error instanceof NotBookable ? seatGone(error) : error;
  });
  const facts = { fromIndex, moved: plan.going.length, inheritedBy: heirs };
  const subject = { kind: 'series', id: seriesId } as const;
  await record(tx, { ...by, event: 'series.rescheduled', subject, revision: batch.batchNo, facts });
  tx.afterCommit(() => tools.wake(actor.organisationId, sessionIds[0] ?? 0));
}

/** Of time that others have no claim on any more. */
async function freeExpired(tx: Transaction, by: By, practitionerId: number, { going, more, buffers }: SeriesMovePlan) {
  const stretches = going.flatMap(({ start, on }) => {
    if (start === null) return [];
    const minutes = lengthMinutes(on.appointment);
    return [withBuffers({ from: start.instant, to: start.instant.add({ minutes }) }, buffers)];
  });
  await endExpired(tx, by, { practitionerId, units: more.units ?? [] }, stretches);
}

/** Somebody wrote past the lock: the table is right. */
function takenMeanwhile(): Refusal {
  return new Refusal('slot_taken', 'One of these times was taken a moment ago. Ask again.');
}

/** Or two dates would come into one another's seats in sessions that are full. */
function seatGone({ reasons }: NotBookable): Refusal {
  if (!reasons.includes('full')) return takenMeanwhile();
  return new Refusal('full', 'A seat that one of these dates would come to is not free. Move them one by one.');
}
