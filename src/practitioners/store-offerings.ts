// The rows of what practitioners offer. Writers hold the practitioner's lock.
import type { OutsideProvider } from '../meetings/provider.ts';
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

/** Providers of which anybody has connected an account of her own. */
export async function listConnected(tx: Transaction): Promise<OutsideProvider[]> {
  const rows = await tx.query<{ provider: OutsideProvider }>({
    name: 'connected',
    text: `select distinct provider from connection where organisation_id = $1 and state <> 'disconnected'`,
    values: [tx.organisationId],
  });
  return rows.map(({ provider }) => provider);
}

/** Providers of which those who offer a session type, all or the given ones, have connected accounts of their own. */
export async function listConnectedOf(
  tx: Transaction,
  sessionTypeId: number,
  practitionerIds: readonly number[],
): Promise<OutsideProvider[]> {
  const rows = await tx.query<{ provider: OutsideProvider }>({
    name: 'offering_connected',
    text: `select distinct c.provider from offering o
             join practitioner p on p.organisation_id = $1 and p.id = o.practitioner_id and p.active
             join connection c on c.organisation_id = $1 and c.practitioner_id = p.id and c.state <> 'disconnected'
            where o.organisation_id = $1 and o.session_type_id = $2
              and (cardinality($3::bigint[]) = 0 or p.id = any($3::bigint[]))`,
    values: [tx.organisationId, sessionTypeId, [...practitionerIds]],
  });
  return rows.map(({ provider }) => provider);
}
