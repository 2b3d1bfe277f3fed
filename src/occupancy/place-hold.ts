// The life of a hold, inside a caller's transaction that has locked the practitioner's time. Placed, it owns its time until
// it expires. Confirmed before that, its row becomes a session's; released, its time is free at once. Once it has run out,
// and a grace with it, whoever needs the time removes it: no worker is waited for. (Where somebody inherits it, nobody can have it, and
// a worker does: appointments/end-holds.ts.)
import { record, type Entry } from '../journal/record.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import { inheritTime, type By } from './inherit-time.ts';
import type { Hold } from './hold.ts';
import { HOLD_GRACE_SECONDS, type Stretch } from './occupancy.ts';
import { deleteOfHold } from './store.ts';
import {
  closeHold,
  closeInTime,
  handOver,
  insertHold,
  insertSeatHold,
  listExpiredHolds,
  listExpiredSeats,
  type HandedOver,
  type NewHold,
} from './store-holds.ts';

/** The hold's id; null when somebody owns any part of its time. */
export async function placeHold(tx: Transaction, by: By, hold: NewHold): Promise<number | null> {
  await expireHolds(tx, by, hold.practitionerId, hold.occupied);
  const id = await insertHold(tx, hold);
  if (id === null) return null;
  await record(tx, { ...entryOf(by, id), event: 'hold.placed', facts: factsOf(hold) });
  return id;
}

/** The same of a seat in a session, which owns the time. Raises `seat_within_capacity`. */
export async function placeSeatHold(
  tx: Transaction,
  by: By,
  hold: Parameters<typeof insertSeatHold>[1],
): Promise<number> {
  const id = await insertSeatHold(tx, hold);
  const facts = { ...factsOf(hold), sessionId: hold.sessionId };
  await record(tx, { ...entryOf(by, id), event: 'hold.placed', facts });
  return id;
}

function factsOf({ time, expiresAt, practitionerId, sessionTypeId }: Omit<Hold, 'id' | 'state' | 'sessionId'>) {
  return {
    practitionerId,
    sessionTypeId,
    start: time.from.toString(),
    end: time.to.toString(),
    expiresAt: expiresAt.toString(),
  };
}

/** Makes the hold's time a session's, for good or, where that is a request, `until` then. Refusal `hold_expired`, also where it was released or confirmed before. */
export async function confirmHold(
  tx: Transaction,
  by: By,
  holdId: number,
  sessionId: number,
  until: Temporal.Instant | null = null,
): Promise<HandedOver> {
  const handed = await handOver(tx, holdId, sessionId, by.at, until);
  if (!handed) throw overRefusal();
  await record(tx, { ...entryOf(by, holdId), event: 'hold.confirmed', facts: { sessionId } });
  return handed;
}

/**
 * Gives up what was kept of a seat for whoever takes it in the same act: `take` answers as which appointment. Refusal
 * `hold_expired`, as above.
 */
export async function confirmSeatHold(
  tx: Transaction,
  by: By,
  hold: { readonly id: number; readonly sessionId: number },
  take: () => Promise<number>,
): Promise<number> {
  if (!(await closeInTime(tx, hold.id, by.at))) throw overRefusal();
  const appointmentId = await take();
  const facts = { sessionId: hold.sessionId, appointmentId };
  await record(tx, { ...entryOf(by, hold.id), event: 'hold.confirmed', facts });
  return appointmentId;
}

function overRefusal(): Refusal {
  return new Refusal('hold_expired', 'This hold is no longer open. Choose a time again.');
}

/** Whether there was anything to release. */
export async function releaseHold(tx: Transaction, by: By, holdId: number): Promise<boolean> {
  if (!(await closeHold(tx, holdId, 'released'))) return false;
  await record(tx, { ...entryOf(by, holdId), event: 'hold.released' });
  await inheritTime(tx, by, await deleteOfHold(tx, holdId));
  return true;
}

/**
 * Removes the holds in the way of a stretch whose grace is over. Answers their ids. Where a session that overrides inherits from one, its
 * time is nobody else's before, too: readers see what is claimed (claims.ts).
 */
export async function expireHolds(tx: Transaction, by: By, resourceId: number, stretch: Stretch): Promise<number[]> {
  const until = by.at.subtract({ seconds: HOLD_GRACE_SECONDS });
  const expired = await listExpiredHolds(tx, resourceId, stretch, until);
  for (const holdId of expired) {
    if (await closeHold(tx, holdId, 'expired')) await record(tx, { ...entryOf(by, holdId), event: 'hold.expired' });
    await inheritTime(tx, by, await deleteOfHold(tx, holdId));
  }
  return expired;
}

/** Ends what was kept of seats in her sessions of a stretch, grace over. Answers those sessions: one may have nobody left. */
export async function expireSeatHolds(
  tx: Transaction,
  by: By,
  practitionerId: number,
  stretch: Stretch,
): Promise<number[]> {
  const until = by.at.subtract({ seconds: HOLD_GRACE_SECONDS });
  const expired = await listExpiredSeats(tx, practitionerId, stretch, until);
  for (const { holdId } of expired) {
    if (await closeHold(tx, holdId, 'expired')) await record(tx, { ...entryOf(by, holdId), event: 'hold.expired' });
  }
  return [...new Set(expired.map(({ sessionId }) => sessionId))];
}

function entryOf(by: By, id: number): Pick<Entry, 'at' | 'actor' | 'subject' | 'revision'> {
  return { ...by, subject: { kind: 'hold', id }, revision: 1 };
}
