// Approves a request: it is confirmed, its time is its own for good, and its meeting is made. Approving again is answered as
// once; of two at the same moment the second finds it done.
import type { Actor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import { checkVersion, doOnce, type VersionedCall } from '../practitioners/call.ts';
import type { Appointment } from './appointment.ts';
import type { BookingTools } from './booking.ts';
import { lockToClose } from './close-appointment.ts';
import { seeAppointment } from './find-appointment.ts';
import { approves } from './request.ts';
import { confirmRequest } from './store-requests.ts';

export type DecisionTools = Pick<BookingTools, 'transactor' | 'clock' | 'wake'>;

/**
 * The appointment as it then is. Refusals: `not_found`, `forbidden`, `version_mismatch`, `appointment_cancelled`,
 * `request_lapsed`, `nothing_to_decide`.
 */
export async function approveRequest(
  tools: DecisionTools,
  actor: Actor,
  request: { readonly appointmentId: number; readonly call: VersionedCall },
): Promise<Appointment> {
  const { appointmentId, call } = request;
  return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    await doOnce(tx, call, async () => {
      const appointment = await lockToClose(tx, actor, appointmentId);
      const now = tools.clock.now();
      if (!approves(appointment, now)) return appointmentId;
      checkVersion(call, appointment.revision);
      await record(tx, {
        at: now,
        event: 'appointment.approved',
        actor: { role: actor.role, ref: actor.key },
        subject: { kind: 'appointment', id: appointmentId },
        revision: await confirmRequest(tx, appointment, 'approved', now),
        facts: { sessionId: appointment.sessionId },
      });
      tx.afterCommit(() => tools.wake(actor.organisationId, appointment.sessionId));
      return appointmentId;
    });
    return await seeAppointment(tx, actor, appointmentId);
  });
}
