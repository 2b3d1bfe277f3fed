// Series of seats in groups, over HTTP: on each date the client joins the session that stands, or opens one; moved or cancelled, it
// gives its seats back, and those who stay keep theirs.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ADA, JOHN, SARAH, type Who } from '../cast.ts';
import { openHouse, refusal, type Answer, type Json, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
let room = 0;
beforeAll(async () => {
  house = await openHouse({ settings: { SERIES_PER_CLIENT: '100' } });
  room = Number((await house.post('staff', '/api/resources', { kind: 'room', name: 'Studio' })).body['id']);
  const path = `/api/practitioners/${SARAH.practitionerId}`;
  const needs = [{ kind: 'room', anyOf: [room] }];
  const yoga = { name: 'Yoga', durationMinutes: 60, capacity: 2, needs };
  const made = await house.post('staff', '/api/session-types', yoga);
  const offered = (await house.get('staff', path)).body['sessionTypes'] as { id: number }[];
  const sessionTypes = [...offered.map(({ id }) => ({ id })), { id: made.body['id'] }];
  await house.ask('staff', 'PATCH', path, { body: { sessionTypes } });
});
afterAll(() => house.close());

/** Of each test its own weekday and hour, so that none is in another's way. */
const HOURS = ['10:00', '15:00', '12:00'];
let turn = 0;
let first = '';
let time = '';
beforeEach(() => {
  first = Temporal.PlainDate.from('2030-02-04')
    .add({ days: turn % 5 })
    .toString();
  time = HOURS[Math.floor(turn / 5)] ?? '';
  turn += 1;
});
const later = (weeks: number) => Temporal.PlainDate.from(first).add({ weeks }).toString();

const MAY = { userId: 'may', userEmail: 'may@example.com', userName: 'May Fourth' };
const base = () => ({ practitionerId: SARAH.practitionerId, sessionType: 'Yoga', date: first, time });
const weekly = { repeat: { frequency: 'weekly', count: 4 } };
const series = (who: Who, over: Json = {}, query = '') =>
  house.post(who, `/api/series${query}`, { ...base(), ...weekly, ...(who === 'ada' ? ADA : JOHN), ...over });
const single = (date: string, over: Json = {}) =>
  house.post('service', '/api/appointments', { ...base(), ...MAY, date, ...over });
const change = (id: number, way: string, body: Json, query = '') =>
  house.put('john', `/api/series/${id}/${way}${query}`, { which: 'following', ...body });
type Date = Json & { index: number; date: string; appointmentId?: number };
const datesOf = ({ body, text }: Answer): Date[] => {
  const dates = (body['dates'] ?? (body['series'] as Json | undefined)?.['dates']) as Date[] | undefined;
  expect(dates, text).toBeDefined();
  return dates ?? [];
};
const idOf = ({ body, text }: Answer) => {
  expect(body, text).toHaveProperty('series');
  return Number((body['series'] as Json)['id']);
};
type Span = { start: string; end: string };
const minutesOf = ({ start, end }: Span) => Temporal.Instant.from(start).until(end).total('minutes');
const resultsOf = (answer: Answer) => datesOf(answer).map(({ result, reasons }) => reasons ?? result);
/** Sessions of this test's hour that are on, by week: who has a seat, and whether each has its time and its room. */
const sessions = async () => {
  const rows = await house.rows(
    `select (s.starts_at::date - $1::date) / 7 as week, s.id,
            array(select c.subject from appointment a join client c on c.id = a.client_id
                   where a.session_id = s.id and a.state <> 'cancelled' order by 1) as seats,
            array(select o.resource_id from occupancy o where o.session_id = s.id and o.during = s.occupied order by 1) as owns
       from session s join session_type t on t.id = s.session_type_id
      where s.live and t.name = 'Yoga' and extract(isodow from s.starts_at) = extract(isodow from $1::date)
        and to_char(s.starts_at at time zone s.zone, 'HH24:MI') = $2
      order by s.starts_at`,
    [first, time],
  );
  const owned = [SARAH.practitionerId, room].toSorted((a, b) => a - b);
  expect(rows.map(({ owns }) => owns)).toEqual(rows.map(() => owned));
  return rows as { week: number; id: number; seats: string[] }[];
};
const seats = async () => (await sessions()).map((one) => [one.week, one.seats]);
const [john, ada, may] = [JOHN.userId, ADA.userId, MAY.userId];

describe('a series of seats', () => {
  test('joins the sessions that stand and opens the others; full, or the client’s own already, is told per date', async () => {
    expect((await single(later(1))).status).toBe(201);
    const booked = await series('john');
    expect(booked.status, booked.text).toBe(201);
    expect(await seats()).toEqual([
      [0, [john]],
      [1, [john, may].toSorted()],
      [2, [john]],
      [3, [john]],
    ]);
    const [, second] = datesOf(booked);
    expect((await house.get('john', `/api/appointments/${second?.appointmentId}`)).body).toMatchObject({
      date: later(1),
      status: 'confirmed',
      seriesId: idOf(booked),
      seriesIndex: 2,
    });
    const already = ['already_booked'];
    expect(resultsOf(await series('john', {}, '?dryRun=true'))).toEqual([
      already,
      [...already, 'full'],
      already,
      already,
    ]);

    const all = await series('ada');
    expect(refusal(all)).toEqual([409, 'dates_refused']);
    expect(resultsOf(all)).toEqual(['free', ['full'], 'free', 'free']);
    const [, standing] = await sessions();
    const told = datesOf(await series('ada', {}, '?dryRun=true'))[1]?.['because'];
    expect(told).toEqual([{ code: 'full', reason: 'full' }]);
    const toStaff = datesOf(await series('staff', { ...ADA }, '?dryRun=true'))[1]?.['because'];
    expect(toStaff).toMatchObject([{ code: 'full', reason: 'full', sessionId: standing?.id }]);
    const rest = await series('ada', { take: 'the_rest' });
    expect((rest.body['refused'] as Json[]).map(({ index, reasons }) => [index, reasons])).toEqual([[2, ['full']]]);
    expect(await seats()).toEqual([
      [0, [ada, john].toSorted()],
      [1, [john, may].toSorted()],
      [2, [ada, john].toSorted()],
      [3, [ada, john].toSorted()],
    ]);
    const [entry] = await house.rows(
      `select facts from journal where event = 'appointment.booked' and subject_id = $1`,
      [datesOf(rest)[0]?.appointmentId],
    );
    expect(entry).toMatchObject({ facts: { seriesId: idOf(rest), seriesIndex: 1, sessionId: expect.any(Number) } });
  });

  test('is held as the sessions are that it joins; a date whose session is held elsewhere is refused', async () => {
    expect((await single(later(1), { videoMeetingConfig: { platform: 'zoom' } })).status).toBe(201);
    expect((await single(later(2), { mode: 'in_person' })).status).toBe(201);
    const online = { videoMeetingConfig: { platform: 'google-meet' } };
    const dry = await series('john', online, '?dryRun=true');
    expect(resultsOf(dry)).toEqual(['free', ['meeting_elsewhere'], ['mode_not_offered'], 'free']);
    // As each would be by itself.
    expect(refusal(await single(later(1), { ...JOHN, ...online })).slice(0, 2)).toEqual([409, 'meeting_elsewhere']);
    expect(refusal(await single(later(2), { ...JOHN, ...online })).slice(0, 2)).toEqual([422, 'mode_not_offered']);
    expect(resultsOf(await series('john', {}, '?dryRun=true'))).toEqual(['free', 'free', 'free', 'free']);
    const rest = await series('john', { ...online, take: 'the_rest' });
    expect(datesOf(rest).map(({ appointmentId }) => appointmentId !== undefined)).toEqual([true, false, false, true]);
  });

  test('two dates at one start are two seats of one client, and the second is refused', async () => {
    const instead = [{ index: 2, date: first, time: `${time}:00` }];
    const dry = await series('staff', { instead }, '?dryRun=true');
    expect(resultsOf(dry)).toEqual(['free', ['already_booked'], 'free', 'free']);
    expect(datesOf(dry)[1]?.['because']).toEqual([{ code: 'already_booked', reason: 'already_booked' }]);
  });

  test('is told seat by seat, and nobody of anybody', async () => {
    expect((await series('ada')).status).toBe(201);
    const wish = { repeat: { frequency: 'weekly', count: 3 } };
    const person = { userId: 'told', userEmail: 'told@example.com', userName: 'Told Once' };
    const booked = await series('service', { ...wish, ...person });
    expect(booked.status, booked.text).toBe(201);
    const letters = await house.until(
      () => house.live.mailsTo(person.userEmail),
      (mails) => mails.length >= 3,
      { seconds: 1 },
    );
    expect(letters).toHaveLength(3);
    for (const { text } of letters) expect(text).not.toContain(ADA.userName);
  });
});

describe('a series of seats is changed', () => {
  test('cancelled, it gives its seats back: others stay in theirs, and what nobody is left in is free', async () => {
    const id = idOf(await series('john'));
    for (const week of [1, 2]) expect((await single(later(week))).status).toBe(201);
    expect((await change(id, 'cancel', { index: 2, reason: 'away' })).status).toBe(200);
    expect(await seats()).toEqual([
      [0, [john]],
      [1, [may]],
      [2, [may]],
    ]);
    expect((await house.get('john', `/api/series/${id}`)).body['dates']).toMatchObject(
      ['confirmed', 'cancelled', 'cancelled', 'cancelled'].map((status) => ({ status })),
    );
    expect((await series('ada')).status).toBe(201);
    expect((await seats()).map(([, who]) => who)).toEqual(
      [[ada, john], [ada, may], [ada, may], [ada]].map((who) => who.toSorted()),
    );
  });

  test('moved by a week, it comes into the seats that it leaves itself, though its sessions are full', async () => {
    const id = idOf(await series('john'));
    expect((await series('ada')).status).toBe(201);
    const before = await sessions();
    const on = { index: 2, newDate: later(2), newTime: time };
    expect(resultsOf(await change(id, 'reschedule', on, '?dryRun=true'))).toEqual(['free', 'free', 'free']);
    const moved = await change(id, 'reschedule', on);
    expect(moved.status, moved.text).toBe(200);
    expect(await seats()).toEqual([
      [0, [ada, john].toSorted()],
      [1, [ada]],
      [2, [ada, john].toSorted()],
      [3, [ada, john].toSorted()],
      [4, [john]],
    ]);
    expect((await sessions()).slice(0, 4).map((one) => one.id)).toEqual(before.map((one) => one.id));
    // The one seat that was given up goes to another, so it does not get it back.
    expect((await single(later(1))).status).toBe(201);
    const back = { index: 2, newDate: later(1), newTime: time };
    const refused = await change(id, 'reschedule', back);
    expect([refused.status, resultsOf(refused)]).toEqual([409, [['full'], 'free', 'free']]);
    const rest = await change(id, 'reschedule', { ...back, take: 'the_rest' });
    // Who stays has its seat still, and is in the way of the next.
    const stays = ['already_booked', 'full'];
    expect(resultsOf(rest)).toEqual([['full'], stays, stays]);
    expect((await house.put('staff', `/api/series/${id}/cancel`, { index: 4, which: 'this' })).status).toBe(200);
    expect(await seats()).toHaveLength(4);
  });

  test('alone in its sessions it takes them along, also back, and joins where another is', async () => {
    const id = idOf(await series('john'));
    const before = await sessions();
    const given = await single(later(3));
    await house.put('service', `/api/appointments/${String(given.body['appointmentId'])}/cancel`, {});
    const to = (weeks: number) => ({ index: 2, newDate: later(weeks), newTime: time });
    expect((await change(id, 'reschedule', to(2))).status).toBe(200);
    expect(await seats()).toEqual([0, 2, 3, 4].map((week) => [week, [john]]));
    expect((await sessions()).map((one) => one.id)).toEqual(before.map((one) => one.id));
    // What was given back is where it was.
    const { body } = await house.get('staff', `/api/appointments/${String(given.body['appointmentId'])}`);
    expect(body).toMatchObject({ date: later(3), status: 'cancelled' });
    expect((await single(later(1))).status).toBe(201);
    expect((await change(id, 'reschedule', to(1))).status).toBe(200);
    expect(await seats()).toEqual([
      [0, [john]],
      [1, [john, may].toSorted()],
      [2, [john]],
      [3, [john]],
    ]);
    expect((await house.get('john', `/api/series/${id}`)).body['dates']).toMatchObject(
      [0, 1, 2, 3].map((week) => ({ date: later(week), status: 'confirmed' })),
    );
  });

  test('two dates do not change places in sessions that are full, and nothing is changed', async () => {
    const id = idOf(await series('john'));
    for (const week of [1, 2]) expect((await single(later(week))).status).toBe(201);
    const alone = async (index: number, week: number) => {
      const to = { index, which: 'this', newDate: later(week), newTime: time };
      expect((await change(id, 'reschedule', to)).status).toBe(200);
    };
    await alone(2, 5);
    await alone(3, 1);
    await alone(2, 2);
    const before = await seats();
    const refused = await change(id, 'reschedule', { index: 2, newDate: later(1), newTime: time });
    expect(refusal(refused)).toEqual([409, 'full']);
    expect(await seats()).toEqual(before);
  });

  test('by one date alone it moves that seat', async () => {
    const id = idOf(await series('john'));
    expect((await single(first)).status).toBe(201);
    const one = { index: 1, which: 'this', newDate: later(4), newTime: time };
    expect(resultsOf(await change(id, 'reschedule', one, '?dryRun=true'))).toEqual(['free']);
    expect((await change(id, 'reschedule', one)).status).toBe(200);
    expect(await seats()).toEqual([[0, [may]], ...[1, 2, 3, 4].map((week) => [week, [john]])]);
  });

  test('each is as long as the session it came into, and is judged so', async () => {
    const offered = (await house.get(null, '/api/session-types')).body['sessionTypes'] as Json[];
    const yoga = offered.find(({ name }) => name === 'Yoga')?.['id'];
    const last = async (durationMinutes: number) => {
      const path = `/api/session-types/${String(yoga)}`;
      expect((await house.ask('staff', 'PATCH', path, { body: { durationMinutes } })).status).toBe(200);
    };
    await last(90);
    const made = await single(later(1));
    expect(made.status, made.text).toBe(201);
    const longer = made.body['appointmentId'];
    await last(60);
    const id = idOf(await series('john'));
    await house.put('service', `/api/appointments/${String(longer)}/cancel`, {});
    const late = { index: 1, newDate: first, newTime: '17:00' };
    const tooLong = ['free', ['outside_hours'], 'free', 'free'];
    const dry = await change(id, 'reschedule', late, '?dryRun=true');
    expect(resultsOf(dry)).toEqual(tooLong);
    expect(((datesOf(dry)[1]?.['alternatives'] ?? []) as Span[]).map((span) => minutesOf(span))).toEqual(
      Array.from({ length: 5 }, () => 90),
    );
    expect(refusal(await change(id, 'reschedule', late))).toEqual([409, 'dates_refused']);
    expect(await seats()).toEqual([0, 1, 2, 3].map((week) => [week, [john]]));
    expect((await change(id, 'reschedule', { ...late, newTime: '13:00' })).status).toBe(200);
    const dates = (await house.get('john', `/api/series/${id}`)).body['dates'] as Span[];
    expect(dates.map((span) => minutesOf(span))).toEqual([60, 90, 60, 60]);
  });
});
