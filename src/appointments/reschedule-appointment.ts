// Moves an appointment to another start: same id, same meeting, same calendar entry, one revision on. Its own time is not
// in its way, and is freed in the same transaction in which the new time is taken.
import { moreAskedFor, type Sought } from '../availability/find-slots.ts';
import { readBusyIn } from '../availability/store.ts';
import { isBoundByWindows, mayChange, type Actor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import { releaseTimeOf } from '../occupancy/inherit-time.ts';
import { lockTimeOf, takeForSession, takeRemainder } from '../occupancy/store.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { Refusal } from '../platform/refusal.ts';
import { checkVersion } from '../practitioners/call.ts';
import { readSessionType } from '../practitioners/store.ts';
import { parseStart, wallOf } from '../platform/time/wall-clock.ts';
import { lengthMinutes, moves, type Appointment, type Party } from './appointment.ts';
import type { BookingTools } from './booking.ts';
import { deskOf, judgeStart, NotBookable, stretchToRead, type Judged, type StartAsked } from './diary.ts';
import { orAlternatives } from './find-instead.ts';
import { seeAppointment } from './find-appointment.ts';
import { factsOfOverride, refuseOverriding, type Overridden, type Override } from './override.ts';
import { soughtFor } from './needs.ts';
import { findStaying } from './end-held-seats.ts';
import { decideByOf, refuseLapsed } from './request.ts';
import { rescheduleSeat } from './reschedule-seat.ts';
import { leaveGivenBack } from './store-seats.ts';
import { moveSession } from './store.ts';
import { takeBeside } from './take-beside.ts';
import { findOverride, putOverride } from './store-overrides.ts';
import { setAwaited } from './store-requests.ts';

/**
 * Refusals: `not_found`, `version_mismatch`, those of the appointment's state, `practitioner_not_bookable`, `reschedule_window_closed`, and every
 * reason of availability, with `alternatives`. The session type need not be on offer any more: length and kind are those that were agreed.
 */
export async function rescheduleAppointment(
  tools: BookingTools,
  actor: Actor,
  request: {
    readonly appointmentId: number;
    readonly start: StartAsked;
    readonly override?: Override | null;
    /** The revisions that the caller has seen; null where it does not care. */
    readonly expected?: readonly number[] | null;
  },
  once: Once,
): Promise<Overridden | null> {
  const override = request.override ?? null;
  refuseOverriding(actor, override);
  return await orAlternatives(tools, actor, (onMeant) =>
    tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
      if (await once.claim(tx)) return override && (await findOverride(tx, request.appointmentId));
      const seen = await seeAppointment(tx, actor, request.appointmentId);
      if (!mayChange(actor, seen)) throw new Refusal('forbidden', 'You cannot move this appointment.');
      const session = await lockToMove(tools, tx, seen);
      const moving = await seeAppointment(tx, actor, request.appointmentId);
      checkVersion({ expected: request.expected ?? null }, moving.revision);
      const did = { at: tools.clock.now(), actor: { role: actor.role, ref: actor.key } };
      const stays = await findStaying(tx, did, moving);
      onMeant({
        practitionerId: moving.practitionerId,
        session,
        clientSubject: moving.clientSubject,
        moved: { start: moving.start, sessionId: stays ? undefined : moving.sessionId },
      });
      const asking = await asksAnew(tx, actor, moving);
      const how = { asking, override, session, stays };
      const overridden = await moveTo(tools, tx, actor, moving, request.start, how);
      await once.settle(tx, 200, request.appointmentId);
      return overridden;
    }),
  );
}

/** Locks its practitioner's time, its client, and the units that a session like it may be given. */
export async function lockToMove(tools: BookingTools, tx: Transaction, appointment: Appointment): Promise<Sought> {
  const { practitionerId, clientSubject } = appointment;
  const session = await soughtFor(tx, tools.desks.recall(tx.organisationId, practitionerId), appointment);
  const { units = [] } = moreAskedFor(session, clientSubject);
  await lockTimeOf(tx, [practitionerId, ...units], clientSubject);
  return session;
}

/** Who moves a request asks the other side anew. */
async function asksAnew(tx: Transaction, actor: Actor, moving: Appointment): Promise<Asking | null> {
  if (moving.state !== 'pending') return null;
  const { approvalMinutes } = await readSessionType(tx, moving.sessionTypeId);
  return { awaits: actor.role === 'practitioner' ? 'client' : 'practitioner', approvalMinutes };
}

export type Moving = {
  /** Of a request: whose word is waited for then. */
  readonly asking: Asking | null;
  /** Who overrides a rule says why. */
  readonly override: Override | null;
  readonly session: Sought;
  /** Of a group: others are left in its session, which keeps its time. */
  readonly stays?: boolean;
};

export type Asking = { readonly awaits: Party; readonly approvalMinutes: number };

/** The same inside a transaction that has locked to move it. */
export async function moveTo(
  tools: BookingTools,
  tx: Transaction,
  actor: Actor,
  appointment: Appointment,
  asked: StartAsked,
  how: Moving,
): Promise<Overridden | null> {
  const { asking, override, stays = false } = how;
  const now = tools.clock.now();
  refuseLapsed(appointment, now);
  const { practitionerId, sessionId } = appointment;
  const judging = await judgeMove(tools, tx, actor, appointment, asked, how);
  if (!judging) return null;
  const { judged, late } = judging;
  if (stays || judged.joins) {
    return await rescheduleSeat(tools, tx, actor, appointment, judged, { now, stays, late, override });
  }
  const did = { at: now, actor: { role: actor.role, ref: actor.key } };
  if (appointment.capacity > 1) await leaveGivenBack(tx, sessionId, now);
  const heirs = await releaseTimeOf(tx, did, sessionId);
  const decideBy = asking && decideByOf(now, asking.approvalMinutes, judged.time.from);
  const taking = { resourceId: practitionerId, stretch: judged.occupied, sessionId, expiresAt: decideBy };
  const over = judged.overrode.includes('slot_taken');
  const occupancyId = over ? null : await takeForSession(tx, taking);
  if (occupancyId === null && !over) throw new NotBookable(['slot_taken'], judged.start);
  await takeBeside(tx, judged, { owner: { sessionId }, expiresAt: decideBy });
  const { time, occupied, desk } = judged;
  const { zone } = desk.schedule;
  const wall = wallOf(time.from, zone);
  const wallStart = `${wall.date}T${wall.time.slice(0, 5)}`;
  const to = { time, occupied, zone, wallStart, occupancyId, late };
  const revision = await moveSession(tx, appointment, to, now);
  if (asking && decideBy) await setAwaited(tx, appointment.id, { awaits: asking.awaits, decideBy });
  // What it claims, and until when, stands in its row by now: it owns of that what nobody does.
  if (over) await takeRemainder(tx, taking);
  await record(tx, {
    ...did,
    event: asking?.awaits === 'client' ? 'appointment.proposed' : 'appointment.rescheduled',
    subject: { kind: 'appointment', id: appointment.id },
    revision,
    facts: {
      sessionId,
      from: appointment.start.toString(),
      start: time.from.toString(),
      end: time.to.toString(),
      inheritedBy: heirs,
      ...(late ? { late: true } : {}),
      ...factsOfOverride(judged.overrode),
      ...(decideBy ? { decideBy: decideBy.toString() } : {}),
    },
  });
  tx.afterCommit(() => tools.wake(actor.organisationId, sessionId));
  return await putOverride(tx, appointment.id, override, judged.overrode);
}

/** Null: it is there already. */
async function judgeMove(
  tools: BookingTools,
  tx: Transaction,
  actor: Actor,
  appointment: Appointment,
  asked: StartAsked,
  { session, stays = false, override }: Moving,
): Promise<{ readonly judged: Judged; readonly late: boolean } | null> {
  const now = tools.clock.now();
  const { practitionerId, sessionId, sessionTypeId, clientSubject } = appointment;
  const minutes = lengthMinutes(appointment);
  const seen = tools.desks.recall(actor.organisationId, practitionerId);
  const except = stays ? {} : { except: sessionId };
  const stretch = stretchToRead(seen, asked, minutes);
  const guessed = { practitionerId, ...except, ...stretch, ...moreAskedFor(session, clientSubject) };
  const busy = await readBusyIn(tx, { ...guessed, now });
  const desk = await deskOf(tools, tx, practitionerId, busy);
  const { zone } = desk.schedule;
  const to = parseStart(asked.wall, { zone, timeZone: asked.timeZone, pointer: asked.pointer ?? '' });
  const moved = moves(appointment, to.instant, isBoundByWindows(actor, appointment), now);
  if (!busy || !moved) return null;
  const judged = await judgeStart(tools, tx, actor, {
    desk,
    busy,
    guessed,
    asked,
    sessionTypeId,
    lengthMinutes: minutes,
    clientSubject,
    session,
    leaving: stays ? appointment.start : undefined,
    overriding: override !== null,
  });
  return { judged, late: moved.late };
}
