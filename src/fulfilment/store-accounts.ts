// The circuits of accounts in trouble, and what is used of a day: rows that all processes share. A row of circuit is there only
// while something is wrong with its account.
import type { OutsideProvider } from '../meetings/provider.ts';
import type { Transaction, UnscopedTransaction } from '../platform/database/transaction.ts';
import type { Account, Circuit } from './circuit.ts';
import { WAITING } from './held.ts';

/** Past these, what waited comes back by itself within some minutes (see waitsUntil). */
export const MOST_RELEASED = 2_000;
/** Between two sessions that are let go: an account that is back does some calls for each, and allows some tens a second. */
export const RELEASED_APART_MS = 250;
/** At once; a host leaves one row a day. */
const MOST_FORGOTTEN = 100;
/** The deployment's own account. */
const OWN = 0;

type Row = Omit<Circuit, 'connectionId'> & { readonly connectionId: number };

/** Of the accounts that a session's things may be made with: the deployment's, and those of its practitioner. */
export async function listCircuitsOfSession(tx: Transaction, sessionId: number): Promise<Circuit[]> {
  const rows = await tx.query<Row>({
    name: 'circuits_of_session',
    text: `select ${COLUMNS} from circuit
            where organisation_id = $1
              and (connection_id = ${OWN}
                   or connection_id in (select c.id from session s
                        join connection c on c.organisation_id = $1 and c.practitioner_id = s.practitioner_id
                       where s.organisation_id = $1 and s.id = $2))`,
    values: [tx.organisationId, sessionId],
  });
  return rows.map(toCircuit);
}

/** Those that are not asked now, the longest first. */
export async function listOpenCircuits(tx: Transaction, limit: number): Promise<Circuit[]> {
  const rows = await tx.query<Row>({
    name: 'circuits_open',
    text: `select ${COLUMNS} from circuit where organisation_id = $1 and opened_at is not null
            order by opened_at, provider, connection_id limit $2`,
    values: [tx.organisationId, limit],
  });
  return rows.map(toCircuit);
}

/** Of every organisation, by provider. Inside a scan for 'circuit'. */
export async function countOpenCircuits(
  tx: UnscopedTransaction,
): Promise<readonly { readonly provider: string; readonly n: number }[]> {
  return await tx.query<{ provider: string; n: number }>({
    name: 'circuits_count_open',
    text: `select provider, count(*)::int as n from circuit where opened_at is not null group by provider order by provider`,
  });
}

/** True: this caller, and nobody else before `until`, may ask the account of an open circuit. */
export async function takeProbe(
  tx: Transaction,
  account: Account,
  { now, until }: { readonly now: Temporal.Instant; readonly until: Temporal.Instant },
): Promise<boolean> {
  const rows = await tx.query({
    name: 'circuit_take_probe',
    text: `update circuit set probe_at = $5::timestamptz
            where organisation_id = $1 and provider = $2 and connection_id = $3 and probe_at <= $4::timestamptz
           returning true as taken`,
    values: [...keyOf(tx, account), now.toString(), until.toString()],
  });
  return rows.length > 0;
}

/** Locked, with a row made where there was none; null: it has been well so far. */
export async function lockCircuit(tx: Transaction, account: Account, now: Temporal.Instant): Promise<Circuit | null> {
  const [, [row]] = await Promise.all([
    tx.query({
      name: 'circuit_begin',
      text: `insert into circuit (organisation_id, provider, connection_id, failed_at) values ($1, $2, $3, $4::timestamptz)
             on conflict do nothing`,
      values: [...keyOf(tx, account), now.toString()],
    }),
    tx.query<Row>({
      name: 'circuit_lock',
      text: `select ${COLUMNS} from circuit where organisation_id = $1 and provider = $2 and connection_id = $3 for update`,
      values: keyOf(tx, account),
    }),
  ]);
  return row && row.failures > 0 ? toCircuit(row) : null;
}

export async function putCircuit(tx: Transaction, circuit: Circuit): Promise<void> {
  await tx.query({
    name: 'circuit_put',
    text: `update circuit set failures = $4, failed_at = $5::timestamptz, last_error = left($6, 500),
                  opened_at = $7::timestamptz, probe_at = $8::timestamptz, probe_session_id = $9::bigint
            where organisation_id = $1 and provider = $2 and connection_id = $3`,
    values: [
      ...keyOf(tx, circuit),
      circuit.failures,
      circuit.failedAt.toString(),
      circuit.lastError,
      circuit.openedAt?.toString() ?? null,
      circuit.probeAt?.toString() ?? null,
      circuit.probeSessionId,
    ],
  });
}

/** Answers since when it was open; null: it was not. */
export async function deleteCircuit(tx: Transaction, account: Account): Promise<Temporal.Instant | null> {
  const [row] = await tx.query<{ openedAt: Temporal.Instant | null }>({
    name: 'circuit_close',
    text: `delete from circuit where organisation_id = $1 and provider = $2 and connection_id = $3
           returning opened_at as "openedAt"`,
    values: keyOf(tx, account),
  });
  return row?.openedAt ?? null;
}

/**
 * Lets those come that waited for an account, the soonest session first, one after the other; what the provider itself has put
 * off (429), or refuses, stays as it is. Answers how many. What a runner holds is skipped: it finds out by itself.
 */
export async function releaseWaiting(tx: Transaction, account: Account, now: Temporal.Instant): Promise<number> {
  const [row] = await tx.query<{ released: number }>({
    name: 'circuit_release',
    text: `with open as materialized (
             select session_id, lease_until from fulfilment where organisation_id = $1 and done_revision < wanted_revision
           ), waiting as (
             select o.session_id, o.kind, s.starts_at from open f
               join outside_object o on o.organisation_id = $1 and o.session_id = f.session_id
               join session s on s.organisation_id = $1 and s.id = f.session_id
              where o.provider = $2 and coalesce(o.connection_id, ${OWN}) = $3 and o.next_attempt_at > $4::timestamptz
                and o.last_error ~ '^(${WAITING}|retryable|unknown|reconnect) ' and o.last_error !~ '\\m(429|budget_spent)\\M'
                and (f.lease_until is null or f.lease_until <= $4::timestamptz)
              order by s.starts_at, s.id, o.kind limit ${MOST_RELEASED}
           ), paced as (
             select session_id, kind,
                    $4::timestamptz + ((row_number() over (order by starts_at, session_id, kind) - 1) * $5::float8) * interval '1 ms' as at
               from waiting
           ), mine as (
             select f.session_id from fulfilment f
              where f.organisation_id = $1 and f.session_id in (select session_id from paced) for update skip locked
           ), objects as (
             update outside_object o set next_attempt_at = least(o.next_attempt_at, p.at)
               from paced p join mine m using (session_id)
              where o.organisation_id = $1 and o.session_id = p.session_id and o.kind = p.kind
             returning o.session_id
           ), rows as (
             update fulfilment f set due_at = least(f.due_at, p.at)
               from (select session_id, min(at) as at from paced group by session_id) p join mine m using (session_id)
              where f.organisation_id = $1 and f.session_id = p.session_id
             returning f.session_id
           )
           select (select count(*)::int from rows) as released`,
    values: [...keyOf(tx, account), now.toString(), RELEASED_APART_MS],
  });
  return row?.released ?? 0;
}

/**
 * Who comes for the next probe: another that waits, of another host where there is one, so that a host that is broken by itself
 * does not stand for the whole account. Where nobody else waits it stays as it is.
 */
export async function passProbeOn(tx: Transaction, account: Account, now: Temporal.Instant): Promise<void> {
  await tx.query({
    name: 'circuit_pass_probe_on',
    text: `with failed as (
             select c.probe_at, c.failures, c.probe_session_id as session_id, max(o.host) as host from circuit c
               left join outside_object o on o.organisation_id = $1 and o.session_id = c.probe_session_id and o.provider = $2
              where c.organisation_id = $1 and c.provider = $2 and c.connection_id = $3 and c.opened_at is not null
              group by c.probe_at, c.failures, c.probe_session_id
           ), next as (
             select f.session_id, o.kind, failed.probe_at from failed, fulfilment f
               join outside_object o on o.organisation_id = $1 and o.session_id = f.session_id
              where f.organisation_id = $1 and f.done_revision < f.wanted_revision and f.session_id <> failed.session_id
                and o.provider = $2 and coalesce(o.connection_id, ${OWN}) = $3 and o.next_attempt_at > $4::timestamptz
                and o.last_error = '${WAITING} ' || $2 || ' circuit_open'
                and (f.lease_until is null or f.lease_until <= $4::timestamptz)
              order by o.host is not distinct from failed.host,
                       hashint8extended(f.session_id - failed.session_id, failed.failures), o.kind
              limit 1 for update of f skip locked
           ), object as (
             update outside_object o set next_attempt_at = least(o.next_attempt_at, next.probe_at)
               from next where o.organisation_id = $1 and o.session_id = next.session_id and o.kind = next.kind
           ), row as (
             update fulfilment f set due_at = least(f.due_at, next.probe_at)
               from next where f.organisation_id = $1 and f.session_id = next.session_id
           )
           update circuit c set probe_session_id = next.session_id
             from next where c.organisation_id = $1 and c.provider = $2 and c.connection_id = $3`,
    values: [...keyOf(tx, account), now.toString()],
  });
}

/** Whether some session's thing of just this host is failing, or waits for the account; what waits for a new day is well. */
export async function existsTroubleAt(tx: Transaction, account: Account, host: string): Promise<boolean> {
  const rows = await tx.query({
    name: 'circuit_host_in_trouble',
    text: `with open as materialized (
             select session_id from fulfilment where organisation_id = $1 and done_revision < wanted_revision
           )
           select 1 as there from open f
             join outside_object o on o.organisation_id = $1 and o.session_id = f.session_id
            where o.provider = $2 and coalesce(o.connection_id, ${OWN}) = $3 and o.host = $4
              and o.last_error ~ '^(${WAITING}|retryable|unknown|reconnect) '
              and o.last_error !~ '\\m(budget_spent|not_configured)\\M' limit 1`,
    values: [...keyOf(tx, account), host],
  });
  return rows.length > 0;
}

/** The accounts of a session's things are tried at the next occasion. */
export async function updateToProbe(tx: Transaction, sessionId: number, now: Temporal.Instant): Promise<void> {
  await tx.query({
    name: 'circuit_probe_now',
    text: `update circuit c set probe_at = least(c.probe_at, $3::timestamptz), probe_session_id = $2
             from (select provider, coalesce(connection_id, ${OWN}) as connection_id from outside_object
                    where organisation_id = $1 and session_id = $2
                   union select unnest(waits_for), ${OWN} from fulfilment where organisation_id = $1 and session_id = $2) a
            where c.organisation_id = $1 and c.provider = a.provider and c.connection_id = a.connection_id
              and c.opened_at is not null`,
    values: [tx.organisationId, sessionId, now.toString()],
  });
}

/** One host's day. */
export type HostDay = {
  readonly provider: OutsideProvider;
  readonly connectionId: number | null;
  readonly host: string;
  readonly day: Temporal.PlainDate;
};

/** Takes one of the day; false: `allowed` are used. */
export async function takeOfDay(tx: Transaction, hostDay: HostDay, allowed: number): Promise<boolean> {
  const [row] = await tx.query<{ used: number }>({
    name: 'daily_use_take',
    text: `insert into daily_use as d (organisation_id, provider, connection_id, host, day, used) values ($1, $2, $3, $4, $5::date, 1)
           on conflict (organisation_id, provider, connection_id, host, day) do update set used = d.used + 1 where d.used < $6
           returning used`,
    values: [...hostKeyOf(tx, hostDay), allowed],
  });
  if (row?.used === 1) await deleteOldDays(tx, hostDay.day);
  return row !== undefined;
}

/** The first change of a host's day does it: a day that is over tells nobody anything. */
async function deleteOldDays(tx: Transaction, day: Temporal.PlainDate): Promise<void> {
  await tx.query({
    name: 'daily_use_forget',
    text: `delete from daily_use d where d.organisation_id = $1 and (d.provider, d.connection_id, d.host, d.day) in (
             select o.provider, o.connection_id, o.host, o.day from daily_use o
              where o.organisation_id = $1 and o.day < $2::date limit ${MOST_FORGOTTEN} for update skip locked)`,
    values: [tx.organisationId, day.toString()],
  });
}

/** The provider says that all `most` are used, by whomever. */
export async function exhaustDay(tx: Transaction, hostDay: HostDay, most: number): Promise<void> {
  await tx.query({
    name: 'daily_use_exhaust',
    text: `insert into daily_use as d (organisation_id, provider, connection_id, host, day, used)
           values ($1, $2, $3, $4, $5::date, $6)
           on conflict (organisation_id, provider, connection_id, host, day) do update set used = greatest(d.used, $6)`,
    values: [...hostKeyOf(tx, hostDay), most],
  });
}

/** What was used on a day, by those who used `atLeast`, most first. */
export async function listDailyUse(
  tx: Transaction,
  day: Temporal.PlainDate,
  provider: OutsideProvider,
  { atLeast, limit }: { readonly atLeast: number; readonly limit: number },
): Promise<readonly { readonly connectionId: number | null; readonly used: number }[]> {
  return await tx.query<{ connectionId: number | null; used: number }>({
    name: 'daily_use_list',
    text: `select nullif(connection_id, ${OWN}) as "connectionId", used from daily_use
            where organisation_id = $1 and day = $2::date and provider = $3 and used >= $4
            order by used desc, host limit $5`,
    values: [tx.organisationId, day.toString(), provider, atLeast, limit],
  });
}

function keyOf(tx: Transaction, { provider, connectionId }: Account) {
  return [tx.organisationId, provider, connectionId ?? OWN];
}

function hostKeyOf(tx: Transaction, { provider, connectionId, host, day }: HostDay) {
  return [tx.organisationId, provider, connectionId ?? OWN, host, day.toString()];
}

function toCircuit(row: Row): Circuit {
  return { ...row, connectionId: row.connectionId === OWN ? null : row.connectionId };
}

const COLUMNS = `provider, connection_id as "connectionId", failures, failed_at as "failedAt", last_error as "lastError",
           opened_at as "openedAt", probe_at as "probeAt", probe_session_id as "probeSessionId"`;
