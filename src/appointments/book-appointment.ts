// Books: one transaction that locks the time, asks the rule that offered it, takes it and writes down what must follow.
import { findAlternatives } from '../availability/find-alternatives.ts';
import { sessionTypeAt, type Desk } from '../availability/desk.ts';
import type { SlotTools } from '../availability/find-slots.ts';
import { readBusyIn } from '../availability/store.ts';
import { mayBookFor, type Actor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import type { Platform } from '../meetings/provider.ts';
import { lockTimeOf, takeForSession } from '../occupancy/store.ts';
import type { Once } from '../platform/http/idempotency.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal, type FieldFault } from '../platform/refusal.ts';
import { wallOf } from '../platform/time/wall-clock.ts';
import type { Offered } from '../practitioners/session-type.ts';
import { addressOf, decideClient, requireSame, type KnownClient } from './client.ts';
import { deskOf, judgeStart, NotBookable, refusalWith, stretchToRead, type Judged, type StartAsked } from './diary.ts';
import { insertSession, putClient, readBeforeBooking } from './store.ts';

export type BookingTools = SlotTools & {
  /** Platforms this deployment can make meetings on. */
  readonly platforms: ReadonlySet<Platform>;
  /** Called once the booking stands. */
  wake(organisationId: number, sessionId: number): void;
};

export type BookingRequest = {
  readonly userId: string;
  readonly userEmail: string;
  readonly userName: string;
  readonly practitionerId: number;
  readonly practitionerName?: string | undefined;
  readonly start: StartAsked;
  readonly sessionType: string | number;
  readonly platform: Platform | null;
  readonly hostEmail?: string | undefined;
};

export type Booked = { readonly appointmentId: number };

/** The longest that can be on offer (the table's bound), for a stretch read before the session type is known. */
const LONGEST_SESSION_MINUTES = 720;

/**
 * Refusals: `forbidden`, `not_found`, `practitioner_not_bookable`, `unknown_session_type`, `does_not_match`,
 * `platform_not_offered`, `platform_not_configured`, `time_does_not_exist`, and every reason of availability, with
 * `alternatives`.
 */
export async function bookAppointment(
  tools: BookingTools,
  actor: Actor,
  request: BookingRequest,
  once: Once,
): Promise<Booked> {
  if (!mayBookFor(actor, request.userId)) {
    throw new Refusal('forbidden', 'You can book for yourself only: `userId` must be the subject of your token.');
  }
  if (actor.role === 'client') addressOf(actor);
  let meant: Offered | undefined;
  try {
    return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
      const earlier = await once.claim(tx);
      if (earlier?.subjectId != null) return { appointmentId: earlier.subjectId };
      const read = await readForBooking(tools, tx, actor, request, (found) => (meant = found));
      const appointmentId = await write(tools, tx, actor, request, read);
      await once.settle(tx, 201, appointmentId);
      return { appointmentId };
    });
  } catch (error) {
    if (!(error instanceof NotBookable) || !meant) throw error;
    const alternatives = await findAlternatives(tools, {
      organisationId: actor.organisationId,
      practitionerId: request.practitionerId,
      session: meant,
      start: error.start.instant,
    });
    throw refusalWith(error, alternatives);
  }
}

type Read = {
  readonly judged: Judged;
  readonly sessionType: Offered;
  readonly sessionId: number;
  readonly appointmentId: number;
  readonly occupancyId: number;
  readonly client: KnownClient | null;
};

/** Lock, then look: three statements on the wire at once, each seeing what those before it waited for. */
async function readForBooking(
  tools: BookingTools,
  tx: Transaction,
  actor: Actor,
  request: BookingRequest,
  onMeant: (sessionType: Offered) => void,
): Promise<Read> {
  const { practitionerId } = request;
  const seen = tools.desks.recall(actor.organisationId, practitionerId);
  const stretch = stretchToRead(seen, request.start, guessLength(seen, request));
  const guessed = { practitionerId, ...stretch };
  const [, before, busy] = await Promise.all([
    lockTimeOf(tx, [practitionerId], request.userId),
    readBeforeBooking(tx, request.userId),
    readBusyIn(tx, { ...guessed, now: tools.clock.now() }),
  ]);
  const desk = await deskOf(tools, tx, practitionerId, busy);
  requireSame([
    { pointer: '/practitionerName', given: request.practitionerName, kept: desk.practitioner.name },
    { pointer: '/videoMeetingConfig/hostEmail', given: request.hostEmail, kept: desk.practitioner.email },
  ]);
  const sessionType = sessionTypeAt(desk, request.sessionType, '/sessionType');
  onMeant(sessionType);
  const fault = { pointer: '/videoMeetingConfig/platform', message: 'cannot be chosen' };
  refusePlatform(tools, sessionType, { platform: request.platform, fault });
  const judged = await judgeStart(tools, tx, actor, {
    desk,
    busy: busy ?? unreachable(),
    guessed,
    asked: request.start,
    lengthMinutes: sessionType.lengthMinutes,
  });
  return { judged, sessionType, ...before };
}

/** By the desk last seen, which may be out of date; where it does not know the session type, the longest there can be. */
function guessLength(desk: Desk | undefined, request: BookingRequest): number {
  const asked = String(request.sessionType).trim().toLowerCase();
  const offered = desk?.practitioner.offered.find(
    ({ id, name }) => String(id) === asked || name.toLowerCase() === asked,
  );
  return offered?.lengthMinutes ?? LONGEST_SESSION_MINUTES;
}

/** Takes the time and writes everything that hangs on it, in one flight; the occupancy row decides. */
async function write(
  tools: BookingTools,
  tx: Transaction,
  actor: Actor,
  request: BookingRequest,
  read: Read,
): Promise<number> {
  const { judged, sessionType, sessionId, appointmentId, occupancyId } = read;
  const now = tools.clock.now();
  const decision = decideClient(actor, read.client, request);
  const by = { role: actor.role, ref: actor.key };
  let clientId: number;
  if (decision.kind === 'known') clientId = decision.client.id;
  else {
    const kept = await putClient(tx, { subject: request.userId, name: decision.name, email: decision.email });
    clientId = kept.id;
    if (kept.recorded) {
      const subject = { kind: 'client', id: clientId } as const;
      await record(tx, { at: now, event: 'client.recorded', actor: by, subject, revision: 1 });
    }
  }
  const wall = wallOf(judged.time.from, judged.desk.schedule.zone);
  const [owned] = await Promise.all([
    takeForSession(tx, { id: occupancyId, resourceId: request.practitionerId, stretch: judged.occupied, sessionId }),
    insertSession(
      tx,
      {
        id: sessionId,
        practitionerId: request.practitionerId,
        sessionTypeId: sessionType.id,
        time: judged.time,
        occupied: judged.occupied,
        zone: judged.desk.schedule.zone,
        wallStart: `${wall.date}T${wall.time.slice(0, 5)}`,
        platform: request.platform,
      },
      { occupancyId },
      { id: appointmentId, clientId },
      now,
    ),
    record(tx, {
      at: now,
      event: 'appointment.booked',
      actor: by,
      subject: { kind: 'appointment', id: appointmentId },
      revision: 1,
      facts: {
        sessionId,
        clientId,
        practitionerId: request.practitionerId,
        sessionTypeId: sessionType.id,
        start: judged.time.from.toString(),
        end: judged.time.to.toString(),
        platform: request.platform,
      },
    }),
  ]);
  // The rule said it was free, the table that it is not: somebody wrote past the lock. The table is right, and what was
  // sent along with the question goes back with it.
  if (owned === null) throw new NotBookable(['slot_taken'], judged.start);
  tx.afterCommit(() => tools.wake(actor.organisationId, sessionId));
  return appointmentId;
}

/** Refusals `platform_not_offered`, `platform_not_configured`, with `fault`: what in the request asks for the platform. */
export function refusePlatform(
  tools: Pick<BookingTools, 'platforms'>,
  sessionType: Pick<Offered, 'name' | 'platforms'>,
  asked: { readonly platform: Platform | null; readonly fault: FieldFault },
): void {
  const { platform, fault } = asked;
  if (platform === null) return;
  const on = { errors: [fault] };
  if (!sessionType.platforms.includes(platform)) {
    throw new Refusal(
      'platform_not_offered',
      `"${sessionType.name}" is held on ${sessionType.platforms.join(', ')}. Choose one of these.`,
      on,
    );
  }
  if (!tools.platforms.has(platform)) {
    const set = [...tools.platforms].join(', ');
    throw new Refusal(
      'platform_not_configured',
      `This platform is not set up here. ${set ? `Choose one of ${set}.` : 'Book without a video meeting.'}`,
      on,
    );
  }
}

function unreachable(): never {
  throw new Error('a desk was found without its busy time');
}
