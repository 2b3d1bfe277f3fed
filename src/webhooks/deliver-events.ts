// A turn: one runner sends an endpoint what it is owed, a few events of different subjects at once, each subject's in order.
// The endpoint is nobody else's meanwhile. A try whose outcome is not written down (the runner was killed) is made again by
// the next: an event comes once or more, under one id, and never before an earlier one of its subject.
import { record } from '../journal/record.ts';
import type { Transactor } from '../platform/database/transaction.ts';
import type { PostOutside, Posted } from '../platform/http/post-outside.ts';
import type { Log } from '../platform/log.ts';
import type { Sealing } from '../platform/sealing.ts';
import { Secret } from '../platform/secret.ts';
import type { Clock } from '../platform/time/clock.ts';
import { deliveryWaitMs, endpointWaitMs, isDead, isHopeless } from './back-off.ts';
import { secretOf } from './endpoint.ts';
import { documentOf, wireId } from './event.ts';
import { signedHeaders } from './signature.ts';
import { settle, type Outcome } from './store-deliveries.ts';
import {
  disable,
  giveBack,
  listNext,
  noteDelivered,
  noteFailed,
  noteUnreadable,
  prolong,
  type Held,
  type Owed,
  type Turn,
} from './store-turns.ts';

export type DeliverTools = {
  readonly transactor: Pick<Transactor, 'inOrganisation'>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly post: PostOutside;
  readonly sealing: Sealing;
  readonly chance: () => number;
  /** The runner is to stop: the turn ends after the round in hand. */
  isStopping?(): boolean;
};

/** A receiver should write it down and answer; what it does with it can follow. */
export const TIMEOUT_MS = 10_000;
/** Outlives one round: a time-out, and then the writing. */
export const LEASE_MS = 30_000;
/** Sent at once to one endpoint, of different subjects. */
const AT_ONCE = 4;
/** After these another endpoint has its turn. */
const ROUNDS = 25;
const TURN_MS = 20_000;

/** What came of one try. */
type Result = {
  readonly outcome: Outcome;
  readonly status: number | null;
  readonly error: string | null;
  readonly gone: boolean;
  /** How long it asked us to wait. */
  readonly askedMs: number | undefined;
};

/** Ends with the endpoint given back, due at once where more is owed than the turn was for, or lost to another. */
export async function deliverTurn(tools: DeliverTools, turn: Turn): Promise<void> {
  const began = performance.now();
  const since = tools.clock.now();
  for (let round = 0; round < ROUNDS && performance.now() - began < TURN_MS; round += 1) {
    const hand = await take(tools, turn, since);
    if (hand === null || hand.owed.length === 0) return await endTurn(tools, turn, null);
    const signing = await openSecrets(tools, turn, hand.held);
    if (signing === null) return await awaitKey(tools, turn, hand.held);
    const results = await Promise.all(hand.owed.map((owed) => tryOne(tools, turn, { ...hand.held, signing }, owed)));
    const made = results.filter((result) => result !== null);
    if (made.length < results.length || !(await goesOn(tools, turn, hand.held, made))) return;
    if (tools.isStopping?.()) break;
  }
  await endTurn(tools, turn, tools.clock.now());
}

type Hand = { readonly held: Held; readonly owed: readonly Owed[] };

async function take(tools: DeliverTools, turn: Turn, since: Temporal.Instant): Promise<Hand | null> {
  return await tools.transactor.inOrganisation(turn.organisationId, async (tx) => {
    const now = tools.clock.now();
    const held = await prolong(tx, turn, now.add({ milliseconds: LEASE_MS }));
    if (!held) return null;
    // Where nobody answers, one is enough to see whether somebody does again.
    const ailing = held.failures > 0;
    const next = { now, recoveredAt: held.recoveredAt, since: ailing ? since : null, limit: ailing ? 1 : AT_ONCE };
    return { held, owed: await listNext(tx, turn, next) };
  });
}

async function endTurn(tools: DeliverTools, turn: Turn, dueAt: Temporal.Instant | null): Promise<void> {
  await tools.transactor.inOrganisation(turn.organisationId, (tx) => giveBack(tx, turn, dueAt));
}

/** Nothing is sent unsigned, and nothing is given up: what it is owed waits until its secret can be opened again. */
async function awaitKey(tools: DeliverTools, turn: Turn, held: Held): Promise<void> {
  const waitMs = endpointWaitMs(held.failures + 1, undefined, tools.chance());
  await tools.transactor.inOrganisation(turn.organisationId, async (tx) => {
    await noteUnreadable(tx, turn);
    await giveBack(tx, turn, tools.clock.now().add({ milliseconds: waitMs }));
  });
}

/** The secrets that sign now; null where the one that must cannot be opened. The one before signs if it can. */
async function openSecrets(tools: DeliverTools, turn: Turn, held: Held): Promise<readonly Secret[] | null> {
  const { previousSealed, previousUntil, sealed } = held;
  const both = previousUntil !== null && Temporal.Instant.compare(tools.clock.now(), previousUntil) < 0;
  const about = secretOf(turn.organisationId, turn.endpointId);
  const open = async (text: string): Promise<Secret | null> => {
    try {
      return new Secret(await tools.sealing.open(text, about));
    } catch (error) {
      tools.log.warn({ err: error, endpointId: turn.endpointId }, 'the secret of a webhook endpoint cannot be opened');
      return null;
    }
  };
  const current = await open(sealed);
  if (current === null) return null;
  const before = previousSealed !== null && both ? await open(previousSealed) : null;
  return before === null ? [current] : [current, before];
}

/** null: the lease was lost before it was written down. */
async function tryOne(
  tools: DeliverTools,
  turn: Turn,
  to: { readonly url: string; readonly signing: readonly Secret[] },
  owed: Owed,
): Promise<Result | null> {
  const at = tools.clock.now();
  const { id: eventId, version } = owed;
  const attempt = owed.attempts + 1;
  const posted = await send(tools, to.url, to.signing, owed, at);
  const result = resultOf(posted);
  const { outcome, status, error } = result;
  const state =
    outcome === 'delivered' ? 'delivered' : isDead(owed.firstTriedAt, at, outcome === 'refused') ? 'dead' : 'waiting';
  const dueAt = at.add({ milliseconds: deliveryWaitMs(attempt, tools.chance()) });
  const { durationMs } = posted;
  const settled = await tools.transactor.inOrganisation(turn.organisationId, (tx) =>
    settle(tx, turn, { eventId, version, attempt, at, durationMs, outcome, status, error, state, dueAt }),
  );
  const facts = { endpointId: turn.endpointId, eventId, attempt, outcome, status, error, durationMs };
  tools.log[outcome === 'delivered' ? 'info' : 'warn'](facts, 'webhook');
  return settled ? result : null;
}

async function send(
  tools: DeliverTools,
  url: string,
  secrets: readonly Secret[],
  owed: Owed,
  at: Temporal.Instant,
): Promise<Posted> {
  const body = JSON.stringify(documentOf(owed));
  const headers = signedHeaders(secrets, { id: wireId(owed.id), at, body });
  return await tools.post({ url, headers, body, timeoutMs: TIMEOUT_MS });
}

function resultOf(posted: Posted): Result {
  const { status } = posted;
  if (status === null) return { outcome: 'failed', status, error: posted.fault, gone: false, askedMs: undefined };
  const { verdict, retryAfterMs: askedMs } = posted;
  if (verdict === 'taken') return { outcome: 'delivered', status, error: null, gone: false, askedMs: undefined };
  const error = verdict === 'redirected' ? verdict : `status_${status}`;
  return { outcome: verdict === 'later' ? 'failed' : 'refused', status, error, gone: verdict === 'gone', askedMs };
}

/** Draws the endpoint's conclusion from a round; false where the turn has ended with it. */
async function goesOn(tools: DeliverTools, turn: Turn, held: Held, results: readonly Result[]): Promise<boolean> {
  const now = tools.clock.now();
  return await tools.transactor.inOrganisation(turn.organisationId, async (tx) => {
    if (results.some(({ outcome }) => outcome === 'delivered')) return await noteDelivered(tx, turn, now);
    const unanswered = results.find(({ outcome }) => outcome === 'failed');
    const error = (unanswered ?? results[0])?.error ?? 'no_answer';
    const since = await noteFailed(tx, turn, { now, unanswered: unanswered !== undefined, error });
    if (since === null) return false;
    const gone = results.some((result) => result.gone);
    if (gone || isHopeless(since, now, unanswered === undefined)) {
      const reason = gone ? 'gone' : 'failing';
      await disable(tx, turn, reason);
      await record(tx, {
        at: now,
        event: 'webhook_endpoint.disabled',
        actor: { role: 'worker', ref: 'worker:webhooks' },
        subject: { kind: 'webhook_endpoint', id: turn.endpointId },
        revision: 1,
        facts: { reason },
      });
      tools.log.warn({ endpointId: turn.endpointId, reason }, 'a webhook endpoint was disabled');
      return false;
    }
    if (!unanswered) return true;
    const waitMs = endpointWaitMs(held.failures + 1, unanswered.askedMs, tools.chance());
    await giveBack(tx, turn, now.add({ milliseconds: waitMs }), { orTest: true });
    return false;
  });
}
