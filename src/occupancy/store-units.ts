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
export async function takeUnits(tx: Transaction, takings: readonly UnitsTaken[]): Promise<boolean> {
  const rows = takings.flatMap(({ units, ...taking }) => units.map((unit) => ({ unit, ...taking })));
  if (rows.length === 0) return true;
  const taken = await tx.query<{ id: number }>({
    name: 'occupancy_take_units',
    text: `insert into occupancy (organisation_id, resource_id, during, session_id, hold_id, expires_at)
           select $1, unit, during::tstzrange, session_id, hold_id, expires_at
             from unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::timestamptz[])
               as u (unit, during, session_id, hold_id, expires_at)
            order by unit, during
           on conflict do nothing returning id`,
    values: [
      tx.organisationId,
      rows.map(({ unit }) => unit),
      rows.map(({ stretch }) => rangeText(stretch)),
      rows.map(({ owner }) => ('sessionId' in owner ? owner.sessionId : null)),
      rows.map(({ owner }) => ('holdId' in owner ? owner.holdId : null)),
      rows.map(({ expiresAt }) => expiresAt?.toString() ?? null),
    ],
  });
  return taken.length === rows.length;
}

/**
 * Frees units in some stretches from holds and requests that have run out, grace over. Those themselves are ended by whoever needs
 * their practitioner's time, or by the clock: nobody can confirm or approve them any more. In an order of all: whoever ends several
 * at once does not wait in a circle with it.
 */
export async function freeExpiredUnits(
  tx: Transaction,
  units: readonly number[],
  stretches: readonly Stretch[],
  now: Temporal.Instant,
): Promise<void> {
  if (units.length === 0) return;
  await tx.query({
    name: 'occupancy_free_expired_units',
    text: `with e as materialized (
             select o.id from unnest($3::text[]) as s (during)
               join occupancy o on o.organisation_id = $1 and o.resource_id = any($2::bigint[]) and o.during && s.during::tstzrange
              where o.expires_at <= $4::timestamptz
              order by o.starts_at, o.resource_id for update of o
           )
           delete from occupancy where organisation_id = $1 and id = any (array(select id from e))`,
    values: [
      tx.organisationId,
      [...units],
      stretches.map(rangeText),
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
