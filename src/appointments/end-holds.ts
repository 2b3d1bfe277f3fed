// Removes holds that have run out where somebody inherits their time, and those of seats. Of all others it is left to whoever needs the
// time next; of the first nobody can have it, and whoever is refused leaves nothing behind, so that it would never come to be; of the
// second a session may be left that nobody comes to.
import { HOLD_GRACE_SECONDS } from '../occupancy/occupancy.ts';
import { expireHolds } from '../occupancy/place-hold.ts';
import { listExpiredUnderClaims, listTimesOfExpiredSeats } from '../occupancy/store-holds.ts';
import { lockTimeOf } from '../occupancy/store.ts';
import { endHeldSeats } from './end-held-seats.ts';
import type { Reading } from './find-appointment.ts';

/** Who stands in the journal for it. */
const CLOCK = { role: 'system', ref: 'hold-expiry' } as const;
/** In one look; the rest are found in the next. */
const MOST_AT_ONCE = 50;

/** Each by an act of its own; answers how many were removed. */
export async function endHolds({ transactor, clock }: Reading, organisationId: number): Promise<number> {
  const until = clock.now().subtract({ seconds: HOLD_GRACE_SECONDS });
  const expired = await transactor.inOrganisation(
    organisationId,
    async (tx) => [
      ...(await listExpiredUnderClaims(tx, until, MOST_AT_ONCE)),
      ...(await listTimesOfExpiredSeats(tx, until, MOST_AT_ONCE)),
    ],
    { readOnly: true },
  );
  let ended = 0;
  for (const { resourceId, stretch } of expired) {
    ended += await transactor.inOrganisation(organisationId, async (tx) => {
      await lockTimeOf(tx, [resourceId]);
      const by = { at: clock.now(), actor: CLOCK };
      const holds = await expireHolds(tx, by, resourceId, stretch);
      return holds.length + (await endHeldSeats(tx, by, resourceId, stretch));
    });
  }
  return ended;
}
