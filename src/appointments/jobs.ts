// Goes round the organisations and tends what is offered in each: a time that came free finds who waits for it, an offer that ran out
// passes on, a letter leaves; and a hold that ran out gives its time to who inherits it. Those whose journal has grown are looked at in the next look, all of them in turn.
import type { Bell } from '../platform/jobs/bell.ts';
import type { Log } from '../platform/log.ts';
import { startLookout } from '../platform/jobs/lookout.ts';
import { listOrganisations } from '../webhooks/store-follower.ts';
import { ENTRIES } from '../webhooks/topics.ts';
import type { WaitlistTools } from './add-waitlist-entry.ts';
import { endHolds } from './end-holds.ts';
import { placeOffers } from './place-offers.ts';

/** Who waits for days waits for a second; and many acts in it cost one look. */
const LOOK_EVERY_MS = 1_000;
/** Where nothing is known to have happened: a hold of somebody's may have run out, or a bell been lost. */
const LOOK_WITHOUT_NEWS = 5;
/** Organisations looked at by themselves in one look: a short read each where nobody waits. */
const ROUND_PAGE = 20;

export type OfferTools = WaitlistTools & {
  readonly bell: Bell;
  readonly log: Log;
  /** Sends the letters of an organisation's offers that are due. */
  sendOffers(organisationId: number): Promise<void>;
};

export type OfferTender = { stop(): Promise<void> };

export function startOffers(tools: OfferTools, everyMs = LOOK_EVERY_MS): OfferTender {
  const rung = new Set<number>();
  let after = 0;
  let rounds = 0;
  const next = async (): Promise<ReadonlyMap<number, boolean>> => {
    if (after === 0) rounds += 1;
    const page = await tools.transactor.scan(
      'organisation',
      (tx) => listOrganisations(tx, { after, limit: ROUND_PAGE }),
      { readOnly: true },
    );
    after = page.length < ROUND_PAGE ? 0 : (page.at(-1) ?? 0);
    // By rounds, or with as many pages as this it would be the same organisations each time.
    const quiet = rounds % LOOK_WITHOUT_NEWS === 0;
    const all = new Map([...page.map((id) => [id, quiet] as const), ...[...rung].map((id) => [id, true] as const)]);
    rung.clear();
    return all;
  };
  const lookout = startLookout({
    everyMs,
    log: tools.log,
    what: 'tending offers',
    look: async () => {
      for (const [organisationId, news] of await next()) {
        try {
          if (news) await endHolds(tools, organisationId);
          await placeOffers(tools, organisationId, news);
          await tools.sendOffers(organisationId);
        } catch (error) {
          // Its own turn comes again; the others do not wait for it.
          tools.log.warn({ err: error, organisationId }, 'the offers of an organisation could not be tended');
        }
      }
      return false;
    },
  });
  const deaf = tools.bell.hear(ENTRIES, (word) => {
    const organisationId = Number(word);
    if (Number.isSafeInteger(organisationId) && organisationId > 0) rung.add(organisationId);
  });
  return {
    stop: async () => {
      deaf();
      await lookout.stop();
    },
  };
}
