// What becomes of a group's session when a seat that was kept is so no longer, or the last one out leaves others who are only kept one:
// it lives on as long as one is, and then ends. Acts have locked its practitioner's time.
import { releaseTimeOf, type By } from '../occupancy/inherit-time.ts';
import type { Hold } from '../occupancy/hold.ts';
import { expireSeatHolds, releaseHold } from '../occupancy/place-hold.ts';
import type { Stretch } from '../occupancy/occupancy.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { endKeptSession, findKept, keepUntil } from './store-held-seats.ts';

/** Nothing changes where somebody has a seat in it. */
export async function endIfEmpty(tx: Transaction, by: By, sessionId: number): Promise<void> {
  const { isEmpty, until } = await findKept(tx, sessionId);
  if (!isEmpty) return;
  if (until !== null) return await keepUntil(tx, sessionId, until);
  await endKeptSession(tx, sessionId, by.at);
  await releaseTimeOf(tx, by, sessionId);
}

/** Gives back a time that was kept, or a seat. Whether there was anything to give back. */
export async function giveBackHold(
  tx: Transaction,
  by: By,
  { id, sessionId }: Pick<Hold, 'id' | 'sessionId'>,
): Promise<boolean> {
  const released = await releaseHold(tx, by, id);
  if (released && sessionId !== null) await endIfEmpty(tx, by, sessionId);
  return released;
}

/** Ends what has run out of seats in her sessions of a stretch, and those sessions that nobody is left in. */
export async function endHeldSeats(tx: Transaction, by: By, practitionerId: number, stretch: Stretch): Promise<number> {
  const sessions = await expireSeatHolds(tx, by, practitionerId, stretch);
  for (const sessionId of sessions) await endIfEmpty(tx, by, sessionId);
  return sessions.length;
}
