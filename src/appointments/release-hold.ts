// Gives a held time back before it runs out. What is no longer open stays as it is, and is no error: its answer says how it
// stands, so that a page that is left late needs to know nothing.
import type { Actor } from '../identity/actor.ts';
import { lockTimeOf } from '../occupancy/store.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { giveBackHold } from './end-held-seats.ts';
import type { Reading } from './find-appointment.ts';
import { readHold, seeHold, type HoldSeen } from './find-hold.ts';

/** Refusal `not_found`. */
export async function releaseHold(tools: Reading, actor: Actor, holdId: number, once: Once): Promise<HoldSeen> {
  return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    const earlier = await once.claim(tx);
    const now = tools.clock.now();
    if (earlier === null) {
      const hold = await seeHold(tx, actor, holdId);
      await lockTimeOf(tx, [hold.practitionerId]);
      await giveBackHold(tx, { at: now, actor: { role: actor.role, ref: actor.key } }, hold);
      await once.settle(tx, 200, holdId);
    }
    return await readHold(tx, actor, holdId, now);
  });
}
