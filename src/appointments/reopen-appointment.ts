// Takes back that an appointment was closed: it is as it was before anybody said how it went.
import type { Actor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import { checkVersion, doOnce, type VersionedCall } from '../practitioners/call.ts';
import { reopens, type Appointment } from './appointment.ts';
import { lockToClose, type CloseTools } from './close-appointment.ts';
import { seeAppointment } from './find-appointment.ts';
import { setState } from './store.ts';

/**
 * The appointment as it then is; one that is open stays as it is. Refusals: `not_found`, `forbidden`, `version_mismatch`,
 * `appointment_cancelled`.
 */
export async function reopenAppointment(
  tools: CloseTools,
  actor: Actor,
  request: { readonly appointmentId: number; readonly call: VersionedCall },
): Promise<Appointment> {
  const { appointmentId, call } = request;
  return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    await doOnce(tx, call, async () => {
      const appointment = await lockToClose(tx, actor, appointmentId);
      if (!reopens(appointment)) return appointmentId;
      checkVersion(call, appointment.revision);
      const revision = await setState(tx, appointment, 'confirmed');
      await record(tx, {
        at: tools.clock.now(),
        event: 'appointment.reopened',
        actor: { role: actor.role, ref: actor.key },
        subject: { kind: 'appointment', id: appointmentId },
        revision,
        facts: { sessionId: appointment.sessionId, was: appointment.state },
      });
      return appointmentId;
    });
    return await seeAppointment(tx, actor, appointmentId);
  });
}
