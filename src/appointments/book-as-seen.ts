// Books in one flight where nothing is known to speak against it: lock, rows and commit are sent together, judged by the desk
// last seen. The rows are written only if that is still the desk in force, and if the constraint finds the time free; whatever
// is not so, or not certain, is left to bookAppointment, which looks first and can say why.
import type { Desk } from '../availability/desk.ts';
import type { Actor } from '../identity/actor.ts';
import { rowOf } from '../journal/record.ts';
import { lockTimeOf } from '../occupancy/store.ts';
import { Refusal } from '../platform/refusal.ts';
import { wallOf } from '../platform/time/wall-clock.ts';
import { isShared } from '../practitioners/session-type.ts';
import {
  entryOfBooking,
  requestedAt,
  sessionTypeFor,
  type Booked,
  type BookingRequest,
  type BookingTools,
} from './booking.ts';
import { addressOf, requireSame } from './client.ts';
import { judgeUnseen, type Judged } from './diary.ts';
import { insertBookingAsSeen, type ClientSeen, type NewIds, type NewSession } from './store-booking.ts';

/** Starts that were found taken at a desk: asked for again, they are looked at first. A desk holds some hundred slots a month. */
const MOST_TAKEN = 1_000;
const takenAt = new WeakMap<Desk, Set<number>>();

/** Rolls back: somebody owns the time. */
class Taken extends Error {}

/** null: look first. Nothing has been written then. */
export async function bookAsSeen(tools: BookingTools, actor: Actor, request: BookingRequest): Promise<Booked | null> {
  const { organisationId } = actor;
  const desk = tools.desks.recall(organisationId, request.practitionerId);
  if (!desk || request.override || request.userPhone !== undefined || request.mode) return null;
  const now = tools.clock.now();
  const meant = meantBy(tools, actor, request, desk, now);
  if (!meant || takenAt.get(desk)?.has(meant.judged.start.minute)) return null;
  const { judged, session, client } = meant;
  const { scheduleVersion: schedule, revision } = desk.practitioner;
  const entry = rowOf(entryOfBooking({ at: now, actor: { role: actor.role, ref: actor.key } }, session, {}));
  try {
    return await tools.transactor.inOrganisation(organisationId, async (tx) => {
      const [, made] = await Promise.all([
        lockTimeOf(tx, [request.practitionerId], request.userId),
        insertBookingAsSeen(tx, session, { client, versions: { schedule, revision } }, entry),
      ]);
      if (made === 'taken') throw new Taken();
      return made === 'changed' ? null : booked(tools, organisationId, made, tx.afterCommit.bind(tx));
    });
  } catch (error) {
    if (!(error instanceof Taken)) throw error;
    noteTaken(desk, judged.start.minute);
    return null;
  }
}

function booked(
  tools: BookingTools,
  organisationId: number,
  { sessionId, appointmentId }: NewIds,
  afterCommit: (callback: () => void) => void,
): Booked {
  afterCommit(() => tools.wake(organisationId, sessionId));
  return { appointmentId, made: { pending: false, override: null } };
}

type Meant = { readonly judged: Judged; readonly session: NewSession; readonly client: ClientSeen };

/** What would be written; null where a rule, as far as it can be known, is against it. */
function meantBy(
  tools: BookingTools,
  actor: Actor,
  request: BookingRequest,
  desk: Desk,
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
    return { judged, session, client: clientMeant(actor, request) };
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

function noteTaken(desk: Desk, minute: number): void {
  const taken = takenAt.get(desk) ?? new Set<number>();
  if (taken.size >= MOST_TAKEN) taken.clear();
  takenAt.set(desk, taken.add(minute));
}
