// How far the journal was followed, and what of it is not told yet. Entries become visible out of the order of their ids;
// which of them are settled is asked of PostgreSQL's own snapshots here, and nowhere else.
import type { Transaction } from '../platform/database/transaction.ts';
import { EVENT_TYPE_NAMES } from './event.ts';

/** A page of organisations by id. Call inside a scan for 'organisation'. */
export async function listOrganisations(
  tx: Pick<Transaction, 'query'>,
  page: { readonly after: number; readonly limit: number },
): Promise<number[]> {
  const rows = await tx.query<{ id: number }>({
    name: 'event_organisations',
    text: 'select organisation_id as id from organisation where organisation_id > $1 order by 1 limit $2',
    values: [page.after, page.limit],
  });
  return rows.map(({ id }) => id);
}

/** Whether the journal may hold anything that was not followed. Takes no lock and writes nothing. */
export async function hasNews(tx: Transaction): Promise<boolean> {
  const [row] = await tx.query<{ news: boolean }>({
    name: 'event_news',
    text: `select not exists (select from event_follower f where f.organisation_id = $1)
                  or exists (select from journal j where j.organisation_id = $1 and j.id >
                              (select f.low_id from event_follower f where f.organisation_id = $1)) as news`,
    values: [tx.organisationId],
  });
  return row?.news ?? false;
}

export type Followed = {
  readonly lowId: number;
  readonly markId: number;
  /** Whether every transaction that could still add an entry up to the mark has ended. */
  readonly settled: boolean;
};

/** The follower's place, held until the transaction ends; null where another follower holds it. */
export async function lockFollower(tx: Transaction): Promise<Followed | null> {
  await tx.query({
    name: 'event_follower_make',
    text: 'insert into event_follower (organisation_id) values ($1) on conflict do nothing',
    values: [tx.organisationId],
  });
  const [row] = await tx.query<Followed>({
    name: 'event_follower_lock',
    text: `select low_id as "lowId", mark_id as "markId", mark_xid <= pg_snapshot_xmin(pg_current_snapshot()) as settled
             from event_follower where organisation_id = $1 for update skip locked`,
    values: [tx.organisationId],
  });
  return row ?? null;
}

export type JournalEntry = {
  readonly journalId: number;
  readonly type: string;
  readonly at: Temporal.Instant;
  readonly actorRole: string;
  readonly subjectKind: string;
  readonly subjectId: number;
  readonly revision: number;
  readonly facts: Readonly<Record<string, unknown>>;
  /** Events of this subject that are told already. */
  readonly before: number;
};

/**
 * Public entries after `lowId` that are not told yet, oldest first. Those of one subject stand in the order in which they were
 * done: acts lock what they change before they write. Where a subject's events are all removed, the journal still counts them.
 */
export async function listUntold(tx: Transaction, lowId: number, limit: number): Promise<JournalEntry[]> {
  return await tx.query<JournalEntry>({
    name: 'event_untold',
    text: `select j.id as "journalId", j.event as type, j.at, j.actor_role as "actorRole", j.subject_kind as "subjectKind",
                  j.subject_id as "subjectId", j.revision, j.facts,
                  coalesce(
                    (select max(e.sequence) from event e
                      where e.organisation_id = $1 and e.subject_kind = j.subject_kind and e.subject_id = j.subject_id),
                    (select count(*)::int from journal k
                      where k.organisation_id = $1 and k.subject_kind = j.subject_kind and k.subject_id = j.subject_id
                        and k.id <= $2 and k.event = any($3::text[]))) as before
             from journal j
            where j.organisation_id = $1 and j.id > $2 and j.event = any($3::text[])
              and not exists (select from event e where e.organisation_id = $1 and e.journal_id = j.id)
            order by j.id limit $4`,
    values: [tx.organisationId, lowId, EVENT_TYPE_NAMES, limit],
  });
}

/** Nothing up to `lowId` is looked at again. */
export async function moveFollower(tx: Transaction, lowId: number): Promise<void> {
  await tx.query({
    name: 'event_follower_move',
    text: 'update event_follower set low_id = $2 where organisation_id = $1',
    values: [tx.organisationId, lowId],
  });
}

/**
 * The same, and a new mark: the last entry that is seen now, and the transactions that run now. Whoever got a lower id and is
 * not seen yet is among them, having written, and so begun, before.
 */
export async function markFollower(tx: Transaction, lowId: number): Promise<void> {
  await tx.query({
    name: 'event_follower_mark',
    text: `update event_follower set low_id = $2,
                  mark_id = greatest($2, (select coalesce(max(j.id), 0) from journal j where j.organisation_id = $1)),
                  mark_xid = pg_snapshot_xmax(pg_current_snapshot())
            where organisation_id = $1`,
    values: [tx.organisationId, lowId],
  });
}
