// What nobody should send: every fault is answered with a 4xx problem, a stable code and the field at fault, and nothing a
// caller sends, however odd, makes a 5xx or changes anything.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JOHN } from '../cast.ts';
import {
  booked,
  booking,
  openHouse,
  refusal,
  type Answer,
  type Json,
  type Method,
  type OpenHouse,
} from '../open-house.ts';

let house: OpenHouse;
let id: number;
beforeAll(async () => {
  house = await openHouse({ worker: false });
  id = await booked(house, { date: '2030-06-03', videoMeetingConfig: undefined }, 'john');
});
afterAll(() => house.close());

/** Where a body goes; `{id}` is an appointment of John's. */
const WRITES = [
  ['POST', '/api/appointments'],
  ['PUT', '/api/appointments/{id}/cancel'],
  ['PUT', '/api/appointments/{id}/reschedule'],
  ['POST', '/api/create-zoom-meeting'],
  ['POST', '/api/create-google-meet'],
  ['POST', '/api/create-teams-meeting'],
  ['POST', '/api/create-calendar-event'],
  ['POST', '/api/practitioners'],
  ['PATCH', '/api/practitioners/123'],
  ['PUT', '/api/practitioners/123/weekly-hours'],
  ['POST', '/api/session-types'],
] as const;
const listed = (query: Record<string, string>) =>
  `/api/users/user-uuid/appointments?${new URLSearchParams(query).toString()}`;
const cursorAt = (place: unknown) => Buffer.from(JSON.stringify(['appointments', place])).toString('base64url');
const at = (path: string) => path.replace('{id}', String(id));

function isProblem({ status, headers, body, text }: Answer): void {
  expect(headers.get('content-type'), text).toContain('application/problem+json');
  expect(body).toMatchObject({
    type: expect.stringMatching(/./) as string,
    title: expect.stringMatching(/./) as string,
    status,
    detail: expect.stringMatching(/./) as string,
    code: expect.stringMatching(/^[a-z_]+$/) as string,
    success: false,
    message: expect.stringMatching(/./) as string,
    requestId: headers.get('x-request-id'),
  });
  expect(text).not.toMatch(/node_modules|at \w+ \(|\.ts:\d/);
}

describe('a body that is none', () => {
  test.each(WRITES)('%s %s', async (method, path) => {
    const send = (raw: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
      house.ask('staff', method, at(path), { raw, headers });
    const faults: readonly (readonly [Answer, readonly unknown[]])[] = [
      [await send('{"a":'), [400, 'invalid_json']],
      [await send("{'a': 1}"), [400, 'invalid_json']],
      [await send(new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])), [400, 'invalid_json']],
      // Not UTF-8, though JSON but for that: what is stored and mailed would not be what was meant.
      [await send(Buffer.from('{"userName": "A\xff\xfeB"}', 'latin1')), [400, 'invalid_json']],
      [await send('a=1', { 'content-type': 'application/x-www-form-urlencoded' }), [415, 'unsupported_media_type']],
      [await send('<a/>', { 'content-type': 'text/xml' }), [415, 'unsupported_media_type']],
      [await send(JSON.stringify({ a: 'x'.repeat(70_000) })), [413, 'body_too_large']],
      [await send('"text"'), [400, 'invalid_request']],
      [await send('[]'), [400, 'invalid_request']],
      [await send(String.raw`{"a":"\u0000"}`), [400, 'invalid_request']],
      [await send(String.raw`{"a":"\ud800"}`), [400, 'invalid_request']],
      [await send('{"__proto__":{"admin":true}}'), [400, 'invalid_request']],
    ];
    for (const [answer, expected] of faults) {
      expect(refusal(answer).slice(0, 2)).toEqual(expected);
      isProblem(answer);
    }
  });
});

describe('a booking with one thing wrong', () => {
  const LONG = 'x'.repeat(5_000);
  const cases: readonly (readonly [pointer: string, over: Json])[] = [
    ['/surprise', { surprise: true }],
    ['/videoMeetingConfig/surprise', { videoMeetingConfig: { platform: 'zoom', surprise: 1 } }],
    ['/userId', { userId: undefined }],
    ['/userId', { userId: '' }],
    ['/userId', { userId: 'x'.repeat(129) }],
    ['/userId', { userId: 7 }],
    ['/practitionerId', { practitionerId: '123' }],
    ['/practitionerId', { practitionerId: 12.5 }],
    ['/practitionerId', { practitionerId: -1 }],
    ['/practitionerId', { practitionerId: 2 ** 53 }],
    ['/practitionerName', { practitionerName: LONG }],
    ['/date', { date: '2030-02-30' }],
    ['/date', { date: '20-06-2030' }],
    ['/date', { date: '2030-06-20T14:00:00Z' }],
    ['/date', { date: '0000-01-01' }],
    ['/date', { date: '0001-01-01' }],
    ['/date', { date: '1969-12-31' }],
    ['/date', { date: '2201-01-01' }],
    ['/date', { date: '9999-12-31', time: '23:59' }],
    ['/date', { date: '0001-01-01', time: '00:00+14:00' }],
    ['/date', { date: '9999-12-31', time: '23:59-23:59' }],
    ['/date', { date: null }],
    ['/time', { time: '24:00' }],
    ['/time', { time: '2pm' }],
    ['/time', { time: '14:00:30' }],
    ['/time', { time: '14:00+25:00' }],
    ['/timeZone', { timeZone: 'Mars/Olympus' }],
    ['/timeZone', { timeZone: LONG }],
    ['/sessionType', { sessionType: ['Initial Consultation'] }],
    ['/sessionType', { sessionType: LONG }],
    ['/userEmail', { userEmail: 'not an address' }],
    ['/userEmail', { userEmail: 'a@example.com\r\nBcc: b@example.com' }],
    ['/userEmail', { userEmail: 'a@example.com, b@example.com' }],
    ['/userEmail', { userEmail: `${'a'.repeat(250)}@example.com` }],
    ['/userName', { userName: 'John\r\nBcc: everyone@example.com' }],
    ['/userName', { userName: 'John\u2028Doe' }],
    ['/userName', { userName: '   ' }],
    ['/userName', { userName: LONG }],
    ['/videoMeetingConfig', { videoMeetingConfig: 'zoom' }],
    ['/videoMeetingConfig/platform', { videoMeetingConfig: { platform: 'skype' } }],
    ['/videoMeetingConfig/platform', { videoMeetingConfig: {} }],
    ['/videoMeetingConfig/hostEmail', { videoMeetingConfig: { platform: 'zoom', hostEmail: 'x' } }],
  ];

  test.each(cases)('%s: %j', async (pointer, over) => {
    const answer = await house.post('john', '/api/appointments', booking(over));
    expect(refusal(answer).slice(0, 2)).toEqual([400, 'invalid_request']);
    expect(refusal(answer).slice(2)).toContain(pointer);
    isProblem(answer);
  });

  test('every fault of a body is told at once', async () => {
    const answer = await house.post('john', '/api/appointments', booking({ date: 'x', time: 'y', extra: 1 }));
    expect(refusal(answer).slice(2)).toEqual(expect.arrayContaining(['/date', '/extra', '/time']));
  });
});

describe('other bodies, paths and queries with one thing wrong', () => {
  const cases: readonly (readonly [Method, string, Json | undefined, string])[] = [
    ['PUT', '/api/appointments/{id}/cancel', { reason: 'x'.repeat(1_001) }, '/reason'],
    ['PUT', '/api/appointments/{id}/cancel', { reason: 'a\u0007b' }, '/reason'],
    ['PUT', '/api/appointments/{id}/cancel', { why: 'x' }, '/why'],
    ['PUT', '/api/appointments/{id}/reschedule', { newDate: '2030-06-25' }, '/newTime'],
    ['PUT', '/api/appointments/{id}/reschedule', { newDate: '2031-02-29', newTime: '15:00' }, '/newDate'],
    ['PUT', '/api/appointments/{id}/reschedule', { newDate: '2030-06-25', newTime: '3 PM' }, '/newTime'],
    ['PUT', '/api/appointments/{id}/reschedule', { newDate: '0001-01-01', newTime: '15:00' }, '/newDate'],
    ['PUT', '/api/appointments/{id}/reschedule', { newDate: '0001-01-01', newTime: '00:00+14:00' }, '/newDate'],
    ['PUT', '/api/appointments/{id}/reschedule', { newDate: '9999-12-31', newTime: '23:59-23:59' }, '/newDate'],
    ['POST', '/api/create-zoom-meeting', {}, '/appointmentId'],
    ['POST', '/api/create-zoom-meeting', { appointmentId: '1' }, '/appointmentId'],
    ['POST', '/api/create-zoom-meeting', { appointmentId: 1, startTime: '2030-06-20' }, '/startTime'],
    ['POST', '/api/create-zoom-meeting', { appointmentId: 1, startTime: '0001-01-01T00:00+14:00' }, '/startTime'],
    ['POST', '/api/create-zoom-meeting', { appointmentId: 1, startTime: '9999-12-31T23:59-23:59' }, '/startTime'],
    ['POST', '/api/create-zoom-meeting', { appointmentId: 1, durationMinutes: 0 }, '/durationMinutes'],
    ['POST', '/api/create-zoom-meeting', { appointmentId: 1, topic: 'x'.repeat(201) }, '/topic'],
    ['POST', '/api/create-google-meet', { appointmentId: 1, startDateTime: 'soon' }, '/startDateTime'],
    ['POST', '/api/create-google-meet', { appointmentId: 1, summary: 'a\r\nb' }, '/summary'],
    ['POST', '/api/create-teams-meeting', { appointmentId: 1, durationMinutes: '60' }, '/durationMinutes'],
    ['POST', '/api/create-calendar-event', { appointmentId: 1, date: '2030-13-01' }, '/date'],
    ['POST', '/api/create-calendar-event', { appointmentId: 1, time: '7' }, '/time'],
    ['POST', '/api/create-calendar-event', { appointmentId: 1, date: '2030-06-03' }, '/time'],
    ['POST', '/api/create-calendar-event', { appointmentId: 1, time: '14:00' }, '/date'],
    ['GET', '/api/practitioners/123/availability?date=2030-02-30', undefined, 'query/date'],
    ['GET', '/api/practitioners/123/availability', undefined, 'query/date'],
    ['GET', '/api/practitioners/123/availability?from=2030-01-01', undefined, 'query/to'],
    ['GET', '/api/practitioners/123/availability?to=2030-01-01', undefined, 'query/from'],
    ['GET', '/api/practitioners/123/availability?date=0001-01-01', undefined, 'query/date'],
    ['GET', '/api/practitioners/123/availability?date=9999-12-31', undefined, 'query/date'],
    ['GET', '/api/practitioners/123/availability?from=9999-12-31&to=9999-12-31', undefined, 'query/from'],
    ['GET', '/api/practitioners/123/availability?from=2030-06-20&to=2030-06-19', undefined, 'query/to'],
    ['GET', '/api/practitioners/123/availability?from=2030-01-01&to=2030-12-31', undefined, 'query/to'],
    ['GET', '/api/practitioners/123/availability?date=2030-06-20&timeZone=Nowhere', undefined, 'query/timeZone'],
    ['GET', '/api/practitioners/123/availability?date=2030-06-20&when=now', undefined, 'query/when'],
    ['GET', '/api/practitioners/abc/availability?date=2030-06-20', undefined, 'path/practitionerId'],
    ['GET', '/api/appointments/0', undefined, 'path/appointmentId'],
    ['GET', '/api/appointments/9007199254740993', undefined, 'path/appointmentId'],
    ['GET', '/api/users/user-uuid/appointments?limit=0', undefined, 'query/limit'],
    ['GET', '/api/users/user-uuid/appointments?cursor=made-up', undefined, 'query/cursor'],
    ['GET', '/api/users/user-uuid/appointments?status=done', undefined, 'query/status'],
    ['GET', '/api/users/user-uuid/appointments?from=yesterday', undefined, 'query/from'],
    ...['from', 'to'].flatMap((name) =>
      [
        '0000-01-01T00:00:00Z',
        '0001-01-01T00:00:00+14:00',
        '9999-12-31T23:59:59-23:59',
        '2030-02-30T00:00:00Z',
        '2030-06-20T14:00:60Z',
        '2030-06-20T14:00:00',
        '2030-06-20T14:00:00.1234567890Z',
      ].map((instant) => ['GET', listed({ [name]: instant }), undefined, `query/${name}`] as const),
    ),
    ...[
      ['2026-01-01T00:00:00Z', 1e300],
      ['2026-01-01T00:00:00Z', 0],
      ['2026-01-01T00:00:00Z', 1.5],
      ['2026-02-30T00:00:00Z', 1],
      ['0000-01-01T00:00:00Z', 1],
      ['0001-01-01T00:00:00+14:00', 1],
      ['9999-12-31T23:59:59-23:59', 1],
      ['2026-01-01T00:00:00.1234567890Z', 1],
      ['infinity', 1],
    ].map((place) => ['GET', listed({ cursor: cursorAt(place) }), undefined, 'query/cursor'] as const),
    [`GET`, `/api/users/${'x'.repeat(129)}/appointments`, undefined, 'path/userId'],
  ];

  test.each(cases)('%s %s %j', async (method, path, body, pointer) => {
    const answer = await house.ask('staff', method, at(path), body === undefined ? {} : { body });
    expect(refusal(answer).slice(0, 2)).toEqual([400, 'invalid_request']);
    expect(refusal(answer).slice(2)).toContain(pointer);
    isProblem(answer);
  });

  test.each([
    ['GET', '/api/nothing', 404, 'not_found'],
    ['GET', '/api/users/%00/appointments', 400, 'invalid_request'],
    ['GET', '/api/users/%ff/appointments', 400, 'invalid_request'],
    ['DELETE', '/api/appointments', 405, 'method_not_allowed'],
    ['POST', '/api/appointments/1/cancel', 405, 'method_not_allowed'],
  ] as const)('%s %s answers %i %s', async (method, path, status, code) => {
    const answer = await house.ask('staff', method, path);
    expect(refusal(answer)).toEqual([status, code]);
    isProblem(answer);
  });

  test('nothing of all this has changed anything', async () => {
    const { body } = await house.get('john', `/api/users/${JOHN.userId}/appointments`);
    expect(body['appointments']).toMatchObject([{ id, status: 'confirmed', revision: 1 }]);
  });
});

describe('dates at the ends of what is read', () => {
  const FAR = [
    ['time_in_past', '1970-01-01', '00:00+14:00'],
    ['time_in_past', '1970-01-01', '14:00'],
    ['beyond_horizon', '2200-12-31', '14:00'],
    ['outside_hours', '2200-12-31', '23:59-23:59'],
  ] as const;
  test.each(FAR)('are refused as any other: %s on %s at %s', async (code, date, time) => {
    const tried = await house.post('john', '/api/appointments', booking({ date, time }));
    const moved = await house.put('john', at('/api/appointments/{id}/reschedule'), { newDate: date, newTime: time });
    for (const answer of [tried, moved]) {
      expect(refusal(answer)).toEqual([422, code]);
      isProblem(answer);
    }
  });

  test.each(['1970-01-01', '2200-12-31'])('are looked at as any other: %s', async (date) => {
    for (const zone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'America/New_York']) {
      const { status, text } = await house.get(
        null,
        `/api/practitioners/123/availability?date=${date}&timeZone=${zone}`,
      );
      expect(status, text).toBe(200);
    }
    for (const instant of [`${date}T00:00:00.123456789+14:00`, `${date}T23:59:59-23:59`]) {
      const query = new URLSearchParams({ from: instant, to: instant });
      expect((await house.get('john', `/api/users/${JOHN.userId}/appointments?${query.toString()}`)).status).toBe(200);
    }
  });
});

/** A calendar event needs a worker to come true; without one, the wait ends in an honest 503. */
const isSound = ({ status, body }: Answer) => status < 500 || body['code'] === 'meeting_pending';

describe('whatever is sent', () => {
  /** Calls in all: some seconds, and new ones at every run. */
  const CALLS = 400;
  const READS = [
    '/api/practitioners',
    '/api/practitioners/{x}',
    '/api/practitioners/{x}/availability',
    '/api/practitioners/{x}/weekly-hours',
    '/api/session-types',
    '/api/appointments/{x}',
    '/api/users/{x}/appointments',
  ] as const;
  const FIELDS = Object.keys(booking())
    .concat('newDate', 'newTime', 'timeZone', 'reason', 'appointmentId', 'startTime', 'startDateTime', 'duration')
    .concat('durationMinutes', 'topic', 'hostEmail', 'name', 'email', 'hours', 'sessionTypes', 'gridMinutes');
  const odd = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(
      '2030-06-20',
      '9999-12-31',
      '0001-01-01',
      '1970-01-01',
      '2200-12-31',
      '23:59:59',
      '14:00',
      '23:59-23:59',
    ),
    fc.constantFrom('-1', 'Z', '’', '\u0000', '\ud800'),
    fc.integer(),
    fc.double(),
    fc.constantFrom(Number.MAX_SAFE_INTEGER, 1e308, -0, null, true, [], {}),
    fc.jsonValue({ maxDepth: 2 }),
  );
  /** A true booking with some fields odd, or odd through and through. */
  const body = fc.oneof(
    fc.dictionary(fc.constantFrom(...FIELDS), odd, { maxKeys: 4 }).map((over) => booking(over)),
    fc.dictionary(fc.constantFrom(...FIELDS), odd, { maxKeys: 6 }),
    fc.dictionary(fc.constantFrom(...FIELDS), odd, { maxKeys: 3 }).map((over) => ({ appointmentId: id, ...over })),
    fc.jsonValue({ maxDepth: 3 }),
  );
  const segment = fc.oneof(
    fc.constantFrom('123', '789', '1', 'user-uuid', '%00', '%ff', '..', '%2e%2e%2f'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map(encodeURIComponent),
  );
  const query = fc.dictionary(
    fc.constantFrom('date', 'from', 'to', 'timeZone', 'sessionType', 'limit', 'cursor', 'status'),
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.constantFrom('2030-06-20', '1970-01-01', '2200-12-31', '9999-12-31', '2030-06-21T00:00:00Z', '1', 'UTC'),
    ),
    { maxKeys: 4 },
  );
  const header = fc.constantFrom({}, { 'idempotency-key': 'k' }, { 'if-match': '"1"' }, { 'if-match': 'x' });
  const who = fc.constantFrom('john', 'sarah', 'staff', 'service', null);

  test('no body makes a 5xx', async () => {
    const call = fc.asyncProperty(
      who,
      fc.constantFrom(...WRITES),
      body,
      header,
      async (asker, route, sent, headers) => {
        const [method, path] = route;
        return isSound(await house.ask(asker, method, at(path), { body: sent, headers }));
      },
    );
    expect(await fc.check(call, { numRuns: CALLS })).toMatchObject({ failed: false });
  }, 60_000);

  test('no address makes a 5xx', async () => {
    const call = fc.asyncProperty(who, fc.constantFrom(...READS), segment, query, async (asker, path, x, asked) => {
      const url = `${path.replace('{x}', x)}?${new URLSearchParams(asked).toString()}`;
      return isSound(await house.ask(asker, 'GET', url));
    });
    expect(await fc.check(call, { numRuns: CALLS })).toMatchObject({ failed: false });
  }, 60_000);
});
