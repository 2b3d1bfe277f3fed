// Who is reminded when, as it is kept on three steps: practice, practitioner, session type; and the sessions to come for
// which that changes the instant at which they are to be looked at.
import { ordered, type Reminders } from '../notifications/reminder.ts';
import type { Transaction } from '../platform/database/transaction.ts';

/** Whose setting it is: one of the two, or neither for the practice. */
export type Whose = { readonly practitionerId?: number; readonly sessionTypeId?: number };

/**
 * Keeps the setting as made `now` (null: none of its own), and sees to it that each session to come that it concerns is
 * looked at when its next reminder may be due. Only instants to come: one that has passed is not made up for. One statement
 * over her sessions to come, or the practice's; nothing of theirs is locked but the row of their work outside.
 */
export async function putReminders(
  tx: Transaction,
  whose: Whose,
  reminders: Reminders | null,
  now: Temporal.Instant,
): Promise<void> {
  const { practitionerId = null, sessionTypeId = null } = whose;
  const text = reminders && JSON.stringify(ordered(reminders));
  const values = [tx.organisationId, text, now.toString(), practitionerId ?? sessionTypeId ?? tx.organisationId];
  if (practitionerId !== null) {
    const name = 'reminders_of_practitioner';
    await tx.query({ name, text: `update practitioner ${SET} and id = $4`, values });
  } else if (sessionTypeId !== null) {
    const name = 'reminders_of_session_type';
    await tx.query({ name, text: `update session_type ${SET} and id = $4`, values });
  } else {
    const name = 'reminders_of_practice';
    await tx.query({ name, text: `update organisation ${SET} and organisation_id = $4`, values });
  }
  // Of a large practice few sessions are to come: planned without knowing the instant, all that ever were would be read.
  await tx.query({ name: 'reminders_plan_anew', text: 'set local plan_cache_mode = force_custom_plan' });
  await tx.query({
    name: 'reminders_look_again',
    text: `with next as (
             select s.id, min(s.starts_at - make_interval(mins => l.lead::integer)) as at
               from practitioner p
               join session s on s.organisation_id = $1 and s.practitioner_id = p.id
               join session_type t on t.organisation_id = $1 and t.id = s.session_type_id
               join organisation g on g.organisation_id = $1
              cross join lateral jsonb_array_elements_text(
                      coalesce(t.reminders, p.reminders, g.reminders) -> 'leadMinutes') as l (lead)
              where p.organisation_id = $1 and ($3::bigint is null or p.id = $3)
                and ($4::bigint is null or s.session_type_id = $4) and s.live and s.starts_at > $2::timestamptz
                and s.starts_at - make_interval(mins => l.lead::integer) > $2::timestamptz
              group by s.id
           )
           update fulfilment f set look_again_at = least(f.look_again_at, next.at),
                  rung_no = coalesce(f.rung_no, 0) + 1
             from next where f.organisation_id = $1 and f.session_id = next.id`,
    values: [tx.organisationId, now.toString(), practitionerId, sessionTypeId],
  });
}

const SET = 'set reminders = $2::jsonb, reminders_since = $3::timestamptz where organisation_id = $1';

/** What holds where nobody has said otherwise. */
export async function readDefaultReminders(
  tx: Transaction,
): Promise<{ readonly reminders: Reminders; readonly since: Temporal.Instant | null }> {
  const [row] = await tx.query<{ reminders: Reminders; since: Temporal.Instant | null }>({
    name: 'reminders_of_practice_read',
    text: 'select reminders, reminders_since as since from organisation where organisation_id = $1 for no key update',
    values: [tx.organisationId],
  });
  if (!row) throw new Error('the practice is not there');
  return row;
}
