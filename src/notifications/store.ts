// The delivery log: every letter a session owed and what became of it. Words and addresses are not here; a letter is
// written from the current facts at the moment it leaves. Writers hold the session's fulfilment lease.
import type { Transaction } from '../platform/database/transaction.ts';
import type { LetterKind } from './letter.ts';
import type { Channel } from './reminder.ts';

export type Recipient = 'client' | 'practitioner';

/**
 * queued: surely not sent yet. sending: handed over for the first time, outcome not yet known. sent. unknown: it may have
 * arrived; with `nextAttemptAt` it is repeated then, once, under the same Message-ID, and without it that has been tried.
 * superseded: overtaken before it left. refused: the mail service will not take it; a person must look. overtaken: it may have
 * arrived, and a later letter tells its reader what is true now.
 */
export type LetterState = 'queued' | 'sending' | 'sent' | 'unknown' | 'superseded' | 'refused' | 'overtaken';

export type LetterRow = {
  readonly id: number;
  readonly appointmentId: number;
  readonly recipient: Recipient;
  readonly kind: LetterKind;
  readonly revision: number;
  readonly state: LetterState;
  /** Digest of the join address it told; null: none. */
  readonly link: string | null;
  /** The start it tells of. */
  readonly startsAt: Temporal.Instant;
  readonly attempts: number;
  readonly nextAttemptAt: Temporal.Instant | null;
  readonly sentAt: Temporal.Instant | null;
  readonly channel: Channel;
  /** Of reminders: how long before the start. */
  readonly leadMinutes: number | null;
  /** It was told in another letter, of the same series, which alone is sent again. */
  readonly toldWith?: number | null;
};

/** A seat has a handful: a few kinds, two recipients, a few revisions. Of more, the newest are what people were told last. */
const MOST_LETTERS = 500;

/** Services' ids have 20 to 100 characters; the column's bound. */
const MOST_SERVICE_ID_CHARACTERS = 200;

/** The letters of a session, oldest first. */
export async function listLetters(tx: Transaction, sessionId: number): Promise<LetterRow[]> {
  const newestFirst = await tx.query<LetterRow>({
    name: 'letters_of_session',
    text: `select id, appointment_id as "appointmentId", recipient, kind, revision, state, link,
                  starts_at as "startsAt", attempts, next_attempt_at as "nextAttemptAt", sent_at as "sentAt",
                  channel, lead_minutes as "leadMinutes", told_with as "toldWith"
             from letter where organisation_id = $1 and session_id = $2 order by id desc
            limit ${MOST_LETTERS} * (select coalesce(capacity, 1) from session where organisation_id = $1 and id = $2)`,
    values: [tx.organisationId, sessionId],
  });
  return newestFirst.toReversed();
}

export type NewLetter = Pick<
  LetterRow,
  'appointmentId' | 'recipient' | 'kind' | 'revision' | 'link' | 'startsAt' | 'channel' | 'leadMinutes'
>;

/** `keyNo`: the attempt that this one repeats, or its own number. */
export type StartedLetter = {
  readonly id: number;
  readonly attempts: number;
  readonly keyNo: number;
  readonly repeated: boolean;
};

/**
 * Marks a letter as being sent before it is handed over. null when it must not be: the lease is lost, or a later revision
 * than the one it was written for is wanted by now. `repeated`: an earlier sending of it is in doubt already; it may be the
 * only one that is read, so the link it told stays on record. A link told before, and again after another, is told last.
 * `repeatAt`: when a repeat that is cut off is owed again; null: what is in doubt twice is left so.
 */
export async function startLetter(
  tx: Transaction,
  letter: NewLetter,
  by: {
    readonly sessionId: number;
    readonly leaseNo: number;
    readonly revision: number;
    readonly addressDigest: Buffer;
    readonly repeatAt: Temporal.Instant | null;
  },
): Promise<StartedLetter | null> {
  const rows = await tx.query<StartedLetter>({
    name: 'letter_start',
    text: `insert into letter (organisation_id, session_id, appointment_id, recipient, kind, revision, state, link,
                  starts_at, attempts, channel, lead_minutes, key_no, address_digest)
           select $1, $2, $4, $5, $6, $7, 'sending', $8, $9::timestamptz, 1, $11, $12::integer, 1, $13
            where exists (select 1 from fulfilment f
                           where f.organisation_id = $1 and f.session_id = $2 and f.lease_no = $3
                             and f.wanted_revision = $10 for share)
           on conflict (organisation_id, appointment_id, recipient, revision, kind,
                        (case when kind = 'link' then link when kind = 'reminder' then channel || lead_minutes::text
                              else '' end)) do update
             set id = case when letter.state in ('queued', 'sending', 'unknown') then letter.id else excluded.id end,
                 state = case when letter.state in ('sending', 'unknown') then 'unknown' else 'sending' end,
                 link = case when letter.state in ('sending', 'unknown') then letter.link else excluded.link end,
                 key_no = case when letter.state in ('sending', 'unknown') then coalesce(letter.key_no, letter.attempts)
                               else letter.attempts + 1 end,
                 attempts = letter.attempts + 1, address_digest = excluded.address_digest,
                 next_attempt_at = case when letter.state in ('sending', 'unknown') then $14::timestamptz end,
                 delivery = null, delivery_reason = null, delivery_at = null, told_with = null
           returning id, attempts, key_no as "keyNo", state = 'unknown' as repeated`,
    values: [
      tx.organisationId,
      by.sessionId,
      by.leaseNo,
      letter.appointmentId,
      letter.recipient,
      letter.kind,
      letter.revision,
      letter.link,
      letter.startsAt.toString(),
      by.revision,
      letter.channel,
      letter.leadMinutes,
      by.addressDigest,
      by.repeatAt?.toString() ?? null,
    ],
  });
  return rows[0] ?? null;
}

/**
 * Says what became of a letter that was being sent. One in doubt of which the service has told news already did leave. Whose try has
 * been overtaken by another says only that it did leave.
 */
export async function settleLetter(
  tx: Transaction,
  { id, attempts }: Pick<StartedLetter, 'id' | 'attempts'>,
  outcome: {
    readonly state: LetterState;
    readonly at: Temporal.Instant;
    readonly nextAttemptAt: Temporal.Instant | null;
    readonly error: string | null;
    /** The mail or SMS service, and what it calls the message. */
    readonly service: string | null;
    readonly serviceId: string | null;
  },
): Promise<void> {
  await tx.query({
    name: 'letter_settle',
    text: `update letter set state = now.state, last_error = $6,
                  sent_at = case when now.state = 'sent' then $4::timestamptz else sent_at end,
                  next_attempt_at = case when now.state = 'sent' then null else $5::timestamptz end,
                  service = coalesce($7, service), service_id = coalesce($8, service_id)
             from (select case when $3 = 'unknown' and delivery is not null then 'sent' else $3 end as state
                     from letter where organisation_id = $1 and id = $2) now
            where organisation_id = $1 and id = $2 and ($3 = 'sent' or (attempts = $9 and letter.state not in ('sent', 'overtaken')))`,
    values: [
      tx.organisationId,
      id,
      outcome.state,
      outcome.at.toString(),
      outcome.nextAttemptAt?.toString() ?? null,
      outcome.error,
      outcome.service,
      outcome.serviceId?.slice(0, MOST_SERVICE_ID_CHARACTERS) ?? null,
      attempts,
    ],
  });
}

/** Letters overtaken before they left: they will never be sent, and the log says so. */
export async function supersedeLetters(tx: Transaction, letterIds: readonly number[]): Promise<void> {
  await tx.query({
    name: 'letters_supersede',
    text: `update letter set state = 'superseded', next_attempt_at = null
            where organisation_id = $1 and id = any($2::bigint[]) and state = 'queued'`,
    values: [tx.organisationId, [...letterIds]],
  });
}
