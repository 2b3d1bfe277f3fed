// Cancels: frees the time and wants nothing of the session outside any more. Cancelling twice is answered as once.
import { isBoundByWindows, mayChange, type Actor, type KnownActor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import { releaseTimeOf } from '../occupancy/inherit-time.ts';
import { lockTimeOf } from '../occupancy/store.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { Refusal } from '../platform/refusal.ts';
import { checkVersion } from '../practitioners/call.ts';
import { cancels, type Canceller } from './appointment.ts';
import type { BookingTools } from './booking.ts';
import { endIfEmpty, findStaying } from './end-held-seats.ts';
import { seeAppointment } from './find-appointment.ts';
import { cancelSeat } from './store-seats.ts';
import { cancelSession, putNote } from './store.ts';

export type CancelTools = Pick<BookingTools, 'transactor' | 'clock' | 'wake'>;

/** Refusals: `not_found`, `version_mismatch`, `appointment_closed`, `appointment_in_past`, `cancellation_window_closed`. */
export async function cancelAppointment(
  tools: CancelTools,
  actor: Actor,
  request: {
    readonly appointmentId: number;
    readonly reason: string | null;
    /** The revisions that the caller has seen; null where it does not care. */
    readonly expected?: readonly number[] | null;
  },
  once: Once,
): Promise<void> {
  const { appointmentId, reason } = request;
  await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    if (await once.claim(tx)) return;
    const seen = await seeAppointment(tx, actor, appointmentId);
    if (!mayChange(actor, seen)) throw new Refusal('forbidden', 'You cannot cancel this appointment.');
    await lockTimeOf(tx, [seen.practitionerId], seen.clientSubject);
    const appointment = await seeAppointment(tx, actor, appointmentId);
    const now = tools.clock.now();
    const how = cancels(appointment, isBoundByWindows(actor, appointment), now);
    if (how) {
      checkVersion({ expected: request.expected ?? null }, appointment.revision);
      // Of a group the last one out releases the time, and the meeting with it.
      const did = { at: now, actor: { role: actor.role, ref: actor.key } };
      const stays = await findStaying(tx, did, appointment);
      const cancelled = { by: cancellerOf(actor), late: how.late };
      const revision = await (stays ? cancelSeat : cancelSession)(tx, appointment, cancelled, now);
      const heirs = stays ? [] : await releaseTimeOf(tx, did, appointment.sessionId);
      if (stays) await endIfEmpty(tx, did, appointment.sessionId);
      if (reason !== null) await putNote(tx, appointmentId, 'cancel_reason', reason);
      await record(tx, {
        ...did,
        event: 'appointment.cancelled',
        subject: { kind: 'appointment', id: appointmentId },
        revision,
        facts: { sessionId: appointment.sessionId, inheritedBy: heirs, ...(how.late ? { late: true } : {}) },
      });
      tx.afterCommit(() => tools.wake(actor.organisationId, appointment.sessionId));
    }
    await once.settle(tx, 200, appointmentId);
  });
}

/** A guest is the client, come by a link; the journal tells the two apart. */
export function cancellerOf({ role }: KnownActor): Canceller {
  return role === 'guest' ? 'client' : role;
}
