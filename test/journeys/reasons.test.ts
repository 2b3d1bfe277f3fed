// Why not: every start of a day with all that stands against it, for each reader what she may know; and a refused booking says
// the same.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { booking, openHouse, type Json, type OpenHouse, type Method } from '../open-house.ts';
import type { Who } from '../cast.ts';

let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse({ worker: false });
});
afterAll(() => house.close());

const her = '/api/practitioners/123';
async function change(method: Method, path: string, body?: Json): Promise<Json> {
  const answer = await house.ask('staff', method, path, body === undefined ? {} : { body });
  expect([200, 201], answer.text).toContain(answer.status);
  return answer.body;
}
type Because = { code: string; reason: string } & Json;
type Slot = { time: string; available: boolean; reasons: string[]; because: Because[] };
async function explained(who: Who, date: string): Promise<Slot[]> {
  const { body, text } = await house.get(who, `${her}/availability?date=${date}&explain=true`);
  expect(body['timeSlots'], text).toBeDefined();
  return body['timeSlots'] as Slot[];
}
const codes = async (who: Who, date: string) =>
  Object.fromEntries((await explained(who, date)).map(({ time, because }) => [time, because.map(({ code }) => code)]));
const skipped = async (date: string, more = '') => {
  const { body, text } = await house.get(null, `${her}/availability?date=${date}&explain=true${more}`);
  expect(body['skipped'], text).toBeDefined();
  return (body['skipped'] as Json[]).map((one) => [one['date'], one['time'], one['timeZone']].join(' '));
};
async function book(date: string, time: string, over: Json = {}) {
  return await house.post(
    'staff',
    '/api/appointments',
    booking({ date, time, videoMeetingConfig: undefined, ...over }),
  );
}

describe('a start is explained', () => {
  test('to her and to staff with what has taken it, to others without', async () => {
    const made = await book('2030-06-20', '10:00');
    expect(made.status).toBe(201);
    const appointmentId = Number(made.body['appointmentId']);
    const off = await change('POST', `${her}/time-off`, { start: '2030-06-20T13:30', end: '2030-06-20T14:30' });
    const timeOffId = (off['timeOff'] as { id: number }).id;
    for (const who of ['staff', 'sarah', 'service'] as const) {
      const slots = await explained(who, '2030-06-20');
      expect(slots[1]?.because).toEqual([
        { code: 'busy', reason: 'slot_taken', sessionId: expect.any(Number), appointmentIds: [appointmentId] },
      ]);
      expect(slots[3]?.because).toEqual([{ code: 'time_off', reason: 'outside_hours', timeOffId }]);
    }
    for (const who of [null, 'john', 'michael', 'foreignStaff'] as const) {
      expect(await codes(who, '2030-06-20')).toEqual({
        '09:00 AM': [],
        '10:00 AM': ['taken'],
        '11:00 AM': [],
        '01:00 PM': ['no_hours'],
        '02:00 PM': ['no_hours'],
        '03:00 PM': [],
        '04:00 PM': [],
        '05:00 PM': [],
      });
    }
    const listed = await house.get(null, `${her}/availability?date=2030-06-20`);
    const offered = (listed.body['timeSlots'] as Slot[]).filter(({ available }) => available).map(({ time }) => time);
    const free = (await explained(null, '2030-06-20')).filter(({ available }) => available).map(({ time }) => time);
    expect(free).toEqual(offered);
    const refused = await book('2030-06-20', '10:00', { userId: 'x', userEmail: 'x@example.com', userName: 'X' });
    expect([refused.body['code'], refused.body['because']]).toEqual([
      'slot_taken',
      [{ code: 'busy', reason: 'slot_taken', sessionId: expect.any(Number), appointmentIds: [appointmentId] }],
    ]);
    const forClient = await house.post('john', '/api/appointments', booking({ date: '2030-06-20', time: '10:00' }));
    expect(forClient.body['because']).toEqual([{ code: 'taken', reason: 'slot_taken' }]);
    await change('DELETE', `${her}/time-off/${timeOffId}`);
  });

  test('by buffers and holds apart from sessions', async () => {
    await change('PATCH', her, { bufferAfterMinutes: 30 });
    await book('2030-06-21', '10:00', { sessionType: 'Follow-up' });
    // The session itself ends at 10:30, its buffer at 11:00.
    expect(await codes('staff', '2030-06-21')).toMatchObject({
      '09:00 AM': ['buffer'],
      '10:00 AM': ['busy'],
      '11:00 AM': [],
    });
    await change('PATCH', her, { bufferAfterMinutes: 0 });
  });

  test('by a hold that another keeps, with its id for those who manage her, also where staff would book it', async () => {
    const asked = { practitionerId: 123, sessionType: 'Initial Consultation', date: '2030-06-25', time: '10:00' };
    const held = await house.post('john', '/api/holds', asked);
    const because = [{ code: 'hold', reason: 'slot_taken', holdId: held.body['id'] }];
    for (const who of ['staff', 'sarah', 'service'] as const) {
      expect((await explained(who, '2030-06-25'))[1]?.because).toEqual(because);
    }
    expect((await codes('michael', '2030-06-25'))['10:00 AM']).toEqual(['taken']);
    const refused = await book('2030-06-25', '10:00', { userId: 'x', userEmail: 'x@example.com', userName: 'X' });
    expect([refused.body['code'], refused.body['because']]).toEqual(['slot_taken', because]);
  });

  test('by a date that differs, a holiday, and both where time is taken off', async () => {
    await change('PUT', `${her}/date-overrides/2030-06-24`, { hours: [{ from: '14:00', to: '15:00' }] });
    const day = await codes(null, '2030-06-24');
    expect([day['09:00 AM'], day['02:00 PM'], day['03:00 PM']]).toEqual([['date_override'], [], ['date_override']]);
    await change('PUT', `${her}/holidays`, { region: 'US' });
    const [slot] = await explained(null, '2030-07-04');
    expect(slot?.because).toEqual([
      { code: 'holiday', reason: 'outside_hours', date: '2030-07-04', holiday: 'Independence Day' },
    ]);
    const refused = await house.post('john', '/api/appointments', booking({ date: '2030-07-04', time: '09:00' }));
    expect([refused.body['code'], refused.body['reasons'], refused.body['because']]).toEqual([
      'outside_hours',
      ['outside_hours'],
      slot?.because,
    ]);
    await change('PUT', `${her}/holidays`, { region: null });
  });

  test('by the date whose hours are gone, though the next differs too', async () => {
    const before = (await house.get('staff', `${her}/weekly-hours`)).body['hours'];
    await change('PUT', `${her}/weekly-hours`, { hours: [{ weekday: 'friday', from: '22:00', to: '02:00' }] });
    await change('PUT', `${her}/date-overrides/2030-08-02`, { hours: [] });
    await change('PUT', `${her}/date-overrides/2030-08-03`, { hours: [{ from: '10:00', to: '12:00' }] });
    const friday = [{ code: 'date_override', reason: 'outside_hours', date: '2030-08-02' }];
    const saturday = await explained(null, '2030-08-03');
    expect(saturday.map(({ time, because }) => [time, because])).toEqual([
      ['12:00 AM', friday],
      ['01:00 AM', friday],
      ['10:00 AM', []],
      ['11:00 AM', []],
    ]);
    for (const date of ['2030-08-02', '2030-08-03']) await change('DELETE', `${her}/date-overrides/${date}`);
    await change('PUT', `${her}/weekly-hours`, { hours: before });
  });

  test('by limits, with the limit for those who manage her', async () => {
    const limit = { per: 'day', of: 'practitioner', sessionTypeId: null, mostSessions: 0, mostMinutes: null };
    await change('PATCH', her, { limits: [limit] });
    expect((await explained('sarah', '2030-06-26'))[0]?.because).toEqual([
      { code: 'booking_limit_reached', reason: 'booking_limit_reached', limit },
    ]);
    expect((await explained(null, '2030-06-26'))[0]?.because).toEqual([
      { code: 'booking_limit_reached', reason: 'booking_limit_reached' },
    ]);
    await change('PATCH', her, { limits: [] });
  });

  test('where it would end after hours, and where clocks jump over it', async () => {
    await change('PUT', `${her}/date-overrides/2030-06-27`, { hours: [{ from: '09:00', to: '10:30' }] });
    expect(await codes(null, '2030-06-27')).toMatchObject({ '09:00 AM': [], '10:00 AM': ['date_override'] });
    await change('DELETE', `${her}/date-overrides/2030-06-27`);
    const hours = [{ weekday: 'sunday', from: '01:00', to: '04:30' }];
    await change('PUT', `${her}/weekly-hours`, { hours });
    const { body } = await house.get(null, `${her}/availability?date=2030-03-10&explain=true`);
    expect((body['timeSlots'] as Slot[]).map(({ time, because }) => [time, because.map(({ code }) => code)])).toEqual([
      ['01:00 AM', []],
      ['03:00 AM', []],
      ['04:00 AM', ['does_not_fit']],
    ]);
    expect(body['skipped']).toEqual([
      {
        date: '2030-03-10',
        time: '02:00',
        timeZone: 'America/New_York',
        reasons: ['time_does_not_exist'],
        because: [{ code: 'clock_gap', reason: 'time_does_not_exist' }],
      },
    ]);
  });
});

describe('a start that clocks jump over', () => {
  const gap = '2030-03-10 02:00 America/New_York';

  test('is told on its own date where hours run past midnight', async () => {
    const hours = [{ weekday: 'saturday', from: '22:00', to: '06:00' }];
    await change('PUT', `${her}/weekly-hours`, { hours });
    expect([await skipped('2030-03-09'), await skipped('2030-03-10'), await skipped('2030-03-11')]).toEqual([
      [],
      [gap],
      [],
    ]);
    const days = await house.get(null, `${her}/availability?from=2030-03-09&to=2030-03-10&explain=true`);
    expect((days.body['days'] as Json[]).map((day) => (day['skipped'] as Json[]).length)).toEqual([0, 1]);
  });

  test('is one of the hours that the date has', async () => {
    const hours = [{ weekday: 'sunday', from: '01:00', to: '04:30' }];
    await change('PUT', `${her}/weekly-hours`, { hours });
    await change('PUT', `${her}/date-overrides/2030-03-10`, { hours: [] });
    expect(await skipped('2030-03-10')).toEqual([]);
    await change('PUT', `${her}/date-overrides/2030-03-10`, { hours: [{ from: '02:00', to: '05:00' }] });
    await change('PUT', `${her}/weekly-hours`, { hours: [] });
    expect(await skipped('2030-03-10')).toEqual([gap]);
    await change('DELETE', `${her}/date-overrides/2030-03-10`);
  });

  test('is told on the day of another zone in which the jump happens, with the date on her wall', async () => {
    const hours = [{ weekday: 'sunday', from: '01:00', to: '04:30' }];
    await change('PUT', `${her}/weekly-hours`, { hours });
    // 07:00 UTC: the same day in Tokyo, and the day before on Midway.
    expect(await skipped('2030-03-10', '&timeZone=Asia/Tokyo')).toEqual([gap]);
    expect(await skipped('2030-03-10', '&timeZone=Pacific/Midway')).toEqual([]);
    expect(await skipped('2030-03-09', '&timeZone=Pacific/Midway')).toEqual([gap]);
  });
});

test('why is told of a month at most', async () => {
  const asked = await house.get(null, `${her}/availability?from=2030-06-01&to=2030-07-02&explain=true`);
  expect([asked.status, asked.body['code']]).toEqual([400, 'invalid_request']);
  expect((await house.get(null, `${her}/availability?from=2030-06-01&to=2030-07-01&explain=true`)).status).toBe(200);
});
