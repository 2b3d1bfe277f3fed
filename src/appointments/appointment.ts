// The life of an appointment, pure.
//
// A booking makes it `confirmed`; or `pending`, a request, where a practitioner approves each one. A request waits for the
// practitioner until its deadline: approved, it is confirmed; declined, it is cancelled; or another time is proposed, the
// time is moved there, and the client's word is waited for, until a deadline again: accepted, it is confirmed; refused, it
// is cancelled. A client who moves a request asks anew. Whatever nobody decides in time has lapsed, and is cancelled. A
// request takes its time and has no meeting; it is cancelled as any other, and not closed.
//
// One that is confirmed is rescheduled any number of times, each raising its revision, until it is `cancelled`, or its time comes and the host says `completed` or
// `no_show`. A cancelled one stays as it is: cancelling again changes nothing and is no error, everything else is refused.
// What has begun cannot be moved, what is over cannot be cancelled. A closed one is neither moved nor cancelled, but the host
// may have been wrong: one outcome is set right by the other, or the appointment reopened. Windows bind clients alone; what
// others do within one is late all the same.
import type { Platform } from '../meetings/provider.ts';
import { Refusal, type RefusalCode } from '../platform/refusal.ts';
import { wallOf } from '../platform/time/wall-clock.ts';
import type { Mode } from '../practitioners/session-type.ts';
import type { Windows } from '../practitioners/windows.ts';

/** Whose word a request waits for. */
export const AWAITED = ['practitioner', 'client'] as const;
export type Party = (typeof AWAITED)[number];

/** How a request ended. */
export const DECISIONS = ['approved', 'accepted', 'declined', 'lapsed'] as const;
export type Decision = (typeof DECISIONS)[number];

export const STATES = ['pending', 'confirmed', 'cancelled', 'completed', 'no_show'] as const;
export type AppointmentState = (typeof STATES)[number];

/** Whose wish it was. */
export const CANCELLERS = ['client', 'practitioner', 'staff', 'service'] as const;
export type Canceller = (typeof CANCELLERS)[number];
export type Outcome = Extract<AppointmentState, 'completed' | 'no_show'>;

/** With the windows in force now: hers, or the session type's own. */
export type Appointment = Windows & {
  readonly id: number;
  readonly sessionId: number;
  readonly state: AppointmentState;
  readonly revision: number;
  readonly practitionerId: number;
  readonly practitionerName: string;
  readonly practitionerEmail: string;
  readonly clientSubject: string;
  readonly clientEmail: string;
  readonly clientId: number;
  /** Links to manage it that bear another are over. */
  readonly linkGeneration: number;
  readonly sessionTypeId: number;
  readonly sessionType: string;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  /** The practitioner's zone when the time was agreed. */
  readonly zone: string;
  readonly platform: Platform | null;
  /** As it was said at booking. */
  readonly mode: Mode | null;
  /** Seats of its session; more than one: a group's. */
  readonly capacity: number;
  /** Whether she takes bookings now. */
  readonly practitionerActive: boolean;
  readonly cancelledBy: Canceller | null;
  readonly cancelledAt: Temporal.Instant | null;
  readonly lateCancellation: boolean;
  /** Of a request: until when it can be decided, and by whom. */
  readonly decideBy: Temporal.Instant | null;
  readonly awaits: Party | null;
  readonly decision: Decision | null;
  /** How often it was moved within the window. */
  readonly lateMoves: number;
  /** Of one of the dates of a series: which one. */
  readonly seriesId?: number | null;
  readonly seriesIndex?: number | null;
};

export function lengthMinutes(appointment: Pick<Appointment, 'start' | 'end'>): number {
  return Math.round((appointment.end.epochMilliseconds - appointment.start.epochMilliseconds) / 60_000);
}

export type Change = 'cancel' | 'reschedule';

/** What can stand against a change, whoever asks. */
export type Hindrance = Extract<
  RefusalCode,
  | 'appointment_cancelled'
  | 'appointment_closed'
  | 'appointment_in_past'
  | 'practitioner_not_bookable'
  | 'cancellation_window_closed'
  | 'reschedule_window_closed'
>;

export type Possibility = {
  /** null: it can be done now. */
  readonly reason: Hindrance | null;
  /** When it could no longer be done: a window's end itself still counts, the start or end of the appointment does not. */
  readonly until: Temporal.Instant | null;
  /** After this instant it is late; null where there is no window. */
  readonly onTimeUntil: Temporal.Instant | null;
  readonly late: boolean;
};

/** Whether a change can be made at `now`, and until when. `bound`: whether the windows bind who asks. */
export function possibilityOf(
  appointment: Appointment,
  change: Change,
  bound: boolean,
  now: Temporal.Instant,
): Possibility {
  const { state, start, end } = appointment;
  if (state === 'cancelled') return { reason: 'appointment_cancelled', until: null, onTimeUntil: null, late: false };
  if (isClosed(state)) return { reason: 'appointment_closed', until: null, onTimeUntil: null, late: false };
  const moving = change === 'reschedule';
  const minutes = moving ? appointment.rescheduleWindowMinutes : appointment.cancellationWindowMinutes;
  const latePolicy = moving ? appointment.lateReschedules : appointment.lateCancellations;
  const onTimeUntil = minutes === 0 ? null : start.subtract({ minutes });
  const late = onTimeUntil !== null && Temporal.Instant.compare(now, onTimeUntil) > 0;
  const over = moving ? start : end;
  const shut = bound && latePolicy === 'refuse';
  const until = shut && onTimeUntil !== null ? onTimeUntil : over;
  const reason = ((): Hindrance | null => {
    if (Temporal.Instant.compare(over, now) <= 0) return 'appointment_in_past';
    if (moving && !appointment.practitionerActive) return 'practitioner_not_bookable';
    if (late && shut) return moving ? 'reschedule_window_closed' : 'cancellation_window_closed';
    return null;
  })();
  return { reason, until, onTimeUntil, late };
}

/** How cancelling is done, or null where it is done already. Refusals as `possibilityOf` has reasons. */
export function cancels(
  appointment: Appointment,
  bound: boolean,
  now: Temporal.Instant,
): { readonly late: boolean } | null {
  if (appointment.state === 'cancelled') return null;
  const { reason, until, late } = possibilityOf(appointment, 'cancel', bound, now);
  if (reason !== null) throw refusalFor(appointment, 'cancel', reason, until);
  return { late };
}

/** These stand against another time, and not against staying where it is. */
const NO_HINDRANCE_TO_STAYING: ReadonlySet<Hindrance> = new Set([
  'practitioner_not_bookable',
  'reschedule_window_closed',
]);

/** How moving it to `start` is done, or null where it is there already. Refusals as `possibilityOf` has reasons. */
export function moves(
  appointment: Appointment,
  start: Temporal.Instant,
  bound: boolean,
  now: Temporal.Instant,
): { readonly late: boolean } | null {
  const { reason, until, late } = possibilityOf(appointment, 'reschedule', bound, now);
  const stays = appointment.start.equals(start);
  if (reason !== null && !(stays && NO_HINDRANCE_TO_STAYING.has(reason))) {
    throw refusalFor(appointment, 'reschedule', reason, until);
  }
  return stays ? null : { late };
}

function refusePending({ state }: Appointment): void {
  if (state === 'pending') throw new Refusal('appointment_pending', 'This appointment has not been approved yet.');
}

/** Whether closing has anything to do. Refusals `appointment_cancelled`, `appointment_pending`, `appointment_not_begun`. */
export function closes(appointment: Appointment, outcome: Outcome, now: Temporal.Instant): boolean {
  refuseCancelled(appointment);
  refusePending(appointment);
  if (Temporal.Instant.compare(now, appointment.start) < 0) {
    throw new Refusal('appointment_not_begun', 'This appointment has not begun: nobody knows yet how it went.', {
      extra: { from: appointment.start.toString() },
    });
  }
  return appointment.state !== outcome;
}

/** Whether reopening has anything to do. Refusal `appointment_cancelled`. */
export function reopens(appointment: Appointment): boolean {
  refuseCancelled(appointment);
  return isClosed(appointment.state);
}

function isClosed(state: AppointmentState): state is Outcome {
  return state === 'completed' || state === 'no_show';
}

function refusalFor(
  appointment: Appointment,
  change: Change,
  reason: Hindrance,
  until: Temporal.Instant | null,
): Refusal {
  const said = {
    appointment_cancelled: 'This appointment was cancelled. Book a new one.',
    appointment_closed: 'This appointment is closed and cannot be changed any more.',
    appointment_in_past:
      change === 'cancel'
        ? 'This appointment is over and can no longer be cancelled.'
        : 'This appointment has begun and can no longer be moved. Book a new one.',
    practitioner_not_bookable: 'This practitioner takes no bookings at the moment. Choose another.',
    cancellation_window_closed: `It could be cancelled until ${sayUntil(appointment, until)}. Please contact the practice.`,
    reschedule_window_closed: `It could be moved until ${sayUntil(appointment, until)}. Please contact the practice.`,
  }[reason];
  // What closes by itself says when it did.
  const tells = until !== null && reason.endsWith('_window_closed');
  return new Refusal(reason, said, tells ? { extra: { until: until.toString() } } : {});
}

function sayUntil({ zone }: Appointment, until: Temporal.Instant | null): string {
  if (until === null) return 'now';
  const { date, time } = wallOf(until, zone);
  return `${date} ${time.slice(0, 5)} (${zone})`;
}

/** Whether it can still be given a meeting. */
export function refuseOver(appointment: Appointment, now: Temporal.Instant): void {
  refuseCancelled(appointment);
  refusePending(appointment);
  if (isClosed(appointment.state)) throw refusalFor(appointment, 'cancel', 'appointment_closed', null);
  if (Temporal.Instant.compare(appointment.end, now) <= 0) {
    throw new Refusal('appointment_in_past', 'This appointment is over.');
  }
}

export function refuseCancelled(appointment: Appointment): void {
  if (appointment.state === 'cancelled') {
    throw new Refusal('appointment_cancelled', 'This appointment was cancelled. Book a new one.');
  }
}
