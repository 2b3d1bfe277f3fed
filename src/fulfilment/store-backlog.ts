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

/** Sessions of every organisation held by a lease that ended long ago, or that ends too far ahead. Inside a scan for 'fulfilment'. */
export async function countLeases(
  tx: UnscopedTransaction,
  bounds: { readonly endedBefore: Temporal.Instant; readonly beyond: Temporal.Instant },
): Promise<{ readonly stuck: number; readonly ahead: number }> {
  const [row] = await tx.query<{ stuck: number; ahead: number }>({
    name: 'backlog_leases',
    text: `select (count(*) filter (where lease_until < $1::timestamptz))::int as stuck,
                  (count(*) filter (where lease_until > $2::timestamptz))::int as ahead
             from fulfilment where done_revision < wanted_revision and lease_until is not null`,
    values: [bounds.endedBefore.toString(), bounds.beyond.toString()],
  });
  return row ?? { stuck: 0, ahead: 0 };
}

/** Since when the oldest letter is owed that has not left; null: none. */
export async function findOldestUnsent(tx: Transaction): Promise<Temporal.Instant | null> {
  const [row] = await tx.query<{ since: Temporal.Instant | null }>({
    name: 'backlog_oldest_unsent',
    text: `with open as materialized (
             select session_id, wanted_at from fulfilment where organisation_id = $1 and done_revision < wanted_revision
           )
           select min(o.wanted_at) as since from open o
             join letter l on l.organisation_id = $1 and l.session_id = o.session_id and l.state in ('queued', 'sending')`,
    values: [tx.organisationId],
  });
  return row?.since ?? null;
}
