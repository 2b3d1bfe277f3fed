// When an appointment is: wall time in the practitioner's zone, an instant where an offset says so, and no time that does
// not exist, is past, or is not on offer. Each refusal says what could be had instead.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { JOHN, MICHAEL, SARAH } from '../cast.ts';
import { booked, booking, openHouse, refusal, type Json, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
/** Sees clients on Sundays from midnight to six, when clocks change. */
let owl: Json;

beforeAll(async () => {
  house = await openHouse();
  const types = await house.get('staff', '/api/session-types');
  const followUp = (types.body['sessionTypes'] as { id: number; name: string }[]).find(
    ({ name }) => name === 'Follow-up',
  );
  const added = await house.post('staff', '/api/practitioners', {
    name: 'Dr. Night Owl',
    email: 'owl@example.com',
    timeZone: 'America/New_York',
    gridMinutes: 30,
    horizonDays: 400,
    sessionTypes: [{ id: followUp?.id }],
  });
  const id = Number(added.body['id']);
  const hours = await house.put('staff', `/api/practitioners/${id}/weekly-hours`, {
    hours: [{ weekday: 'sunday', from: '00:00', to: '06:00' }],
  });
  if (hours.status !== 200) throw new Error(added.text + hours.text);
  owl = { practitionerId: id, practitionerName: undefined, sessionType: 'follow-up', videoMeetingConfig: undefined };
});
afterAll(() => house.close());

async function startOf(id: number): Promise<unknown> {
  return (await house.get('staff', `/api/appointments/${id}`)).body['start'];
}

describe('how a start is read', () => {
  test('date and time are wall time in the practitioner’s zone, seconds or not', async () => {
    expect(await startOf(await booked(house, { date: '2030-01-08', time: '14:00' }))).toBe('2030-01-08T19:00:00Z');
    expect(await startOf(await booked(house, { date: '2030-07-09', time: '14:00:00' }))).toBe('2030-07-09T18:00:00Z');
  });

  test('a timeZone field says whose wall it is', async () => {
    const id = await booked(house, { date: '2030-06-12', time: '19:00', timeZone: 'Europe/London' });
    const { body } = await house.get('staff', `/api/appointments/${id}`);
    expect(body).toMatchObject({ start: '2030-06-12T18:00:00Z', date: '2030-06-12', time: '14:00:00' });
    const moved = await house.put('staff', `/api/appointments/${id}/reschedule`, {
      newDate: '2030-06-13',
      newTime: '15:00',
      timeZone: 'UTC',
    });
    expect(moved.status, moved.text).toBe(200);
    expect(await startOf(id)).toBe('2030-06-13T15:00:00Z');
  });

  test('startTime with an offset or Z is that instant, without one it is wall time', async () => {
    const id = await booked(house, { date: '2030-06-14', time: '14:00' });
    for (const startTime of ['2030-06-14T14:00:00', '2030-06-14T18:00:00Z', '2030-06-14T20:00+02:00']) {
      const { status, text } = await house.post('john', '/api/create-zoom-meeting', { appointmentId: id, startTime });
      expect(status, text).toBe(201);
    }
    const otherInstant = { appointmentId: id, startTime: '2030-06-14T14:00:00Z' };
    expect(refusal(await house.post('john', '/api/create-zoom-meeting', otherInstant))).toEqual([
      422,
      'does_not_match',
      '/startTime',
    ]);
  });

  test('a direct call may say its wall time in another zone, and whose start it is then', async () => {
    const id = await booked(house, { date: '2030-06-17', time: '14:00' });
    const [start, timeZone] = ['2030-06-17T20:00:00', 'Europe/Berlin'];
    for (const [path, fields] of [
      ['/api/create-zoom-meeting', { startTime: start }],
      ['/api/create-calendar-event', { date: '2030-06-17', time: '20:00' }],
    ] as const) {
      const { status, text } = await house.post('john', path, { appointmentId: id, ...fields, timeZone });
      expect(status, text).toBe(201);
      const without = await house.post('john', path, { appointmentId: id, ...fields });
      expect(refusal(without).slice(0, 2), path).toEqual([422, 'does_not_match']);
    }
    for (const [path, platform] of [
      ['/api/create-google-meet', 'google-meet'],
      ['/api/create-teams-meeting', 'teams'],
    ] as const) {
      const time = platform === 'teams' ? '15:00' : '16:00';
      const other = await booked(house, { date: '2030-06-17', time, videoMeetingConfig: { platform } });
      const startDateTime = `2030-06-17T${platform === 'teams' ? 21 : 22}:00:00`;
      const { status, text } = await house.post('john', path, { appointmentId: other, startDateTime, timeZone });
      expect(status, text).toBe(201);
    }
  });

  test('a wall time that clocks jump over is refused with the nearest that exist', async () => {
    const { status, body } = await house.post(
      'staff',
      '/api/appointments',
      booking({ ...owl, date: '2030-03-10', time: '02:30' }),
    );
    expect([status, body['code']]).toEqual([422, 'time_does_not_exist']);
    expect(body['nearest']).toEqual([
      { date: '2030-03-10', time: '01:59:00', start: '2030-03-10T01:59:00-05:00' },
      { date: '2030-03-10', time: '03:00:00', start: '2030-03-10T03:00:00-04:00' },
    ]);
  });

  test('a wall time that exists twice means the earlier one, and an offset or an instant chooses the later', async () => {
    const first = await booked(house, { ...owl, date: '2030-11-03', time: '01:30' });
    expect(await startOf(first)).toBe('2030-11-03T05:30:00Z');
    const second = await booked(house, { ...owl, date: '2030-11-03', time: '01:30-05:00' });
    expect(await startOf(second)).toBe('2030-11-03T06:30:00Z');
    await house.put('staff', `/api/appointments/${second}/reschedule`, { newDate: '2030-11-03', newTime: '06:00Z' });
    expect(await startOf(second)).toBe('2030-11-03T06:00:00Z');
    const inZone = { newDate: '2030-11-03', newTime: '06:30', timeZone: 'UTC' };
    await house.put('staff', `/api/appointments/${second}/reschedule`, inZone);
    expect(await startOf(second)).toBe('2030-11-03T06:30:00Z');
    const offset = { appointmentId: second, startTime: '2030-11-03T01:30:00-05:00' };
    expect((await house.post('staff', '/api/create-zoom-meeting', offset)).status).toBe(201);
    const { body } = await house.get(
      null,
      `/api/practitioners/${String(owl['practitionerId'])}/availability?date=2030-11-03`,
    );
    const slots = body['timeSlots'] as { time: string; start: string; available: boolean }[];
    expect(slots.filter(({ time }) => time === '01:30 AM')).toMatchObject([
      { start: '2030-11-03T01:30:00-04:00', available: false },
      { start: '2030-11-03T01:30:00-05:00', available: false },
    ]);
  });

  test('availability can be read in the viewer’s zone, and over several days', async () => {
    const { body } = await house.get(
      null,
      '/api/practitioners/789/availability?from=2030-06-20&to=2030-06-22&timeZone=Asia/Tokyo&sessionType=follow-up',
    );
    const days = body['days'] as { date: string; timeSlots: { time: string; start: string }[] }[];
    expect(days.map(({ date }) => date)).toEqual(['2030-06-20', '2030-06-21', '2030-06-22']);
    expect(days[0]?.timeSlots[0]).toMatchObject({ time: '04:00 PM', start: '2030-06-20T16:00:00+09:00' });
    expect(body).toMatchObject({ timeZone: 'Asia/Tokyo', practitionerTimeZone: 'Europe/Berlin' });
  });
});

describe('an answer about free times', () => {
  test('is known again by its ETag until something it says has changed', async () => {
    const path = '/api/practitioners/123/availability?date=2030-05-06';
    const first = await house.get(null, path);
    const etag = first.headers.get('etag') ?? '';
    expect((await house.get(null, path, { 'if-none-match': etag })).status).toBe(304);
    const id = await booked(house, { date: '2030-05-06', videoMeetingConfig: undefined });
    const second = await house.get(null, path, { 'if-none-match': etag });
    expect([second.status, second.headers.get('etag') === etag]).toEqual([200, false]);
    await house.put('staff', `/api/appointments/${id}/cancel`, {});
    expect((await house.get(null, path)).body).toEqual(first.body);
  });
});

describe('what is not offered cannot be booked', () => {
  beforeEach(() => house.clearFaults());

  test.each([
    ['time_in_past', 422, { date: '2030-01-04', time: '14:00' }],
    ['notice_too_short', 422, { date: '2030-01-07', time: '09:00' }],
    ['beyond_horizon', 422, { date: '2031-06-20', time: '14:00' }],
    ['outside_hours', 422, { date: '2030-06-20', time: '12:00' }],
    ['outside_hours', 422, { date: '2030-06-22', time: '14:00' }],
    ['not_on_grid', 422, { date: '2030-06-20', time: '14:30' }],
  ] as const)('%s', async (code, status, when) => {
    const answer = await house.post('john', '/api/appointments', booking(when));
    expect(refusal(answer)).toEqual([status, code]);
    expect(answer.body['reasons']).toContain(code);
  });

  test('a time that is taken is refused with up to five free ones, each of which can be booked', async () => {
    await booked(house, { date: '2030-06-26', time: '11:00' });
    const lost = await house.post('john', '/api/appointments', booking({ date: '2030-06-26', time: '11:00' }));
    expect(refusal(lost)).toEqual([409, 'slot_taken']);
    const alternatives = lost.body['alternatives'] as { date: string; time: string }[];
    expect(alternatives.length).toBeGreaterThan(0);
    expect(alternatives.length).toBeLessThanOrEqual(5);
    const { date, time } = alternatives[0]!;
    expect((await house.post('john', '/api/appointments', booking({ date, time }))).status).toBe(201);
  });

  test('of twenty who want one slot at once, one gets it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        house.post(
          'service',
          '/api/appointments',
          booking({
            userId: `racer-${i}`,
            userEmail: `racer-${i}@example.com`,
            date: '2030-06-27',
            videoMeetingConfig: undefined,
          }),
        ),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201,
      ...Array.from({ length: 19 }, () => 409),
    ]);
  });

  test('length is that of the session type, by name in any case or by id', async () => {
    const { body } = await house.get('staff', '/api/session-types');
    const types = body['sessionTypes'] as { id: number; name: string }[];
    const followUp = types.find(({ name }) => name === 'Follow-up');
    const michael = {
      practitionerId: MICHAEL.practitionerId,
      practitionerName: undefined,
      videoMeetingConfig: undefined,
      date: '2030-06-20',
    };
    for (const [time, sessionType] of [
      ['09:00', 'FOLLOW-UP'],
      ['09:30', followUp?.id],
      ['10:00', ' follow-up '],
    ] as const) {
      const id = await booked(house, { ...michael, time, sessionType });
      expect((await house.get('staff', `/api/appointments/${id}`)).body).toMatchObject({
        durationMinutes: 30,
        sessionType: 'Follow-up',
      });
    }
  });

  test('an unknown session type is refused with those on offer', async () => {
    const answer = await house.post('john', '/api/appointments', booking({ sessionType: 'Massage' }));
    expect([answer.status, answer.body['code']]).toEqual([422, 'unknown_session_type']);
    expect(answer.text).toContain('Initial Consultation');
    expect(answer.text).toContain('Follow-up');
  });

  test('an unknown practitioner is not found, to book and to look at', async () => {
    const nobody = booking({ practitionerId: 404_404, practitionerName: undefined });
    expect(refusal(await house.post('john', '/api/appointments', nobody))).toEqual([404, 'not_found']);
    expect(refusal(await house.get(null, '/api/practitioners/404404/availability?date=2030-06-20'))).toEqual([
      404,
      'not_found',
    ]);
  });
});

describe('time that passes', () => {
  test('what has begun is not moved, what is over is not cancelled', async () => {
    const id = await booked(house, { date: '2030-07-01', time: '09:00', ...JOHN }, 'john');
    house.clock.set('2030-07-01T13:00:00Z');
    const path = `/api/appointments/${id}`;
    const later = { newDate: '2030-07-02', newTime: '09:00' };
    expect(refusal(await house.put('staff', `${path}/reschedule`, later))).toEqual([409, 'appointment_in_past']);
    house.clock.set('2030-07-01T14:00:00Z');
    expect(refusal(await house.put('staff', `${path}/cancel`, {}))).toEqual([409, 'appointment_in_past']);
    const late = { appointmentId: id, hostEmail: SARAH.email };
    expect(refusal(await house.post('staff', '/api/create-zoom-meeting', late))).toEqual([409, 'appointment_in_past']);
  });
});
