// How the doubt about a letter ends that is not repeated any more: mail cannot be looked up, so the log tells of what came after it.
import type { Transaction } from '../platform/database/transaction.ts';

/** A reminder is overtaken by whatever tells the time after it, any other letter by its like alone. */
const TOLD_SINCE = `exists (select from letter o
   where o.organisation_id = $1 and o.session_id = l.session_id and o.id > l.id and o.appointment_id = l.appointment_id
     and o.recipient = l.recipient and (o.kind <> 'reminder' or (l.kind = 'reminder' and o.channel = l.channel))
     and o.state in ('sent', 'unknown', 'refused', 'overtaken'))`;

/**
 * Of letters in doubt: those whose reader was written to since are overtaken; of the others, those of `givenUp` wait for no repeat. What a
 * later letter has yet to tell, or is only being told, overtakes nothing: it may be taken back.
 */
export async function endDoubts(
  tx: Transaction,
  letterIds: readonly number[],
  givenUp: readonly number[],
): Promise<void> {
  await tx.query({
    name: 'letters_end_doubts',
    text: `update letter l set state = case when ${TOLD_SINCE} then 'overtaken' else l.state end, next_attempt_at = null
            where l.organisation_id = $1 and l.id = any($2::bigint[]) and l.state = 'unknown'
              and (l.id = any($3::bigint[]) or ${TOLD_SINCE})`,
    values: [tx.organisationId, [...letterIds], [...givenUp]],
  });
}
