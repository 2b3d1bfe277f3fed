// The practice of this installation, for those who only look.
import type { UnscopedTransaction } from '../platform/database/transaction.ts';

/** Its organisation; null where none was founded yet. */
export async function findPractice(tx: UnscopedTransaction): Promise<number | null> {
  const [row] = await tx.query<{ organisation_id: number | null }>({
    name: 'practice_find',
    text: 'select organisation_id from installation',
  });
  return row?.organisation_id ?? null;
}
