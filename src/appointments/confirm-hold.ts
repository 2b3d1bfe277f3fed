// Books what is held: the hold's time becomes the session's. A live hold always succeeds, whatever has happened to hours,
// policy and offers meanwhile: it was judged when it was placed, and what the client was shown is what she gets. What could not be
// judged then is judged now: what the request says of people and platform, as for any booking, and, where the hold is for nobody
// named, what its client is limited to.
import { policyFor } from '../availability/desk.ts';
import { diaryOf, type Sought } from '../availability/find-slots.ts';
import { countedStretch, limitsAgainst } from '../availability/limits.ts';
import { readBusyIn } from '../availability/store.ts';
import type { Actor } from '../identity/actor.ts';
import { rowOf } from '../journal/record.ts';
import { platformsWith } from '../meetings/provider.ts';
import type { Hold } from '../occupancy/hold.ts';
import { confirmHold } from '../occupancy/place-hold.ts';
import { lockTimeOf } from '../occupancy/store.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { Refusal, type FieldFault } from '../platform/refusal.ts';
import { minuteOf, parseStart } from '../platform/time/wall-clock.ts';
import type { Practitioner } from '../practitioners/practitioner.ts';
import { findMeant, refuseMode, type SessionType } from '../practitioners/session-type.ts';
import { readPractitioner, readSessionType } from '../practitioners/store.ts';
import {
  entryOfBooking,
  MADE,
  refuseOthersBooking,
  refusePlatform,
  requestedAt,
  type Booked,
  type BookingRequest,
  type BookingTools,
} from './booking.ts';
import { requireSame, type KnownClient } from './client.ts';
import { deskOf, NotBookable } from './diary.ts';
import { clientOf, seeHold } from './find-hold.ts';
import { confirmSeat } from './hold-judged.ts';
import { orAlternatives, type Meant } from './find-instead.ts';
import { keepClient } from './record-client.ts';
import { insertHeldBooking, takeId } from './store-booking.ts';
import { isOfMove } from './store-offers.ts';
import { setParticulars } from './store-seats.ts';

/**
 * Refusals: `forbidden`, `not_found` (the hold), `hold_expired`, `does_not_match` (the hold is of another time, session type,
 * practitioner or client; or as for any booking), `platform_not_offered`, `platform_not_configured`; of a hold for nobody
 * named `client_limit_reached`, with `alternatives`.
 */
export async function bookHeld(
  tools: BookingTools,
  actor: Actor,
  request: BookingRequest & { readonly holdId: number },
  once: Once,
): Promise<Booked> {
  refuseOthersBooking(actor, request.userId);
  return await orAlternatives(tools, actor, (onMeant) =>
    tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
      // In the order of a booking without a hold, which may be sent under the same key.
      const [client, earlier] = await Promise.all([
        lockTimeOf(tx, [request.practitionerId], request.userId),
        once.claim(tx),
      ]);
      if (earlier?.subjectId != null) return { appointmentId: earlier.subjectId, made: null };
      const booked = await book(tools, tx, actor, request, client, onMeant);
      await once.settle(tx.last, MADE, booked.appointmentId);
      return booked;
    }),
  );
}

async function book(
  tools: BookingTools,
  tx: Transaction,
  actor: Actor,
  request: BookingRequest & { readonly holdId: number },
  client: KnownClient | null,
  onMeant: (meant: Meant) => void,
): Promise<Booked> {
  const hold = await seeHold(tx, actor, request.holdId);
  const { practitionerId } = hold;
  const [practitioner, sessionType] = [
    await readPractitioner(tx, practitionerId),
    await readSessionType(tx, hold.sessionTypeId),
  ];
  requireSame([
    { pointer: '/practitionerName', given: request.practitionerName, kept: practitioner.name },
    { pointer: '/videoMeetingConfig/hostEmail', given: request.hostEmail, kept: practitioner.email },
  ]);
  requireHeld(hold, sessionType, request);
  await refuseMove(tx, hold.id);
  const fault = { pointer: '/videoMeetingConfig/platform', message: 'cannot be chosen' };
  refusePlatform(platformsWith(tools, practitioner), sessionType, { platform: request.platform, fault });
  if (request.mode) refuseMode(sessionType, request.mode, { pointer: '/mode', message: 'cannot be chosen' });
  // As she has it, or as the session type does where she offers it no more.
  const hers = practitioner.offered.find(({ id }) => id === hold.sessionTypeId) ?? sessionType;
  const now = tools.clock.now();
  const by = { role: actor.role, ref: actor.key };
  const clientId = await keepClient(tx, actor, request, client, now);
  const { platform, mode = null } = request;
  if (hold.sessionId !== null) {
    const { sessionId } = hold;
    const meant = { practitionerId, session: soughtAs(hold, sessionType, practitioner), clientSubject: request.userId };
    // Before the client has it, or it would count as one that the client had.
    if (clientOf(hold.holder) === null) {
      onMeant({ ...meant, judged: ['client_limit_reached'] });
      await judgeClient(tools, tx, hold, meant.session, request.userId);
    }
    onMeant(meant);
    const seat = { clientId, platform, mode };
    const appointmentId = await confirmSeat(tx, actor, { ...hold, sessionId }, seat, now);
    tx.afterCommit(() => tools.wake(actor.organisationId, sessionId));
    return { appointmentId, made: { pending: false, override: null } };
  }
  const sessionId = await takeId(tx);
  const { time, zone, wallStart, sessionTypeId } = hold;
  const asked = requestedAt(actor, hers, now, time.from);
  const until = asked?.decideBy ?? null;
  const { occupancyId, occupied } = await confirmHold(tx, { at: now, actor: by }, hold.id, sessionId, until);
  if (clientOf(hold.holder) === null) {
    const wanted = soughtAs(hold, sessionType, practitioner);
    onMeant({ practitionerId, session: wanted, clientSubject: request.userId, judged: ['client_limit_reached'] });
    await judgeClient(tools, tx, hold, wanted, request.userId);
  }
  const session = {
    practitionerId,
    sessionTypeId,
    time,
    occupied,
    zone,
    wallStart,
    platform: request.platform,
    request: asked,
  };
  const entry = rowOf(entryOfBooking({ at: now, actor: by }, session, { clientId, holdId: hold.id }));
  const made = await insertHeldBooking(tx, { ...session, id: sessionId, occupancyId }, clientId, entry);
  await setParticulars(tx, sessionId, { mode: request.mode });
  tx.afterCommit(() => tools.wake(actor.organisationId, sessionId));
  return { appointmentId: made.appointmentId, made: { pending: asked !== null, override: null } };
}

/** What is held, as one would look for it. */
function soughtAs(hold: Hold, { id, name, capacity }: SessionType, { offered }: Pick<Practitioner, 'offered'>): Sought {
  const { needs } = offered.find((one) => one.id === id) ?? {};
  const seats = hold.sessionId === null ? {} : { capacity };
  return { id, name, lengthMinutes: heldMinutes(hold), ...seats, ...(needs ? { needs } : {}) };
}

/** The body says what is booked, as any booking does; it must be what is held. Refusal `does_not_match`. */
function requireHeld(hold: Hold, sessionType: SessionType, request: BookingRequest): void {
  const { instant } = parseStart(request.start.wall, {
    zone: hold.zone,
    timeZone: request.start.timeZone,
    pointer: request.start.pointer ?? '',
  });
  const ofClient = clientOf(hold.holder);
  const same = {
    '/practitionerId': request.practitionerId === hold.practitionerId,
    '/time': instant.equals(hold.time.from),
    '/sessionType': findMeant([sessionType], request.sessionType) !== undefined,
    '/durationMinutes': request.durationMinutes === undefined || request.durationMinutes === heldMinutes(hold),
    '/userId': ofClient === null || ofClient === request.userId,
  };
  const errors: FieldFault[] = Object.entries(same)
    .filter(([, isSame]) => !isSame)
    .map(([pointer]) => ({ pointer, message: 'is not what is held' }));
  if (errors.length === 0) return;
  throw new Refusal('does_not_match', 'This hold is for something else. Send what is held, or book without it.', {
    errors,
  });
}

/** Throws NotBookable where a limit of each client would be passed: without a name, nobody's sessions could be counted. */
async function judgeClient(
  tools: BookingTools,
  tx: Transaction,
  { practitionerId, time }: Hold,
  sessionType: Sought,
  clientSubject: string,
): Promise<void> {
  const [minute, now] = [minuteOf(time.from), tools.clock.now()];
  const question = { practitionerId, from: minute, to: minute + sessionType.lengthMinutes, now };
  const desk = await deskOf(tools, tx, practitionerId, await readBusyIn(tx, question));
  const periods = countedStretch(policyFor(desk, sessionType.id), desk.schedule.table, minute, minute);
  const busy = periods && (await readBusyIn(tx, { ...question, counting: { ...periods, clientSubject } }));
  if (!busy || !limitsAgainst(diaryOf({ desk, busy, sessionType }), minute).some(({ of }) => of === 'client')) return;
  throw new NotBookable(['client_limit_reached'], { instant: time.from, minute });
}

/** What is kept to move an appointment to was judged without that appointment. Refusal `does_not_match`. */
async function refuseMove(tx: Transaction, holdId: number): Promise<void> {
  if (!(await isOfMove(tx, holdId))) return;
  throw new Refusal('does_not_match', 'This time is kept to move an appointment to. Accept it by the offer.', {
    errors: [{ pointer: '/holdId', message: 'is part of an offer to move an appointment' }],
  });
}

function heldMinutes({ time }: Hold): number {
  return (time.to.epochMilliseconds - time.from.epochMilliseconds) / 60_000;
}
