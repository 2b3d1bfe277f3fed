// Sends again what was sent or given up, and sends a test: what is owed is put back to its beginning, and the runner does the
// rest, in order. A receiver knows a repeat by its id.
import type { Actor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Once } from '../platform/http/idempotency.ts';
import type { Bell } from '../platform/jobs/bell.ts';
import { Refusal } from '../platform/refusal.ts';
import { requireAdministrator, type EndpointTools } from './add-endpoint.ts';
import { entryOf } from './change-endpoint.ts';
import { parseWireId, RETENTION_DAYS, TEST_EVENT } from './event.ts';
import { oweTest } from './store-deliveries.ts';
import { insertTestEvent } from './store-events.ts';
import { replayDead, replayEvent, replayRange, wakeEndpoint, type Range } from './store-replay.ts';
import { lockEndpoint } from './store.ts';
import { OWED } from './topics.ts';

export type ReplayTools = EndpointTools & { readonly bell: Pick<Bell, 'ring'> };

export type Replay =
  | { readonly kind: 'event'; readonly eventId: string }
  | { readonly kind: 'dead' }
  | ({ readonly kind: 'range' } & Range);

/** Rows written in one transaction, in well under a second; hours of a busy practice. */
const MOST_REPLAYED = 5_000;

/**
 * Refusals: `forbidden`, `not_found` (also for an event that is not kept any more), `replay_too_large`, `invalid_request` for a
 * range that ends before it begins.
 */
export async function replayEvents(
  tools: ReplayTools,
  actor: Actor,
  request: { readonly id: number; readonly replay: Replay },
  once: Once,
): Promise<void> {
  requireAdministrator(actor);
  const { id, replay } = request;
  const now = tools.clock.now();
  await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    if (await once.claim(tx)) return;
    await lockEndpoint(tx, id);
    const replayed = await put(tx, id, replay, now);
    await wakeEndpoint(tx, id, now);
    const facts = { kind: replay.kind, replayed };
    await record(tx, { ...entryOf(actor, id, now), event: 'webhook_endpoint.replayed', facts });
    await once.settle(tx, 202, id);
    tx.afterCommit(() => tools.bell.ring(OWED, 'replay'));
  });
}

async function put(tx: Transaction, id: number, replay: Replay, now: Temporal.Instant): Promise<number> {
  if (replay.kind === 'dead') return await replayDead(tx, id, now, MOST_REPLAYED);
  if (replay.kind === 'event') {
    const eventId = parseWireId(replay.eventId);
    const replayed = eventId === null ? 0 : await replayEvent(tx, id, eventId, now);
    if (replayed > 0) return replayed;
    throw new Refusal('not_found', `There is no event with that id; events are kept for ${RETENTION_DAYS} days.`);
  }
  if (Temporal.Instant.compare(replay.from, replay.to) >= 0) {
    throw new Refusal('invalid_request', 'The range ends before it begins.', {
      errors: [{ pointer: '/to', message: 'must be after from' }],
    });
  }
  const replayed = await replayRange(tx, id, replay, now, MOST_REPLAYED + 1);
  if (replayed <= MOST_REPLAYED) return replayed;
  throw new Refusal(
    'replay_too_large',
    `More than ${MOST_REPLAYED} events happened in this range. Ask for a shorter one.`,
    { errors: [{ pointer: '/to', message: 'is too far from from' }] },
  );
}

/** Owes the endpoint a test event, before all else; answers its id. Refusals: `forbidden`, `not_found`, `endpoint_not_active`. */
export async function sendTest(tools: ReplayTools, actor: Actor, id: number, once: Once): Promise<number> {
  requireAdministrator(actor);
  const at = tools.clock.now();
  return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    const earlier = await once.claim(tx);
    if (earlier !== null && earlier.subjectId !== null) return earlier.subjectId;
    const { state } = await lockEndpoint(tx, id);
    if (state !== 'active') {
      throw new Refusal('endpoint_not_active', 'Nothing is sent to this endpoint now. Set its state to active first.', {
        extra: { state },
      });
    }
    const event = { type: TEST_EVENT, at, endpointId: id, data: { revision: 1, by: actor.role } };
    const eventId = await insertTestEvent(tx, event);
    await oweTest(tx, id, eventId, at);
    await once.settle(tx, 202, eventId);
    tx.afterCommit(() => tools.bell.ring(OWED, 'test'));
    return eventId;
  });
}
