// What became of reminders by SMS, in the delivery log. Writers hold the session's fulfilment lease.
import type { Transaction } from '../platform/database/transaction.ts';
import type { LetterState } from './store.ts';

/** Says what became of a text that was being sent. */
export async function settleText(
  tx: Transaction,
  letterId: number,
  outcome: {
    readonly state: LetterState;
    readonly at: Temporal.Instant;
    readonly nextAttemptAt: Temporal.Instant | null;
    readonly error: string | null;
    /** The service's own id, once it is known. */
    readonly smsId: string | null;
  },
): Promise<void> {
  await tx.query({
    name: 'text_settle',
    text: `update letter set state = $3, sent_at = case when $3 = 'sent' then $4::timestamptz else sent_at end,
                  next_attempt_at = $5::timestamptz, last_error = $6, sms_id = coalesce($7, sms_id)
            where organisation_id = $1 and id = $2`,
    values: [
      tx.organisationId,
      letterId,
      outcome.state,
      outcome.at.toString(),
      outcome.nextAttemptAt?.toString() ?? null,
      outcome.error,
      outcome.smsId,
    ],
  });
}
