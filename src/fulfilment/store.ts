// The truth about work outside: one row a session, revision wanted and revision done, under a lease. A row is claimed across
// organisations (the scan); everything else is inside one.
import type { Transaction, UnscopedTransaction } from '../platform/database/transaction.ts';

/** Another runner holds the session by now: stop, write nothing. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
  constructor() {
    super('The lease of this session is held by another runner');
  }
}

export type Claim = {
  readonly organisationId: number;
  readonly sessionId: number;
  readonly leaseNo: number;
  readonly leaseUntil: Temporal.Instant;
  /** The lease before had run out instead of being given back: its runner may have been cut off in a call. */
  readonly tookOver: boolean;
  /** Passes since the last act, this one included. */
  readonly attempts: number;
  /** Counts who has brought its next look forward. */
  readonly rungNo: number | null;
};

/** Of more passes than this a session is troubled: an undisturbed one takes two or three. */
const TROUBLED_AFTER = 4;

export function isTroubled(claim: Claim): boolean {
  return claim.attempts > TROUBLED_AFTER;
}

/**
 * Takes up to `most.all` sessions that are due and nobody's, for `leaseMs`: those an act has left undone and those that are
 * done but to be looked at again by the clock, by who has waited longest; of those in trouble at most `most.troubled`, so
 * that what waits for a broken provider leaves room for the rest. Call inside a scan for 'fulfilment'.
 */
export async function claimDue(
  tx: UnscopedTransaction,
  now: Temporal.Instant,
  leaseMs: number,
  most: { readonly all: number; readonly troubled: number },
): Promise<Claim[]> {
  return await tx.query<Claim>({
    name: 'fulfilment_claim',
    // What one act has left undone is due at one instant: its ids say who is first.
    text: `with undone as (
             select organisation_id, session_id, lease_until, due_at as at from fulfilment
              where done_revision < wanted_revision and due_at <= $1::timestamptz and attempts < ${TROUBLED_AFTER}
                and (lease_until is null or lease_until <= $1::timestamptz)
              order by due_at, session_id limit $3 for update skip locked
           ), again as (
             select organisation_id, session_id, lease_until, look_again_at as at from fulfilment
              where done_revision = wanted_revision and look_again_at <= $1::timestamptz
                and (lease_until is null or lease_until <= $1::timestamptz)
              order by look_again_at, session_id limit $3 for update skip locked
           ), smooth as (
             select * from (select * from undone union all select * from again) waiting order by at, session_id limit $3
           ), troubled as (
             select organisation_id, session_id, lease_until, due_at as at from fulfilment
              where done_revision < wanted_revision and due_at <= $1::timestamptz and attempts >= ${TROUBLED_AFTER}
                and (lease_until is null or lease_until <= $1::timestamptz)
              order by due_at, session_id
              -- Rows that others change meanwhile are judged anew, and then there may be one more than was asked for.
              limit (select greatest(0, least($4::bigint, $3::bigint - count(*))) from smooth) for update skip locked
           ), due as (
             select * from smooth union all select * from troubled
           ), claimed as (
             update fulfilment f set lease_until = $2::timestamptz, lease_no = f.lease_no + 1, attempts = f.attempts + 1
               from due where f.organisation_id = due.organisation_id and f.session_id = due.session_id
             returning f.organisation_id as "organisationId", f.session_id as "sessionId", f.lease_no as "leaseNo",
                       f.lease_until as "leaseUntil", due.lease_until is not null as "tookOver", f.attempts, f.rung_no as "rungNo", due.at
           )
           select "organisationId", "sessionId", "leaseNo", "leaseUntil", "tookOver", attempts, "rungNo" from claimed
            order by at, "sessionId"`,
    values: [now.toString(), now.add({ milliseconds: leaseMs }).toString(), most.all, most.troubled],
  });
}

/** Holds the session on until `until`. False: the lease was lost, stop. */
export async function prolong(tx: Transaction, claim: Claim, until: Temporal.Instant): Promise<boolean> {
  const rows = await tx.query<{ held: true }>({
    name: 'fulfilment_prolong',
    text: `update fulfilment set lease_until = $4::timestamptz
            where organisation_id = $1 and session_id = $2 and lease_no = $3 returning true as held`,
    values: [tx.organisationId, claim.sessionId, claim.leaseNo, until.toString()],
  });
  return rows.length > 0;
}

/**
 * Gives the session back as of the revision that was worked on: done, or to come back at `dueAt`; once done, to be looked at
 * again at `lookAgainAt`, or sooner if somebody has rung for that meanwhile. Where an act has asked for a later revision meanwhile, it
 * is due at once whatever was found. True: it is due again at `now` already; false also where the lease was lost.
 */
export async function giveBack(
  tx: Transaction,
  claim: Claim,
  result: {
    readonly revision: number;
    readonly done: boolean;
    readonly dueAt: Temporal.Instant;
    readonly lookAgainAt: Temporal.Instant | null;
    readonly error: string | null;
    /** For an account: it counts as troubled, so that all who waited, coming back at once, fill no more than their half. */
    readonly waiting: boolean;
    /** What its letters and texts wait for. */
    readonly waitsFor: readonly string[];
    readonly now: Temporal.Instant;
  },
): Promise<boolean> {
  const rows = await tx.query<{ due: boolean }>({
    name: 'fulfilment_give_back',
    text: `update fulfilment set lease_until = null,
                  done_revision = case when $5 then $4 else done_revision end,
                  attempts = case when $5 then 0 when $10 then greatest(attempts, ${TROUBLED_AFTER}) else attempts end,
                  due_at = case when wanted_revision > $4 then wanted_at else $6::timestamptz end,
                  look_again_at = case when $5 and rung_no is distinct from $9 then least(look_again_at, $8::timestamptz)
                                       when $5 then $8::timestamptz
                                       when done_revision = wanted_revision then $6::timestamptz end,
                  last_error = $7, waits_for = $12::text[]
            where organisation_id = $1 and session_id = $2 and lease_no = $3
           returning coalesce(case when done_revision < wanted_revision then due_at else look_again_at end <= $11::timestamptz,
                              false) as due`,
    values: [
      tx.organisationId,
      claim.sessionId,
      claim.leaseNo,
      result.revision,
      result.done,
      result.dueAt.toString(),
      result.error,
      result.lookAgainAt?.toString() ?? null,
      claim.rungNo,
      result.waiting,
      result.now.toString(),
      result.waitsFor.length > 0 ? [...result.waitsFor] : null,
    ],
  });
  return rows[0]?.due ?? false;
}

/**
 * As if it had never been taken: due as it was, for whoever looks next. What was taken over stays so, and is looked up by the
 * next. `callEndsAt`: a call is still out; nobody takes the session up before that, and it counts as taken over then.
 */
export async function handOver(
  tx: Transaction,
  claim: Claim,
  now: Temporal.Instant,
  callEndsAt: Temporal.Instant | null = null,
): Promise<void> {
  await tx.query({
    name: 'fulfilment_hand_over',
    text: `update fulfilment set attempts = greatest(attempts - 1, 0),
                  lease_until = case when $5::timestamptz is not null then least(lease_until, $5::timestamptz)
                                     when $4::boolean then $6::timestamptz end
            where organisation_id = $1 and session_id = $2 and lease_no = $3`,
    values: [
      tx.organisationId,
      claim.sessionId,
      claim.leaseNo,
      claim.tookOver,
      callEndsAt?.toString() ?? null,
      now.toString(),
    ],
  });
}
