// Whether the sweep of an organisation puts right what it finds, or only reports. The journal says who decided, and is what the
// sweep goes by.
import type { KnownActor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import type { Transactor } from '../platform/database/transaction.ts';
import type { Once } from '../platform/http/idempotency.ts';
import type { Clock } from '../platform/time/clock.ts';
import { readSweepMode, restartSweep, type SweepMode } from './store-sweep.ts';

export type ModeTools = { readonly transactor: Pick<Transactor, 'inOrganisation'>; readonly clock: Clock };

/** Every place is looked at anew, soon, in the mode in force too: what was only reported is put right, or the other way round. */
export async function setSweepMode(tools: ModeTools, actor: KnownActor, mode: SweepMode, once: Once): Promise<void> {
  const { organisationId } = actor;
  await tools.transactor.inOrganisation(organisationId, async (tx) => {
    if (await once.claim(tx)) return;
    const now = tools.clock.now();
    const before = await readSweepMode(tx);
    if (before.mode !== mode || before.set?.by === 'restoration') {
      await record(tx, {
        at: now,
        event: 'sweep.mode_set',
        actor: { role: actor.role, ref: actor.key },
        subject: { kind: 'organisation', id: organisationId },
        revision: 1,
        facts: { mode },
      });
    }
    await restartSweep(tx, now);
    await once.settle(tx, 202, organisationId);
  });
}
