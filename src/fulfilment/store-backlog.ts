// What fulfilment is behind with, counted for whoever runs it. Nothing personal: numbers alone.
import type { Transaction, UnscopedTransaction } from '../platform/database/transaction.ts';

export type Overdue = { readonly sessions: number; readonly oldest: Temporal.Instant | null };

/** Sessions of every organisation due before the instant and not done, or not looked at again. Call inside a scan for 'fulfilment'. */
export async function countOverdue(tx: UnscopedTransaction, dueBefore: Temporal.Instant): Promise<Overdue> {
  const [row] = await tx.query<Overdue>({
    name: 'backlog_overdue',
    text: `select count(*)::int as sessions, min(at) as oldest from (
             select due_at as at from fulfilment where done_revision < wanted_revision and due_at < $1::timestamptz
             union all
             select look_again_at from fulfilment
              where done_revision = wanted_revision and look_again_at < $1::timestamptz) late`,
    values: [dueBefore.toString()],
  });
  return row ?? { sessions: 0, oldest: null };
}

export type Troubles = {
  /** Meetings and events whose last call failed, by what the provider said. */
  readonly objects: number;
  readonly objectErrors: readonly string[];
  /** Letters the mail service will not take. */
  readonly refusedLetters: number;
};

/** What waits for a person to look, in one organisation. */
export async function countTroubles(tx: Transaction): Promise<Troubles> {
  const [row] = await tx.query<{ objects: number; errors: string[]; letters: number }>({
    name: 'backlog_troubles',
    text: `select (select count(*)::int from outside_object
                    where organisation_id = $1 and last_error is not null and state <> 'gone') as objects,
                  array(select distinct left(last_error, 80) from outside_object
                         where organisation_id = $1 and last_error is not null and state <> 'gone'
                         order by 1 limit 5) as errors,
                  (select count(*)::int from letter where organisation_id = $1 and state = 'refused') as letters`,
    values: [tx.organisationId],
  });
  return { objects: row?.objects ?? 0, objectErrors: row?.errors ?? [], refusedLetters: row?.letters ?? 0 };
}
