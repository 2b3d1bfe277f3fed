// Writes down that a practice was brought back from a backup, so that whoever compares it with the world outside knows that
// the world may be further: what follows from it is fulfilment's.
import { record } from '../journal/record.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { THE_INSTALLATION } from './found-practice.ts';

/** In the transaction that brought it back, for each organisation. `takenAt`: of the backup, ISO 8601. */
export async function recordRestoration(
  tx: Pick<Transaction, 'query'> & { readonly organisations: readonly number[] },
  restored: { readonly at: Temporal.Instant; readonly takenAt: string },
): Promise<void> {
  for (const organisationId of tx.organisations) {
    await record(
      { organisationId, query: (statement) => tx.query(statement) },
      {
        at: restored.at,
        event: 'practice.restored',
        actor: THE_INSTALLATION,
        subject: { kind: 'organisation', id: organisationId },
        revision: 1,
        facts: { backupTakenAt: restored.takenAt },
      },
    );
  }
}
