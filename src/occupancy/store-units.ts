// Time of rooms, equipment and hosts, which sessions and holds take with that of their practitioner. Callers have locked both, and
// looked: the constraint stays the last judge.
import { HOLD_GRACE_SECONDS, rangeText, type Stretch } from './occupancy.ts';
import type { Transaction } from '../platform/database/transaction.ts';

export type UnitsTaken = {
  readonly units: readonly number[];
  readonly stretch: Stretch;
  readonly owner: { readonly sessionId: number } | { readonly holdId: number };
  /** Of a hold or a request. */
  readonly expiresAt: Temporal.Instant | null;
};

/** False when somebody owns any part of any of them: then what was taken must be rolled back. */
export async function takeUnits(tx: Transaction, { units, stretch, owner, expiresAt }: UnitsTaken): Promise<boolean> {
  if (units.length === 0) return true;
  const taken = await tx.query<{ id: number }>({
    name: 'occupancy_take_units',
    text: `insert into occupancy (organisation_id, resource_id, during, session_id, hold_id, expires_at)
           select $1, unit, $3::tstzrange, $4::bigint, $5::bigint, $6::timestamptz from unnest($2::bigint[]) unit
            order by unit
           on conflict do nothing returning id`,
    values: [
      tx.organisationId,
      [...units],
      rangeText(stretch),
      'sessionId' in owner ? owner.sessionId : null,
      'holdId' in owner ? owner.holdId : null,
      expiresAt?.toString() ?? null,
    ],
  });
  return taken.length === units.length;
}

/**
 * Frees units in a stretch from holds and requests that have run out, grace over. Those themselves are ended by whoever needs
 * their practitioner's time, or by the clock: nobody can confirm or approve them any more.
 */
export async function freeExpiredUnits(
  tx: Transaction,
  units: readonly number[],
  stretch: Stretch,
  now: Temporal.Instant,
): Promise<void> {
  if (units.length === 0) return;
  await tx.query({
    name: 'occupancy_free_expired_units',
    text: `delete from occupancy where organisation_id = $1 and resource_id = any($2::bigint[]) and during && $3::tstzrange
              and expires_at <= $4::timestamptz`,
    values: [
      tx.organisationId,
      [...units],
      rangeText(stretch),
      now.subtract({ seconds: HOLD_GRACE_SECONDS }).toString(),
    ],
  });
}

/** What a session has been given; a unit goes by the name of what it is one of. */
export type ResourceGiven = {
  readonly id: number;
  readonly kind: 'room' | 'equipment' | 'video_host';
  readonly name: string;
};

export async function listResourcesOf(tx: Transaction, sessionId: number): Promise<ResourceGiven[]> {
  return await tx.query<ResourceGiven>({
    name: 'resources_of_session',
    text: `select r.id, r.kind, r.name from occupancy o
             join resource u on u.organisation_id = $1 and u.id = o.resource_id and u.kind <> 'practitioner'
             join resource r on r.organisation_id = $1 and r.id = coalesce(u.of_id, u.id)
            where o.organisation_id = $1 and o.session_id = $2 order by r.kind, r.id`,
    values: [tx.organisationId, sessionId],
  });
}
