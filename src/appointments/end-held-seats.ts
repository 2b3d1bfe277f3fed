// What becomes of a group's session when a seat that was kept is so no longer, or the last one out leaves others who are only kept one:
// it lives on as long as one is, and then ends. Acts have locked its practitioner's time.
import { releaseTimeOf, type By } from '../occupancy/inherit-time.ts';
import type { Hold } from '../occupancy/hold.ts';
import { expireSeatHolds, releaseHold } from '../occupancy/place-hold.ts';
import type { Stretch } from '../occupancy/occupancy.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Appointment } from './appointment.ts';
import { endKeptSession, findKept, keepUntil } from './store-held-seats.ts';
import { countOthers } from './store-seats.ts';

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

type Seat = Pick<Appointment, 'id' | 'sessionId' | 'practitionerId' | 'capacity' | 'start' | 'end'>;

/** Before seats are given up: what has run out in their sessions is ended first, so that none outlives its session. */
export async function endHeldBeside(tx: Transaction, by: By, seats: readonly Seat[]): Promise<void> {
  for (const { practitionerId, capacity, start, end } of seats) {
    if (capacity > 1) await endHeldSeats(tx, by, practitionerId, { from: start, to: end });
  }
}

/** Whether others stay in its session when this seat is given up: they have one too, or are kept one. */
export async function findStaying(tx: Transaction, by: By, seat: Seat): Promise<boolean> {
  if (seat.capacity === 1) return false;
  await endHeldBeside(tx, by, [seat]);
  return (await countOthers(tx, seat, by.at)) > 0;
}

/** Ends what has run out of seats in her sessions of a stretch, and those sessions that nobody is left in. */
export async function endHeldSeats(tx: Transaction, by: By, practitionerId: number, stretch: Stretch): Promise<number> {
  const sessions = await expireSeatHolds(tx, by, practitionerId, stretch);
  for (const sessionId of sessions) await endIfEmpty(tx, by, sessionId);
  return sessions.length;
}
