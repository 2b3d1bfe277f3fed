import { afterAll, beforeAll, expect, test } from 'vitest';
import { chanceFrom } from './chance.ts';
import { say, tally, times, workday, type Answer } from './caller.ts';
import { openServers, type Servers } from './open-servers.ts';

/** On a machine that is busy with other things; nothing here is measured against the clock. */
const STORM_WITHIN_MS = 120_000;
const BOOKERS = 8;
const MICHAEL = 789;
/** America/New_York, 09:00-12:00 and 13:00-18:00, a start each hour. */
const SARAH = 123;

let servers: Servers;
beforeAll(async () => {
  servers = await openServers();
});
afterAll(() => servers.close());

test(
  'booking, moving and cancelling on two days by 25 callers at once never overlaps, deadlocks or fails',
  { timeout: STORM_WITHIN_MS },
  async () => {
    const days = [workday(0), workday(1)];
    const made: number[] = [];
    const answers: Answer[] = [];
    const caller = async (seed: number): Promise<void> => {
      const chance = chanceFrom(seed);
      const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(chance() * list.length)];
      for (let step = 0; step < 24; step += 1) {
        const practitionerId = chance() < 0.7 ? MICHAEL : SARAH;
        const quarter = practitionerId === SARAH ? '00' : (pick(['00', '15', '30', '45']) ?? '');
        const place = {
          date: pick(days) ?? '',
          time: `${String(9 + Math.floor(chance() * 8)).padStart(2, '0')}:${quarter}`,
        };
        // Anybody's, so that two act on one appointment at once.
        const target = pick(made);
        const what = chance();
        let answer: Answer;
        if (target === undefined || what < 0.45) {
          answer = await servers.caller.book({
            practitionerId,
            ...place,
            client: `storm-${Math.floor(chance() * 12)}`,
          });
          if (answer.status === 201) made.push(Number(answer.body['appointmentId']));
        } else if (what < 0.75) answer = await servers.caller.move(target, place);
        else answer = await servers.caller.cancel(target);
        answers.push(answer);
      }
    };
    await Promise.all(Array.from({ length: 25 }, (_, seed) => caller(seed + 1)));
    say(`mixed storm: ${times(answers)}`);
    expect(answers.filter(({ status }) => status >= 500 || status === 0)).toEqual([]);
    expect(Object.keys(tally(answers)).toSorted()).toEqual(
      expect.arrayContaining(['200', '201', '409 appointment_cancelled', '409 slot_taken']),
    );
    expect(await servers.breaches()).toEqual([]);
    expect(servers.complaints()).toEqual([]);
    expect(await servers.deadlocks()).toBe(0);
  },
);

test(
  'while two staff change hours no booking slips in outside the hours that were in force when it was made',
  { timeout: STORM_WITHIN_MS },
  async () => {
    const days = Array.from({ length: 20 }, (_, i) => workday(10 + i));
    const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];
    const hours = (from: string, to: string) => ({ hours: weekdays.map((weekday) => ({ weekday, from, to })) });
    const address = `/api/practitioners/${MICHAEL}/weekly-hours`;
    const storm = new AbortController();
    const changes: Answer[] = [];
    const staff = async (from: string, to: string): Promise<void> => {
      while (!storm.signal.aborted) changes.push(await servers.caller.call('PUT', address, hours(from, to)));
    };
    const changing = Promise.all([staff('09:00', '13:00'), staff('11:00', '17:00')]);
    const answers: Answer[] = [];
    // Few at a time, so that changes come in between: who waits for a lock is served in turn.
    const booker = async (nth: number): Promise<void> => {
      for (let i = nth; i < 160; i += BOOKERS) {
        const date = days[i % days.length] ?? '';
        const time = `${String(9 + (Math.floor(i / days.length) % 8)).padStart(2, '0')}:00`;
        answers.push(await servers.caller.book({ practitionerId: MICHAEL, date, time, client: `hours-${i}` }));
      }
    };
    await Promise.all(Array.from({ length: BOOKERS }, (_, nth) => booker(nth)));
    storm.abort();
    await changing;
    say(`hours changed ${changes.length} times meanwhile: ${times(answers)}`);
    expect(Object.keys(tally(changes))).toEqual(['200']);
    expect(changes.length).toBeGreaterThan(4);
    expect(Object.keys(tally(answers)).filter((name) => !/^(201|422 outside_hours)$/.test(name))).toEqual([]);
    // Each journal entry of a change holds the practitioner's lock with the bookings, so their order is the true one.
    const late = await servers.rows(
      `select b.id, c.facts ->> 'hours' as hours, s.wall_start
       from journal b
       join session s on s.id = (b.facts ->> 'sessionId')::bigint
       join lateral (select facts from journal c where c.event = 'weekly_hours.changed' and c.subject_id = $1 and c.id < b.id
                      order by c.id desc limit 1) c on true
       join lateral (select min(split_part(split_part(h, ' ', 2), '-', 1)::int) as opens,
                            max(split_part(split_part(h, ' ', 2), '-', 2)::int) as closes
                       from jsonb_array_elements_text(c.facts -> 'hours') h) w on true
      where b.event = 'appointment.booked' and s.practitioner_id = $1 and s.starts_at > $2::timestamptz
        and (right(s.wall_start, 5)::time < make_interval(mins => w.opens)::time
             or right(s.wall_start, 5)::time + interval '60 minutes' > make_interval(mins => w.closes)::time)`,
      [MICHAEL, `${days[0] ?? ''}T00:00Z`],
    );
    expect(late).toEqual([]);
    expect(await servers.breaches()).toEqual([]);
    expect(servers.complaints()).toEqual([]);
    expect(await servers.deadlocks()).toBe(0);
  },
);
