// Reads what is taken. One statement answers the busy time of a stretch together with the versions of schedule and
// practitioner, so that both are of one moment; the hot read is one round trip without a transaction of its own.
import type pg from 'pg';
import { readOnLane } from '../platform/database/lane.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { HOLD_GRACE_SECONDS, LONGEST_OCCUPANCY_MINUTES } from '../occupancy/occupancy.ts';
import type { Versions } from './desk.ts';
import type { CountedSession, GroupSession } from './free-time.ts';
import { groupsIn, moreOf, morePrepared, unitsIn, type MoreAsked, type MoreRow } from './store-units.ts';

export type Busy = {
  readonly versions: Versions;
  /** Flat `[start, end)` pairs of epoch minutes by start, each with its own buffers. */
  readonly taken: number[];
  /** Some of the time looked at belongs to holds that have run out: whoever needs it removes them first. */
  readonly expiredHolds: boolean;
  /** When the first hold in this stretch frees its time by itself, in epoch minutes rounded up; null without one. */
  readonly nextExpiry: number | null;
  /** What counts towards limits, where that was asked; with the stretch it was asked for. */
  readonly counted: (Counting & { readonly sessions: readonly CountedSession[] }) | null;
  /** The busy time of each unit that was asked for, as `taken`. */
  readonly units: ReadonlyMap<number, number[]> | null;
  /** The sessions of the group that was asked for. */
  readonly groups: readonly GroupSession[] | null;
  /** What the rows said, letter for letter: for telling whether two reads were the same. */
  readonly print: string;
};

/** Numbers of one row, see below. */
const COLUMNS = 3;

const COUNTED_COLUMNS = 5;

type Row = MoreRow & { version: number; revision: number; rows: string; counted?: string };

const EXCEPT_ONE = (id: string) => `${id} is distinct from $6`;
const EXCEPT_MANY = (id: string) => `(${id} is null or ${id} <> all($6::bigint[]))`;

/**
 * Parameters: $2 practitioner, $3 from, $4 to, $5 earliest start to look at, $6 a session not to count. The rows come as one
 * array of epoch seconds `{{start,end,expiry or 0},...}`: both sides then handle one value instead of hundreds.
 */
const BUSY = (organisation: string, more = '', except = EXCEPT_ONE) => `
  select p.schedule_version as version, p.revision, ${more}array(
           select array[date_part('epoch', o.starts_at), date_part('epoch', o.ends_at), coalesce(date_part('epoch', o.expires_at), 0)]
             from occupancy o
            where o.organisation_id = ${organisation} and o.resource_id = $2 and o.starts_at < $4::timestamptz
              and o.starts_at > $5::timestamptz and o.ends_at > $3::timestamptz and ${except('o.session_id')}
            order by o.starts_at)::text as rows
    from practitioner p
   where p.organisation_id = ${organisation} and p.id = $2`;

/**
 * What counts towards limits, `{{start,end,type,expiry or 0,own},...}`: live sessions that start in [$7, $8), and the holds that
 * may become such. $9: the subject of the client who asks.
 */
const COUNTED = (organisation: string, except = EXCEPT_ONE) => `
         array(
           select array[date_part('epoch', s.starts_at), date_part('epoch', s.ends_at), s.session_type_id, 0,
                        (exists (select from appointment a
                                   join client c on c.organisation_id = a.organisation_id and c.id = a.client_id
                                  where a.organisation_id = s.organisation_id and a.session_id = s.id
                                    and a.state <> 'cancelled' and c.subject = $9))::integer]
             from session s
            where s.organisation_id = ${organisation} and s.practitioner_id = $2 and s.live
              and s.starts_at >= $7::timestamptz and s.starts_at < $8::timestamptz and ${except('s.id')}
           union all
           select array[date_part('epoch', h.starts_at), date_part('epoch', h.ends_at), h.session_type_id,
                        date_part('epoch', o.expires_at), (h.holder = 'client:' || $9)::integer]
             from occupancy o join hold h on h.organisation_id = o.organisation_id and h.id = o.hold_id
            where o.organisation_id = ${organisation} and o.resource_id = $2
              and o.starts_at > $7::timestamptz - interval '${LONGEST_OCCUPANCY_MINUTES} minutes'
              and o.starts_at < $8::timestamptz and h.starts_at >= $7::timestamptz and h.starts_at < $8::timestamptz
         )::text as counted, `;

/** Row-level security asks for the organisation while rows are read: each "offset 0" keeps that after it was set. */
const scoped = (read: string) => `select d.*
           from (select set_config('app.organisation_id', $1::text, true)::bigint as organisation_id offset 0) as scope,
                lateral (${read} offset 0) as d`;
const BUSY_READ = { name: 'busy_read', text: scoped(BUSY('scope.organisation_id')) };
const BUSY_IN_TRANSACTION = { name: 'busy_in_transaction', text: BUSY('$1') };
const COUNTED_READ = {
  name: 'busy_counted_read',
  text: scoped(BUSY('scope.organisation_id', COUNTED('scope.organisation_id'))),
};
const COUNTED_IN_TRANSACTION = { name: 'busy_counted_in_transaction', text: BUSY('$1', COUNTED('$1')) };

/** For acts on many sessions at once. */
const BUSY_EXCEPT_MANY = { name: 'busy_except_many', text: BUSY('$1', '', EXCEPT_MANY) };
const COUNTED_EXCEPT_MANY = {
  name: 'busy_counted_except_many',
  text: BUSY('$1', COUNTED('$1', EXCEPT_MANY), EXCEPT_MANY),
};

/** Epoch minutes `[from, to)` of whole periods, and the client who asks, where that matters. */
export type Counting = {
  readonly from: number;
  readonly to: number;
  readonly clientSubject: string | null;
  /** The start of a session in which the client is about to give up its seat: it is hers still, and not the client's. */
  readonly leaving?: number | undefined;
};

export type BusyQuestion = MoreAsked & {
  readonly practitionerId: number;
  /** Epoch minutes `[from, to)`. */
  readonly from: number;
  readonly to: number;
  readonly now: Temporal.Instant;
  /** The session that is being moved, whose own time is not in its way; within a transaction it may be several. */
  readonly except?: number | readonly number[];
  /** For limits: what else is to be counted. */
  readonly counting?: Counting;
};

/** No session has it. Not null: a hold's row has no session, and would count as the one that is passed over. */
const NO_SESSION = 0;

/** Null where there is no such practitioner. */
export async function readBusy(pool: pg.Pool, organisationId: number, question: BusyQuestion): Promise<Busy | null> {
  const values = [String(organisationId), ...parameters(question)];
  return toBusy(await readOnLane<Row>(pool, { ...statementFor(question, false), values }), question);
}

/** The same within a transaction, for acts. */
export async function readBusyIn(tx: Transaction, question: BusyQuestion): Promise<Busy | null> {
  const values = [tx.organisationId, ...parameters(question)];
  return toBusy(await tx.query<Row>({ ...statementFor(question, true), values }), question);
}

function statementFor(
  question: BusyQuestion,
  inTransaction: boolean,
): { readonly name: string; readonly text: string } {
  const { counting } = question;
  if (Array.isArray(question.except)) return counting ? COUNTED_EXCEPT_MANY : BUSY_EXCEPT_MANY;
  const usual = inTransaction
    ? counting
      ? COUNTED_IN_TRANSACTION
      : BUSY_IN_TRANSACTION
    : counting
      ? COUNTED_READ
      : BUSY_READ;
  return (
    morePrepared(question, usual.name, (more) => {
      const organisation = inTransaction ? '$1' : 'scope.organisation_id';
      const text = BUSY(organisation, (counting ? COUNTED(organisation) : '') + more(organisation, counting ? 10 : 7));
      return inTransaction ? text : scoped(text);
    }) ?? usual
  );
}

function parameters(question: BusyQuestion) {
  const { practitionerId, from, to, except, counting } = question;
  return [
    practitionerId,
    instantText(from),
    instantText(to),
    instantText(from - LONGEST_OCCUPANCY_MINUTES),
    except ?? NO_SESSION,
    ...(counting ? [instantText(counting.from), instantText(counting.to), counting.clientSubject ?? ''] : []),
    ...moreOf(question),
  ];
}

function instantText(minute: number): string {
  return new Date(minute * 60_000).toISOString();
}

function toBusy(rows: readonly Row[], question: BusyQuestion): Busy | null {
  const { now, counting } = question;
  const [row] = rows;
  if (!row) return null;
  const numbers = numbersIn(row.rows);
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
  const sessions: CountedSession[] = [];
  const counts = row.counted === undefined ? [] : numbersIn(row.counted);
  for (let at = 0; at < counts.length; at += COUNTED_COLUMNS) {
    const [start, end, sessionTypeId, expiry] = [counts[at]!, counts[at + 1]!, counts[at + 2]!, counts[at + 3]!];
    if (expiry !== 0 && expiry <= expired) continue;
    if (expiry !== 0) nextExpiry = Math.min(nextExpiry, Math.ceil(expiry / 60));
    const minutes = Math.round((end - start) / 60);
    const minute = Math.floor(start / 60);
    const own = counts[at + 4] === 1 && minute !== counting?.leaving;
    sessions.push({ start: minute, minutes, sessionTypeId, own });
  }
  const units = row.units === undefined ? null : unitsIn(numbersIn(row.units), expired);
  if (units?.expired) expiredHolds = true;
  nextExpiry = Math.min(nextExpiry, units?.nextExpiry ?? nextExpiry);
  return {
    versions: { schedule: row.version, revision: row.revision },
    taken,
    expiredHolds,
    nextExpiry: nextExpiry === Number.POSITIVE_INFINITY ? null : nextExpiry,
    counted: counting ? { ...counting, sessions } : null,
    units: units && units.busy,
    groups: row.groups === undefined ? null : groupsIn(numbersIn(row.groups)),
    print: row.rows + (row.counted ?? '') + (row.units ?? '') + (row.groups ?? ''),
  };
}

function numbersIn(array: string): number[] {
  return JSON.parse(`[${array.replaceAll(/[{}]/g, '')}]`) as number[];
}
