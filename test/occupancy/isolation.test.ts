import { afterAll, beforeAll, expect, test } from 'vitest';
import { placeHold } from '../../src/occupancy/place-hold.ts';
import { ask, forbiddenBy, MICHAEL, openDesk, stretch, type OpenDesk } from './open-desk.ts';

/** What the database itself says has an organisation, and so must be closed to every other. */
const TENANT_TABLES = `
  select c.relname as name, c.relrowsecurity as secured, c.relforcerowsecurity as forced,
         array(select p.polname::text from pg_policy p where p.polrelid = c.oid order by 1) as policies,
         (select p.polcmd = '*' and p.polpermissive and pg_get_expr(p.polqual, p.polrelid) = '(organisation_id = current_organisation())'
            from pg_policy p where p.polrelid = c.oid and p.polname = 'of_organisation') as closed,
         (select a.attnum = i.indkey[0] from pg_index i where i.indrelid = c.oid and i.indisprimary) as led
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organisation_id' and not a.attisdropped
   where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace order by 1`;

/** They have the column as a mere fact: the one practice of the installation, and the way from public ids. */
const UNSCOPED = ['directory', 'installation'];
/** Asked across organisations, each for one named purpose. */
const SCANNED = [
  'api_key',
  'circuit',
  'connection',
  'drift',
  'fulfilment',
  'idempotency_key',
  'letter',
  'organisation',
  'outside_object',
  'sweep',
  'webhook_endpoint',
];
/** What each of them is asked for, and no more: a key is found by its digest, the runners claim what is due, the metrics count, the sweep of keys locks and
 *  removes, news of a letter or a meeting finds it, the follower of the journal goes round the organisations. */
const SCANS: Readonly<Record<string, readonly string[]>> = {
  api_key: ['scan_read'],
  circuit: ['scan_read'],
  connection: ['scan_read', 'scan_write'],
  drift: ['scan_read'],
  fulfilment: ['scan_claim', 'scan_read'],
  idempotency_key: ['scan_lock', 'scan_read', 'scan_remove'],
  letter: ['scan_read'],
  organisation: ['scan_read'],
  outside_object: ['scan_read'],
  sweep: ['scan_claim', 'scan_read'],
  webhook_endpoint: ['scan_claim', 'scan_read'],
};
/** Written once, and never again. */
const APPEND_ONLY = ['journal', 'meeting_event'];
/** Changed, never removed. */
const LASTING: readonly string[] = ['resource', 'practitioner', 'session_type', 'api_key'];

/** A row of each table of events. */
const EVENT_ROWS = [
  'insert into event_follower (organisation_id) values (:org)',
  `insert into event (organisation_id, id, type, at, subject_kind, subject_id, sequence, data)
   values (:org, 1, 't', now(), 'x', 1, 1, '{}')`,
  `insert into webhook_endpoint (organisation_id, id, url, secret_sealed, created_at) values (:org, 1, 'u', 's', now())`,
  `insert into webhook_delivery (organisation_id, endpoint_id, event_id, subject_kind, subject_id, due_at)
   values (:org, 1, 1, 'x', 1, now())`,
  `insert into webhook_attempt (organisation_id, endpoint_id, event_id, attempt, at, duration_ms, outcome)
   values (:org, 1, 1, 1, now(), 1, 'failed')`,
];

/** A row of each table of practitioners' own accounts. */
const CONNECTION_ROWS = [
  `insert into connection (organisation_id, practitioner_id, provider, account_id, account_address, scopes, state,
          sealed, key_id, connected_at, checked_at)
   values (:org, ${MICHAEL}, 'zoom', 'a', 'm@example.com', '{}', 'connected', 's', 'k', now(), now())`,
  `insert into connection_request (organisation_id, state_digest, practitioner_id, provider, actor_role, actor_ref,
          redirect_uri, sealed_verifier, expires_at)
   values (:org, 'd', ${MICHAEL}, 'zoom', 'staff', 'staff:desk', 'https://x', 's', now())`,
  `insert into sweep (organisation_id, provider, host, practitioner_id, placed_at, due_at)
   values (:org, 'zoom', 'h', ${MICHAEL}, now(), now())`,
  `insert into drift (organisation_id, provider, host, kind, object_kind, subject, provider_id, session_id, starts_at, state,
          first_found_at, last_found_at)
   values (:org, 'zoom', 'h', 'unknown', 'meeting', 'thing 1', '1', 1, now(), 'settled', now(), now())`,
];

/** A row of each table of a schedule. */
const SCHEDULE_ROWS = [
  `insert into location (organisation_id, id, name, zone) values (:org, 1, 'l', 'UTC')`,
  `insert into hours_plan (organisation_id, id, practitioner_id, first_date) values (:org, 1, ${MICHAEL}, '2031-01-01')`,
  'insert into hours_plan_hours values (:org, 1, 1, 0, 60, 1)',
  `insert into date_override values (:org, ${MICHAEL}, '2031-01-01')`,
  `insert into date_override_hours values (:org, ${MICHAEL}, '2031-01-01', 0, 60, 1)`,
  `insert into time_off (organisation_id, practitioner_id, first_date, from_minute, to_minute)
   values (:org, ${MICHAEL}, '2031-01-01', 0, 1440)`,
];

/** A row of each table of series, of who waits and of what is offered. */
const SERIES_ROWS = [
  `insert into series (organisation_id, id, practitioner_id, client_id, session_type_id, frequency, zone, created_at)
   select :org, 1, ${MICHAEL}, min(id), 1, 'weekly', 'UTC', now() from client`,
  `insert into series_date (organisation_id, series_id, position, wall_start) values (:org, 1, 1, '2030-01-15T10:00')`,
  `insert into waitlist_entry (organisation_id, id, client_id, session_type_id, first_date, last_date, created_at)
   select :org, 1, min(id), 1, '2030-01-15', '2030-01-15', now() from client`,
  `insert into offer (organisation_id, id, kind, client_id, entry_id, created_at, expires_at)
   select :org, 1, 'waitlist', min(id), 1, now(), now() from client`,
  'insert into offer_time (organisation_id, offer_id, position, hold_id) select :org, 1, 1, min(id) from hold',
];

type Table = {
  readonly name: string;
  readonly secured: boolean;
  readonly forced: boolean;
  readonly policies: readonly string[];
  readonly closed: boolean | null;
  readonly led: boolean | null;
};

let desk: OpenDesk;
let tables: readonly Table[];
let stranger: number;
/** The first one's booking, and a copy of its ids among the strangers. */
let appointmentId: number;

beforeAll(async () => {
  desk = await openDesk();
  tables = (await desk.sql<Table>(TENANT_TABLES)).filter(({ name }) => !UNSCOPED.includes(name));
  appointmentId = await desk.book('ann', '10:00');
  await desk.act(async (tx, by) => {
    const [type] = await ask<{ id: number }>(tx, 'select id from session_type limit 1');
    await placeHold(tx, by, {
      practitionerId: MICHAEL,
      sessionTypeId: type?.id ?? 0,
      zone: 'Europe/Berlin',
      wallStart: '2030-01-15T10:00',
      holder: 'client:ann',
      time: stretch('12:00', '13:00'),
      occupied: stretch('12:00', '13:00'),
      expiresAt: by.at.add({ minutes: 10 }),
    });
    const [row] = await ask<{ id: number }>(tx, 'select session_id as id from appointment');
    await ask(tx, `insert into note (organisation_id, appointment_id, kind, body) values ($1, $2, 'topic', 'x')`, [
      tx.organisationId,
      appointmentId,
    ]);
    await ask(
      tx,
      `insert into idempotency_key (organisation_id, actor, route, key, body_hash, created_at) values ($1, 'a', 'r', 'k', '', now())`,
      [tx.organisationId],
    );
    await ask(
      tx,
      `insert into api_key (organisation_id, name, digest, hint, scopes, created_by, created_at)
       values ($1, 'k', sha256('k'), 'abcdef', '{appointments:read}', 'staff:desk', now())`,
      [tx.organisationId],
    );
    await ask(
      tx,
      `insert into outside_object (organisation_id, session_id, kind, provider, host, state) values ($1, $2, 'meeting', 'zoom', 'h', 'live')`,
      [tx.organisationId, row?.id],
    );
    await ask(
      tx,
      `insert into circuit (organisation_id, provider, connection_id, failed_at) values ($1, 'zoom', 0, now())`,
      [tx.organisationId],
    );
    await ask(
      tx,
      `insert into daily_use (organisation_id, provider, connection_id, host, day, used) values ($1, 'zoom', 0, 'h', '2030-01-07', 1)`,
      [tx.organisationId],
    );
    await ask(
      tx,
      `insert into meeting_event (organisation_id, session_id, run, kind, visitor, at, told_at)
       values ($1, $2, 'r', 'started', '', now(), now())`,
      [tx.organisationId, row?.id],
    );
    await ask(
      tx,
      `insert into letter (organisation_id, session_id, appointment_id, recipient, kind, revision, state, starts_at)
       values ($1, $2, $3, 'client', 'confirmation', 1, 'queued', now())`,
      [tx.organisationId, row?.id, appointmentId],
    );
    await ask(
      tx,
      `insert into mail_trouble (organisation_id, person_kind, person_id, address_digest, kind, reason, letter_id, since)
       values ($1, 'practitioner', $2, $3, 'bounced', 'permanent', 1, now())`,
      [tx.organisationId, MICHAEL, Buffer.alloc(32)],
    );
  });
  for (const statement of [...EVENT_ROWS, ...CONNECTION_ROWS, ...SCHEDULE_ROWS, ...SERIES_ROWS])
    await desk.act((tx) => ask(tx, statement.replaceAll(':org', String(tx.organisationId))));
  stranger = desk.organisationId + 500_000;
  await desk.sql(
    'insert into organisation (organisation_id, name) values (current_organisation(), $1)',
    ['Another'],
    stranger,
  );
});
afterAll(() => desk.close());

test('every table with an organisation is closed by row-level security, forced upon its owner too, and led by it', () => {
  expect(tables.length).toBeGreaterThanOrEqual(17);
  for (const { name, policies, ...rest } of tables) {
    expect({ name, ...rest }).toEqual({ name, secured: true, forced: true, closed: true, led: true });
    expect([name, policies]).toEqual([name, ['of_organisation', ...(SCANS[name] ?? [])]]);
  }
});

test('requests run as a role that cannot pass row-level security', async () => {
  const [role] = await desk.sql<{ passes: boolean }>(
    'select rolsuper or rolbypassrls as passes from pg_roles where rolname = current_user',
  );
  expect(role).toEqual({ passes: false });
});

test('every tenant table has rows to be seen, so that seeing none elsewhere means something', async () => {
  // Nobody has written weekly hours in the other organisation; here all are filled.
  for (const { name } of tables) expect([name, await count(name, desk.organisationId)]).not.toEqual([name, 0]);
});

test('no row of another organisation is seen, in any table', async () => {
  for (const { name } of tables) {
    const seen = await desk.sql<{ n: number }>(
      `select count(*)::int as n from ${name} where organisation_id <> current_organisation()`,
      [],
      stranger,
    );
    expect([name, seen[0]?.n]).toEqual([name, 0]);
    expect([name, await count(name, stranger)]).toEqual([name, name === 'organisation' ? 1 : 0]);
  }
});

test('without an organisation there is no row at all', async () => {
  for (const { name } of tables) {
    const [row] = await desk.work.unscoped((tx) => ask<{ n: number }>(tx, `select count(*)::int as n from ${name}`));
    expect([name, row?.n]).toEqual([name, 0]);
  }
});

test('a scan sees the table it is named for, and no other', async () => {
  for (const purpose of [...SCANNED, 'session']) {
    for (const { name } of tables) {
      const [row] = await desk.work.scan(purpose, (tx) =>
        ask<{ n: number }>(tx, `select count(*)::int as n from ${name}`),
      );
      expect([purpose, name, (row?.n ?? 0) > 0]).toEqual([purpose, name, name === purpose && SCANNED.includes(name)]);
    }
  }
});

test('a scan writes no more than its purpose asks for', async () => {
  for (const name of SCANNED) {
    const copy = `insert into ${name} select * from ${name} limit 1`;
    expect(await forbiddenBy(scan(name, copy))).toMatch(/row-level security policy/);
  }
  expect(await scan('fulfilment', 'delete from fulfilment')).toEqual([]);
  expect(await forbiddenBy(scan('idempotency_key', `update idempotency_key set status = 500`))).toMatch(
    /row-level security policy/,
  );
});

test('the journal is only added to, whoever asks', async () => {
  for (const statement of ['update journal set revision = 9', 'delete from journal', 'truncate journal']) {
    expect([statement, await forbiddenBy(desk.sql(statement))]).toEqual([
      statement,
      'permission denied for table journal',
    ]);
  }
});

test('what others name without a foreign key is never removed, whoever asks', async () => {
  for (const name of LASTING) {
    expect(await forbiddenBy(desk.sql(`delete from ${name}`))).toBe(`permission denied for table ${name}`);
  }
});

test('no row of another organisation is changed, moved or deleted, in any table', async () => {
  for (const { name } of tables.filter((table) => !APPEND_ONLY.includes(table.name))) {
    const removal = `delete from ${name} where organisation_id = ${desk.organisationId} returning 1`;
    for (const statement of [
      ...(LASTING.includes(name) ? [] : [removal]),
      `update ${name} set organisation_id = organisation_id where organisation_id = ${desk.organisationId} returning 1`,
      `update ${name} set organisation_id = current_organisation() where organisation_id = ${desk.organisationId} returning 1`,
    ]) {
      expect([statement, await desk.sql(statement, [], stranger)]).toEqual([statement, []]);
    }
  }
  expect((await desk.sql('select id from appointment')).length).toBe(1);
});

test('no row is written into another organisation, in any table', async () => {
  for (const { name } of tables) {
    const columns = await desk.sql<{ name: string }>(
      `select string_agg(quote_ident(attname), ', ' order by attnum) as name from pg_attribute
        where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attidentity = ''
          and attname <> 'organisation_id'`,
      [name],
    );
    const list = columns[0]?.name ?? '';
    // A copy of an own row, under the other's name: as far as constraints go it could stand.
    const copy = `insert into ${name} (organisation_id, ${list}) select ${stranger}, ${list} from ${name} limit 1`;
    expect([name, await forbiddenBy(desk.sql(copy))]).toEqual([
      name,
      `new row violates row-level security policy for table "${name}"`,
    ]);
    if (APPEND_ONLY.includes(name)) continue;
    const give = `update ${name} set organisation_id = ${stranger}`;
    expect([name, await forbiddenBy(desk.sql(give))]).toEqual([
      name,
      `new row violates row-level security policy for table "${name}"`,
    ]);
  }
});

test('the same time of a practitioner with the same id is free in another organisation', async () => {
  await desk.sql(
    `with r as (insert into resource (organisation_id, id, kind) values (current_organisation(), $1, 'practitioner') returning 1)
     insert into practitioner (organisation_id, id, name, email, zone)
     select current_organisation(), $1, 'M', 'm@example.com', 'UTC' from r`,
    [MICHAEL],
    stranger,
  );
  const take = `
    with t as (insert into session_type (organisation_id, name, length_minutes) values (current_organisation(), 'A', 60) returning id),
         o as (insert into occupancy (organisation_id, resource_id, during, session_id)
               values (current_organisation(), $1, tstzrange($2, $3), nextval('public_id')) returning id, session_id, during)
    insert into session (organisation_id, id, practitioner_id, session_type_id, starts_at, ends_at, occupied, zone, wall_start, occupancy_id)
    select current_organisation(), o.session_id, $1, t.id, $2, $3, o.during, 'UTC', '2030-01-15T09:00', o.id from t, o returning id`;
  const { from, to } = stretch('10:00', '11:00');
  const made = await desk.sql<{ id: number }>(take, [MICHAEL, from.toString(), to.toString()], stranger);
  expect(made).toHaveLength(1);
  expect(await desk.taken()).toHaveLength(2);
});

async function count(table: string, organisation: number): Promise<number> {
  return (await desk.sql<{ n: number }>(`select count(*)::int as n from ${table}`, [], organisation))[0]?.n ?? -1;
}

/** What a statement gives back inside a scan. */
async function scan(purpose: string, statement: string): Promise<unknown[]> {
  return await desk.work.scan(purpose, (tx) => ask(tx, `${statement} returning 1`));
}
