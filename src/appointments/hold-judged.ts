// Keeps what was judged for somebody: a time with all it needs, or a seat of a group. A seat is kept in the session that stands; where
// none does, it opens one, so that others can come to it meanwhile. Acts have locked the practitioner's time, and the units.
import type { Actor } from '../identity/actor.ts';
import type { GroupSession } from '../availability/free-time.ts';
import type { By } from '../occupancy/inherit-time.ts';
import type { Hold } from '../occupancy/hold.ts';
import { confirmSeatHold, placeHold, placeSeatHold } from '../occupancy/place-hold.ts';
import { takeForSession } from '../occupancy/store.ts';
import { rowOf } from '../journal/record.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { minuteOf, wallOf } from '../platform/time/wall-clock.ts';
import { entryOfBooking } from './booking.ts';
import { NotBookable, type Judged } from './diary.ts';
import { endIfEmpty } from './end-held-seats.ts';
import { takeId } from './store-booking.ts';
import { hasSeat, insertKeptSession } from './store-held-seats.ts';
import type { NewSeat } from './store-seats.ts';
import { nullWhereTaken, takeBeside, takeSeat } from './take-beside.ts';

type Wanted = Pick<Hold, 'practitionerId' | 'sessionTypeId' | 'holder' | 'expiresAt'> & {
  /** Seats of a session; 1: it is for one client alone. */
  readonly capacity: number;
};

/** What is kept of a start: with the zone in which its wall is read. */
type Place = Pick<Judged, 'start' | 'time' | 'occupied' | 'units'> & {
  readonly joins: Pick<GroupSession, 'sessionId'> | null;
  readonly zone: string;
};

/** The hold's id. Throws NotBookable where somebody wrote past the lock: the table is right. */
export async function holdJudged(tx: Transaction, by: By, place: Place, wanted: Wanted): Promise<number> {
  const { time, occupied, zone } = place;
  const { capacity, ...kept } = wanted;
  const wall = wallOf(time.from, zone);
  const hold = { ...kept, time, zone, wallStart: `${wall.date}T${wall.time.slice(0, 5)}` };
  if (capacity > 1) {
    const sessionId = place.joins?.sessionId ?? (await openSession(tx, by, place, wanted, hold.wallStart));
    const id = await placeSeatHold(tx, by, { ...hold, sessionId }).catch(nullWhereTaken);
    if (id === null) throw new NotBookable(['full'], place.start);
    // Where others are only kept a seat in it, too, it lives as long as the last of them.
    await endIfEmpty(tx, by, sessionId);
    return id;
  }
  const id = await placeHold(tx, by, { ...hold, occupied });
  if (id === null) throw new NotBookable(['slot_taken'], place.start);
  await takeBeside(tx, place, { owner: { holdId: id }, expiresAt: wanted.expiresAt });
  return id;
}

async function openSession(
  tx: Transaction,
  by: By,
  place: Place,
  { practitionerId, sessionTypeId, capacity, expiresAt }: Wanted,
  wallStart: string,
): Promise<number> {
  const { time, occupied, zone, start } = place;
  const id = await takeId(tx);
  const taking = { resourceId: practitionerId, stretch: occupied, sessionId: id, expiresAt };
  const occupancyId = await takeForSession(tx, taking);
  if (occupancyId === null) throw new NotBookable(['slot_taken'], start);
  const session = { id, practitionerId, sessionTypeId, time, occupied, zone, wallStart, occupancyId, capacity };
  await insertKeptSession(tx, session, by.at);
  await takeBeside(tx, place, { owner: { sessionId: id }, expiresAt });
  return id;
}

/**
 * The seat that is kept becomes its client's. Throws NotBookable where the client has one in that session already. Refusals:
 * `hold_expired`, and of a seat `meeting_elsewhere`, `mode_not_offered`.
 */
export async function confirmSeat(
  tx: Transaction,
  actor: Actor,
  hold: Hold & { readonly sessionId: number },
  seat: Omit<NewSeat, 'entry'>,
  now: Temporal.Instant,
): Promise<number> {
  const { sessionId, time, practitionerId, sessionTypeId, zone, wallStart, id: holdId } = hold;
  const { clientId, platform } = seat;
  const by = { at: now, actor: { role: actor.role, ref: actor.key } };
  const start = { instant: time.from, minute: minuteOf(time.from) };
  const session = { practitionerId, sessionTypeId, time, occupied: time, zone, wallStart, platform, request: null };
  const entry = rowOf(entryOfBooking(by, session, { clientId, holdId }));
  return await confirmSeatHold(tx, by, hold, async () => {
    if (await hasSeat(tx, sessionId, clientId)) throw new NotBookable(['already_booked'], start);
    return await takeSeat(tx, { joins: { sessionId }, start }, { ...seat, entry });
  });
}
