// The life of an appointment, pure.
//
// A booking makes it `confirmed` (or `pending`, where a practitioner approves each one). From there it is rescheduled any
// number of times, each raising its revision, until it is `cancelled`, or its time passes and somebody says `completed` or
// `no_show`. A cancelled one stays as it is: cancelling again changes nothing and is no error, everything else is refused.
// What has begun cannot be moved, what is over cannot be cancelled.
import type { Platform } from '../meetings/provider.ts';
import { Refusal } from '../platform/refusal.ts';

export type AppointmentState = 'pending' | 'confirmed' | 'cancelled' | 'completed' | 'no_show';

export type Appointment = {
  readonly id: number;
  readonly sessionId: number;
  readonly state: AppointmentState;
  readonly revision: number;
  readonly practitionerId: number;
  readonly practitionerName: string;
  readonly practitionerEmail: string;
  readonly clientSubject: string;
  readonly clientEmail: string;
  readonly sessionTypeId: number;
  readonly sessionType: string;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  /** The practitioner's zone when the time was agreed. */
  readonly zone: string;
  readonly platform: Platform | null;
};

export function lengthMinutes(appointment: Pick<Appointment, 'start' | 'end'>): number {
  return Math.round((appointment.end.epochMilliseconds - appointment.start.epochMilliseconds) / 60_000);
}

/** Whether cancelling has anything to do. Refusals `appointment_closed`, `appointment_in_past`. */
export function cancels(appointment: Appointment, now: Temporal.Instant): boolean {
  if (appointment.state === 'cancelled') return false;
  refuseClosed(appointment);
  if (Temporal.Instant.compare(appointment.end, now) <= 0) {
    throw new Refusal('appointment_in_past', 'This appointment is over and can no longer be cancelled.');
  }
  return true;
}

/** Whether moving it to `start` has anything to do. Refusals as its state demands. */
export function moves(appointment: Appointment, start: Temporal.Instant, now: Temporal.Instant): boolean {
  refuseCancelled(appointment);
  refuseClosed(appointment);
  if (Temporal.Instant.compare(appointment.start, now) <= 0) {
    throw new Refusal('appointment_in_past', 'This appointment has begun and can no longer be moved. Book a new one.');
  }
  return !appointment.start.equals(start);
}

/** Whether it can still be given a meeting. */
export function refuseOver(appointment: Appointment, now: Temporal.Instant): void {
  refuseCancelled(appointment);
  refuseClosed(appointment);
  if (Temporal.Instant.compare(appointment.end, now) <= 0) {
    throw new Refusal('appointment_in_past', 'This appointment is over.');
  }
}

export function refuseCancelled(appointment: Appointment): void {
  if (appointment.state === 'cancelled') {
    throw new Refusal('appointment_cancelled', 'This appointment was cancelled. Book a new one.');
  }
}

function refuseClosed(appointment: Appointment): void {
  if (appointment.state === 'completed' || appointment.state === 'no_show') {
    throw new Refusal('appointment_closed', 'This appointment is closed and cannot be changed any more.');
  }
}
