// The rows of what the sweep has found: one for each thing and kind, with what became of it.
import type { OutsideKind } from '../meetings/meeting.ts';
import type { OutsideProvider } from '../meetings/provider.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { SweptPlace } from './store-sweep.ts';
import { subjectOf, type DriftKind, type DriftReason, type DriftState, type Finding, type Task } from './sweep.ts';

export type DriftRow = {
  readonly id: number;
  readonly kind: DriftKind;
  readonly state: DriftState;
  readonly reason: DriftReason | null;
  readonly mends: number;
  readonly revision: number;
  readonly foundNo: number;
};

/** What was found of the same subject before, of every kind; locked. */
export async function lockDrift(tx: Transaction, provider: OutsideProvider, subject: string): Promise<DriftRow[]> {
  return await tx.query<DriftRow>({
    name: 'drift_lock',
    text: `select id, kind, state, reason, mends, revision, found_no as "foundNo" from drift
            where organisation_id = $1 and provider = $2 and subject = $3 for update`,
    values: [tx.organisationId, provider, subject],
  });
}

export type DriftToPut = {
  readonly place: SweptPlace;
  readonly objectKind: OutsideKind;
  readonly finding: Finding;
  readonly state: DriftState;
  readonly reason: DriftReason | null;
  readonly mends: number;
  /** Whether it has come about anew, instead of being found again. */
  readonly anew: boolean;
  readonly now: Temporal.Instant;
};

/** Answers its id. */
export async function putDrift(tx: Transaction, put: DriftToPut): Promise<number> {
  const { place, finding } = put;
  const [row] = await tx.query<{ id: number }>({
    name: 'drift_put',
    text: `insert into drift (organisation_id, provider, connection_id, host, kind, object_kind, subject, provider_id, session_id,
                  starts_at, state, reason, mends, revision, first_found_at, last_found_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::timestamptz, $11, $12, $13, $14, $15::timestamptz, $15::timestamptz)
           on conflict (organisation_id, provider, subject, kind) do update set
             connection_id = excluded.connection_id, host = excluded.host, provider_id = excluded.provider_id,
             starts_at = excluded.starts_at, state = excluded.state, reason = excluded.reason, mends = excluded.mends,
             revision = excluded.revision, found_no = drift.found_no + $16::int,
             first_found_at = case when $16::int > 0 then excluded.first_found_at else drift.first_found_at end,
             last_found_at = excluded.last_found_at
           returning id`,
    values: [
      tx.organisationId,
      place.provider,
      place.connectionId,
      place.host,
      finding.kind,
      put.objectKind,
      subjectOf(finding),
      finding.providerId,
      finding.sessionId,
      finding.at.toString(),
      put.state,
      put.reason,
      put.mends,
      finding.revision,
      put.now.toString(),
      put.anew ? 1 : 0,
    ],
  });
  return row?.id ?? 0;
}

/** What is not settled of things in the stretch, by start. */
export async function listUnsettled(
  tx: Transaction,
  place: SweptPlace,
  stretch: { readonly from: Temporal.Instant; readonly to: Temporal.Instant; readonly limit: number },
): Promise<Task[]> {
  return await tx.query<Task>({
    name: 'drift_unsettled',
    text: `select kind, session_id as "sessionId", provider_id as "providerId", starts_at as at from drift
            where organisation_id = $1 and provider = $2 and connection_id = $3 and host = $4
              and state in ('mending', 'open') and starts_at >= $5::timestamptz and starts_at < $6::timestamptz
            order by starts_at, id limit $7`,
    values: [
      tx.organisationId,
      place.provider,
      place.connectionId,
      place.host,
      ...[stretch.from, stretch.to].map(String),
      stretch.limit,
    ],
  });
}

/** The subjects named were looked at and are as they should be; nobody need decide any more about what is over. */
export async function settleDrift(
  tx: Transaction,
  place: SweptPlace,
  fine: readonly string[],
  over: Temporal.Instant,
): Promise<void> {
  await tx.query({
    name: 'drift_settle',
    text: `update drift set state = 'settled', reason = null
            where organisation_id = $1 and provider = $2 and connection_id = $3 and host = $4
              and state in ('mending', 'open') and (subject = any($5::text[]) or starts_at < $6::timestamptz)`,
    values: [tx.organisationId, place.provider, place.connectionId, place.host, [...fine], over.toString()],
  });
}

/** What a person has said may go there. */
export async function listToRemove(
  tx: Transaction,
  place: SweptPlace,
  limit: number,
): Promise<{ readonly id: number; readonly kind: DriftKind; readonly providerId: string }[]> {
  return await tx.query({
    name: 'drift_to_remove',
    text: `select id, kind, provider_id as "providerId" from drift
            where organisation_id = $1 and state = 'removing' and provider = $2 and connection_id = $3 and host = $4
            order by id limit $5`,
    values: [tx.organisationId, place.provider, place.connectionId, place.host, limit],
  });
}

export async function updateDrift(
  tx: Transaction,
  id: number,
  to: { readonly state: DriftState; readonly reason: DriftReason | null },
): Promise<void> {
  await tx.query({
    name: 'drift_update',
    text: 'update drift set state = $3, reason = $4 where organisation_id = $1 and id = $2',
    values: [tx.organisationId, id, to.state, to.reason],
  });
}

export type DriftTask = SweptPlace & {
  readonly id: number;
  readonly kind: DriftKind;
  readonly objectKind: OutsideKind;
  readonly providerId: string;
  readonly sessionId: number;
  readonly appointmentId: number | null;
  readonly practitionerId: number | null;
  readonly start: Temporal.Instant;
  readonly state: DriftState;
  readonly reason: DriftReason | null;
  readonly foundNo: number;
  readonly firstFoundAt: Temporal.Instant;
  readonly lastFoundAt: Temporal.Instant;
};

const TASK = `d.id, d.provider, d.connection_id as "connectionId", d.host, d.kind, d.object_kind as "objectKind",
  d.provider_id as "providerId", d.session_id as "sessionId", d.starts_at as start, d.state, d.reason,
  d.found_no as "foundNo", d.first_found_at as "firstFoundAt", d.last_found_at as "lastFoundAt",
  (select a.id from appointment a where a.organisation_id = $1 and a.session_id = d.session_id order by a.seat_no limit 1)
    as "appointmentId",
  (select w.practitioner_id from sweep w where w.organisation_id = $1 and w.provider = d.provider
      and w.connection_id = d.connection_id and w.host = d.host) as "practitionerId"`;

/** By id. */
export async function listDrift(
  tx: Transaction,
  state: DriftState,
  page: { readonly after: number; readonly limit: number },
): Promise<DriftTask[]> {
  return await tx.query<DriftTask>({
    name: 'drift_list',
    text: `select ${TASK} from drift d where d.organisation_id = $1 and d.state = $2 and d.id > $3 order by d.id limit $4`,
    values: [tx.organisationId, state, page.after, page.limit],
  });
}

export async function lockDriftById(tx: Transaction, id: number): Promise<DriftTask | null> {
  const [row] = await tx.query<DriftTask>({
    name: 'drift_lock_one',
    text: `select ${TASK} from drift d where d.organisation_id = $1 and d.id = $2 for update of d`,
    values: [tx.organisationId, id],
  });
  return row ?? null;
}

/** Whether it is a person's to decide about a thing that is no session's own, or she has said that it is to be left. */
export async function isLeftToPerson(tx: Transaction, provider: OutsideProvider, providerId: string): Promise<boolean> {
  const rows = await tx.query({
    name: 'drift_left_to_person',
    text: `select 1 as there from drift
            where organisation_id = $1 and provider = $2 and subject = $3 and state in ('open', 'ignored') limit 1`,
    values: [tx.organisationId, provider, subjectOf({ kind: 'unknown', sessionId: 0, providerId })],
  });
  return rows.length > 0;
}

export type DriftCount = {
  readonly kind: DriftKind;
  readonly provider: OutsideProvider;
  readonly found: number;
  readonly open: number;
};

/** How often each kind came about, and how many wait for a person. Inside a scan for 'drift', or one organisation. */
export async function countDrift(tx: Pick<Transaction, 'query'>): Promise<DriftCount[]> {
  return await tx.query<DriftCount>({
    name: 'drift_count',
    text: `select kind, provider, sum(found_no)::int as found, (count(*) filter (where state = 'open'))::int as open
             from drift group by kind, provider order by provider, kind`,
  });
}
