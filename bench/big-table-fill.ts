// Ten million appointments of the past in the product's own tables: 2,000 practitioners, those of the data set among them, who
// were booked out for some fifteen months. Written by SQL; what a booking would have left behind is there, but the journal.
import pg from 'pg';
import { FIRST_ID, insertPractitioners, PRACTITIONERS, ZONE } from './data-set.ts';

const ALL_PRACTITIONERS = 2_000;
const WORKDAYS = 313;
const HALF_HOURS = 16;
const CLIENTS = 20_000;
/** Some 500,000 appointments in one transaction. */
const AT_ONCE = 100;

/** Expects the data set to be there. Says how far it is. */
export async function fillBigTable(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>('select organisation_id as id from installation');
    const organisation = Number(rows[0]!.id);
    await client.query(`select set_config('app.organisation_id', $1, false)`, [String(organisation)]);
    await insertPractitioners(client, organisation, FIRST_ID + PRACTITIONERS, ALL_PRACTITIONERS - PRACTITIONERS);
    await client.query(
      `insert into client (organisation_id, subject, name, email)
       select $1, 'past-' || n, 'Client ' || n, 'past' || n || '@bench.example' from generate_series(1, $2) as n`,
      [organisation, CLIENTS],
    );
    // Rows that keep all rules by the way they are made: keys need not be looked up for each, and one index is built at the end.
    await client.query(`set session_replication_role = replica; set synchronous_commit = off`);
    const [guard] = (
      await client.query<{ text: string }>(
        `select pg_get_constraintdef(oid) as text from pg_constraint where conname = 'occupancy_no_overlap'`,
      )
    ).rows;
    await client.query('alter table occupancy drop constraint occupancy_no_overlap');
    for (let done = 0; done < ALL_PRACTITIONERS; done += AT_ONCE) {
      await insertPast(client, organisation, FIRST_ID + done);
      console.log(`  ${done + AT_ONCE} of ${ALL_PRACTITIONERS} practitioners have a past`);
    }
    await client.query(`set maintenance_work_mem = '1GB'`);
    await client.query(`alter table occupancy add constraint occupancy_no_overlap ${guard!.text}`);
    await client.query('vacuum (analyze, freeze)');
    const counted = await client.query<{ n: number }>('select count(*)::float8 as n from appointment');
    return counted.rows[0]!.n;
  } finally {
    await client.end();
  }
}

async function insertPast(client: pg.ClientBase, organisation: number, firstId: number): Promise<void> {
  await client.query('begin');
  await client.query(
    `create temp table given on commit drop as
       select nextval('public_id') as session, nextval('public_id') as occupancy, p as practitioner,
              (day + time '09:00' + half * interval '30 minutes') as wall,
              (day + time '09:00' + half * interval '30 minutes') at time zone '${ZONE}' as s,
              (day + time '09:30' + half * interval '30 minutes') at time zone '${ZONE}' as e
         from generate_series($1::bigint, $2::bigint) as p,
              generate_series($3::integer, 1, -1) as back,
              lateral (select date_trunc('week', now())::date - 7 * ((back - 1) / 5 + 1) + 4 - (back - 1) % 5 as day) as d,
              generate_series(0, $4::integer - 1) as half`,
    [firstId, firstId + AT_ONCE - 1, WORKDAYS, HALF_HOURS],
  );
  await client.query(
    `insert into occupancy (organisation_id, id, resource_id, during, session_id)
     select $1, occupancy, practitioner, tstzrange(s, e, '[)'), session from given`,
    [organisation],
  );
  await client.query(
    `insert into session (organisation_id, id, practitioner_id, session_type_id, starts_at, ends_at, occupied, zone,
                          wall_start, occupancy_id, created_at)
     select $1, session, practitioner, (select id from session_type where length_minutes = 30 limit 1), s, e,
            tstzrange(s, e, '[)'), '${ZONE}', to_char(wall, 'YYYY-MM-DD"T"HH24:MI'), occupancy, s - interval '7 days'
       from given`,
    [organisation],
  );
  await client.query(
    `insert into appointment (organisation_id, session_id, client_id, state)
     select $1, session, (select min(id) from client where subject like 'past-%') + session % ${CLIENTS}, 'completed'
       from given`,
    [organisation],
  );
  await client.query(
    `insert into fulfilment (organisation_id, session_id, wanted_revision, done_revision, wanted_at, due_at)
     select $1, session, 1, 1, s, s from given`,
    [organisation],
  );
  await client.query('commit');
}
