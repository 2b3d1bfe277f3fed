// Who books for whom, and what a caller may claim about the people concerned: names and addresses are kept once, and what
// is repeated must be the same. Another's appointment does not exist.
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADA, JOHN, SARAH, type Who } from '../cast.ts';
import { booked, booking, openHouse, refusal, type Json, type OpenHouse } from '../open-house.ts';

/** Our own key, so that a token can be signed that we would not issue. */
const TOKEN_SECRET = 'a key of thirty-two letters or more';
let house: OpenHouse;
let own: number;
beforeAll(async () => {
  house = await openHouse({ worker: false, settings: { TOKEN_SECRET } });
  own = await booked(house, { date: '2030-06-03', videoMeetingConfig: undefined }, 'john');
});
afterAll(() => house.close());

const noMeeting = { videoMeetingConfig: undefined };
let day = 0;
/** A booking of a fresh day, so that only what a test changes can be in its way. */
function fresh(over: Json = {}): Json {
  const date = Temporal.PlainDate.from('2030-08-05').add({ days: Math.floor(day / 5) * 7 + (day % 5) });
  day += 1;
  return booking({ date: date.toString(), ...noMeeting, ...over });
}

describe('a client', () => {
  test('books for the subject of its token alone', async () => {
    expect(refusal(await house.post('ada', '/api/appointments', fresh()))).toEqual([403, 'forbidden']);
  });

  test('books with the address of its token alone', async () => {
    const answer = await house.post('john', '/api/appointments', fresh({ userEmail: 'else@example.com' }));
    expect(refusal(answer)).toEqual([422, 'does_not_match', '/userEmail']);
  });

  test('books with no address at all where its token has none, so that our mail goes to nobody it names', async () => {
    const token = await new SignJWT({ role: 'client', org: house.organisations.own })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer('slotkeeper')
      .setAudience('slotkeeper')
      .setSubject('without-address')
      .setIssuedAt(house.clock.now().epochMilliseconds / 1000)
      .setExpirationTime(house.clock.now().add({ hours: 1 }).epochMilliseconds / 1000)
      .setJti('j')
      .sign(Buffer.from(TOKEN_SECRET));
    const headers = { authorization: `Bearer ${token}` };
    const body = fresh({ userId: 'without-address', userEmail: 'stranger@example.com' });
    const answer = await house.post(null, '/api/appointments', body, headers);
    expect(refusal(answer)).toEqual([403, 'forbidden']);
    expect(answer.body['message']).toMatch(/e-mail address/);
    expect((await house.get(null, '/api/users/without-address/appointments', headers)).status).toBe(200);
  });

  test('recorded by two at once with two addresses keeps the first, and the second is told so', async () => {
    const answers = await Promise.all(
      [SARAH.practitionerId, 789].map((practitionerId, at) =>
        house.post(
          'service',
          '/api/appointments',
          fresh({
            userId: 'new-twice',
            userEmail: `twice-${at}@example.com`,
            practitionerId,
            practitionerName: undefined,
          }),
        ),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 422]);
    expect(refusal(answers.find(({ status }) => status === 422)!)).toEqual([422, 'does_not_match', '/userEmail']);
  });

  test('may write its address in another case, and change how it is called', async () => {
    const shouted = fresh({ userEmail: 'USER@example.com', userName: 'Johnny Doe' });
    expect((await house.post('john', '/api/appointments', shouted)).status).toBe(201);
  });
});

describe('staff and services', () => {
  test.each(['staff', 'service'] as const)('%s books for somebody unknown, who is known from then on', async (who) => {
    const guest = { userId: `guest-of-${who}`, userEmail: `${who}.guest@example.com`, userName: 'A Guest' };
    await booked(house, fresh(guest), who);
    const { body } = await house.get(who, `/api/users/${guest.userId}/appointments`);
    expect(body['appointments']).toHaveLength(1);
    const differing = await house.post(who, '/api/appointments', fresh({ ...guest, userEmail: 'x@example.com' }));
    expect(refusal(differing)).toEqual([422, 'does_not_match', '/userEmail']);
  });

  test.each(['auth0|5f7c8', 'org/team/7', 'ünïcode 王 👩🏽', '%2e%2e', "o'brien; --", 'x'.repeat(128)])(
    'a userId is opaque: %s',
    async (userId) => {
      const id = await booked(house, fresh({ userId, userEmail: 'opaque@example.com', userName: 'Opaque' }));
      const { status, body } = await house.get('service', `/api/users/${encodeURIComponent(userId)}/appointments`);
      expect([status, body['appointments']]).toEqual([200, [expect.objectContaining({ id })]]);
    },
  );

  test('cannot send our mail for a known client to a stranger', async () => {
    const answer = await house.post('staff', '/api/appointments', fresh({ userEmail: 'stranger@example.com' }));
    expect(refusal(answer)).toEqual([422, 'does_not_match', '/userEmail']);
  });

  test('a practitioner books for nobody', async () => {
    expect(refusal(await house.post('sarah', '/api/appointments', fresh()))).toEqual([403, 'forbidden']);
  });
});

describe('what is repeated must be what is kept', () => {
  test.each([
    ['/practitionerName', { practitionerName: 'Dr. Sara Johnson' }],
    [
      '/videoMeetingConfig/hostEmail',
      { videoMeetingConfig: { platform: 'zoom', hostEmail: 'michael.lee@example.com' } },
    ],
  ])('%s', async (pointer, over) => {
    for (const who of ['john', 'staff'] as const) {
      expect(refusal(await house.post(who, '/api/appointments', fresh(over)))).toEqual([
        422,
        'does_not_match',
        pointer,
      ]);
    }
  });

  test('practitionerName and hostEmail may be left out', async () => {
    const bare = fresh({ practitionerName: undefined, videoMeetingConfig: { platform: 'teams' } });
    expect((await house.post('staff', '/api/appointments', bare)).status).toBe(201);
  });

  test.each([
    ['/api/create-zoom-meeting', '/hostEmail', { hostEmail: 'michael.lee@example.com' }],
    ['/api/create-zoom-meeting', '/guestEmail', { guestEmail: 'stranger@example.com' }],
    ['/api/create-zoom-meeting', '/durationMinutes', { durationMinutes: 30 }],
    ['/api/create-zoom-meeting', '/startTime', { startTime: '2030-06-03T15:00:00' }],
    ['/api/create-google-meet', '/hostEmail', { hostEmail: 'michael.lee@example.com' }],
    ['/api/create-google-meet', '/duration', { duration: 59 }],
    ['/api/create-google-meet', '/startDateTime', { startDateTime: '2030-06-03T14:00:00Z' }],
    ['/api/create-teams-meeting', '/guestEmail', { guestEmail: 'stranger@example.com' }],
    ['/api/create-teams-meeting', '/durationMinutes', { durationMinutes: 61 }],
    ['/api/create-teams-meeting', '/startDateTime', { startDateTime: '2030-06-04T14:00:00' }],
    ['/api/create-calendar-event', '/practitionerEmail', { practitionerEmail: 'michael.lee@example.com' }],
    ['/api/create-calendar-event', '/userEmail', { userEmail: 'stranger@example.com' }],
    ['/api/create-calendar-event', '/duration', { duration: 45 }],
  ])('%s: %s', async (path, pointer, over) => {
    const answer = await house.post('staff', path, { appointmentId: own, ...over });
    expect(refusal(answer)).toEqual([422, 'does_not_match', pointer]);
  });

  test('a calendar event for another date or time is refused', async () => {
    for (const when of [
      { date: '2030-06-04', time: '14:00:00' },
      { date: '2030-06-03', time: '15:00:00' },
    ]) {
      const answer = await house.post('staff', '/api/create-calendar-event', { appointmentId: own, ...when });
      expect(refusal(answer)).toEqual([422, 'does_not_match', '/time']);
    }
  });
});

describe('every endpoint, every role, own and other’s', () => {
  const ALL = ['john', 'ada', 'sarah', 'michael', 'staff', 'service'] as const;
  const FOREIGN = ['foreignStaff', 'foreignService', 'foreignJohn', 'foreignSarah'] as const;
  const OWNERS = ['john', 'sarah', 'staff', 'service'];
  const onAppointment: readonly (readonly [string, (who: Who) => Promise<{ status: number; body: Json }>])[] = [
    ['GET /api/appointments/{id}', (who) => house.get(who, `/api/appointments/${own}`)],
    [
      'GET /api/appointments/{id}/free-times',
      (who) => house.get(who, `/api/appointments/${own}/free-times?from=2030-06-03&to=2030-06-07`),
    ],
    // A change that is none, so that one appointment serves every row.
    [
      'PUT reschedule',
      (who) => house.put(who, `/api/appointments/${own}/reschedule`, { newDate: '2030-06-03', newTime: '14:00' }),
    ],
    // Refused for its form once ownership is settled: nothing is made, and who may ask is still told apart.
    [
      'create-zoom-meeting',
      (who) => house.post(who, '/api/create-zoom-meeting', { appointmentId: own, durationMinutes: 1 }),
    ],
    ['create-google-meet', (who) => house.post(who, '/api/create-google-meet', { appointmentId: own, duration: 1 })],
    [
      'create-teams-meeting',
      (who) => house.post(who, '/api/create-teams-meeting', { appointmentId: own, durationMinutes: 1 }),
    ],
    [
      'create-calendar-event',
      (who) => house.post(who, '/api/create-calendar-event', { appointmentId: own, duration: 1 }),
    ],
  ];

  test.each(onAppointment)('%s: owner, host and staff alone; for others it does not exist', async (name, call) => {
    const mayStatus = name.startsWith('create') ? 422 : 200;
    for (const who of [...ALL, ...FOREIGN]) {
      const { status, body } = await call(who);
      const expected = OWNERS.includes(who) ? [mayStatus] : [404, 'not_found'];
      expect([who, status, ...(expected.length > 1 ? [body['code']] : [])]).toEqual([who, ...expected]);
    }
    const nobody = await call(null);
    expect([nobody.status, nobody.body['code']]).toEqual([401, 'unauthenticated']);
  });

  test('PUT cancel: owner, host and staff alone', async () => {
    for (const who of ['ada', 'michael', ...FOREIGN] as const) {
      expect([who, ...refusal(await house.put(who, `/api/appointments/${own}/cancel`, {}))]).toEqual([
        who,
        404,
        'not_found',
      ]);
    }
    expect(refusal(await house.put(null, `/api/appointments/${own}/cancel`, {}))).toEqual([401, 'unauthenticated']);
    for (const who of OWNERS as Who[]) {
      const id = await booked(house, fresh(), 'john');
      expect((await house.put(who, `/api/appointments/${id}/cancel`, {})).status).toBe(200);
    }
  });

  test('GET /api/users/{userId}/appointments: oneself, staff and services', async () => {
    const list = `/api/users/${JOHN.userId}/appointments`;
    for (const who of ['john', 'staff', 'service'] as const) {
      const { status, body } = await house.get(who, list);
      expect([who, status, (body['appointments'] as unknown[]).length > 0]).toEqual([who, 200, true]);
    }
    for (const who of ['ada', 'sarah', 'michael'] as const) {
      expect([who, ...refusal(await house.get(who, list))]).toEqual([who, 403, 'forbidden']);
    }
    expect(refusal(await house.get('foreignSarah', list))).toEqual([403, 'forbidden']);
    expect(refusal(await house.get(null, list))).toEqual([401, 'unauthenticated']);
    // The same name in another organisation is somebody else.
    for (const who of ['foreignJohn', 'foreignStaff', 'foreignService'] as const) {
      const { status, body } = await house.get(who, list);
      expect([who, status, body['appointments']]).toEqual([who, 200, []]);
    }
  });

  test('POST /api/appointments: nobody of another organisation books here', async () => {
    for (const who of ['foreignJohn', 'foreignStaff', 'foreignService'] as const) {
      expect([who, ...refusal(await house.post(who, '/api/appointments', fresh()))]).toEqual([who, 404, 'not_found']);
    }
    expect(refusal(await house.post(null, '/api/appointments', fresh()))).toEqual([401, 'unauthenticated']);
  });

  test('availability and profiles are open to all; an address of a practitioner is not', async () => {
    for (const who of [null, ...ALL, ...FOREIGN]) {
      const slots = await house.get(who, '/api/practitioners/123/availability?date=2030-06-20');
      expect([who, slots.status]).toEqual([who, 200]);
      const profile = await house.get(who, '/api/practitioners/123');
      expect([who, profile.status, profile.body['name']]).toEqual([who, 200, SARAH.practitionerName]);
      const shown = who !== null && ['sarah', 'staff', 'service'].includes(who);
      expect([who, profile.body['email']]).toEqual([who, shown ? SARAH.email : undefined]);
    }
  });

  test('a client’s name and address are in no answer and no log line of another', async () => {
    await booked(house, fresh({ ...ADA }), 'ada');
    const log = JSON.stringify(house.lines);
    for (const words of [ADA.userEmail, ADA.userName, JOHN.userEmail, JOHN.userName]) {
      expect(log).not.toContain(words);
    }
  });

  test('a token that is not ours is refused everywhere, also where none is needed', async () => {
    for (const path of ['/api/practitioners/123/availability?date=2030-06-20', `/api/appointments/${own}`]) {
      const answer = await house.get(null, path, { authorization: 'Bearer not.a.token' });
      expect(refusal(answer)).toEqual([401, 'unauthenticated']);
    }
  });
});
