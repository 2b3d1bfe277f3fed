// Practitioners over HTTP, by answer.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultsIn, openPractice, type Case, type OpenPractice } from './open-practice.ts';

let practice: OpenPractice;
beforeAll(async () => {
  practice = await openPractice();
});
afterAll(() => practice.close());

const ADDED = { name: 'Dr. New', email: 'new@example.com', timeZone: 'Europe/Oslo' };
const url = '/api/practitioners';

async function add(email: string): Promise<number> {
  const { status, body } = await practice.ask('staff', 'POST', url, { body: { ...ADDED, email } });
  expect(status).toBe(201);
  return body['id'] as number;
}

async function sessionTypeIds(): Promise<number[]> {
  const { body } = await practice.ask(null, 'GET', '/api/session-types');
  return (body['sessionTypes'] as { id: number }[]).map(({ id }) => id);
}

describe('200', () => {
  test('anybody sees who can be booked and for what, and no address', async () => {
    const { status, body } = await practice.ask(null, 'GET', `${url}/123`);
    expect(status).toBe(200);
    const platforms = ['zoom', 'google-meet', 'teams'];
    const [first, second] = await sessionTypeIds();
    expect(body).toEqual({
      id: 123,
      name: 'Dr. Sarah Johnson',
      timeZone: 'America/New_York',
      languages: [],
      sessionTypes: [
        { id: first, name: 'Initial Consultation', durationMinutes: 60, platforms },
        { id: second, name: 'Follow-up', durationMinutes: 30, platforms },
      ],
    });
    const list = await practice.ask('client', 'GET', url);
    expect(JSON.stringify(list.body)).not.toContain('@');
  });

  test('staff see address and settings of all, a practitioner of herself alone', async () => {
    const { body, headers } = await practice.ask('staff', 'GET', `${url}/123`);
    expect(body).toMatchObject({
      email: 'practitioner@example.com',
      active: true,
      calendar: 'google',
      invitations: 'slotkeeper',
      gridMinutes: 60,
      bufferBeforeMinutes: 0,
      bufferAfterMinutes: 0,
    });
    expect(body['noticeMinutes']).toBeLessThanOrEqual(60);
    expect(body['horizonDays']).toBeGreaterThanOrEqual(365);
    expect(headers['etag']).toBe(`"${String(body['revision'])}"`);
    expect((await practice.ask('sarah', 'GET', `${url}/123`)).body['email']).toBe('practitioner@example.com');
    expect((await practice.ask('sarah', 'GET', `${url}/789`)).body['email']).toBeUndefined();
  });

  test('another organisation’s practitioner is found by her id, as a stranger sees her', async () => {
    const { status, body } = await practice.ask('stranger', 'GET', `${url}/789`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: 789, name: 'Dr. Michael Lee', timeZone: 'Europe/Berlin' });
    expect(body['email']).toBeUndefined();
    const list = await practice.ask('stranger', 'GET', url);
    expect(list.body['practitioners']).toEqual([]);
  });

  test('pages of a list together are the list', async () => {
    const whole = (await practice.ask(null, 'GET', `${url}?limit=100`)).body['practitioners'] as { id: number }[];
    const seen: number[] = [];
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null && pages < 20; pages += 1) {
      const { body } = await practice.ask(null, 'GET', `${url}?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...(body['practitioners'] as { id: number }[]).map(({ id }) => id));
      cursor = body['nextCursor'] as string | null;
    }
    expect(seen).toEqual(whole.map(({ id }) => id));
    expect(seen.length).toBeGreaterThan(4);
  });

  test('a change raises revision and schedule version, and a change of name the revision alone', async () => {
    const id = await add('versions@example.com');
    const before = await practice.ask('staff', 'GET', `${url}/${id}/weekly-hours`);
    const policy = await practice.ask('service', 'PATCH', `${url}/${id}`, { body: { gridMinutes: 15 } });
    expect(policy.status).toBe(200);
    expect(policy.body).toMatchObject({ gridMinutes: 15, revision: 2 });
    const named = await practice.ask('staff', 'PATCH', `${url}/${id}`, { body: { name: 'Dr.  Renamed ' } });
    expect(named.body).toMatchObject({ name: 'Dr. Renamed', revision: 3 });
    const after = await practice.ask('staff', 'GET', `${url}/${id}/weekly-hours`);
    expect(after.body['version']).toBe((before.body['version'] as number) + 1);
  });

  test('a practitioner changes how she is booked', async () => {
    const changed = { bufferAfterMinutes: 10, calendar: 'microsoft' };
    const { status, body } = await practice.ask('michael', 'PATCH', `${url}/789`, { body: changed });
    expect(status).toBe(200);
    expect(body).toMatchObject(changed);
  });

  test('what she offers can have a length of its own', async () => {
    const [first, second] = await sessionTypeIds();
    const id = await add('offers@example.com');
    const sessionTypes = [{ id: second }, { id: first, durationMinutes: 90 }];
    const { body } = await practice.ask('staff', 'PATCH', `${url}/${id}`, { body: { sessionTypes } });
    expect(body['sessionTypes']).toMatchObject([
      { id: second, durationMinutes: 30 },
      { id: first, durationMinutes: 90 },
    ]);
  });

  test('a practitioner who is not active is for staff alone', async () => {
    const id = await add('gone@example.com');
    await practice.ask('staff', 'PATCH', `${url}/${id}`, { body: { active: false } });
    expect((await practice.ask(null, 'GET', `${url}/${id}`)).status).toBe(404);
    expect((await practice.ask('staff', 'GET', `${url}/${id}`)).body['active']).toBe(false);
    const listed = (await practice.ask(null, 'GET', `${url}?limit=100`)).body['practitioners'] as { id: number }[];
    expect(listed.some((one) => one.id === id)).toBe(false);
  });
});

describe('201', () => {
  test('she is added with a place to find her at, and not twice under one key', async () => {
    const asked = { body: { ...ADDED, noticeMinutes: 0 }, headers: { 'idempotency-key': 'add-1' } };
    const first = await practice.ask('staff', 'POST', url, asked);
    expect(first.status).toBe(201);
    expect(first.headers['location']).toBe(`${url}/${String(first.body['id'])}`);
    expect(first.body).toMatchObject({ ...ADDED, noticeMinutes: 0, revision: 1, sessionTypes: [] });
    const second = await practice.ask('staff', 'POST', url, asked);
    expect(second.status).toBe(201);
    expect(second.body).toEqual(first.body);
  });
});

describe('refusals', () => {
  const cases: readonly Case[] = [
    [
      '400: a zone that is none',
      'staff',
      'POST',
      url,
      { body: { ...ADDED, timeZone: 'Mars/Base' } },
      400,
      'invalid_request',
      ['/timeZone'],
    ],
    [
      '400: a zone spelled otherwise',
      'staff',
      'POST',
      url,
      { body: { ...ADDED, timeZone: 'europe/oslo' } },
      400,
      'invalid_request',
      ['/timeZone'],
    ],
    [
      '400: an unknown field',
      'staff',
      'POST',
      url,
      { body: { ...ADDED, colour: 'red' } },
      400,
      'invalid_request',
      ['/colour'],
    ],
    ['400: no change', 'staff', 'PATCH', `${url}/123`, { body: {} }, 400, 'invalid_request'],
    [
      '400: out of bounds',
      'staff',
      'PATCH',
      `${url}/123`,
      { body: { gridMinutes: 1 } },
      400,
      'invalid_request',
      ['/gridMinutes'],
    ],
    ['400: a cursor of another list', null, 'GET', `${url}?cursor=abc`, {}, 400, 'invalid_request', ['query/cursor']],
    ['401: no token', null, 'POST', url, { body: ADDED }, 401, 'unauthenticated'],
    ['403: a client adds', 'client', 'POST', url, { body: ADDED }, 403, 'forbidden'],
    ['403: another practitioner', 'michael', 'PATCH', `${url}/123`, { body: { gridMinutes: 15 } }, 403, 'forbidden'],
    [
      '403: her own address',
      'sarah',
      'PATCH',
      `${url}/123`,
      { body: { email: 'x@example.com' } },
      403,
      'forbidden',
      ['/email'],
    ],
    ['404: nobody', null, 'GET', `${url}/4711`, {}, 404, 'not_found'],
    ['404: another organisation', 'stranger', 'PATCH', `${url}/123`, { body: { name: 'X' } }, 404, 'not_found'],
    [
      '409: the address of another',
      'staff',
      'POST',
      url,
      { body: { ...ADDED, email: 'Practitioner@Example.com' } },
      409,
      'already_exists',
      ['/email'],
    ],
    [
      '412: another version',
      'staff',
      'PATCH',
      `${url}/123`,
      { body: { name: 'X' }, headers: { 'if-match': '"99"' } },
      412,
      'version_mismatch',
      ['header/if-match'],
    ],
    [
      '422: no such session type',
      'staff',
      'PATCH',
      `${url}/123`,
      { body: { sessionTypes: [{ id: 4711 }] } },
      422,
      'unknown_session_type',
      ['/sessionTypes/0/id'],
    ],
  ];
  test.for(cases)('%s', async ([, who, method, address, asked, ...expected]) => {
    expect(faultsIn(await practice.ask(who, method, address, asked), expected)).toEqual(expected);
  });

  test('a refused change leaves everything as it was', async () => {
    const { body } = await practice.ask('staff', 'GET', `${url}/123`);
    expect(body).toMatchObject({ name: 'Dr. Sarah Johnson', email: 'practitioner@example.com', gridMinutes: 60 });
    expect(body['sessionTypes']).toHaveLength(2);
  });

  test('of many who change the version they have seen one wins, and the others are told', async () => {
    const id = await add('contended@example.com');
    const asked = { body: { noticeMinutes: 5 }, headers: { 'if-match': '"1"' } };
    const all = await Promise.all(
      Array.from({ length: 8 }, () => practice.ask('staff', 'PATCH', `${url}/${id}`, asked)),
    );
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(all.filter(({ status }) => status === 412)).toHaveLength(7);
  });
});
