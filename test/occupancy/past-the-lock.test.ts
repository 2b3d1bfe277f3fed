import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rangeText } from '../../src/occupancy/occupancy.ts';
import { ask, MICHAEL, openDesk, stretch, type OpenDesk } from './open-desk.ts';

let desk: OpenDesk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

/** Whether a booking waits for somebody else's row, as it can only where that one has passed the lock. */
async function bookingWaits(): Promise<boolean> {
  const rows = await desk.sql(
    `select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and query like '%insert into occupancy%'`,
  );
  return rows.length > 0;
}

test('a time taken past the lock, after the booking had looked, is refused as taken, and the connection serves on', async () => {
  const backends = async () =>
    (await desk.sql<{ pid: number }>('select pid from pg_stat_activity where datname = current_database()')).map(
      ({ pid }) => pid,
    );
  await desk.book('first', '15:00');
  const taken = Promise.withResolvers<void>();
  const mayCommit = Promise.withResolvers<void>();
  const intruder = desk.work.inOrganisation(desk.organisationId, async (tx) => {
    const [hold] = await ask<{ id: number }>(
      tx,
      `insert into hold (organisation_id, practitioner_id, session_type_id, holder, starts_at, ends_at, expires_at, zone,
                         wall_start)
       select current_organisation(), $1, min(id), 'intruder', now(), now() + interval '1 hour', now() + interval '1 hour',
              'UTC', '2030-01-15T15:00'
         from session_type returning id`,
      [MICHAEL],
    );
    await ask(
      tx,
      `insert into occupancy (organisation_id, resource_id, during, hold_id, expires_at)
       values (current_organisation(), $1, $2::tstzrange, $3, '2031-01-01')`,
      [MICHAEL, rangeText(stretch('10:30', '11:30')), hold?.id],
    );
    taken.resolve();
    await mayCommit.promise;
  });
  await taken.promise;
  const booking = desk.book('late', '10:00').then(
    () => 'booked',
    (error: unknown) => error,
  );
  while (!(await bookingWaits())) await sleep(5);
  const before = await backends();
  mayCommit.resolve();
  await intruder;
  expect(await booking).toMatchObject({ code: 'slot_taken' });
  expect(await booking).toHaveProperty('details.extra.alternatives.length', 5);
  await desk.book('later', '12:00');
  expect(before).toEqual(expect.arrayContaining(await backends()));
});
