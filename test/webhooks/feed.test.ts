// The feed: every public entry of the journal once, in an order that does not change behind a reader's back, however late
// a transaction commits and whoever else is telling.
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listFacts } from '../../src/appointments/store-facts.ts';
import type { Actor } from '../../src/identity/actor.ts';
import { record } from '../../src/journal/record.ts';
import type { Transaction } from '../../src/platform/database/transaction.ts';
import { documentOf, type EventRow } from '../../src/webhooks/event.ts';
import { publishEvents, removeOldEvents } from '../../src/webhooks/publish-events.ts';
import { readEvents } from '../../src/webhooks/read-events.ts';
import { insertTestEvent } from '../../src/webhooks/store-events.ts';
import { ask, openDesk, type OpenDesk } from '../occupancy/open-desk.ts';

let desk: OpenDesk;
let staff: Actor;
/** The place of a reader who has seen all there was before a test. */
let start: number;

beforeAll(async () => {
  desk = await openDesk();
  const { organisationId } = desk;
  staff = { organisationId, role: 'staff', subject: 'a', email: null, practitionerId: null, key: 'staff:a' };
});
afterAll(() => desk.close());
beforeEach(async () => {
  while ((await publish()).more);
  start = (await read(null, { types: [] })).place;
});

const publish = () =>
  publishEvents({ transactor: desk.work, clock: desk.clock, describe: listFacts }, desk.organisationId);
const settled = async (): Promise<boolean> => {
  await publish();
  const [row] = await desk.sql<{ settled: boolean }>(
    'select low_id = (select max(id) from journal) as settled from event_follower where organisation_id = $1',
    [desk.organisationId],
  );
  return row?.settled ?? false;
};
/** Until nothing is looked at again; whoever uses the same server, in another database too, may hold that up. */
const settle = async () => {
  await expect.poll(settled, { timeout: 20_000 }).toBe(true);
};
const read = (after: number | null, over: object = {}) =>
  readEvents({ transactor: desk.work }, staff, {
    after,
    since: null,
    types: null,
    appointmentId: null,
    limit: 50,
    ...over,
  });
const told = (events: readonly EventRow[]) =>
  events.map(({ type, subjectId, sequence }) => [type, subjectId, sequence]);
/** An entry about a session type, as an act writes it: the change first. */
const note = async (tx: Transaction, id: number, revision = 1) => {
  await ask(tx, 'update session_type set revision = revision where id = $1', [id]);
  await record(tx, {
    at: desk.clock.now(),
    event: 'session_type.changed',
    actor: { role: 'staff', ref: 'staff:a' },
    subject: { kind: 'session_type', id },
    revision,
    facts: { fields: ['name'], secret: 'not told' },
  });
};

test('an appointment is told from its booking to its end, numbered, in ids and plain facts', async () => {
  const id = await desk.book('ann', '09:00');
  await publish();
  await desk.move(id, '10:00');
  await desk.cancel(id);
  await publish();
  const { events, more } = await read(start);
  expect(more).toBe(false);
  expect(told(events)).toEqual([
    ['appointment.booked', id, 1],
    ['appointment.rescheduled', id, 2],
    ['appointment.cancelled', id, 3],
  ]);
  const [booked, moved] = events.map(documentOf);
  expect(booked).toEqual({
    id: expect.stringMatching(/^evt_\d+$/) as string,
    type: 'appointment.booked',
    timestamp: '2030-01-14T08:00:00Z',
    subject: { kind: 'appointment', id },
    sequence: 1,
    data: {
      revision: 1,
      by: 'staff',
      appointment: {
        id,
        revision: 1,
        status: 'confirmed',
        start: '2030-01-15T08:00:00Z',
        end: '2030-01-15T09:00:00Z',
        timeZone: 'Europe/Berlin',
        practitionerId: 789,
        sessionTypeId: expect.any(Number) as number,
        clientId: expect.any(Number) as number,
        platform: null,
        cancelledBy: null,
      },
    },
  });
  expect(moved?.data).toMatchObject({ from: '2030-01-15T08:00:00Z' });
  expect(JSON.stringify(events)).not.toMatch(/ann|example\.com|staff:/);
});

test('an entry that commits behind a later one is told after it, and no reader misses it', async () => {
  const { promise: written, resolve: write } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const late = desk.work.inOrganisation(desk.organisationId, async (tx) => {
    await note(tx, 1);
    write();
    await released;
  });
  await written;
  const id = await desk.book('bob', '11:00');
  // Several looks, so that a mark set meanwhile could have moved past the entry that nobody sees yet.
  for (let looks = 0; looks < 4; looks += 1) await publish();
  const first = await read(start);
  expect(told(first.events)).toEqual([['appointment.booked', id, 1]]);
  release();
  await late;
  await publish();
  const second = await read(first.place);
  expect(second.events.map(({ type, data }) => [type, data])).toEqual([
    ['session_type.changed', { revision: 1, by: 'staff', fields: ['name'] }],
  ]);
  const ids = await desk.sql<{ journal_id: number }>('select journal_id from event where id > $1 order by id', [start]);
  expect(ids[0]!.journal_id).toBeGreaterThan(ids[1]!.journal_id);
});

test('a transaction is known to all as one that writes before its entry has a number, so that none is taken to have ended', async () => {
  const owner = new pg.Client({ connectionString: desk.database.ownerUrl });
  await owner.connect();
  try {
    // Numbers are not to be had meanwhile.
    await owner.query('begin');
    await owner
      .query(`select format('alter sequence %s cache 1', pg_get_serial_sequence('journal', 'id')) as text`)
      .then(async ({ rows }) => await owner.query((rows as { text: string }[])[0]!.text));
    const { promise: begun, resolve: begin } = Promise.withResolvers<number>();
    const written = desk.work.inOrganisation(desk.organisationId, async (tx) => {
      const [row] = await ask<{ pid: number }>(tx, 'select pg_backend_pid() as pid');
      begin(row!.pid);
      await note(tx, 9_999);
    });
    const pid = await begun;
    const waiting = async () => {
      const text = `select wait_event_type as waits, backend_xid is not null as known from pg_stat_activity where pid = $1`;
      return (await desk.sql<{ waits: string | null; known: boolean }>(text, [pid]))[0];
    };
    await expect.poll(async () => (await waiting())?.waits, { timeout: 20_000 }).toBe('Lock');
    expect((await waiting())?.known).toBe(true);
    await owner.query('rollback');
    await written;
  } finally {
    await owner.end();
  }
});

test('of entries written by many at once, told by several followers and read meanwhile, each is read once', async () => {
  const writers = Array.from({ length: 60 }, (_, index) =>
    desk.work.inOrganisation(desk.organisationId, async (tx) => {
      await note(tx, 5_000 + index, 1);
      await ask(tx, 'select pg_sleep($1)', [((index * 7) % 10) / 500]);
      if (index % 3 === 0) await note(tx, 5_000 + index, 2);
    }),
  );
  let writing = true;
  const done = Promise.all(writers).then(() => (writing = false));
  const seen: EventRow[] = [];
  let place = start;
  // Transactions in other databases of this server hold the followers up too.
  const late = performance.now() + 45_000;
  for (let rest = 3; rest > 0; rest -= writing || (seen.length < 80 && performance.now() < late) ? 0 : 1) {
    await Promise.all([publish(), publish()]);
    const page = await read(place, { limit: 7 });
    seen.push(...page.events);
    place = page.place;
    if (page.more) rest = 4;
  }
  await done;
  const wanted = Array.from({ length: 60 }, (_, index) => (index % 3 === 0 ? [1, 2] : [1])).flat();
  expect(seen).toHaveLength(wanted.length);
  expect(new Set(seen.map(({ id }) => id)).size).toBe(wanted.length);
  for (let index = 0; index < 60; index += 1) {
    const own = seen.filter(({ subjectId }) => subjectId === 5_000 + index);
    expect(own.map(({ sequence, data }) => [sequence, data.revision])).toEqual(
      index % 3 === 0
        ? [
            [1, 1],
            [2, 2],
          ]
        : [[1, 1]],
    );
  }
}, 90_000);

test('a quiet journal is not locked, written or gone through again', async () => {
  await settle();
  const follower = () =>
    desk.sql(
      'select low_id, mark_id, mark_xid, xmin::text, xmax::text from event_follower where organisation_id = $1',
      [desk.organisationId],
    );
  const before = await follower();
  const [{ newest } = { newest: -1 }] = await desk.sql<{ newest: number }>('select max(id) as newest from journal');
  expect(before).toMatchObject([{ low_id: newest }]);
  await publish();
  expect(await follower()).toEqual(before);
});

test('a reader chooses by type, appointment and time, and its place moves past what it did not choose', async () => {
  const [one, two] = [await desk.book('cy', '13:00'), await desk.book('di', '14:00')];
  desk.clock.advance({ minutes: 1 });
  await desk.cancel(one);
  await publish();
  const cancelled = await read(start, { types: ['appointment.cancelled'] });
  expect(told(cancelled.events)).toEqual([['appointment.cancelled', one, 2]]);
  expect(told((await read(start, { appointmentId: two })).events)).toEqual([['appointment.booked', two, 1]]);
  expect(told((await read(null, { since: desk.clock.now() })).events)).toEqual([['appointment.cancelled', one, 2]]);
  const nothing = await read(start, { types: ['practitioner.added'] });
  expect([nothing.events, nothing.place]).toEqual([[], (await read(start)).place]);
});

test('a month later the events are gone, whoever stood before them is told so, and numbers go on rising', async () => {
  const id = await desk.book('ed', '15:00');
  await settle();
  desk.clock.advance({ hours: 24 * 31 });
  const tools = { transactor: desk.work, clock: desk.clock };
  while (await removeOldEvents(tools, desk.organisationId));
  await expect(read(start)).rejects.toMatchObject({ code: 'cursor_expired' });
  const anew = await read(null);
  expect(anew.events).toEqual([]);
  expect((await read(anew.place)).events).toEqual([]);
  await desk.act((tx, by) =>
    record(tx, {
      ...by,
      event: 'appointment.completed',
      subject: { kind: 'appointment', id },
      revision: 2,
    }),
  );
  await publish();
  expect(told((await read(null)).events)).toEqual([['appointment.completed', id, 2]]);
});

test('a test that is removed for its age was in no reader’s way', async () => {
  await desk.work.inOrganisation(desk.organisationId, (tx) => note(tx, 7_000));
  await publish();
  const { place } = await read(null);
  const at = desk.clock.now();
  await desk.work.inOrganisation(desk.organisationId, (tx) =>
    insertTestEvent(tx, { type: 'webhook.test', at, endpointId: 1, data: { revision: 1, by: 'staff' } }),
  );
  desk.clock.advance({ hours: 24 * 31 });
  while (await removeOldEvents({ transactor: desk.work, clock: desk.clock }, desk.organisationId));
  expect(await read(place)).toMatchObject({ events: [], place });
});
