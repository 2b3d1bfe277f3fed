// The whole way of an event without HTTP in front: acts at a desk, the follower, runners, and somebody's real server at the end.
// Time is set.
import { listFacts } from '../../src/appointments/store-facts.ts';
import type { Actor } from '../../src/identity/actor.ts';
import { noOnce } from '../../src/platform/http/idempotency.ts';
import { postOutside, type PostOutside } from '../../src/platform/http/post-outside.ts';
import { hangBell } from '../../src/platform/jobs/bell.ts';
import { createSealing, type Sealing } from '../../src/platform/sealing.ts';
import { addEndpoint } from '../../src/webhooks/add-endpoint.ts';
import { startDeliveries } from '../../src/webhooks/jobs-delivery.ts';
import { startFollower } from '../../src/webhooks/jobs.ts';
import { readEndpoint } from '../../src/webhooks/store.ts';
import { countOwed } from '../../src/webhooks/store-deliveries.ts';
import { ENTRIES, OWED } from '../../src/webhooks/topics.ts';
import { captureLog } from '../http/capture-log.ts';
import { openDesk } from '../occupancy/open-desk.ts';

/** What secrets are sealed with here. */
export const KEY = { id: 'test', key: new Uint8Array(32).fill(7) };
/** For what comes true by itself, on a busy machine. */
const PATIENCE_MS = 40_000;

export type PostRoom = Awaited<ReturnType<typeof openPostRoom>>;

export async function openPostRoom() {
  const desk = await openDesk();
  const { organisationId, clock, work } = desk;
  const { log, lines } = captureLog();
  const bell = hangBell({ pool: desk.database.connection.pool, url: desk.database.url, log });
  const actor: Actor = {
    organisationId,
    role: 'staff',
    subject: 'a',
    email: null,
    practitionerId: null,
    key: 'staff:a',
  };
  const tools = {
    transactor: work,
    clock,
    log,
    bell,
    describe: listFacts,
    chance: () => 0,
    webhookReach: 'private_too' as const,
    post: postOutside({ clock, reach: 'private_too' }),
    sealing: createSealing([KEY]),
  };
  const running = new Set<{ stop(withinMs: number): Promise<void> }>();
  const look = (): void => {
    bell.ring(ENTRIES, String(organisationId));
    bell.ring(OWED, 'look');
  };
  return {
    ...desk,
    tools,
    actor,
    lines,
    /** A worker: it follows and delivers, as one process does. */
    work: (post: PostOutside = tools.post, sealing: Sealing = tools.sealing) => {
      const follower = startFollower(tools);
      const deliveries = startDeliveries({ ...tools, post, sealing });
      const worker = {
        stop: async (withinMs: number) => {
          running.delete(worker);
          await Promise.all([follower.stop(), deliveries.stop(withinMs)]);
        },
      };
      running.add(worker);
      return worker;
    },
    add: async (url: string, types: readonly string[] = []) => {
      const { id, secret } = await addEndpoint(tools, actor, { url, description: null, types }, noOnce);
      return { id, secret: secret ?? '' };
    },
    standing: (id: number) =>
      work.inOrganisation(organisationId, async (tx) => ({
        ...(await readEndpoint(tx, id)),
        ...(await countOwed(tx, id)),
      })),
    /** Waits until a question has the wished answer; each look rings, and may move the clock. */
    until: async <T>(question: () => T | Promise<T>, wished: (answer: T) => boolean, step?: Temporal.DurationLike) => {
      const end = performance.now() + PATIENCE_MS;
      for (;;) {
        const answer = await question();
        if (wished(answer)) return answer;
        if (performance.now() > end)
          throw new Error(`it did not come true: ${JSON.stringify(answer)?.slice(0, 2_000)}`);
        if (step) clock.advance(step);
        look();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    close: async () => {
      await Promise.all([...running].map((worker) => worker.stop(5_000)));
      await bell.close();
      await desk.close();
    },
  };
}
