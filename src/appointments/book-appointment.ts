// Books: one transaction that locks the time, asks the rule that offered it, takes it and writes down what must follow.
import { readBusyIn, type Busy } from '../availability/store.ts';
import type { Actor } from '../identity/actor.ts';
import { rowOf } from '../journal/record.ts';
import { lockTimeOf, takeRemainder } from '../occupancy/store.ts';
import type { Once } from '../platform/http/idempotency.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { wallOf } from '../platform/time/wall-clock.ts';
import { isShared, type Offered } from '../practitioners/session-type.ts';
import { bookAsSeen } from './book-as-seen.ts';
import {
  entryOfBooking,
  guessLength,
  MADE,
  refuseOthersBooking,
  requestedAt,
  sessionTypeFor,
  type Booked,
  type BookingRequest,
  type BookingTools,
} from './booking.ts';
import type { KnownClient } from './client.ts';
import { deskOf, judgeStart, NotBookable, stretchToRead, type Judged } from './diary.ts';
import { guessMore } from './needs.ts';
import { keepClient } from './record-client.ts';
import { orAlternatives } from './find-instead.ts';
import { factsOfOverride, refuseOverriding } from './override.ts';
import { putOverride } from './store-overrides.ts';
import { insertBooking, insertOverridingBooking } from './store-booking.ts';
import { setParticulars } from './store-seats.ts';
import { takeBeside, takeSeat } from './take-beside.ts';
import { takeTurn } from './take-turn.ts';

/**
 * Refusals: `forbidden`, `not_found`, `practitioner_not_bookable`, `unknown_session_type`, `does_not_match`,
 * `mode_not_offered`, `platform_not_offered`, `platform_not_configured`, `meeting_elsewhere`, `time_does_not_exist`, and every
 * reason of availability, with `alternatives`.
 */
export async function bookAppointment(
  tools: BookingTools,
  actor: Actor,
  request: BookingRequest,
  once: Once,
): Promise<Booked> {
  refuseOthersBooking(actor, request.userId);
  refuseOverriding(actor, request.override ?? null);
  const soon = await bookAsSeen(tools, actor, request, once);
  return soon ?? (await bookLooking(tools, actor, request, once));
}

async function bookLooking(tools: BookingTools, actor: Actor, request: BookingRequest, once: Once): Promise<Booked> {
  return await orAlternatives(tools, actor, (onMeant) =>
    takeTurn(tools, actor.organisationId, request.practitionerId, () =>
      tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
        const looked = await look(tools, tx, actor, request, once);
        if (looked.earlier) return { appointmentId: looked.earlier, made: null };
        const read = await judge(tools, tx, actor, request, looked, (session) =>
          onMeant({ practitionerId: request.practitionerId, session, clientSubject: request.userId }),
        );
        const booked = await write(tools, tx, actor, request, read, {
          last: !once.key && !request.override && !request.mode && !isShared(read.sessionType),
        });
        await once.settle(tx.last, MADE, booked.appointmentId);
        return booked;
      }),
    ),
  );
}

type Read = {
  readonly judged: Judged;
  readonly sessionType: Offered;
  readonly client: KnownClient | null;
};

type Looked = Pick<Read, 'client'> & {
  readonly guessed: Parameters<typeof judgeStart>[3]['guessed'];
  readonly busy: Busy | null;
  /** The appointment that was booked under the same key before. */
  readonly earlier: number | null;
};

/**
 * Lock, then look, then claim the key: on the wire at once, each seeing what those before it waited for. Claimed under the
 * lock, as bookAsSeen does: whoever held the key and waited for the lock would wait in a circle with it.
 */
async function look(
  tools: BookingTools,
  tx: Transaction,
  actor: Actor,
  request: BookingRequest,
  once: Once,
): Promise<Looked> {
  const { practitionerId } = request;
  const seen = tools.desks.recall(actor.organisationId, practitionerId);
  const stretch = stretchToRead(seen, request.start, guessLength(seen, request.sessionType));
  const guessed = { practitionerId, ...stretch, ...guessMore(seen, request.sessionType, request.userId) };
  const [client, busy, earlier] = await Promise.all([
    lockTimeOf(tx, [practitionerId, ...(guessed.units ?? [])], request.userId),
    readBusyIn(tx, { ...guessed, now: tools.clock.now() }),
    once.claim(tx),
  ]);
  return { client, guessed, busy, earlier: earlier?.subjectId ?? null };
}

async function judge(
  tools: BookingTools,
  tx: Transaction,
  actor: Actor,
  request: BookingRequest,
  { client, guessed, busy }: Looked,
  onMeant: (sessionType: Offered) => void,
): Promise<Read> {
  const { practitionerId } = request;
  const desk = await deskOf(tools, tx, practitionerId, busy);
  const sessionType = sessionTypeFor(tools, desk, request);
  onMeant(sessionType);
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
  const { time, occupied, desk, overrode, joins, units } = judged;
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
  const facts = { clientId, ...(units.length > 0 ? { units } : {}), ...factsOfOverride(overrode) };
  const entry = rowOf(entryOfBooking({ at: now, actor: by }, session, facts));
  if (joins) {
    const seat = await takeSeat(tx, judged, {
      clientId,
      platform: request.platform,
      mode: request.mode ?? null,
      entry,
    });
    tx.afterCommit(() => tools.wake(actor.organisationId, joins.sessionId));
    const override = await putOverride(tx, seat, request.override ?? null, overrode);
    return { appointmentId: seat, made: { pending: false, override } };
  }
  const made = overrode.includes('slot_taken')
    ? await insertOverriding(tx, session, clientId, entry)
    : await insertBooking(tx, session, clientId, entry, options);
  // The rule said it was free, the table that it is not: somebody wrote past the lock. The table is right.
  if (made === null) throw new NotBookable(['slot_taken'], judged.start);
  await takeBeside(tx, judged, { owner: made, expiresAt: session.request?.decideBy ?? null });
  await setParticulars(tx, made.sessionId, { capacity: sessionType.capacity, mode: request.mode });
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

function unreachable(): never {
  throw new Error('a desk was found without its busy time');
}
