// Reads what is taken. One statement answers the busy time of a stretch together with the versions of schedule and
// practitioner, so that both are of one moment; the hot read is one round trip without a transaction of its own.
import type pg from 'pg';
import { named } from '../platform/database/connection.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { HOLD_GRACE_SECONDS, LONGEST_OCCUPANCY_MINUTES } from '../occupancy/occupancy.ts';
import type { Versions } from './desk.ts';

export type Busy = {
  readonly versions: Versions;
  /** Flat `[start, end)` pairs of epoch minutes by start, each with its own buffers. */
  readonly taken: number[];
  /** Some of the time looked at belongs to holds that have run out: whoever needs it removes them first. */
  readonly expiredHolds: boolean;
  /** When the first hold in this stretch frees its time by itself, in epoch minutes rounded up; null without one. */
  readonly nextExpiry: number | null;
};

type Row = { version: number; revision: number; taken: string | null; expired: number; next_expiry: number | null };

/** Parameters: $2 practitioner, $3 from, $4 to, $5 earliest start to look at, $6 the instant holds must outlive, $7 a session not to count. */
const BUSY = (organisation: string) => `
  select p.schedule_version as version, p.revision, b.taken, b.expired, b.next_expiry
    from practitioner p, lateral (
      select string_agg(floor(date_part('epoch', o.starts_at) / 60) || ',' || ceil(date_part('epoch', o.ends_at) / 60), ','
                        order by o.starts_at) filter (where o.expires_at is null or o.expires_at > $6::timestamptz) as taken,
             count(*) filter (where o.expires_at <= $6::timestamptz)::int as expired,
             ceil(date_part('epoch', min(o.expires_at) filter (where o.expires_at > $6::timestamptz)) / 60)::int as next_expiry
        from occupancy o
       where o.organisation_id = ${organisation} and o.resource_id = $2 and o.starts_at < $4::timestamptz
         and o.starts_at > $5::timestamptz and o.ends_at > $3::timestamptz
         and o.session_id is distinct from $7) b
   where p.organisation_id = ${organisation} and p.id = $2`;

/** Row-level security asks for the organisation while rows are read: "offset 0" keeps that after it was set. */
const BUSY_READ = {
  name: 'busy_read',
  text: `with scope as materialized (select set_config('app.organisation_id', $1::text, true)::bigint as organisation_id)
         select d.* from scope, lateral (${BUSY('scope.organisation_id')} offset 0) d`,
};
const BUSY_IN_TRANSACTION = { name: 'busy_in_transaction', text: BUSY('$1') };

export type BusyQuestion = {
  readonly practitionerId: number;
  /** Epoch minutes `[from, to)`. */
  readonly from: number;
  readonly to: number;
  readonly now: Temporal.Instant;
  /** The session that is being moved, whose own time is not in its way. */
  readonly except?: number;
};

/** Null where there is no such practitioner. */
export async function readBusy(pool: pg.Pool, organisationId: number, question: BusyQuestion): Promise<Busy | null> {
  const values = [String(organisationId), ...parameters(question)];
  return toBusy(await named<Row>(pool, { ...BUSY_READ, values }));
}

/** The same within a transaction, for acts. */
export async function readBusyIn(tx: Transaction, question: BusyQuestion): Promise<Busy | null> {
  const values = [tx.organisationId, ...parameters(question)];
  return toBusy(await tx.query<Row>({ ...BUSY_IN_TRANSACTION, values }));
}

function parameters({ practitionerId, from, to, now, except }: BusyQuestion) {
  return [
    practitionerId,
    instantText(from),
    instantText(to),
    instantText(from - LONGEST_OCCUPANCY_MINUTES),
    new Date(now.epochMilliseconds - HOLD_GRACE_SECONDS * 1000).toISOString(),
    except ?? null,
  ];
}

function instantText(minute: number): string {
  return new Date(minute * 60_000).toISOString();
}

function toBusy(rows: readonly Row[]): Busy | null {
  const row = rows[0];
  if (!row) return null;
  return {
    versions: { schedule: row.version, revision: row.revision },
    taken: row.taken === null ? [] : (JSON.parse(`[${row.taken}]`) as number[]),
    expiredHolds: row.expired > 0,
    nextExpiry: row.next_expiry,
  };
}
