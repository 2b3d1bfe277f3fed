// Limits and time off under a storm, on two servers: what is counted stays true, and who books as somebody goes away is either
// told to her or refused.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { say, tally, times, workday, type Answer } from './caller.ts';
import { openServers, type Servers } from './open-servers.ts';

/** In the demo practice: Berlin, Monday to Friday 09:00-17:00, a start each quarter of an hour. */
const MICHAEL = 789;
const AT_ONCE = 1_000;
/** On a machine that is busy with other things; nothing here is measured against the clock. */
const STORM_WITHIN_MS = 180_000;

let servers: Servers;
beforeAll(async () => {
  servers = await openServers();
});
afterAll(() => servers.close());

const her = `/api/practitioners/${MICHAEL}`;
async function changed(method: string, path: string, body: object): Promise<Answer> {
  const answer = await servers.caller.call(method, path, body);
  expect([200, 201], JSON.stringify(answer.body)).toContain(answer.status);
  return answer;
}
/** One of the 29 starts of an hour in a day. */
const timeOf = (i: number) =>
  `${String(9 + Math.floor((i % 29) / 4)).padStart(2, '0')}:${String(((i % 29) % 4) * 15).padStart(2, '0')}`;

describe('two servers on one database', { timeout: STORM_WITHIN_MS }, () => {
  test('of 1,000 bookings at once in one week no more win than its limit allows, nor of one client than hers', async () => {
    const limits = [
      { per: 'week', mostSessions: 12 },
      { per: 'day', of: 'client', mostSessions: 1 },
    ];
    await changed('PATCH', her, { limits });
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, i) =>
        servers.caller.book({
          practitionerId: MICHAEL,
          date: workday(i % 5),
          time: timeOf(Math.floor(i / 5)),
          client: `limit-${i % 40}`,
        }),
      ),
    );
    say(`limits: ${times(answers)}`);
    const won = answers.filter(({ status }) => status === 201);
    expect(won).toHaveLength(12);
    expect(
      Object.keys(tally(answers)).filter((name) => !/^(201|409 \w+_limit_reached|409 slot_taken)$/.test(name)),
    ).toEqual([]);
    const twice = await servers.rows(
      `select 1 from appointment a join session s on s.id = a.session_id
        where s.practitioner_id = $1 and s.live group by a.client_id, left(s.wall_start, 10) having count(*) > 1`,
      [MICHAEL],
    );
    expect(twice).toEqual([]);

    // Into the full week from the next one: none comes in, whoever asks.
    const outside = await Promise.all(
      [0, 1, 2, 3, 4].map((n) =>
        servers.caller.book({ practitionerId: MICHAEL, date: workday(5 + n), time: '12:00', client: `mover-${n}` }),
      ),
    );
    const ids = outside.map(({ body }) => Number(body['appointmentId']));
    const moves = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        servers.caller.move(ids[i % 5] ?? 0, { date: workday(i % 5), time: timeOf(i) }),
      ),
    );
    expect(moves.filter(({ status }) => status === 200)).toEqual([]);
    await changed('PATCH', her, { limits: [] });
    expect(await servers.breaches()).toEqual([]);
  });

  test('of those who book while time off is taken each is told of in it, or refused', async () => {
    const days = Array.from({ length: 10 }, (_, nth) => workday(10 + nth));
    const answers: Answer[] = [];
    const booking = Promise.all(
      Array.from({ length: 20 }, async (_, caller) => {
        for (let i = caller; i < AT_ONCE; i += 20) {
          const place = { date: days[i % days.length] ?? '', time: timeOf(Math.floor(i / days.length)) };
          answers.push(await servers.caller.book({ practitionerId: MICHAEL, ...place, client: `away-${i}` }));
        }
      }),
    );
    const known = new Set<unknown>();
    for (const date of days) {
      const { body } = await changed('POST', `${her}/time-off`, { firstDate: date, lastDate: date });
      for (const { appointmentId } of body['affected'] as { appointmentId: number }[]) known.add(appointmentId);
    }
    await booking;
    say(`time off taken meanwhile: ${times(answers)}`);
    const made = answers.filter(({ status }) => status === 201).map(({ body }) => body['appointmentId']);
    expect(new Set(made)).toEqual(known);
    expect(
      Object.keys(tally(answers)).filter((name) => !/^(201|409 slot_taken|422 outside_hours)$/.test(name)),
    ).toEqual([]);
    expect(await servers.breaches()).toEqual([]);
  });

  test('none of it was a fault or a deadlock', async () => {
    expect(servers.complaints()).toEqual([]);
    expect(await servers.deadlocks()).toBe(0);
  });
});
