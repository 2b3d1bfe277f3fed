// Holds, requests and overrides under storms, on two servers and a worker. So many attempts at each as fit into the suite;
// `npm run races` makes a thousand.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { say, tally, times, workday, type Answer, type Caller } from './caller.ts';
import { openServers, type Servers } from './open-servers.ts';

/** In the demo practice: Berlin, Monday to Friday 09:00-17:00, a start each quarter of an hour. */
const MICHAEL = 789;
const ATTEMPTS = Number(process.env['RACE_ATTEMPTS'] ?? 100);
/** Both servers have twenty connections together: more at once only wait for one, on a busy machine until they are sent away. */
const AT_ONCE = 50;
/** So that there is something to move and to cancel when the next ones come. */
const FEW_AT_ONCE = 20;
/** On a machine that is busy with other things; nothing here is measured against the clock. */
const STORM_WITHIN_MS = 300_000;
/** Longer than the grace after which a hold that ran out is removed. */
const AFTER_GRACE_MS = 5_600;

let servers: Servers;
let caller: Caller;
beforeAll(async () => {
  // One client of each hold: what is counted per client is no matter of these.
  servers = await openServers({ HOLDS_PER_DAY: '100', HOLD_MINUTES: '10' });
  ({ caller } = servers);
});
afterAll(() => servers.close());

const storm = async <T>(make: (i: number) => Promise<T>, size = ATTEMPTS, atOnce = AT_ONCE): Promise<T[]> => {
  const all: T[] = [];
  for (let from = 0; from < size; from += atOnce) {
    const wave = Math.min(atOnce, size - from);
    all.push(...(await Promise.all(Array.from({ length: wave }, (_, i) => make(from + i)))));
  }
  return all;
};
const quarterHour = (i: number): string =>
  `${String(9 + Math.floor(i / 4)).padStart(2, '0')}:${String((i % 4) * 15).padStart(2, '0')}`;
/** All starts of an hour within the day. */
const STARTS = Array.from({ length: 29 }, (_, i) => quarterHour(i));
const startAt = (i: number) => STARTS[i % STARTS.length] ?? '';
/** Of its own for each, an hour long. */
const place = (i: number) => ({
  date: workday(40 + Math.floor(i / 8)),
  time: `${String(9 + (i % 8)).padStart(2, '0')}:00`,
});
const hold = (client: string, date: string, time: string) =>
  caller.call('POST', '/api/holds', {
    practitionerId: MICHAEL,
    sessionType: 'Initial Consultation',
    date,
    time,
    userId: client,
  });
const confirm = (client: string, date: string, time: string, holdId: number) =>
  caller.call('POST', '/api/appointments', {
    practitionerId: MICHAEL,
    sessionType: 'Initial Consultation',
    date,
    time,
    userId: client,
    userEmail: `${client}@example.com`,
    userName: client,
    holdId,
  });
const book = (client: string, date: string, time: string, sessionType?: string) =>
  caller.book({ practitionerId: MICHAEL, date, time, client, ...(sessionType ? { sessionType } : {}) });
const idOf = ({ body }: Answer, name = 'id') => Number(body[name]);
const won = (answers: readonly Answer[], status = 201) => answers.filter((answer) => answer.status === status);
const calm = async () => {
  expect(await servers.breaches()).toEqual([]);
  expect(servers.complaints()).toEqual([]);
  expect(await servers.deadlocks()).toBe(0);
};

describe(`${ATTEMPTS} attempts on two servers`, { timeout: STORM_WITHIN_MS }, () => {
  test('hold/hold: of many on one slot one is placed; on overlapping starts no two overlap', async () => {
    const one = await storm((i) => hold(`one-${i}`, workday(0), '10:00'));
    say(`hold/hold, one slot: ${times(one)}`);
    expect(tally(one)).toEqual({ '201': 1, '409 slot_taken': ATTEMPTS - 1 });
    const staggered = await storm((i) => hold(`many-${i}`, workday(1), startAt(i)));
    say(`hold/hold, staggered: ${times(staggered)}`);
    const placed = won(staggered).length;
    expect(placed).toBeGreaterThanOrEqual(5);
    expect(tally(staggered)).toEqual({ '201': placed, '409 slot_taken': ATTEMPTS - placed });
    await calm();
  });

  test('hold/book: whoever has a hold has the time, and every confirmation of one succeeds', async () => {
    const date = workday(2);
    const confirmed: Answer[] = [];
    const answers = await storm(async (i) => {
      if (i % 2 === 0) return await book(`booker-${i}`, date, startAt(i));
      const held = await hold(`holder-${i}`, date, startAt(i));
      if (held.status === 201) confirmed.push(await confirm(`holder-${i}`, date, startAt(i), idOf(held)));
      return held;
    });
    say(`hold/book: ${times(answers)}; confirmed: ${times(confirmed)}`);
    expect(tally(confirmed)).toEqual(confirmed.length === 0 ? {} : { '201': confirmed.length });
    expect(Object.keys(tally(answers)).toSorted()).toEqual(['201', '409 slot_taken']);
    await calm();
  });

  test('confirm/expire: at the deadline a hold is confirmed or not, and its time goes to one', async () => {
    // All of them about one instant: more would wait for a connection until it is past.
    const rounds = Math.min(ATTEMPTS, 80);
    const held = await storm((i) => hold(`late-${i}`, place(i).date, place(i).time), rounds);
    expect(tally(held)).toEqual({ '201': rounds });
    const ends = await servers.rows<{ at: Temporal.Instant }>(
      `with h as (update hold set expires_at = now() + interval '4 s' where id = any($1::bigint[]) returning id, expires_at)
       update occupancy o set expires_at = h.expires_at from h where o.hold_id = h.id returning o.expires_at as at`,
      [held.map((answer) => idOf(answer))],
    );
    const end = ends[0]?.at.epochMilliseconds ?? 0;
    const mine = await storm(
      async (i) => {
        const { date, time } = place(i);
        // A third well before the deadline, a third about it, a third after.
        const at = [end - 3_500 + (i % 30) * 30, end - 300 + (i % 30) * 20, end + 400][i % 3] ?? 0;
        await sleep(Math.max(0, at - Temporal.Now.instant().epochMilliseconds));
        return await confirm(`late-${i}`, date, time, idOf(held[i]!));
      },
      rounds,
      rounds,
    );
    await sleep(Math.max(0, end + AFTER_GRACE_MS - Temporal.Now.instant().epochMilliseconds));
    const rivals = await storm((i) => {
      const { date, time } = place(Math.floor(i / 2));
      return book(`rival-${i}`, date, time);
    }, rounds * 2);
    say(`confirm/expire: ${times([...mine, ...rivals])}`);
    expect(Object.keys(tally(mine)).toSorted()).toEqual(['201', '409 hold_expired']);
    for (const [i, { status }] of mine.entries()) {
      const free = { '201': 1, '409 slot_taken': 1 };
      expect(tally(rivals.slice(i * 2, i * 2 + 2))).toEqual(status === 201 ? { '409 slot_taken': 2 } : free);
    }
    await calm();
  });

  test('approve/approve and approve/cancel: each request ends once, in one way', async () => {
    const made = await caller.call('POST', '/api/session-types', {
      name: 'First Visit',
      durationMinutes: 30,
      requiresApproval: true,
    });
    const path = `/api/practitioners/${MICHAEL}`;
    const before = await servers.staff.call('GET', path);
    const offered = (before.body['sessionTypes'] as { id: number }[]).map(({ id }) => ({ id }));
    await servers.staff.call('PATCH', path, { sessionTypes: [...offered, { id: idOf(made) }] });
    const size = Math.ceil(ATTEMPTS / 5);
    const requests = await storm((i) => {
      const time = `${String(9 + Math.floor((i % 16) / 2)).padStart(2, '0')}:${i % 2 ? '30' : '00'}`;
      return book(`asking-${i}`, workday(80 + Math.floor(i / 16)), time, 'First Visit');
    }, size);
    expect(tally(requests)).toEqual({ '201': size });
    const ids = requests.map((answer) => idOf(answer, 'appointmentId'));
    const answers = await storm(async (i) => {
      const id = ids[Math.floor(i / 5)] ?? 0;
      // A call with a body is a little slower: each comes first now and then.
      await sleep((i * 37) % 101);
      const way = ['approve', 'approve', 'cancel', 'approve', 'decline'][(i + Math.floor(i / 5)) % 5] ?? '';
      return await caller.call('PUT', `/api/appointments/${id}/${way}`, ...(way === 'approve' ? [] : [{}]));
    }, size * 5);
    say(`approve/approve/cancel/decline: ${times(answers)}`);
    const names = Object.keys(tally(answers)).filter(
      (name) => !['200', '409 appointment_cancelled', '409 nothing_to_decide'].includes(name),
    );
    expect(names).toEqual([]);
    const ended = await servers.rows<{ id: number; events: string[] }>(
      `select subject_id as id, array_agg(event::text order by id) as events from journal
        where subject_kind = 'appointment' and subject_id = any($1::bigint[]) and event <> 'appointment.requested'
        group by subject_id`,
      [ids],
    );
    const ways = new Set(ended.map(({ events }) => events.join(' ')));
    say(`ended as: ${[...ways].join('; ')}`);
    for (const way of ways) {
      expect([
        'appointment.approved',
        'appointment.approved appointment.cancelled',
        'appointment.declined',
        'appointment.cancelled',
      ]).toContain(way);
    }
    expect(ended).toHaveLength(size);
    await calm();
  });

  test('book/reschedule: into one day, bookings, moves and holds get what is free, once', async () => {
    const date = workday(3);
    const size = 40;
    const movers = await storm((i) => {
      const time = `${String(9 + (i % 8)).padStart(2, '0')}:00`;
      return book(`mover-${i}`, workday(120 + Math.floor(i / 8)), time);
    }, size);
    const ids = movers.map((answer) => idOf(answer, 'appointmentId'));
    const answers = await storm((i) => {
      if (i % 3 === 0) return book(`new-${i}`, date, startAt(i));
      if (i % 3 === 1) return caller.move(ids[i % size] ?? 0, { date, time: startAt(i) });
      return hold(`aside-${i}`, date, startAt(i));
    });
    say(`book/reschedule/hold: ${times(answers)}`);
    const names = Object.keys(tally(answers)).filter((name) => !['200', '201', '409 slot_taken'].includes(name));
    expect(names).toEqual([]);
    await calm();
  });

  test('with overrides and raw SQL beside all of it nothing overlaps, deadlocks or fails', async () => {
    const date = workday(4);
    const [type] = await servers.rows<{ id: number }>('select min(id) as id from session_type');
    const over = new AbortController();
    let rawWrites = 0;
    /** As somebody at a prompt would: no lock taken first, and the constraint the only judge. */
    const raw = async (): Promise<void> => {
      while (!over.signal.aborted) {
        const from = Temporal.ZonedDateTime.from(`${date}T${startAt(rawWrites * 7)}[Europe/Berlin]`);
        await servers.rows(
          `with o as (
             insert into occupancy (organisation_id, resource_id, during, hold_id, expires_at)
             values (current_organisation(), $1, tstzrange($2::timestamptz, $3::timestamptz), nextval('public_id'),
                     now() + interval '50 ms')
             on conflict do nothing returning hold_id)
           insert into hold (organisation_id, id, practitioner_id, session_type_id, holder, starts_at, ends_at, expires_at, zone,
                             wall_start)
           select current_organisation(), o.hold_id, $1, $4, 'raw', $2, $3, now() + interval '50 ms', 'Europe/Berlin', $5 from o`,
          [
            MICHAEL,
            from.toInstant().toString(),
            from.add({ minutes: 20 }).toInstant().toString(),
            type?.id,
            from.toPlainDateTime().toString().slice(0, 16),
          ],
        );
        rawWrites += 1;
        await sleep(2);
      }
    };
    const writing = raw();
    const booked: number[] = [];
    const answers = await storm(
      async (i) => {
        const time = startAt(i);
        const target = booked[i % Math.max(1, booked.length)];
        const what = i % 5;
        let answer: Answer;
        if (what === 0) {
          answer = await servers.staff.call('POST', '/api/appointments', {
            practitionerId: MICHAEL,
            sessionType: 'Initial Consultation',
            date,
            time,
            userId: `over-${i}`,
            userEmail: `over-${i}@example.com`,
            userName: 'Over',
            override: { reason: 'storm' },
          });
        } else if (what === 1 || target === undefined) answer = await book(`beside-${i}`, date, time);
        else if (what === 2) answer = await hold(`kept-${i}`, date, time);
        else if (what === 3) answer = await caller.cancel(target);
        else answer = await caller.move(target, { date, time });
        if (answer.status === 201 && what !== 2) booked.push(idOf(answer, 'appointmentId'));
        return answer;
      },
      ATTEMPTS,
      FEW_AT_ONCE,
    );
    over.abort();
    await writing;
    say(`overrides beside ${rawWrites} raw writes: ${times(answers)}`);
    const names = Object.keys(tally(answers)).filter(
      (name) => !['200', '201', '409 slot_taken', '409 appointment_cancelled', '409 limit_reached'].includes(name),
    );
    expect(names).toEqual([]);
    await calm();
  });
});
