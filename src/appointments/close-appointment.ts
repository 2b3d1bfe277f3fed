// Says how an appointment went: it took place, or the client did not come. Nothing outside follows from it, and nobody is
// written to. One outcome is set right by the other.
import { mayClose, type Actor } from '../identity/actor.ts';
import { record, type Entry } from '../journal/record.ts';
import { lockTimeOf } from '../occupancy/store.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { doOnce, checkVersion, type VersionedCall } from '../practitioners/call.ts';
import { Refusal } from '../platform/refusal.ts';
import { closes, type Appointment, type Outcome } from './appointment.ts';
import type { BookingTools } from './booking.ts';
import { seeAppointment } from './find-appointment.ts';
import { setState } from './store.ts';

export type CloseTools = Pick<BookingTools, 'transactor' | 'clock'>;

const EVENT_OF = { completed: 'appointment.completed', no_show: 'appointment.not_attended' } as const;

/**
 * The appointment as it then is; closing it again as it is closed changes nothing. `call.expected`: revisions. Refusals:
 * `not_found`, `forbidden`, `version_mismatch`, `appointment_cancelled`, `appointment_not_begun`.
 */
export async function closeAppointment(
  tools: CloseTools,
  actor: Actor,
  request: { readonly appointmentId: number; readonly outcome: Outcome; readonly call: VersionedCall },
): Promise<Appointment> {
  const { appointmentId, outcome, call } = request;
  return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    await doOnce(tx, call, async () => {
      const appointment = await lockToClose(tx, actor, appointmentId);
      const now = tools.clock.now();
      // Done already is done, whatever version was seen.
      if (!closes(appointment, outcome, now)) return appointmentId;
      checkVersion(call, appointment.revision);
      await writeOutcome(tx, appointment, outcome, { at: now, actor: { role: actor.role, ref: actor.key } });
      return appointmentId;
    });
    return await seeAppointment(tx, actor, appointmentId);
  });
}

/** The outcome, and the entry that says whose word it is. Its time must be locked. */
export async function writeOutcome(
  tx: Transaction,
  appointment: Appointment,
  outcome: Outcome,
  by: Pick<Entry, 'at' | 'actor' | 'facts'>,
): Promise<void> {
  await record(tx, {
    ...by,
    event: EVENT_OF[outcome],
    subject: { kind: 'appointment', id: appointment.id },
    revision: await setState(tx, appointment, outcome),
    facts: { sessionId: appointment.sessionId, was: appointment.state, ...by.facts },
  });
}

/** The appointment for its host, its time locked. Refusals `not_found`, `forbidden`. */
export async function lockToClose(tx: Transaction, actor: Actor, id: number): Promise<Appointment> {
  const seen = await seeAppointment(tx, actor, id);
  if (!mayClose(actor, seen)) throw new Refusal('forbidden', 'Only the host of an appointment says how it went.');
  await lockTimeOf(tx, [seen.practitionerId], seen.clientSubject);
  return await seeAppointment(tx, actor, id);
}
