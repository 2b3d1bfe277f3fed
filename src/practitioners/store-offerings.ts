// The rows of what practitioners offer. Writers hold the practitioner's lock.
import type { Transaction } from '../platform/database/transaction.ts';
import type { Offering } from './practitioner.ts';

/** What she offers from now on, in this order. Session types are locked against a change of theirs; answers the ids unknown. */
export async function replaceOfferings(tx: Transaction, id: number, offerings: readonly Offering[]): Promise<number[]> {
  const ids = offerings.map((offering) => offering.id);
  const known = await tx.query<{ id: number }>({
    name: 'session_type_share',
    text: `select id from session_type where organisation_id = $1 and id = any($2::bigint[]) order by id for share`,
    values: [tx.organisationId, ids],
  });
  const unknown = ids.filter((asked) => !known.some((row) => row.id === asked));
  if (unknown.length > 0) return unknown;
  await tx.query({
    name: 'offering_clear',
    text: 'delete from offering where organisation_id = $1 and practitioner_id = $2',
    values: [tx.organisationId, id],
  });
  await tx.query({
    name: 'offering_insert',
    text: `insert into offering (organisation_id, practitioner_id, session_type_id, length_minutes, requires_approval,
                                 notice_minutes, horizon_days, horizon_until, position)
           select $1, $2, t.id, t.minutes, t.approval, t.notice, t.days, t.until, t.position
             from unnest($3::bigint[], $4::smallint[], $5::boolean[], $6::integer[], $7::integer[], $8::date[])
                  with ordinality as t (id, minutes, approval, notice, days, until, position)`,
    values: [
      tx.organisationId,
      id,
      ids,
      offerings.map(({ durationMinutes }) => durationMinutes ?? null),
      offerings.map(({ requiresApproval }) => requiresApproval ?? null),
      offerings.map(({ noticeMinutes }) => noticeMinutes ?? null),
      offerings.map(({ horizonDays }) => horizonDays ?? null),
      offerings.map(({ horizonUntil }) => horizonUntil ?? null),
    ],
  });
  return [];
}
