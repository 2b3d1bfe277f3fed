// Rows of outside_object: one per session and kind. Writers hold the session's fulfilment lease and pass its number;
// a write by somebody who has lost it changes nothing, and says so.
import type { Transaction } from '../platform/database/transaction.ts';
import type { OutsideKind, OutsideObject } from './meeting.ts';
import type { OutsideProvider, Platform } from './provider.ts';

type Row = {
  kind: OutsideKind;
  provider: OutsideProvider;
  platform: Platform | null;
  host: string;
  connection_id: number | null;
  generation: number;
  state: OutsideObject['state'];
  provider_id: string | null;
  join_id: string | null;
  join_url: string | null;
  password: string | null;
  written: string | null;
  written_revision: number;
  settles_at: Temporal.Instant | null;
  tell_again: boolean | null;
  attempts: number;
  next_attempt_at: Temporal.Instant | null;
  last_error: string | null;
};

/** Everything outside of one session: at most one meeting, which comes first, and one calendar event. */
export async function listOutsideObjects(tx: Transaction, sessionId: number): Promise<OutsideObject[]> {
  return (await listOutsideObjectsOf(tx, [sessionId])).get(sessionId) ?? [];
}

/** The same for many sessions in one statement, by session id. */
export async function listOutsideObjectsOf(
  tx: Transaction,
  sessionIds: readonly number[],
): Promise<Map<number, OutsideObject[]>> {
  const rows = await tx.query<Row & { session_id: number }>({
    name: 'outside_objects_of',
    text: `select session_id, kind, provider, platform, host, connection_id, generation, state, provider_id, join_id, join_url,
                  password, written, written_revision, settles_at, tell_again, attempts, next_attempt_at, last_error
             from outside_object where organisation_id = $1 and session_id = any($2::bigint[])
            order by session_id, kind desc`,
    values: [tx.organisationId, [...sessionIds]],
  });
  const found = new Map<number, OutsideObject[]>();
  for (const row of rows) {
    const objects = found.get(row.session_id) ?? [];
    objects.push(toObject(row));
    found.set(row.session_id, objects);
  }
  return found;
}

/**
 * Writes what is now believed of an object, under the lease `leaseNo` of its session's fulfilment. False: the lease is
 * another's by now, nothing was written, and the caller must stop.
 */
export async function putOutsideObject(
  tx: Transaction,
  sessionId: number,
  leaseNo: number,
  object: OutsideObject,
): Promise<boolean> {
  const rows = await tx.query<{ kind: string }>({
    name: 'outside_object_put',
    text: `insert into outside_object (organisation_id, session_id, kind, provider, platform, host, generation, state,
                  provider_id, join_id, join_url, password, written, written_revision, settles_at, attempts,
                  next_attempt_at, last_error, connection_id, tell_again)
           select $1, $2, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::timestamptz, $17, $18::timestamptz, $19,
                  $20::bigint, $21
            where exists (select 1 from fulfilment f
                           where f.organisation_id = $1 and f.session_id = $2 and f.lease_no = $3 for update)
           on conflict (organisation_id, session_id, kind) do update set
             provider = excluded.provider, platform = excluded.platform, host = excluded.host,
             generation = excluded.generation, state = excluded.state, provider_id = excluded.provider_id,
             join_id = excluded.join_id, join_url = excluded.join_url, password = excluded.password,
             written = excluded.written, written_revision = excluded.written_revision,
             settles_at = excluded.settles_at, attempts = excluded.attempts,
             next_attempt_at = excluded.next_attempt_at, last_error = excluded.last_error,
             connection_id = excluded.connection_id, tell_again = excluded.tell_again
           returning kind`,
    values: [
      tx.organisationId,
      sessionId,
      leaseNo,
      object.kind,
      object.provider,
      object.platform,
      object.host,
      object.generation,
      object.state,
      object.providerId,
      object.joinId,
      object.joinUrl,
      object.password,
      object.written,
      object.writtenRevision,
      object.settlesAt?.toString() ?? null,
      object.attempts,
      object.nextAttemptAt?.toString() ?? null,
      object.lastError,
      object.connectionId,
      object.tellAgain,
    ],
  });
  return rows.length > 0;
}

function toObject(row: Row): OutsideObject {
  return {
    kind: row.kind,
    provider: row.provider,
    platform: row.platform,
    host: row.host,
    connectionId: row.connection_id,
    generation: row.generation,
    state: row.state,
    providerId: row.provider_id,
    joinId: row.join_id,
    joinUrl: row.join_url,
    password: row.password,
    written: row.written,
    writtenRevision: row.written_revision,
    settlesAt: row.settles_at,
    tellAgain: row.tell_again ?? row.settles_at !== null,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    lastError: row.last_error,
  };
}
