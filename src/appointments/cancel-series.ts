// Cancels a date of a series and all that follow, in one act. What is over, closed or cancelled stays as it is.
import { isBoundByWindows, mayChange, type Actor } from '../identity/actor.ts';
import { record, type Facts } from '../journal/record.ts';
import { releaseTimeOfAll, type By } from '../occupancy/inherit-time.ts';
import { lockTimeOf } from '../occupancy/store.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { Refusal } from '../platform/refusal.ts';
import { minuteOf, wallOf } from '../platform/time/wall-clock.ts';
import { lengthMinutes, possibilityOf, type Appointment, type Canceller, type Hindrance } from './appointment.ts';
import { cancellerOf, type CancelTools } from './cancel-appointment.ts';
import { endHeldBeside, endIfEmpty } from './end-held-seats.ts';
import { bookedAt, seeSeries, type SeriesDate } from './find-series.ts';
import { DatesRefused, refusesAll, type SeriesTake, type SeriesTold } from './series.ts';
import { cancelSeat } from './store-seats.ts';
import { findAccompanied } from './store-series-seats.ts';
import { putNote } from './store.ts';
import { cancelDates, lockFulfilments, raiseBatch, type CancelledDate } from './store-series-changes.ts';

/** Nothing is left to do for a date that these stand against. */
export const PAST_CHANGE: ReadonlySet<Hindrance> = new Set([
  'appointment_cancelled',
  'appointment_closed',
  'appointment_in_past',
]);

/** A date that is on, at or after an index. */
export type DateOn = SeriesDate & { readonly appointment: Appointment };

/**
 * How each date fared that was on; nothing where an earlier call under the same key did it. Again is answered as once: nothing
 * is left to cancel. Refusals: `not_found`, `forbidden`. Throws DatesRefused where all were to go and one must stay, or none can.
 */
export async function cancelSeries(
  tools: CancelTools,
  actor: Actor,
  request: {
    readonly seriesId: number;
    readonly index: number;
    readonly take: SeriesTake;
    readonly reason: string | null;
  },
  once: Once,
): Promise<SeriesTold | null> {
  const { seriesId, index, take, reason } = request;
  return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    if (await once.claim(tx)) return null;
    const { series } = await seeSeries(tx, actor, seriesId);
    if (!mayChange(actor, series)) throw new Refusal('forbidden', 'You cannot cancel this series.');
    await lockTimeOf(tx, [series.practitionerId], series.clientSubject);
    const { dates } = await seeSeries(tx, actor, seriesId);
    bookedAt(dates, index);
    const now = tools.clock.now();
    const judged = datesFrom(dates, index)
      .map((date) => ({
        date,
        ...possibilityOf(date.appointment, 'cancel', isBoundByWindows(actor, series), now),
      }))
      .filter(({ reason: hindrance }) => hindrance === null || !PAST_CHANGE.has(hindrance));
    const told = toldOf(series.zone, judged);
    if (refusesAll(take, told.dates)) throw new DatesRefused(told);
    const going = judged.filter((one) => one.reason === null);
    await once.settle(tx, 200, seriesId);
    if (going.length === 0) return told;
    const by = { at: now, actor: { role: actor.role, ref: actor.key } };
    const sessionIds = going.map(({ date }) => date.appointment.sessionId);
    await lockFulfilments(tx, sessionIds);
    const batch = { seriesId, batchNo: await raiseBatch(tx, seriesId) };
    const seatsGiven = going.map(({ date }) => date.appointment).filter(({ capacity }) => capacity > 1);
    await endHeldBeside(tx, by, seatsGiven);
    const accompanied = await findAccompanied(
      tx,
      seatsGiven.map(({ id }) => id),
      now,
    );
    const all = going.map(({ date: { position, appointment }, late }): Going => {
      const { id: appointmentId, sessionId } = appointment;
      return { position, sessionId, appointmentId, late, facts: { seriesId, ...(late ? { late: true } : {}) } };
    });
    const dead = all.filter(({ appointmentId }) => !accompanied.has(appointmentId));
    const seats = all.filter(({ appointmentId }) => accompanied.has(appointmentId));
    const how = { canceller: cancellerOf(actor), reason };
    await cancelDates(
      tx,
      by,
      batch,
      how,
      dead.map((date) => ({ ...date, facts: JSON.stringify(date.facts) })),
    );
    const heirs = await releaseTimeOfAll(
      tx,
      by,
      dead.map(({ sessionId }) => sessionId),
    );
    await giveBack(tx, by, how, seats);
    const facts = { fromIndex: index, cancelled: going.length, inheritedBy: heirs };
    const subject = { kind: 'series', id: seriesId } as const;
    await record(tx, { ...by, event: 'series.cancelled', subject, revision: batch.batchNo, facts });
    tx.afterCommit(() => tools.wake(actor.organisationId, sessionIds[0] ?? 0));
    return told;
  });
}

type Going = Omit<CancelledDate, 'facts'> & { readonly facts: Facts };

/** Seats in sessions that others stay in. */
async function giveBack(
  tx: Transaction,
  by: By,
  { canceller, reason }: { readonly canceller: Canceller; readonly reason: string | null },
  seats: readonly Going[],
): Promise<void> {
  for (const { appointmentId: id, sessionId, late, facts: said } of seats) {
    const revision = await cancelSeat(tx, { id, sessionId }, { by: canceller, late }, by.at);
    await endIfEmpty(tx, by, sessionId);
    if (reason !== null) await putNote(tx, id, 'cancel_reason', reason);
    const facts = { sessionId, inheritedBy: [], ...said };
    await record(tx, { ...by, event: 'appointment.cancelled', subject: { kind: 'appointment', id }, revision, facts });
  }
}

/** Each where it is; there is nothing to choose instead. */
function toldOf(
  zone: string,
  judged: readonly { readonly date: DateOn; readonly reason: Hindrance | null }[],
): SeriesTold {
  const dates = judged.map(({ date: { position, appointment }, reason }) => ({
    index: position,
    wall: wallOf(appointment.start, zone),
    start: { instant: appointment.start, minute: minuteOf(appointment.start) },
    reasons: reason === null ? [] : [reason],
    alternatives: [],
  }));
  const [first] = judged;
  return { zone, lengthMinutes: first ? lengthMinutes(first.date.appointment) : 0, dates };
}

/** Those that were booked, from an index on. */
export function datesFrom(dates: readonly SeriesDate[], index: number): DateOn[] {
  return dates.flatMap((date) =>
    date.position >= index && date.appointment ? [{ ...date, appointment: date.appointment }] : [],
  );
}
