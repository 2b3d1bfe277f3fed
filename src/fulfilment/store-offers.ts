// The letters of offers in the delivery log. An offer has one, which it names.
import type { LetterState, StartedLetter } from '../notifications/store.ts';
import type { Transaction } from '../platform/database/transaction.ts';

/**
 * Marks the letter of an offer as being sent before it is handed over; as startLetter does for those of sessions. null: its repeat
 * was cut off, and to send it again could make a third one; so it is left in doubt, unless the service `repeatsSafely`.
 */
export async function startOfferLetter(
  tx: Transaction,
  letter: { readonly offerId: number; readonly startsAt: Temporal.Instant; readonly addressDigest: Buffer },
  { repeatsSafely }: { readonly repeatsSafely: boolean },
): Promise<StartedLetter | null> {
  const [row] = await tx.query<StartedLetter>({
    name: 'offer_letter_start',
    text: `with o as (
             select id, letter_id from offer where organisation_id = $1 and id = $2 for update
           ), made as (
             insert into letter (organisation_id, recipient, kind, revision, state, starts_at, attempts, channel, key_no,
                    address_digest)
             select $1, 'client', 'offer', 1, 'sending', $3::timestamptz, 1, 'email', 1, $4 from o where o.letter_id is null
             returning id, attempts, key_no, state
           ), named as (
             update offer set letter_id = made.id from made where offer.organisation_id = $1 and offer.id = $2
           ), again as (
             update letter l
                set state = case when l.state in ('sending', 'unknown') then 'unknown' else 'sending' end,
                    key_no = case when l.state in ('sending', 'unknown') then coalesce(l.key_no, l.attempts)
                                  else l.attempts + 1 end,
                    attempts = l.attempts + 1, next_attempt_at = null, address_digest = $4, delivery = null,
                    delivery_reason = null, delivery_at = null
               from o where l.organisation_id = $1 and l.id = o.letter_id
                        and ($5 or l.state <> 'unknown' or l.next_attempt_at is not null)
             returning l.id, l.attempts, l.key_no, l.state
           )
           select id, attempts, key_no as "keyNo", state = 'unknown' as repeated from made
            union all select id, attempts, key_no, state = 'unknown' from again`,
    values: [tx.organisationId, letter.offerId, letter.startsAt.toString(), letter.addressDigest, repeatsSafely],
  });
  return row ?? null;
}

export type OfferLetter = {
  readonly offerId: number;
  /** It can be answered no more. */
  readonly over: boolean;
  readonly state: LetterState;
  /** While it is on its way, when it would be tried again. */
  readonly nextAttemptAt: Temporal.Instant | null;
};

/** Locks the offer; null where the letter is of none. */
export async function lockOfferLetter(
  tx: Transaction,
  letterId: number,
  now: Temporal.Instant,
): Promise<OfferLetter | null> {
  const [row] = await tx.query<OfferLetter>({
    name: 'offer_letter_lock',
    text: `select o.id as "offerId", o.state <> 'open' or o.expires_at <= $3::timestamptz as over, l.state,
                  coalesce(l.next_attempt_at, o.letter_due_at) as "nextAttemptAt"
             from offer o join letter l on l.organisation_id = $1 and l.id = o.letter_id
            where o.organisation_id = $1 and o.letter_id = $2 for update of o`,
    values: [tx.organisationId, letterId, now.toString()],
  });
  return row ?? null;
}
