// The sealed secrets of every organisation's endpoints, for the rotation of the keys that seal them.
import type { Transaction, UnscopedTransaction } from '../platform/database/transaction.ts';

export type SealedSecrets = {
  readonly organisationId: number;
  readonly id: number;
  /** The one that signs, and the one before while it still does. */
  readonly texts: readonly string[];
};

/** Those after an endpoint, in the order of the primary key. Call inside a scan for 'webhook_endpoint'. */
export async function listSecrets(
  tx: UnscopedTransaction,
  now: Temporal.Instant,
  page: { readonly after: { readonly organisationId: number; readonly id: number }; readonly limit: number },
): Promise<SealedSecrets[]> {
  return await tx.query<SealedSecrets>({
    name: 'webhook_secrets',
    text: `select organisation_id as "organisationId", id,
                  case when previous_until > $1::timestamptz then array[secret_sealed, previous_sealed]
                       else array[secret_sealed] end as texts
             from webhook_endpoint where (organisation_id, id) > ($2::bigint, $3::bigint)
            order by organisation_id, id limit $4`,
    values: [now.toString(), page.after.organisationId, page.after.id, page.limit],
  });
}

/** Wherever it stands now: the one that signed may have become the one before. False: it is neither any more. */
export async function reseal(tx: Transaction, id: number, before: string, after: string): Promise<boolean> {
  const rows = await tx.query({
    name: 'webhook_reseal',
    text: `update webhook_endpoint
              set secret_sealed = case when secret_sealed = $3 then $4 else secret_sealed end,
                  previous_sealed = case when previous_sealed = $3 then $4 else previous_sealed end
            where organisation_id = $1 and id = $2 and $3 in (secret_sealed, previous_sealed) returning id`,
    values: [tx.organisationId, id, before, after],
  });
  return rows.length > 0;
}
