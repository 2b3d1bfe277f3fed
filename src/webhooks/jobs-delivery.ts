// The runner of deliveries: takes endpoints that have something to do, so many at once, and gives each its turn. Rung when
// something is owed, and looking by itself, so that a lost bell costs a moment and nothing else.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Transactor } from '../platform/database/transaction.ts';
import type { Bell } from '../platform/jobs/bell.ts';
import { startLookout } from '../platform/jobs/lookout.ts';
import type { Log } from '../platform/log.ts';
import { deliverTurn, LEASE_MS, TIMEOUT_MS, type DeliverTools } from './deliver-events.ts';
import { claimTurns, shorten, type Turn } from './store-turns.ts';
import { OWED } from './topics.ts';

/** Endpoints at once: they mostly wait for others' servers. */
const AT_ONCE = 16;
/** Of these, such as do not answer: the rest of the places are for those that do. */
const AILING_AT_ONCE = 8;
const LOOK_EVERY_MS = 1_000;

export type DeliveryTools = DeliverTools & {
  readonly transactor: Pick<Transactor, 'inOrganisation' | 'scan'>;
  readonly bell: Bell;
  readonly log: Log;
};

export type DeliveryRunner = {
  /**
   * Takes no new turn. Those in hand end after the round they are at, and are handed over to whoever looks next; one that is still
   * out after `withinMs` is left to come to its end, and its endpoint is free once it must have.
   */
  stop(withinMs: number): Promise<void>;
};

export function startDeliveries(tools: DeliveryTools, everyMs = LOOK_EVERY_MS): DeliveryRunner {
  const inHand = new Map<Promise<void>, Turn>();
  let stopped = false;
  const take = async (): Promise<boolean> => {
    const free = AT_ONCE - inHand.size;
    if (free <= 0) return false;
    const ailing = Math.max(0, AILING_AT_ONCE - [...inHand.values()].filter((turn) => turn.ailing).length);
    const turns = await tools.transactor.scan('webhook_endpoint', (tx) =>
      claimTurns(tx, tools.clock.now(), LEASE_MS, { all: free, ailing }),
    );
    for (const turn of turns) {
      const work: Promise<void> = deliverTurn({ ...tools, isStopping: () => stopped }, turn)
        .catch((error: unknown) => {
          // The database is away; the lease runs out and the endpoint is found again.
          tools.log.warn({ err: error, endpointId: turn.endpointId }, 'a turn of webhooks was broken off');
        })
        .finally(() => {
          inHand.delete(work);
          lookout.look();
        });
      inHand.set(work, turn);
    }
    return turns.length > 0;
  };
  const lookout = startLookout({ look: take, everyMs, log: tools.log, what: 'looking for webhooks' });
  const deaf = tools.bell.hear(OWED, () => lookout.look());
  return {
    stop: async (withinMs) => {
      stopped = true;
      deaf();
      await lookout.stop();
      const held = inHand.size;
      const bound = new AbortController();
      await Promise.race([
        Promise.allSettled(inHand.keys()),
        sleep(withinMs, undefined, { signal: bound.signal }).catch(() => undefined),
      ]);
      bound.abort();
      if (held > 0) tools.bell.ring(OWED, 'handed over');
      await freeAfterPost(tools, inHand.values());
    },
  };
}

/** A post of theirs is still out; from its latest end on, whoever looks may take them up. */
async function freeAfterPost(tools: DeliveryTools, turns: Iterable<Turn>): Promise<void> {
  const at = tools.clock.now().add({ milliseconds: TIMEOUT_MS });
  for (const turn of turns) {
    await tools.transactor
      .inOrganisation(turn.organisationId, (tx) => shorten(tx, turn, at))
      .catch((error: unknown) => tools.log.warn({ err: error }, 'a turn of webhooks could not be handed over'));
  }
}
