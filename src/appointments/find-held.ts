// How the sessions of groups are held that who waits could come to: whoever waits for a platform has nothing of a seat elsewhere.
import type { GroupSession } from '../availability/free-time.ts';
import { standingIn } from '../availability/slots.ts';
import type { Platform } from '../meetings/provider.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { WaitlistTools } from './add-waitlist-entry.ts';
import { findHeld, type Held } from './store-series-seats.ts';
import { reasonAgainstSeat } from './take-beside.ts';
import type { Entry } from './waitlist.ts';

/** How the session of a group is held that a seat at a start would be of. */
export async function findHeldAt(
  tools: Pick<WaitlistTools, 'transactor'>,
  organisationId: number,
  sessions: readonly GroupSession[],
): Promise<(start: number) => Held | undefined> {
  if (sessions.length === 0) return () => undefined;
  const ids = sessions.map(({ sessionId }) => sessionId);
  const held = await tools.transactor.inOrganisation(organisationId, (tx) => findHeld(tx, ids), { readOnly: true });
  const standing = standingIn({ group: { capacity: 0, sessions } });
  return (start) => held.get(standing.get(start)?.sessionId ?? 0);
}

/** Those on which a seat can be had in a session that is held so. */
export function platformsIn(held: Held, platforms: ReadonlySet<Platform>): Set<Platform> {
  return new Set([...platforms].filter((platform) => reasonAgainstSeat(held, { platform, mode: null }) === null));
}

/** Somebody may have chosen meanwhile where it is held. */
export async function isHeldElsewhere(tx: Transaction, sessionId: number, { platform }: Entry): Promise<boolean> {
  const held = (await findHeld(tx, [sessionId])).get(sessionId);
  return held !== undefined && reasonAgainstSeat(held, { platform, mode: null }) !== null;
}
