// Keeps a time for somebody for a few minutes: judged as a booking of it would be, owned as a booking owns it, until it is
// confirmed, released or runs out.
import { sessionTypeAt } from '../availability/desk.ts';
import { readBusyIn } from '../availability/store.ts';
import { mayAdminister, mayBookFor, type Actor } from '../identity/actor.ts';
import { MOST_OF_ADMINISTRATORS, refuseTooMany, type HoldRules } from '../occupancy/hold.ts';
import { countHolds, lockHolder } from '../occupancy/store-holds.ts';
import { lockTimeOf } from '../occupancy/store.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { Refusal } from '../platform/refusal.ts';
import { atLength } from '../practitioners/session-type.ts';
import { dateOfDay, dayNumber, dayStart, instantOf, wallOf } from '../platform/time/wall-clock.ts';
import { guessLength, type BookingTools } from './booking.ts';
import { deskOf, judgeStart, stretchToRead, type StartAsked } from './diary.ts';
import { orAlternatives, type Meant } from './find-instead.ts';
import { guessMore } from './needs.ts';
import { takeTurn } from './take-turn.ts';
import { holdJudged } from './hold-judged.ts';
import { clientOf, holderFor, readHold, type HoldSeen } from './find-hold.ts';

export type HoldTools = BookingTools & { readonly holdRules: HoldRules };

export type HoldRequest = {
  readonly practitionerId: number;
  readonly sessionType: string | number;
  readonly durationMinutes?: number | undefined;
  readonly start: StartAsked;
  /** For whom, where staff or a service holds for somebody. */
  readonly userId: string | undefined;
};

/**
 * Refusals: `forbidden`, `limit_reached`, `not_found`, `practitioner_not_bookable`, `unknown_session_type`,
 * `does_not_match`, `time_does_not_exist`, and every reason of availability, with `alternatives`.
 */
export async function holdSlot(tools: HoldTools, actor: Actor, request: HoldRequest, once: Once): Promise<HoldSeen> {
  const { userId } = request;
  if (userId !== undefined && !mayBookFor(actor, userId)) {
    throw new Refusal('forbidden', 'You can hold a time for yourself only: leave `userId` out, or send your own.');
  }
  return await orAlternatives(tools, actor, (onMeant) =>
    takeTurn(tools, actor.organisationId, request.practitionerId, () =>
      tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
        const earlier = await once.claim(tx);
        const id = earlier?.subjectId ?? (await place(tools, tx, actor, request, onMeant));
        if (earlier === null) await once.settle(tx, 201, id);
        return await readHold(tx, actor, id, tools.clock.now());
      }),
    ),
  );
}

/** The holder, then the time, are locked before anything is read: counts are true, and waiting is orderly. */
async function place(
  tools: HoldTools,
  tx: Transaction,
  actor: Actor,
  request: HoldRequest,
  onMeant: (meant: Meant) => void,
): Promise<number> {
  const { practitionerId, start } = request;
  const now = tools.clock.now();
  const holder = holderFor(actor, request.userId);
  const seen = tools.desks.recall(actor.organisationId, practitionerId);
  // Limits of each client count whom it is for; a hold for nobody is nobody's.
  const clientSubject = clientOf(holder) ?? '';
  const stretch = stretchToRead(seen, start, guessLength(seen, request.sessionType));
  const guessed = { practitionerId, ...stretch, ...guessMore(seen, request.sessionType, clientSubject) };
  const [, , busy] = await Promise.all([
    lockHolder(tx, holder),
    lockTimeOf(tx, [practitionerId, ...(guessed.units ?? [])]),
    readBusyIn(tx, { ...guessed, now }),
  ]);
  const desk = await deskOf(tools, tx, practitionerId, busy);
  const meant = sessionTypeAt(desk, request.sessionType, '/sessionType');
  const session = atLength(meant, request.durationMinutes, '/durationMinutes');
  onMeant({ practitionerId, session, clientSubject, keeping: true });
  if (!busy) throw new Error('a desk was found without its busy time');
  const { id: sessionTypeId, lengthMinutes } = session;
  const asked = { desk, busy, guessed, asked: start, sessionTypeId, lengthMinutes, clientSubject, keeping: true };
  const judged = await judgeStart(tools, tx, actor, asked);
  const { time } = judged;
  const { zone } = desk.schedule;
  const wall = wallOf(time.from, zone);
  const counts = await countHolds(tx, { holder, practitionerId, time }, dayOf(wall.date, zone), now);
  const forNobody = mayAdminister(actor) && request.userId === undefined;
  refuseTooMany(counts, tools.holdRules, forNobody ? MOST_OF_ADMINISTRATORS : tools.holdRules.perClient);
  const by = { at: now, actor: { role: actor.role, ref: actor.key } };
  const expiresAt = now.add({ minutes: tools.holdRules.minutes });
  const { capacity = 1 } = session;
  return await holdJudged(tx, by, { ...judged, zone }, { practitionerId, sessionTypeId, holder, expiresAt, capacity });
}

/** A date in a zone, from its first instant to that of the next. */
function dayOf(date: string, zone: string) {
  return {
    from: instantOf(dayStart(date, zone)),
    to: instantOf(dayStart(dateOfDay(dayNumber(date) + 1), zone)),
  };
}
