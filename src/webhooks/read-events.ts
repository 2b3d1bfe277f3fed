// The feed: what happened since, for who follows by asking, or was away for longer than webhooks wait.
import { mayAdminister, type Actor } from '../identity/actor.ts';
import type { Transactor } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import { RETENTION_DAYS, type EventRow } from './event.ts';
import { listEvents, readFeedEnds, type FeedQuestion } from './store-events.ts';

export type Feed = {
  readonly events: readonly EventRow[];
  /** Where to go on from, now or later. */
  readonly place: number;
  readonly more: boolean;
};

/**
 * One page. All events up to the head are seen by then, since they become visible in the order of their ids: so an empty page
 * moves its reader to the head. Refusals `forbidden`, and `cursor_expired` where events after the place are gone.
 */
export async function readEvents(
  tools: { readonly transactor: Pick<Transactor, 'inOrganisation'> },
  actor: Actor,
  question: FeedQuestion,
): Promise<Feed> {
  if (!mayAdminister(actor)) throw new Refusal('forbidden', 'Only staff and services may read the events.');
  const read = { ...question, limit: question.limit + 1 };
  return await tools.transactor.inOrganisation(
    actor.organisationId,
    async (tx) => {
      const { head, removedTo } = await readFeedEnds(tx);
      if (question.after !== null && question.after < removedTo) {
        throw new Refusal(
          'cursor_expired',
          `Events are kept for ${RETENTION_DAYS} days, and some after this place are gone. Begin anew without a cursor.`,
          { errors: [{ pointer: 'query/cursor', message: 'is older than the oldest event' }] },
        );
      }
      const found = await listEvents(tx, read, head);
      const events = found.slice(0, question.limit);
      const more = found.length > question.limit;
      return { events, more, place: more ? (events.at(-1)?.id ?? 0) : Math.max(head, removedTo, question.after ?? 0) };
    },
    { readOnly: true },
  );
}
