// What a booking needs besides the practitioner's time: which units are to be locked with it, guessed by the desk last seen.
// Everything is locked in one statement, in id order, so whoever has guessed wrong starts anew instead of locking more.
import type { Desk } from '../availability/desk.ts';
import { moreAskedFor, type Sought } from '../availability/find-slots.ts';
import type { MoreAsked } from '../availability/store-units.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import { findMeant } from '../practitioners/session-type.ts';
import { findNeeds } from '../practitioners/store-session-type.ts';
import { lengthMinutes, type Appointment } from './appointment.ts';

/** Once for a desk that was not known yet, and for changes of it meanwhile. */
const MOST_STARTS = 4;

/** Rolls back: the desk in force needs what is not locked. It is known by now, and the next start locks that. */
class LockAnew extends Error {
  override readonly name = 'LockAnew';
}

/** What is to be locked and read besides her time, for a session type as a caller names it. */
export function guessMore(
  desk: Desk | undefined,
  sessionType: string | number,
  clientSubject: string | null,
): MoreAsked {
  const offered = desk && findMeant(desk.practitioner.offered, sessionType);
  return offered ? moreAskedFor(offered, clientSubject) : {};
}

/** An appointment to be moved, as a session to find time for: its own length, and the needs of its kind, on offer still or not. */
export async function soughtFor(tx: Transaction, desk: Desk | undefined, appointment: Appointment): Promise<Sought> {
  const { sessionTypeId: id, sessionType: name, capacity } = appointment;
  const offered = desk?.practitioner.offered.find((one) => one.id === id);
  const needs = offered ? (offered.needs ?? []) : await findNeeds(tx, id);
  return { id, name, lengthMinutes: lengthMinutes(appointment), capacity, needs };
}

/** Throws LockAnew. */
export function refuseUnlocked({ units: locked = [] }: MoreAsked, { units = [] }: MoreAsked): void {
  if (units.some((unit) => !locked.includes(unit))) throw new LockAnew('more is needed than is locked');
}

/** Whether what was read by a guess leaves out anything of what is asked. */
export function isUnread(guessed: MoreAsked, { units, group }: MoreAsked): boolean {
  const { units: read } = guessed;
  // Also where there is nothing to read: what is needed and cannot be had is not what is not needed.
  const unread = units !== undefined && (read === undefined || units.some((unit) => !read.includes(unit)));
  return unread || (group !== undefined && group.sessionTypeId !== guessed.group?.sessionTypeId);
}

/** Runs an act that opens a transaction, anew where it had to lock more. Refusal `overloaded`. */
export async function lockingAnew<T>(act: () => Promise<T>): Promise<T> {
  for (let starts = 1; starts < MOST_STARTS; starts += 1) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof LockAnew)) throw error;
    }
  }
  throw new Refusal('overloaded', 'The session type is being changed right now. Try again in a moment.', {
    retryAfterSeconds: 1,
  });
}
