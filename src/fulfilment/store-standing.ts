// What the sweep reads of sessions and what they are believed to have at a place, and how it hands a session back to fulfilment:
// under the row's lock, and only where nobody has worked at it since it was judged.
import type { OutsideKind } from '../meetings/meeting.ts';
import type { Platform } from '../meetings/provider.ts';
import type { Transaction, UnscopedTransaction } from '../platform/database/transaction.ts';
import type { SweptPlace } from './store-sweep.ts';
import type { Believed } from './sweep.ts';

type BelievedRow = Omit<Believed, 'title'> & { readonly topic: string | null; readonly practitioner: string };

/** What stands at the place for live sessions that start in the stretch, by start; the words that make its title beside it. */
export async function listBelieved(
  tx: Transaction,
  place: SweptPlace,
  kind: OutsideKind,
  stretch: { readonly from: Temporal.Instant; readonly to: Temporal.Instant; readonly limit: number },
): Promise<BelievedRow[]> {
  return await tx.query<BelievedRow>({
    name: 'drift_believed',
    text: `select s.id as "sessionId", s.starts_at as start, s.ends_at as end, o.provider_id as "providerId",
                  p.name as practitioner,
                  (select n.body from note n join appointment a on a.organisation_id = $1 and a.id = n.appointment_id
                    where n.organisation_id = $1 and a.session_id = s.id and n.kind = 'topic' limit 1) as topic
             from practitioner p
             join session s on s.organisation_id = $1 and s.practitioner_id = p.id and s.live
                           and s.starts_at >= $6::timestamptz and s.starts_at < $7::timestamptz
             join outside_object o on o.organisation_id = $1 and o.session_id = s.id and o.kind = $5
                           and o.state = 'live' and o.provider = $2 and coalesce(o.connection_id, 0) = $3 and o.host = $4
            where p.organisation_id = $1 and o.provider_id is not null
            order by s.starts_at, s.id limit $8`,
    values: [
      tx.organisationId,
      place.provider,
      place.connectionId,
      place.host,
      kind,
      ...[stretch.from, stretch.to].map(String),
      stretch.limit,
    ],
  });
}

/** When the last session starts that has anything at the place, or the last thing there of which a person must decide; null: none to come. */
export async function findLastStart(
  tx: Transaction,
  place: SweptPlace,
  now: Temporal.Instant,
): Promise<Temporal.Instant | null> {
  const [row] = await tx.query<{ at: Temporal.Instant | null }>({
    name: 'drift_last_start',
    text: `select greatest((
             select max(s.starts_at)
               from practitioner p
               join session s on s.organisation_id = $1 and s.practitioner_id = p.id and s.starts_at >= $5::timestamptz
               join outside_object o on o.organisation_id = $1 and o.session_id = s.id
                             and o.provider = $2 and coalesce(o.connection_id, 0) = $3 and o.host = $4
              where p.organisation_id = $1
           ), (
             select max(starts_at) from drift
              where organisation_id = $1 and provider = $2 and connection_id = $3 and host = $4
                and state in ('mending', 'open') and starts_at >= $5::timestamptz
           )) as at`,
    values: [tx.organisationId, place.provider, place.connectionId, place.host, now.toString()],
  });
  return row?.at ?? null;
}

/** How far ahead the policies of the organisation let anybody book, to a day or two; null: there is nobody. */
export async function findLastBookable(tx: Transaction, now: Temporal.Instant): Promise<Temporal.Instant | null> {
  const [row] = await tx.query<{ at: Temporal.Instant | null }>({
    name: 'drift_last_bookable',
    text: `select greatest(max(days) * interval '1 day' + $2::timestamptz, max(until)::timestamp at time zone 'UTC') + interval '2 days' as at
             from (select horizon_days as days, horizon_until as until from practitioner where organisation_id = $1
                   union all
                   select horizon_days, horizon_until from offering where organisation_id = $1) policy`,
    values: [tx.organisationId, now.toString()],
  });
  return row?.at ?? null;
}

/** A session as the sweep judges it. `settled`: everything is done, and nobody is at it. */
export type Standing = {
  readonly live: boolean;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  readonly revision: number;
  readonly leaseNo: number;
  readonly settled: boolean;
  /** Every seat is cancelled, and the journal tells of it. */
  readonly cancelled: boolean;
};

/** Null: there is no such session in this organisation. */
export async function findStanding(tx: Transaction, sessionId: number): Promise<Standing | null> {
  const [row] = await tx.query<Standing>({
    name: 'drift_standing',
    text: `select s.live, s.starts_at as start, s.ends_at as end, s.revision, f.lease_no as "leaseNo",
                  f.done_revision = f.wanted_revision and f.lease_until is null as settled,
                  not s.live and not exists (
                    select from appointment a where a.organisation_id = $1 and a.session_id = s.id
                       and (a.state <> 'cancelled' or not exists (
                         select from journal j where j.organisation_id = $1 and j.subject_kind = 'appointment'
                            and j.subject_id = a.id and j.event = 'appointment.cancelled'))) as cancelled
             from session s join fulfilment f on f.organisation_id = $1 and f.session_id = s.id
            where s.organisation_id = $1 and s.id = $2`,
    values: [tx.organisationId, sessionId],
  });
  return row ?? null;
}

/** Whether some organisation has this session. Call inside a scan for 'fulfilment'. */
export async function existsSession(tx: UnscopedTransaction, sessionId: number): Promise<boolean> {
  const rows = await tx.query({
    name: 'drift_session_anywhere',
    text: 'select 1 as there from fulfilment where session_id = $1 limit 1',
    values: [sessionId],
  });
  return rows.length > 0;
}

/** Whether a session of this organisation is believed to have just this thing. */
export async function existsOwner(tx: Transaction, place: SweptPlace, providerId: string): Promise<boolean> {
  const rows = await tx.query({
    name: 'drift_owner',
    text: `select 1 as there from outside_object
            where organisation_id = $1 and provider = $2 and coalesce(connection_id, 0) = $3 and provider_id = $4
              and state in ('creating', 'live') limit 1`,
    values: [tx.organisationId, place.provider, place.connectionId, providerId],
  });
  return rows.length > 0;
}

/** A session with the number of its lease when it was judged. */
type Judged = { readonly id: number; readonly leaseNo: number };

/** What was judged is no longer so: somebody is at the session, or has been. Nothing is done. */
export class Unsettled extends Error {
  override readonly name = 'Unsettled';
  constructor() {
    super('The session was worked at since it was looked at');
  }
}

/**
 * Gives a session to fulfilment again, provided that nobody has worked at it since `leaseNo` was read. The row stays locked
 * until the transaction ends, so that what is then written of its things no runner overtakes.
 */
async function reopen(tx: Transaction, sessionId: number, leaseNo: number, now: Temporal.Instant): Promise<void> {
  const rows = await tx.query<{ held: true }>({
    name: 'drift_reopen',
    text: `update fulfilment set done_revision = least(done_revision, wanted_revision - 1), due_at = $4::timestamptz, attempts = 0
            where organisation_id = $1 and session_id = $2 and lease_no = $3 and lease_until is null
              and done_revision = wanted_revision returning true as held`,
    values: [tx.organisationId, sessionId, leaseNo, now.toString()],
  });
  if (rows.length === 0) throw new Unsettled();
}

/** Fulfilment is to write the session's own thing anew, or to make it where it is gone; no other is looked for. Throws Unsettled. */
export async function markToWrite(
  tx: Transaction,
  session: Judged,
  kind: OutsideKind,
  now: Temporal.Instant,
): Promise<void> {
  await reopen(tx, session.id, session.leaseNo, now);
  const rows = await tx.query<{ held: true }>({
    name: 'drift_write',
    text: `update outside_object set written = null, attempts = 0, next_attempt_at = null
            where organisation_id = $1 and session_id = $2 and kind = $3 and state = 'live' returning true as held`,
    values: [tx.organisationId, session.id, kind],
  });
  if (rows.length === 0) throw new Unsettled();
}

/** Fulfilment is to look for all that bears the session's marker, and to leave its own thing alone there. Throws Unsettled. */
export async function markToLookAt(
  tx: Transaction,
  session: Judged,
  kind: OutsideKind,
  now: Temporal.Instant,
): Promise<void> {
  await reopen(tx, session.id, session.leaseNo, now);
  const rows = await tx.query<{ held: true }>({
    name: 'drift_look_at',
    text: `update outside_object set settles_at = $4::timestamptz, attempts = 0, next_attempt_at = null,
                  tell_again = coalesce(tell_again, settles_at is not null)
            where organisation_id = $1 and session_id = $2 and kind = $3 and state = 'live' returning true as held`,
    values: [tx.organisationId, session.id, kind, now.toString()],
  });
  if (rows.length === 0) throw new Unsettled();
}

/** Fulfilment is to remove just this, which stands at the place for a dead session. Throws Unsettled. */
export async function markToRemove(
  tx: Transaction,
  session: Judged,
  thing: SweptPlace & { readonly kind: OutsideKind; readonly platform: Platform | null; readonly providerId: string },
  now: Temporal.Instant,
): Promise<void> {
  await reopen(tx, session.id, session.leaseNo, now);
  const rows = await tx.query<{ held: true }>({
    name: 'drift_remove',
    text: `insert into outside_object (organisation_id, session_id, kind, provider, connection_id, host, platform, state,
                  provider_id)
           values ($1, $2, $3, $4, nullif($5::bigint, 0), $6, $7, 'deleting', $8)
           on conflict (organisation_id, session_id, kind) do update set
             provider = excluded.provider, connection_id = excluded.connection_id, host = excluded.host,
             platform = excluded.platform, state = excluded.state, provider_id = excluded.provider_id,
             settles_at = null, attempts = 0, next_attempt_at = null, last_error = null
             where outside_object.state = 'gone'
           returning true as held`,
    values: [
      tx.organisationId,
      session.id,
      thing.kind,
      thing.provider,
      thing.connectionId,
      thing.host,
      thing.platform,
      thing.providerId,
    ],
  });
  if (rows.length === 0) throw new Unsettled();
}
