// Reads what is taken. One statement answers the busy time of a stretch together with the versions of schedule and
// practitioner, so that both are of one moment; the hot read is one round trip without a transaction of its own.
import type pg from 'pg';
import { readOnLane } from '../platform/database/lane.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { HOLD_GRACE_SECONDS, LONGEST_OCCUPANCY_MINUTES } from '../occupancy/occupancy.ts';
import type { Versions } from './desk.ts';
import type { CountedSession, GroupSession } from './free-time.ts';
import { countedBy, countedIn } from './store-counted.ts';
import {
  groupsIn,
  isClaimed,
  moreOf,
  morePrepared,
  unitsIn,
  type MoreAsked,
  type MoreRow,
  type Statement,
} from './store-units.ts';

export type Busy = {
  readonly versions: Versions;
  /** Flat `[start, end)` pairs of epoch minutes by start, each with its own buffers. */
  readonly taken: readonly number[];
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

export type BusyRow = MoreRow & {
  version: number;
  revision: number;
  rows: string;
  /** That sessions which override may claim some of it: then the statement is asked that reads them too. */
  claimed: boolean;
  counted?: string | null;
};

/** What stands in the statements for what is asked: parameters, or columns of a question among many. */
export type Names = {
  readonly organisation: string;
  readonly practitioner: string;
  readonly from: string;
  readonly to: string;
  /** The earliest start to look at. */
  readonly since: string;
  /** That a session is to be counted, by its id. */
  readonly except: (id: string) => string;
  readonly countFrom: string;
  readonly countTo: string;
  /** The subject of the client who asks. */
  readonly client: string;
};

/**
 * The rows as one array of epoch seconds `{{start,end,expiry or 0},...}`: both sides then handle one value instead of hundreds.
 */
export const takenBy = (n: Names) => `
         array(
           select array[date_part('epoch', o.starts_at), date_part('epoch', o.ends_at), coalesce(date_part('epoch', o.expires_at), 0)]
             from occupancy o
            where o.organisation_id = ${n.organisation} and o.resource_id = ${n.practitioner} and o.starts_at < ${n.to}::timestamptz
              and o.starts_at > ${n.since}::timestamptz and o.ends_at > ${n.from}::timestamptz and ${n.except('o.session_id')}
            order by o.starts_at)::text`;

const PARAMETERS: Names = {
  organisation: '$1',
  practitioner: '$2',
  from: '$3',
  to: '$4',
  since: '$5',
  except: (id) => `${id} is distinct from $6`,
  countFrom: '$7',
  countTo: '$8',
  client: '$9',
};
const SCOPED: Names = { ...PARAMETERS, organisation: 'scope.organisation_id' };
/** For acts on many sessions at once. */
const EXCEPT_MANY: Names = { ...PARAMETERS, except: (id) => `(${id} is null or ${id} <> all($6::bigint[]))` };

const BUSY = (n: Names, counts = false, more = '') => `
  select p.schedule_version as version, p.revision, ${counts ? `${countedBy(n)} as counted, ` : ''}${more}${takenBy(n)} as rows,
         ${isClaimed(n)} as claimed
    from practitioner p
   where p.organisation_id = ${n.organisation} and p.id = ${n.practitioner}`;

/** The statements of one way to ask: without and with what counts towards limits. */
type Kind = {
  readonly names: Names;
  readonly wrap?: (read: string) => string;
  readonly plain: Statement;
  readonly counted: Statement;
};

/** Row-level security asks for the organisation while rows are read: each "offset 0" keeps that after it was set. */
export const scoped = (read: string) => `select d.*
           from (select set_config('app.organisation_id', $1::text, true)::bigint as organisation_id offset 0) as scope,
                lateral (${read} offset 0) as d`;
export const BUSY_READ = { name: 'busy_read', text: scoped(BUSY(SCOPED)) };
export const COUNTED_READ = { name: 'busy_counted_read', text: scoped(BUSY(SCOPED, true)) };
const READS: Kind = { names: SCOPED, wrap: scoped, plain: BUSY_READ, counted: COUNTED_READ };
const IN_TRANSACTION: Kind = {
  names: PARAMETERS,
  plain: { name: 'busy_in_transaction', text: BUSY(PARAMETERS) },
  counted: { name: 'busy_counted_in_transaction', text: BUSY(PARAMETERS, true) },
};
const BESIDE_MANY: Kind = {
  names: EXCEPT_MANY,
  plain: { name: 'busy_except_many', text: BUSY(EXCEPT_MANY) },
  counted: { name: 'busy_counted_except_many', text: BUSY(EXCEPT_MANY, true) },
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
export const NO_SESSION = 0;

/** Null where there is no such practitioner. `before`, of the same question, is answered itself where the rows say the same. */
export async function readBusy(
  pool: pg.Pool,
  organisationId: number,
  question: BusyQuestion,
  before?: Busy,
): Promise<Busy | null> {
  const values = [String(organisationId), ...parameters(question)];
  return await readWhole(question, READS, (statement) => readOnLane<BusyRow>(pool, { ...statement, values }), before);
}

/** The same within a transaction, for acts. */
export async function readBusyIn(tx: Transaction, question: BusyQuestion): Promise<Busy | null> {
  const values = [tx.organisationId, ...parameters(question)];
  const kind = Array.isArray(question.except) ? BESIDE_MANY : IN_TRANSACTION;
  return await readWhole(question, kind, (statement) => tx.query<BusyRow>({ ...statement, values }));
}

/** Where something may be claimed all is read again, with it: whatever is answered is of one moment. */
async function readWhole(
  question: BusyQuestion,
  kind: Kind,
  read: (statement: Statement) => Promise<BusyRow[]>,
  before?: Busy,
): Promise<Busy | null> {
  let [row] = await read(statementFor(question, kind));
  if (row?.claimed) [row] = await read(statementFor({ ...question, claims: true }, kind));
  if (!row) return null;
  return before && saysTheSame(before, row) ? before : busyOf(row, question);
}

/** Of one desk. What holds take may run out meanwhile, though no row has changed; that a clock is set back is not thought of. */
function saysTheSame({ versions, nextExpiry, print }: Busy, row: BusyRow): boolean {
  const { version, revision } = row;
  return (
    versions.schedule === version && versions.revision === revision && nextExpiry === null && print === printOf(row)
  );
}

/** Each part is one array, and which parts there are the desk and the question say: so two of the same are the same. */
function printOf({ rows, claims, counted, units, groups, held }: BusyRow): string {
  return [rows, claims, counted, units, groups, held].map((part) => part ?? '').join('');
}

function statementFor(question: MoreAsked & Pick<BusyQuestion, 'counting'>, kind: Kind): Statement {
  const counts = question.counting !== undefined;
  const usual = counts ? kind.counted : kind.plain;
  const { names, wrap = (read: string) => read } = kind;
  return morePrepared(question, usual, (more) => wrap(BUSY(names, counts, more(names, counts ? 10 : 7))));
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

export function instantText(minute: number): string {
  return new Date(minute * 60_000).toISOString();
}

/** What runs out up to this epoch second is in nobody's way. */
export function expiredAt(now: Temporal.Instant): number {
  return now.epochMilliseconds / 1000 - HOLD_GRACE_SECONDS;
}

export function busyOf(row: BusyRow, { now, counting }: Pick<BusyQuestion, 'now' | 'counting'>): Busy {
  const numbers = takenIn(row);
  const expired = expiredAt(now);
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
  const counts = countedIn(typeof row.counted === 'string' ? numbersIn(row.counted) : [], expired, counting?.leaving);
  const units = row.units === undefined ? null : unitsIn(numbersIn(row.units), expired);
  const groups =
    typeof row.groups === 'string' ? groupsIn(numbersIn(row.groups), numbersIn(row.held ?? '{}'), expired) : null;
  if (units?.expired || groups?.expired) expiredHolds = true;
  for (const more of [counts, units, groups]) nextExpiry = Math.min(nextExpiry, more?.nextExpiry ?? nextExpiry);
  return {
    versions: { schedule: row.version, revision: row.revision },
    taken,
    expiredHolds,
    nextExpiry: nextExpiry === Number.POSITIVE_INFINITY ? null : nextExpiry,
    counted: counting ? { ...counting, sessions: counts.sessions } : null,
    units: units && units.busy,
    groups: groups && groups.sessions,
    print: printOf(row),
  };
}

/** What rows own and what is claimed besides, by start. */
function takenIn({ rows, claims }: Pick<BusyRow, 'rows' | 'claims'>): number[] {
  if (!claims || claims === '{}') return numbersIn(rows);
  const numbers = [...numbersIn(rows), ...numbersIn(claims)];
  const stretches = Array.from({ length: numbers.length / COLUMNS }, (_, i) =>
    numbers.slice(i * COLUMNS, (i + 1) * COLUMNS),
  );
  return stretches.toSorted((a, b) => a[0]! - b[0]!).flat();
}

export function numbersIn(array: string): number[] {
  return JSON.parse(`[${array.replaceAll(/[{}]/g, '')}]`) as number[];
}
