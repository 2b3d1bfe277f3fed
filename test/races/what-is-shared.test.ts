// Rooms, equipment, hosts and seats under storms, on two servers and a worker, with raw SQL beside them: nothing overlaps,
// nothing is oversold, and what a session needs it has wholly or not at all. So many attempts at each as fit into the suite;
// `npm run races` makes a thousand.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { say, tally, times, workday, type Answer } from './caller.ts';
import { openServers, type Servers } from './open-servers.ts';

/** In the demo practice: in Berlin until 17:00, in New York from 09:00; both work from 15:00 to 17:00 on Berlin's wall. */
const [MICHAEL, SARAH] = [789, 123];
const ATTEMPTS = Number(process.env['RACE_ATTEMPTS'] ?? 100);
/** Both servers have twenty connections together. */
const AT_ONCE = 50;
/** So that there is something to move and to cancel when the next ones come. */
const FEW_AT_ONCE = 20;
const STORM_WITHIN_MS = 300_000;
const SEATS = 20;

let servers: Servers;
const kinds = { roomed: 0, group: 0, needy: 0 };
let [room, host] = [0, 0];
beforeAll(async () => {
  servers = await openServers();
  const add = async (path: string, body: object) => Number((await servers.staff.call('POST', path, body)).body['id']);
  room = await add('/api/resources', { kind: 'room', name: 'The Room' });
  const rooms = [room, await add('/api/resources', { kind: 'room', name: 'Another' })];
  await add('/api/resources', { kind: 'equipment', name: 'Chair', units: 2 });
  host = await add('/api/resources', { kind: 'video_host', name: 'Host', address: 'host@example.com' });
  const offer = (name: string, more: object) =>
    add('/api/session-types', { name, durationMinutes: 60, gridMinutes: 15, ...more });
  kinds.roomed = await offer('Roomed', { needs: [{ kind: 'room', anyOf: [room] }, { kind: 'video_host' }] });
  kinds.group = await offer('Group', { capacity: SEATS, needs: [{ kind: 'room', anyOf: [rooms[1]] }] });
  kinds.needy = await offer('Needy', { needs: [{ kind: 'room', anyOf: rooms }, { kind: 'equipment' }] });
  for (const id of [MICHAEL, SARAH]) {
    const path = `/api/practitioners/${id}`;
    const offered = (await servers.staff.call('GET', path)).body['sessionTypes'] as { id: number }[];
    const sessionTypes = [...offered, ...Object.values(kinds).map((type) => ({ id: type }))].map((one) => ({
      id: one.id,
    }));
    await servers.staff.call('PATCH', path, { sessionTypes });
  }
});
afterAll(() => servers.close());

/** Quarter hours on Berlin's wall at which both can begin an hour. */
const START = ['15:00', '15:15', '15:30', '15:45', '16:00'] as const;
const startAt = (i: number) => START[i % START.length] ?? '';
const bothAt = (i: number) => (i % 2 === 0 ? MICHAEL : SARAH);

async function storm(make: (i: number) => Promise<Answer>, size = ATTEMPTS, atOnce = AT_ONCE): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const caller = async (): Promise<void> => {
    for (let i = next++; i < size; i = next++) answers[i] = await make(i);
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
  return answers;
}

type Wish = { readonly client: string; readonly practitionerId: number; readonly date: string; readonly time: string };
const book = (sessionType: number, { client, ...place }: Wish & { readonly holdId?: number }) =>
  servers.caller.call('POST', '/api/appointments', {
    ...place,
    timeZone: 'Europe/Berlin',
    userId: client,
    userEmail: `${client}@example.com`,
    userName: client,
    sessionType,
  });
const bookSeries = (sessionType: number, { client, ...place }: Wish & { take: string }) =>
  servers.caller.call('POST', '/api/series', {
    ...place,
    repeat: { frequency: 'weekly', count: 4 },
    timeZone: 'Europe/Berlin',
    userId: client,
    userEmail: `${client}@example.com`,
    userName: client,
    sessionType,
  });
const changeSeries = (id: number, how: string, body: object) =>
  servers.caller.call('PUT', `/api/series/${id}/${how}`, body);
const seriesOf = ({ body }: Answer) => (body['series'] as { id: number }).id;
const hold = (sessionType: number, { client, ...place }: Wish) =>
  servers.caller.call('POST', '/api/holds', { ...place, timeZone: 'Europe/Berlin', sessionType, userId: client });
const move = (id: number, date: string, time: string) =>
  servers.caller.call('PUT', `/api/appointments/${id}/reschedule`, {
    newDate: date,
    newTime: `${time}:00`,
    timeZone: 'Europe/Berlin',
  });
const idOf = ({ body }: Answer) => Number(body['appointmentId']);
const instantAt = (date: string, time: string) =>
  Temporal.ZonedDateTime.from(`${date}T${time}[Europe/Berlin]`).toInstant().toString();

/** Sessions that have not one unit for each thing they need. */
const halves = () =>
  servers.rows<{ id: number; units: number }>(
    `select s.id, (select count(*)::integer from occupancy o where o.session_id = s.id and o.resource_id <> s.practitioner_id) as units
       from session s where s.live and s.session_type_id = any($1::bigint[])
        and (select count(*) from occupancy o where o.session_id = s.id and o.resource_id <> s.practitioner_id)
            <> (select jsonb_array_length(t.needs) from session_type t where t.id = s.session_type_id)`,
    [Object.values(kinds)],
  );
const calm = async () => {
  expect(await servers.breaches()).toEqual([]);
  expect(await halves()).toEqual([]);
  expect(servers.complaints()).toEqual([]);
  expect(await servers.deadlocks()).toBe(0);
};
const unexpected = (answers: readonly Answer[], names: readonly string[]) =>
  Object.keys(tally(answers)).filter((name) => !['200', '201', ...names].includes(name));

/** As somebody at a prompt would: no lock taken first, the constraints the only judges. Answers how many writes there were. */
async function beside<T>(
  write: (n: number) => Promise<unknown>,
  storming: () => Promise<T>,
  everyMs = 2,
): Promise<[T, number]> {
  const over = new AbortController();
  let writes = 0;
  const writing = (async () => {
    while (!over.signal.aborted) {
      await write(writes);
      writes += 1;
      await sleep(everyMs);
    }
  })();
  try {
    return [await storming(), writes];
  } finally {
    over.abort();
    await writing;
  }
}

/** Takes a unit for a moment, through a hold of its own. */
const takeRaw = (unit: number, date: string) => async (n: number) => {
  const from = instantAt(date, startAt(n * 3));
  await servers.rows(
    `with o as (
       insert into occupancy (organisation_id, resource_id, during, hold_id, expires_at)
       values (current_organisation(), $1, tstzrange($2::timestamptz, $2::timestamptz + interval '20 min'), nextval('public_id'),
               now() + interval '50 ms')
       on conflict do nothing returning hold_id)
     insert into hold (organisation_id, id, practitioner_id, session_type_id, holder, starts_at, ends_at, expires_at, zone, wall_start)
     select current_organisation(), o.hold_id, $3, $4, 'raw', $2, $2::timestamptz + interval '20 min', now() + interval '50 ms',
            'Europe/Berlin', $5 from o`,
    [unit, from, MICHAEL, kinds.roomed, `${date}T15:00`],
  );
};

describe(`${ATTEMPTS} attempts on two servers`, { timeout: STORM_WITHIN_MS }, () => {
  test('room and host: of many at two practitioners one gets them; of overlapping starts no two do', async () => {
    const one = await storm((i) =>
      book(kinds.roomed, { client: `one-${i}`, practitionerId: bothAt(i), date: workday(0), time: '15:00' }),
    );
    say(`one room, one start: ${times(one)}`);
    expect(tally(one)['201']).toBe(1);
    expect(unexpected(one, ['409 slot_taken', '409 room_taken'])).toEqual([]);
    const staggered = await storm((i) =>
      book(kinds.roomed, { client: `many-${i}`, practitionerId: bothAt(i), date: workday(1), time: startAt(i) }),
    );
    say(`one room, staggered starts: ${times(staggered)}`);
    expect(tally(staggered)['201']).toBeLessThanOrEqual(2);
    expect(unexpected(staggered, ['409 slot_taken', '409 room_taken'])).toEqual([]);
    await calm();
  });

  test('the last seats: as many are given as there are, with raw SQL at the same seats', async () => {
    const date = workday(2);
    const at = { practitionerId: MICHAEL, date, time: '15:00' };
    const first = await book(kinds.group, { client: 'first', ...at });
    expect(first.status).toBe(201);
    const [session] = await servers.rows<{ id: number }>('select session_id as id from appointment where id = $1', [
      idOf(first),
    ]);
    let raw = 0;
    const [answers, writes] = await beside(
      async (n) => {
        const rows = await servers
          .rows(
            `with c as (insert into client (organisation_id, subject, name, email)
               values (current_organisation(), 'raw-' || $3::text, 'Raw', 'raw@example.com') returning id),
             a as (insert into appointment (organisation_id, session_id, client_id, seat_no, state)
               select current_organisation(), $1, c.id, $2::integer, 'confirmed' from c
               on conflict do nothing returning id)
             insert into journal (organisation_id, at, event, actor_role, actor_ref, subject_kind, subject_id, revision)
             select current_organisation(), now(), 'appointment.booked', 'staff', 'raw', 'appointment', a.id, 1 from a
             returning id`,
            [session?.id, (n % (SEATS + 3)) + 1, n],
          )
          .catch((error: unknown) => {
            if ((error as { constraint?: string }).constraint !== 'seat_within_capacity') throw error;
            return [];
          });
        raw += rows.length;
      },
      () => storm((i) => book(kinds.group, { client: `seat-${i}`, ...at })),
      // Slow enough that both get some.
      15,
    );
    say(`last seats, beside ${writes} raw writes of which ${raw} had one: ${times(answers)}`);
    expect((tally(answers)['201'] ?? 0) + raw + 1).toBe(SEATS);
    expect(unexpected(answers, ['409 full'])).toEqual([]);
    await calm();
  });

  test('the last seats, half of them held first: whoever is kept one gets it, and no more are given than there are', async () => {
    const date = workday(5);
    const at = { practitionerId: MICHAEL, date, time: '15:00' };
    const kept: Answer[] = [];
    let [raw, released] = [0, 0];
    const [answers, writes] = await beside(
      async (n) => {
        const rows = await servers
          .rows<{ id: number }>(
            `with h as (insert into hold (organisation_id, practitioner_id, session_type_id, holder, starts_at, ends_at, expires_at,
                                          zone, wall_start, session_id)
               select organisation_id, practitioner_id, session_type_id, 'raw', starts_at, ends_at, now() + interval '1 hour', zone,
                      wall_start, id
                 from session where live and session_type_id = $1 and practitioner_id = $2 and starts_at = $3::timestamptz
               returning id)
             select id from h`,
            [kinds.group, MICHAEL, instantAt(date, '15:00')],
          )
          .catch((error: unknown) => {
            if ((error as { constraint?: string }).constraint !== 'seat_within_capacity') throw error;
            return [];
          });
        raw += n < 3 ? rows.length : 0;
        // Some stay, so that there is a seat fewer for all others.
        if (n >= 3)
          await servers.rows(`update hold set state = 'released' where id = any($1::bigint[])`, [
            rows.map(({ id }) => id),
          ]);
      },
      () =>
        storm(async (i) => {
          const client = `kept-${i}`;
          if (i % 2 === 0) return await book(kinds.group, { client, ...at });
          const held = await hold(kinds.group, { client, ...at });
          if (held.status !== 201) return held;
          const holdId = Number(held.body['id']);
          if (i % 3 === 0) {
            released += 1;
            return await servers.caller.call('DELETE', `/api/holds/${holdId}`);
          }
          const booked = await book(kinds.group, { client, ...at, holdId });
          kept.push(booked);
          return booked;
        }),
      25,
    );
    say(
      `last seats, half held, ${released} released, beside ${writes} raw writes, ${raw} of which stay: ${times(answers)}`,
    );
    expect(kept.map(({ status }) => status)).toEqual(kept.map(() => 201));
    expect(kept.length).toBeGreaterThan(0);
    // What was released last may be free still.
    let given = (tally(answers)['201'] ?? 0) + raw;
    for (let i = 0; (await book(kinds.group, { client: `rest-${i}`, ...at })).status === 201; i += 1) given += 1;
    expect(given).toBe(SEATS);
    // `limit_reached`: no more than so many are held on one day.
    expect(unexpected(answers, ['409 full', '409 limit_reached'])).toEqual([]);
    await calm();
  });

  test('seats: booked, given back and moved between sessions, none is sold twice and none is lost', async () => {
    const date = workday(3);
    const booked: number[] = [];
    const answers = await storm(
      async (i) => {
        const target = booked[(i * 7) % Math.max(1, booked.length)];
        const what = i % 5;
        const time = ['15:00', '16:00'][i % 2] ?? '';
        if (target !== undefined && what === 3) return await servers.caller.cancel(target);
        if (target !== undefined && what === 4) return await move(target, date, time);
        const answer = await book(kinds.group, { client: `mover-${i}`, practitionerId: bothAt(i), date, time });
        if (answer.status === 201) booked.push(idOf(answer));
        return answer;
      },
      ATTEMPTS,
      FEW_AT_ONCE,
    );
    say(`seats booked, cancelled, moved: ${times(answers)}`);
    const names = ['409 full', '409 slot_taken', '409 room_taken', '409 appointment_cancelled'];
    expect(unexpected(answers, names)).toEqual([]);
    await calm();
  });

  test('all of it at once, holds and raw SQL beside: nothing overlaps, deadlocks or is had by halves', async () => {
    const date = workday(4);
    const booked: number[] = [];
    const names = ['roomed', 'group', 'needy'] as const;
    const [answers, writes] = await beside(takeRaw(room, date), () =>
      storm(
        async (i) => {
          const target = booked[(i * 5) % Math.max(1, booked.length)];
          const what = (i * 3) % 7;
          const type = kinds[names[i % 3] ?? 'roomed'];
          const wish = { client: `all-${i}`, practitionerId: bothAt(i), date, time: startAt(i) };
          if (target !== undefined && what === 4) return await servers.caller.cancel(target);
          if (target !== undefined && what === 5) return await move(target, date, startAt(i));
          if (what === 6) return await hold(type, wish);
          const answer = await book(type, wish);
          if (answer.status === 201) booked.push(idOf(answer));
          return answer;
        },
        ATTEMPTS,
        FEW_AT_ONCE,
      ),
    );
    say(`all at once, beside ${writes} raw writes: ${times(answers)}`);
    const reasons = ['slot_taken', 'room_taken', 'equipment_taken', 'video_host_taken', 'full', 'already_booked'];
    const others = ['appointment_cancelled', 'limit_reached'];
    expect(
      unexpected(
        answers,
        [...reasons, ...others].map((code) => `409 ${code}`),
      ),
    ).toEqual([]);
    expect(host).toBeGreaterThan(0);
    await calm();
  });

  test('series of a room against single bookings of it at another practitioner: whole or not at all, and none twice', async () => {
    const bookings: number[] = [];
    const made: number[] = [];
    const [answers, writes] = await beside(takeRaw(room, workday(10)), () =>
      storm(
        async (i) => {
          // In one week, so that each series meets others on every one of its dates.
          const [date, time] = [workday(10 + (i % 5)), startAt(i * 3)];
          const take = i % 4 === 0 ? 'all_or_nothing' : 'the_rest';
          const series = made[(i * 5) % Math.max(1, made.length)];
          const target = bookings[(i * 7) % Math.max(1, bookings.length)];
          const what = i % 8;
          const to = { newDate: date, newTime: time, timeZone: 'Europe/Berlin' };
          const all = { index: 1 + (i % 3), which: 'following', take };
          if (series !== undefined && what === 1) return await changeSeries(series, 'reschedule', { ...all, ...to });
          if (series !== undefined && what === 2) return await changeSeries(series, 'cancel', all);
          if (target !== undefined && what === 3) return await servers.caller.cancel(target);
          if (target !== undefined && what === 4) return await move(target, date, time);
          const type = i % 3 === 0 ? kinds.needy : kinds.roomed;
          const wish = { client: `series-${i}`, practitionerId: bothAt(i >> 1), date, time };
          const isSeries = what % 2 === 0;
          const answer = await (isSeries ? bookSeries(type, { ...wish, take }) : book(type, wish));
          if (answer.status === 201) (isSeries ? made : bookings).push(isSeries ? seriesOf(answer) : idOf(answer));
          return answer;
        },
        ATTEMPTS,
        FEW_AT_ONCE,
      ),
    );
    say(`series of a room and single bookings, beside ${writes} raw writes: ${times(answers)}`);
    const reasons = ['slot_taken', 'room_taken', 'equipment_taken', 'video_host_taken'];
    const names = ['dates_refused', 'appointment_cancelled', ...reasons].map((code) => `409 ${code}`);
    expect(unexpected(answers, [...names, '404 not_found'])).toEqual([]);
    expect(Math.min(made.length, bookings.length)).toBeGreaterThan(2);
    await calm();
  });
});
