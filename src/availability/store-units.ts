// What is read beside a practitioner's busy time, in the same statement, for session types that need more than her time or are
// held in groups: the busy time of units, and the sessions there are with the seats left in them; and what sessions that override claim.
import { claimedUntil, claimsOn, keptUntil } from '../occupancy/claims.ts';
import { LONGEST_OCCUPANCY_MINUTES } from '../occupancy/occupancy.ts';
import type { GroupSession } from './free-time.ts';
import type { Names } from './store.ts';

export type MoreAsked = {
  /** Resources whose time is asked for besides hers. */
  readonly units?: readonly number[];
  /** Of which session type the sessions are asked for, and who asks. */
  readonly group?: { readonly sessionTypeId: number; readonly clientSubject: string | null };
  /** What sessions that override claim, too. */
  readonly claims?: boolean;
};
export type MoreRow = { units?: string; groups?: string | null; held?: string | null; claims?: string | null };

const UNIT_COLUMNS = 4;
const GROUP_COLUMNS = 7;
const HELD_COLUMNS = 3;

/** That sessions which override may claim some of the stretch: nearly always not, so the usual read does not look for them. */
export const isClaimed = (n: Names) => `coalesce(p.claims_until > ${n.from}::timestamptz, false)`;

/**
 * What sessions that override claim, in the same form. Beside the rows, not among them: these come by start from their index.
 */
export const claimedBy = (n: Names) => `
         array(
           select array[date_part('epoch', lower(s.occupied)), date_part('epoch', upper(s.occupied)),
                        coalesce(date_part('epoch', ${claimedUntil(n.organisation, 's.id')}), 0)]
             from session s
            where ${claimsOn({ ...n, resource: n.practitioner })} and ${n.except('s.id')})::text`;

/** `{{unit,start,end,expiry or 0},...}` by start. */
export const unitsBy = (n: Pick<Names, 'organisation' | 'from' | 'to' | 'since' | 'except'>, ids: string) => `
         array(
           select array[o.resource_id, date_part('epoch', o.starts_at), date_part('epoch', o.ends_at),
                        coalesce(date_part('epoch', o.expires_at), 0)]
             from occupancy o
            where o.organisation_id = ${n.organisation} and o.resource_id = any(${ids}::bigint[])
              and o.starts_at < ${n.to}::timestamptz and o.starts_at > ${n.since}::timestamptz and o.ends_at > ${n.from}::timestamptz
              and ${n.except('o.session_id')}
            order by o.starts_at)::text`;

/** When a session `s` of a group is over by itself, which kept seats alone have open. 0: never. */
export const overBy = (n: Pick<Names, 'organisation'>) =>
  `coalesce(date_part('epoch', ${keptUntil(n.organisation, 's.id')}), 0)`;

/** `{{session,start,end,capacity,taken,own,expiry or 0},...}` by start. Joined as `ownBy` is, and for the same reason. */
export const groupsBy = (n: Names, sessionType: string, subject: string) => `
         array(
           select array[s.id, date_part('epoch', s.starts_at), date_part('epoch', s.ends_at), s.capacity,
                        count(a.id), coalesce(bool_or(c.subject = ${subject}), false)::integer,
                        case when count(a.id) = 0 then ${overBy(n)} else 0 end]
             from session s
             left join appointment a on a.organisation_id = ${n.organisation} and a.session_id = s.id and a.state <> 'cancelled'
             left join client c on c.organisation_id = ${n.organisation} and c.id = a.client_id
            where s.organisation_id = ${n.organisation} and s.practitioner_id = ${n.practitioner} and s.session_type_id = ${sessionType}
              and s.live and s.capacity > 1 and s.starts_at < ${n.to}::timestamptz
              and s.starts_at > ${n.from}::timestamptz - interval '${LONGEST_OCCUPANCY_MINUTES} minutes'
              and s.ends_at > ${n.from}::timestamptz and ${n.except('s.id')}
            group by s.id, s.starts_at, s.ends_at, s.capacity
            order by s.starts_at, s.id)::text`;

/** Seats of theirs that are kept for somebody, `{{session,expiry,own},...}`. */
export const heldBy = (n: Names, sessionType: string, subject: string) => `
         array(
           select array[h.session_id, date_part('epoch', h.expires_at), (h.holder = 'client:' || ${subject})::integer]
             from hold h
            where h.organisation_id = ${n.organisation} and h.practitioner_id = ${n.practitioner} and h.state = 'open'
              and h.session_id is not null and h.session_type_id = ${sessionType} and h.starts_at < ${n.to}::timestamptz
              and h.starts_at > ${n.from}::timestamptz - interval '${LONGEST_OCCUPANCY_MINUTES} minutes'
            order by h.id)::text`;

export type Statement = { readonly name: string; readonly text: string };
const prepared = new Map<string, Statement>();

/** The statement that reads it too: the usual one where nothing more is asked for. Its parameters come last, from the one named on. */
export function morePrepared(
  { units, group, claims = false }: MoreAsked,
  usual: Statement,
  write: (more: (names: Names, at: number) => string) => string,
): Statement {
  if (!units && !group && !claims) return usual;
  const name = `${usual.name}${units ? '_units' : ''}${group ? '_group' : ''}${claims ? '_claims' : ''}`;
  const known = prepared.get(name);
  if (known) return known;
  const text = write((names, at) => {
    const next = units ? at + 1 : at;
    return (
      (units ? `${unitsBy(names, `$${at}`)} as units, ` : '') +
      (group
        ? `${groupsBy(names, `$${next}`, `$${next + 1}`)} as groups, ${heldBy(names, `$${next}`, `$${next + 1}`)} as held, `
        : '') +
      (claims ? `${claimedBy(names)} as claims, ` : '')
    );
  });
  const statement = { name, text };
  prepared.set(name, statement);
  return statement;
}

/** Their values, in that order. */
export function moreOf({ units, group }: MoreAsked): unknown[] {
  return [...(units ? [[...units]] : []), ...(group ? [group.sessionTypeId, group.clientSubject ?? ''] : [])];
}

type UnitsRead = {
  readonly busy: ReadonlyMap<number, number[]>;
  /** Some belongs to what has run out: it is free for whoever needs it. */
  readonly expired: boolean;
  readonly nextExpiry: number | null;
};

/** Busy time by unit. `expiredAt`: what runs out up to this epoch second is in nobody's way. */
export function unitsIn(numbers: readonly number[], expiredAt: number): UnitsRead {
  const busy = new Map<number, number[]>();
  let [expired, nextExpiry] = [false, Number.POSITIVE_INFINITY];
  for (let at = 0; at < numbers.length; at += UNIT_COLUMNS) {
    const [unit, start, end, expiry] = [numbers[at]!, numbers[at + 1]!, numbers[at + 2]!, numbers[at + 3]!];
    if (expiry !== 0 && expiry <= expiredAt) {
      expired = true;
      continue;
    }
    if (expiry !== 0) nextExpiry = Math.min(nextExpiry, Math.ceil(expiry / 60));
    const taken = busy.get(unit) ?? [];
    busy.set(unit, taken);
    taken.push(Math.floor(start / 60), Math.ceil(end / 60));
  }
  return { busy, expired, nextExpiry: nextExpiry === Number.POSITIVE_INFINITY ? null : nextExpiry };
}

type GroupsRead = {
  readonly sessions: readonly GroupSession[];
  /** Some seats are kept no longer, or a session with them: whoever needs them ends that. */
  readonly expired: boolean;
  readonly nextExpiry: number | null;
};

/** Sessions of a group, in epoch minutes, and the seats `held` in them. What runs out up to `expiredAt` is in nobody's way. */
export function groupsIn(numbers: readonly number[], held: readonly number[], expiredAt: number): GroupsRead {
  const kept = new Map<number, number>();
  const ownKept = new Set<number>();
  let [expired, nextExpiry] = [false, Number.POSITIVE_INFINITY];
  const isOver = (expiry: number): boolean => {
    const over = expiry !== 0 && expiry <= expiredAt;
    if (over) expired = true;
    else if (expiry !== 0) nextExpiry = Math.min(nextExpiry, Math.ceil(expiry / 60));
    return over;
  };
  for (let at = 0; at < held.length; at += HELD_COLUMNS) {
    const [sessionId, expiry, own] = [held[at]!, held[at + 1]!, held[at + 2]!];
    if (isOver(expiry)) continue;
    kept.set(sessionId, (kept.get(sessionId) ?? 0) + 1);
    if (own === 1) ownKept.add(sessionId);
  }
  const sessions: GroupSession[] = [];
  for (let at = 0; at < numbers.length; at += GROUP_COLUMNS) {
    const [id, start, end, capacity, taken, own, expiry] = numbers.slice(at, at + GROUP_COLUMNS);
    if (isOver(expiry!)) continue;
    sessions.push({
      sessionId: id!,
      start: Math.floor(start! / 60),
      end: Math.ceil(end! / 60),
      seatsLeft: Math.max(0, capacity! - taken! - (kept.get(id!) ?? 0)),
      own: own === 1,
      ownKept: ownKept.has(id!),
    });
  }
  return { sessions, expired, nextExpiry: nextExpiry === Number.POSITIVE_INFINITY ? null : nextExpiry };
}
