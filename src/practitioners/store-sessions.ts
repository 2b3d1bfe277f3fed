// What of a practitioner's sessions must be looked at again when she changes. The sessions stay as they were agreed.
import type { Transaction } from '../platform/database/transaction.ts';

/**
 * Every live session of hers that is not over is one revision on, so that meeting, event and letters are brought into line
 * with who she is now; the worker finds them by itself. Expects her time to be locked, as every act on them does.
 */
export async function raiseSessionsToCome(
  tx: Transaction,
  practitionerId: number,
  now: Temporal.Instant,
): Promise<void> {
  await tx.query({
    name: 'practitioner_raise_sessions',
    text: `with s as (
             update session set revision = revision + 1
              where organisation_id = $1 and practitioner_id = $2 and live and ends_at > $3::timestamptz
             returning id, revision
           ), a as (
             update appointment a set revision = s.revision from s where a.organisation_id = $1 and a.session_id = s.id
           )
           update fulfilment f set wanted_revision = s.revision, wanted_at = $3::timestamptz, due_at = $3::timestamptz,
                  attempts = 0
             from s where f.organisation_id = $1 and f.session_id = s.id`,
    values: [tx.organisationId, practitionerId, now.toString()],
  });
}
