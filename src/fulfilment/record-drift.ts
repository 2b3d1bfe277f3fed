// Writes down what the sweep has found, and hands what may be put right to fulfilment, in one transaction: neither is ever
// without the other. Nothing is done outside here.
import { record } from '../journal/record.ts';
import type { Transaction, Transactor } from '../platform/database/transaction.ts';
import type { Clock } from '../platform/time/clock.ts';
import { THE_INSTALLATION } from '../practitioners/found-practice.ts';
import type { Found } from './check-drift.ts';
import { lockDrift, putDrift } from './store-drift.ts';
import { markToLookAt, markToRemove, markToWrite } from './store-standing.ts';
import type { SweepClaim } from './store-sweep.ts';
import type { SweepOutlet } from './sweep-outlet.ts';
import { OWN_KINDS, subjectOf, verdictOf, type Verdict } from './sweep.ts';

export type RecordTools = {
  readonly transactor: Pick<Transactor, 'inOrganisation'>;
  readonly clock: Clock;
  wake(organisationId: number, sessionId: number): void;
};

/** Throws Unsettled where somebody has worked at the session since it was judged; nothing is written then. */
export async function recordDrift(
  tools: RecordTools,
  claim: SweepClaim,
  outlet: SweepOutlet,
  found: Found,
  reportOnly: boolean,
): Promise<Verdict['act']> {
  const { finding } = found;
  const { organisationId } = claim;
  return await tools.transactor.inOrganisation(organisationId, async (tx) => {
    const now = tools.clock.now();
    const rows = await lockDrift(tx, claim.provider, subjectOf(finding));
    const same = rows.find(({ kind }) => kind === finding.kind) ?? null;
    const unchanged = same?.revision === finding.revision;
    const mends = rows.filter(({ revision }) => revision === finding.revision).reduce((sum, row) => sum + row.mends, 0);
    const verdict = verdictOf(finding, { state: same?.state ?? null, mends, unchanged }, reportOnly);
    if (verdict.act === 'leave') return 'leave';
    const mend = verdict.act === 'mend';
    // What she has tried in vain tells her more than that it is still there.
    const inVain = same?.state === 'open' && same.reason === 'refused' && unchanged;
    const id = await putDrift(tx, {
      place: claim,
      objectKind: outlet.kind,
      finding,
      state: mend ? 'mending' : 'open',
      reason: mend ? null : inVain ? 'refused' : verdict.reason,
      mends: (unchanged ? same.mends : 0) + (mend ? 1 : 0),
      anew: same !== null && !(same.state === 'open' && unchanged),
      now,
    });
    if (mend) await give(tx, claim, outlet, found, { now, id });
    if (mend) tx.afterCommit(() => tools.wake(organisationId, finding.sessionId));
    return verdict.act;
  });
}

async function give(
  tx: Transaction,
  claim: SweepClaim,
  outlet: SweepOutlet,
  { finding, leaseNo }: Found,
  { now, id }: { readonly now: Temporal.Instant; readonly id: number },
): Promise<void> {
  if (leaseNo === null) throw new Error('what is of no session is never mended');
  const session = { id: finding.sessionId, leaseNo };
  if (finding.kind === 'orphan') {
    const { provider, connectionId, host } = claim;
    const thing = { provider, connectionId, host, kind: outlet.kind, platform: outlet.platform };
    await markToRemove(tx, session, { ...thing, providerId: finding.providerId }, now);
  } else if (OWN_KINDS.has(finding.kind)) await markToWrite(tx, session, outlet.kind, now);
  else await markToLookAt(tx, session, outlet.kind, now);
  await record(tx, {
    at: now,
    event: 'drift.mended',
    actor: THE_INSTALLATION,
    subject: { kind: 'session', id: finding.sessionId },
    revision: finding.revision,
    facts: { driftId: id, kind: finding.kind, provider: claim.provider },
  });
}
