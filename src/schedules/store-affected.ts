// Which appointments lie in time that is to be taken off. Read under the lock of that time where it is being taken.
import type { Transaction } from '../platform/database/transaction.ts';
import { instantOf } from '../platform/time/wall-clock.ts';
import type { TimeOff } from './schedule.ts';

export type Affected = {
  readonly appointmentId: number;
  readonly sessionTypeId: number;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  readonly userId: string;
  readonly userName: string;
};

/** Appointments that are on, are not over, and meet any of the stretches, by start; buffers do not count. */
export async function listAffected(
  tx: Transaction,
  question: {
    readonly practitionerId: number;
    readonly stretches: readonly TimeOff[];
    readonly now: Temporal.Instant;
    readonly limit: number;
  },
): Promise<Affected[]> {
  const { practitionerId, stretches, now, limit } = question;
  if (stretches.length === 0) return [];
  return await tx.query<Affected>({
    name: 'time_off_affected',
    text: `select a.id as "appointmentId", s.session_type_id as "sessionTypeId", s.starts_at as start, s.ends_at as "end",
                  c.subject as "userId", c.name as "userName"
             from session s
             join appointment a on a.organisation_id = s.organisation_id and a.session_id = s.id
             join client c on c.organisation_id = a.organisation_id and c.id = a.client_id
            where s.organisation_id = $1 and s.practitioner_id = $2 and s.live and a.state in ('pending', 'confirmed')
              and s.ends_at > $5::timestamptz
              and s.starts_at < (select max(t.until) from unnest($4::timestamptz[]) as t (until))
              and exists (select from unnest($3::timestamptz[], $4::timestamptz[]) as t (since, until)
                           where s.starts_at < t.until and s.ends_at > t.since)
            order by s.starts_at, a.id limit $6`,
    values: [
      tx.organisationId,
      practitionerId,
      stretches.map(({ start }) => instantOf(start).toString()),
      stretches.map(({ end }) => instantOf(end).toString()),
      now.toString(),
      limit,
    ],
  });
}
