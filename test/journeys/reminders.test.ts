// Reminders over HTTP: set by those who may, sent by the worker as time passes, and seen in the mailbox.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { JOHN, SARAH, type Who } from '../cast.ts';
import { booked, booking, openHouse, refusal, type Letter, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
let typePath: string;
beforeAll(async () => {
  house = await openHouse({ settings: { REMINDERS: '120,30' } });
  const { sessionTypes } = (await house.get('staff', '/api/session-types')).body as { sessionTypes: { id: number }[] };
  typePath = `/api/session-types/${sessionTypes[0]?.id ?? ''}`;
});
afterEach(() => house.clearFaults());
afterAll(() => house.close());

const PLAN = { leadMinutes: [1440, 60], channels: ['email'], practitioner: false };
const NEW_YORK = 'America/New_York';
const at = (text: string) => Temporal.PlainDateTime.from(text).toZonedDateTime(NEW_YORK).toInstant();

/** The reminders about one appointment, oldest first. */
const remindersOf = async (id: number): Promise<Letter[]> =>
  (await house.live.mails()).filter(
    ({ raw, subject }) => raw.includes(`X-Slotkeeper-Appointment: ${id}\r\n`) && subject.startsWith('Reminder'),
  );
const untilReminded = (id: number, times: number) =>
  house.until(
    () => remindersOf(id),
    (mails) => mails.length >= times,
  );
/** Both readers have their confirmation, so that what follows is not told by it. */
const untilConfirmed = (id: number) =>
  house.until(
    async () => (await house.live.mails()).filter(({ raw }) => raw.includes(`X-Slotkeeper-Appointment: ${id}\r\n`)),
    (mails) => mails.length >= 2,
  );
const set = (who: Who, reminders: unknown, path = `/api/practitioners/${SARAH.practitionerId}`) =>
  house.ask(who, 'PATCH', path, { body: { reminders } });

describe('a client', () => {
  test('is reminded as the deployment says, with the link, and not of what is cancelled', async () => {
    const kept = await booked(house, { date: '2030-02-04', time: '10:00' }, 'john');
    const dropped = await booked(house, { date: '2030-02-04', time: '11:00' }, 'john');
    await Promise.all([kept, dropped].map(untilConfirmed));
    const join = (
      (await house.get('john', `/api/appointments/${kept}`)).body['meetingDetails'] as { meetingUrl: string }
    ).meetingUrl;
    house.clock.set(at('2030-02-04T08:00'));
    const [mail] = await untilReminded(kept, 1);
    expect(mail?.to).toEqual([{ name: JOHN.userName, address: JOHN.userEmail }]);
    expect(mail?.subject).toBe('Reminder: Mon 4 Feb 2030, 10:00 with Dr. Sarah Johnson');
    expect(mail?.text).toContain(join);
    expect(mail?.ical).toBeNull();
    expect((await house.put('john', `/api/appointments/${dropped}/cancel`, {})).status).toBe(200);
    house.clock.set(at('2030-02-04T09:30'));
    await untilReminded(kept, 2);
    house.clock.set(at('2030-02-04T10:59'));
    await house.until(
      async () => (await house.live.mails()).filter(({ subject }) => subject.startsWith('Cancelled')),
      (mails) => mails.length > 0,
    );
    expect(await remindersOf(kept)).toHaveLength(2);
    expect(await remindersOf(dropped)).toEqual([]);
  });

  test('who moves is reminded of the new time alone, an elapsed day before it, across the change of clocks', async () => {
    expect((await set('sarah', { ...PLAN, leadMinutes: [1440] })).status).toBe(200);
    const id = await booked(house, { date: '2030-03-07', time: '10:00' }, 'john');
    await untilConfirmed(id);
    const moved = await house.put('john', `/api/appointments/${id}/reschedule`, {
      newDate: '2030-03-11',
      newTime: '09:00',
    });
    expect(moved.status, moved.text).toBe(200);
    await house.until(
      () => house.live.mails(),
      (mails) => mails.filter(({ subject }) => subject.startsWith('Moved')).length >= 1,
    );
    house.clock.set(at('2030-03-10T08:59'));
    expect(await remindersOf(id)).toEqual([]);
    house.clock.set(at('2030-03-10T09:00'));
    const [mail] = await untilReminded(id, 1);
    expect(mail?.subject).toContain('Mon 11 Mar 2030, 09:00');
    expect(await remindersOf(id)).toHaveLength(1);
    expect((await set('staff', null)).status).toBe(200);
  });
});

type Sms = { readonly sid: string; readonly to: string; readonly body: string };
const PHONE = '+15551230001';
const texts = async (to = PHONE): Promise<Sms[]> =>
  ((await (await fetch(`${house.sandboxUrl}/control/sms`)).json()) as Sms[]).filter((one) => one.to === to);
const untilTexted = (times: number, to = PHONE) =>
  house.until(
    () => texts(to),
    (all) => all.length >= times,
    { seconds: 1 },
  );
const johns = (date: string, userPhone?: string | null) =>
  booked(house, {
    date,
    time: '10:00',
    videoMeetingConfig: undefined,
    ...(userPhone === undefined ? {} : { userPhone }),
  });

describe('by SMS', () => {
  beforeAll(async () => {
    await set('sarah', { leadMinutes: [120], channels: ['sms'], practitioner: false });
  });
  afterAll(() => set('sarah', null));

  test('a client whose number is known gets one short text, and no mail', async () => {
    const id = await johns('2030-04-02', PHONE);
    await untilConfirmed(id);
    house.clock.set(at('2030-04-02T08:00'));
    const [text] = await untilTexted(1);
    expect(text?.body).toBe(
      'Sandbox reminder: your appointment with Dr. Sarah Johnson, Tue 2 Apr 2030, 10:00 (America/New_York)',
    );
    expect(await remindersOf(id)).toEqual([]);
    const logged = () =>
      house.rows(
        `select service, service_id as sid from letter where appointment_id = $1 and channel = 'sms' and state = 'sent'`,
        [id],
      );
    expect(await house.until(logged, (rows) => rows.length > 0)).toEqual([{ service: 'twilio', sid: text?.sid }]);
    expect(JSON.stringify(house.lines)).not.toContain(PHONE);
  });

  test('the number is kept; a text whose answer was lost is looked up and not sent again', async () => {
    const id = await johns('2030-04-03');
    await untilConfirmed(id);
    await house.orderFault({ provider: 'twilio', operation: 'create', dropAfterSuccess: true, times: 1 });
    house.clock.set(at('2030-04-03T08:00'));
    await untilTexted(2);
    // Another after it, so that a second sending of the first would have come before.
    const next = await johns('2030-04-04');
    await untilConfirmed(next);
    house.clock.set(at('2030-04-04T08:00'));
    expect(await untilTexted(3)).toHaveLength(3);
  });

  test('one that surely did not leave is sent when the service is back', async () => {
    await untilConfirmed(await johns('2030-04-09'));
    await house.orderFault({ provider: 'twilio', operation: 'create', status: 429, retryAfter: 3, times: 1 });
    house.clock.set(at('2030-04-09T08:00'));
    expect(await untilTexted(4)).toHaveLength(4);
  });

  test('who takes the number back is reminded by mail', async () => {
    const id = await johns('2030-04-10', null);
    await untilConfirmed(id);
    house.clock.set(at('2030-04-10T08:00'));
    expect(await untilReminded(id, 1)).toHaveLength(1);
    expect(await texts()).toHaveLength(4);
  });

  test('a number set by staff, or by the client, is used; another’s may not be set', async () => {
    const path = `/api/users/${JOHN.userId}/phone`;
    const other = '+15551230002';
    for (const who of ['staff', 'john'] as const) {
      const answer = await house.put(who, path, { phone: other });
      expect(answer.status, answer.text).toBe(200);
      expect(answer.text).not.toContain(other);
    }
    const id = await johns('2030-04-11');
    await untilConfirmed(id);
    house.clock.set(at('2030-04-11T08:00'));
    expect(await untilTexted(1, other)).toHaveLength(1);
    expect((await house.put('john', path, { phone: null })).status).toBe(200);
    expect(refusal(await house.put('ada', path, { phone: other }))).toEqual([403, 'forbidden']);
    expect(refusal(await house.put('sarah', path, { phone: other }))).toEqual([403, 'forbidden']);
    expect((await house.put(null, path, { phone: other })).status).toBe(401);
    expect((await house.put('staff', '/api/users/nobody/phone', { phone: other })).status).toBe(404);
    expect((await house.put('staff', path, { phone: '12' })).status).toBe(400);
    const once = { 'idempotency-key': 'phone-1' };
    expect((await house.put('staff', path, { phone: null }, once)).status).toBe(200);
    expect(refusal(await house.put('staff', path, { phone: other }, once))).toEqual([422, 'idempotency_key_reused']);
  });

  test.each(['5551230001', '+0551230001', '+1 555 123', '+1234567890123456', ''])('400: %j', async (userPhone) => {
    const answer = await house.post('service', '/api/appointments', { ...booking({ date: '2030-04-16' }), userPhone });
    expect(refusal(answer)).toEqual(expect.arrayContaining([400, 'invalid_request', '/userPhone']));
  });
});

describe('the setting', () => {
  test('200: is read back by those who manage her, and shown to nobody else', async () => {
    const answer = await set('sarah', { leadMinutes: [60, 1440, 60], channels: ['sms', 'email'], practitioner: true });
    expect(answer.status, answer.text).toBe(200);
    const reminders = { leadMinutes: [1440, 60], channels: ['email', 'sms'], practitioner: true };
    expect(answer.body['reminders']).toEqual(reminders);
    const path = `/api/practitioners/${SARAH.practitionerId}`;
    expect((await house.get('staff', path)).body['reminders']).toEqual(reminders);
    for (const who of ['john', 'michael', null] as const) {
      expect((await house.get(who, path)).body).not.toHaveProperty('reminders');
    }
    expect((await set('staff', null)).body['reminders']).toBeNull();
    const type = await set('staff', { ...PLAN, leadMinutes: [] }, typePath);
    expect(type.body['reminders']).toEqual({ ...PLAN, leadMinutes: [] });
    const listed = await house.get('john', '/api/session-types');
    expect((listed.body['sessionTypes'] as object[])[0]).not.toHaveProperty('reminders');
    expect((await set('staff', null, typePath)).status).toBe(200);
  });

  test.each([
    ['too near', { ...PLAN, leadMinutes: [4] }, '/reminders/leadMinutes/0'],
    ['too far', { ...PLAN, leadMinutes: [60, 43_201] }, '/reminders/leadMinutes/1'],
    ['too many', { ...PLAN, leadMinutes: [10, 20, 30, 40, 50, 60, 70] }, '/reminders/leadMinutes'],
    ['to nobody', { ...PLAN, channels: [] }, '/reminders/channels'],
  ])('400: %s', async (_title, reminders, pointer) => {
    expect(refusal(await set('staff', reminders))).toEqual(expect.arrayContaining([400, 'invalid_request', pointer]));
    expect((await set('staff', reminders, typePath)).status).toBe(400);
  });

  test('400: by a channel nobody has, or with a field missing', async () => {
    expect((await set('staff', { ...PLAN, channels: ['pigeon'] })).status).toBe(400);
    expect((await set('staff', { leadMinutes: [60] })).status).toBe(400);
    expect((await set('staff', 'daily')).status).toBe(400);
  });

  test('403: another practitioner, a client; and of a session type a practitioner', async () => {
    for (const who of ['michael', 'john'] as const) expect(refusal(await set(who, PLAN))).toEqual([403, 'forbidden']);
    expect(refusal(await set('sarah', PLAN, typePath))).toEqual([403, 'forbidden']);
  });
});
