// The delivery log of letters that tell of several appointments: each of them has its row, and all but the first name the one
// that was sent. Callers hold the lease of the first one's session.
import type { Transaction } from '../platform/database/transaction.ts';
import type { LetterState, NewLetter, StartedLetter } from './store.ts';

/**
 * Whether every one of these sessions is still wanted as it is told; they stay so until the transaction ends. Locked in the
 * order of their ids, as acts on many do.
 */
export async function lockAsTold(
  tx: Transaction,
  sessions: readonly { readonly sessionId: number; readonly revision: number }[],
): Promise<boolean> {
  const rows = await tx.query<{ session_id: number; wanted_revision: number }>({
    name: 'letter_lock_as_told',
    text: `select session_id, wanted_revision from fulfilment
            where organisation_id = $1 and session_id = any($2::bigint[]) order by session_id for update`,
    values: [tx.organisationId, sessions.map(({ sessionId }) => sessionId)],
  });
  const wanted = new Map(rows.map((row) => [row.session_id, row.wanted_revision]));
  return sessions.every(({ sessionId, revision }) => wanted.get(sessionId) === revision);
}

/**
 * Marks what is told in a letter beside its own, before it is handed over. While that letter is repeated they are in doubt as it is:
 * what is only being sent is told anew by the next date where its leader owes nothing, and one in doubt owes nothing.
 */
export async function startCovered(
  tx: Transaction,
  letterId: number,
  covered: readonly (NewLetter & { readonly sessionId: number })[],
  addressDigest: Buffer,
): Promise<void> {
  await tx.query({
    name: 'letter_start_covered',
    text: `insert into letter (organisation_id, session_id, appointment_id, recipient, kind, revision, state, link, starts_at,
                  attempts, channel, key_no, address_digest, told_with)
           select $1, u.session_id, u.appointment_id, u.recipient, u.kind, u.revision, 'sending', u.link, u.starts_at,
                  1, 'email', 1, $2, $3
             from unnest($4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::integer[], $9::text[], $10::timestamptz[])
               as u (session_id, appointment_id, recipient, kind, revision, link, starts_at)
           on conflict (organisation_id, appointment_id, recipient, revision, kind,
                        (case when kind = 'link' then link when kind = 'reminder' then channel || lead_minutes::text
                              else '' end)) do update
             set state = case when letter.told_with = $3 and letter.state in ('sending', 'unknown') then 'unknown' else 'sending' end,
                 link = excluded.link, starts_at = excluded.starts_at, told_with = excluded.told_with,
                 attempts = letter.attempts + 1, next_attempt_at = null, address_digest = excluded.address_digest`,
    values: [
      tx.organisationId,
      addressDigest,
      letterId,
      covered.map(({ sessionId }) => sessionId),
      covered.map(({ appointmentId }) => appointmentId),
      covered.map(({ recipient }) => recipient),
      covered.map(({ kind }) => kind),
      covered.map(({ revision }) => revision),
      covered.map(({ link }) => link),
      covered.map(({ startsAt }) => startsAt.toString()),
    ],
  });
}

/**
 * What became of the letter became of all that it told; what surely did not leave was not told, and is owed anew. Whose try has been
 * overtaken by another says only that it did leave, as of the letter itself.
 */
export async function settleCovered(
  tx: Transaction,
  { id, attempts }: Pick<StartedLetter, 'id' | 'attempts'>,
  outcome: { readonly state: LetterState; readonly at: Temporal.Instant; readonly error: string | null },
): Promise<void> {
  await tx.query({
    name: 'letter_settle_covered',
    text: `update letter set state = case when $3 = 'queued' then 'superseded' else $3 end, last_error = $5,
                  sent_at = case when $3 = 'sent' then $4::timestamptz else sent_at end, next_attempt_at = null
            where organisation_id = $1 and told_with = $2 and state in ('sending', 'unknown')
              and ($3 = 'sent' or exists (select from letter l where l.organisation_id = $1 and l.id = $2 and l.attempts = $6))`,
    values: [tx.organisationId, id, outcome.state, outcome.at.toString(), outcome.error, attempts],
  });
}
