// Session types over HTTP, by answer.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultsIn, openPractice, type Case, type OpenPractice } from './open-practice.ts';

let practice: OpenPractice;
beforeAll(async () => {
  practice = await openPractice();
});
afterAll(() => practice.close());

const url = '/api/session-types';

async function versionOf(practitionerId: number): Promise<number> {
  const { body } = await practice.ask('staff', 'GET', `/api/practitioners/${practitionerId}/weekly-hours`);
  return body['version'] as number;
}

test('200: a change of length reaches everyone who offers it', async () => {
  const added = await practice.ask('staff', 'POST', url, { body: { name: 'Long talk', durationMinutes: 120 } });
  expect(added.status).toBe(201);
  expect(added.body).toMatchObject({ platforms: ['zoom', 'google-meet', 'teams'], active: true, revision: 1 });
  const id = added.body['id'] as number;
  const sarah = (await practice.ask('staff', 'GET', '/api/practitioners/123')).body;
  const offered = (sarah['sessionTypes'] as { id: number }[]).map((one) => ({ id: one.id }));
  const sessionTypes = [...offered, { id }];
  await practice.ask('staff', 'PATCH', '/api/practitioners/123', { body: { sessionTypes } });
  const before = [await versionOf(123), await versionOf(789)];

  const headers = { 'if-match': '"1"' };
  const changed = { durationMinutes: 90, platforms: ['teams', 'zoom'] };
  const {
    status,
    body,
    headers: sent,
  } = await practice.ask('staff', 'PATCH', `${url}/${id}`, { body: changed, headers });
  expect(status).toBe(200);
  expect(body).toMatchObject({ durationMinutes: 90, platforms: ['zoom', 'teams'], revision: 2 });
  expect(sent['etag']).toBe('"2"');
  expect([await versionOf(123), await versionOf(789)]).toEqual([before[0]! + 1, before[1]!]);

  await practice.ask('staff', 'PATCH', `${url}/${id}`, { body: { active: false } });
  const after = (await practice.ask(null, 'GET', '/api/practitioners/123')).body;
  expect(after['sessionTypes']).toHaveLength(2);
  const listed = (await practice.ask(null, 'GET', url)).body['sessionTypes'] as { id: number }[];
  expect(listed.some((one) => one.id === id)).toBe(false);
});

test('a practitioner who begins to offer it while it changes gets a version of its own for each', async () => {
  const { body } = await practice.ask('staff', 'POST', url, { body: { name: 'Contended', durationMinutes: 30 } });
  const id = body['id'] as number;
  const before = await versionOf(202);
  const offers = { body: { sessionTypes: [{ id }] } };
  const change = { body: { durationMinutes: 45 } };
  const both = await Promise.all([
    practice.ask('staff', 'PATCH', '/api/practitioners/202', offers),
    practice.ask('staff', 'PATCH', `${url}/${id}`, change),
  ]);
  expect(both.map(({ status }) => status)).toEqual([200, 200]);
  const { body: seen } = await practice.ask(null, 'GET', '/api/practitioners/202');
  expect(seen['sessionTypes']).toMatchObject([{ id, durationMinutes: 45 }]);
  expect(await versionOf(202)).toBeGreaterThan(before);
});

describe('refusals', () => {
  const body = { name: 'Another', durationMinutes: 30 };
  const cases: readonly Case[] = [
    ['400: no platform', 'staff', 'POST', url, { body: { ...body, platforms: [] } }, 400, 'invalid_request'],
    ['400: too long', 'staff', 'POST', url, { body: { ...body, durationMinutes: 721 } }, 400, 'invalid_request'],
    ['401: no token', null, 'POST', url, { body }, 401, 'unauthenticated'],
    ['403: a practitioner', 'sarah', 'POST', url, { body }, 403, 'forbidden'],
    ['404: nothing', 'staff', 'PATCH', `${url}/4711`, { body: { name: 'X' } }, 404, 'not_found'],
    [
      '409: a name in another case',
      'staff',
      'POST',
      url,
      { body: { ...body, name: 'follow-UP' } },
      409,
      'already_exists',
    ],
  ];
  test.for(cases)('%s', async ([, who, method, address, asked, ...expected]) => {
    expect(faultsIn(await practice.ask(who, method, address, asked), expected)).toEqual(expected);
  });
});
