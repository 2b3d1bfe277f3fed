// The tokens of a connection: read, renewed by one at a time under a lease, written before they are used. The lease's
// number and the number of the tokens guard each write, so that nothing newer is ever overwritten.
import type { OutsideProvider } from '../meetings/provider.ts';
import type { Transaction, UnscopedTransaction } from '../platform/database/transaction.ts';
import type { Sealed } from '../platform/sealing.ts';
import type { ConnectionState, Trouble } from './connection.ts';

export type KeptTokens = {
  readonly id: number;
  readonly practitionerId: number;
  readonly provider: OutsideProvider;
  readonly state: ConnectionState;
  readonly sealed: string | null;
  readonly tokenNo: number;
  /** A renewal ended, or was taken over, without anybody knowing whether these are still good. */
  readonly inDoubt: boolean;
  /** The end of the lease of a renewal that has not said how it ended. */
  readonly renewalUntil: Temporal.Instant | null;
  readonly lastError: string | null;
};

export async function findTokens(tx: Transaction, id: number): Promise<KeptTokens | null> {
  const [row] = await tx.query<KeptTokens>({
    name: 'connection_tokens',
    text: `select id, practitioner_id as "practitionerId", provider, state, sealed, token_no as "tokenNo",
                  refresh_in_doubt as "inDoubt", refresh_until as "renewalUntil", last_error as "lastError"
             from connection where organisation_id = $1 and id = $2`,
    values: [tx.organisationId, id],
  });
  return row ?? null;
}

/**
 * The right to renew the tokens last read, until `until`. `tookOver`: whoever had it before never said how it ended. Null:
 * another has it, or the tokens are newer by now, or the connection is in another state: read again.
 */
export async function claimRenewal(
  tx: Transaction,
  tokens: Pick<KeptTokens, 'id' | 'tokenNo' | 'state'>,
  lease: { now: Temporal.Instant; until: Temporal.Instant },
): Promise<{ readonly no: number; readonly tookOver: boolean } | null> {
  const [row] = await tx.query<{ no: number; tookOver: boolean }>({
    name: 'connection_claim_renewal',
    text: `with seen as (
             select id, refresh_until is not null or refresh_in_doubt as "tookOver" from connection
              where organisation_id = $1 and id = $2 and token_no = $3 and sealed is not null and state = $6
                and (refresh_until is null or refresh_until <= $4::timestamptz) for update
           )
           update connection c set refresh_until = $5::timestamptz, refresh_no = refresh_no + 1
             from seen where c.organisation_id = $1 and c.id = seen.id
           returning c.refresh_no as no, seen."tookOver"`,
    values: [tx.organisationId, tokens.id, tokens.tokenNo, lease.now.toString(), lease.until.toString(), tokens.state],
  });
  return row ?? null;
}

/**
 * Puts the renewed tokens in, also of a connection that has ended meanwhile: they are what is left to revoke. Its state; null:
 * the tokens are nobody's any more, or newer ones are there.
 */
export async function putTokens(
  tx: Transaction,
  renewal: { id: number; no: number; tokenNo: number },
  renewed: { sealed: Sealed; scopes: readonly string[] | null },
): Promise<ConnectionState | null> {
  const [row] = await tx.query<{ state: ConnectionState }>({
    name: 'connection_put_tokens',
    text: `update connection set sealed = $5, key_id = $6, token_no = token_no + 1, scopes = coalesce($7::text[], scopes),
                  refresh_until = null, refresh_in_doubt = false
            where organisation_id = $1 and id = $2 and refresh_no = $3 and token_no = $4 and sealed is not null
           returning state`,
    values: [
      tx.organisationId,
      renewal.id,
      renewal.no,
      renewal.tokenNo,
      renewed.sealed.text,
      renewed.sealed.keyId,
      renewed.scopes === null ? null : [...renewed.scopes],
    ],
  });
  return row?.state ?? null;
}

/** Gives the right back without new tokens. */
export async function releaseRenewal(
  tx: Transaction,
  renewal: { id: number; no: number },
  left: { inDoubt: boolean; why: Trouble | null },
): Promise<void> {
  await tx.query({
    name: 'connection_release_renewal',
    text: `update connection set refresh_until = null, refresh_in_doubt = refresh_in_doubt or $4,
                  last_error = coalesce($5, last_error)
            where organisation_id = $1 and id = $2 and refresh_no = $3`,
    values: [tx.organisationId, renewal.id, renewal.no, left.inDoubt, left.why],
  });
}

/** Whether another practitioner of the practice is using the same account. */
export async function isShared(tx: Transaction, id: number): Promise<boolean> {
  const rows = await tx.query<{ id: number }>({
    name: 'connection_shared',
    text: `select other.id from connection c
             join connection other on other.organisation_id = $1 and other.provider = c.provider
              and other.account_id = c.account_id and other.id <> c.id and other.state = 'connected'
            where c.organisation_id = $1 and c.id = $2 limit 1`,
    values: [tx.organisationId, id],
  });
  return rows.length > 0;
}

/** Nothing is left to revoke, or nothing more can be done about it. */
export async function forgetTokens(tx: Transaction, id: number, why: Trouble | null): Promise<void> {
  await tx.query({
    name: 'connection_forget_tokens',
    text: `update connection set sealed = null, key_id = null, attend_at = null, last_error = $3
            where organisation_id = $1 and id = $2 and state = 'disconnected'`,
    values: [tx.organisationId, id, why],
  });
}

export type SealedRow = {
  readonly organisationId: number;
  readonly practitionerId: number;
  readonly provider: OutsideProvider;
  readonly id: number;
  readonly sealed: string;
  readonly tokenNo: number;
};

/** Some of those sealed with another key than the one named, of every organisation. Call inside a scan for 'connection'. */
export async function listSealedOtherwise(
  tx: UnscopedTransaction,
  keyId: string,
  page: { after: number; limit: number },
): Promise<SealedRow[]> {
  return await tx.query<SealedRow>({
    name: 'connection_sealed_otherwise',
    text: `select organisation_id as "organisationId", practitioner_id as "practitionerId", provider, id, sealed,
                  token_no as "tokenNo"
             from connection where key_id <> $1 and id > $2 order by id limit $3`,
    values: [keyId, page.after, page.limit],
  });
}

/** False: the tokens have changed since they were read, and are sealed with whatever key was current then. */
export async function reseal(tx: Transaction, row: SealedRow, sealed: Sealed): Promise<boolean> {
  const rows = await tx.query<{ id: number }>({
    name: 'connection_reseal',
    text: `update connection set sealed = $4, key_id = $5
            where organisation_id = $1 and id = $2 and token_no = $3 and sealed is not null returning id`,
    values: [tx.organisationId, row.id, row.tokenNo, sealed.text, sealed.keyId],
  });
  return rows.length > 0;
}

/** How many are sealed with each key. Call inside a scan for 'connection'. */
export async function countByKey(tx: UnscopedTransaction): Promise<{ keyId: string; rows: number }[]> {
  return await tx.query<{ keyId: string; rows: number }>({
    name: 'connection_count_by_key',
    text: `select key_id as "keyId", count(*)::int as rows from connection where key_id is not null
            group by key_id order by key_id`,
  });
}
