// Who has which time, for those who may know: asked where a time is explained, never where it is offered.
import { claimedUntil, claimsOn } from '../occupancy/claims.ts';
import { HOLD_GRACE_SECONDS, LONGEST_OCCUPANCY_MINUTES } from '../occupancy/occupancy.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { instantOf } from '../platform/time/wall-clock.ts';
import type { Owner } from './explanation.ts';

/** A quarter of days without a free minute between sessions of a quarter of an hour. */
const MOST_OWNERS = 10_000;

type Row = Omit<Owner, 'from' | 'to' | 'start' | 'end'> & { from: number; to: number; start: number; end: number };

const OWNED = `select starts_at, ends_at, session_id, hold_id, expires_at from occupancy
                    where organisation_id = $1 and resource_id = $2 and starts_at < $4::timestamptz
                      and starts_at > $3::timestamptz - interval '${LONGEST_OCCUPANCY_MINUTES} minutes'
                      and ends_at > $3::timestamptz
                      and not exists (select from session s where s.organisation_id = $1 and s.id = session_id and s.overriding)`;
/** Who overrides has all that it claims: of one that owns a part, no more is said than of one that owns all. */
const CLAIMED = `select lower(s.occupied), upper(s.occupied), s.id, null, ${claimedUntil('$1', 's.id')} from session s
                    where ${claimsOn({ organisation: '$1', resource: '$2', from: '$3', to: '$4' })}`;

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
                  array(select a.id from appointment a where a.organisation_id = $1
                           and a.session_id = o.session_id and a.state <> 'cancelled' order by a.id) as "appointmentIds"
             from (${OWNED} union all ${CLAIMED}) o
             left join session s on s.organisation_id = $1 and s.id = o.session_id
             left join hold h on h.organisation_id = $1 and h.id = o.hold_id
            where o.session_id is distinct from $5 and (o.expires_at is null or o.expires_at > $6::timestamptz)
            order by o.starts_at limit ${MOST_OWNERS}`,
    values: [
      tx.organisationId,
      practitionerId,
      instantOf(from).toString(),
      instantOf(to).toString(),
      except ?? null,
      now.subtract({ seconds: HOLD_GRACE_SECONDS }).toString(),
    ],
  });
  return rows.map((row) => ({ ...row, from: Math.floor(row.from), to: Math.ceil(row.to) }));
}
