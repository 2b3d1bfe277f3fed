// Who has which time, for those who may know: asked where a time is explained, never where it is offered.
import { claimedUntil, claimsOn } from '../occupancy/claims.ts';
import { HOLD_GRACE_SECONDS, LONGEST_OCCUPANCY_MINUTES } from '../occupancy/occupancy.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { instantOf } from '../platform/time/wall-clock.ts';
import type { Owner } from './explanation.ts';

/** A quarter of days without a free minute between sessions of a quarter of an hour. */
const MOST_OWNERS = 10_000;

type Row = Omit<Owner, 'from' | 'to' | 'start' | 'end'> & { from: number; to: number; start: number; end: number };

/** Of a session `s`. */
const APPOINTMENTS = `
                  array(select a.id from appointment a where a.organisation_id = $1 and a.session_id = s.id
                           and a.state <> 'cancelled' order by a.id) as "appointmentIds",
                  array(select a.id from appointment a join client c on c.organisation_id = $1 and c.id = a.client_id
                         where a.organisation_id = $1 and a.session_id = s.id and a.state <> 'cancelled'
                           and c.subject = $7 order by a.id) as "ownIds"`;

/**
 * Epoch minutes `[from, to)`. A hold that has run out has nothing. Of a session that overrides all that it claims, though
 * others own it, once.
 */
export async function listOwners(
  tx: Transaction,
  question: {
    readonly practitionerId: number;
    /** What is asked for besides her time. */
    readonly units: readonly number[];
    readonly from: number;
    readonly to: number;
    readonly now: Temporal.Instant;
    /** Sessions that leave their time. */
    readonly except: readonly number[];
    readonly clientSubject?: string | undefined;
  },
): Promise<Owner[]> {
  const { practitionerId, units, from, to, now, except, clientSubject } = question;
  const rows = await tx.query<Row>({
    name: 'owners_list',
    text: `select date_part('epoch', o.starts_at) / 60 as "from", date_part('epoch', o.ends_at) / 60 as "to",
                  date_part('epoch', coalesce(s.starts_at, h.starts_at)) / 60 as start,
                  date_part('epoch', coalesce(s.ends_at, h.ends_at)) / 60 as "end",
                  o.resource_id as unit, coalesce(r.of_id, r.id) as "resourceId",
                  coalesce(s.practitioner_id, h.practitioner_id) as "practitionerId",
                  o.session_id as "sessionId", o.hold_id as "holdId",${APPOINTMENTS}
             from occupancy o
             join resource r on r.organisation_id = $1 and r.id = o.resource_id
             left join session s on s.organisation_id = o.organisation_id and s.id = o.session_id
             left join hold h on h.organisation_id = o.organisation_id and h.id = o.hold_id
            where o.organisation_id = $1 and o.resource_id = any($2::bigint[]) and o.starts_at < $4::timestamptz
              and o.starts_at > $3::timestamptz - interval '${LONGEST_OCCUPANCY_MINUTES} minutes'
              and o.ends_at > $3::timestamptz and (o.session_id is null or o.session_id <> all($5::bigint[]))
              and (o.expires_at is null or o.expires_at > $6::timestamptz)
              and (o.resource_id <> $8 or s.overriding is not true)
            union all
           select date_part('epoch', lower(s.occupied)) / 60, date_part('epoch', upper(s.occupied)) / 60,
                  date_part('epoch', s.starts_at) / 60, date_part('epoch', s.ends_at) / 60,
                  s.practitioner_id, s.practitioner_id, s.practitioner_id, s.id, null,${APPOINTMENTS}
             from session s
            where ${claimsOn({ organisation: '$1', resource: '$8', from: '$3', to: '$4' })}
              and s.id <> all($5::bigint[]) and coalesce(${claimedUntil('$1', 's.id')} > $6::timestamptz, true)
            order by "from", "sessionId" limit ${MOST_OWNERS}`,
    values: [
      tx.organisationId,
      [practitionerId, ...units],
      instantOf(from).toString(),
      instantOf(to).toString(),
      [...except],
      now.subtract({ seconds: HOLD_GRACE_SECONDS }).toString(),
      clientSubject ?? '',
      practitionerId,
    ],
  });
  return rows.map((row) => ({ ...row, from: Math.floor(row.from), to: Math.ceil(row.to) }));
}
