// Books: one transaction that locks the time, asks the rule that offered it, takes it and writes down what must follow.
import { findInstead } from '../availability/find-alternatives.ts';
import { sessionTypeAt, type Desk } from '../availability/desk.ts';
import type { SlotTools } from '../availability/find-slots.ts';
import { readBusyIn } from '../availability/store.ts';
import { PLATFORM_OF } from '../connections/connection.ts';
import { mayBookFor, type Actor } from '../identity/actor.ts';
import { record, rowOf } from '../journal/record.ts';
import type { Platform } from '../meetings/provider.ts';
import { lockTimeOf } from '../occupancy/store.ts';
import type { Once } from '../platform/http/idempotency.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal, type FieldFault } from '../platform/refusal.ts';
import { wallOf } from '../platform/time/wall-clock.ts';
import type { Practitioner } from '../practitioners/practitioner.ts';
import type { Offered } from '../practitioners/session-type.ts';
import { addressOf, decideClient, requireSame, type KnownClient } from './client.ts';
import { deskOf, judgeStart, NotBookable, refusalWith, stretchToRead, type Judged, type StartAsked } from './diary.ts';
import { insertBooking } from './store-booking.ts';
import { keepPhone } from './set-phone.ts';
import { recordClient, updateClient } from './store.ts';

export type BookingTools = SlotTools & {
  /** Platforms this deployment can make meetings on with accounts of its own. */
  readonly platforms: ReadonlySet<Platform>;
  /** Called once the booking stands. */
  wake(organisationId: number, sessionId: number): void;
};

export type BookingRequest = {
  readonly userId: string;
  readonly userEmail: string;
  readonly userName: string;
  /** E.164; kept for reminders by SMS, null takes it back. */
  readonly userPhone?: string | null | undefined;
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
      const appointmentId = await write(tools, tx, actor, request, read, { last: !once.keyed });
      await once.settle(tx, 201, appointmentId);
      return { appointmentId };
    });
  } catch (error) {
    if (!(error instanceof NotBookable) || !meant) throw error;
    const asked = {
      organisationId: actor.organisationId,
      practitionerId: request.practitionerId,
      session: meant,
      start: error.start.instant,
      clientSubject: request.userId,
    };
    const { alternatives, because } = await findInstead(tools, asked, actor);
    throw refusalWith(error, alternatives, because);
  }
}

type Read = {
  readonly judged: Judged;
  readonly sessionType: Offered;
  readonly client: KnownClient | null;
};

/** Lock, then look: two statements on the wire at once, the second seeing what the first waited for. */
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
  const [client, busy] = await Promise.all([
    lockTimeOf(tx, [practitionerId], request.userId),
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
  refusePlatform(platformsWith(tools, desk.practitioner), sessionType, { platform: request.platform, fault });
  const judged = await judgeStart(tools, tx, actor, {
    desk,
    busy: busy ?? unreachable(),
    guessed,
    asked: request.start,
    sessionTypeId: sessionType.id,
    lengthMinutes: sessionType.lengthMinutes,
    clientSubject: request.userId,
  });
  return { judged, sessionType, client };
}

/** By the desk last seen, which may be out of date; where it does not know the session type, the longest there can be. */
function guessLength(desk: Desk | undefined, request: BookingRequest): number {
  const asked = String(request.sessionType).trim().toLowerCase();
  const offered = desk?.practitioner.offered.find(
    ({ id, name }) => String(id) === asked || name.toLowerCase() === asked,
  );
  return offered?.lengthMinutes ?? LONGEST_SESSION_MINUTES;
}

/** The client's id, recorded or brought up to date where need be. Refusals of decideClient. */
async function keepClient(
  tx: Transaction,
  actor: Actor,
  request: BookingRequest,
  known: KnownClient | null,
  now: Temporal.Instant,
): Promise<number> {
  const decision = decideClient(actor, known, request);
  if (decision.kind === 'known') return decision.client.id;
  const { name, email } = decision;
  if (known) {
    await updateClient(tx, { id: known.id, name, email });
    return known.id;
  }
  const { recorded, ...kept } = await recordClient(tx, { subject: request.userId, name, email });
  // Recorded by somebody else since we looked: known, then, and judged as such.
  if (!recorded) return await keepClient(tx, actor, request, kept, now);
  await record(tx, {
    at: now,
    event: 'client.recorded',
    actor: { role: actor.role, ref: actor.key },
    subject: { kind: 'client', id: kept.id },
    revision: 1,
  });
  return kept.id;
}

/** Takes the time and writes everything that hangs on it, in one statement; the occupancy row decides. */
async function write(
  tools: BookingTools,
  tx: Transaction,
  actor: Actor,
  request: BookingRequest,
  read: Read,
  options: { readonly last: boolean },
): Promise<number> {
  const { judged, sessionType } = read;
  const now = tools.clock.now();
  const by = { role: actor.role, ref: actor.key };
  const clientId = await keepClient(tx, actor, request, read.client, now);
  if (request.userPhone !== undefined) await keepPhone(tx, { at: now, actor: by }, clientId, request.userPhone);
  const wall = wallOf(judged.time.from, judged.desk.schedule.zone);
  const made = await insertBooking(
    tx,
    {
      practitionerId: request.practitionerId,
      sessionTypeId: sessionType.id,
      time: judged.time,
      occupied: judged.occupied,
      zone: judged.desk.schedule.zone,
      wallStart: `${wall.date}T${wall.time.slice(0, 5)}`,
      platform: request.platform,
    },
    clientId,
    rowOf({
      at: now,
      event: 'appointment.booked',
      actor: by,
      revision: 1,
      facts: {
        clientId,
        practitionerId: request.practitionerId,
        sessionTypeId: sessionType.id,
        start: judged.time.from.toString(),
        end: judged.time.to.toString(),
        platform: request.platform,
      },
    }),
    options,
  );
  // The rule said it was free, the table that it is not: somebody wrote past the lock. The table is right.
  if (made === null) throw new NotBookable(['slot_taken'], judged.start);
  tx.afterCommit(() => tools.wake(actor.organisationId, made.sessionId));
  return made.appointmentId;
}

/** What can be made for a practitioner: by the deployment's accounts, and by those of her own. */
export function platformsWith(
  { platforms }: Pick<BookingTools, 'platforms'>,
  { connected }: Pick<Practitioner, 'connected'>,
): ReadonlySet<Platform> {
  if (connected.length === 0) return platforms;
  return new Set([...platforms, ...connected.map((provider) => PLATFORM_OF[provider])]);
}

/** Refusals `platform_not_offered`, `platform_not_configured`, with `fault`: what in the request asks for the platform. */
export function refusePlatform(
  platforms: ReadonlySet<Platform>,
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
  if (!platforms.has(platform)) {
    const set = [...platforms].join(', ');
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
