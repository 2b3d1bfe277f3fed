// Holds over HTTP: a time is kept while the client fills in the form, and nobody blocks a calendar with it. Answers in order.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ADA, JOHN, MICHAEL, SARAH, type Who } from '../cast.ts';
import { booking, openHouse, refusal, type Json, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse({ worker: false });
});
afterAll(() => house.close());

let day = 0;
let date = '';
/** Another working day for each test, so that no hold of another is in its way; and no hold of an hour ago counts. */
beforeEach(() => {
  date = Temporal.PlainDate.from('2030-03-04')
    .add({ days: Math.floor(day / 5) * 7 + (day % 5) })
    .toString();
  day += 1;
  house.clock.advance({ minutes: 71 });
});

const wish = (over: Json = {}): Json => ({
  practitionerId: SARAH.practitionerId,
  sessionType: 'Initial Consultation',
  date,
  time: '14:00',
  ...over,
});
const hold = (who: Who, over: Json = {}, headers?: Record<string, string>) =>
  house.post(who, '/api/holds', wish(over), headers);
const held = async (who: Who, over: Json = {}): Promise<number> => {
  const answer = await hold(who, over);
  expect(answer.status, answer.text).toBe(201);
  return Number(answer.body['id']);
};
const form = (over: Json = {}): Json => booking({ date, videoMeetingConfig: undefined, ...over });
const book = (who: Who, over: Json = {}, headers?: Record<string, string>) =>
  house.post(who, '/api/appointments', form(over), headers);
const release = (who: Who, id: number) => house.ask(who, 'DELETE', `/api/holds/${id}`);
const stateOf = async (id: number, who: Who = 'staff') => (await house.get(who, `/api/holds/${id}`)).body['state'];
const slotAt = async (who: Who, label: string, on = date) => {
  const { body } = await house.get(who, `/api/practitioners/${SARAH.practitionerId}/availability?date=${on}`);
  return (body['timeSlots'] as Json[]).find(({ time }) => time === label);
};
const journalOf = async (id: number) =>
  (await house.rows(`select event from journal where subject_kind = 'hold' and subject_id = $1 order by id`, [id])).map(
    ({ event }) => event,
  );

describe('201', () => {
  test('a client holds a start as it would book it, and is told until when', async () => {
    const answer = await hold('john');
    const expiresAt = house.clock.now().add({ minutes: 10 }).round('millisecond').toString();
    expect([answer.status, answer.body]).toEqual([
      201,
      {
        id: expect.any(Number),
        practitionerId: 123,
        sessionTypeId: expect.any(Number),
        sessionType: 'Initial Consultation',
        date,
        time: '14:00:00',
        timeZone: 'America/New_York',
        start: Temporal.ZonedDateTime.from(`${date}T14:00[America/New_York]`).toInstant().toString(),
        end: Temporal.ZonedDateTime.from(`${date}T15:00[America/New_York]`).toInstant().toString(),
        expiresAt,
        state: 'open',
      },
    ]);
    const { id } = answer.body;
    expect(answer.headers.get('location')).toBe(`/api/holds/${String(id)}`);
    expect((await house.get('john', `/api/holds/${String(id)}`)).body).toEqual(answer.body);
    expect(await journalOf(Number(id))).toEqual(['hold.placed']);
  });

  test('the time is nobody else’s meanwhile, and is free again once it is released', async () => {
    const id = await held('john');
    expect(await slotAt('ada', '02:00 PM')).toMatchObject({ available: false, reasons: ['slot_taken'] });
    const answer = await book('ada', { ...ADA });
    expect(refusal(answer)).toEqual([409, 'slot_taken']);
    expect((answer.body['alternatives'] as Json[]).length).toBeGreaterThan(0);
    const released = await release('john', id);
    expect([released.status, released.body['state']]).toEqual([200, 'released']);
    expect((await release('john', id)).body['state']).toBe('released');
    expect(await journalOf(id)).toEqual(['hold.placed', 'hold.released']);
    expect(await slotAt('ada', '02:00 PM')).toMatchObject({ available: true });
    expect((await book('ada', { ...ADA })).status).toBe(201);
  });

  test('booking with it succeeds until the very instant, though hours, offer and policy are others by then', async () => {
    const id = await held('john');
    const path = `/api/practitioners/${SARAH.practitionerId}`;
    const before = (await house.get('staff', path)).body;
    const changed = await house.ask('staff', 'PATCH', path, {
      body: { active: false, noticeMinutes: 525_600, horizonDays: 1, sessionTypes: [] },
    });
    expect(changed.status, changed.text).toBe(200);
    house.clock.advance({ minutes: 9, seconds: 59 });
    const answer = await book('john', { holdId: id });
    const { active, noticeMinutes, horizonDays } = before;
    const offered = (before['sessionTypes'] as Json[]).map((one) => ({ id: one['id'] }));
    await house.ask('staff', 'PATCH', path, { body: { active, noticeMinutes, horizonDays, sessionTypes: offered } });
    expect(answer.status, answer.text).toBe(201);
    const { body } = await house.get('john', `/api/appointments/${String(answer.body['appointmentId'])}`);
    expect(body).toMatchObject({ status: 'confirmed', date, time: '14:00:00', sessionType: 'Initial Consultation' });
    expect(await stateOf(id)).toBe('confirmed');
    expect(await journalOf(id)).toEqual(['hold.placed', 'hold.confirmed']);
    // It is the appointment's for good, and freed with it.
    house.clock.advance({ hours: 2 });
    expect(await slotAt(null, '02:00 PM')).toMatchObject({ available: false });
    await house.put('john', `/api/appointments/${String(answer.body['appointmentId'])}/cancel`, {});
    expect(await slotAt(null, '02:00 PM')).toMatchObject({ available: true });
  });

  test('one that ran out frees its time, with no worker anywhere', async () => {
    const id = await held('john');
    house.clock.advance({ minutes: 10 });
    expect(await stateOf(id)).toBe('expired');
    expect(await slotAt(null, '02:00 PM')).toMatchObject({ available: false });
    house.clock.advance({ seconds: 5 });
    expect(await slotAt(null, '02:00 PM')).toMatchObject({ available: true });
    expect((await book('ada', { ...ADA })).status).toBe(201);
    expect(await journalOf(id)).toEqual(['hold.placed', 'hold.expired']);
  });

  test('staff and services hold for a client, who alone may then have it', async () => {
    for (const [who, time] of [
      ['staff', '09:00'],
      ['service', '10:00'],
    ] as const) {
      const id = await held(who, { userId: JOHN.userId, time });
      expect(await stateOf(id, 'john')).toBe('open');
      expect(refusal(await book(who, { ...ADA, holdId: id, time }))).toEqual([422, 'does_not_match', '/userId']);
      expect((await book('john', { holdId: id, time })).status).toBe(201);
    }
    // At a desk it may be for whoever it turns out to be.
    const id = await held('staff', { time: '15:00' });
    expect((await book('staff', { ...ADA, holdId: id, time: '15:00' })).status).toBe(201);
  });

  test('under a key it is placed once and confirmed once', async () => {
    const key = { 'idempotency-key': 'hold-once' };
    const [first, second] = await Promise.all([hold('john', {}, key), hold('john', {}, key)]);
    expect([first.status, second.status, second.body['id']]).toEqual([201, 201, first.body['id']]);
    const holdId = Number(first.body['id']);
    const confirm = { 'idempotency-key': 'confirm-once' };
    const twice = await Promise.all([book('john', { holdId }, confirm), book('john', { holdId }, confirm)]);
    expect(twice.map(({ status }) => status)).toEqual([201, 201]);
    expect(twice[0]?.body['appointmentId']).toBe(twice[1]?.body['appointmentId']);
    expect((await release('john', holdId)).body['state']).toBe('confirmed');
    expect(await slotAt(null, '02:00 PM')).toMatchObject({ available: false });
  });

  test('a session type may be named by id, and the time in another zone', async () => {
    const answer = await hold('john', { time: '20:00', timeZone: 'Europe/Berlin' });
    expect(answer.status, answer.text).toBe(201);
    const { id, time, sessionTypeId } = answer.body;
    const same = { holdId: id, sessionType: sessionTypeId, time };
    expect((await book('john', same)).status).toBe(201);
  });
});

describe('400', () => {
  test.each([
    ['/date', { date: '2030-02-30' }],
    ['/time', { time: '25:00' }],
    ['/practitionerId', { practitionerId: 'x' }],
    ['/room', { room: 1 }],
  ])('a body that is not as described: %s', async (pointer, over) => {
    expect(refusal(await hold('john', over))).toEqual([400, 'invalid_request', pointer]);
  });
});

/** Each address of this room, asked by each of the cast: the first status is that of a hold that is there and John's. */
describe('each caller at each address', () => {
  const CALLERS: readonly (readonly [Who, { place: number; own: number }])[] = [
    [null, { place: 401, own: 401 }],
    ['john', { place: 201, own: 200 }],
    ['ada', { place: 201, own: 404 }],
    ['sarah', { place: 403, own: 403 }],
    ['staff', { place: 201, own: 200 }],
    ['service', { place: 201, own: 200 }],
    ['foreignStaff', { place: 404, own: 404 }],
    ['foreignService', { place: 404, own: 404 }],
    ['foreignJohn', { place: 404, own: 404 }],
    ['foreignSarah', { place: 403, own: 403 }],
  ];
  test.each(CALLERS)('%s', async (who, { place, own }) => {
    const id = await held('john', { time: '09:00' });
    const placed = await hold(who, { time: '15:00' });
    expect([placed.status, (await house.get(who, `/api/holds/${id}`)).status]).toEqual([place, own]);
    // Whoever may not see it may not book with it either, and its time stays its holder's.
    const claims = who === 'ada' ? ADA : JOHN;
    const booked = await book(who, { ...claims, holdId: id, time: '09:00' });
    expect([booked.status, (await release(who, id)).status]).toEqual([own === 200 ? 201 : own, own]);
    expect(await stateOf(id)).toBe(own === 200 ? 'confirmed' : 'open');
  });

  test('a guest’s link holds nothing', async () => {
    const made = await book('john', { time: '16:00' });
    const link = await house.post('staff', `/api/appointments/${String(made.body['appointmentId'])}/guest-link`, {});
    const authorization = { authorization: `Bearer ${String(link.body['url']).split('#')[1]}` };
    expect((await house.get(null, '/api/guest', authorization)).status).toBe(200);
    expect(refusal(await hold(null, {}, authorization))).toEqual([403, 'forbidden']);
  });

  test('an API key holds with the scope to book, and looks with the scope to look', async () => {
    const keyWith = async (scope: string) => {
      const made = await house.post('staff', '/api/api-keys', { name: scope, scopes: [scope] });
      return { authorization: `Bearer ${String(made.body['secret'])}` };
    };
    const [write, read] = [await keyWith('appointments:write'), await keyWith('appointments:read')];
    const placed = await hold(null, { userId: JOHN.userId }, write);
    expect(placed.status, placed.text).toBe(201);
    const path = `/api/holds/${String(placed.body['id'])}`;
    expect((await house.get(null, path, read)).status).toBe(200);
    expect(refusal(await house.get(null, path, write))).toEqual([403, 'forbidden']);
    expect(refusal(await hold(null, {}, read))).toEqual([403, 'forbidden']);
    expect(refusal(await house.ask(null, 'DELETE', path, { headers: read }))).toEqual([403, 'forbidden']);
    expect((await house.ask(null, 'DELETE', path, { headers: write })).body['state']).toBe('released');
  });
});

describe('403', () => {
  test('a client holds for itself alone', async () => {
    expect(refusal(await hold('ada', { userId: JOHN.userId }))).toEqual([403, 'forbidden']);
    await held('john', { userId: JOHN.userId });
  });
});

describe('404', () => {
  test('of a practitioner and a hold that are not there', async () => {
    expect(refusal(await hold('john', { practitionerId: 999_999 }))).toEqual([404, 'not_found']);
    expect(refusal(await house.get('staff', '/api/holds/999999'))).toEqual([404, 'not_found']);
    expect(refusal(await book('john', { holdId: 999_999 }))).toEqual([404, 'not_found']);
  });
});

describe('409', () => {
  test('what is held or booked is not held again, by its holder neither', async () => {
    await held('john');
    for (const who of ['john', 'ada', 'staff'] as const) {
      const answer = await hold(who);
      expect(refusal(answer)).toEqual([409, 'slot_taken']);
      expect((answer.body['alternatives'] as Json[]).length).toBeGreaterThan(0);
    }
    expect(refusal(await book('john'))).toEqual([409, 'slot_taken']);
  });

  test('one that is over, released or confirmed books nothing', async () => {
    const over = await held('john');
    house.clock.advance({ minutes: 10 });
    expect(refusal(await book('john', { holdId: over }))).toEqual([409, 'hold_expired']);
    const released = await held('john', { time: '15:00' });
    await release('john', released);
    expect(refusal(await book('john', { holdId: released, time: '15:00' }))).toEqual([409, 'hold_expired']);
    const used = await held('john', { time: '16:00' });
    expect((await book('john', { holdId: used, time: '16:00' })).status).toBe(201);
    expect(refusal(await book('john', { holdId: used, time: '16:00' }))).toEqual([409, 'hold_expired']);
  });

  test('a client has two open, wherever they are; the third comes once one is gone', async () => {
    const first = await held('john', { time: '09:00' });
    const second = await held('john', { practitionerId: MICHAEL.practitionerId, time: '09:00' });
    const third = () => hold('john', { time: '11:00' });
    expect(refusal(await third())).toEqual([409, 'limit_reached']);
    // A service that holds for him is no way round it.
    expect(refusal(await hold('service', { userId: JOHN.userId, time: '11:00' }))).toEqual([409, 'limit_reached']);
    expect((await book('john', { time: '11:00' })).status).toBe(201);
    await release('john', second);
    const again = await held('john', { time: '13:00' });
    house.clock.advance({ minutes: 10 });
    expect([await stateOf(first), await stateOf(again)]).toEqual(['expired', 'expired']);
    await held('john', { time: '15:00' });
    await held('john', { time: '16:00' });
  });

  test('of many at once by one client, at several practitioners, two are placed', async () => {
    const wishes = [SARAH, MICHAEL].flatMap(({ practitionerId }) =>
      ['09:00', '10:00', '11:00', '14:00', '15:00'].map((time) => ({ practitionerId, time })),
    );
    const answers = await Promise.all(wishes.map((over) => hold('john', over)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2);
    expect(new Set(answers.map(({ body }) => body['code']))).toEqual(new Set([undefined, 'limit_reached']));
  });

  test('the same time is held by the same client three times within the hour, and can be booked still', async () => {
    for (const _ of [1, 2, 3]) await release('john', await held('john'));
    expect(refusal(await hold('john'))).toEqual([409, 'limit_reached']);
    await release('ada', await held('ada'));
    house.clock.advance({ minutes: 71 });
    await release('john', await held('john'));
    expect((await book('john')).status).toBe(201);
  });

  test('of one day of one practitioner only a part can be held, by however many; the rest can be booked', async () => {
    const times = ['09:00', '10:00', '11:00', '13:00', '14:00', '15:00', '16:00', '17:00'];
    for (const [i, time] of times.entries()) await held('service', { userId: `crowd-${i}`, time });
    const other = { practitionerId: MICHAEL.practitionerId };
    await held('service', { ...other, userId: 'crowd-9', time: '09:00' });
    await release('staff', await held('staff', { ...other, time: '10:00' }));
    // Sarah's whole day has eight starts: only a shorter session at Michael's shows the limit by itself.
    for (const [i, time] of times.slice(1, 8).entries()) {
      const on = { ...other, sessionType: 'Follow-up', userId: `crowd-1${i}`, time: time === '17:00' ? '16:30' : time };
      await held('service', on);
    }
    const ninth = { ...other, sessionType: 'Follow-up', time: '09:00', date };
    expect(refusal(await hold('ada', { ...ninth, time: '12:00' }))).toEqual([409, 'limit_reached']);
    expect((await book('ada', { ...ADA, ...ninth, time: '12:00', practitionerName: undefined })).status).toBe(201);
  });
});

describe('422', () => {
  test.each([
    ['outside_hours', { time: '20:00' }],
    ['not_on_grid', { time: '14:10' }],
    ['unknown_session_type', { sessionType: 'Massage' }],
  ])('what cannot be booked cannot be held: %s', async (code, over) => {
    expect(refusal(await hold('john', over)).slice(0, 2)).toEqual([422, code]);
  });

  test('what is booked must be what is held', async () => {
    const holdId = await held('john');
    for (const [pointer, over] of [
      ['/time', { time: '15:00' }],
      ['/time', { date: '2030-12-02' }],
      ['/sessionType', { sessionType: 'Follow-up' }],
      ['/practitionerId', { practitionerId: MICHAEL.practitionerId, practitionerName: undefined }],
      ['/userEmail', { userEmail: 'else@example.com' }],
    ] as const) {
      expect(refusal(await book('john', { holdId, ...over }))).toEqual([422, 'does_not_match', pointer]);
    }
    expect(await stateOf(holdId)).toBe('open');
    expect((await book('john', { holdId })).status).toBe(201);
  });
});
