// The times that were agreed, as they stand beside their instants, for whoever looks whether the rules of a zone have changed.
import type { Transaction } from '../platform/database/transaction.ts';

export type AgreedTime = {
  readonly sessionId: number;
  readonly zone: string;
  /** As agreed: `2030-06-20T14:00`, on the wall of the zone. */
  readonly wall: string;
  readonly start: Temporal.Instant;
};

/** Of sessions that live and begin after `from`, the nearest first. */
export async function listAgreedTimes(tx: Transaction, from: Temporal.Instant, limit: number): Promise<AgreedTime[]> {
  return await tx.query<AgreedTime>({
    name: 'sessions_agreed_times',
    text: `select id as "sessionId", zone, wall_start as wall, starts_at as start from session
            where organisation_id = $1 and live and starts_at > $2::timestamptz order by starts_at limit $3`,
    values: [tx.organisationId, from.toString(), limit],
  });
}
