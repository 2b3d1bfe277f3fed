// The life of a hold, inside a caller's transaction that has locked the practitioner's time. Placed, it owns its time until
// it expires. Confirmed before that, its row becomes a session's; released, its time is free at once. Once it has run out,
// and a grace with it, whoever needs the time removes it: no worker is waited for. (Where somebody inherits it, nobody can have it, and
// a worker does: appointments/end-holds.ts.)
import { record, type Entry } from '../journal/record.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import { inheritTime, type By } from './inherit-time.ts';
import { HOLD_GRACE_SECONDS, type Stretch } from './occupancy.ts';
import { deleteOfHold } from './store.ts';
import { closeHold, handOver, insertHold, listExpiredHolds, type HandedOver, type NewHold } from './store-holds.ts';

/** The hold's id; null when somebody owns any part of its time. */
export async function placeHold(tx: Transaction, by: By, hold: NewHold): Promise<number | null> {
  await expireHolds(tx, by, hold.practitionerId, hold.occupied);
  const id = await insertHold(tx, hold);
  if (id === null) return null;
  const { time, expiresAt, practitionerId, sessionTypeId } = hold;
  const facts = {
    practitionerId,
    sessionTypeId,
    start: time.from.toString(),
    end: time.to.toString(),
    expiresAt: expiresAt.toString(),
  };
  await record(tx, { ...entryOf(by, id), event: 'hold.placed', facts });
  return id;
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
  if (!handed) throw new Refusal('hold_expired', 'This hold is no longer open. Choose a time again.');
  await record(tx, { ...entryOf(by, holdId), event: 'hold.confirmed', facts: { sessionId } });
  return handed;
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

function entryOf(by: By, id: number): Pick<Entry, 'at' | 'actor' | 'subject' | 'revision'> {
  return { ...by, subject: { kind: 'hold', id }, revision: 1 };
}
