// The events themselves: written once by the follower, read by the feed, removed for their age. What of an entry is told is
// event.ts', how the journal is followed store-follower.ts'.
import type { Transaction } from '../platform/database/transaction.ts';
import type { EventData, EventRow } from './event.ts';

export type NewEvent = Omit<EventRow, 'id'> & { readonly journalId: number };

/** In the order given; so are the ids answered. */
export async function insertEvents(tx: Transaction, events: readonly NewEvent[]): Promise<number[]> {
  const rows = await tx.query<{ id: number }>({
    name: 'event_insert',
    text: `insert into event (organisation_id, journal_id, type, at, subject_kind, subject_id, sequence, data)
           select $1, x."journalId", x.type, x.at, x."subjectKind", x."subjectId", x.sequence, x.data
             from jsonb_to_recordset($2::jsonb) as x("journalId" bigint, type text, at timestamptz, "subjectKind" text,
                  "subjectId" bigint, sequence integer, data jsonb)
           returning id`,
    values: [tx.organisationId, JSON.stringify(events)],
  });
  return rows.map(({ id }) => id);
}

export type FeedQuestion = {
  /** The event after which to go on; null: from the oldest kept. */
  readonly after: number | null;
  readonly since: Temporal.Instant | null;
  readonly types: readonly string[] | null;
  readonly appointmentId: number | null;
  readonly limit: number;
};

/** The newest event told, and the last one that was removed; 0 for none. */
export async function readFeedEnds(tx: Transaction): Promise<{ readonly head: number; readonly removedTo: number }> {
  const [row] = await tx.query<{ head: number; removedTo: number }>({
    name: 'event_ends',
    text: `select (select coalesce(max(id), 0) from event where organisation_id = $1 and journal_id is not null) as head,
                  coalesce((select removed_to from event_follower where organisation_id = $1), 0) as "removedTo"`,
    values: [tx.organisationId],
  });
  return row ?? { head: 0, removedTo: 0 };
}

/** Events up to `head`, by id. */
export async function listEvents(tx: Transaction, question: FeedQuestion, head: number): Promise<EventRow[]> {
  return await tx.query<EventRow>({
    name: 'event_list',
    text: `select id, type, at, subject_kind as "subjectKind", subject_id as "subjectId", sequence, data from event
            where organisation_id = $1 and id > $2 and id <= $3 and journal_id is not null
              and ($4::timestamptz is null or at >= $4::timestamptz) and ($5::text[] is null or type = any($5::text[]))
              and ($6::bigint is null or (subject_kind = 'appointment' and subject_id = $6))
            order by id limit $7`,
    values: [
      tx.organisationId,
      question.after ?? 0,
      head,
      question.since?.toString() ?? null,
      question.types,
      question.appointmentId,
      question.limit,
    ],
  });
}

/** Of the oldest `limit` events, removes those from before the instant, with what was owed and logged of them. A test is missed by no reader. */
export async function removeEvents(tx: Transaction, before: Temporal.Instant, limit: number): Promise<number> {
  const [row] = await tx.query<{ removed: number }>({
    name: 'event_remove',
    text: `with oldest as (
             select id, at from event where organisation_id = $1 order by id limit $3
           ), gone as (
             delete from event e using oldest o
              where e.organisation_id = $1 and e.id = o.id and o.at < $2::timestamptz returning e.id, e.journal_id
           ), noted as (
             update event_follower set removed_to = greatest(removed_to, (select max(id) from gone where journal_id is not null))
              where organisation_id = $1
           )
           select count(*)::int as removed from gone`,
    values: [tx.organisationId, before.toString(), limit],
  });
  return row?.removed ?? 0;
}

/** A test event for one endpoint, whose row is locked: so its sequence rises too. */
export async function insertTestEvent(
  tx: Transaction,
  event: {
    readonly type: string;
    readonly at: Temporal.Instant;
    readonly endpointId: number;
    readonly data: EventData;
  },
): Promise<number> {
  const [row] = await tx.query<{ id: number }>({
    name: 'event_test',
    text: `insert into event (organisation_id, type, at, subject_kind, subject_id, sequence, data)
           select $1, $2, $3::timestamptz, 'webhook_endpoint', $4,
                  1 + coalesce((select max(sequence) from event
                      where organisation_id = $1 and subject_kind = 'webhook_endpoint' and subject_id = $4), 0), $5::jsonb
           returning id`,
    values: [tx.organisationId, event.type, event.at.toString(), event.endpointId, JSON.stringify(event.data)],
  });
  if (!row) throw new Error('the test event was not inserted');
  return row.id;
}
