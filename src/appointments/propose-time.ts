// Proposes another time for a request: the request is moved there and holds it, and the client's word is waited for. The
// time it asked for is given up: the practitioner has said that it will not be.
import { mayClose, type Actor } from '../identity/actor.ts';
import { checkVersion, doOnce, type VersionedCall } from '../practitioners/call.ts';
import { readSessionType } from '../practitioners/store.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Appointment } from './appointment.ts';
import type { BookingTools } from './booking.ts';
import type { StartAsked } from './diary.ts';
import { orAlternatives } from './find-instead.ts';
import { seeAppointment } from './find-appointment.ts';
import { refuseProposing } from './request.ts';
import { lockToMove, moveTo } from './reschedule-appointment.ts';

/**
 * The appointment as it then is; another proposal takes the place of one before. Refusals: `not_found`, `forbidden`,
 * `version_mismatch`, `appointment_cancelled`, `request_lapsed`, `nothing_to_decide`, and those of moving it.
 */
export async function proposeTime(
  tools: BookingTools,
  actor: Actor,
  request: { readonly appointmentId: number; readonly start: StartAsked; readonly call: VersionedCall },
): Promise<Appointment> {
  const { appointmentId, start, call } = request;
  return await orAlternatives(tools, actor, (onMeant) =>
    tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
      await doOnce(tx, call, async () => {
        const seen = await seeAppointment(tx, actor, appointmentId);
        if (!mayClose(actor, seen)) throw new Refusal('forbidden', 'Only the host of an appointment decides on it.');
        const session = await lockToMove(tools, tx, seen);
        const appointment = await seeAppointment(tx, actor, appointmentId);
        refuseProposing(appointment, tools.clock.now());
        checkVersion(call, appointment.revision);
        const { practitionerId, sessionTypeId: id } = appointment;
        onMeant({ practitionerId, session, clientSubject: appointment.clientSubject, moved: appointment });
        const { approvalMinutes } = await readSessionType(tx, id);
        const asking = { awaits: 'client', approvalMinutes } as const;
        await moveTo(tools, tx, actor, appointment, start, { asking, override: null, session });
        return appointmentId;
      });
      return await seeAppointment(tx, actor, appointmentId);
    }),
  );
}
