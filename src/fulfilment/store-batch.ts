// The dates that one act on a series has changed and that are still as it left them, with what was told of each.
import { listOutsideObjectsOf } from '../meetings/store.ts';
import { meetingDetails, type MeetingDetails } from '../meetings/meeting.ts';
import type { LetterRow } from '../notifications/store.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Batch, SessionFacts } from './plan.ts';

export type BatchDate = Pick<
  SessionFacts,
  'sessionId' | 'revision' | 'live' | 'start' | 'end' | 'zone' | 'platform'
> & {
  readonly position: number;
  readonly wantedAt: Temporal.Instant;
  readonly appointment: Pick<
    SessionFacts['appointment'],
    'id' | 'asked' | 'decideBy' | 'declined' | 'closed' | 'linkGeneration'
  >;
  readonly letters: readonly LetterRow[];
  readonly meeting: MeetingDetails | null;
};

type Row = Omit<BatchDate, 'appointment' | 'letters' | 'meeting'> & BatchDate['appointment'];

/** By position. */
export async function listBatch(tx: Transaction, { seriesId, batchNo }: Batch): Promise<BatchDate[]> {
  const rows = await tx.query<Row>({
    name: 'batch_dates',
    text: `select d.position, s.id as "sessionId", s.revision, s.live, s.starts_at as start, s.ends_at as "end", s.zone,
                  s.platform, f.wanted_at as "wantedAt", a.id, a.decide_by as "decideBy",
                  case when a.state = 'pending' then a.awaits end as asked,
                  coalesce(a.decision in ('declined', 'lapsed'), false) as declined,
                  a.state in ('completed', 'no_show') as closed, coalesce(a.link_generation, 0) as "linkGeneration"
             from series_date d
             join appointment a on a.organisation_id = $1 and a.id = d.appointment_id
             join session s on s.organisation_id = $1 and s.id = a.session_id and s.revision = d.batch_revision
             join fulfilment f on f.organisation_id = $1 and f.session_id = s.id
            where d.organisation_id = $1 and d.series_id = $2 and d.batch_no = $3
            order by d.position`,
    values: [tx.organisationId, seriesId, batchNo],
  });
  const sessionIds = rows.map(({ sessionId }) => sessionId);
  const [letters, objects] = await Promise.all([listLettersOf(tx, sessionIds), listOutsideObjectsOf(tx, sessionIds)]);
  return rows.map(({ id, asked, decideBy, declined, closed, linkGeneration, ...date }) => ({
    ...date,
    appointment: { id, asked, decideBy, declined, closed, linkGeneration },
    letters: letters.filter(({ sessionId }) => sessionId === date.sessionId),
    meeting: asked === null ? meetingDetails(date.platform, objects.get(date.sessionId) ?? []) : null,
  }));
}

/** Oldest first. A series has a handful for each of its dates. */
async function listLettersOf(
  tx: Transaction,
  sessionIds: readonly number[],
): Promise<(LetterRow & { readonly sessionId: number })[]> {
  return await tx.query<LetterRow & { sessionId: number }>({
    name: 'batch_letters',
    text: `select session_id as "sessionId", id, appointment_id as "appointmentId", recipient, kind, revision, state, link,
                  starts_at as "startsAt", attempts, next_attempt_at as "nextAttemptAt", sent_at as "sentAt", channel,
                  lead_minutes as "leadMinutes", told_with as "toldWith"
             from letter where organisation_id = $1 and session_id = any($2::bigint[]) order by id`,
    values: [tx.organisationId, [...sessionIds]],
  });
}
