// Sweeps all the time, one step at a time and slowly: finds every few hours which places there are, and takes a step wherever
// one is due. Any number of workers may; each place is swept by one.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Transactor } from '../platform/database/transaction.ts';
import { startLookout } from '../platform/jobs/lookout.ts';
import { listOrganisations } from '../webhooks/store-follower.ts';
import { insertPlaces } from './store-sweep.ts';
import { sweepPlace, type SweepTools } from './sweep-place.ts';

export type SweeperTools = SweepTools & { readonly transactor: Transactor };

export type Sweeper = { stop(): Promise<void> };

const LOOK_EVERY_MS = 5_000;
/** Between two steps of this process: far from what any provider allows in a second, whoever's account it is. */
const PAUSE_MS = 1_000;
/** A place is new to the sweep for so long at most. */
const PLACE_EVERY_MS = 6 * 3_600_000;
/** The first rounds of many places begin spread over this. */
const SPREAD_SECONDS = 3_600;
const ORGANISATIONS_PAGE = 100;

export function startSweeper(tools: SweeperTools): Sweeper {
  const stopping = new AbortController();
  const { log } = tools;
  const place = startLookout({
    everyMs: PLACE_EVERY_MS,
    log,
    what: 'looking for places to sweep',
    look: async () => {
      await placeAll(tools);
      return false;
    },
  });
  const steps = startLookout({
    everyMs: LOOK_EVERY_MS,
    log,
    what: 'the sweep',
    look: async () => {
      const swept = await sweepPlace(tools, stopping.signal);
      if (swept) await sleep(PAUSE_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      return swept;
    },
  });
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all([place.stop(), steps.stop()]);
    },
  };
}

/** Every place of every organisation gets its row. */
export async function placeAll({ transactor, clock }: Pick<SweeperTools, 'transactor' | 'clock'>): Promise<void> {
  for (let after = 0; ;) {
    const from = after;
    const page = await transactor.scan(
      'organisation',
      (tx) => listOrganisations(tx, { after: from, limit: ORGANISATIONS_PAGE }),
      { readOnly: true },
    );
    for (const organisationId of page) {
      await transactor.inOrganisation(organisationId, (tx) => insertPlaces(tx, clock.now(), SPREAD_SECONDS));
    }
    if (page.length < ORGANISATIONS_PAGE) return;
    after = page.at(-1) ?? 0;
  }
}
