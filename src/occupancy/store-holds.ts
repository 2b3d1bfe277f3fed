// The rows of holds, each with the occupancy it owns. Callers have locked the time; a hold's life is told in place-hold.ts.
import type { Transaction } from '../platform/database/transaction.ts';
import { SAME_TIME_WITHIN_MINUTES, type Hold, type HoldCounts } from './hold.ts';
import { LONGEST_OCCUPANCY_MINUTES, rangeText, type Stretch } from './occupancy.ts';

export type NewHold = Omit<Hold, 'id' | 'state' | 'sessionId'> & {
  /** `time` with its buffers. */
  readonly occupied: Stretch;
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
           insert into hold (organisation_id, id, practitioner_id, session_type_id, holder, starts_at, ends_at, expires_at, zone,
                             wall_start)
           select $1, o.hold_id, $2, $5, $6, $7::timestamptz, $8::timestamptz, $4::timestamptz, $9, $10 from o returning id`,
    values: [
      tx.organisationId,
      hold.practitionerId,
      rangeText(hold.occupied),
      hold.expiresAt.toString(),
      hold.sessionTypeId,
      hold.holder,
      hold.time.from.toString(),
      hold.time.to.toString(),
      hold.zone,
      hold.wallStart,
    ],
  });
  return rows[0]?.id ?? null;
}

/** A seat kept in a session that lives; `seat_within_capacity` is raised where it has none left. */
export async function insertSeatHold(
  tx: Transaction,
  hold: Omit<Hold, 'id' | 'state'> & { readonly sessionId: number },
): Promise<number> {
  const [row] = await tx.query<{ id: number }>({
    name: 'hold_insert_seat',
    text: `insert into hold (organisation_id, practitioner_id, session_type_id, holder, starts_at, ends_at, expires_at, zone,
                             wall_start, session_id)
           values ($1, $2, $3, $4, $5::timestamptz, $6::timestamptz, $7::timestamptz, $8, $9, $10) returning id`,
    values: [
      tx.organisationId,
      hold.practitionerId,
      hold.sessionTypeId,
      hold.holder,
      hold.time.from.toString(),
      hold.time.to.toString(),
      hold.expiresAt.toString(),
      hold.zone,
      hold.wallStart,
      hold.sessionId,
    ],
  });
  if (!row) throw new Error('the hold was not inserted');
  return row.id;
}

type HoldRow = Omit<Hold, 'time'> & { readonly from: Temporal.Instant; readonly to: Temporal.Instant };

export async function findHold(tx: Transaction, id: number): Promise<Hold | null> {
  const [row] = await tx.query<HoldRow>({
    name: 'hold_find',
    text: `select id, practitioner_id as "practitionerId", session_type_id as "sessionTypeId", holder, starts_at as "from",
                  ends_at as "to", zone, wall_start as "wallStart", expires_at as "expiresAt", session_id as "sessionId", state
             from hold where organisation_id = $1 and id = $2`,
    values: [tx.organisationId, id],
  });
  if (!row) return null;
  const { from, to, ...hold } = row;
  return { ...hold, time: { from, to } };
}

/**
 * One placing of a hold at a time for each holder, until the transaction ends: her holds are counted over all practitioners.
 * Taken before any time is locked.
 */
export async function lockHolder(tx: Transaction, holder: string): Promise<void> {
  await tx.query({
    name: 'holder_lock',
    text: `select pg_advisory_xact_lock(hashtextextended($1::text || ' holds ' || $2, 0)) is null as locked`,
    values: [String(tx.organisationId), holder],
  });
}

/** What there is at `now` to be counted against a new hold. The holder, then the practitioner's time, are locked. */
export async function countHolds(
  tx: Transaction,
  wished: Pick<Hold, 'holder' | 'practitionerId' | 'time'>,
  day: Stretch,
  now: Temporal.Instant,
): Promise<HoldCounts> {
  const [counts] = await tx.query<HoldCounts>({
    name: 'holds_count',
    text: `select (select count(*) from hold
                    where organisation_id = $1 and holder = $2 and state = 'open' and expires_at > $4::timestamptz) as "ofHolder",
                  (select count(*) from hold
                    where organisation_id = $1 and practitioner_id = $3 and state = 'open' and expires_at > $4::timestamptz
                      and starts_at >= $5::timestamptz and starts_at < $6::timestamptz) as "onDay",
                  (select count(*) from hold
                    where organisation_id = $1 and holder = $2 and practitioner_id = $3 and state <> 'confirmed'
                      and expires_at > $4::timestamptz - interval '${SAME_TIME_WITHIN_MINUTES} minutes'
                      and starts_at < $8::timestamptz and ends_at > $7::timestamptz) as "ofSameTime"`,
    values: [
      tx.organisationId,
      wished.holder,
      wished.practitionerId,
      now.toString(),
      day.from.toString(),
      day.to.toString(),
      wished.time.from.toString(),
      wished.time.to.toString(),
    ],
  });
  if (!counts) throw new Error('holds could not be counted');
  return counts;
}

/** What a session has got from a hold: the row it now owns, to be named by the session. */
export type HandedOver = { readonly occupancyId: number; readonly occupied: Stretch };

/** The hold confirmed and its row the session's, for good or, where that is a request, `until` then; null when it is not open, or `now` is not before its expiry. */
export async function handOver(
  tx: Transaction,
  holdId: number,
  sessionId: number,
  now: Temporal.Instant,
  until: Temporal.Instant | null,
): Promise<HandedOver | null> {
  const rows = await tx.query<{ id: number; starts_at: Temporal.Instant; ends_at: Temporal.Instant; hers: boolean }>({
    name: 'hold_hand_over',
    text: `with h as (
             update hold set state = 'confirmed'
              where organisation_id = $1 and id = $2 and state = 'open' and expires_at > $4::timestamptz
             returning id, practitioner_id
           )
           update occupancy o set session_id = $3, hold_id = null, expires_at = $5::timestamptz from h
            where o.organisation_id = $1 and o.hold_id = h.id
           returning o.id, o.starts_at, o.ends_at, o.resource_id = h.practitioner_id as hers`,
    values: [tx.organisationId, holdId, sessionId, now.toString(), until?.toString() ?? null],
  });
  // Others are units that were held with her time.
  const row = rows.find(({ hers }) => hers);
  return row ? { occupancyId: row.id, occupied: { from: row.starts_at, to: row.ends_at } } : null;
}

/** Whether it was open, and `now` is before its expiry. */
export async function closeInTime(tx: Transaction, holdId: number, now: Temporal.Instant): Promise<boolean> {
  const rows = await tx.query({
    name: 'hold_close_in_time',
    text: `update hold set state = 'confirmed'
            where organisation_id = $1 and id = $2 and state = 'open' and expires_at > $3::timestamptz returning id`,
    values: [tx.organisationId, holdId, now.toString()],
  });
  return rows.length > 0;
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
              and hold_id is not null
            order by hold_id`,
    values: [tx.organisationId, resourceId, rangeText(stretch), until.toString()],
  });
  return rows.map(({ hold_id }) => hold_id);
}

/** Seats kept until at or before an instant, in her sessions that lie in a stretch; oldest first. */
export async function listExpiredSeats(
  tx: Transaction,
  practitionerId: number,
  stretch: Stretch,
  until: Temporal.Instant,
): Promise<{ readonly holdId: number; readonly sessionId: number }[]> {
  return await tx.query({
    name: 'holds_expired_of_seats',
    text: `select h.id as "holdId", h.session_id as "sessionId"
             from hold h join session s on s.organisation_id = $1 and s.id = h.session_id
            where h.organisation_id = $1 and h.practitioner_id = $2 and h.state = 'open' and h.session_id is not null
              and h.starts_at > $3::timestamptz - interval '${LONGEST_OCCUPANCY_MINUTES} minutes'
              and h.starts_at < $4::timestamptz + interval '${LONGEST_OCCUPANCY_MINUTES} minutes'
              and s.occupied && tstzrange($3::timestamptz, $4::timestamptz) and h.expires_at <= $5::timestamptz
            order by h.id`,
    values: [tx.organisationId, practitionerId, stretch.from.toString(), stretch.to.toString(), until.toString()],
  });
}

/** Whose time, and which, something that ran out is in. */
type Place = { readonly resourceId: number; readonly stretch: Stretch };
type PlaceRow = { resource_id: number; starts_at: Temporal.Instant; ends_at: Temporal.Instant };

function toPlace({ resource_id, starts_at, ends_at }: PlaceRow): Place {
  return { resourceId: resource_id, stretch: { from: starts_at, to: ends_at } };
}

/** The time of sessions in which seats were kept until at or before an instant; some at once. */
export async function listTimesOfExpiredSeats(
  tx: Transaction,
  until: Temporal.Instant,
  limit: number,
): Promise<Place[]> {
  const rows = await tx.query<PlaceRow>({
    name: 'holds_expired_of_any_seats',
    text: `select distinct s.practitioner_id as resource_id, s.starts_at, s.ends_at
             from hold h join session s on s.organisation_id = $1 and s.id = h.session_id
            where h.organisation_id = $1 and h.session_id is not null and h.state = 'open' and h.expires_at <= $2::timestamptz
            order by s.practitioner_id, s.starts_at limit $3`,
    values: [tx.organisationId, until.toString(), limit],
  });
  return rows.map(toPlace);
}

/** Time of holds that ran out at or before an instant, on which a session that overrides has a claim; some at once. */
export async function listExpiredUnderClaims(
  tx: Transaction,
  until: Temporal.Instant,
  limit: number,
): Promise<Place[]> {
  const rows = await tx.query<PlaceRow>({
    name: 'holds_expired_under_claims',
    text: `select distinct o.resource_id, o.starts_at, o.ends_at
             from session s
             join occupancy o on o.organisation_id = $1 and o.resource_id = s.practitioner_id
              and o.starts_at > lower(s.occupied) - interval '${LONGEST_OCCUPANCY_MINUTES} minutes'
              and o.starts_at < upper(s.occupied) and o.ends_at > lower(s.occupied)
            where s.organisation_id = $1 and s.overriding and s.live
              and s.starts_at > $2::timestamptz - interval '${LONGEST_OCCUPANCY_MINUTES} minutes'
              and o.hold_id is not null and o.expires_at <= $2::timestamptz
            order by o.resource_id, o.starts_at limit $3`,
    values: [tx.organisationId, until.toString(), limit],
  });
  return rows.map(toPlace);
}
