// Bookings of one moment are committed together; what is wrong with one of them is no harm to the others.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { holdSlot } from '../../src/appointments/hold-slot.ts';
import { lockTimeOf } from '../../src/occupancy/store.ts';
import { noOnce } from '../../src/platform/http/idempotency.ts';
import { changeSessionType } from '../../src/practitioners/change-session-type.ts';
import { ask, DAY, MICHAEL, openDesk, SARAH, type OpenDesk } from './open-desk.ts';

let desk: OpenDesk;
beforeAll(async () => {
  desk = await openDesk();
  // The desks are known, and the clients.
  await desk.book('ann', '09:00', SARAH);
  await desk.book('ben', '10:00', MICHAEL);
  await desk.book('cleo', '11:00', MICHAEL);
  await desk.clear();
});
afterEach(() => desk.clear());
afterAll(() => desk.close());

const outcomes = async (all: readonly Promise<number>[]) =>
  (await Promise.allSettled(all)).map((one) =>
    one.status === 'fulfilled' ? 'booked' : (one.reason as { code?: string }).code,
  );
const transactions = async () =>
  (await desk.sql<{ count: number }>('select count(distinct transaction_id)::int as count from journal'))[0]?.count;

test('with two practitioners and two clients: one transaction, all rows of both', async () => {
  const ids = await Promise.all([desk.book('ann', '14:00', MICHAEL), desk.book('ben', '14:00', SARAH)]);
  expect(await transactions()).toBe(1);
  const rows = await desk.sql<{ id: number }>(
    `select a.id, c.subject, s.practitioner_id as practitioner, s.wall_start as wall,
            o.resource_id as owner, f.wanted_revision as wanted,
            j.facts ->> 'clientId' = c.id::text and j.facts ->> 'sessionId' = s.id::text as told
       from appointment a join client c on c.id = a.client_id join session s on s.id = a.session_id
            join occupancy o on o.id = s.occupancy_id and o.session_id = s.id join fulfilment f on f.session_id = s.id
            join journal j on j.subject_id = a.id order by c.subject`,
  );
  const common = { wall: '2030-01-15T14:00', wanted: 1, told: true };
  expect(rows).toEqual([
    { id: ids[0], subject: 'ann', practitioner: MICHAEL, owner: MICHAEL, ...common },
    { id: ids[1], subject: 'ben', practitioner: SARAH, owner: SARAH, ...common },
  ]);
});

test('of one time, of which nobody knows yet that it is taken, the one is refused and the other booked', async () => {
  await desk.sql(
    `with h as (
       insert into hold (organisation_id, practitioner_id, session_type_id, holder, starts_at, ends_at, expires_at, zone, wall_start)
       select current_organisation(), $1, min(id), 'x', '2030-01-15T13:00Z', '2030-01-15T14:00Z', '2031-01-01', 'UTC',
              '2030-01-15T13:00' from session_type returning id
     )
     insert into occupancy (organisation_id, resource_id, during, hold_id, expires_at)
     select current_organisation(), $1, '[2030-01-15T13:00Z,2030-01-15T14:00Z)', h.id, '2031-01-01' from h`,
    [MICHAEL],
  );
  const all = [desk.book('ann', '14:00', MICHAEL), desk.book('ben', '14:00', SARAH)];
  expect(await outcomes(all)).toEqual(['slot_taken', 'booked']);
});

test('of two for one client or one practitioner both are booked, of two for one time the first', async () => {
  const all = [
    desk.book('ann', '09:00', MICHAEL),
    desk.book('ann', '09:00', SARAH),
    desk.book('ben', '10:00', MICHAEL),
    desk.book('cleo', '10:00', MICHAEL),
  ];
  const [both, elsewhere, ...rivals] = await outcomes(all);
  expect([both, elsewhere]).toEqual(['booked', 'booked']);
  expect(new Set(rivals)).toEqual(new Set(['booked', 'slot_taken']));
});

/** Does it while somebody holds Michael's lock, and answers what it leaves to be waited for once that is over. */
async function whileLocked<T>(act: () => Promise<{ readonly waits: Promise<T> }>): Promise<T> {
  const locked = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  const holder = desk.work.inOrganisation(desk.organisationId, async (tx) => {
    await lockTimeOf(tx, [MICHAEL]);
    locked.resolve();
    await done.promise;
  });
  await locked.promise;
  const { waits } = await act();
  expect(await desk.taken()).toEqual([]);
  done.resolve();
  await holder;
  return await waits;
}

test('while somebody holds one’s lock the other goes on, and the one waits for it', async () => {
  await whileLocked(async () => {
    const waits = desk.book('ann', '15:00', MICHAEL);
    await desk.book('ben', '15:00', SARAH);
    return { waits };
  });
  expect(await desk.taken()).toHaveLength(1);
});

test('a time that was given back is bookable at once', async () => {
  const id = await desk.book('ann', '16:00', MICHAEL);
  expect(await outcomes([desk.book('ben', '16:00', MICHAEL)])).toEqual(['slot_taken']);
  await desk.cancel(id);
  expect(await outcomes([desk.book('ben', '16:00', MICHAEL)])).toEqual(['booked']);
});

test('a connection that dies under many fails all who were on it, and none who comes after', async () => {
  const taken = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  const intruder = desk.work.inOrganisation(desk.organisationId, async (tx) => {
    await ask(
      tx,
      `insert into occupancy (organisation_id, resource_id, during, session_id)
       values (current_organisation(), $1, '[2030-01-15T11:00Z,2030-01-15T12:00Z)', 1)`,
      [MICHAEL],
    );
    taken.resolve();
    await done.promise;
    throw new Error('it gives the time back');
  });
  await taken.promise;
  const both = () => outcomes([desk.book('ann', '12:00', MICHAEL), desk.book('ben', '11:00', SARAH)]);
  const all = both();
  let ended: object[] = [];
  while (ended.length === 0) {
    await sleep(5);
    ended = await desk.sql(
      `with waiting as materialized (
         select pid from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'
       ) select pg_terminate_backend(pid) from waiting`,
    );
  }
  done.resolve();
  await expect(intruder).rejects.toThrow('it gives the time back');
  // What the server says as it ends a connection; the commit behind it did not run.
  expect(await all).toEqual(['57P01', '57P01']);
  expect(await both()).toEqual(['booked', 'booked']);
});

test('a session type that was made shorter is judged by its new length, though the desk last seen has the old one', async () => {
  await desk.book('ben', '14:30');
  await changeInitialConsultation({ durationMinutes: 30 });
  try {
    expect(await outcomes([desk.book('ann', '14:00')])).toEqual(['booked']);
  } finally {
    await changeInitialConsultation({ durationMinutes: 60 });
  }
});

test('what is no longer on offer is refused as that, though the time asked for is taken, too', async () => {
  await desk.book('ben', '14:00');
  await changeInitialConsultation({ active: false });
  try {
    expect(await outcomes([desk.book('ann', '14:00')])).toEqual(['unknown_session_type']);
  } finally {
    await changeInitialConsultation({ active: true });
  }
});

/** What a crowd of forty is told of one time of Michael's, whose lock somebody holds while Sarah is booked. */
function crowdAt(want: (n: number) => Promise<number>): Promise<readonly (string | undefined)[]> {
  return whileLocked(async () => {
    const waits = outcomes(Array.from({ length: 40 }, (_, n) => want(n)));
    await sleep(50);
    await desk.book('ben', '13:00', SARAH);
    return { waits };
  });
}

test.each([
  ['bookings', (n: number) => desk.book(`crowd${n}`, '13:00', MICHAEL)],
  [
    'holds',
    async (n: number) => {
      const tools = { ...desk.tools, holdRules: { minutes: 5, perClient: 20, perDay: 100 } };
      const start = { wall: { date: DAY, time: '13:00:00' } };
      const wish = { practitionerId: MICHAEL, sessionType: 'Initial Consultation', start, userId: `crowd${n}` };
      return (await holdSlot(tools, desk.actor, wish, noOnce)).id;
    },
  ],
])('a crowd of %s that waits for one practitioner’s lock leaves connections for everybody else', async (_, want) => {
  const told = await crowdAt(want);
  expect(told.filter((one) => one === 'booked')).toHaveLength(1);
  expect(told.filter((one) => one === 'slot_taken')).toHaveLength(39);
});

async function changeInitialConsultation(fields: Parameters<typeof changeSessionType>[2]['fields']) {
  const [type] = await desk.sql<{ id: number }>(`select id from session_type where name = 'Initial Consultation'`);
  const call = { once: noOnce, status: 200, expected: null };
  await changeSessionType(desk.tools, desk.actor, { id: type!.id, fields, call });
}
