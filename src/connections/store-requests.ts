// Rows of connection_request: an authorisation under way. Each is taken out by whoever comes back with its state, once.
import type { OutsideProvider } from '../meetings/provider.ts';
import type { Transaction } from '../platform/database/transaction.ts';

export type ConnectionRequest = {
  readonly stateDigest: string;
  readonly practitionerId: number;
  readonly provider: OutsideProvider;
  readonly actorRole: string;
  readonly actorRef: string;
  readonly redirectUri: string;
  readonly sealedVerifier: string;
  readonly expiresAt: Temporal.Instant;
};

/** Writes one down, and clears away the organisation's that are over. */
export async function insertRequest(tx: Transaction, request: ConnectionRequest, now: Temporal.Instant): Promise<void> {
  await tx.query({
    name: 'connection_request_purge',
    text: `delete from connection_request where organisation_id = $1 and expires_at <= $2::timestamptz`,
    values: [tx.organisationId, now.toString()],
  });
  await tx.query({
    name: 'connection_request_insert',
    text: `insert into connection_request (organisation_id, state_digest, practitioner_id, provider, actor_role, actor_ref,
                  redirect_uri, sealed_verifier, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9::timestamptz)`,
    values: [
      tx.organisationId,
      request.stateDigest,
      request.practitionerId,
      request.provider,
      request.actorRole,
      request.actorRef,
      request.redirectUri,
      request.sealedVerifier,
      request.expiresAt.toString(),
    ],
  });
}

/** The one of this state, which is used up by this; null where there is none, or no longer. */
export async function takeRequest(
  tx: Transaction,
  stateDigest: string,
  now: Temporal.Instant,
): Promise<ConnectionRequest | null> {
  const [row] = await tx.query<ConnectionRequest>({
    name: 'connection_request_take',
    text: `delete from connection_request where organisation_id = $1 and state_digest = $2
           returning state_digest as "stateDigest", practitioner_id as "practitionerId", provider,
                     actor_role as "actorRole", actor_ref as "actorRef", redirect_uri as "redirectUri",
                     sealed_verifier as "sealedVerifier", expires_at as "expiresAt"`,
    values: [tx.organisationId, stateDigest],
  });
  return row && Temporal.Instant.compare(now, row.expiresAt) < 0 ? row : null;
}
