// Rows of meeting_event: what providers told of meetings, each thing once. Added to, never changed.
import type { Transaction, UnscopedTransaction } from '../platform/database/transaction.ts';
import type { LifeEvent } from './life.ts';
import type { OutsideProvider } from './provider.ts';

export type Whose = { readonly organisationId: number; readonly sessionId: number };

/** Providers give a meeting an id of its own; a restored copy of a database could name it twice. */
const MOST_SESSIONS = 4;
/** A session of hours with people who come and go tells some dozens. What floods past it is not kept. */
const MOST_EVENTS = 500;

/** The sessions a provider's meeting stands for. Call inside a scan for 'outside_object'. */
export async function findByMeeting(
  tx: UnscopedTransaction,
  provider: OutsideProvider,
  meetingId: string,
): Promise<Whose[]> {
  return await tx.query<Whose>({
    name: 'outside_object_by_meeting',
    text: `select organisation_id as "organisationId", session_id as "sessionId" from outside_object
            where provider_id = $1 and provider = $2 and kind = 'meeting' order by session_id limit ${MOST_SESSIONS}`,
    values: [meetingId, provider],
  });
}

/** False: it was told before, or there is no room for more. */
export async function insertLifeEvent(
  tx: Transaction,
  sessionId: number,
  event: LifeEvent,
  now: Temporal.Instant,
): Promise<boolean> {
  const rows = await tx.query({
    name: 'meeting_event_insert',
    text: `insert into meeting_event (organisation_id, session_id, run, kind, visitor, role, at, told_at)
           select $1, $2, $3, $4, $5, $6, $7::timestamptz, $8::timestamptz
            where (select count(*) from meeting_event where organisation_id = $1 and session_id = $2) < ${MOST_EVENTS}
           on conflict do nothing returning 1 as told`,
    values: [
      tx.organisationId,
      sessionId,
      event.run,
      event.kind,
      event.visitor,
      event.role,
      event.at.toString(),
      now.toString(),
    ],
  });
  return rows.length > 0;
}

/** All that was told of a session's meeting. */
export async function listLifeEvents(tx: Transaction, sessionId: number): Promise<LifeEvent[]> {
  return await tx.query<LifeEvent>({
    name: 'meeting_events_of',
    text: `select run, kind, visitor, role, at from meeting_event
            where organisation_id = $1 and session_id = $2 order by at, kind, run, visitor`,
    values: [tx.organisationId, sessionId],
  });
}

/** When anything was last told of a session's meeting. */
export async function findLastTold(tx: Transaction, sessionId: number): Promise<Temporal.Instant | null> {
  const [row] = await tx.query<{ at: Temporal.Instant | null }>({
    name: 'meeting_event_last_told',
    text: 'select max(told_at) as at from meeting_event where organisation_id = $1 and session_id = $2',
    values: [tx.organisationId, sessionId],
  });
  return row?.at ?? null;
}

/**
 * Has the session looked at `at`, where the server closes appointments of its practitioner and it is over: what was just told
 * may say how it went. `rung_no`: a pass under way does not write over it.
 */
export async function ringForClosing(
  tx: Transaction,
  sessionId: number,
  now: Temporal.Instant,
  at: Temporal.Instant,
): Promise<void> {
  await tx.query({
    name: 'meeting_event_ring',
    text: `update fulfilment f set look_again_at = least(f.look_again_at, $4::timestamptz),
                  rung_no = coalesce(f.rung_no, 0) + 1
             from session s join practitioner p on p.organisation_id = $1 and p.id = s.practitioner_id
            where f.organisation_id = $1 and f.session_id = $2 and s.organisation_id = $1 and s.id = $2
              and s.live and s.ends_at <= $3::timestamptz and p.auto_close <> 'off'`,
    values: [tx.organisationId, sessionId, now.toString(), at.toString()],
  });
}
