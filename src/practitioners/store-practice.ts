// The row of the practice of this installation: founded once, then looked at.
import type { Transaction, UnscopedTransaction } from '../platform/database/transaction.ts';

/** Its organisation; null where none was founded yet. */
export async function findPractice(tx: UnscopedTransaction): Promise<number | null> {
  const [row] = await tx.query<{ organisation_id: number | null }>({
    name: 'practice_find',
    text: 'select organisation_id from installation',
  });
  return row?.organisation_id ?? null;
}

/** When the practice was last brought back from a backup, and when that was taken (ISO 8601); null: never. */
export async function findRestoration(tx: Transaction): Promise<{ at: Temporal.Instant; takenAt: string } | null> {
  const [row] = await tx.query<{ at: Temporal.Instant; takenAt: string }>({
    name: 'practice_restoration',
    text: `select at, facts->>'backupTakenAt' as "takenAt" from journal
            where organisation_id = $1 and subject_kind = 'organisation' and subject_id = $1 and event = 'practice.restored'
            order by id desc limit 1`,
    values: [tx.organisationId],
  });
  return row ?? null;
}

export type Practice = { readonly organisationId: number; readonly marker: string; readonly tokenKey: Buffer };

/**
 * The practice of this installation, locked, and founded with the words given where there is none; the transaction then
 * belongs to it. Processes that start at once wait for the first of them, and find what it made.
 */
export async function lockPractice(
  tx: UnscopedTransaction,
  first: { readonly name: string; readonly marker: string; readonly tokenKey: Buffer },
): Promise<Practice & { readonly founded: boolean }> {
  await tx.query({
    name: 'installation_insert',
    text: 'insert into installation (marker, token_key) values ($1, $2) on conflict (only_one) do nothing',
    values: [first.marker, first.tokenKey],
  });
  const [found] = await tx.query<{ marker: string; tokenKey: Buffer; organisationId: number; founded: boolean }>({
    name: 'installation_lock',
    text: `with i as materialized (select marker, token_key, organisation_id from installation for update)
           select marker, token_key as "tokenKey", coalesce(organisation_id, nextval('public_id')) as "organisationId",
                  organisation_id is null as founded
             from i`,
  });
  if (!found) throw new Error('the installation is not there');
  await tx.query({
    name: 'organisation_enter',
    text: `select set_config('app.organisation_id', $1::text, true)`,
    values: [String(found.organisationId)],
  });
  if (found.founded) {
    await tx.query({
      name: 'organisation_insert',
      text: `with o as (insert into organisation (organisation_id, name) values ($1, $2))
             update installation set organisation_id = $1`,
      values: [found.organisationId, first.name],
    });
  }
  return found;
}
