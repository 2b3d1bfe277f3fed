// Free times over 1,000 practitioners and 14 days: the soonest ten, each one's first, one of anybody, and a month's counts; of
// people who are a third taken, and of people who are booked out for a week. Judged in milliseconds, and against M.
import pg from 'pg';
import type { Child } from './child.ts';
import {
  BUSY_DATES,
  FIRST_ID,
  insertAppointments,
  insertPractitioners,
  takenBy,
  ZONE,
  type Stretch,
} from './data-set.ts';
import { drive, get } from './driver.ts';
import { inTurn, median, show, type Bench, type Contestant } from './measure.ts';

type Servers = { readonly product: Child | null; readonly token: string; readonly m: Child; readonly url: string };

const COUNT = 1_000;
const DAYS = 14;
/** Of server time, for the soonest times. */
const MARK_MS = 25;
const A_DAY = 5;
const ALL_DAY = 16;
const BOOKED_OUT_DAYS = 5;
const DATES = BUSY_DATES.slice(0, 10);
const FROM = BUSY_DATES[0]!;

/** Who is asked: those who offer it, far from the data set's ids. */
const TEAMS = [
  { sessionType: 'Search', firstId: FIRST_ID + 1_000_000, taken: () => A_DAY },
  {
    sessionType: 'Search booked out',
    firstId: FIRST_ID + 2_000_000,
    taken: (day: number) => (day < BOOKED_OUT_DAYS ? ALL_DAY : A_DAY),
  },
] as const;

function lastOf(days: number): string {
  return Temporal.PlainDate.from(FROM)
    .add({ days: days - 1 })
    .toString();
}

export async function searches(bench: Bench, servers: Servers): Promise<void> {
  const { product, token, m, url } = servers;
  await fill(url);
  for (const { sessionType, firstId } of TEAMS) {
    const query = (days: number, more: string) =>
      `/api/availability?timeZone=${ZONE}&from=${FROM}&to=${lastOf(days)}&sessionType=${encodeURIComponent(sessionType)}${more}`;
    const least = `/api/availability?first=${firstId}&count=${COUNT}&from=${FROM}&to=${lastOf(DAYS)}&limit=10`;
    const contestants = [caller('M, next 10', m, get(least, null))];
    if (product) {
      for (const [name, days, more] of [
        ['next 10', DAYS, '&limit=10'],
        ['first of each', DAYS, '&view=first&limit=1000'],
        ['anybody, 10', DAYS, '&any=least-recently-booked'],
        ['counts, 31 days', 31, '&view=counts'],
      ] as const)
        contestants.push(caller(name, product, get(query(days, more), token)));
    }
    const measured = await inTurn(bench, contestants);
    show(`${sessionType.toLowerCase()}: ${COUNT} practitioners, ${DAYS} days, one caller`, measured);
    const [minimum, next] = measured.map(({ rounds }) => median(rounds.map(({ p50Ms }) => p50Ms)));
    if (next === undefined) continue;
    console.log(
      `  -> next 10: p50 ${next.toFixed(1)} ms, the mark is ${MARK_MS}; ${(minimum! / next).toFixed(1)} times as fast as M`,
    );
  }
}

function caller(name: string, server: Child, request: string): Contestant {
  return {
    name,
    pids: [server.pid],
    run: (seconds) => drive({ port: server.port, connections: 1, seconds, next: () => request, status: 200 }),
  };
}

async function fill(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>('select organisation_id as id from installation');
    const organisation = Number(rows[0]!.id);
    for (const { sessionType, firstId, taken } of TEAMS) {
      const stretches = takenBy(firstId, COUNT, DATES, taken);
      await client.query('begin');
      await client.query(`select set_config('app.organisation_id', $1, true)`, [String(organisation)]);
      await insertPractitioners(client, organisation, firstId, COUNT);
      await client.query(
        `with t as (insert into session_type (organisation_id, name, length_minutes) values ($1, $4, 60) returning id)
         insert into offering (organisation_id, practitioner_id, session_type_id)
         select $1, p.id, t.id from t, generate_series($2::bigint, $3::bigint) as p (id)`,
        [organisation, firstId, firstId + COUNT - 1, sessionType],
      );
      await insertAppointments(client, organisation, stretches);
      await insertReferences(client, firstId, stretches);
      await client.query('commit');
    }
    await client.query('vacuum analyze');
  } finally {
    await client.end();
  }
}

async function insertReferences(client: pg.ClientBase, firstId: number, all: readonly Stretch[]): Promise<void> {
  await client.query('insert into reference.resource select generate_series($1::bigint, $2::bigint)', [
    firstId,
    firstId + COUNT - 1,
  ]);
  await client.query(
    `insert into reference.occupancy (resource_id, starts_at, ends_at)
     select * from unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[])`,
    [all.map((one) => one.practitioner), all.map((one) => one.start), all.map((one) => one.end)],
  );
}
