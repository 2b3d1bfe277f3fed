// Series under storms, on two servers and a worker: against each other, against single bookings, and against those that change
// them. `npm run races` makes a thousand attempts at each.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { say, tally, times, workday, type Answer, type Caller } from './caller.ts';
import { openServers, type Servers } from './open-servers.ts';

/** In the demo practice: Berlin, Monday to Friday 09:00-17:00, a start each quarter of an hour. */
const MICHAEL = 789;
const ATTEMPTS = Number(process.env['RACE_ATTEMPTS'] ?? 80);
const AT_ONCE = 40;
const STORM_WITHIN_MS = 400_000;
const MOST_A_DAY = 4;

let servers: Servers;
let caller: Caller;
beforeAll(async () => {
  servers = await openServers();
  ({ caller } = servers);
});
afterAll(() => servers.close());

const storm = async <T>(make: (i: number) => Promise<T>, size = ATTEMPTS): Promise<T[]> => {
  const all: T[] = [];
  for (let from = 0; from < size; from += AT_ONCE) {
    const wave = Math.min(AT_ONCE, size - from);
    all.push(...(await Promise.all(Array.from({ length: wave }, (_, i) => make(from + i)))));
  }
  return all;
};
const startAt = (i: number) => {
  const quarter = (i * 7) % 29;
  return `${String(9 + Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`;
};
const book = (
  client: string,
  date: string,
  time: string,
  count: number,
  take: string,
  sessionType = 'Initial Consultation',
) =>
  caller.call('POST', '/api/series', {
    practitionerId: MICHAEL,
    sessionType,
    date,
    time,
    userId: client,
    userEmail: `${client}@example.com`,
    userName: client,
    repeat: { frequency: 'weekly', count },
    take,
  });
const idOf = ({ body }: Answer) => Number((body['series'] as { id: number } | undefined)?.id);
const unexpected = (answers: readonly Answer[], names: readonly string[]) =>
  Object.keys(tally(answers)).filter((name) => !names.includes(name));
const calm = async () => {
  expect(await servers.breaches()).toEqual([]);
  expect(servers.complaints()).toEqual([]);
  expect(await servers.deadlocks()).toBe(0);
};

describe(`${ATTEMPTS} attempts on two servers`, { timeout: STORM_WITHIN_MS }, () => {
  test('series/series: of many on the same dates one is booked, whole', async () => {
    const answers = await storm((i) => book(`same-${i}`, workday(0), '10:00', 8, 'all_or_nothing'));
    say(`series/series, same dates: ${times(answers)}`);
    expect(tally(answers)).toEqual({ '201': 1, '409 dates_refused': ATTEMPTS - 1 });
    const [row] = await servers.rows<{ n: number; series: number }>(
      `select count(*)::int as n, count(distinct d.series_id)::int as series
         from series_date d join appointment a on a.id = d.appointment_id`,
    );
    expect(row).toEqual({ n: 8, series: 1 });
    await calm();
  });

  test('series/series/book/move/cancel: nothing overlaps, and no day has more than is given', async () => {
    await servers.staff.call('PATCH', `/api/practitioners/${MICHAEL}`, {
      limits: [{ per: 'day', of: 'practitioner', mostSessions: MOST_A_DAY, mostMinutes: null, sessionTypeId: null }],
    });
    const made: number[] = [];
    const answers = await storm(async (i) => {
      // Weekdays of a few weeks, so that every series meets others on every one of its dates.
      const [date, time] = [workday(10 + (i % 10)), startAt(i)];
      const target = made[(i * 13) % Math.max(1, made.length)];
      const what = i % 6;
      if (what === 1) return await caller.book({ practitionerId: MICHAEL, date, time, client: `single-${i}` });
      if (what === 2 && target !== undefined) {
        const from = { index: 2, which: 'following', take: 'the_rest' };
        return await caller.call('PUT', `/api/series/${target}/reschedule`, { ...from, newDate: date, newTime: time });
      }
      if (what === 3 && target !== undefined) {
        return await caller.call('PUT', `/api/series/${target}/cancel`, { index: 3, which: 'following' });
      }
      const answer = await book(`many-${i}`, date, time, 6, i % 2 ? 'the_rest' : 'all_or_nothing');
      if (answer.status === 201) made.push(idOf(answer));
      return answer;
    });
    say(`series/series/book/move/cancel: ${times(answers)}`);
    const refusals = ['dates_refused', 'slot_taken', 'booking_limit_reached'].map((code) => `409 ${code}`);
    // A date that could not be had cannot be named for a change.
    expect(unexpected(answers, ['200', '201', '404 not_found', ...refusals])).toEqual([]);
    expect(tally(answers)['201']).toBeGreaterThan(3);
    const days = await servers.rows<{ n: number }>(
      `select count(*)::int as n from session
        where live and practitioner_id = $1 and starts_at >= $2::date
        group by (starts_at at time zone 'Europe/Berlin')::date order by 1 desc`,
      [MICHAEL, workday(10)],
    );
    say(`most on one day: ${days[0]?.n ?? 0} of ${MOST_A_DAY}`);
    expect(days[0]?.n).toBeLessThanOrEqual(MOST_A_DAY);
    await calm();
  });

  test('series of seats/single seats/move/cancel: no seat is sold twice, no client has two in a session, none is lost', async () => {
    const SEATS = 4;
    const add = async (path: string, body: object) => Number((await servers.staff.call('POST', path, body)).body['id']);
    const room = await add('/api/resources', { kind: 'room', name: 'Studio' });
    const needs = [{ kind: 'room', anyOf: [room] }];
    const group = { name: 'Circle', durationMinutes: 60, gridMinutes: 60, capacity: SEATS, needs };
    const id = await add('/api/session-types', group);
    const path = `/api/practitioners/${MICHAEL}`;
    const offered = (await servers.staff.call('GET', path)).body['sessionTypes'] as { id: number }[];
    const sessionTypes = [...offered.map((one) => ({ id: one.id })), { id }];
    await servers.staff.call('PATCH', path, { limits: [], sessionTypes });
    const made: number[] = [];
    const seats: number[] = [];
    const answers = await storm(async (i) => {
      // Two hours of one day of some weeks, so that sessions fill and are met.
      const [date, time] = [workday(80 + 5 * (i % 3)), i % 2 ? '10:00' : '11:00'];
      const [target, seat] = [made[(i * 13) % Math.max(1, made.length)], seats[(i * 7) % Math.max(1, seats.length)]];
      const [what, client] = [i % 7, `seated-${i % 30}`];
      if (what === 1 && seat !== undefined) return await caller.move(seat, { date, time });
      if (what === 2 && target !== undefined) {
        const from = { index: 1 + (i % 3), which: 'following', take: 'the_rest' };
        return await caller.call('PUT', `/api/series/${target}/reschedule`, { ...from, newDate: date, newTime: time });
      }
      if (what === 3 && target !== undefined) {
        return await caller.call('PUT', `/api/series/${target}/cancel`, { index: 2, which: 'following' });
      }
      if (what === 4) {
        const answer = await caller.book({ practitionerId: MICHAEL, date, time, client, sessionType: 'Circle' });
        if (answer.status === 201) seats.push(Number(answer.body['appointmentId']));
        return answer;
      }
      const answer = await book(client, date, time, 4, i % 2 ? 'the_rest' : 'all_or_nothing', 'Circle');
      if (answer.status === 201) made.push(idOf(answer));
      return answer;
    });
    say(`series of seats/single seats/move/cancel: ${times(answers)}`);
    const reasons = ['slot_taken', 'full', 'already_booked', 'room_taken'];
    const refusals = ['dates_refused', 'limit_reached', ...reasons].map((code) => `409 ${code}`);
    expect(unexpected(answers, ['200', '201', '404 not_found', '409 appointment_cancelled', ...refusals])).toEqual([]);
    expect(Math.min(made.length, seats.length)).toBeGreaterThan(2);
    const sessions = await servers.rows<{ seats: number; clients: number; owns: number }>(
      `select count(*)::int as seats, count(distinct a.client_id)::int as clients,
              (select count(*)::int from occupancy o where o.session_id = s.id) as owns
         from session s left join appointment a on a.session_id = s.id and a.state <> 'cancelled'
        where s.live and s.session_type_id = $1 group by s.id`,
      [id],
    );
    say(`seats in sessions: ${sessions.map((one) => one.seats).join(' ')}`);
    expect(sessions.filter((one) => one.seats > SEATS || one.clients !== one.seats || one.owns !== 2)).toEqual([]);
    expect(sessions.some((one) => one.seats > 1)).toBe(true);
    expect(sessions.filter((one) => one.clients === 0)).toEqual([]);
    await calm();
  });
});
