// What a person decides about one thing that the sweep has found: put it right, remove it, or leave it. Nothing is done outside
// here; what is to be done is fulfilment's, or the sweep's next step.
import type { KnownActor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import type { Transaction, Transactor } from '../platform/database/transaction.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Clock } from '../platform/time/clock.ts';
import { lockDriftById, updateDrift, type DriftTask } from './store-drift.ts';
import { findStanding, markToWrite, Unsettled } from './store-standing.ts';
import { hurrySweep } from './store-sweep.ts';
import { OWN_KINDS } from './sweep.ts';

export type DecideTools = {
  readonly transactor: Pick<Transactor, 'inOrganisation'>;
  readonly clock: Clock;
  wake(organisationId: number, sessionId: number): void;
};

/** mend: as the appointment says. remove: away with it at the provider. ignore: leave it, and tell of it no more. */
export const DECISIONS = ['mend', 'remove', 'ignore'] as const;
export type Decision = (typeof DECISIONS)[number];

const ASK_AGAIN_SECONDS = 5;

/** Refusals: `not_found`, `nothing_to_retry`, `does_not_match`, `being_worked_at`. */
export async function decideDrift(
  tools: DecideTools,
  actor: KnownActor,
  { driftId, decision }: { readonly driftId: number; readonly decision: Decision },
  once: Once,
): Promise<void> {
  const { organisationId } = actor;
  await tools.transactor.inOrganisation(organisationId, async (tx) => {
    if (await once.claim(tx)) return;
    const task = await lockDriftById(tx, driftId);
    if (task === null) throw new Refusal('not_found', 'The sweep has found no such thing.');
    if (task.state === 'settled' || task.state === 'removing') {
      throw new Refusal('nothing_to_retry', 'It is no longer there to be decided about.');
    }
    const now = tools.clock.now();
    await decide(tx, task, decision, now);
    await record(tx, {
      at: now,
      event: 'drift.decided',
      actor: { role: actor.role, ref: actor.key },
      subject: { kind: 'organisation', id: organisationId },
      revision: 1,
      facts: { driftId, decision, kind: task.kind, provider: task.provider, sessionId: task.sessionId },
    });
    if (decision === 'mend') tx.afterCommit(() => tools.wake(organisationId, task.sessionId));
    await once.settle(tx, 202, driftId);
  });
}

async function decide(tx: Transaction, task: DriftTask, decision: Decision, now: Temporal.Instant): Promise<void> {
  const { id } = task;
  if (decision === 'ignore') return await updateDrift(tx, id, { state: 'ignored', reason: null });
  if ((decision === 'mend') !== OWN_KINDS.has(task.kind)) {
    const own = 'This is an appointment’s own thing: mend it, ignore it, or cancel the appointment.';
    const other = 'This is no appointment’s own thing: remove it, or ignore it.';
    throw new Refusal('does_not_match', OWN_KINDS.has(task.kind) ? own : other);
  }
  if (decision === 'remove') {
    await updateDrift(tx, id, { state: 'removing', reason: null });
    return await hurrySweep(tx, now, task);
  }
  const standing = await findStanding(tx, task.sessionId);
  if (!standing?.live) throw new Refusal('nothing_to_retry', 'The appointment is cancelled by now.');
  const busy = new Refusal('being_worked_at', 'The appointment is being worked at. Try again in some seconds.', {
    retryAfterSeconds: ASK_AGAIN_SECONDS,
  });
  if (!standing.settled) throw busy;
  try {
    await markToWrite(tx, { id: task.sessionId, leaseNo: standing.leaseNo }, task.objectKind, now);
  } catch (error) {
    throw error instanceof Unsettled ? busy : error;
  }
  await updateDrift(tx, id, { state: 'mending', reason: null });
}
