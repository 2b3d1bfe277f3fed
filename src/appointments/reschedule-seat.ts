// Moves a seat of a group: into another session that stands and has one left, or into a new one at a start that is free. Those
// who stay keep theirs; a session that nobody is left in is over. The appointment keeps its id and its letters; its meeting is
// that of the session it is in.
import type { Actor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import { releaseTimeOf } from '../occupancy/inherit-time.ts';
import { takeForSession, takeRemainder } from '../occupancy/store.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { wallOf } from '../platform/time/wall-clock.ts';
import type { Appointment } from './appointment.ts';
import type { BookingTools } from './booking.ts';
import { NotBookable, type Judged } from './diary.ts';
import { endIfEmpty } from './end-held-seats.ts';
import { factsOfOverride, type Overridden, type Override } from './override.ts';
import { takeId } from './store-booking.ts';
import { putOverride } from './store-overrides.ts';
import { endSession, insertSession, moveSeat } from './store-seats.ts';
import { nullWhereTaken, takeBeside } from './take-beside.ts';

/** Where it goes: a session that stands, or what was judged for one to be opened. */
type Target =
  | Judged
  | (Pick<Judged, 'time' | 'start' | 'overrode'> & {
      readonly sessionId: number;
    });

/** `stays`: others are left in the session it leaves. Expects the time to be locked, and judged. Throws NotBookable. */
export async function rescheduleSeat(
  tools: Pick<BookingTools, 'wake'>,
  tx: Transaction,
  actor: Actor,
  appointment: Appointment,
  judged: Target,
  how: {
    /** Of the act: what it does to several has one instant. */
    readonly now: Temporal.Instant;
    readonly stays: boolean;
    readonly late: boolean;
    readonly override: Override | null;
    /** Of an act on several dates of a series. */
    readonly seriesId?: number;
    /** Where it was offered. */
    readonly offerId?: number;
  },
): Promise<Overridden | null> {
  const { now, stays, late, override, seriesId, offerId } = how;
  const { sessionId } = appointment;
  const target =
    'sessionId' in judged
      ? judged.sessionId
      : (judged.joins?.sessionId ?? (await openSession(tx, appointment, judged, now)));
  const revision = await moveSeat(tx, appointment, { sessionId: target, late }, now).catch(nullWhereTaken);
  if (revision === null) throw new NotBookable(['full'], judged.start);
  const did = { at: now, actor: { role: actor.role, ref: actor.key } };
  if (!stays) await endSession(tx, sessionId);
  const heirs = stays ? [] : await releaseTimeOf(tx, did, sessionId);
  if (stays) await endIfEmpty(tx, did, sessionId);
  await record(tx, {
    ...did,
    event: 'appointment.rescheduled',
    subject: { kind: 'appointment', id: appointment.id },
    revision,
    facts: {
      sessionId: target,
      fromSessionId: sessionId,
      from: appointment.start.toString(),
      start: judged.time.from.toString(),
      end: judged.time.to.toString(),
      inheritedBy: heirs,
      ...(seriesId === undefined ? {} : { seriesId }),
      ...(offerId === undefined ? {} : { offerId }),
      ...(late ? { late: true } : {}),
      ...factsOfOverride(judged.overrode),
    },
  });
  tx.afterCommit(() => {
    for (const id of [sessionId, target]) tools.wake(actor.organisationId, id);
  });
  return await putOverride(tx, appointment.id, override, judged.overrode);
}

/** A session at a free start, its time and units taken. */
async function openSession(tx: Transaction, from: Appointment, judged: Judged, now: Temporal.Instant): Promise<number> {
  const { time, occupied, desk, overrode, start } = judged;
  const sessionId = await takeId(tx);
  const taking = { resourceId: from.practitionerId, stretch: occupied, sessionId };
  const over = overrode.includes('slot_taken');
  const occupancyId = over ? null : await takeForSession(tx, taking);
  if (occupancyId === null && !over) throw new NotBookable(['slot_taken'], start);
  const { zone } = desk.schedule;
  const wall = wallOf(time.from, zone);
  const wallStart = `${wall.date}T${wall.time.slice(0, 5)}`;
  const { capacity } = from;
  await insertSession(tx, from, { id: sessionId, time, occupied, zone, wallStart, occupancyId, capacity }, now);
  if (over) await takeRemainder(tx, taking);
  await takeBeside(tx, judged, { owner: { sessionId }, expiresAt: null });
  return sessionId;
}
