// Frees time from whatever has run out, grace over, for whoever needs it: no worker is waited for. Callers have locked the
// practitioner's time, and that of the units.
import type { By } from '../occupancy/inherit-time.ts';
import type { Stretch } from '../occupancy/occupancy.ts';
import { expireHolds } from '../occupancy/place-hold.ts';
import { freeExpiredUnits } from '../occupancy/store-units.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { endHeldSeats } from './end-held-seats.ts';
import { lapseRequestsIn } from './lapse-request.ts';

/** Holds, seats that were kept, and requests in some stretches; and units there, whoever's they were. */
export async function endExpired(
  tx: Transaction,
  by: By,
  { practitionerId, units }: { readonly practitionerId: number; readonly units: readonly number[] },
  stretches: readonly Stretch[],
): Promise<void> {
  for (const stretch of stretches) {
    await expireHolds(tx, by, practitionerId, stretch);
    await endHeldSeats(tx, by, practitionerId, stretch);
    await lapseRequestsIn(tx, practitionerId, stretch, by.at);
  }
  await freeExpiredUnits(tx, units, stretches, by.at);
}
