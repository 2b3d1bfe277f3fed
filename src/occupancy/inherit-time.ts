// What becomes of time that is given up: live sessions that override it inherit what they claim, oldest first, in the
// same transaction, so that no moment exists in which it looks free. What nobody claims is free.
import { record, type Entry } from '../journal/record.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { deleteOfSession, deleteOfSessions, listHeirs, takeRemainder, type Freed } from './store.ts';

/** When, and by whom. */
export type By = Pick<Entry, 'at' | 'actor'>;

/** Frees all that a session owns. Answers the sessions that inherited any of it. */
export async function releaseTimeOf(tx: Transaction, by: By, sessionId: number): Promise<number[]> {
  return await inheritTime(tx, by, await deleteOfSession(tx, sessionId), [sessionId]);
}

/** Frees all that some sessions own, as one. */
export async function releaseTimeOfAll(tx: Transaction, by: By, sessionIds: readonly number[]): Promise<number[]> {
  return await inheritTime(tx, by, await deleteOfSessions(tx, sessionIds), sessionIds);
}

/** Hands on what was freed. `leaving`: the sessions that gave it up, which inherit nothing of their own. */
export async function inheritTime(
  tx: Transaction,
  by: By,
  freed: readonly Freed[],
  leaving: readonly number[] = [],
): Promise<number[]> {
  const inherited = new Set<number>();
  for (const stretch of freed) {
    if (!stretch.heirs) continue;
    for (const { sessionId, revision, occupied } of await listHeirs(tx, stretch, leaving)) {
      const pieces = await takeRemainder(tx, { resourceId: stretch.resourceId, stretch: occupied, sessionId });
      if (pieces === 0) continue;
      inherited.add(sessionId);
      const { from, to } = stretch.during;
      await record(tx, {
        ...by,
        event: 'occupancy.inherited',
        subject: { kind: 'session', id: sessionId },
        revision,
        facts: { resourceId: stretch.resourceId, from: from.toString(), to: to.toString() },
      });
    }
  }
  return [...inherited];
}
