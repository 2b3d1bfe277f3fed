// The follower: tells each organisation's new events, rung by the bell when an act commits, and going round all of them by
// itself, so that a lost bell costs a moment and nothing else.
import type { Bell } from '../platform/jobs/bell.ts';
import { startLookout } from '../platform/jobs/lookout.ts';
import type { Log } from '../platform/log.ts';
import type { Transactor } from '../platform/database/transaction.ts';
import { publishEvents, removeOldEvents, type PublishTools } from './publish-events.ts';
import { listOrganisations } from './store-follower.ts';
import { ENTRIES, OWED } from './topics.ts';

const LOOK_EVERY_MS = 1_000;
/** Organisations looked at by itself in one look, beside those that rang: a short read each where there is nothing new. */
const ROUND_PAGE = 20;
/** What is old may wait: an hour more or less is nothing to thirty days. */
const REMOVE_EVERY_MS = 3_600_000;

export type FollowerTools = PublishTools & {
  readonly transactor: Pick<Transactor, 'inOrganisation' | 'scan'>;
  readonly bell: Bell;
  readonly log: Log;
};

export type Follower = { stop(): Promise<void> };

export function startFollower(tools: FollowerTools, everyMs = LOOK_EVERY_MS): Follower {
  const rung = new Set<number>();
  let after = 0;
  const next = async (): Promise<ReadonlySet<number>> => {
    const page = await tools.transactor.scan(
      'organisation',
      (tx) => listOrganisations(tx, { after, limit: ROUND_PAGE }),
      { readOnly: true },
    );
    after = page.length < ROUND_PAGE ? 0 : (page.at(-1) ?? 0);
    const all = new Set([...rung, ...page]);
    rung.clear();
    return all;
  };
  const follow = startLookout({
    everyMs,
    log: tools.log,
    what: 'following the journal',
    look: async () => {
      for (const organisationId of await next()) {
        try {
          const { more, owed } = await publishEvents(tools, organisationId);
          if (more) rung.add(organisationId);
          if (owed) tools.bell.ring(OWED, 'new');
        } catch (error) {
          // Its own turn comes again; the others do not wait for it.
          tools.log.warn({ err: error, organisationId }, 'the journal of an organisation could not be followed');
        }
      }
      return rung.size > 0;
    },
  });
  const remove = startLookout({
    everyMs: REMOVE_EVERY_MS,
    log: tools.log,
    what: 'removing old events',
    look: () => removeEverywhere(tools),
  });
  const deaf = tools.bell.hear(ENTRIES, (word) => {
    const organisationId = Number(word);
    if (!Number.isSafeInteger(organisationId) || organisationId <= 0) return;
    rung.add(organisationId);
    follow.look();
  });
  return {
    stop: async () => {
      deaf();
      await Promise.all([follow.stop(), remove.stop()]);
    },
  };
}

/** All organisations in turn; answers whether any has more to remove. */
async function removeEverywhere(tools: FollowerTools): Promise<boolean> {
  let more = false;
  for (let after = 0; ;) {
    const from = after;
    const page = await tools.transactor.scan('organisation', (tx) =>
      listOrganisations(tx, { after: from, limit: ROUND_PAGE }),
    );
    for (const organisationId of page) more = (await removeOldEvents(tools, organisationId)) || more;
    if (page.length < ROUND_PAGE) return more;
    after = page.at(-1) ?? 0;
  }
}
