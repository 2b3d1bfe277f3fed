// What a booking asks for and what it says of itself, for every act that books; pure.
import { sessionTypeAt, type Desk } from '../availability/desk.ts';
import type { SlotTools } from '../availability/find-slots.ts';
import { mayBookFor, type Actor } from '../identity/actor.ts';
import type { Entry, Facts } from '../journal/record.ts';
import { platformsWith, type Platform } from '../meetings/provider.ts';
import { Refusal, type FieldFault } from '../platform/refusal.ts';
import { atLength, findMeant, refuseMode, type Mode, type Offered } from '../practitioners/session-type.ts';
import { addressOf, requireSame } from './client.ts';
import type { StartAsked } from './diary.ts';
import type { Overridden, Override } from './override.ts';
import { decideByOf, type Requested } from './request.ts';
import type { NewSession } from './store-booking.ts';

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
  /** Of the lengths it is held at; its own without one. */
  readonly durationMinutes?: number | undefined;
  readonly mode?: Mode | undefined;
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

/** What a booking is answered with, and a repeat under its Idempotency-Key. */
export const MADE = 201;

/** The longest that can be on offer (the table's bound), for a stretch read before the session type is known. */
const LONGEST_SESSION_MINUTES = 720;

/** A client books for itself alone, and with an address. Refusal `forbidden`. */
export function refuseOthersBooking(actor: Actor, userId: string): void {
  if (!mayBookFor(actor, userId)) {
    throw new Refusal('forbidden', 'You can book for yourself only: `userId` must be the subject of your token.');
  }
  if (actor.role === 'client') addressOf(actor);
}

/** The session type asked for, at that desk. Refusals `does_not_match`, of sessionTypeAt and of refusePlatform. */
export function sessionTypeFor(tools: Pick<BookingTools, 'platforms'>, desk: Desk, request: BookingRequest): Offered {
  requireSame([
    { pointer: '/practitionerName', given: request.practitionerName, kept: desk.practitioner.name },
    { pointer: '/videoMeetingConfig/hostEmail', given: request.hostEmail, kept: desk.practitioner.email },
  ]);
  const meant = sessionTypeAt(desk, request.sessionType, '/sessionType');
  const sessionType = atLength(meant, request.durationMinutes, '/durationMinutes');
  if (request.mode) refuseMode(sessionType, request.mode, { pointer: '/mode', message: 'cannot be chosen' });
  const fault = { pointer: '/videoMeetingConfig/platform', message: 'cannot be chosen' };
  refusePlatform(platformsWith(tools, desk.practitioner), sessionType, { platform: request.platform, fault });
  return sessionType;
}

/** By the desk last seen, which may be out of date; where it does not know the session type, the longest there can be. */
export function guessLength(desk: Desk | undefined, sessionType: string | number): number {
  const offered = desk && findMeant(desk.practitioner.offered, sessionType);
  return offered?.lengthMinutes ?? LONGEST_SESSION_MINUTES;
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
  more: Facts,
): Omit<Entry, 'subject'> {
  const [start, end] = [time.from.toString(), time.to.toString()];
  const facts = { practitionerId, sessionTypeId, start, end, platform, ...more };
  if (request === null) return { ...by, event: 'appointment.booked', revision: 1, facts };
  const decideBy = request.decideBy.toString();
  return { ...by, event: 'appointment.requested', revision: 1, facts: { ...facts, decideBy } };
}

/** Refusals `mode_not_offered`, `platform_not_offered`, `platform_not_configured`, with `fault`: what in the request asks for the platform. */
export function refusePlatform(
  platforms: ReadonlySet<Platform>,
  sessionType: Pick<Offered, 'name' | 'platforms' | 'modes'>,
  asked: { readonly platform: Platform | null; readonly fault: FieldFault },
): void {
  const { platform, fault } = asked;
  if (platform === null) return;
  refuseMode(sessionType, 'online', fault);
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
