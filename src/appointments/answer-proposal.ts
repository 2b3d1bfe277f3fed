// The client's answer to a time that was proposed: accepted, the appointment is confirmed at it; refused, the request is
// withdrawn, and the time free. Either again is answered as once.
import { mayAnswer, type Actor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import { releaseTimeOf } from '../occupancy/inherit-time.ts';
import { lockTimeOf } from '../occupancy/store.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import { checkVersion, doOnce, type VersionedCall } from '../practitioners/call.ts';
import type { Appointment } from './appointment.ts';
import type { DecisionTools } from './approve-request.ts';
import { seeAppointment } from './find-appointment.ts';
import { accepts, refuses } from './request.ts';
import { cancelSession } from './store.ts';
import { confirmRequest } from './store-requests.ts';
import { reopenEntryOf } from './store-waitlist.ts';

/**
 * The appointment as it then is. Refusals: `not_found`, `forbidden`, `version_mismatch`, `appointment_cancelled`,
 * `request_lapsed`, `nothing_to_decide`.
 */
export async function answerProposal(
  tools: DecisionTools,
  actor: Actor,
  request: { readonly appointmentId: number; readonly accepted: boolean; readonly call: VersionedCall },
): Promise<Appointment> {
  const { appointmentId, accepted, call } = request;
  return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    await doOnce(tx, call, async () => {
      const seen = await seeAppointment(tx, actor, appointmentId);
      if (!mayAnswer(actor, seen)) throw new Refusal('forbidden', 'The client answers what was proposed.');
      await lockTimeOf(tx, [seen.practitionerId], seen.clientSubject);
      const appointment = await seeAppointment(tx, actor, appointmentId);
      const now = tools.clock.now();
      if (!(accepted ? accepts(appointment, now) : refuses(appointment))) return appointmentId;
      checkVersion(call, appointment.revision);
      await (accepted ? accept : refuse)(tx, actor, appointment, now);
      tx.afterCommit(() => tools.wake(actor.organisationId, appointment.sessionId));
      return appointmentId;
    });
    return await seeAppointment(tx, actor, appointmentId);
  });
}

async function accept(tx: Transaction, actor: Actor, appointment: Appointment, now: Temporal.Instant): Promise<void> {
  await record(tx, {
    at: now,
    event: 'appointment.accepted',
    actor: { role: actor.role, ref: actor.key },
    subject: { kind: 'appointment', id: appointment.id },
    revision: await confirmRequest(tx, appointment, 'accepted', now),
    facts: { sessionId: appointment.sessionId },
  });
}

async function refuse(tx: Transaction, actor: Actor, appointment: Appointment, now: Temporal.Instant): Promise<void> {
  const did = { at: now, actor: { role: actor.role, ref: actor.key } };
  const by = actor.role === 'staff' || actor.role === 'service' ? actor.role : 'client';
  const revision = await cancelSession(tx, appointment, { by, late: false }, now);
  const heirs = await releaseTimeOf(tx, did, appointment.sessionId);
  await reopenEntryOf(tx, appointment.id);
  await record(tx, {
    ...did,
    event: 'appointment.cancelled',
    subject: { kind: 'appointment', id: appointment.id },
    revision,
    facts: { sessionId: appointment.sessionId, inheritedBy: heirs, proposal: true },
  });
}
