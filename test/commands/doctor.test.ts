// The doctor: finds each illness by name, says what to do, ends with 1 where something must be done, and changes nothing.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../../src/app.ts';
import { compose, type House } from '../../src/composition.ts';
import { examineHouse } from '../../src/commands/examine-house.ts';
import { readConfig } from '../../src/config.ts';
import { issueToken } from '../../src/identity/token.ts';
import { readPostmaster } from '../../src/platform/database/embedded-postmaster.ts';
import { migrate } from '../../src/platform/database/migrate.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { captureLog } from '../http/capture-log.ts';
import { copyLaid } from '../laid-folder.ts';
import { createDatabase, onServer } from '../open-database.ts';
import { asShipped } from '../as-shipped.ts';
import { runCommand } from './run-command.ts';

/** A Tuesday, a week or two ahead. The sandbox and the doctor are two processes, so time is the machine's. */
const today = systemClock.now().toZonedDateTimeISO('America/New_York').toPlainDate();
const tuesday = today.add({ days: 9 - today.dayOfWeek + 7 }).toString();
let folder: string;
let database: Awaited<ReturnType<typeof createDatabase>>;
let house: House;
let settings: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slotkeeper-doctor-'));
  database = await createDatabase();
  const own = { DATABASE_URL: database.ownerUrl, DATA_DIR: folder, DEMO: '1' };
  house = await compose(readConfig({ ...own, SANDBOX_PORT: '0' }), captureLog().log);
  settings = { ...own, SANDBOX_PORT: new URL(house.sandboxUrl ?? '').port };
  // One appointment that nobody has worked at: there is no worker.
  const { app } = await buildApp(house);
  const claims = { role: 'staff', subject: 'ann', organisationId: house.organisationId } as const;
  const booked = await app.inject({
    method: 'POST',
    url: '/api/appointments',
    headers: { authorization: `Bearer ${issueToken(house.tokenKey, claims, systemClock.now())}` },
    payload: {
      userId: 'john',
      userName: 'John Doe',
      userEmail: 'user@example.com',
      practitionerId: 123,
      date: tuesday,
      time: '14:00',
      sessionType: 'Initial Consultation',
    },
  });
  if (booked.statusCode !== 201) throw new Error(booked.body);
  await app.close();
});
afterAll(async () => {
  await house.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(async () => {
  await fetch(`${house.sandboxUrl}/control/faults`, { method: 'DELETE' });
});

/** What `npm run doctor` says, and how much is to be put right; processes of it are where flags and codes are proved. */
async function examine(environment: Record<string, string>): Promise<{ failures: number | null; out: string }> {
  let out = '';
  const asked = { live: false, json: false, stop: new AbortController().signal };
  const failures = await examineHouse({ ...asked, environment, write: (said) => (out += said) });
  return { failures, out };
}

/** The lines of one mark. */
const marked = (out: string, mark: string) =>
  out.split('\n').flatMap((line) => (line.startsWith(mark) ? [line.slice(6)] : []));

const sql = (statement: string) => onServer(database.ownerUrl, statement);

const order = async (fault: object) => {
  const body = JSON.stringify(fault);
  expect((await fetch(`${house.sandboxUrl}/control/faults`, { method: 'POST', body })).status).toBe(201);
};

describe('a house in order', () => {
  it('is found in order, line by line', async () => {
    const { code, out, err } = await runCommand('doctor', [], settings);
    expect(marked(out, 'FAIL')).toEqual([]);
    expect([code, err]).toEqual([0, '']);
    const seen = marked(out, 'ok').map((line) => line.split(/\s{2,}/)[0]?.trim());
    const within = ['settings', 'disk', 'database', 'clock', 'migrations', 'isolation', 'isolation', 'health'];
    const places = [...within, 'backlog', 'time zones', 'sweep', 'sandbox'];
    expect(seen).toEqual([...places, 'zoom', 'google', 'microsoft', 'mail', 'in all']);
    expect(out).toMatch(/PostgreSQL \d\d/);
  });
});

describe('settings', () => {
  it('that are mistaken are all named, and nothing else is tried', async () => {
    const { code, out } = await runCommand('doctor', [], { ...settings, PORT: 'abc', DEMO: 'yes' });
    expect(marked(out, 'FAIL')).toEqual([expect.stringContaining('PORT must'), expect.stringContaining('DEMO must')]);
    expect(code).toBe(1);
    expect(out).not.toContain('PostgreSQL');
  });

  it('that only deserve a word are no failure', async () => {
    const { failures, out } = await examine({ ...settings, SANDBOX: '1', ZOOM_API_KEY: 'x' });
    expect(marked(out, 'note')).toEqual([expect.stringContaining('ZOOM_API_KEY')]);
    expect(failures).toBe(0);
  });
});

describe('the sweep', () => {
  it('is counted over all organisations, as the metrics do', async () => {
    await sql(`insert into organisation (organisation_id, name) values (900001, 'Another')`);
    await sql(`insert into resource (organisation_id, id, kind) values (900001, 123, 'practitioner')`);
    await sql(`insert into practitioner (organisation_id, id, name, email, zone)
               values (900001, 123, 'Dr. Other', 'other@example.com', 'Europe/Oslo')`);
    for (const organisation of [house.organisationId, 900_001]) {
      await sql(`insert into sweep (organisation_id, provider, host, practitioner_id, placed_at, due_at)
                 values (${organisation}, 'google', 'h', 123, now() - interval '3 days', now())`);
      await sql(`insert into drift (organisation_id, provider, host, kind, object_kind, subject, provider_id, session_id, starts_at,
                        state, reason, first_found_at, last_found_at)
                 values (${organisation}, 'google', 'h', 'unknown', 'calendar_event', 'thing e', 'e', 77, now(),
                        'open', 'not_proved', now(), now())`);
    }
    const { out } = await examine(settings);
    expect(marked(out, 'FAIL').filter((line) => line.startsWith('sweep'))).toEqual([
      expect.stringContaining('2 unknown (google)'),
      expect.stringContaining('2 of 2 calendars'),
    ]);
    await sql(`delete from drift; delete from sweep; delete from practitioner where organisation_id = 900001;
               delete from resource where organisation_id = 900001; delete from organisation where organisation_id = 900001`);
  });
});

describe('a database', () => {
  it('that cannot be reached is told without its password', async () => {
    const url = 'postgres://somebody:geheim@127.0.0.1:1/x';
    const { failures, out } = await examine({ ...settings, DATABASE_URL: url });
    expect(marked(out, 'FAIL')).toEqual([expect.stringMatching(/^database .*DATABASE_URL/)]);
    expect(out).not.toContain('geheim');
    expect(failures).toBe(1);
  });

  it('not laid yet is only told of, and stays as it is', async () => {
    const empty = await createDatabase({ empty: true });
    const { failures, out } = await examine({ ...settings, DATABASE_URL: empty.ownerUrl });
    expect(marked(out, 'note')).toContainEqual(expect.stringMatching(/^migrations +0 applied; .*0001-house.sql/));
    expect(failures).toBe(0);
    await expect(onServer(empty.ownerUrl, 'select from slotkeeper_migration')).rejects.toMatchObject({ code: '42P01' });
    await empty.drop();
  });

  it('of an older version is told what the next start does to it, and is no failure', async () => {
    const older = await createDatabase({ empty: true });
    const place = await mkdtemp(join(tmpdir(), 'slotkeeper-older-'));
    await copyFile('migrations/0001-house.sql', join(place, '0001-house.sql'));
    await migrate({ ownerUrl: older.ownerUrl, folder: place, log: captureLog().log });
    const { failures, out } = await examine({ ...settings, DATABASE_URL: older.ownerUrl });
    expect(marked(out, 'FAIL')).toEqual([]);
    expect(out).toMatch(/1 applied; the next start applies 0002-.*Work is looked at after that/);
    expect(failures).toBe(0);
    await older.drop();
    await rm(place, { recursive: true });
  });

  it('whose history was changed is told so', async () => {
    await sql(`update slotkeeper_migration set checksum = 'x' || checksum`);
    const { failures, out } = await examine(settings);
    await sql('update slotkeeper_migration set checksum = substr(checksum, 2)');
    expect(marked(out, 'FAIL')).toEqual([expect.stringContaining('was changed after it was applied')]);
    expect(failures).toBe(1);
  });

  it('with one table that does not force row-level security is found out', async () => {
    await sql('alter table client no force row level security');
    const { failures, out } = await examine(settings);
    await sql('alter table client force row level security');
    expect(marked(out, 'FAIL')).toEqual([expect.stringMatching(/^isolation .* not forced on client:/)]);
    expect(failures).toBe(1);
  });
});

describe('for a machine', () => {
  it('the same is told as JSON, and those outside this machine are asked only where it is wished', async () => {
    const real = { ...settings, SMTP_URL: 'smtp://127.0.0.1:1' };
    const { code, out } = await runCommand('doctor', ['--json'], real);
    const told = JSON.parse(out) as { ok: boolean; failures: number; findings: { mark: string; what: string }[] };
    expect([code, told.ok, told.failures]).toEqual([0, true, 0]);
    expect(told.findings).toContainEqual(expect.objectContaining({ mark: 'note', what: 'outside' }));
    expect(told.findings.map(({ what }) => what)).not.toContain('mail');
  });
});

describe('what wears a practice out', () => {
  it('is told by its kinds: leases, times that are another by now, a wall that is down', async () => {
    await sql(`update fulfilment set lease_until = '2020-01-01T00:00:00Z'`);
    await sql(`update session set zone = 'Asia/Kolkata'`);
    await sql('alter table occupancy rename constraint occupancy_no_overlap to something_else');
    const { failures, out } = await examine(settings);
    await sql('alter table occupancy rename constraint something_else to occupancy_no_overlap');
    await sql(`update session set zone = 'America/New_York'`);
    await sql(`update fulfilment set lease_until = null`);
    expect(marked(out, 'FAIL')).toEqual([
      expect.stringMatching(/^health .*occupancy_no_overlap is gone/),
      expect.stringMatching(/^leases .*1 sessions were left in the middle/),
      expect.stringMatching(/^time zones .*1 agreed times in Asia\/Kolkata are another wall time/),
    ]);
    expect(failures).toBe(3);
  });
});

describe('a backlog', () => {
  it('is told by its kinds', async () => {
    await sql(`update fulfilment set due_at = '2020-01-01T00:00:00Z'`);
    await sql(`insert into outside_object (organisation_id, session_id, kind, provider, host, state, last_error)
               select organisation_id, id, 'calendar_event', 'google', 'a@b.example', 'creating', 'refused 403 rateLimit'
                 from session`);
    await sql(`insert into letter (organisation_id, session_id, appointment_id, recipient, kind, revision, state, starts_at)
               select organisation_id, session_id, id, 'client', 'confirmation', 1, 'refused', '2030-01-08T19:00:00Z'
                 from appointment`);
    const { failures, out } = await examine(settings);
    expect(marked(out, 'FAIL').filter((line) => line.startsWith('backlog'))).toEqual([
      expect.stringMatching(/1 sessions are overdue, one since 2020-01-01T00:00:00Z/),
      expect.stringMatching(/1 meetings or events are in error: refused 403 rateLimit/),
      expect.stringMatching(/1 letters were refused/),
    ]);
    expect(failures).toBe(marked(out, 'FAIL').length);
    for (const table of ['letter', 'outside_object']) await sql(`delete from ${table}`);
    await sql('update fulfilment set due_at = wanted_at');
  });
});

describe('a provider', () => {
  it('that takes no credentials, and one that is down, are told apart', async () => {
    await order({ provider: 'zoom', operation: 'token', status: 400, times: 9 });
    await order({ provider: 'google', operation: 'list', status: 503, times: 9 });
    const { failures, out } = await examine(settings);
    expect(marked(out, 'FAIL').toSorted()).toEqual([
      expect.stringMatching(/^google .*cannot be reached, or asks to wait/),
      expect.stringMatching(/^zoom .*token 400/),
    ]);
    expect(failures).toBe(2);
  });

  it('of mail that is not there is told', async () => {
    const { code, out } = await runCommand('doctor', ['--live'], { ...settings, SMTP_URL: 'smtp://127.0.0.1:1' });
    expect(marked(out, 'FAIL')).toEqual([expect.stringMatching(/^mail .*cannot be reached/)]);
    expect(code).toBe(1);
  });
});

it('whose reader has seen enough goes on to its end in silence', async () => {
  const child = spawn(process.execPath, asShipped('commands/doctor.ts'), {
    env: { PATH: process.env['PATH'], ...settings },
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect([code, err]).toEqual([0, '']);
});

it('on the embedded database looks at the running one, and leaves it running', async () => {
  const { DATABASE_URL: _, ...others } = settings;
  const data = await mkdtemp(join(tmpdir(), 'slotkeeper-doctor-data-'));
  // As root the database runs as another account, which must get in.
  await chmod(data, 0o711);
  await copyLaid('bare', join(data, 'postgres'));
  const child = spawn(process.execPath, ['test/database/hold-embedded.ts', join(data, 'postgres')]);
  const told = JSON.parse(String((await once(child.stdout, 'data'))[0])) as { ownerUrl: string; folder: string };
  const { failures, out } = await examine({ ...others, DATA_DIR: data });
  expect(marked(out, 'ok')).toContainEqual(expect.stringMatching(/^database +PostgreSQL/));
  const server = await readPostmaster(told.folder);
  const way = `Our own runs in ${told.folder}. Once no Slotkeeper uses it: kill -INT ${'pid' in server ? server.pid : 0} ends it.`;
  expect(out).toContain(way);
  expect(failures).toBe(0);
  await onServer(told.ownerUrl, 'select 1');
  child.stdin.end();
  await once(child, 'exit');
  await rm(told.folder, { recursive: true, force: true });
  await rm(data, { recursive: true, force: true });
});
