// Where an appointment could be moved to: the free starts for its own length and kind, offered still or not, its own time not in
// the way. Judged by the rule that judges the move.
import { findSlots, type SlotTools } from '../availability/find-slots.ts';
import type { Slot } from '../availability/slots.ts';
import { isBoundByWindows, type Actor } from '../identity/actor.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { minuteOf } from '../platform/time/wall-clock.ts';
import { possibilityOf, type Hindrance } from './appointment.ts';
import { seeAppointment } from './find-appointment.ts';
import { soughtFor } from './needs.ts';
import { countOthers } from './store-seats.ts';

export type FreeTimesQuestion = {
  readonly appointmentId: number;
  /** First and last day, both included, in `timeZone`, or in the practitioner's zone. */
  readonly from: string;
  readonly to: string;
  readonly timeZone: string | undefined;
};

export type FreeTimes = {
  readonly timeZone: string;
  /** Why it cannot be moved at all now, and so to none of them. */
  readonly reason: Hindrance | null;
  readonly times: readonly Pick<Slot, 'start' | 'end'>[];
};

/** Without the start it has. Refusals: `not_found`, `unauthenticated`, `invalid_request` for the stretch. */
export async function findFreeTimes(tools: SlotTools, actor: Actor, question: FreeTimesQuestion): Promise<FreeTimes> {
  const { organisationId } = actor;
  const { appointmentId, from, to, timeZone } = question;
  const { appointment, session, stays } = await tools.transactor.inOrganisation(
    organisationId,
    (tx) => readToMove(tools, tx, actor, appointmentId),
    { readOnly: true },
  );
  const bound = isBoundByWindows(actor, appointment);
  const { reason } = possibilityOf(appointment, 'reschedule', bound, tools.clock.now());
  if (reason !== null) return { timeZone: timeZone ?? appointment.zone, reason, times: [] };
  const found = await findSlots(tools, {
    organisationId,
    practitionerId: appointment.practitionerId,
    sessionType: session,
    from,
    to,
    timeZone,
    ...(stays ? { leaving: minuteOf(appointment.start) } : { except: appointment.sessionId }),
    clientSubject: appointment.clientSubject,
  });
  const own = minuteOf(appointment.start);
  const times = found.days.flatMap(({ slots }) => slots.filter(({ available, start }) => available && start !== own));
  return { timeZone: found.timeZone, reason, times };
}

async function readToMove(tools: SlotTools, tx: Transaction, actor: Actor, id: number) {
  const appointment = await seeAppointment(tx, actor, id);
  const desk = tools.desks.recall(tx.organisationId, appointment.practitionerId);
  return {
    appointment,
    session: await soughtFor(tx, desk, appointment),
    /** A group's session keeps its time for those who stay. */
    stays: appointment.capacity > 1 && (await countOthers(tx, appointment, tools.clock.now())) > 0,
  };
}
