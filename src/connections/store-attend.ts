// What of the connections is due to be attended to, across organisations: claimed by pushing it back, so that whoever
// claims and dies has only delayed it.
import type { Transaction, UnscopedTransaction } from '../platform/database/transaction.ts';
import type { Connection } from './connection.ts';

/** First try again after so many seconds, longer than two letters may take, then twice as many each time, up to an hour. */
const FIRST_SECONDS = 25;
const LONGEST_SECONDS = 3_600;

export type Due = { readonly organisationId: number; readonly id: number; readonly attempts: number };

/** Call inside a scan for 'connection'. */
export async function claimAttention(tx: UnscopedTransaction, now: Temporal.Instant, most: number): Promise<Due[]> {
  return await tx.query<Due>({
    name: 'connection_claim_attention',
    text: `with due as (
             select organisation_id, id from connection where attend_at <= $1::timestamptz
              order by attend_at limit $2 for update skip locked
           )
           update connection c set attend_attempts = c.attend_attempts + 1,
                  attend_at = $1::timestamptz
                    + make_interval(secs => least(${LONGEST_SECONDS}, ${FIRST_SECONDS} * 2 ^ least(c.attend_attempts, 12)))
             from due where c.organisation_id = due.organisation_id and c.id = due.id
           returning c.organisation_id as "organisationId", c.id, c.attend_attempts as attempts`,
    values: [now.toString(), most],
  });
}

export type Attended = Connection & {
  readonly episode: number;
  readonly told: readonly string[];
  /** Whoever is to know that it is connected has been told. */
  readonly announced: boolean;
  readonly name: string;
  readonly email: string;
  readonly practice: string;
};

export async function readAttended(tx: Transaction, id: number): Promise<Attended | null> {
  const [row] = await tx.query<Attended>({
    name: 'connection_attended',
    text: `select c.id, c.practitioner_id as "practitionerId", c.provider, c.account_id as "accountId",
                  c.account_address as "accountAddress", c.scopes, c.state, c.connected_at as "connectedAt",
                  c.checked_at as "checkedAt", c.last_error as "lastError", c.episode, c.told, c.announced,
                  p.name, p.email, o.name as practice
             from connection c
             join practitioner p on p.organisation_id = $1 and p.id = c.practitioner_id
             join organisation o on o.organisation_id = $1
            where c.organisation_id = $1 and c.id = $2`,
    values: [tx.organisationId, id],
  });
  return row ?? null;
}

/** One more reader of this spell of trouble, or of this connection, knows. */
export async function noteTold(tx: Transaction, id: number, episode: number, reader: string): Promise<void> {
  await tx.query({
    name: 'connection_note_told',
    text: `update connection set told = array_append(told, $4)
            where organisation_id = $1 and id = $2 and episode = $3 and not $4 = any(told)`,
    values: [tx.organisationId, id, episode, reader],
  });
}

/** Nothing is left to be done, unless it is about something newer. */
export async function settleAttention(tx: Transaction, id: number, episode: number): Promise<void> {
  await tx.query({
    name: 'connection_settle_attention',
    text: `update connection set attend_at = null, attend_attempts = 0
            where organisation_id = $1 and id = $2 and episode = $3 and state in ('needs_reconnect', 'missing_scopes')`,
    values: [tx.organisationId, id, episode],
  });
}

/** Everybody knows that it is connected, unless it is so anew. */
export async function noteAnnounced(
  tx: Transaction,
  id: number,
  episode: number,
  attendAt: Temporal.Instant,
): Promise<void> {
  await tx.query({
    name: 'connection_note_announced',
    text: `update connection set announced = true, attend_at = $4::timestamptz, attend_attempts = 0
            where organisation_id = $1 and id = $2 and episode = $3 and state = 'connected'`,
    values: [tx.organisationId, id, episode, attendAt.toString()],
  });
}
