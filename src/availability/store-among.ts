// Reads who among many may be asked for, and the busy time of many at once: one statement for any number of practitioners,
// which finds each one's rows by the same index as the read of one.
import type pg from 'pg';
import { LONGEST_OCCUPANCY_MINUTES } from '../occupancy/occupancy.ts';
import { named } from '../platform/database/connection.ts';
import { readOnLane } from '../platform/database/lane.ts';
import type { Versions } from './desk.ts';
import {
  busyOf,
  expiredAt,
  instantText,
  NO_SESSION,
  numbersIn,
  scoped,
  takenBy,
  type Busy,
  type BusyRow,
  type Counting,
  type Names,
} from './store.ts';
import { countedBy } from './store-counted.ts';
import { claimedBy, groupsBy, heldBy, isClaimed, unitsBy, unitsIn, type MoreAsked } from './store-units.ts';

/** Who is looked for; null: whoever. */
export type Wanted = {
  readonly practitionerIds: readonly number[] | null;
  readonly sessionTypeId: number | null;
  /** In the spelling of BCP 47; any of them, or one more precise. */
  readonly languages: readonly string[] | null;
  readonly locationId: number | null;
};

/** `isWanted`: active, and all that was asked. Without ids only such are listed. */
export type Listed = { readonly id: number; readonly versions: Versions; readonly isWanted: boolean };

const AT_LOCATION = `
  select from weekly_hours h where h.organisation_id = p.organisation_id and h.practitioner_id = p.id and h.location_id = $5
  union all
  select from hours_plan_hours h join hours_plan hp on hp.organisation_id = h.organisation_id and hp.id = h.plan_id
   where hp.organisation_id = p.organisation_id and hp.practitioner_id = p.id and h.location_id = $5
  union all
  select from date_override_hours h
   where h.organisation_id = p.organisation_id and h.practitioner_id = p.id and h.location_id = $5`;

const WANTED = `
  p.active
  and case when $3::bigint is null
           then exists (select from offering o where o.organisation_id = p.organisation_id and o.practitioner_id = p.id)
           else exists (select from offering o where o.organisation_id = p.organisation_id and o.practitioner_id = p.id
                                                 and o.session_type_id = $3) end
  and ($4::text[] is null or exists (select from unnest(p.languages) as spoken, unnest($4::text[]) as asked
                                      where spoken = asked or starts_with(spoken, asked || '-')))
  and ($5::bigint is null or exists (${AT_LOCATION}))`;

const LIST = `select p.id, p.schedule_version as version, p.revision, `;
const LIST_WANTED = {
  name: 'among_list',
  text: scoped(`${LIST} true as "isWanted" from practitioner p
                 where p.organisation_id = scope.organisation_id and $2::bigint[] is null and ${WANTED}
                 order by p.id limit $6`),
};
const LIST_NAMED = {
  name: 'among_list_named',
  text: scoped(`${LIST} ${WANTED} as "isWanted" from practitioner p
                 where p.organisation_id = scope.organisation_id and p.id = any($2::bigint[])
                 order by p.id limit $6`),
};

type ListRow = { id: number; version: number; revision: number; isWanted: boolean };

/** By id, at most `most`. */
export async function listAmong(
  pool: pg.Pool,
  organisationId: number,
  { practitionerIds, sessionTypeId, languages, locationId }: Wanted,
  most: number,
): Promise<Listed[]> {
  const rows = await readOnLane<ListRow>(pool, {
    ...(practitionerIds === null ? LIST_WANTED : LIST_NAMED),
    values: [
      String(organisationId),
      practitionerIds && [...practitionerIds],
      sessionTypeId,
      languages && [...languages],
      locationId,
      most,
    ],
  });
  return rows.map(({ id, version, revision, isWanted }) => ({
    id,
    versions: { schedule: version, revision },
    isWanted,
  }));
}

/** What there is to choose from in a practice: its active session types, and whether it has a location. */
export async function readChoices(
  pool: pg.Pool,
  organisationId: number,
  locationId: number | null,
): Promise<{ readonly sessionTypes: readonly { id: number; name: string }[]; readonly hasLocation: boolean }> {
  const [row] = await readOnLane<{ sessionTypes: { id: number; name: string }[]; hasLocation: boolean }>(pool, {
    name: 'among_choices',
    text: scoped(`select coalesce((select json_agg(json_build_object('id', s.id, 'name', s.name) order by s.id)
                                     from session_type s
                                    where s.organisation_id = scope.organisation_id and s.active), '[]') as "sessionTypes",
                         exists (select from location l where l.organisation_id = scope.organisation_id
                                                          and l.id = $2::bigint) as "hasLocation"`),
    values: [String(organisationId), locationId],
  });
  return row ?? { sessionTypes: [], hasLocation: false };
}

/** Epoch minutes `[from, to)` of one of many, and what is to be counted and read besides. */
export type AmongQuestion = MoreAsked & {
  readonly practitionerId: number;
  readonly from: number;
  readonly to: number;
  readonly counting?: Counting;
};

const COLUMNS: Names = {
  organisation: 'scope.organisation_id',
  practitioner: 'p.id',
  from: 'q.since',
  to: 'q.until',
  since: `(q.since - interval '${LONGEST_OCCUPANCY_MINUTES} minutes')`,
  except: (id) => `${id} is distinct from ${NO_SESSION}`,
  countFrom: 'q.count_since',
  countTo: 'q.count_until',
  client: '$7::text',
};
export const BUSY_AMONG = {
  name: 'busy_among',
  text: scoped(`
    select p.id, p.schedule_version as version, p.revision, ${takenBy(COLUMNS)} as rows, ${isClaimed(COLUMNS)} as claimed,
           case when ${isClaimed(COLUMNS)} then ${claimedBy(COLUMNS)} end as claims,
           case when q.count_since is not null then ${countedBy(COLUMNS)} end as counted,
           case when q.group_type is not null then ${groupsBy(COLUMNS, 'q.group_type', '$7::text')} end as groups,
           case when q.group_type is not null then ${heldBy(COLUMNS, 'q.group_type', '$7::text')} end as held
      from unnest($2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $8::bigint[])
           as q (id, since, until, count_since, count_until, group_type)
      join practitioner p on p.organisation_id = scope.organisation_id and p.id = q.id`),
};

/** By practitioner, each with the versions of the same moment. Ids of nobody are left out. */
export async function readBusyAmong(
  pool: pg.Pool,
  organisationId: number,
  questions: readonly AmongQuestion[],
  asks: { readonly now: Temporal.Instant; readonly clientSubject: string | null },
): Promise<Map<number, Busy>> {
  // Not on a lane: of hundreds it takes some 100 ms.
  const rows = await named<BusyRow & { id: number }>(pool, {
    ...BUSY_AMONG,
    values: [
      String(organisationId),
      questions.map(({ practitionerId }) => practitionerId),
      questions.map(({ from }) => instantText(from)),
      questions.map(({ to }) => instantText(to)),
      questions.map(({ counting }) => counting && instantText(counting.from)),
      questions.map(({ counting }) => counting && instantText(counting.to)),
      asks.clientSubject ?? '',
      questions.map(({ group }) => group?.sessionTypeId),
    ],
  });
  const units = await readUnits(pool, organisationId, questions, asks.now);
  const countings = new Map(questions.map(({ practitionerId, counting }) => [practitionerId, counting]));
  return new Map(
    rows.map((row) => {
      const counting = countings.get(row.id);
      return [row.id, { ...busyOf(row, { now: asks.now, ...(counting ? { counting } : {}) }), units }];
    }),
  );
}

const UNITS_AMONG = {
  name: 'units_among',
  text: scoped(
    `select ${unitsBy(
      {
        organisation: 'scope.organisation_id',
        from: '$3',
        to: '$4',
        since: `($3::timestamptz - interval '${LONGEST_OCCUPANCY_MINUTES} minutes')`,
        except: COLUMNS.except,
      },
      '$2',
    )} as units`,
  ),
};

/** Units are shared: their time is read once, for all stretches together. Null where none is needed. */
async function readUnits(
  pool: pg.Pool,
  organisationId: number,
  questions: readonly AmongQuestion[],
  now: Temporal.Instant,
): Promise<Busy['units']> {
  const ids = new Set(questions.flatMap(({ units = [] }) => units));
  if (ids.size === 0) return null;
  const from = Math.min(...questions.map((question) => question.from));
  const to = Math.max(...questions.map((question) => question.to));
  const [row] = await readOnLane<{ units: string }>(pool, {
    ...UNITS_AMONG,
    values: [String(organisationId), [...ids], instantText(from), instantText(to)],
  });
  return unitsIn(numbersIn(row?.units ?? '{}'), expiredAt(now)).busy;
}

export const SHARES = {
  name: 'among_shares',
  text: scoped(`select q.id, s.booked_at as "bookedAt", s.minutes
                    from unnest($2::bigint[]) as q (id),
                         lateral (select date_part('epoch', max(s.created_at)) as booked_at,
                                         coalesce(sum(date_part('epoch', s.ends_at - s.starts_at)), 0) / 60 as minutes
                                    from session s
                                   where s.organisation_id = scope.organisation_id and s.practitioner_id = q.id and s.live
                                     and s.starts_at >= $3::timestamptz and s.starts_at < $4::timestamptz) as s`),
};

/** What each of many has been given of late and will be given: live sessions that start in `[from, to)`, in epoch minutes. */
export async function readShares(
  pool: pg.Pool,
  organisationId: number,
  practitionerIds: readonly number[],
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Map<number, { readonly bookedAt: number | null; readonly minutes: number }>> {
  // Not on a lane either: it counts what hundreds do in four months.
  const rows = await named<{ id: number; bookedAt: number | null; minutes: number }>(pool, {
    ...SHARES,
    values: [String(organisationId), [...practitionerIds], instantText(from), instantText(to)],
  });
  return new Map(rows.map(({ id, bookedAt, minutes }) => [id, { bookedAt, minutes }]));
}
