// Ends a request that nobody decided in time, and frees its time: by the worker, when the clock says so, or by whoever needs
// the time, so that no request blocks a calendar for ever where no worker runs. A grace lies between its deadline and this,
// as with holds: clocks of two machines differ, and nobody decides what another has ended.
import { record } from '../journal/record.ts';
import { releaseTimeOf } from '../occupancy/inherit-time.ts';
import { HOLD_GRACE_SECONDS, type Stretch } from '../occupancy/occupancy.ts';
import { lockTimeOf } from '../occupancy/store.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Appointment } from './appointment.ts';
import type { Reading } from './find-appointment.ts';
import { cancelSession, findAppointment } from './store.ts';
import { listLapsed } from './store-requests.ts';
import { reopenEntryOf } from './store-waitlist.ts';

/** Who stands in the journal for it. */
const CLOCK = { role: 'system', ref: 'request-deadline' } as const;

/** When a request that can be decided until `decideBy` is ended. */
export function lapsesAt(decideBy: Temporal.Instant): Temporal.Instant {
  return decideBy.add({ seconds: HOLD_GRACE_SECONDS });
}

/** Whether it was ended, now. */
export async function lapseRequest(
  tools: Reading,
  { organisationId, appointmentId }: { readonly organisationId: number; readonly appointmentId: number },
): Promise<boolean> {
  return await tools.transactor.inOrganisation(organisationId, async (tx) => {
    const seen = await findAppointment(tx, appointmentId);
    if (!seen) return false;
    await lockTimeOf(tx, [seen.practitionerId], seen.clientSubject);
    const appointment = await findAppointment(tx, appointmentId);
    const now = tools.clock.now();
    const due = appointment?.state === 'pending' && appointment.decideBy && lapsesAt(appointment.decideBy);
    if (!appointment || !due || Temporal.Instant.compare(due, now) > 0) return false;
    await lapse(tx, appointment, now);
    return true;
  });
}

/** Those in the way of a stretch, and those that inherit it from them, having run out themselves. Expects its time to be locked. */
export async function lapseRequestsIn(
  tx: Transaction,
  practitionerId: number,
  stretch: Stretch,
  now: Temporal.Instant,
): Promise<void> {
  const until = now.subtract({ seconds: HOLD_GRACE_SECONDS });
  for (let ended = true; ended;) {
    ended = false;
    for (const id of await listLapsed(tx, practitionerId, stretch, until)) {
      const appointment = await findAppointment(tx, id);
      if (!appointment) continue;
      await lapse(tx, appointment, now);
      ended = true;
    }
  }
}

async function lapse(tx: Transaction, appointment: Appointment, now: Temporal.Instant): Promise<void> {
  const { id, sessionId, awaits } = appointment;
  const revision = await cancelSession(tx, appointment, { by: null, late: false, decision: 'lapsed' }, now);
  const heirs = await releaseTimeOf(tx, { at: now, actor: CLOCK }, sessionId);
  await reopenEntryOf(tx, id);
  await record(tx, {
    at: now,
    event: 'appointment.lapsed',
    actor: CLOCK,
    subject: { kind: 'appointment', id },
    revision,
    facts: { sessionId, awaited: awaits, inheritedBy: heirs },
  });
}
