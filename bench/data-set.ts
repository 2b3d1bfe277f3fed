// The data everything is judged on: 50 practitioners, Mon-Fri 09-17 in New York, 10,000 appointments of 30 minutes, a
// service of 60 minutes on a 30-minute grid. The same stretches are taken in the product's tables and in the references'.
import type pg from 'pg';
import { foundPractice } from '../src/practitioners/found-practice.ts';
import { connect } from '../src/platform/database/connection.ts';
import { transactor } from '../src/platform/database/transaction.ts';
import { createLog } from '../src/platform/log.ts';
import { systemClock } from '../src/platform/time/clock.ts';
import { issueToken } from '../src/identity/token.ts';

export const ZONE = 'America/New_York';
export const PRACTITIONERS = 50;
/** Public ids are from 1000 by the sequence; these are far above what it reaches here. */
export const FIRST_ID = 5_000_001;
const BUSY_DAYS = 40;
const A_DAY = 5;
const HALF_HOURS = 16;
const CLIENTS = 500;
/** Beyond the busy weeks, within every horizon: for bookings that must find their slot free. */
const FREE_DAYS = 190;

export type Stretch = {
  readonly practitioner: number;
  readonly start: string;
  readonly end: string;
  readonly wall: string;
};
export type Booking = { readonly practitioner: number; readonly date: string; readonly time: string };

/** A small generator with a fixed start, so that every run is the same (Numerical Recipes, 7.1). */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Working days from the Monday after this week. */
function workdays(count: number, skip = 0): readonly string[] {
  const today = Temporal.Now.zonedDateTimeISO(ZONE).toPlainDate();
  const monday = today.add({ days: 8 - today.dayOfWeek });
  return Array.from({ length: count }, (_, at) => {
    const day = at + skip;
    return monday.add({ days: Math.floor(day / 5) * 7 + (day % 5) }).toString();
  });
}

export const BUSY_DATES = workdays(BUSY_DAYS);
export const FIRST_DATE = BUSY_DATES[0]!;
/** Has half of all appointments. */
export const BUSY_CLIENT = 'bench-0';

/** 200 of each practitioner: five half hours on each of 40 working days. */
export function taken(): readonly Stretch[] {
  return takenBy(FIRST_ID, PRACTITIONERS, BUSY_DATES, () => A_DAY);
}

/** Of each practitioner so many half hours of each day, by which day it is. */
export function takenBy(
  firstId: number,
  count: number,
  dates: readonly string[],
  halfHoursOn: (day: number) => number,
): readonly Stretch[] {
  const next = chance(1);
  return Array.from({ length: count }, (_, at) => firstId + at).flatMap((practitioner) =>
    dates.flatMap((date, day) => {
      const free = Array.from({ length: HALF_HOURS }, (_, at) => at);
      const halves = Array.from(
        { length: halfHoursOn(day) },
        () => free.splice(Math.floor(next() * free.length), 1)[0]!,
      );
      return halves
        .toSorted((a, b) => a - b)
        .map((half) => {
          const wall = Temporal.PlainDateTime.from(`${date}T09:00`).add({ minutes: half * 30 });
          const start = wall.toZonedDateTime(ZONE).toInstant();
          const end = start.add({ minutes: 30 });
          return { practitioner, start: start.toString(), end: end.toString(), wall: wall.toString().slice(0, 16) };
        });
    }),
  );
}

/** Free hours, each given once: neighbours in the list are of different practitioners. */
export function freeHours(days = FREE_DAYS, skipped = 0): () => Booking | null {
  const dates = workdays(days, BUSY_DAYS + 5);
  let at = skipped;
  return () => {
    const practitioner = FIRST_ID + (at % PRACTITIONERS);
    const hour = Math.floor(at / PRACTITIONERS) % 8;
    const date = dates[Math.floor(at / PRACTITIONERS / 8)];
    at += 1;
    return date === undefined ? null : { practitioner, date, time: `${String(9 + hour).padStart(2, '0')}:00:00` };
  };
}

/** Founds the practice in the product's own tables and fills them. Returns a service's token. */
export async function fillProduct(url: string, stretches: readonly Stretch[]): Promise<string> {
  const connection = await connect({ url, max: 1, log: createLog('warn') });
  try {
    const tools = { transactor: transactor(connection), clock: systemClock };
    const { organisationId, tokenKey } = await foundPractice(tools, { name: 'Bench' });
    const client = await connection.pool.connect();
    try {
      await client.query('begin');
      await client.query(`select set_config('app.organisation_id', $1, true)`, [String(organisationId)]);
      await insertPeople(client, organisationId);
      await insertAppointments(client, organisationId, stretches);
      await client.query('commit');
    } finally {
      client.release();
    }
    return issueToken(tokenKey, { role: 'service', subject: 'bench', organisationId }, systemClock.now());
  } finally {
    await connection.close();
  }
}

/** Mon-Fri 09-17 in the zone, on a grid of 30 minutes. */
export async function insertPractitioners(
  client: pg.ClientBase,
  organisation: number,
  firstId: number,
  count: number,
): Promise<void> {
  const range = [organisation, firstId, firstId + count - 1];
  const all = 'generate_series($2::bigint, $3::bigint) as id';
  await client.query(`insert into resource select $1, id, 'practitioner' from ${all}`, range);
  await client.query(`insert into directory select id, $1, 'practitioner' from ${all}`, range);
  await client.query(
    `insert into practitioner (organisation_id, id, name, email, zone, grid_minutes)
     select $1, id, 'Dr. ' || id, 'p' || id || '@bench.example', '${ZONE}', 30 from ${all}`,
    range,
  );
  await client.query(
    `insert into weekly_hours (organisation_id, practitioner_id, weekday, from_minute, to_minute)
     select $1, id, d, 540, 1020 from ${all}, generate_series(1, 5) as d`,
    range,
  );
}

async function insertPeople(client: pg.ClientBase, organisation: number): Promise<void> {
  await insertPractitioners(client, organisation, FIRST_ID, PRACTITIONERS);
  await client.query(
    `with t as (
       insert into session_type (organisation_id, name, length_minutes)
       values ($1, 'Initial Consultation', 60), ($1, 'Follow-up', 30) returning id, length_minutes)
     insert into offering (organisation_id, practitioner_id, session_type_id, position)
     select $1, p.id, t.id, case t.length_minutes when 60 then 0 else 1 end from t, generate_series($2::bigint, $3::bigint) as p (id)`,
    [organisation, FIRST_ID, FIRST_ID + PRACTITIONERS - 1],
  );
  await client.query(
    `insert into client (organisation_id, subject, name, email)
     select $1, 'bench-' || n, 'Client ' || n, 'c' || n || '@bench.example' from generate_series(0, $2 - 1) as n`,
    [organisation, CLIENTS],
  );
}

export function clientOf(at: number): { userId: string; userName: string; userEmail: string } {
  const n = at % CLIENTS;
  return { userId: `bench-${n}`, userName: `Client ${n}`, userEmail: `c${n}@bench.example` };
}

export async function insertAppointments(
  client: pg.ClientBase,
  organisation: number,
  all: readonly Stretch[],
): Promise<void> {
  await client.query(
    `create temp table given on commit drop as
       select nextval('public_id') as session, nextval('public_id') as occupancy, g.*
         from unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[], $4::text[]) as g (practitioner, s, e, wall)`,
    [
      all.map((one) => one.practitioner),
      all.map((one) => one.start),
      all.map((one) => one.end),
      all.map((one) => one.wall),
    ],
  );
  await client.query(
    `insert into occupancy (organisation_id, id, resource_id, during, session_id)
     select $1, occupancy, practitioner, tstzrange(s, e, '[)'), session from given`,
    [organisation],
  );
  await client.query(
    `insert into session (organisation_id, id, practitioner_id, session_type_id, starts_at, ends_at, occupied, zone,
                          wall_start, occupancy_id)
     select $1, session, practitioner, (select id from session_type where length_minutes = 30 limit 1), s, e,
            tstzrange(s, e, '[)'), '${ZONE}', wall, occupancy from given`,
    [organisation],
  );
  await client.query(
    `insert into appointment (organisation_id, session_id, client_id, state)
     select $1, session, (select min(id) from client) + case session % 2 when 0 then 0 else session % 100 end, 'confirmed'
       from given`,
    [organisation],
  );
}

/** The references' own tables: no tenant, no history, nothing but what they are asked. */
export async function fillReferences(client: pg.ClientBase, stretches: readonly Stretch[]): Promise<void> {
  await client.query(`
    create schema reference;
    create table reference.resource (id bigint primary key);
    create table reference.occupancy (
      id bigint generated always as identity primary key,
      resource_id bigint not null references reference.resource,
      starts_at timestamptz not null, ends_at timestamptz not null,
      exclude using gist (resource_id with =, tstzrange(starts_at, ends_at) with &&));
    create index on reference.occupancy (resource_id, starts_at, ends_at);
    create table reference.journal (id bigint generated always as identity primary key, at timestamptz not null,
      event text not null, subject_id bigint not null, facts jsonb not null default '{}');
    create table reference.job (id bigint generated always as identity primary key, due_at timestamptz not null,
      subject_id bigint not null)`);
  await client.query('insert into reference.resource select generate_series($1::bigint, $2::bigint)', [
    FIRST_ID,
    FIRST_ID + PRACTITIONERS - 1,
  ]);
  await client.query(
    `insert into reference.occupancy (resource_id, starts_at, ends_at)
     select * from unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[])`,
    [stretches.map((one) => one.practitioner), stretches.map((one) => one.start), stretches.map((one) => one.end)],
  );
}
