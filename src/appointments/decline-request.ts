// Declines a request: its time is free at once, and the client is told. The reason is kept, and mailed to nobody.
import type { Actor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import { releaseTimeOf } from '../occupancy/inherit-time.ts';
import { checkVersion, doOnce, type VersionedCall } from '../practitioners/call.ts';
import type { Appointment, Canceller } from './appointment.ts';
import type { DecisionTools } from './approve-request.ts';
import { lockToClose } from './close-appointment.ts';
import { seeAppointment } from './find-appointment.ts';
import { declines } from './request.ts';
import { reopenEntryOf } from './store-waitlist.ts';
import { cancelSession, putNote } from './store.ts';

/**
 * The appointment as it then is; declining again changes nothing. Refusals: `not_found`, `forbidden`, `version_mismatch`,
 * `appointment_cancelled`, `nothing_to_decide`.
 */
export async function declineRequest(
  tools: DecisionTools,
  actor: Actor,
  request: { readonly appointmentId: number; readonly reason: string | null; readonly call: VersionedCall },
): Promise<Appointment> {
  const { appointmentId, reason, call } = request;
  return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    await doOnce(tx, call, async () => {
      const appointment = await lockToClose(tx, actor, appointmentId);
      if (!declines(appointment)) return appointmentId;
      checkVersion(call, appointment.revision);
      const did = { at: tools.clock.now(), actor: { role: actor.role, ref: actor.key } };
      // Who declines is its host: a client or guest does not come here.
      const how = { by: actor.role as Canceller, late: false, decision: 'declined' } as const;
      const revision = await cancelSession(tx, appointment, how, did.at);
      const heirs = await releaseTimeOf(tx, did, appointment.sessionId);
      await reopenEntryOf(tx, appointmentId);
      if (reason !== null) await putNote(tx, appointmentId, 'decline_reason', reason);
      await record(tx, {
        ...did,
        event: 'appointment.declined',
        subject: { kind: 'appointment', id: appointmentId },
        revision,
        facts: { sessionId: appointment.sessionId, inheritedBy: heirs },
      });
      tx.afterCommit(() => tools.wake(actor.organisationId, appointment.sessionId));
      return appointmentId;
    });
    return await seeAppointment(tx, actor, appointmentId);
  });
}
