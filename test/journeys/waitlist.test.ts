// The waitlist over HTTP, with its letters: a time that comes free, however it did, is kept for the next who waits for it, until a
// deadline, and then passes on.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WEEKDAYS } from '../../src/schedules/weekly-hours.ts';
import { ADA, JOHN, MICHAEL, SARAH, type Who } from '../cast.ts';
import { afterSomeLooks, booked, openHouse, refusal, type Json, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse({ settings: { WAITLIST_HOLD_MINUTES: '60', WAITLIST_PER_CLIENT: '3' } });
});
afterAll(() => house.close());

const PATH = `/api/practitioners/${SARAH.practitionerId}`;
const TIMES = ['09:00', '10:00', '11:00', '13:00', '14:00', '15:00', '16:00', '17:00'];
/** Of each test its own day, on which all is taken. */
let turn = 0;
let date = '';
let taken: number[] = [];
beforeEach(async () => {
  date = Temporal.PlainDate.from('2030-02-04')
    .add({ days: Math.floor(turn / 5) * 7 + (turn % 5) })
    .toString();
  turn += 1;
  taken = [];
  for (const [i, time] of TIMES.entries()) {
    const person = { userId: `full-${i}`, userEmail: `full-${i}@example.com`, userName: `Full ${i}` };
    taken.push(await booked(house, { ...person, date, time, videoMeetingConfig: undefined }));
  }
});

afterEach(async () => {
  const { body } = await house.get('staff', '/api/waitlist');
  for (const { id } of body['entries'] as Json[]) await house.ask('staff', 'DELETE', `/api/waitlist/${String(id)}`);
});

type Entry = Json & { id: number; state: string; offers: (Json & { id: number; times: Json[]; state: string })[] };
const join = async (who: Who, over: Json = {}): Promise<number> => {
  const answer = await house.post(who, '/api/waitlist', {
    ...(who === 'ada' ? ADA : JOHN),
    practitionerIds: [SARAH.practitionerId],
    sessionType: 'Initial Consultation',
    firstDate: date,
    lastDate: date,
    ...over,
  });
  expect(answer.status, answer.text).toBe(201);
  return Number(answer.body['id']);
};
const entry = async (id: number) => (await house.get('staff', `/api/waitlist/${id}`)).body as Entry;
const offered = (id: number, count = 1) =>
  house.until(
    () => entry(id),
    ({ state, offers }) => state === 'offered' && offers.length >= count,
  );
const became = (id: number, state: string, step?: Temporal.DurationLike) =>
  house.until(
    () => entry(id),
    (found) => found.state === state,
    step,
  );
const cancel = (i: number) => house.put('staff', `/api/appointments/${taken[i]}/cancel`, {});
const timesOf = ({ offers }: Entry) => offers.map(({ times }) => times.map((one) => one['time']).join());
const letter = (offerId: number, to: string) =>
  house.until(
    async () => (await house.live.mailsTo(to)).filter(({ raw }) => raw.includes(`X-Slotkeeper-Offer: ${offerId}\r\n`)),
    (mails) => mails.length > 0,
  );

const asks = async (requiresApproval: boolean) => {
  const types = (await house.get('staff', '/api/session-types')).body['sessionTypes'] as Json[];
  const id = types.find(({ name }) => name === 'Initial Consultation')?.['id'];
  const body = { requiresApproval, approvalMinutes: 30 };
  await house.ask('staff', 'PATCH', `/api/session-types/${String(id)}`, { body });
};
/** Frees a time, and has John ask for it as he is offered it. */
const requested = async (id: number, freed: number | null, count = 1): Promise<string> => {
  if (freed !== null) await cancel(freed);
  const open = (await offered(id, count)).offers.find(({ state }) => state === 'open');
  expect((await house.put('john', `/api/offers/${open?.id}/accept`, {})).status).toBe(200);
  const { offers } = await became(id, 'booked');
  const path = `/api/appointments/${String(offers.find((one) => one.id === open?.id)?.['appointmentId'])}`;
  expect((await house.get('john', path)).body['status']).toBe('pending');
  return path;
};

describe('a time that comes free', () => {
  test('is kept for who came first, is told by letter, and accepted by its link is an appointment', async () => {
    const [john, ada] = [await join('john'), await join('ada')];
    expect([(await entry(john)).state, (await entry(ada)).state]).toEqual(['waiting', 'waiting']);
    await cancel(2);
    const found = await offered(john);
    expect([found.state, timesOf(found), (await entry(ada)).state]).toEqual(['offered', ['11:00:00'], 'waiting']);
    const offerId = found.offers[0]?.id ?? 0;
    const [mail] = await letter(offerId, JOHN.userEmail);
    expect(mail?.subject).toMatch(/^A time has come free: /);
    expect(mail?.text).toContain('Please answer by');
    const token = /#([\w.-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
    const asGuest = { headers: { authorization: `Bearer ${token}` } };
    const seen = await house.ask(null, 'GET', '/api/offer', asGuest);
    expect(seen.body).toMatchObject({ id: offerId, state: 'open', kind: 'waitlist' });
    // For nobody else, and nothing else.
    expect(refusal(await house.get('ada', `/api/offers/${offerId}`))).toEqual([404, 'not_found']);
    expect((await house.ask(null, 'GET', `/api/appointments/${taken[0]}`, asGuest)).status).toBe(404);
    expect((await house.ask(null, 'GET', '/api/guest', asGuest)).status).toBe(403);
    for (const _ of [1, 2]) {
      const accepted = await house.ask(null, 'PUT', `/api/offers/${offerId}/accept`, asGuest);
      expect([accepted.status, accepted.body['state']]).toEqual([200, 'accepted']);
    }
    const { offers } = await became(john, 'booked');
    const { body } = await house.get('john', `/api/appointments/${String(offers[0]?.['appointmentId'])}`);
    expect(body).toMatchObject({ status: 'confirmed', date, time: '11:00:00' });
    expect((await entry(ada)).offers).toEqual([]);
  });

  test('passes on when it is declined, and when nobody answers; nobody is offered the same again', async () => {
    const [john, ada] = [await join('john'), await join('ada')];
    await cancel(3);
    const first = await offered(john);
    await house.put('john', `/api/offers/${first.offers[0]?.id}/decline`, {});
    const second = await offered(ada);
    expect(timesOf(second)).toEqual(['13:00:00']);
    expect((await entry(john)).state).toBe('waiting');
    house.clock.advance({ minutes: 61 });
    const lapsed = await became(ada, 'waiting');
    expect(lapsed.offers.map(({ state }) => state)).toEqual(['lapsed']);
    expect(refusal(await house.put('ada', `/api/offers/${lapsed.offers[0]?.id}/accept`, {}))).toEqual([
      409,
      'hold_expired',
    ]);
    await afterSomeLooks();
    expect([(await entry(john)).offers.length, (await entry(ada)).offers.length]).toEqual([1, 1]);
    const third = await booked(house, { ...ADA, date, time: '13:00', videoMeetingConfig: undefined });
    expect(third).toBeGreaterThan(0);
  });

  test('two that come free go to two who wait, one hold each', async () => {
    const ids = [await join('john'), await join('ada')];
    await Promise.all([cancel(0), cancel(7)]);
    const found = await Promise.all(ids.map((id) => offered(id)));
    expect(found.flatMap(timesOf).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['09:00:00', '17:00:00']);
    expect(
      await house.rows(
        `select h.holder, count(*)::int as n from offer_time t join hold h on h.id = t.hold_id join offer o on o.id = t.offer_id
          where o.entry_id = any($1::bigint[]) group by 1 order by 1`,
        [ids],
      ),
    ).toEqual([
      { holder: `client:${ADA.userId}`, n: 1 },
      { holder: `client:${JOHN.userId}`, n: 1 },
    ]);
  });

  test.each<[string, () => Promise<unknown>]>([
    [
      'moved away',
      () =>
        house.put('staff', `/api/appointments/${taken[4]}/reschedule`, {
          newDate: '2030-06-03',
          newTime: TIMES[turn % 8],
        }),
    ],
    ['the client’s own cancellation', () => house.put('service', `/api/appointments/${taken[4]}/cancel`, {})],
    [
      'hours added',
      () => house.put('staff', `${PATH}/date-overrides/${date}`, { hours: [{ from: '09:00', to: '20:00' }] }),
    ],
  ])('however it came free: %s', async (_how, frees) => {
    const id = await join('john');
    const answer = (await frees()) as { status: number; text: string };
    expect(answer.status, answer.text).toBe(200);
    expect((await offered(id)).offers).toHaveLength(1);
  });

  test('that somebody’s hold lapsed, or time off was taken back', async () => {
    await cancel(1);
    const held = await house.post('ada', '/api/holds', {
      practitionerId: SARAH.practitionerId,
      sessionType: 'Initial Consultation',
      date,
      time: '10:00',
    });
    expect(held.status).toBe(201);
    const id = await join('john');
    await afterSomeLooks();
    expect((await entry(id)).offers).toEqual([]);
    house.clock.advance({ minutes: 11 });
    expect(timesOf(await offered(id))).toEqual(['10:00:00']);
    const off = await house.post('staff', `${PATH}/time-off`, { firstDate: date, lastDate: date });
    await house.ask('john', 'DELETE', `/api/waitlist/${id}`);
    const again = await join('john', { windows: [{ from: '10:00', to: '11:00' }] });
    await afterSomeLooks();
    expect((await entry(again)).offers).toEqual([]);
    const timeOff = off.body['timeOff'] as { id: number };
    await house.ask('staff', 'DELETE', `${PATH}/time-off/${timeOff.id}`);
    expect(timesOf(await offered(again))).toEqual(['10:00:00']);
  });

  test('that only its room kept from being had, too; the room is kept with it and handed over', async () => {
    const room = (await house.post('staff', '/api/resources', { kind: 'room', name: 'Waited For' })).body['id'];
    const needs = [{ kind: 'room', anyOf: [room] }];
    const type = await house.post('staff', '/api/session-types', { name: 'In That Room', durationMinutes: 60, needs });
    for (const path of [PATH, `/api/practitioners/${MICHAEL.practitionerId}`]) {
      const there = (await house.get('staff', path)).body['sessionTypes'] as { id: number }[];
      const sessionTypes = [...there.map(({ id }) => ({ id })), { id: type.body['id'] }];
      expect((await house.ask('staff', 'PATCH', path, { body: { sessionTypes } })).status).toBe(200);
    }
    // Three in the afternoon in Berlin is nine in the morning in New York.
    const wish = { ...ADA, practitionerId: MICHAEL.practitionerId, date, time: '15:00', sessionType: 'In That Room' };
    const his = await house.post('service', '/api/appointments', wish);
    expect(his.status, his.text).toBe(201);
    const waits = await join('john', { sessionType: 'In That Room' });
    await cancel(0);
    await afterSomeLooks();
    expect(await entry(waits)).toMatchObject({ state: 'waiting', offers: [] });
    await house.put('service', `/api/appointments/${String(his.body['appointmentId'])}/cancel`, {});
    const found = await offered(waits);
    expect(timesOf(found)).toEqual(['09:00:00']);
    const again = await house.post('service', '/api/appointments', wish);
    expect(refusal(again)).toEqual([409, 'room_taken']);
    const accepted = await house.put('john', `/api/offers/${found.offers[0]?.id}/accept`, {});
    expect(accepted.status, accepted.text).toBe(200);
    const { offers } = await became(waits, 'booked');
    const { body } = await house.get('john', `/api/appointments/${String(offers[0]?.['appointmentId'])}`);
    expect(body).toMatchObject({ date, time: '09:00:00', resources: [{ id: room }] });
    expect(refusal(await house.post('service', '/api/appointments', wish))).toEqual([409, 'room_taken']);
  });

  test('with a room that somebody else gets meanwhile goes to one of those who wait alone, and is given back with its room', async () => {
    const room = (await house.post('staff', '/api/resources', { kind: 'room', name: 'One For Two' })).body['id'];
    const needs = [{ kind: 'room', anyOf: [room] }];
    const type = await house.post('staff', '/api/session-types', { name: 'One Room', durationMinutes: 60, needs });
    const paths = [PATH, `/api/practitioners/${MICHAEL.practitionerId}`];
    for (const path of paths) {
      const there = (await house.get('staff', path)).body['sessionTypes'] as { id: number }[];
      const sessionTypes = [...there.map(({ id }) => ({ id })), { id: type.body['id'] }];
      expect((await house.ask('staff', 'PATCH', path, { body: { sessionTypes } })).status).toBe(200);
    }
    // Both are free then, and there is one room.
    const only = { sessionType: 'One Room', timeZone: 'Europe/Berlin', windows: [{ from: '15:00', to: '16:00' }] };
    await cancel(0);
    const first = await join('john', only);
    const second = await join('ada', { ...only, practitionerIds: [MICHAEL.practitionerId] });
    const found = await offered(first);
    await afterSomeLooks();
    expect(await entry(second)).toMatchObject({ state: 'waiting', offers: [] });
    await house.put('john', `/api/offers/${found.offers[0]?.id}/decline`, {});
    expect(timesOf(await offered(second))).toEqual(['15:00:00']);
    expect(
      await house.rows('select hold_id is not null as held from occupancy where resource_id = $1', [room]),
    ).toEqual([{ held: true }]);
  });

  test('suits or it is not offered: days, hours, who', async () => {
    const weekday = WEEKDAYS[Temporal.PlainDate.from(date).dayOfWeek - 1];
    const others = WEEKDAYS.slice(0, 5).filter((one) => one !== weekday);
    const unsuited = [
      await join('john', { windows: [{ weekdays: others }] }),
      await join('john', { windows: [{ from: '12:00' }] }),
      await join('john', { practitionerIds: [789], windows: [{ from: '18:00' }] }),
    ];
    const suited = await join('ada', { practitionerIds: [], windows: [{ weekdays: [weekday], to: '12:00' }] });
    await cancel(2);
    const found = await offered(suited);
    expect(found.offers[0]?.times[0]).toMatchObject({ date, time: expect.stringMatching(/^(0\d|1[01]):/) });
    for (const id of unsuited) expect((await entry(id)).offers).toEqual([]);
  });

  test('who leaves gives back what was kept, and it passes on', async () => {
    const [john, ada] = [await join('john'), await join('ada')];
    await cancel(5);
    await offered(john);
    const left = await house.ask('john', 'DELETE', `/api/waitlist/${john}`);
    expect(left.body).toMatchObject({ state: 'left', offers: [{ state: 'withdrawn' }] });
    expect(timesOf(await offered(ada))).toEqual(['15:00:00']);
  });

  test('who accepts twice at the same moment is answered as once, also by a token of another address', async () => {
    const id = await join('john');
    await cancel(4);
    const { offers } = await offered(id);
    await house.rows(`update client set email = 'john@before.example' where subject = $1`, [JOHN.userId]);
    const accept = () => house.put('john', `/api/offers/${offers[0]?.id}/accept`, {});
    const answers = await Promise.all([accept(), accept(), accept()]);
    expect(answers.map(({ status, body }) => `${status} ${String(body['state'])}`)).toEqual(
      Array(3).fill('200 accepted'),
    );
    expect(new Set(answers.map(({ body }) => body['appointmentId'])).size).toBe(1);
    expect((await entry(id)).state).toBe('booked');
  });

  test('who has booked what is offered does not leave with it', async () => {
    const id = await join('john');
    await cancel(3);
    const { offers } = await offered(id);
    const [time] = offers[0]?.times ?? [];
    const wish = { date, time: time?.['time'], holdId: time?.['holdId'], videoMeetingConfig: undefined };
    const appointmentId = await booked(house, wish, 'john');
    const left = await house.ask('john', 'DELETE', `/api/waitlist/${id}`);
    expect(left.body).toMatchObject({ state: 'booked', offers: [{ state: 'accepted', appointmentId }] });
  });

  describe('taken as a request', () => {
    beforeEach(() => asks(true));
    afterEach(() => asks(false));

    test('and declined, or not decided in time, it leaves its client waiting for another', async () => {
      const id = await join('john');
      await house.put('staff', `${await requested(id, 3)}/decline`, {});
      expect((await entry(id)).state).toBe('waiting');
      await requested(id, 5, 2);
      house.clock.advance({ minutes: 31 });
      await became(id, 'waiting');
      await cancel(6);
      expect(timesOf(await offered(id, 3))).toEqual(['13:00:00', '15:00:00', '16:00:00']);
    });

    test('and not agreed upon, it leaves its client waiting, unless that has left', async () => {
      const id = await join('john');
      const path = await requested(id, 1);
      await cancel(2);
      expect((await house.put('staff', `${path}/propose`, { newDate: date, newTime: '11:00' })).status).toBe(200);
      expect((await house.put('john', `${path}/refuse`, {})).status).toBe(200);
      // What was proposed is free again, and may suit him by now.
      const second = await requested(id, null, 2);
      expect((await house.ask('john', 'DELETE', `/api/waitlist/${id}`)).body).toMatchObject({ state: 'left' });
      expect((await house.get('john', second)).body['status']).toBe('pending');
      await house.put('staff', `${second}/decline`, {});
      expect((await entry(id)).state).toBe('left');
    });
  });

  test('confirming the hold with a booking is accepting the offer', async () => {
    const id = await join('john');
    await cancel(6);
    const { offers } = await offered(id);
    const [time] = offers[0]?.times ?? [];
    const wish = { date, time: time?.['time'], holdId: time?.['holdId'], videoMeetingConfig: undefined };
    const appointmentId = await booked(house, wish, 'john');
    const found = await became(id, 'booked');
    expect(found.offers).toMatchObject([{ state: 'accepted', appointmentId }]);
  });
});

describe('who may, and how much', () => {
  test('a client joins for itself, a few times, and sees its own; staff see all', async () => {
    expect(refusal(await house.post('john', '/api/waitlist', { ...ADA, sessionType: 1, lastDate: date }))).toEqual([
      403,
      'forbidden',
    ]);
    const mine = [await join('john'), await join('john'), await join('john')];
    const more = { ...JOHN, sessionType: 'Initial Consultation', lastDate: date };
    expect(refusal(await house.post('john', '/api/waitlist', more))).toEqual([409, 'limit_reached']);
    const adas = await join('ada');
    const list = async (who: Who) =>
      ((await house.get(who, '/api/waitlist')).body['entries'] as Json[]).map(({ id }) => id);
    expect(await list('john')).toEqual(mine);
    expect(await list('staff')).toEqual([...mine, adas]);
    expect(await list('foreignStaff')).toEqual([]);
    expect(refusal(await house.get('ada', `/api/waitlist/${mine[0]}`))).toEqual([404, 'not_found']);
    expect(refusal(await house.get('sarah', '/api/waitlist'))).toEqual([403, 'forbidden']);
    expect((await house.get(null, '/api/waitlist')).status).toBe(401);
  });

  test.each([
    [{ sessionType: 'Massage' }, 422, 'unknown_session_type'],
    [{ practitionerIds: [4_711] }, 404, 'not_found'],
    [{ lastDate: '2029-01-01' }, 400, 'invalid_request'],
    [{ lastDate: '2030-12-01' }, 400, 'invalid_request'],
    [{ firstDate: '2030-11-01', lastDate: '2030-12-01' }, 400, 'invalid_request'],
    [{ windows: [{ from: '12:00', to: '11:00' }] }, 400, 'invalid_request'],
  ])('what cannot be waited for is refused: %j', async (over, status, code) => {
    const answer = await house.post('ada', '/api/waitlist', {
      ...ADA,
      sessionType: 'Initial Consultation',
      lastDate: date,
      ...over,
    });
    expect(refusal(answer).slice(0, 2)).toEqual([status, code]);
  });

  test('a session type there is not: those that can be waited for are listed', async () => {
    const onOffer = (await house.get(null, '/api/session-types')).body['sessionTypes'] as Json[];
    const { body } = await house.post('ada', '/api/waitlist', { ...ADA, sessionType: 'Massage', lastDate: date });
    expect(body['sessionTypes']).toEqual(onOffer.map(({ id, name }) => ({ id, name })));
    expect(body['message']).toContain('On offer: "Initial Consultation"');
  });
});
