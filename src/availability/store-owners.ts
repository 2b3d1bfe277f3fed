// Who has which time, for those who may know: asked where a time is explained, never where it is offered.
import { HOLD_GRACE_SECONDS, LONGEST_OCCUPANCY_MINUTES } from '../occupancy/occupancy.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { instantOf } from '../platform/time/wall-clock.ts';
import type { Owner } from './explanation.ts';
import { NO_SESSION } from './store.ts';

/** A quarter of days without a free minute between sessions of a quarter of an hour. */
const MOST_OWNERS = 10_000;

type Row = Omit<Owner, 'from' | 'to' | 'start' | 'end'> & { from: number; to: number; start: number; end: number };

/** Epoch minutes `[from, to)`. A hold that has run out has nothing. */
export async function listOwners(
  tx: Transaction,
  question: {
    readonly practitionerId: number;
    readonly from: number;
    readonly to: number;
    readonly now: Temporal.Instant;
    readonly except?: number | undefined;
  },
): Promise<Owner[]> {
  const { practitionerId, from, to, now, except } = question;
  const rows = await tx.query<Row>({
    name: 'owners_list',
    text: `select date_part('epoch', o.starts_at) / 60 as "from", date_part('epoch', o.ends_at) / 60 as "to",
                  date_part('epoch', coalesce(s.starts_at, h.starts_at)) / 60 as start,
                  date_part('epoch', coalesce(s.ends_at, h.ends_at)) / 60 as "end",
                  o.session_id as "sessionId", o.hold_id as "holdId",
                  array(select a.id from appointment a where a.organisation_id = o.organisation_id
                           and a.session_id = o.session_id and a.state <> 'cancelled' order by a.id) as "appointmentIds"
             from occupancy o
             left join session s on s.organisation_id = o.organisation_id and s.id = o.session_id
             left join hold h on h.organisation_id = o.organisation_id and h.id = o.hold_id
            where o.organisation_id = $1 and o.resource_id = $2 and o.starts_at < $4::timestamptz
              and o.starts_at > $3::timestamptz - interval '${LONGEST_OCCUPANCY_MINUTES} minutes'
              and o.ends_at > $3::timestamptz and o.session_id is distinct from $5
              and (o.expires_at is null or o.expires_at > $6::timestamptz)
            order by o.starts_at limit ${MOST_OWNERS}`,
    values: [
      tx.organisationId,
      practitionerId,
      instantOf(from).toString(),
      instantOf(to).toString(),
      except ?? NO_SESSION,
      now.subtract({ seconds: HOLD_GRACE_SECONDS }).toString(),
    ],
  });
  return rows.map((row) => ({ ...row, from: Math.floor(row.from), to: Math.ceil(row.to) }));
}
