// Whether an organisation that a setting names is there: asked inside it, since nobody sees it from elsewhere.
import type { Transaction } from '../platform/database/transaction.ts';

export async function findOrganisation(tx: Transaction): Promise<boolean> {
  const rows = await tx.query({
    name: 'organisation_find',
    text: 'select organisation_id from organisation where organisation_id = $1',
    values: [tx.organisationId],
  });
  return rows.length > 0;
}
