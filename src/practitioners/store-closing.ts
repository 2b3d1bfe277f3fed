// When a practitioner's closing policy was set, and the sessions for which that changes when they are to be looked at.
import type { Transaction } from '../platform/database/transaction.ts';

/** The longest policy, and the longest session before it (see occupancy_within_a_day): what began earlier is past closing. */
const LOOK_BACK = '8 days 1 hour';

/**
 * Notes that the policy holds since `now`, and sees to it that each session that it will close is looked at then. Only instants
 * to come. Nothing of the sessions is locked but the row of their work outside.
 */
export async function lookAgainToClose(tx: Transaction, practitionerId: number, now: Temporal.Instant): Promise<void> {
  const values = [tx.organisationId, practitionerId, now.toString()];
  await tx.query({
    name: 'closing_since',
    text: 'update practitioner set auto_close_since = $3::timestamptz where organisation_id = $1 and id = $2',
    values,
  });
  await tx.query({
    name: 'closing_look_again',
    text: `with next as (
             select s.id, s.ends_at + make_interval(mins => p.auto_close_after_minutes) as at
               from practitioner p join session s on s.organisation_id = $1 and s.practitioner_id = p.id
              where p.organisation_id = $1 and p.id = $2 and p.auto_close <> 'off' and s.live
                and s.starts_at > $3::timestamptz - interval '${LOOK_BACK}'
                and s.ends_at + make_interval(mins => p.auto_close_after_minutes) > $3::timestamptz
           )
           update fulfilment f set look_again_at = least(f.look_again_at, next.at), rung_no = coalesce(f.rung_no, 0) + 1
             from next where f.organisation_id = $1 and f.session_id = next.id`,
    values,
  });
}
