// A database of the first version goes on with this one: its migrations run over rows that are there, and what they loosen
// or tighten stands as in a database that was made today.
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { MIGRATIONS } from '../../src/composition-database.ts';
import { migrate } from '../../src/platform/database/migrate.ts';
import { createDatabase, onServer } from '../open-database.ts';
import { quiet } from './ledger.ts';

const ORGANISATION = 1000;
const FIRST_ROWS = `
  set app.organisation_id = '${ORGANISATION}';
  insert into organisation (organisation_id, name) values (${ORGANISATION}, 'The Practice');
  insert into resource values (${ORGANISATION}, 123, 'practitioner');
  insert into practitioner (organisation_id, id, name, email, zone) values (${ORGANISATION}, 123, 'Dr. A', 'a@example.com', 'UTC');
  insert into session_type (organisation_id, id, name, length_minutes) values (${ORGANISATION}, 124, 'Talk', 60);
  insert into client (organisation_id, id, subject, name, email) values (${ORGANISATION}, 125, 'c', 'C', 'c@example.com');
  begin;
  insert into occupancy (organisation_id, id, resource_id, during, session_id)
  values (${ORGANISATION}, 1, 123, '[2030-01-01 10:00Z,2030-01-01 11:00Z)', 2);
  insert into session (organisation_id, id, practitioner_id, session_type_id, starts_at, ends_at, occupied, zone, wall_start, occupancy_id)
  values (${ORGANISATION}, 2, 123, 124, '2030-01-01 10:00Z', '2030-01-01 11:00Z', '[2030-01-01 10:00Z,2030-01-01 11:00Z)', 'UTC',
          '2030-01-01T10:00', 1);
  insert into session (organisation_id, id, practitioner_id, session_type_id, starts_at, ends_at, occupied, zone, wall_start, overriding)
  values (${ORGANISATION}, 4, 123, 124, '2030-01-01 10:00Z', '2030-01-01 11:00Z', '[2030-01-01 10:00Z,2030-01-01 11:15Z)', 'UTC',
          '2030-01-01T10:00', true);
  insert into appointment (organisation_id, id, session_id, client_id, state) values (${ORGANISATION}, 3, 2, 125, 'confirmed');
  insert into fulfilment (organisation_id, session_id, wanted_revision, wanted_at, due_at) values (${ORGANISATION}, 2, 1, now(), now());
  commit`;

const CLAIMS = `select to_char(claims_until at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as claims from practitioner`;

/** Constraints, indexes, policies and rights, each as a line. */
const SHAPE = `
  select conrelid::regclass || ' ' || pg_get_constraintdef(oid) as line from pg_constraint where connamespace = 'public'::regnamespace
  union all select indexdef from pg_indexes where schemaname = 'public'
  union all select concat_ws(' ', tablename, policyname, cmd, qual, with_check) from pg_policies
  union all select concat_ws(' ', table_name, privilege_type) from information_schema.role_table_grants
             where grantee = 'slotkeeper_app' and table_schema = 'public'
  union all select concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default)
              from information_schema.columns where table_schema = 'public'
  order by 1`;

/** The database belongs to a login as the README makes it: row-level security binds it, while it migrates too. */
async function ownedByNobodySpecial({ ownerUrl, drop }: Awaited<ReturnType<typeof createDatabase>>) {
  const login = `owner_${randomBytes(6).toString('hex')}`;
  const url = new URL(ownerUrl);
  await onServer(ownerUrl, `create role ${login} login createrole password '${login}'`);
  await onServer(ownerUrl, `alter database ${url.pathname.slice(1)} owner to ${login}`);
  [url.username, url.password] = [login, login];
  return {
    ownerUrl: url.href,
    drop: async () => {
      await drop();
      await onServer(inject('cluster').ownerUrl, `drop role ${login}`);
    },
  };
}

async function open(first: string, later?: string) {
  const { ownerUrl, drop } = await ownedByNobodySpecial(await createDatabase({ empty: true }));
  onTestFinished(drop);
  await migrate({ ownerUrl, folder: first, log: quiet });
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  onTestFinished(() => client.end());
  return {
    sql: async (text: string) => (await client.query<Record<string, unknown>>(text)).rows,
    goOn: async () => {
      if (later) await migrate({ ownerUrl, folder: later, log: quiet });
    },
  };
}

test('the first version’s rows and rights become those of this version, as if made today', async () => {
  const first = await mkdtemp(join(tmpdir(), 'slotkeeper-first-'));
  onTestFinished(() => rm(first, { recursive: true }));
  await cp(join(MIGRATIONS, '0001-house.sql'), join(first, '0001-house.sql'));
  const [old, fresh] = await Promise.all([open(first, MIGRATIONS), open(MIGRATIONS)]);
  await old.sql(FIRST_ROWS);
  await old.goOn();
  expect(await old.sql(SHAPE)).toEqual(await fresh.sql(SHAPE));
  expect(
    await old.sql('select a.id, a.state, o.resource_id from appointment a join occupancy o using (session_id)'),
  ).toEqual([{ id: '3', state: 'confirmed', resource_id: '123' }]);
  await expect(
    old.sql(`insert into occupancy (organisation_id, resource_id, during, session_id)
             values (${ORGANISATION}, 123, '[2030-01-01 10:30Z,2030-01-01 11:30Z)', 2)`),
  ).rejects.toMatchObject({ constraint: 'occupancy_no_overlap' });
  // What staff had booked over another is known to be looked for, and what they book over others now.
  expect(await old.sql(CLAIMS)).toEqual([{ claims: '2030-01-01 11:15' }]);
  await old.sql(`update session set occupied = '[2030-01-01 10:00Z,2030-01-01 11:30Z)' where id = 4`);
  expect(await old.sql(CLAIMS)).toEqual([{ claims: '2030-01-01 11:30' }]);
  // What was one client's stays so: one seat, and no unit of anything.
  expect(await old.sql('select distinct capacity, mode from session')).toEqual([{ capacity: null, mode: null }]);
  expect(await old.sql('select capacity, lengths, needs, cardinality(modes) as modes from session_type')).toEqual([
    { capacity: 1, lengths: [], needs: [], modes: 3 },
  ]);
  expect(await old.sql('select name, units, active, of_id from resource')).toEqual([
    { name: null, units: 1, active: true, of_id: null },
  ]);
  await expect(
    old.sql(`insert into appointment (organisation_id, session_id, client_id, seat_no, state)
             values (${ORGANISATION}, 2, 125, 2, 'confirmed')`),
  ).rejects.toMatchObject({ constraint: 'seat_within_capacity' });
});
