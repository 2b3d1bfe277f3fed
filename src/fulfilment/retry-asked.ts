// Somebody asks for a meeting or an event whose making has failed: it is tried now, and not only when its turn comes. An account
// that is waited for by all stays the gate's to ask.
import type { OutsideKind, OutsideObject } from '../meetings/meeting.ts';
import { listOutsideObjects } from '../meetings/store.ts';
import type { Transactor } from '../platform/database/transaction.ts';
import type { Clock } from '../platform/time/clock.ts';
import { LASTING_MS } from './back-off.ts';
import { isWaiting } from './held.ts';
import { isInHand } from './retry-fulfilment.ts';
import { lockOpenFulfilment, updateToHasten } from './store-failing.ts';

/** Of one session, however many ask and however often. Each process counts for itself. */
const LEAST_BETWEEN_MS = 3_000;
const MOST_REMEMBERED = 10_000;

type AskedTools = {
  readonly transactor: Pick<Transactor, 'inOrganisation'>;
  readonly clock: Clock;
  wake(organisationId: number, sessionId: number): void;
};

/** Answers the object as it was, where a try is to be waited for; undefined: what is written down is as fresh as can be. */
export type RetryAsked = (
  session: { readonly organisationId: number; readonly sessionId: number },
  kind: OutsideKind,
  withinMs: number,
) => Promise<OutsideObject | undefined>;

/** Remembers when it last did, for the sake of the provider. */
export function retryAsked(tools: AskedTools): RetryAsked {
  const lastAt = new Map<string, Temporal.Instant>();
  return ({ organisationId, sessionId }, kind, withinMs) =>
    tools.transactor.inOrganisation(organisationId, async (tx) => {
      const open = await lockOpenFulfilment(tx, sessionId);
      const object = (await listOutsideObjects(tx, sessionId)).find((one) => one.kind === kind);
      if (!open || !object || object.lastError === null || isWaiting(object.lastError)) return undefined;
      const now = tools.clock.now();
      const waitMs = object.nextAttemptAt?.since(now).total('milliseconds') ?? 0;
      if (isInHand(open, now) || waitMs <= withinMs) return object;
      // Whoever asked us to slow down is left alone.
      if (waitMs > LASTING_MS || /\b429\b/.test(object.lastError)) return undefined;
      const key = `${organisationId}/${sessionId}`;
      const last = lastAt.get(key);
      if (last && now.since(last).total('milliseconds') < LEAST_BETWEEN_MS) return undefined;
      if (lastAt.size >= MOST_REMEMBERED) lastAt.clear();
      lastAt.set(key, now);
      await updateToHasten(tx, sessionId, kind, now);
      tx.afterCommit(() => tools.wake(organisationId, sessionId));
      return object;
    });
}
