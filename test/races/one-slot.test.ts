import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { say, tally, times, workday, type Answer } from './caller.ts';
import { openServers, type Servers } from './open-servers.ts';

/** In the demo practice: Berlin, Monday to Friday 09:00-17:00, a start each quarter of an hour. */
const MICHAEL = 789;
/** New York, the same hours. */
const SARAH = 123;
const AT_ONCE = 200;

let servers: Servers;
beforeAll(async () => {
  servers = await openServers();
});
afterAll(() => servers.close());

const storm = (make: (i: number) => Promise<Answer>, size = AT_ONCE) =>
  Promise.all(Array.from({ length: size }, (_, i) => make(i)));

/** On a machine that is busy with other things; nothing here is measured against the clock. */
const STORM_WITHIN_MS = 120_000;

describe('two servers on one database', { timeout: STORM_WITHIN_MS }, () => {
  test('of 200 bookings of one slot at once one wins; the others are told so, with alternatives', async () => {
    const date = workday(0);
    const answers = await storm((i) =>
      servers.caller.book({ practitionerId: MICHAEL, date, time: '10:00', client: `one-${i}` }),
    );
    say(`one slot: ${times(answers)}`);
    expect(tally(answers)).toEqual({ '201': 1, '409 slot_taken': AT_ONCE - 1 });
    for (const { body } of answers.filter(({ status }) => status === 409)) {
      const alternatives = body['alternatives'] as { date: string; time: string }[];
      expect(alternatives.length).toBeGreaterThan(0);
      expect(alternatives).not.toContainEqual(expect.objectContaining({ date, time: '10:00:00' }));
    }
    expect(await servers.breaches()).toEqual([]);
    const [won] = await servers.rows<{ n: number }>(
      `select count(*)::int as n from session where starts_at = $1 and practitioner_id = $2`,
      [Temporal.ZonedDateTime.from(`${date}T10:00[Europe/Berlin]`).toInstant().toString(), MICHAEL],
    );
    expect(won).toEqual({ n: 1 });
  });

  test('of 200 bookings at once on overlapping quarter-hour starts no two that win overlap', async () => {
    const date = workday(1);
    const starts = Array.from({ length: 29 }, (_, i) => quarterHour(i));
    const answers = await storm((i) =>
      servers.caller.book({
        practitionerId: MICHAEL,
        date,
        time: starts[i % starts.length] ?? '',
        client: `staggered-${i}`,
      }),
    );
    say(`staggered starts: ${times(answers)}`);
    const counts = tally(answers);
    // Eight hours, so at most eight sessions; gaps of less than an hour between them, so at least five.
    expect(counts['201']).toBeGreaterThanOrEqual(5);
    expect(counts['201']).toBeLessThanOrEqual(8);
    expect(counts).toEqual({ '201': counts['201'], '409 slot_taken': AT_ONCE - (counts['201'] ?? 0) });
    expect(await servers.breaches()).toEqual([]);
  });

  test('of 200 reschedules at once into one slot one wins, and the others stay where they were', async () => {
    const size = 40;
    const target = { date: workday(2), time: '12:00' };
    const booked = await storm((i) => {
      const place = { date: workday(20 + Math.floor(i / 8)), time: `${String(9 + (i % 8)).padStart(2, '0')}:00` };
      return servers.caller.book({ practitionerId: MICHAEL, ...place, client: `mover-${i}` });
    }, size);
    expect(tally(booked)).toEqual({ '201': size });
    const answers = await storm((i) => servers.caller.move(Number(booked[i % size]?.body['appointmentId']), target));
    say(`moves into one slot: ${times(answers)}`);
    const winners = await servers.rows<{ id: number }>(
      `select a.id from appointment a join session s on s.id = a.session_id where s.starts_at = $1`,
      [Temporal.ZonedDateTime.from(`${target.date}T12:00[Europe/Berlin]`).toInstant().toString()],
    );
    expect(winners).toHaveLength(1);
    // The winner's own repeats find it there already; everybody else's time is taken.
    expect(tally(answers)).toEqual({ '200': AT_ONCE / size, '409 slot_taken': AT_ONCE - AT_ONCE / size });
    expect(await servers.breaches()).toEqual([]);
  });

  test('twenty posts at once under one idempotency key make one appointment and get one id', async () => {
    const date = workday(3);
    for (const round of [0, 1, 2, 3, 4]) {
      const time = `${String(9 + round).padStart(2, '0')}:00`;
      const answers = await storm(
        () => servers.caller.book({ practitionerId: MICHAEL, date, time, client: 'repeater' }, `storm-${round}`),
        20,
      );
      expect(tally(answers)).toEqual({ '201': 20 });
      expect(new Set(answers.map(({ body }) => body['appointmentId'])).size).toBe(1);
    }
    const [made] = await servers.rows<{ n: number }>(
      `select count(*)::int as n from appointment a join client c on c.id = a.client_id where c.subject = 'repeater'`,
    );
    expect(made).toEqual({ n: 5 });
    expect(await servers.breaches()).toEqual([]);
  });

  test('one key under a storm of two different requests makes one of them, and says no to the other', async () => {
    const date = workday(4);
    const answers = await storm(
      (i) =>
        servers.caller.book(
          { practitionerId: MICHAEL, date, time: i % 2 ? '09:00' : '11:00', client: 'twofold' },
          'twofold-key',
        ),
      20,
    );
    expect(tally(answers)).toEqual({ '201': 10, '422 idempotency_key_reused': 10 });
    expect(new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body['appointmentId'])).size).toBe(
      1,
    );
  });

  test('one key under a storm for two practitioners makes one booking, and no two wait for each other in a circle', async () => {
    const date = workday(5);
    const answers = await storm((i) => {
      const practitionerId = i % 2 ? MICHAEL : SARAH;
      return servers.caller.book({ practitionerId, date, time: '10:00', client: 'twofold' }, 'two-desks-key');
    }, 40);
    expect(tally(answers)).toEqual({ '201': 20, '422 idempotency_key_reused': 20 });
    const made = answers.filter(({ status }) => status === 201).map(({ body }) => body['appointmentId']);
    expect(new Set(made).size).toBe(1);
  });

  test('one key under a storm with a hold and without makes one booking, and no two wait for each other in a circle', async () => {
    const { caller } = servers;
    for (const round of [0, 1, 2, 3]) {
      const [client, date] = [`holder-${round}`, workday(10 + round)];
      const wish = {
        practitionerId: MICHAEL,
        sessionType: 'Initial Consultation',
        date,
        time: '10:00:00',
        userId: client,
      };
      const { body: hold } = await caller.call('POST', '/api/holds', wish);
      // Known by now, so that the next may book without looking.
      await caller.book({ practitionerId: MICHAEL, date, time: '16:00', client });
      const held = { ...wish, userEmail: `${client}@example.com`, userName: client, holdId: hold['id'] };
      const answers = await storm((i) => {
        const key = `held-or-free-${round}`;
        if (i % 2) return caller.call('POST', '/api/appointments', held, key);
        return caller.book({ practitionerId: MICHAEL, date, time: '12:00', client }, key);
      }, 16);
      expect(tally(answers)).toEqual({ '201': 8, '422 idempotency_key_reused': 8 });
    }
  });

  test('a new client that books twenty times at once is recorded once', async () => {
    const answers = await storm(
      (i) =>
        servers.caller.book({
          practitionerId: MICHAEL,
          date: workday(30 + Math.floor(i / 8)),
          time: `${String(9 + (i % 8)).padStart(2, '0')}:00`,
          client: 'newcomer',
        }),
      20,
    );
    expect(tally(answers)).toEqual({ '201': 20 });
    expect(await servers.rows(`select id from client where subject = 'newcomer'`)).toHaveLength(1);
    expect(
      await servers.rows(`select id from journal where event = 'client.recorded' and subject_id =
      (select id from client where subject = 'newcomer')`),
    ).toHaveLength(1);
    expect(await servers.breaches()).toEqual([]);
  });

  test('none of it was a fault or a deadlock', async () => {
    expect(servers.complaints()).toEqual([]);
    expect(await servers.deadlocks()).toBe(0);
  });
});

function quarterHour(i: number): string {
  return `${String(9 + Math.floor(i / 4)).padStart(2, '0')}:${String((i % 4) * 15).padStart(2, '0')}`;
}
