// Gives an appointment its meeting: the platform, where none was chosen at booking, and the words that host or staff want
// on it. What is asked for already changes nothing.
import { isHost, type Actor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import type { OutsideObject } from '../meetings/meeting.ts';
import { platformsWith, type Platform } from '../meetings/provider.ts';
import { listOutsideObjects } from '../meetings/store.ts';
import { lockTimeOf } from '../occupancy/store.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { Refusal, type FieldFault } from '../platform/refusal.ts';
import { parseStart, type Wall } from '../platform/time/wall-clock.ts';
import { readPractitioner, readSessionType } from '../practitioners/store.ts';
import { lengthMinutes, refuseCancelled, refuseOver, type Appointment } from './appointment.ts';
import { refusePlatform, type BookingTools } from './booking.ts';
import { requireSame, type Claim } from './client.ts';
import { seeAppointment } from './find-appointment.ts';
import { listNotes, putNote, setMeeting } from './store.ts';

export type MeetingRequest = {
  readonly appointmentId: number;
  /** null: no meeting is asked for, a calendar event alone. */
  readonly platform: Platform | null;
  readonly hostEmail: { readonly pointer: string; readonly value: string | undefined };
  readonly guestEmail: { readonly pointer: string; readonly value: string | undefined };
  readonly start: {
    readonly pointer: string;
    readonly wall: string | Wall;
    /** Of a wall time; without one the practitioner's. */
    readonly zone: string | undefined;
  } | null;
  readonly minutes: { readonly pointer: string; readonly value: number | undefined };
  /** Used when host, staff or a service asks; from a client only checked for form. */
  readonly topic: string | null;
  readonly description: string | null;
};

/** The appointment as it then is, and the objects that stood outside for it before anything was changed, if anything was. */
export type MeetingSet = { readonly appointment: Appointment; readonly before: readonly OutsideObject[] | null };

/** Refusals: `not_found`, `does_not_match`, `meeting_elsewhere`, `mode_not_offered`, those of its state and of the platform. */
export async function setMeetingOf(
  tools: BookingTools,
  actor: Actor,
  request: MeetingRequest,
  once: Once,
): Promise<MeetingSet> {
  return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    const earlier = await once.claim(tx);
    if (earlier) return { appointment: await replayed(tx, actor, request.appointmentId), before: null };
    const seen = await seeAppointment(tx, actor, request.appointmentId);
    await lockTimeOf(tx, [seen.practitionerId], seen.clientSubject);
    const appointment = await seeAppointment(tx, actor, request.appointmentId);
    refuseOver(appointment, tools.clock.now());
    refuseMismatch(appointment, request);
    const platform = request.platform ?? appointment.platform;
    if (appointment.platform !== null && platform !== appointment.platform) {
      throw new Refusal(
        'meeting_elsewhere',
        `This appointment is held on ${appointment.platform}. Ask for that meeting.`,
        {
          extra: { platform: appointment.platform },
        },
      );
    }
    const newPlatform = platform !== appointment.platform;
    // The platform is in the address of the call; what of the body is at fault is the appointment.
    if (newPlatform) {
      const fault = { pointer: '/appointmentId', message: 'cannot be held on this platform' };
      refuseOtherwise(appointment, fault);
      const practitioner = await readPractitioner(tx, appointment.practitionerId);
      const sessionType = await readSessionType(tx, appointment.sessionTypeId);
      refusePlatform(platformsWith(tools, practitioner), sessionType, { platform, fault });
    }
    const newWords = isHost(actor, appointment.practitionerId) && (await putWords(tx, request));
    await once.settle(tx, 201, appointment.id);
    if (!newPlatform && !newWords) return { appointment, before: null };
    const before = await listOutsideObjects(tx, appointment.sessionId);
    return { appointment: await change(tools, tx, actor, appointment, platform), before };
  });
}

/**
 * What a repeat under the first call's key is answered from: the appointment as it is now. Nothing is compared or written
 * again, since time and words may have changed since, rightly. What was made for it still stands when it is moved or over,
 * and is handed out; of a cancelled one nothing stands any more. Refusals `not_found`, `appointment_cancelled`.
 */
async function replayed(tx: Transaction, actor: Actor, id: number): Promise<Appointment> {
  const appointment = await seeAppointment(tx, actor, id);
  refuseCancelled(appointment);
  return appointment;
}

async function change(
  tools: BookingTools,
  tx: Transaction,
  actor: Actor,
  appointment: Appointment,
  platform: Platform | null,
): Promise<Appointment> {
  const now = tools.clock.now();
  const revision = await setMeeting(tx, appointment, platform, now);
  await record(tx, {
    at: now,
    event: 'appointment.platform_set',
    actor: { role: actor.role, ref: actor.key },
    subject: { kind: 'appointment', id: appointment.id },
    revision,
    facts: { sessionId: appointment.sessionId, platform },
  });
  tx.afterCommit(() => tools.wake(actor.organisationId, appointment.sessionId));
  return { ...appointment, platform, revision };
}

/** What was to be in person or by phone has no video meeting. Refusal `mode_not_offered`. */
function refuseOtherwise({ mode }: Appointment, fault: FieldFault): void {
  if (mode === null || mode === 'online') return;
  throw new Refusal(
    'mode_not_offered',
    `This appointment is held ${mode === 'phone' ? 'by phone' : 'in person'}, as was said when it was booked. Book one that is online.`,
    { errors: [fault], extra: { modes: [mode] } },
  );
}

/** Whether any of the words is new. */
async function putWords(tx: Transaction, request: MeetingRequest): Promise<boolean> {
  const kept = await listNotes(tx, request.appointmentId);
  let changed = false;
  for (const kind of ['topic', 'description'] as const) {
    const words = request[kind];
    if (words === null || words === kept[kind]) continue;
    await putNote(tx, request.appointmentId, kind, words);
    changed = true;
  }
  return changed;
}

/** What a caller repeats of the appointment must be so. */
function refuseMismatch(appointment: Appointment, request: MeetingRequest): void {
  const claims: Claim[] = [
    { pointer: request.hostEmail.pointer, given: request.hostEmail.value, kept: appointment.practitionerEmail },
    { pointer: request.guestEmail.pointer, given: request.guestEmail.value, kept: appointment.clientEmail },
    {
      pointer: request.minutes.pointer,
      given: request.minutes.value?.toString(),
      kept: String(lengthMinutes(appointment)),
    },
  ];
  if (request.start) {
    const { wall, pointer, zone = appointment.zone } = request.start;
    const { instant } = parseStart(wall, { zone, pointer });
    claims.push({ pointer, given: instant.toString(), kept: appointment.start.toString() });
  }
  requireSame(claims);
}
