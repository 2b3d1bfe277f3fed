// What counts towards limits: what is read of it, beside a practitioner's busy time and in the same statement.
import { LONGEST_OCCUPANCY_MINUTES } from '../occupancy/occupancy.ts';
import type { CountedSession } from './free-time.ts';
import { overBy } from './store-units.ts';
import type { Names } from './store.ts';

const COLUMNS = 5;
/** Among those counted: a seat of the client who asks, in a session that is counted by itself. */
const HELD_SEAT = 2;

/**
 * The sessions of the client who asks. Every table is told its organisation by the same name: the planner does not know the
 * setting that row-level security compares with, takes it for null, and would expect a table that is told otherwise to be empty.
 */
const ownBy = (n: Names) => `
                          select own.id
                            from session own
                            join appointment a on a.organisation_id = ${n.organisation} and a.session_id = own.id
                            join client c on c.organisation_id = ${n.organisation} and c.id = a.client_id
                           where own.organisation_id = ${n.organisation} and own.practitioner_id = ${n.practitioner} and own.live
                             and own.starts_at >= ${n.countFrom}::timestamptz and own.starts_at < ${n.countTo}::timestamptz
                             and a.state <> 'cancelled' and c.subject = ${n.client}`;

/**
 * What counts towards limits, `{{start,end,type,expiry or 0,own},...}`: live sessions that start in the periods, and the holds
 * that may become such.
 */
export const countedBy = (n: Names) => `
         array(
           select array[date_part('epoch', s.starts_at), date_part('epoch', s.ends_at), s.session_type_id,
                        case when s.capacity > 1 then ${overBy(n)} else 0 end,
                        (s.id = any (array(${ownBy(n)})))::integer]
             from session s
            where s.organisation_id = ${n.organisation} and s.practitioner_id = ${n.practitioner} and s.live
              and s.starts_at >= ${n.countFrom}::timestamptz and s.starts_at < ${n.countTo}::timestamptz
              and ${n.except('s.id')}
           union all
           select array[date_part('epoch', h.starts_at), date_part('epoch', h.ends_at), h.session_type_id,
                        date_part('epoch', o.expires_at), (h.holder = 'client:' || ${n.client})::integer]
             from occupancy o join hold h on h.organisation_id = o.organisation_id and h.id = o.hold_id
            where o.organisation_id = ${n.organisation} and o.resource_id = ${n.practitioner}
              and o.starts_at > ${n.countFrom}::timestamptz - interval '${LONGEST_OCCUPANCY_MINUTES} minutes'
              and o.starts_at < ${n.countTo}::timestamptz
              and h.starts_at >= ${n.countFrom}::timestamptz and h.starts_at < ${n.countTo}::timestamptz
           union all
           select array[date_part('epoch', h.starts_at), date_part('epoch', h.ends_at), h.session_type_id,
                        date_part('epoch', h.expires_at), ${HELD_SEAT}]
             from hold h
            where h.organisation_id = ${n.organisation} and h.practitioner_id = ${n.practitioner} and h.state = 'open'
              and h.session_id is not null and h.holder = 'client:' || ${n.client}
              and h.starts_at >= ${n.countFrom}::timestamptz and h.starts_at < ${n.countTo}::timestamptz
         )::text`;

type CountedRead = {
  readonly sessions: readonly CountedSession[];
  /** When the first that may end by itself does, in epoch minutes rounded up; null where none does. */
  readonly nextExpiry: number | null;
};

/**
 * `expiredAt`: what runs out up to this epoch second is counted no more. `leaving`: the start of a session in which the client gives up
 * its seat.
 */
export function countedIn(numbers: readonly number[], expiredAt: number, leaving: number | undefined): CountedRead {
  const sessions: CountedSession[] = [];
  let nextExpiry = Number.POSITIVE_INFINITY;
  for (let at = 0; at < numbers.length; at += COLUMNS) {
    const [start, end, sessionTypeId, expiry] = [numbers[at]!, numbers[at + 1]!, numbers[at + 2]!, numbers[at + 3]!];
    if (expiry !== 0 && expiry <= expiredAt) continue;
    if (expiry !== 0) nextExpiry = Math.min(nextExpiry, Math.ceil(expiry / 60));
    const minutes = Math.round((end - start) / 60);
    const minute = Math.floor(start / 60);
    const isHeldSeat = numbers[at + 4] === HELD_SEAT;
    const own = isHeldSeat || (numbers[at + 4] === 1 && minute !== leaving);
    sessions.push({ start: minute, minutes, sessionTypeId, own, ...(isHeldSeat ? { seatOnly: true } : {}) });
  }
  return { sessions, nextExpiry: nextExpiry === Number.POSITIVE_INFINITY ? null : nextExpiry };
}
