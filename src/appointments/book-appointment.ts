// Books: one transaction that locks the time, asks the rule that offered it, takes it and writes down what must follow.
import { sessionTypeAt, type Desk } from '../availability/desk.ts';
import type { SlotTools } from '../availability/find-slots.ts';
import { readBusyIn } from '../availability/store.ts';
import { PLATFORM_OF } from '../connections/connection.ts';
import { mayBookFor, type Actor } from '../identity/actor.ts';
import { rowOf, type Entry, type Facts } from '../journal/record.ts';
import type { Platform } from '../meetings/provider.ts';
import { lockTimeOf, takeRemainder } from '../occupancy/store.ts';
import type { Once } from '../platform/http/idempotency.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal, type FieldFault } from '../platform/refusal.ts';
import { wallOf } from '../platform/time/wall-clock.ts';
import type { Practitioner } from '../practitioners/practitioner.ts';
import type { Offered } from '../practitioners/session-type.ts';
import { addressOf, requireSame, type KnownClient } from './client.ts';
import {
  deskOf,
  judgeStart,
  NotBookable,
  orAlternatives,
  stretchToRead,
  type Judged,
  type StartAsked,
} from './diary.ts';
import { keepClient } from './record-client.ts';
import { decideByOf, type Requested } from './request.ts';
import { factsOfOverride, refuseOverriding, type Overridden, type Override } from './override.ts';
import { putOverride } from './store-overrides.ts';
import { insertBooking, insertOverridingBooking, type NewSession } from './store-booking.ts';

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
  /** Staff's, for a time that the rules refuse. */
  readonly override?: Override | null;
};

/** `pending`: it is a request, which has no meeting. made: null where an earlier call under the same key made it. */
export type Booked = {
  readonly appointmentId: number;
  readonly made: { readonly pending: boolean; readonly override: Overridden | null } | null;
};

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
  refuseOthersBooking(actor, request.userId);
  refuseOverriding(actor, request.override ?? null);
  return await orAlternatives(tools, actor, (onMeant) =>
    tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
      const earlier = await once.claim(tx);
      if (earlier?.subjectId != null) return { appointmentId: earlier.subjectId, made: null };
      const read = await readForBooking(tools, tx, actor, request, (session) =>
        onMeant({ practitionerId: request.practitionerId, session, clientSubject: request.userId }),
      );
      const booked = await write(tools, tx, actor, request, read, { last: !once.keyed && !request.override });
      await once.settle(tx, 201, booked.appointmentId);
      return booked;
    }),
  );
}

/** A client books for itself alone, and with an address. Refusal `forbidden`. */
export function refuseOthersBooking(actor: Actor, userId: string): void {
  if (!mayBookFor(actor, userId)) {
    throw new Refusal('forbidden', 'You can book for yourself only: `userId` must be the subject of your token.');
  }
  if (actor.role === 'client') addressOf(actor);
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
  const stretch = stretchToRead(seen, request.start, guessLength(seen, request.sessionType));
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
    overriding: request.override != null,
  });
  return { judged, sessionType, client };
}

/** By the desk last seen, which may be out of date; where it does not know the session type, the longest there can be. */
export function guessLength(desk: Desk | undefined, sessionType: string | number): number {
  const asked = String(sessionType).trim().toLowerCase();
  const offered = desk?.practitioner.offered.find(
    ({ id, name }) => String(id) === asked || name.toLowerCase() === asked,
  );
  return offered?.lengthMinutes ?? LONGEST_SESSION_MINUTES;
}

/** Takes the time and writes everything that hangs on it, in one statement; the occupancy row decides. */
async function write(
  tools: BookingTools,
  tx: Transaction,
  actor: Actor,
  request: BookingRequest,
  read: Read,
  options: { readonly last: boolean },
): Promise<Booked> {
  const { judged, sessionType } = read;
  const now = tools.clock.now();
  const by = { role: actor.role, ref: actor.key };
  const clientId = await keepClient(tx, actor, request, read.client, now);
  const { time, occupied, desk, overrode } = judged;
  const { zone } = desk.schedule;
  const wall = wallOf(time.from, zone);
  const session = {
    practitionerId: request.practitionerId,
    sessionTypeId: sessionType.id,
    time,
    occupied,
    zone,
    wallStart: `${wall.date}T${wall.time.slice(0, 5)}`,
    platform: request.platform,
    request: requestedAt(actor, sessionType, now, time.from),
  };
  const entry = rowOf(entryOfBooking({ at: now, actor: by }, session, clientId, factsOfOverride(overrode)));
  const made = overrode.includes('slot_taken')
    ? await insertOverriding(tx, session, clientId, entry)
    : await insertBooking(tx, session, clientId, entry, options);
  // The rule said it was free, the table that it is not: somebody wrote past the lock. The table is right.
  if (made === null) throw new NotBookable(['slot_taken'], judged.start);
  tx.afterCommit(() => tools.wake(actor.organisationId, made.sessionId));
  const override = await putOverride(tx, made.appointmentId, request.override ?? null, overrode);
  return { appointmentId: made.appointmentId, made: { pending: session.request !== null, override } };
}

/** Over time that others own: it owns what nobody does, and inherits the rest when they go. */
async function insertOverriding(...[tx, session, clientId, entry]: Parameters<typeof insertOverridingBooking>) {
  const made = await insertOverridingBooking(tx, session, clientId, entry);
  const { practitionerId: resourceId, occupied: stretch } = session;
  await takeRemainder(tx, { resourceId, stretch, sessionId: made.sessionId });
  return made;
}

/** Staff who book could approve it, too; what a client or a service asks for waits for approval where it is required. */
export function requestedAt(
  actor: Actor,
  { requiresApproval, approvalMinutes }: Pick<Offered, 'requiresApproval' | 'approvalMinutes'>,
  now: Temporal.Instant,
  start: Temporal.Instant,
): Requested | null {
  if (!requiresApproval || actor.role === 'staff') return null;
  return { decideBy: decideByOf(now, approvalMinutes, start) };
}

/** What the journal says of a booking. */
export function entryOfBooking(
  by: Pick<Entry, 'at' | 'actor'>,
  { practitionerId, sessionTypeId, time, platform, request }: NewSession,
  clientId: number,
  more: Facts = {},
): Omit<Entry, 'subject'> {
  const [start, end] = [time.from.toString(), time.to.toString()];
  const facts = { clientId, practitionerId, sessionTypeId, start, end, platform, ...more };
  if (request === null) return { ...by, event: 'appointment.booked', revision: 1, facts };
  const decideBy = request.decideBy.toString();
  return { ...by, event: 'appointment.requested', revision: 1, facts: { ...facts, decideBy } };
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
