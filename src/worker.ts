// Hangs every room's jobs: fulfilment and its sweep, events and webhooks, connections, and the sweeping-up of what has served its time.
import { startOffers } from './appointments/jobs.ts';
import { listFacts } from './appointments/store-facts.ts';
import type { House } from './composition.ts';
import { startConnectionSweep } from './connections/jobs.ts';
import { startSweeper } from './fulfilment/jobs-sweep.ts';
import { startRunner, type Runner } from './fulfilment/jobs.ts';
import { offerSender } from './fulfilment/send-offers.ts';
import { purgeIdempotencyKeys } from './platform/http/idempotency.ts';
import { startDeliveries } from './webhooks/jobs-delivery.ts';
import { startFollower } from './webhooks/jobs.ts';

/** Keys are kept two days; a few minutes more or less matter to nobody. */
const SWEEP_EVERY_MS = 300_000;

export type Worker = Pick<Runner, 'stop'>;

/** Starts working. `lookEveryMs`: how often each looks by itself, where that is not to be its own measure. */
export function startWork(house: House, options: { readonly lookEveryMs?: number } = {}): Worker {
  const { lookEveryMs } = options;
  const runner = startRunner(house, options);
  const follower = startFollower({ ...house, describe: listFacts }, lookEveryMs);
  const deliveries = startDeliveries(house, lookEveryMs);
  const connections = startConnectionSweep(house, lookEveryMs);
  const sweeper = startSweeper(house);
  const offers = startOffers({ ...house, sendOffers: offerSender(house) }, lookEveryMs);
  house.onAttend(() => connections.look());
  const sweep = setInterval(() => {
    purgeIdempotencyKeys(house.transactor, house.clock.now()).catch((error: unknown) => {
      house.log.warn({ err: error }, 'old idempotency keys could not be removed');
    });
  }, SWEEP_EVERY_MS);
  return {
    stop: async (withinMs) => {
      clearInterval(sweep);
      const others = [follower.stop(), deliveries.stop(withinMs), connections.stop(), sweeper.stop(), offers.stop()];
      await Promise.all([runner.stop(withinMs), ...others]);
    },
  };
}
