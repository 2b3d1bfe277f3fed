// Finds an appointment for somebody who may see it; for anyone else it does not exist.
import { isBoundByWindows, isGuestAt, isHost, mayListClient, maySee, type Actor } from '../identity/actor.ts';
import { lifeOf, mayHaveBegun, suggestOutcome, type MeetingLife, type SuggestedOutcome } from '../meetings/life.ts';
import { listLifeEvents } from '../meetings/store-life.ts';
import { meetingDetails, type MeetingDetails, type OutsideObject } from '../meetings/meeting.ts';
import { listOutsideObjects, listOutsideObjectsOf } from '../meetings/store.ts';
import { listResourcesOf, type ResourceGiven } from '../occupancy/store-units.ts';
import type { Transaction, Transactor } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Clock } from '../platform/time/clock.ts';
import { possibilityOf, type Appointment, type Change, type Possibility } from './appointment.ts';
import type { Overridden } from './override.ts';
import { findOverride } from './store-overrides.ts';
import { listSeats } from './store-seats.ts';
import { findAppointment, listAppointments, type ListQuestion } from './store.ts';

export type Reading = { readonly transactor: Pick<Transactor, 'inOrganisation'>; readonly clock: Clock };

/** An appointment with the way into it; null where there is none, and none will come. */
export type AppointmentSeen = { readonly appointment: Appointment; readonly meeting: MeetingDetails | null };

/** With what the asker could do with it now, told by the very rule by which it would be done. */
export type AppointmentRead = AppointmentSeen & {
  readonly actions: Readonly<Record<Change, Possibility>>;
  readonly life: MeetingLife | null;
  /** What its session has been given; hosts of video meetings only for its host. */
  readonly resources: readonly ResourceGiven[];
  /** Who came, and how it seems to have gone, is for its host; null for others. */
  readonly forHost: {
    readonly suggestedOutcome: SuggestedOutcome | null;
    /** Which rules staff overrode for it, and why. */
    readonly override: Overridden | null;
    /** Of a group: whose seats of its session are taken. */
    readonly seats: readonly number[] | null;
  } | null;
};

/** Refusal `not_found`, also for another's; `unauthenticated` for a guest whose link has ended. */
export async function seeAppointment(tx: Transaction, actor: Actor, id: number): Promise<Appointment> {
  const appointment = await findAppointment(tx, id);
  if (appointment && maySee(actor, appointment)) return appointment;
  if (isGuestAt(actor, id)) {
    throw new Refusal(
      'unauthenticated',
      'This link is no longer valid. Use that of the newest mail, or ask for a new one.',
    );
  }
  throw new Refusal('not_found', 'There is no appointment with that id.');
}

/** Refusal `not_found`. */
export async function readAppointment(tools: Reading, actor: Actor, id: number): Promise<AppointmentRead> {
  return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    const appointment = await seeAppointment(tx, actor, id);
    const now = tools.clock.now();
    const host = isHost(actor, appointment.practitionerId);
    const group = appointment.capacity > 1;
    const [objects, override, told, given, seats] = await Promise.all([
      listOutsideObjects(tx, appointment.sessionId),
      host ? findOverride(tx, id) : null,
      // Whoever has just booked is not kept waiting for it.
      mayHaveBegun(appointment, now) ? listLifeEvents(tx, appointment.sessionId) : [],
      listResourcesOf(tx, appointment.sessionId),
      host && group ? listSeats(tx, appointment.sessionId) : null,
    ]);
    const bound = isBoundByWindows(actor, appointment);
    const actions = {
      cancel: possibilityOf(appointment, 'cancel', bound, now),
      reschedule: possibilityOf(appointment, 'reschedule', bound, now),
    };
    const cancelled = appointment.state === 'cancelled';
    const life = cancelled ? null : lifeOf(told, appointment);
    // Of a group it is not known who of them came.
    const suggestedOutcome = group ? null : suggestOutcome(life, appointment, now);
    const forHost = host ? { suggestedOutcome, override, seats } : null;
    const resources = host ? given : given.filter(({ kind }) => kind !== 'video_host');
    return { appointment, meeting: meetingOf(appointment, objects, now), actions, life, resources, forHost };
  });
}

/** A client's appointments by time, one more than asked for if there are more. Refusal `forbidden` for another's list. */
export async function listForClient(tools: Reading, actor: Actor, question: ListQuestion): Promise<AppointmentSeen[]> {
  if (!mayListClient(actor, question.subject)) {
    throw new Refusal('forbidden', 'You can list your own appointments only.');
  }
  return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    const found = await listAppointments(tx, question);
    const objects = await listOutsideObjectsOf(
      tx,
      found.map(({ sessionId }) => sessionId),
    );
    const now = tools.clock.now();
    return found.map((appointment) => ({
      appointment,
      meeting: meetingOf(appointment, objects.get(appointment.sessionId) ?? [], now),
    }));
  });
}

/**
 * A request has no way in yet. A cancelled appointment has none, whatever still stands outside for a moment; nor has one that is over and never
 * got any. Neither is `pending`: whoever waits for that would wait for ever.
 */
function meetingOf(
  appointment: Appointment,
  objects: readonly OutsideObject[],
  now: Temporal.Instant,
): MeetingDetails | null {
  if (appointment.state === 'cancelled' || appointment.state === 'pending') return null;
  const meeting = meetingDetails(appointment.platform, objects);
  const over = Temporal.Instant.compare(appointment.end, now) <= 0;
  return over && meeting?.status !== 'ready' ? null : meeting;
}
