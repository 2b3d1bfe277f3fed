// Reads what is taken. One statement answers the busy time of a stretch together with the versions of schedule and
// practitioner, so that both are of one moment; the hot read is one round trip without a transaction of its own.
import type pg from 'pg';
import { readOnLane } from '../platform/database/lane.ts';
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
  /** What the rows said, letter for letter: for telling whether two reads were the same. */
  readonly print: string;
};

/** Numbers of one row, see below. */
const COLUMNS = 3;

type Row = { version: number; revision: number; rows: string };

/**
 * Parameters: $2 practitioner, $3 from, $4 to, $5 earliest start to look at, $6 a session not to count. The rows come as one
 * array of epoch seconds `{{start,end,expiry or 0},...}`: both sides then handle one value instead of hundreds.
 */
const BUSY = (organisation: string) => `
  select p.schedule_version as version, p.revision, array(
           select array[date_part('epoch', o.starts_at), date_part('epoch', o.ends_at), coalesce(date_part('epoch', o.expires_at), 0)]
             from occupancy o
            where o.organisation_id = ${organisation} and o.resource_id = $2 and o.starts_at < $4::timestamptz
              and o.starts_at > $5::timestamptz and o.ends_at > $3::timestamptz and o.session_id is distinct from $6
            order by o.starts_at)::text as rows
    from practitioner p
   where p.organisation_id = ${organisation} and p.id = $2`;

/** Row-level security asks for the organisation while rows are read: each "offset 0" keeps that after it was set. */
const BUSY_READ = {
  name: 'busy_read',
  text: `select d.*
           from (select set_config('app.organisation_id', $1::text, true)::bigint as organisation_id offset 0) as scope,
                lateral (${BUSY('scope.organisation_id')} offset 0) as d`,
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

/** No session has it. Not null: a hold's row has no session, and would count as the one that is passed over. */
const NO_SESSION = 0;

/** Null where there is no such practitioner. */
export async function readBusy(pool: pg.Pool, organisationId: number, question: BusyQuestion): Promise<Busy | null> {
  const values = [String(organisationId), ...parameters(question)];
  return toBusy(await readOnLane<Row>(pool, { ...BUSY_READ, values }), question.now);
}

/** The same within a transaction, for acts. */
export async function readBusyIn(tx: Transaction, question: BusyQuestion): Promise<Busy | null> {
  const values = [tx.organisationId, ...parameters(question)];
  return toBusy(await tx.query<Row>({ ...BUSY_IN_TRANSACTION, values }), question.now);
}

function parameters({ practitionerId, from, to, except }: BusyQuestion) {
  return [
    practitionerId,
    instantText(from),
    instantText(to),
    instantText(from - LONGEST_OCCUPANCY_MINUTES),
    except ?? NO_SESSION,
  ];
}

function instantText(minute: number): string {
  return new Date(minute * 60_000).toISOString();
}

function toBusy(rows: readonly Row[], now: Temporal.Instant): Busy | null {
  const [row] = rows;
  if (!row) return null;
  const numbers = JSON.parse(`[${row.rows.replaceAll(/[{}]/g, '')}]`) as number[];
  const expired = now.epochMilliseconds / 1000 - HOLD_GRACE_SECONDS;
  const taken: number[] = [];
  let [expiredHolds, nextExpiry] = [false, Number.POSITIVE_INFINITY];
  for (let at = 0; at < numbers.length; at += COLUMNS) {
    const [start, end, expiry] = [numbers[at]!, numbers[at + 1]!, numbers[at + 2]!];
    if (expiry !== 0 && expiry <= expired) {
      expiredHolds = true;
      continue;
    }
    if (expiry !== 0) nextExpiry = Math.min(nextExpiry, Math.ceil(expiry / 60));
    taken.push(Math.floor(start / 60), Math.ceil(end / 60));
  }
  return {
    versions: { schedule: row.version, revision: row.revision },
    taken,
    expiredHolds,
    nextExpiry: nextExpiry === Number.POSITIVE_INFINITY ? null : nextExpiry,
    print: row.rows,
  };
}
