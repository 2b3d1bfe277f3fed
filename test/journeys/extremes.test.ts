// The longest words and the most at once that a caller is allowed: everything that passes the schemas also passes the
// providers, the mails and the database.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { booked, booking, openHouse, type Json, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
let types: readonly { readonly id: number }[];
beforeAll(async () => {
  house = await openHouse();
  types = (await house.get('staff', '/api/session-types')).body['sessionTypes'] as { id: number }[];
});
afterAll(() => house.close());

const PLATFORMS = ['zoom', 'google-meet', 'teams'] as const;
const DIRECT = {
  zoom: ['/api/create-zoom-meeting', 'topic', 'agenda'],
  'google-meet': ['/api/create-google-meet', 'summary', 'description'],
  teams: ['/api/create-teams-meeting', 'subject', 'description'],
} as const;
/** One character in the schemas' count, two in JavaScript's, four bytes. */
const WIDE = '🩺';

describe('the longest words', () => {
  test.each(PLATFORMS)('a practitioner and a client with the longest names meet by %s', async (platform) => {
    const name = WIDE.repeat(200);
    const added = await house.post('staff', '/api/practitioners', {
      name,
      email: `long-${platform}@example.com`,
      timeZone: 'America/Argentina/ComodRivadavia',
      sessionTypes: types.map(({ id }) => ({ id })),
    });
    expect(added.status, added.text).toBe(201);
    const id = String(added.body['id']);
    const hours = [{ weekday: 'monday', from: '09:00', to: '17:00' }];
    await house.put('staff', `/api/practitioners/${id}/weekly-hours`, { hours });
    const answer = await house.post(
      'service',
      '/api/appointments',
      booking({
        practitionerId: Number(id),
        practitionerName: name,
        userId: `long-${platform}`,
        userName: WIDE.repeat(200),
        userEmail: `${'c'.repeat(60)}@${'d'.repeat(60)}.${platform}.example.com`,
        date: '2030-01-14',
        time: '10:00',
        videoMeetingConfig: { platform },
      }),
    );
    expect([answer.status, answer.body['meetingDetails']], answer.text).toMatchObject([201, { status: 'ready' }]);
    await house.until(
      () => house.live.mails(),
      (mails) =>
        mails.filter(({ raw }) => raw.includes(`X-Slotkeeper-Appointment: ${String(answer.body['appointmentId'])}\r\n`))
          .length === 2,
      { seconds: 1 },
    );
  });

  test.each(PLATFORMS)('%s takes the longest topic and description a host may send', async (platform) => {
    const [path, topic, description] = DIRECT[platform];
    const id = await booked(house, {
      date: '2030-03-12',
      time: { zoom: '09:00', 'google-meet': '10:00', teams: '11:00' }[platform],
      videoMeetingConfig: undefined,
    });
    for (const letter of ['x', WIDE, '<', '&']) {
      const words = { [topic]: letter.repeat(200), [description]: `${letter.repeat(1_498)}\n.` };
      const answer = await house.post('sarah', path, { appointmentId: id, ...words });
      expect(answer.status, `${letter} ${answer.text}`).toBe(201);
    }
  });

  test('the longest reason is kept', async () => {
    const id = await booked(house, { date: '2030-03-13', videoMeetingConfig: undefined });
    const { status } = await house.put('sarah', `/api/appointments/${id}/cancel`, { reason: WIDE.repeat(1_000) });
    expect(status).toBe(200);
  });
});

describe('many at once', () => {
  test('ten moves of one appointment at once leave it at one of the ten, with one meeting there', async () => {
    const id = await booked(house, { date: '2030-03-18' });
    const days = Array.from({ length: 5 }, (_, i) => `2030-03-${25 + i}`);
    const moves = days.flatMap((newDate) => ['09:00', '15:00'].map((newTime) => ({ newDate, newTime })));
    const answers = await Promise.all(
      moves.map((move) => house.put('staff', `/api/appointments/${id}/reschedule`, move)),
    );
    expect(answers.map(({ status }) => status)).toEqual(moves.map(() => 200));
    const { body } = await house.get('staff', `/api/appointments/${id}`);
    expect(moves).toContainEqual({ newDate: body['date'], newTime: String(body['time']).slice(0, 5) });
    expect(body['revision']).toBe(11);
    const { meetingId } = body['meetingDetails'] as Json;
    await house.until(
      async () => (await house.live.zoom()).filter((meeting) => String(meeting['id']) === meetingId),
      (found) => found.length === 1 && found[0]?.['start_time'] === body['start'],
      { seconds: 1 },
    );
    const free = async (date: string) =>
      ((await house.get(null, `/api/practitioners/123/availability?date=${date}`)).body['timeSlots'] as Json[]).filter(
        ({ available }) => available !== true,
      ).length;
    const taken = await Promise.all([...days, '2030-03-18'].map(free));
    expect(taken.reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  test('moving and cancelling at once leaves it cancelled, and its time free', async () => {
    const id = await booked(house, { date: '2030-04-01' });
    const calls = [
      house.put('staff', `/api/appointments/${id}/reschedule`, { newDate: '2030-04-02', newTime: '09:00' }),
      house.put('staff', `/api/appointments/${id}/cancel`, {}),
      house.put('staff', `/api/appointments/${id}/cancel`, {}),
    ];
    const [moved, ...cancelled] = await Promise.all(calls);
    expect([200, 409]).toContain(moved?.status);
    expect(cancelled.map(({ status }) => status)).toEqual([200, 200]);
    const { body } = await house.get(null, '/api/practitioners/123/availability?from=2030-04-01&to=2030-04-02');
    const slots = (body['days'] as { timeSlots: Json[] }[]).flatMap(({ timeSlots }) => timeSlots);
    expect(slots.filter(({ available }) => available !== true)).toEqual([]);
  });

  test('a direct call and its repeats under one key, at once, make one meeting', async () => {
    const id = await booked(house, { date: '2030-04-08', videoMeetingConfig: undefined });
    const key = { 'idempotency-key': 'zoom-once' };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => house.post('john', '/api/create-zoom-meeting', { appointmentId: id }, key)),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(201);
    const there = (await house.live.zoom()).filter(({ start_time: start }) => String(start).startsWith('2030-04-08'));
    expect(there).toHaveLength(1);
  });
});
