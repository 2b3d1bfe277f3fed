// A request: an appointment that waits to be decided, pure. Its life among the others is told in appointment.ts; here is who
// can decide what, and until when.
import { Refusal } from '../platform/refusal.ts';
import { refuseCancelled, type Appointment } from './appointment.ts';

/** What makes a new appointment a request; null: it is confirmed at once. */
export type Requested = { readonly decideBy: Temporal.Instant };

/** Until when a request made or proposed now waits: so long, and never beyond its start. */
export function decideByOf(now: Temporal.Instant, approvalMinutes: number, start: Temporal.Instant): Temporal.Instant {
  const at = now.add({ minutes: approvalMinutes });
  return Temporal.Instant.compare(at, start) < 0 ? at : start;
}

/**
 * Whether approving has anything to do: what is confirmed stays so. Refusals `appointment_cancelled`, `request_lapsed`,
 * `nothing_to_decide`.
 */
export function approves(appointment: Appointment, now: Temporal.Instant): boolean {
  refuseCancelled(appointment);
  if (appointment.state !== 'pending') return false;
  refuseLapsed(appointment, now);
  if (appointment.awaits === 'practitioner') return true;
  throw new Refusal('nothing_to_decide', 'Another time was proposed: the client decides now.');
}

/** Whether declining has anything to do: what was declined stays so. Refusals `appointment_cancelled`, `nothing_to_decide`. */
export function declines(appointment: Appointment): boolean {
  if (appointment.decision === 'declined') return false;
  refuseCancelled(appointment);
  refuseConfirmed(appointment);
  return true;
}

/** Whether another time may be proposed. Refusals `appointment_cancelled`, `nothing_to_decide`, `request_lapsed`. */
export function refuseProposing(appointment: Appointment, now: Temporal.Instant): void {
  refuseCancelled(appointment);
  refuseConfirmed(appointment);
  refuseLapsed(appointment, now);
}

/** Whether accepting the time proposed has anything to do. Refusals as `approves`. */
export function accepts(appointment: Appointment, now: Temporal.Instant): boolean {
  refuseCancelled(appointment);
  if (appointment.decision === 'accepted') return false;
  refuseUnproposed(appointment);
  refuseLapsed(appointment, now);
  return true;
}

/** Whether refusing the time proposed has anything to do: what is cancelled stays so. Refusal `nothing_to_decide`. */
export function refuses(appointment: Appointment): boolean {
  if (appointment.state === 'cancelled') return false;
  refuseUnproposed(appointment);
  return true;
}

/** Whether a request has run out: nobody can decide it any more. */
function hasLapsed({ state, decideBy }: Appointment, now: Temporal.Instant): boolean {
  return state === 'pending' && decideBy !== null && Temporal.Instant.compare(decideBy, now) <= 0;
}

/** Refusal `request_lapsed`. */
export function refuseLapsed(appointment: Appointment, now: Temporal.Instant): void {
  if (!hasLapsed(appointment, now)) return;
  throw new Refusal('request_lapsed', 'This request was not decided in time. Its time may be somebody else’s.');
}

function refuseConfirmed({ state }: Appointment): void {
  if (state === 'pending') return;
  throw new Refusal('nothing_to_decide', 'This appointment is not a request any more: move or cancel it.');
}

function refuseUnproposed({ state, awaits }: Appointment): void {
  if (state === 'pending' && awaits === 'client') return;
  throw new Refusal('nothing_to_decide', 'No other time is proposed for this appointment.');
}
