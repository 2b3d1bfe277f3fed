// The rows of holds, each with the occupancy it owns. Callers have locked the time; a hold's life is told in place-hold.ts.
import type { Transaction } from '../platform/database/transaction.ts';
import { rangeText, type Stretch } from './occupancy.ts';

export type NewHold = {
  readonly practitionerId: number;
  readonly sessionTypeId: number;
  /** Opaque: whoever may confirm or release it. */
  readonly holder: string;
  readonly time: Stretch;
  /** `time` with its buffers. */
  readonly occupied: Stretch;
  readonly expiresAt: Temporal.Instant;
};

/** An open hold that owns its time; null, and no row at all, when somebody owns any part of it. */
export async function insertHold(tx: Transaction, hold: NewHold): Promise<number | null> {
  const rows = await tx.query<{ id: number }>({
    name: 'hold_insert',
    text: `with o as (
             insert into occupancy (organisation_id, resource_id, during, hold_id, expires_at)
             values ($1, $2, $3::tstzrange, nextval('public_id'), $4::timestamptz)
             on conflict do nothing returning hold_id
           )
           insert into hold (organisation_id, id, practitioner_id, session_type_id, holder, starts_at, ends_at, expires_at)
           select $1, o.hold_id, $2, $5, $6, $7::timestamptz, $8::timestamptz, $4::timestamptz from o returning id`,
    values: [
      tx.organisationId,
      hold.practitionerId,
      rangeText(hold.occupied),
      hold.expiresAt.toString(),
      hold.sessionTypeId,
      hold.holder,
      hold.time.from.toString(),
      hold.time.to.toString(),
    ],
  });
  return rows[0]?.id ?? null;
}

/** What a session has got from a hold: the row it now owns, to be named by the session. */
export type HandedOver = { readonly occupancyId: number; readonly occupied: Stretch };

/** The hold confirmed and its row the session's, for good; null when it is not open, or `now` is not before its expiry. */
export async function handOver(
  tx: Transaction,
  holdId: number,
  sessionId: number,
  now: Temporal.Instant,
): Promise<HandedOver | null> {
  const [row] = await tx.query<{ id: number; starts_at: Temporal.Instant; ends_at: Temporal.Instant }>({
    name: 'hold_hand_over',
    text: `with h as (
             update hold set state = 'confirmed'
              where organisation_id = $1 and id = $2 and state = 'open' and expires_at > $4::timestamptz returning id
           )
           update occupancy o set session_id = $3, hold_id = null, expires_at = null from h
            where o.organisation_id = $1 and o.hold_id = h.id returning o.id, o.starts_at, o.ends_at`,
    values: [tx.organisationId, holdId, sessionId, now.toString()],
  });
  return row ? { occupancyId: row.id, occupied: { from: row.starts_at, to: row.ends_at } } : null;
}

/** Whether it was open until now. */
export async function closeHold(tx: Transaction, holdId: number, state: 'released' | 'expired'): Promise<boolean> {
  const rows = await tx.query({
    name: 'hold_close',
    text: `update hold set state = $3 where organisation_id = $1 and id = $2 and state = 'open' returning id`,
    values: [tx.organisationId, holdId, state],
  });
  return rows.length > 0;
}

/** Holds that ran out at or before an instant and own any of a stretch, oldest first. */
export async function listExpiredHolds(
  tx: Transaction,
  resourceId: number,
  stretch: Stretch,
  until: Temporal.Instant,
): Promise<number[]> {
  const rows = await tx.query<{ hold_id: number }>({
    name: 'holds_expired',
    text: `select hold_id from occupancy
            where organisation_id = $1 and resource_id = $2 and during && $3::tstzrange and expires_at <= $4::timestamptz
            order by hold_id`,
    values: [tx.organisationId, resourceId, rangeText(stretch), until.toString()],
  });
  return rows.map(({ hold_id }) => hold_id);
}
