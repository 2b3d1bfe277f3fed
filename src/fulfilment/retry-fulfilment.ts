// Sets a session's work outside going again at once, asked by a person who has mended what was in its way. The work itself is
// the runner's, as ever: what is uncertain is looked up before anything is made.
import { settleOfferLetter } from '../appointments/store-offers.ts';
import type { KnownActor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import type { Transaction, Transactor } from '../platform/database/transaction.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Clock } from '../platform/time/clock.ts';
import { updateToProbe } from './store-accounts.ts';
import {
  existsFulfilment,
  lockLetter,
  lockOpenFulfilment,
  requeueLetter,
  updateToRetry,
  type LetterToRetry,
  type OpenFulfilment,
} from './store-failing.ts';
import { lockOfferLetter } from './store-offers.ts';

export type RetryTools = {
  readonly transactor: Pick<Transactor, 'inOrganisation'>;
  readonly clock: Clock;
  wake(organisationId: number, sessionId: number): void;
};

/** A pass takes some calls of a few seconds each; most are over much sooner. */
const ASK_AGAIN_SECONDS = 5;

/** Refusals: `not_found`, `nothing_to_retry`. One that is in a runner's hands is being tried already, and left to it. */
export async function retryFulfilment(
  tools: RetryTools,
  actor: KnownActor,
  sessionId: number,
  once: Once,
): Promise<void> {
  await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    if (await once.claim(tx)) return;
    const found = await lockOpenFulfilment(tx, sessionId);
    if (found === null) {
      if (!(await existsFulfilment(tx, sessionId))) throw new Refusal('not_found', 'There is no such session.');
      throw new Refusal('nothing_to_retry', 'Everything of this session is done: there is nothing to try again.');
    }
    if (!isInHand(found, tools.clock.now())) await again(tools, tx, actor, sessionId, { letterId: null });
    await once.settle(tx, 202, sessionId);
  });
}

/** Refusals: `not_found`, `nothing_to_retry`, `appointment_in_past`, `being_worked_at`. */
export async function retryLetter(tools: RetryTools, actor: KnownActor, letterId: number, once: Once): Promise<void> {
  await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    if (await once.claim(tx)) return;
    const letter = await lockLetter(tx, letterId);
    const now = tools.clock.now();
    if (letter === null) {
      await retryOfferLetter(tools, tx, actor, letterId);
      return await once.settle(tx, 202, letterId);
    }
    refuseUnfailed(letter);
    if (letter.overtaken) {
      throw new Refusal('nothing_to_retry', 'Its reader was written to since; this letter would tell old news.');
    }
    if (Temporal.Instant.compare(letter.endsAt, now) <= 0) {
      throw new Refusal('appointment_in_past', 'The appointment is over: nobody is helped by a letter about it.');
    }
    if (isInHand(letter, now)) {
      throw new Refusal('being_worked_at', 'Its session is being worked at. Try again in some seconds.', {
        retryAfterSeconds: ASK_AGAIN_SECONDS,
      });
    }
    await requeueLetter(tx, letterId);
    await again(tools, tx, actor, letter.sessionId, { letterId });
    await once.settle(tx, 202, letterId);
  });
}

/** Of an offer, as long as it can be answered. Refusals: `not_found`, `nothing_to_retry`. */
async function retryOfferLetter(
  tools: RetryTools,
  tx: Transaction,
  actor: KnownActor,
  letterId: number,
): Promise<void> {
  const now = tools.clock.now();
  const letter = await lockOfferLetter(tx, letterId, now);
  if (letter === null) throw new Refusal('not_found', 'There is no such letter.');
  refuseUnfailed(letter);
  if (letter.over) throw new Refusal('nothing_to_retry', 'What it offers can be answered no more.');
  const { offerId } = letter;
  await requeueLetter(tx, letterId);
  await settleOfferLetter(tx, offerId, { sentAt: null, error: null, dueAt: now });
  await record(tx, {
    at: now,
    event: 'letter.retried',
    actor: { role: actor.role, ref: actor.key },
    subject: { kind: 'offer', id: offerId },
    revision: 1,
    facts: { letterId },
  });
  tx.afterCommit(() => tools.wake(actor.organisationId, 0));
}

function refuseUnfailed({ state, nextAttemptAt }: Pick<LetterToRetry, 'state' | 'nextAttemptAt'>): void {
  if (state === 'refused' || (state === 'unknown' && nextAttemptAt === null)) return;
  throw new Refusal('nothing_to_retry', 'This letter was not refused, nor is its fate unknown for good.');
}

async function again(
  tools: RetryTools,
  tx: Transaction,
  actor: KnownActor,
  sessionId: number,
  { letterId }: { readonly letterId: number | null },
): Promise<void> {
  const now = tools.clock.now();
  await updateToRetry(tx, sessionId, now, { reopen: letterId !== null });
  await updateToProbe(tx, sessionId, now);
  await record(tx, {
    at: now,
    event: letterId === null ? 'fulfilment.retried' : 'letter.retried',
    actor: { role: actor.role, ref: actor.key },
    subject: { kind: 'session', id: sessionId },
    revision: 1,
    ...(letterId === null ? {} : { facts: { letterId } }),
  });
  tx.afterCommit(() => tools.wake(actor.organisationId, sessionId));
}

/** A runner is at it. */
export function isInHand({ leaseUntil }: Pick<OpenFulfilment, 'leaseUntil'>, now: Temporal.Instant): boolean {
  return leaseUntil !== null && Temporal.Instant.compare(leaseUntil, now) > 0;
}
