// What waits for a connection: sessions to come of its practitioner, and those still being brought into line outside. They
// are looked at again; what is agreed about them stays as it is.
import type { Transaction } from '../platform/database/transaction.ts';

/**
 * The sessions that are due again. A pass under way knows the old state of things: it is taken over, and the next one looks
 * at the provider before it believes anything. The practitioner's settings are one revision on: what she can be booked on may be
 * another.
 */
export async function ringSessions(tx: Transaction, practitionerId: number, now: Temporal.Instant): Promise<number[]> {
  await tx.query({
    name: 'connection_touch_practitioner',
    text: `update practitioner set revision = revision + 1 where organisation_id = $1 and id = $2`,
    values: [tx.organisationId, practitionerId],
  });
  const rows = await tx.query<{ id: number }>({
    name: 'connection_ring',
    text: `update fulfilment f set done_revision = f.wanted_revision - 1, due_at = $3::timestamptz, attempts = 0,
                  lease_no = f.lease_no + (case when f.lease_until is null then 0 else 1 end),
                  lease_until = case when f.lease_until is null then null else $3::timestamptz end
             from session s
            where f.organisation_id = $1 and s.organisation_id = $1 and s.id = f.session_id and s.practitioner_id = $2
              and (f.done_revision < f.wanted_revision or (s.live and s.ends_at > $3::timestamptz))
           returning f.session_id as id`,
    values: [tx.organisationId, practitionerId, now.toString()],
  });
  return rows.map(({ id }) => id);
}
