// Books without looking where nothing is known to speak against it, and everybody's bookings of one moment together: lock, rows
// and commit are one flight, judged by the desk last seen. A booking's rows are written only if that is still the desk in
// force, and the time is free; whatever is not so, or not certain, is left to bookAppointment, which looks first and can say why.
import type { Desk } from '../availability/desk.ts';
import type { Actor } from '../identity/actor.ts';
import { rowOf } from '../journal/record.ts';
import { lockTimesNow } from '../occupancy/store.ts';
import { conflictOf, isLockedByOthers } from '../platform/database/conflict.ts';
import type { Transactor } from '../platform/database/transaction.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { Refusal } from '../platform/refusal.ts';
import { isShared, type Offered } from '../practitioners/session-type.ts';
import { wallOf } from '../platform/time/wall-clock.ts';
import { Together } from '../platform/together.ts';
import {
  entryOfBooking,
  MADE,
  requestedAt,
  sessionTypeFor,
  type Booked,
  type BookingRequest,
  type BookingTools,
} from './booking.ts';
import { addressOf, requireSame } from './client.ts';
import { judgeUnseen } from './diary.ts';
import { refuseTaken } from './find-instead.ts';
import {
  insertBookingsAsSeen,
  type BookingAsSeen,
  type ClientSeen,
  type NewIds,
  type NewSession,
} from './store-booking.ts';

/** Starts that were taken or found so at a desk: asked for again, they are looked at first. A desk holds some hundred slots a month. */
const MOST_TAKEN = 1_000;
const takenAt = new WeakMap<Desk, Set<number>>();

type Bookings = Together<Meant, NewIds | null>;
const underWay = new WeakMap<Transactor, Map<number, Bookings>>();

/**
 * null: look first. Nothing has been written then. Refusals: the reasons of availability, where somebody has the time. The key of
 * the call is kept with the rows.
 */
export async function bookAsSeen(
  tools: BookingTools,
  actor: Actor,
  request: BookingRequest,
  once: Once,
): Promise<Booked | null> {
  const { organisationId } = actor;
  const kept = once.key && { key: once.key, status: MADE };
  const desk = tools.desks.recall(organisationId, request.practitionerId);
  if (!desk || request.override || request.userPhone !== undefined || request.mode) return null;
  const meant = meantBy(tools, actor, request, { desk, kept }, tools.clock.now());
  if (!meant) return null;
  const made = isTaken(meant) ? null : await join(tools, organisationId, meant);
  noteTaken(meant);
  if (made) return { appointmentId: made.appointmentId, made: { pending: false, override: null } };
  const { practitionerId, userId: clientSubject } = request;
  const wanted = { practitionerId, desk, session: meant.sessionType, clientSubject };
  let earlier: number | null = null;
  // By this very call, perhaps, when it was sent before. Asked once the time has been seen taken, that cannot be missed.
  await refuseTaken(tools, actor, wanted, meant.start, async () => {
    earlier = once.key && (await earlierOf(tools, organisationId, once));
    return earlier !== null;
  });
  return earlier === null ? null : { appointmentId: earlier, made: null };
}

async function earlierOf({ transactor }: BookingTools, organisationId: number, once: Once): Promise<number | null> {
  const known = await transactor.inOrganisation(organisationId, (tx) => once.earlier(tx.last), { readOnly: true });
  return known?.subjectId ?? null;
}

/** With the others that book now in that organisation: one of each practitioner and each client at a time. */
async function join(tools: BookingTools, organisationId: number, meant: Meant): Promise<NewIds | null> {
  const organisations = underWay.get(tools.transactor) ?? new Map<number, Bookings>();
  underWay.set(tools.transactor, organisations);
  const bookings = organisations.get(organisationId) ?? new Together((all) => bookFree(tools, organisationId, all));
  organisations.set(organisationId, bookings);
  const { session, client } = meant.booking;
  try {
    return await bookings.join(meant, [`practitioner ${session.practitionerId}`, `client ${client.subject}`]);
  } finally {
    // Once alone: who hears of it later would take away those that have begun since.
    if (bookings.idle && organisations.get(organisationId) === bookings) organisations.delete(organisationId);
  }
}

/** Those whose time was not taken by one who went before. */
async function bookFree(tools: BookingTools, organisationId: number, all: readonly Meant[]) {
  const free = all.filter((meant) => !isTaken(meant));
  if (free.length === 0) return all.map(() => null);
  const made = await bookTogether(
    tools,
    organisationId,
    free.map(({ booking }) => booking),
  );
  const idsOf = new Map(free.map((meant, at) => [meant, made[at] ?? null]));
  return all.map((meant) => idsOf.get(meant) ?? null);
}

async function bookTogether(
  tools: BookingTools,
  organisationId: number,
  bookings: readonly BookingAsSeen[],
): Promise<readonly (NewIds | null)[]> {
  const practitioners = bookings.map(({ session }) => session.practitionerId);
  const clients = bookings.map(({ client }) => client.subject);
  try {
    return await tools.transactor.inOrganisation(organisationId, async (tx) => {
      const [, made] = await Promise.all([
        lockTimesNow(tx, practitioners, clients),
        insertBookingsAsSeen(tx, bookings),
      ]);
      for (const one of made) if (one) tx.afterCommit(() => tools.wake(organisationId, one.sessionId));
      return made;
    });
  } catch (error) {
    // What is wrong with one of many is said to that one, when it is alone.
    if (isLockedByOthers(error) || conflictOf(error)) return bookings.map(() => null);
    throw error;
  }
}

type Meant = {
  readonly desk: Desk;
  readonly start: Temporal.Instant;
  readonly minute: number;
  readonly sessionType: Offered;
  readonly booking: BookingAsSeen;
};

/** What would be written; null where a rule, as far as it can be known, is against it. */
function meantBy(
  tools: BookingTools,
  actor: Actor,
  request: BookingRequest,
  { desk, kept }: { readonly desk: Desk; readonly kept: BookingAsSeen['kept'] },
  now: Temporal.Instant,
): Meant | null {
  try {
    const sessionType = sessionTypeFor(tools, desk, request);
    if (isShared(sessionType)) return null;
    const { id: sessionTypeId, lengthMinutes } = sessionType;
    const judged = judgeUnseen(desk, request.start, { sessionTypeId, lengthMinutes }, now);
    if (!judged || requestedAt(actor, sessionType, now, judged.time.from)) return null;
    const { zone } = desk.schedule;
    const wall = wallOf(judged.time.from, zone);
    const session: NewSession = {
      practitionerId: request.practitionerId,
      sessionTypeId,
      time: judged.time,
      occupied: judged.occupied,
      zone,
      wallStart: `${wall.date}T${wall.time.slice(0, 5)}`,
      platform: request.platform,
      request: null,
    };
    const { scheduleVersion: schedule, revision } = desk.practitioner;
    const entry = rowOf(entryOfBooking({ at: now, actor: { role: actor.role, ref: actor.key } }, session, {}));
    const booking = { session, client: clientMeant(actor, request), versions: { schedule, revision }, entry, kept };
    const { minute, instant: start } = judged.start;
    return { desk, start, minute, sessionType, booking };
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** A client's own words must be those that are kept, or they are to be written down first (see decideClient). */
function clientMeant(actor: Actor, { userId: subject, userEmail, userName }: BookingRequest): ClientSeen {
  if (actor.role !== 'client') return { subject, email: userEmail, name: null };
  const email = addressOf(actor);
  requireSame([{ pointer: '/userEmail', given: userEmail, kept: email }]);
  return { subject, email, name: userName };
}

function isTaken({ desk, minute }: Meant): boolean {
  return takenAt.get(desk)?.has(minute) ?? false;
}

function noteTaken({ desk, minute }: Meant): void {
  const taken = takenAt.get(desk) ?? new Set<number>();
  if (taken.size >= MOST_TAKEN) taken.clear();
  takenAt.set(desk, taken.add(minute));
}
