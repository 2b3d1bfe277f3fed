// The rows of API keys. A secret's digest is the only thing of it that is here; what a key may do never changes.
import type { Transaction, UnscopedTransaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import type { ApiKey } from './api-key.ts';

/** The purpose under which a key is looked up before it is known whose it is. */
export const API_KEY_SCAN = 'api_key';

const KEY = `
  select id, name, hint, scopes, created_by as "createdBy", created_at as "createdAt", expires_at as "expiresAt",
         last_used_at as "lastUsedAt", revoked_at as "revokedAt", organisation_id as "organisationId"
    from api_key`;

export type OwnedKey = ApiKey & { readonly organisationId: number };

/** In a scan: the caller brings nothing but the secret. */
export async function findKeyByDigest(
  tx: Pick<UnscopedTransaction, 'query'>,
  digest: Buffer,
): Promise<OwnedKey | null> {
  const [row] = await tx.query<OwnedKey>({
    name: 'api_key_by_digest',
    text: `${KEY} where digest = $1`,
    values: [digest],
  });
  return row ?? null;
}

/** Refusal `not_found` where there is none. */
export async function readKey(tx: Transaction, id: number): Promise<ApiKey> {
  const [row] = await tx.query<OwnedKey>({
    name: 'api_key_read',
    text: `${KEY} where organisation_id = $1 and id = $2`,
    values: [tx.organisationId, id],
  });
  if (!row) throw new Refusal('not_found', 'There is no API key with that id.');
  return row;
}

/** In the order in which they were made. */
export async function listKeys(
  tx: Transaction,
  page: { readonly after: number; readonly limit: number },
): Promise<readonly ApiKey[]> {
  return await tx.query<OwnedKey>({
    name: 'api_key_list',
    text: `${KEY} where organisation_id = $1 and id > $2 order by id limit $3`,
    values: [tx.organisationId, page.after, page.limit],
  });
}

export type NewKey = Pick<ApiKey, 'name' | 'hint' | 'scopes' | 'createdBy' | 'createdAt' | 'expiresAt'> & {
  readonly digest: Buffer;
};

export async function insertKey(tx: Transaction, key: NewKey): Promise<number> {
  const [row] = await tx.query<{ id: number }>({
    name: 'api_key_insert',
    text: `insert into api_key (organisation_id, name, digest, hint, scopes, created_by, created_at, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
    values: [
      tx.organisationId,
      key.name,
      key.digest,
      key.hint,
      key.scopes,
      key.createdBy,
      key.createdAt.toString(),
      key.expiresAt?.toString() ?? null,
    ],
  });
  if (!row) throw new Error('A key was inserted and is not there');
  return row.id;
}

/** True where it was not revoked before. */
export async function updateRevoked(tx: Transaction, id: number, at: Temporal.Instant): Promise<boolean> {
  const rows = await tx.query({
    name: 'api_key_revoke',
    text: `update api_key set revoked_at = $3 where organisation_id = $1 and id = $2 and revoked_at is null returning id`,
    values: [tx.organisationId, id, at.toString()],
  });
  return rows.length > 0;
}

/** Never back in time: another process may have written a later use. */
export async function updateLastUsed(tx: Transaction, id: number, at: Temporal.Instant): Promise<void> {
  await tx.query({
    name: 'api_key_used',
    text: `update api_key set last_used_at = $3
            where organisation_id = $1 and id = $2 and (last_used_at is null or last_used_at < $3)`,
    values: [tx.organisationId, id, at.toString()],
  });
}
