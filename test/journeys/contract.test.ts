// The contract's nine endpoints with its own examples, dates moved to 2030: every field it shows is in the answer, with the
// type and form it shows, from booking to cancellation.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JOHN, MICHAEL, SARAH } from '../cast.ts';
import { booked, booking, openHouse, type Json, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const ZOOM_LINK = /^http:\/\/127\.0\.0\.1:\d+\/.+/;

describe('POST /api/appointments', () => {
  test('a booking answers 201 with the appointment and the way into its meeting', async () => {
    const { status, body, headers } = await house.post('john', '/api/appointments', booking());
    expect(status).toBe(201);
    expect(body).toEqual({
      success: true,
      appointmentId: expect.any(Number) as number,
      meetingDetails: {
        platform: 'zoom',
        meetingUrl: expect.stringMatching(ZOOM_LINK) as string,
        meetingId: expect.stringMatching(/^\d{10,11}$/) as string,
        meetingPassword: expect.stringMatching(/^\S{1,10}$/) as string,
        status: 'ready',
      },
      sandbox: true,
    });
    expect(headers.get('location')).toBe(`/api/appointments/${String(body['appointmentId'])}`);
  });

  test.each(['google-meet', 'teams'])(
    'a booking on %s has a link and an id, and no password to invent',
    async (platform) => {
      const time = platform === 'teams' ? '10:00' : '09:00';
      const { status, body } = await house.post(
        'john',
        '/api/appointments',
        booking({ time, videoMeetingConfig: { platform, hostEmail: SARAH.email } }),
      );
      expect(status).toBe(201);
      expect(body['meetingDetails']).toMatchObject({
        platform,
        meetingUrl: expect.stringMatching(ZOOM_LINK) as string,
        meetingId: expect.stringMatching(/./) as string,
        status: 'ready',
      });
    },
  );
});

describe('GET /api/practitioners/{practitionerId}/availability', () => {
  test('a day lists every start of the grid, each free or not', async () => {
    const day = '2030-06-19';
    await booked(house, { date: day, time: '10:00' });
    await booked(house, { date: day, time: '15:00' });
    const { status, body } = await house.get(null, `/api/practitioners/123/availability?date=${day}`);
    expect(status).toBe(200);
    const taken = ['10:00 AM', '03:00 PM'];
    const grid = ['09:00 AM', '10:00 AM', '11:00 AM', '01:00 PM', '02:00 PM', '03:00 PM', '04:00 PM', '05:00 PM'];
    const slots = body['timeSlots'] as { time: string; available: boolean }[];
    expect(body).toMatchObject({ practitionerId: 123, date: day });
    expect(slots.map(({ time, available }) => ({ time, available }))).toEqual(
      grid.map((time) => ({ time, available: !taken.includes(time) })),
    );
    expect(slots[0]).toEqual({
      time: '09:00 AM',
      available: true,
      start: `${day}T09:00:00-04:00`,
      end: `${day}T10:00:00-04:00`,
    });
    expect(slots[1]).toMatchObject({ reasons: ['slot_taken'] });
  });
});

const direct = (id: number, over: Json = {}) => ({
  appointmentId: id,
  hostEmail: SARAH.email,
  guestEmail: JOHN.userEmail,
  ...over,
});

describe('the four direct endpoints', () => {
  const START = '2030-06-18T14:00:00';

  test('create-zoom-meeting answers id, join_url, password and, to the host, host_url', async () => {
    const id = await booked(house, { date: '2030-06-18', videoMeetingConfig: undefined });
    const body = direct(id, {
      topic: 'Therapy Session with Dr. Sarah',
      agenda: 'Initial consultation',
      startTime: START,
      durationMinutes: 60,
    });
    const { status, body: answer } = await house.post('sarah', '/api/create-zoom-meeting', body);
    expect(status).toBe(201);
    expect(answer).toEqual({
      id: expect.stringMatching(/^\d{10,11}$/) as string,
      join_url: expect.stringMatching(ZOOM_LINK) as string,
      password: expect.stringMatching(/^\S{1,10}$/) as string,
      host_url: expect.stringMatching(/zak=/) as string,
    });
    const [meeting] = (await house.live.zoom()).filter((one) => String(one['id']) === answer['id']);
    expect(meeting).toMatchObject({ topic: 'Therapy Session with Dr. Sarah', duration: 60 });
  });

  test('create-google-meet answers meetingId, meetingUrl and eventId', async () => {
    const id = await booked(house, { date: '2030-06-18', time: '15:00', videoMeetingConfig: undefined });
    const { status, body } = await house.post(
      'staff',
      '/api/create-google-meet',
      direct(id, {
        summary: 'Therapy Session with Dr. Sarah',
        description: 'Initial consultation',
        startDateTime: '2030-06-18T15:00:00',
        duration: 60,
      }),
    );
    expect(status).toBe(201);
    expect(body).toEqual({
      meetingId: expect.stringMatching(/^[a-z]{3}-[a-z]{4}-[a-z]{3}$/) as string,
      meetingUrl: expect.stringMatching(ZOOM_LINK) as string,
      eventId: expect.stringMatching(/^[a-v0-9]{5,1024}$/) as string,
    });
    const [event] = (await house.live.google()).filter((one) => one['id'] === body['eventId']);
    expect(event).toMatchObject({ summary: 'Therapy Session with Dr. Sarah' });
  });

  test('create-teams-meeting answers id, joinUrl and the subject the meeting bears', async () => {
    const id = await booked(house, { date: '2030-06-18', time: '16:00', videoMeetingConfig: undefined });
    const { status, body } = await house.post(
      'service',
      '/api/create-teams-meeting',
      direct(id, {
        subject: 'Therapy Session with Dr. Sarah',
        description: 'Initial consultation',
        startDateTime: '2030-06-18T16:00:00',
        durationMinutes: 60,
      }),
    );
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/./) as string,
      joinUrl: expect.stringMatching(ZOOM_LINK) as string,
      subject: 'Therapy Session with Dr. Sarah',
    });
    const events = await house.live.microsoft();
    expect(events.filter(({ subject }) => subject === 'Therapy Session with Dr. Sarah')).toHaveLength(1);
  });

  test('create-calendar-event answers eventId and success', async () => {
    const id = await booked(house, { date: '2030-06-18', time: '17:00', videoMeetingConfig: undefined });
    const { status, body } = await house.post('staff', '/api/create-calendar-event', {
      appointmentId: id,
      userEmail: JOHN.userEmail,
      practitionerEmail: SARAH.email,
      title: 'Therapy Session with Dr. Sarah',
      description: 'Initial consultation',
      date: '2030-06-18',
      time: '17:00:00',
      duration: 60,
    });
    expect(status).toBe(201);
    expect(body).toEqual({ eventId: expect.stringMatching(/./) as string, success: true });
    expect((await house.live.google()).map((event) => event['id'])).toContain(body['eventId']);
  });
});

async function listOfAda(query: string) {
  const { body } = await house.get('ada', `/api/users/ada/appointments?${query}`);
  const items = body['appointments'] as { date: string }[];
  return { dates: items.map(({ date }) => date), next: body['nextCursor'] };
}

describe('cancel, reschedule and list', () => {
  test('an appointment is moved and cancelled with the contract’s words', async () => {
    const id = await booked(house, { date: '2030-06-24' }, 'john');
    const moved = await house.put('john', `/api/appointments/${id}/reschedule`, {
      newDate: '2030-06-25',
      newTime: '15:00:00',
    });
    expect([moved.status, moved.body]).toEqual([
      200,
      { success: true, message: 'Appointment rescheduled successfully' },
    ]);
    const cancelled = await house.put('john', `/api/appointments/${id}/cancel`, { reason: 'Schedule conflict' });
    expect([cancelled.status, cancelled.body]).toEqual([
      200,
      { success: true, message: 'Appointment cancelled successfully' },
    ]);
  });

  test('a client’s list has the contract’s items by time, with instants beside the wall time', async () => {
    const ada = { userId: 'ada', userEmail: 'ada@example.com', userName: 'Ada Lovelace' };
    const first = await booked(house, { ...ada, date: '2030-06-21' }, 'ada');
    const second = await booked(
      house,
      {
        ...ada,
        practitionerId: MICHAEL.practitionerId,
        practitionerName: MICHAEL.practitionerName,
        date: '2030-06-25',
        time: '10:00:00',
        sessionType: 'Follow-up',
        videoMeetingConfig: { platform: 'google-meet', hostEmail: MICHAEL.email },
      },
      'ada',
    );
    const { status, body } = await house.get('ada', '/api/users/ada/appointments');
    expect(status).toBe(200);
    expect(body['appointments']).toEqual([
      {
        id: first,
        practitionerId: SARAH.practitionerId,
        practitionerName: SARAH.practitionerName,
        date: '2030-06-21',
        time: '14:00:00',
        sessionType: 'Initial Consultation',
        status: 'confirmed',
        meetingDetails: {
          platform: 'zoom',
          meetingUrl: expect.stringMatching(ZOOM_LINK) as string,
          meetingId: expect.stringMatching(/^\d+$/) as string,
          status: 'ready',
        },
        start: '2030-06-21T18:00:00Z',
        end: '2030-06-21T19:00:00Z',
        timeZone: 'America/New_York',
        durationMinutes: 60,
        revision: 1,
      },
      expect.objectContaining({
        id: second,
        practitionerId: MICHAEL.practitionerId,
        practitionerName: MICHAEL.practitionerName,
        date: '2030-06-25',
        time: '10:00:00',
        sessionType: 'Follow-up',
        status: 'confirmed',
        start: '2030-06-25T08:00:00Z',
        end: '2030-06-25T08:30:00Z',
      }),
    ]);
  });

  test('a list is read page by page, and by status and time', async () => {
    const { dates, next } = await listOfAda('limit=1');
    expect(dates).toEqual(['2030-06-21']);
    expect(await listOfAda(`limit=1&cursor=${encodeURIComponent(String(next))}`)).toEqual({
      dates: ['2030-06-25'],
      next: null,
    });
    expect((await listOfAda('status=cancelled')).dates).toEqual([]);
    expect((await listOfAda('from=2030-06-22T00:00:00Z')).dates).toEqual(['2030-06-25']);
    expect((await listOfAda('to=2030-06-22T00:00:00Z')).dates).toEqual(['2030-06-21']);
  });
});
