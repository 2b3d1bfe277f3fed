// Requests over HTTP: what is booked where a practitioner approves each appointment first, until it is decided by her, by
// the client, or by the clock.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ADA, JOHN, SARAH, type Who } from '../cast.ts';
import { booked, booking, openHouse, refusal, type Answer, type Json, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
let typeId: number;
beforeAll(async () => {
  house = await openHouse();
  const made = await house.post('staff', '/api/session-types', {
    name: 'First Visit',
    durationMinutes: 60,
    requiresApproval: true,
    approvalMinutes: 120,
  });
  typeId = Number(made.body['id']);
  const path = `/api/practitioners/${SARAH.practitionerId}`;
  const before = (await house.get('staff', path)).body['sessionTypes'] as Json[];
  const sessionTypes = [...before.map(({ id }) => ({ id })), { id: typeId }];
  await house.ask('staff', 'PATCH', path, { body: { sessionTypes } });
});
afterAll(() => house.close());

let day = 0;
let date = '';
beforeEach(() => {
  date = Temporal.PlainDate.from('2030-03-04')
    .add({ days: Math.floor(day / 5) * 7 + (day % 5) })
    .toString();
  day += 1;
});

const asks = (over: Json = {}): Json => booking({ date, sessionType: 'First Visit', ...over });
const request = async (over: Json = {}, who: Who = 'john'): Promise<number> => {
  const answer = await house.post(who, '/api/appointments', asks(over));
  expect([answer.status, answer.body]).toEqual([
    201,
    { success: true, appointmentId: expect.any(Number), status: 'pending', sandbox: true },
  ]);
  return Number(answer.body['appointmentId']);
};
const decide = (who: Who, id: number, way: string, body?: Json, headers?: Record<string, string>): Promise<Answer> =>
  house.ask(who, 'PUT', `/api/appointments/${id}/${way}`, {
    ...(body ? { body } : {}),
    ...(headers ? { headers } : {}),
  });
const seen = async (id: number, who: Who = 'staff') => (await house.get(who, `/api/appointments/${id}`)).body;
const free = async (label = '02:00 PM') => {
  const { body } = await house.get(null, `/api/practitioners/${SARAH.practitionerId}/availability?date=${date}`);
  return (body['timeSlots'] as Json[]).find(({ time }) => time === label)?.['available'];
};
const journalOf = async (id: number) =>
  (
    await house.rows(
      `select event, actor_role from journal where subject_kind = 'appointment' and subject_id = $1 order by id`,
      [id],
    )
  ).map(({ event, actor_role: by }) => `${String(event)} ${String(by)}`);
/** The kinds of letters about it that have left, by reader. */
const told = async (id: number, to: string, count: number) => {
  const mails = await house.until(
    async () => (await house.live.mailsTo(to)).filter(({ raw }) => raw.includes(`X-Slotkeeper-Appointment: ${id}\r\n`)),
    (found) => found.length >= count,
  );
  return mails;
};

describe('a request', () => {
  test('takes its time, has no meeting, and both people are told what it is', async () => {
    const id = await request();
    expect(await free()).toBe(false);
    const decideBy = house.clock.now().add({ minutes: 120 }).toString();
    expect(await seen(id, 'john')).toMatchObject({ status: 'pending', awaits: 'practitioner', decideBy, revision: 1 });
    expect(await seen(id)).not.toHaveProperty('meetingDetails');
    expect(await journalOf(id)).toEqual(['appointment.requested client']);
    const [toClient] = await told(id, JOHN.userEmail, 1);
    expect(toClient).toMatchObject({ subject: expect.stringMatching(/^Requested: /), ical: null });
    expect(toClient?.text).toContain('not confirmed yet');
    const [toHost] = await told(id, SARAH.email, 1);
    expect(toHost).toMatchObject({ subject: expect.stringMatching(/^Please decide: /), ical: null });
    expect((await house.live.zoom()).length + (await house.live.google()).length).toBe(0);
    for (const path of ['complete', 'no-show']) {
      expect(refusal(await decide('sarah', id, path))).toEqual([409, 'appointment_pending']);
    }
    expect(refusal(await house.post('staff', '/api/create-zoom-meeting', { appointmentId: id }))).toEqual([
      409,
      'appointment_pending',
    ]);
    expect((await decide('sarah', id, 'approve')).body).toMatchObject({ status: 'confirmed', revision: 2 });
    await house.until(
      () => seen(id, 'john'),
      ({ meetingDetails }) => (meetingDetails as Json | undefined)?.['status'] === 'ready',
    );
    const mails = await told(id, JOHN.userEmail, 2);
    expect(mails.at(-1)?.subject).toMatch(/^Confirmed: /);
    expect(mails.at(-1)?.ical).toContain('METHOD:REQUEST');
    expect(await journalOf(id)).toEqual(['appointment.requested client', 'appointment.approved practitioner']);
    const expires = await house.rows(
      'select expires_at from occupancy o join appointment a using (session_id) where a.id = $1',
      [id],
    );
    expect(expires).toEqual([{ expires_at: null }]);
  });

  test('of staff is no request; of a service it is; a practitioner may have it otherwise', async () => {
    const answer = await house.post('staff', '/api/appointments', asks({ videoMeetingConfig: undefined }));
    expect([answer.status, answer.body['status']]).toEqual([201, undefined]);
    await request({ time: '15:00' }, 'service');
    const offer = { practitionerId: 789, practitionerName: undefined, videoMeetingConfig: undefined };
    const path = '/api/practitioners/789';
    const before = (await house.get('staff', path)).body['sessionTypes'] as Json[];
    const sessionTypes = [...before.map(({ id }) => ({ id })), { id: typeId, requiresApproval: false }];
    expect((await house.ask('staff', 'PATCH', path, { body: { sessionTypes } })).status).toBe(200);
    const plain = await house.post('john', '/api/appointments', asks({ ...offer, time: '10:00' }));
    expect([plain.status, plain.body['status']]).toEqual([201, undefined]);
    const shown = (await house.get(null, `/api/practitioners/${SARAH.practitionerId}`)).body['sessionTypes'] as Json[];
    expect(shown.find(({ id }) => id === typeId)).toMatchObject({ requiresApproval: true });
  });

  test('held first is a request when it is confirmed', async () => {
    const wish = { practitionerId: SARAH.practitionerId, sessionType: 'First Visit', date, time: '14:00' };
    const { body } = await house.post('john', '/api/holds', wish);
    const id = await request({ holdId: body['id'] });
    expect(await seen(id)).toMatchObject({ status: 'pending' });
    await decide('sarah', id, 'decline');
    expect(await free()).toBe(true);
  });

  test('under a key is made once, and a repeat says that it is one', async () => {
    const key = { 'idempotency-key': 'request-once' };
    const first = await house.post('john', '/api/appointments', asks(), key);
    const again = await house.post('john', '/api/appointments', asks(), key);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(first.body['status']).toBe('pending');
  });
});

describe('deciding', () => {
  test('approving twice is answered as once, at the same moment too', async () => {
    const id = await request({ videoMeetingConfig: undefined });
    const answers = await Promise.all(Array.from({ length: 6 }, () => decide('sarah', id, 'approve')));
    expect(answers.map(({ status, body }) => [status, body['revision']])).toEqual(answers.map(() => [200, 2]));
    expect(await journalOf(id)).toHaveLength(2);
    expect(refusal(await decide('sarah', id, 'decline'))).toEqual([409, 'nothing_to_decide']);
  });

  test('declined, its time is free, the client is told, and the reason stays here', async () => {
    const id = await request();
    const answer = await decide('sarah', id, 'decline', { reason: 'not my field of work' });
    expect(answer.body).toMatchObject({ status: 'cancelled', revision: 2 });
    expect((await decide('sarah', id, 'decline', { reason: 'x' })).body).toMatchObject({ revision: 2 });
    expect(await free()).toBe(true);
    expect(await seen(id)).toMatchObject({ status: 'cancelled', decision: 'declined', cancelledBy: 'practitioner' });
    const last = (await told(id, JOHN.userEmail, 1)).at(-1);
    const end = last?.subject.startsWith('Not confirmed') ? last : (await told(id, JOHN.userEmail, 2)).at(-1);
    expect(end).toMatchObject({ subject: expect.stringMatching(/^Not confirmed: /), ical: null });
    expect(end?.raw).not.toContain('field of work');
    expect(refusal(await decide('staff', id, 'approve'))).toEqual([409, 'appointment_cancelled']);
    expect(await house.rows('select kind from note where appointment_id = $1', [id])).toEqual([
      { kind: 'decline_reason' },
    ]);
  });

  test('cancelled by the client it is approved no more, and nobody’s calendar hears of it', async () => {
    const id = await request();
    await told(id, JOHN.userEmail, 1);
    const answers = await Promise.all([decide('john', id, 'cancel', {}), decide('sarah', id, 'approve')]);
    expect([200, 409]).toContain(answers[1].status);
    expect(answers[0].status).toBe(200);
    expect(await seen(id)).toMatchObject({ status: 'cancelled' });
    expect(await free()).toBe(true);
  });

  test('another time is proposed: it is held, the one asked for is free, and the client accepts', async () => {
    const id = await request();
    const answer = await decide('sarah', id, 'propose', { newDate: date, newTime: '16:00' });
    expect([answer.status, answer.body['status']]).toEqual([200, 'pending']);
    expect([await free('02:00 PM'), await free('04:00 PM')]).toEqual([true, false]);
    expect(await seen(id)).toMatchObject({ awaits: 'client', time: '16:00:00' });
    const mails = await told(id, JOHN.userEmail, 1);
    const proposal = mails.find(({ subject }) => subject.startsWith('Please answer'));
    expect(proposal ?? (await told(id, JOHN.userEmail, 2)).at(-1)).toMatchObject({
      subject: expect.stringMatching(/^Please answer: another time: /),
      ical: null,
    });
    expect(refusal(await decide('sarah', id, 'approve'))).toEqual([409, 'nothing_to_decide']);
    expect(refusal(await decide('sarah', id, 'accept'))).toEqual([403, 'forbidden']);
    expect((await decide('john', id, 'accept')).body).toMatchObject({ status: 'confirmed' });
    expect((await decide('john', id, 'accept')).body).toMatchObject({ status: 'confirmed' });
    expect(await seen(id)).toMatchObject({ status: 'confirmed', time: '16:00:00', decision: 'accepted' });
    expect(await journalOf(id)).toEqual([
      'appointment.requested client',
      'appointment.proposed practitioner',
      'appointment.accepted client',
    ]);
  });

  test('a proposal refused withdraws the request; one moved by the client asks anew', async () => {
    const id = await request({ videoMeetingConfig: undefined });
    expect(refusal(await decide('john', id, 'refuse'))).toEqual([409, 'nothing_to_decide']);
    await decide('staff', id, 'propose', { newDate: date, newTime: '16:00' });
    const moved = await house.put('john', `/api/appointments/${id}/reschedule`, { newDate: date, newTime: '17:00' });
    expect(moved.status, moved.text).toBe(200);
    expect(await seen(id)).toMatchObject({ status: 'pending', awaits: 'practitioner', time: '17:00:00' });
    await decide('sarah', id, 'propose', { newDate: date, newTime: '15:00' });
    expect((await decide('john', id, 'refuse')).body).toMatchObject({ status: 'cancelled' });
    expect((await decide('john', id, 'refuse')).body).toMatchObject({ status: 'cancelled' });
    expect(await free('03:00 PM')).toBe(true);
    expect(await seen(id)).toMatchObject({ cancelledBy: 'client' });
  });

  test('moved by staff over time that is taken, all that it owns expires with it', async () => {
    const plain = { videoMeetingConfig: undefined };
    const id = await request(plain);
    await booked(house, { ...plain, date, time: '16:00' });
    const body = { newDate: date, newTime: '16:30', override: { reason: 'by telephone' } };
    const moved = await house.put('staff', `/api/appointments/${id}/reschedule`, body);
    expect(moved.status, moved.text).toBe(200);
    const owned = () =>
      house.rows(
        `select o.expires_at = a.decide_by as expires, a.state from occupancy o join appointment a using (session_id)
          where a.id = $1`,
        [id],
      );
    expect(await owned()).toEqual([{ expires: true, state: 'pending' }]);
    expect((await decide('sarah', id, 'approve')).status).toBe(200);
    expect(await owned()).toEqual([{ expires: null, state: 'confirmed' }]);
  });

  test('a time that is not free is not proposed, and others are named', async () => {
    const id = await request({ videoMeetingConfig: undefined });
    await booked(house, { date, time: '16:00', videoMeetingConfig: undefined });
    const taken = await decide('sarah', id, 'propose', { newDate: date, newTime: '16:00' });
    expect([...refusal(taken), (taken.body['alternatives'] as Json[]).length > 0]).toEqual([409, 'slot_taken', true]);
    expect(await seen(id)).toMatchObject({ status: 'pending', awaits: 'practitioner', time: '14:00:00' });
    const mine = await booked(house, { date, time: '11:00', videoMeetingConfig: undefined });
    expect(refusal(await decide('sarah', mine, 'propose', { newDate: date, newTime: '17:00' }))).toEqual([
      409,
      'nothing_to_decide',
    ]);
  });
});

describe('the deadline', () => {
  test('nobody decides after it; a worker ends the request and both are told', async () => {
    const id = await request({ videoMeetingConfig: undefined });
    await told(id, JOHN.userEmail, 1);
    house.clock.advance({ minutes: 120 });
    expect(refusal(await decide('sarah', id, 'approve'))).toEqual([409, 'request_lapsed']);
    house.clock.advance({ seconds: 5 });
    const ended = await house.until(
      () => seen(id),
      ({ status }) => status === 'cancelled',
    );
    expect(ended).toMatchObject({ decision: 'lapsed' });
    expect(ended).not.toHaveProperty('cancelledBy');
    expect(await free()).toBe(true);
    expect((await told(id, JOHN.userEmail, 2)).at(-1)?.subject).toMatch(/^Not confirmed: /);
    expect(await journalOf(id)).toEqual(['appointment.requested client', 'appointment.lapsed system']);
  });

  test('frees the time with no worker anywhere: whoever books it ends the request, and it is on record', async () => {
    const idle = await openHouse({ worker: false });
    try {
      const type = await idle.post('staff', '/api/session-types', {
        name: 'First Visit',
        durationMinutes: 60,
        requiresApproval: true,
        approvalMinutes: 10,
      });
      const path = `/api/practitioners/${SARAH.practitionerId}`;
      const before = (await idle.get('staff', path)).body['sessionTypes'] as Json[];
      const sessionTypes = [...before.map((one) => ({ id: one['id'] })), { id: type.body['id'] }];
      await idle.ask('staff', 'PATCH', path, { body: { sessionTypes } });
      const plain = { videoMeetingConfig: undefined };
      const id = await booked(idle, asks(plain), 'john');
      const ada = booking({ ...ADA, ...plain, date });
      idle.clock.advance({ minutes: 10, seconds: 4 });
      expect(refusal(await idle.post('ada', '/api/appointments', ada))).toEqual([409, 'slot_taken']);
      idle.clock.advance({ seconds: 1 });
      expect((await idle.post('ada', '/api/appointments', ada)).status).toBe(201);
      const { body } = await idle.get('john', `/api/appointments/${id}`);
      expect(body).toMatchObject({ status: 'cancelled', decision: 'lapsed', revision: 2 });
      expect(refusal(await idle.ask('sarah', 'PUT', `/api/appointments/${id}/approve`))).toEqual([
        409,
        'appointment_cancelled',
      ]);
    } finally {
      await idle.close();
    }
  });

  test('is never after the start', async () => {
    const start = house.clock.now().add({ minutes: 90 }).toZonedDateTimeISO('America/New_York').round('hour');
    const on = { date: start.toPlainDate().toString(), time: start.toPlainTime().toString().slice(0, 5) };
    const body = asks({ ...on, videoMeetingConfig: undefined });
    const answer = await house.post('john', '/api/appointments', body);
    expect(answer.status, answer.text).toBe(201);
    expect(await seen(Number(answer.body['appointmentId']))).toMatchObject({ decideBy: start.toInstant().toString() });
  });
});

describe('each caller at each address', () => {
  const CALLERS: readonly (readonly [Who, { host: number; client: number }])[] = [
    [null, { host: 401, client: 401 }],
    ['john', { host: 403, client: 200 }],
    ['ada', { host: 403, client: 404 }],
    ['sarah', { host: 200, client: 403 }],
    ['michael', { host: 404, client: 403 }],
    ['staff', { host: 200, client: 200 }],
    ['service', { host: 200, client: 200 }],
    ['foreignStaff', { host: 404, client: 404 }],
    ['foreignJohn', { host: 403, client: 404 }],
    ['foreignSarah', { host: 404, client: 403 }],
  ];
  test.each(CALLERS)('%s', async (who, { host, client }) => {
    const plain = { videoMeetingConfig: undefined };
    const [one, two, three, four] = await Promise.all(
      ['09:00', '10:00', '11:00', '14:00'].map((time) => request({ ...plain, time })),
    );
    const propose = (by: Who, id = 0, newTime = '15:00') => decide(by, id, 'propose', { newDate: date, newTime });
    const asHost = [
      (await decide(who, one ?? 0, 'approve')).status,
      (await decide(who, two ?? 0, 'decline')).status,
      (await propose(who, three)).status,
    ];
    expect(asHost).toEqual([host, host, host]);
    await propose('staff', four, '16:00');
    const mine = who === 'ada' ? ADA : JOHN;
    expect([mine.userId, (await decide(who, four ?? 0, 'accept')).status]).toEqual([mine.userId, client]);
    await propose('staff', three, '17:00');
    expect((await decide(who, three ?? 0, 'refuse')).status).toBe(client);
  });

  test('the client by a link from its mail', async () => {
    const id = await request({ videoMeetingConfig: undefined });
    const link = await house.post('staff', `/api/appointments/${id}/guest-link`, {});
    const authorization = { authorization: `Bearer ${String(link.body['url']).split('#')[1]}` };
    expect((await decide(null, id, 'approve', undefined, authorization)).status).toBe(403);
    await decide('sarah', id, 'propose', { newDate: date, newTime: '15:00' });
    expect((await decide(null, id, 'accept', undefined, authorization)).body).toMatchObject({ status: 'confirmed' });
  });
});
