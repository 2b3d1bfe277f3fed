import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDesk, type OpenDesk } from '../occupancy/open-desk.ts';
import { onServer } from '../open-database.ts';
import { breachesOfTime } from './true-time.ts';

let desk: OpenDesk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

test('a breach of time planted past the constraints is found, each by its words; sound rows are let be', async () => {
  const breaches = () => breachesOfTime(desk.work, desk.organisationId);
  const first = await desk.book('ann', '10:00');
  const second = await desk.book('bob', '12:00');
  await desk.cancel(await desk.book('cem', '14:00'));
  const own = `select set_config('app.organisation_id', '${desk.organisationId}', false)`;
  const [a, b] = [await desk.sessionOf(first), await desk.sessionOf(second)];
  expect(await breaches()).toEqual([]);

  await onServer(desk.database.ownerUrl, `${own}; delete from journal where subject_id = ${first}`);
  await desk.sql('update fulfilment set wanted_revision = 7 where session_id = $1', [b]);
  await desk.sql(`update appointment set state = 'cancelled' where id = $1`, [second]);
  expect((await breaches()).toSorted()).toEqual([
    `appointment ${first} has 0 bookings in the journal`,
    `appointment ${second} is at revision 1, wanted is 7`,
    `appointment ${second} is cancelled, its session live`,
    `session ${b} lives and nobody is in it`,
  ]);

  await onServer(desk.database.ownerUrl, 'alter table occupancy drop constraint occupancy_no_overlap');
  await onServer(desk.database.ownerUrl, 'alter table session drop constraint session_owns_what_it_claims');
  await onServer(desk.database.ownerUrl, 'alter table session drop constraint dead_session_owns_nothing');
  await desk.sql('update occupancy o set during = s.occupied from session s where s.id = $1 and o.session_id = $2', [
    a,
    b,
  ]);
  await desk.sql(
    'update session s set occupied = o.occupied, starts_at = o.starts_at, ends_at = o.ends_at from session o where o.id = $1 and s.id = $2',
    [a, b],
  );
  expect(await breaches()).toEqual(
    expect.arrayContaining([
      `sessions ${a} and ${b} overlap`,
      expect.stringMatching(/^occupancy \d+ and \d+ overlap$/),
    ]),
  );
  await desk.sql(`delete from occupancy where session_id = $1`, [a]);
  expect(await breaches()).toContain(`session ${a} does not own just its time`);
});
