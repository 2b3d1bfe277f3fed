// Seats of groups that are kept, over HTTP: while a form is filled in, for who waits, and for who must move. Time stands still, and no
// worker is needed for any of it but for what stands outside, and for who waits.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ADA, JOHN, type Who } from '../cast.ts';
import { booking, openHouse, refusal, type Answer, type Json, type OpenHouse } from '../open-house.ts';

const PATH = '/api/practitioners/123';
const MAY = { userId: 'may', userEmail: 'may@example.com', userName: 'May Fourth' };
const ANN = { userId: 'ann', userEmail: 'ann@example.com', userName: 'Ann First' };
const SIX = { userId: 'six', userEmail: 'six@example.com', userName: 'Six Sixth' };

let house: OpenHouse;
const typeIds: Record<string, number> = {};
beforeAll(async () => {
  house = await openHouse({ settings: { HOLDS_PER_CLIENT: '20', HOLDS_PER_DAY: '100' } });
  const offered = (await house.get('staff', PATH)).body['sessionTypes'] as { id: number }[];
  const room = await house.post('staff', '/api/resources', { kind: 'room', name: 'Hall' });
  const needs = [{ kind: 'room', anyOf: [room.body['id']] }];
  for (const [name, more] of Object.entries({ Yoga: {}, Dance: { needs } })) {
    const made = await house.post('staff', '/api/session-types', { name, durationMinutes: 60, capacity: 3, ...more });
    typeIds[name] = Number(made.body['id']);
  }
  const sessionTypes = [...offered, ...Object.values(typeIds).map((id) => ({ id }))].map(({ id }) => ({ id }));
  await house.ask('staff', 'PATCH', PATH, { body: { sessionTypes } });
});
afterAll(() => house.close());

let day = 0;
let date = '';
beforeEach(() => {
  date = Temporal.PlainDate.from('2030-03-04')
    .add({ days: Math.floor(day / 5) * 7 + (day % 5) })
    .toString();
  day += 1;
  house.clock.advance({ minutes: 71 });
});

const wish = (over: Json = {}) => ({ practitionerId: 123, sessionType: 'Yoga', date, time: '10:00', ...over });
const hold = (who: Who, over: Json = {}) => house.post(who, '/api/holds', wish(over));
const held = async (who: Who, over: Json = {}): Promise<number> => {
  const answer = await hold(who, over);
  expect(answer.status, answer.text).toBe(201);
  return Number(answer.body['id']);
};
const release = (id: number) => house.ask('staff', 'DELETE', `/api/holds/${id}`);
const book = (over: Json = {}, who: Who = 'service') =>
  house.post(who, '/api/appointments', booking({ ...wish(), videoMeetingConfig: undefined, ...over }));
const idOf = ({ body, text }: Answer): number => {
  expect(body, text).toHaveProperty('appointmentId');
  return Number(body['appointmentId']);
};
const cancel = async (id: number): Promise<void> => {
  expect((await house.put('staff', `/api/appointments/${id}/cancel`, {})).status).toBe(200);
};
const seatAt = async (label: string, type = 'Yoga', on = date) => {
  const { body } = await house.get(null, `${PATH}/availability?date=${on}&sessionType=${encodeURIComponent(type)}`);
  const found = (body['timeSlots'] as Json[]).find(({ time }) => time === label);
  return found?.['available'] === true ? (found['seatsLeft'] ?? 'free') : String(found?.['reasons']);
};
const sessionOf = async (appointmentId: number) =>
  Number((await house.rows('select session_id as id from appointment where id = $1', [appointmentId]))[0]?.['id']);
/** Rooms that are owned on this test's day; for good or for a while. */
const roomRows = () =>
  house.rows(
    `select o.expires_at is null as good from occupancy o join resource r on r.id = o.resource_id
      where r.kind = 'room' and o.starts_at::date = $1::date`,
    [date],
  );
const eventsAt = async (time: string) =>
  (await house.live.google()).filter(({ start }) => String((start as Json)['dateTime']).startsWith(`${date}T${time}`));

describe('a seat', () => {
  test('of a session that stands is nobody else’s until it is confirmed, released or runs out', async () => {
    const first = idOf(await book({ ...ADA }));
    const johns = await held('john');
    expect(await seatAt('10:00 AM')).toBe(1);
    const mays = await held('service', { userId: 'may' });
    expect(await seatAt('10:00 AM')).toBe('full');
    expect(refusal(await book({ ...SIX }))).toEqual([409, 'full']);
    expect(refusal(await hold('service', { userId: 'six' }))).toEqual([409, 'full']);
    const seat = idOf(await book({ holdId: johns }, 'john'));
    expect(await sessionOf(seat)).toBe(await sessionOf(first));
    expect(await seatAt('10:00 AM')).toBe('full');
    expect((await release(mays)).body['state']).toBe('released');
    expect(await seatAt('10:00 AM')).toBe(1);
    const six = await held('service', { userId: 'six' });
    house.clock.advance({ minutes: 10 });
    expect(refusal(await book({ ...SIX, holdId: six }))).toEqual([409, 'hold_expired']);
    expect(await seatAt('10:00 AM')).toBe('full');
    house.clock.advance({ seconds: 5 });
    expect(await seatAt('10:00 AM')).toBe(1);
    idOf(await book({ ...MAY }));
    expect(await seatAt('10:00 AM')).toBe('full');
  });

  test('where none stands opens a session, which others come to meanwhile', async () => {
    const johns = await held('john', { time: '10:00' });
    expect([await seatAt('10:00 AM'), await seatAt('10:00 AM', 'Initial Consultation')]).toEqual([2, 'slot_taken']);
    const adas = idOf(await book({ ...ADA }));
    const mays = await held('service', { userId: 'may' });
    expect(await seatAt('10:00 AM')).toBe('full');
    const [john, may] = [idOf(await book({ holdId: johns }, 'john')), idOf(await book({ ...MAY, holdId: mays }))];
    const session = await sessionOf(adas);
    expect([await sessionOf(john), await sessionOf(may)]).toEqual([session, session]);
    expect(await house.rows('select capacity, live from session where id = $1', [session])).toEqual([
      { capacity: 3, live: true },
    ]);
  });

  test('that is given back leaves no session behind, and nothing of it outside', async () => {
    const [one, two] = [await held('john'), await held('ada')];
    await release(one);
    expect(await seatAt('10:00 AM', 'Initial Consultation')).toBe('slot_taken');
    await release(two);
    expect([await seatAt('10:00 AM'), await seatAt('10:00 AM', 'Initial Consultation')]).toEqual([3, 'free']);
    idOf(await book({ ...ADA, sessionType: 'Initial Consultation' }));
    await house.until(
      () => eventsAt('10:00'),
      (events) => events.length === 1,
    );
  });

  test('that ran out frees its session’s time with it, for whoever needs it', async () => {
    await held('john');
    house.clock.advance({ minutes: 5 });
    await held('ada');
    house.clock.advance({ minutes: 5, seconds: 6 });
    expect([await seatAt('10:00 AM'), await seatAt('10:00 AM', 'Initial Consultation')]).toEqual([2, 'slot_taken']);
    house.clock.advance({ minutes: 5 });
    expect([await seatAt('10:00 AM'), await seatAt('10:00 AM', 'Initial Consultation')]).toEqual([3, 'free']);
    idOf(await book({ ...MAY, sessionType: 'Initial Consultation' }));
    expect(await seatAt('10:00 AM')).toBe('slot_taken');
  });

  test('keeps the session while the last one leaves; its meeting goes, and comes again with the client', async () => {
    const zoom = { videoMeetingConfig: { platform: 'zoom' } };
    const adas = idOf(await book({ ...ADA, ...zoom }));
    const session = await sessionOf(adas);
    const meetings = async () =>
      (await house.live.zoom()).filter((one) => String(one['agenda']).includes(`:${session}]`)).length;
    await house.until(meetings, (n) => n === 1);
    const johns = await held('john');
    await cancel(adas);
    expect([await seatAt('10:00 AM'), await seatAt('10:00 AM', 'Initial Consultation')]).toEqual([2, 'slot_taken']);
    await house.until(meetings, (n) => n === 0);
    const john = idOf(await book({ holdId: johns, ...zoom }, 'john'));
    expect(await sessionOf(john)).toBe(session);
    await house.until(meetings, (n) => n === 1);
    house.clock.advance({ minutes: 30 });
    expect(await seatAt('10:00 AM')).toBe(2);
  });

  test('that ran out keeps no session, and does not outlive it', async () => {
    const adas = idOf(await book({ ...ADA }));
    const johns = await held('john');
    house.clock.advance({ minutes: 11 });
    await cancel(adas);
    expect(await seatAt('10:00 AM', 'Initial Consultation')).toBe('free');
    expect(await house.rows('select state from hold where id = $1', [johns])).toEqual([{ state: 'expired' }]);
  });

  test('stays where another moves away, who leaves its session behind', async () => {
    const adas = idOf(await book({ ...ADA }));
    const johns = await held('john');
    const moved = await house.put('staff', `/api/appointments/${adas}/reschedule`, { newDate: date, newTime: '13:00' });
    expect(moved.status, moved.text).toBe(200);
    expect([await seatAt('10:00 AM'), await seatAt('01:00 PM')]).toEqual([2, 2]);
    const john = idOf(await book({ holdId: johns }, 'john'));
    expect(await sessionOf(john)).not.toBe(await sessionOf(adas));
  });

  test('is not for who has one in that session already, by whichever way', async () => {
    const nobodys = await held('service');
    idOf(await book({ ...ADA }));
    expect(refusal(await hold('ada'))).toEqual([409, 'already_booked']);
    expect(refusal(await book({ ...ADA, holdId: nobodys }))).toEqual([409, 'already_booked']);
    idOf(await book({ ...MAY, holdId: nobodys }));
    expect(await seatAt('10:00 AM')).toBe(1);
  });

  test('is held in the way its session is, which is judged when it is booked', async () => {
    const johns = await held('john');
    idOf(await book({ ...ADA, videoMeetingConfig: { platform: 'zoom' } }));
    const elsewhere = await book({ holdId: johns, videoMeetingConfig: { platform: 'teams' } }, 'john');
    expect(refusal(elsewhere).slice(0, 2)).toEqual([409, 'meeting_elsewhere']);
    idOf(await book({ holdId: johns, videoMeetingConfig: { platform: 'zoom' } }, 'john'));
  });

  test('where nobody is left in its session is held as its client asks', async () => {
    const adas = idOf(await book({ ...ADA, videoMeetingConfig: { platform: 'zoom' } }));
    const johns = await held('john');
    await cancel(adas);
    const john = idOf(await book({ holdId: johns, videoMeetingConfig: { platform: 'teams' } }, 'john'));
    const { body } = await house.get('staff', `/api/appointments/${john}`);
    expect(body['meetingDetails']).toMatchObject({ platform: 'teams' });
  });

  test('is kept once of one session for one client, who may book it all the same', async () => {
    await held('john');
    const again = await hold('john');
    expect(refusal(again)).toEqual([409, 'already_booked']);
    const others = again.body['alternatives'] as Json[];
    expect(others.length).toBeGreaterThan(0);
    expect(others.filter((one) => one['date'] === date && one['time'] === '10:00:00')).toEqual([]);
    idOf(await book({}, 'john'));
    expect(await seatAt('10:00 AM')).toBe(1);
  });

  test('of a session over time that others own runs out with the others', async () => {
    const mays = idOf(await book({ ...MAY, sessionType: 'Initial Consultation' }));
    const adas = idOf(await book({ ...ADA, override: { reason: 'in spite of it' } }, 'staff'));
    await held('john');
    await cancel(adas);
    await cancel(mays);
    expect(await house.breaches()).toEqual([]);
    house.clock.advance({ minutes: 11 });
    expect([await seatAt('10:00 AM'), await seatAt('10:00 AM', 'Initial Consultation')]).toEqual([3, 'free']);
    idOf(await book({ ...SIX }));
  });

  test('keeps the room that its session needs, and gives it back with the session', async () => {
    const one = await held('john', { sessionType: 'Dance' });
    expect(await roomRows()).toEqual([{ good: false }]);
    await release(one);
    expect(await roomRows()).toEqual([]);
    const two = await held('john', { sessionType: 'Dance' });
    idOf(await book({ sessionType: 'Dance', holdId: two }, 'john'));
    expect(await roomRows()).toEqual([{ good: true }]);
  });

  test('counts for its client’s limit, and its session once for hers', async () => {
    const limits = [
      { of: 'client', per: 'day', mostSessions: 1 },
      { of: 'practitioner', per: 'day', mostSessions: 2 },
    ];
    expect((await house.ask('staff', 'PATCH', PATH, { body: { limits } })).status).toBe(200);
    const johns = await held('john');
    expect(refusal(await hold('john', { time: '13:00' }))).toEqual([409, 'client_limit_reached']);
    const adas = await held('ada');
    idOf(await book({ ...MAY, time: '13:00' }));
    expect(refusal(await book({ ...SIX, time: '15:00' }))).toEqual([409, 'booking_limit_reached']);
    await release(johns);
    await release(adas);
    const nobodys = await held('service');
    expect(refusal(await book({ ...MAY, holdId: nobodys }))).toEqual([409, 'client_limit_reached']);
    idOf(await book({ ...SIX, holdId: nobodys }));
    expect((await house.ask('staff', 'PATCH', PATH, { body: { limits: [] } })).status).toBe(200);
  });

  test('that is kept is not sold by raw SQL, nor kept beyond what there is', async () => {
    const first = idOf(await book({ ...ADA }));
    const session = await sessionOf(first);
    await held('john');
    await held('service', { userId: 'may' });
    const taken = { constraint: 'seat_within_capacity' };
    const seat = house.rows(
      `insert into appointment (organisation_id, session_id, client_id, seat_no, state)
       select current_organisation(), $1, min(id), 2, 'confirmed' from client`,
      [session],
    );
    await expect(seat).rejects.toMatchObject(taken);
    const kept = house.rows(
      `insert into hold (organisation_id, practitioner_id, session_type_id, holder, starts_at, ends_at, expires_at, zone, wall_start, session_id)
       select organisation_id, practitioner_id, session_type_id, 'client:x', starts_at, ends_at, starts_at, zone, wall_start, id
         from session where id = $1`,
      [session],
    );
    await expect(kept).rejects.toMatchObject(taken);
  });

  test('of a series that joins, moves and leaves is given as if those kept were taken', async () => {
    const johns = await held('john');
    await held('service', { userId: 'six' });
    const series = await house.post('ada', '/api/series', {
      ...wish(),
      ...ADA,
      repeat: { frequency: 'weekly', count: 2 },
    });
    expect(series.status, series.text).toBe(201);
    const id = String((series.body['series'] as Json)['id']);
    expect(await seatAt('10:00 AM')).toBe('full');
    const ended = await house.put('ada', `/api/series/${id}/cancel`, { which: 'following', index: 1 });
    expect(ended.status, ended.text).toBe(200);
    expect(await seatAt('10:00 AM')).toBe(1);
    idOf(await book({ holdId: johns }, 'john'));
  });
});

type Entry = Json & { state: string; offers: (Json & { id: number; state: string; times: Json[] })[] };
const join = async (who: Who, person: Json, over: Json = {}): Promise<number> => {
  const ten = { windows: [{ from: '10:00', to: '11:00' }] };
  const place = { practitionerIds: [123], sessionType: 'Yoga', firstDate: date, lastDate: date };
  const answer = await house.post(who, '/api/waitlist', { ...person, ...place, ...ten, ...over });
  expect(answer.status, answer.text).toBe(201);
  return Number(answer.body['id']);
};
const entry = async (id: number) => (await house.get('staff', `/api/waitlist/${id}`)).body as Entry;
const became = (id: number, state: string) =>
  house.until(
    () => entry(id),
    (found) => found.state === state,
  );
const take = (offerId: number, body: Json = {}) => house.put('service', `/api/offers/${offerId}/accept`, body);
const openOf = ({ offers }: Entry): number => offers.find(({ state }) => state === 'open')?.id ?? 0;

describe('who waits for a group', () => {
  test('is offered a seat of a full session that is given back, and passes it on', async () => {
    const [adas] = [idOf(await book({ ...ADA })), await book({ ...MAY }), await book({ ...SIX })];
    const [john, ann] = [await join('john', JOHN), await join('service', { ...ANN })];
    expect([(await entry(john)).state, (await entry(ann)).state]).toEqual(['waiting', 'waiting']);
    const session = await sessionOf(adas);
    await cancel(adas);
    const johns = openOf(await became(john, 'offered'));
    expect(await seatAt('10:00 AM')).toBe('full');
    expect((await house.put('john', `/api/offers/${johns}/decline`, {})).status).toBe(200);
    const anns = openOf(await became(ann, 'offered'));
    const taken = await take(anns);
    expect([taken.status, taken.body['state']]).toEqual([200, 'accepted']);
    expect((await entry(ann)).state).toBe('booked');
    expect(await sessionOf(Number(taken.body['appointmentId']))).toBe(session);
    expect(await seatAt('10:00 AM')).toBe('full');
    expect((await house.ask('john', 'DELETE', `/api/waitlist/${john}`)).status).toBe(200);
  });

  test('comes to one session with the others who wait, and is not offered one in which it has a seat', async () => {
    const people = [ADA, MAY, SIX, ANN];
    const waiting = [];
    for (const person of people) waiting.push(await join('service', person));
    const offered = await Promise.all(waiting.slice(0, 3).map((id) => became(id, 'offered')));
    expect(offered.flatMap(({ offers }) => offers.flatMap(({ times }) => times.map((one) => one['time'])))).toEqual(
      people.slice(0, 3).map(() => '10:00:00'),
    );
    expect((await entry(waiting[3] ?? 0)).state).toBe('waiting');
    const booked = [];
    for (const found of offered) booked.push(Number((await take(openOf(found))).body['appointmentId']));
    expect(new Set(await Promise.all(booked.map(sessionOf))).size).toBe(1);
    const again = await join('service', ADA);
    await cancel(booked[1] ?? 0);
    await became(waiting[3] ?? 0, 'offered');
    expect((await entry(again)).state).toBe('waiting');
    for (const id of [again, waiting[3]]) await house.ask('staff', 'DELETE', `/api/waitlist/${id}`);
  });

  test('on one platform is not offered a seat of a session held on another, and is in nobody’s way', async () => {
    const zoom = { videoMeetingConfig: { platform: 'zoom' } };
    const adas = idOf(await book({ ...ADA, ...zoom }));
    for (const person of [MAY, SIX]) idOf(await book({ ...person, ...zoom }));
    const john = await join('john', JOHN, { videoMeetingConfig: { platform: 'teams' } });
    const ann = await join('service', ANN);
    await cancel(adas);
    await became(ann, 'offered');
    expect((await entry(john)).state).toBe('waiting');
    for (const id of [john, ann]) await house.ask('staff', 'DELETE', `/api/waitlist/${id}`);
  });

  test('is offered one seat of a session, however often it waits', async () => {
    const [one, two] = [await join('service', ANN), await join('service', ANN)];
    const offer = openOf(await became(one, 'offered'));
    expect((await entry(two)).state).toBe('waiting');
    expect((await take(offer)).body['state']).toBe('accepted');
    expect((await entry(two)).state).toBe('waiting');
    await house.ask('staff', 'DELETE', `/api/waitlist/${two}`);
  });

  test('that became one since waits on, for a seat', async () => {
    const single = await house.post('staff', '/api/session-types', { name: 'Talk', durationMinutes: 60 });
    const id = Number(single.body['id']);
    const offered = (await house.get('staff', PATH)).body['sessionTypes'] as { id: number }[];
    const sessionTypes = [...offered.map((one) => ({ id: one.id })), { id }];
    expect((await house.ask('staff', 'PATCH', PATH, { body: { sessionTypes } })).status).toBe(200);
    const taken = idOf(await book({ ...ADA, sessionType: 'Talk' }));
    const ann = await join('service', ANN, { sessionType: 'Talk' });
    const changed = await house.ask('staff', 'PATCH', `/api/session-types/${id}`, { body: { capacity: 2 } });
    expect(changed.status, changed.text).toBe(200);
    await cancel(taken);
    const booked = await take(openOf(await became(ann, 'offered')));
    expect(booked.body['state'], booked.text).toBe('accepted');
    expect(await seatAt('10:00 AM', 'Talk')).toBe(1);
  });
});

describe('time off over a session of a group', () => {
  test('offers all of it other times; those who choose the same come to one session', async () => {
    // Far from what other tests have left.
    date = '2030-06-03';
    const people = [ADA, MAY, SIX];
    const ids = [];
    for (const person of people) ids.push(idOf(await book({ ...person, videoMeetingConfig: { platform: 'zoom' } })));
    const off = await house.post('sarah', `${PATH}/time-off`, { firstDate: date, lastDate: date });
    const timeOff = (off.body['timeOff'] as { id: number }).id;
    const answer = await house.post('sarah', `${PATH}/time-off/${timeOff}/offers`, {});
    expect([answer.status, answer.body['withoutOffer']], answer.text).toEqual([201, []]);
    type Offer = Json & { id: number; appointmentId: number; times: Json[] };
    const offers = answer.body['offers'] as Offer[];
    expect(offers.map(({ appointmentId }) => appointmentId)).toEqual(ids);
    const starts = offers.map(({ times }) => times.map((one) => one['start']));
    expect(starts).toEqual([starts[0], starts[0], starts[0]]);
    for (const { id } of offers.slice(0, 2)) {
      const taken = await take(id, { choice: 2 });
      expect([taken.status, taken.body['state']], taken.text).toEqual([200, 'accepted']);
    }
    const second = offers[0]?.times[1];
    const moved = await Promise.all(ids.slice(0, 2).map((id) => house.get('staff', `/api/appointments/${id}`)));
    expect(moved.map(({ body }) => [body['date'], body['time']])).toEqual([
      [second?.['date'], second?.['time']],
      [second?.['date'], second?.['time']],
    ]);
    const sessions = await Promise.all(ids.map(sessionOf));
    expect([sessions[0] === sessions[1], sessions[0] === sessions[2]]).toEqual([true, false]);
    // What nobody chose is free once the last has answered.
    expect((await house.put('service', `/api/offers/${offers[2]?.id}/decline`, {})).status).toBe(200);
    const kept = `select count(*)::int as n from session s where s.live and s.starts_at = any($1::timestamptz[])`;
    expect(await house.rows(kept, [starts[0]])).toEqual([{ n: 1 }]);
    await house.until(
      async () => (await house.live.zoom()).filter((one) => String(one['agenda']).includes(`:${sessions[0]}]`)).length,
      (n) => n === 1,
    );
  });
});

test('nobody comes to two seats of one session by offers over time off', async () => {
  date = '2030-07-01';
  const [one, two] = [idOf(await book({ ...ADA })), idOf(await book({ ...ADA, time: '13:00' }))];
  const mays = idOf(await book({ ...MAY }));
  const off = await house.post('sarah', `${PATH}/time-off`, { firstDate: date, lastDate: date });
  const timeOff = (off.body['timeOff'] as { id: number }).id;
  const { body } = await house.post('sarah', `${PATH}/time-off/${timeOff}/offers`, {});
  const offers = body['offers'] as (Json & { id: number; appointmentId: number; times: Json[] })[];
  const of = (id: number) => offers.find(({ appointmentId }) => appointmentId === id);
  const startsOf = (id: number) => of(id)?.times.map((time) => time['start']) ?? [];
  expect(new Set([...startsOf(one), ...startsOf(two)]).size).toBe(6);
  const [first] = of(mays)?.times ?? [];
  idOf(await book({ ...MAY, date: first?.['date'], time: first?.['time'] }));
  expect(refusal(await take(of(mays)?.id ?? 0, { choice: 1 }))).toEqual([409, 'already_booked']);
  expect((await take(of(mays)?.id ?? 0, { choice: 2 })).body['state']).toBe('accepted');
});

test('whatever was kept, given back and moved, nothing of it contradicts itself', async () => {
  expect(await house.breaches()).toEqual([]);
});
