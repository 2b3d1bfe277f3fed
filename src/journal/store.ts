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
    text: `insert into journal
             (organisation_id, at, event, actor_role, actor_ref, subject_kind, subject_id, revision, facts)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
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
