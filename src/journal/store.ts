// The rows of the journal: written once, never changed. What may stand in one is said in record.ts.
import type { Transaction } from '../platform/database/transaction.ts';

export type JournalRow = {
  readonly at: string;
  readonly event: string;
  readonly actor_role: string;
  readonly actor_ref: string;
  readonly subject_kind: string;
  readonly subject_id: number;
  readonly revision: number;
  /** JSON text. */
  readonly facts: string;
};

export async function insertEntry(tx: Pick<Transaction, 'organisationId' | 'query'>, row: JournalRow): Promise<void> {
  await tx.query({
    name: 'journal_insert',
    // The transaction gets its id before the entry its number: else a follower of the journal could see a later entry, find that
    // nobody is left who could have written a lower one, and pass over this one for ever (webhooks/store-follower.ts). `offset 0` has
    // it asked for first. Statements that write entries along with other rows come after a lock, which gives it one.
    text: `insert into journal
             (organisation_id, transaction_id, at, event, actor_role, actor_ref, subject_kind, subject_id, revision, facts)
           select $1, writing.id, $2::timestamptz, $3, $4, $5, $6, $7::bigint, $8::integer, $9::jsonb
             from (select pg_current_xact_id() as id offset 0) writing`,
    values: [
      tx.organisationId,
      row.at,
      row.event,
      row.actor_role,
      row.actor_ref,
      row.subject_kind,
      row.subject_id,
      row.revision,
      row.facts,
    ],
  });
}
