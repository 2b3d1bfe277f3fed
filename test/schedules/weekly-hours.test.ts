// Weekly hours: as written, over HTTP by answer, and the demo practice to the letter.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { layDemoPractice } from '../../src/schedules/lay-demo-practice.ts';
import { readSchedule } from '../../src/schedules/store.ts';
import { weeklyHoursOf, writtenHoursOf } from '../../src/schedules/weekly-hours.ts';
import { faultsIn, openPractice, type Case, type OpenPractice } from '../practitioners/open-practice.ts';

let practice: OpenPractice;
beforeAll(async () => {
  practice = await openPractice();
});
afterAll(() => practice.close());

const url = '/api/practitioners/201/weekly-hours';
const monday = (from: string, to: string) => ({ weekday: 'monday', from, to }) as const;

test('hours may run to midnight and past it, and read back as written', () => {
  const written = [
    { weekday: 'sunday', from: '22:00', to: '06:00' },
    { weekday: 'monday', from: '06:00', to: '24:00' },
    { weekday: 'friday', from: '20:00', to: '00:00' },
  ] as const;
  const weekly = weeklyHoursOf(written);
  expect(weekly).toEqual([
    { weekday: 1, from: 360, to: 1440 },
    { weekday: 5, from: 1200, to: 1440 },
    { weekday: 7, from: 1320, to: 1800 },
  ]);
  expect(writtenHoursOf(weekly)).toEqual([written[1], { ...written[2], to: '24:00' }, written[0]]);
});

test('the demo practice is laid to the letter, and once', async () => {
  const { tools, organisationId } = practice;
  const laid = await Promise.all([1, 2, 3].map(() => layDemoPractice(tools, { organisationId })));
  expect(laid).toEqual([false, false, false]);
  const read = (id: number) => tools.transactor.inOrganisation(organisationId, (tx) => readSchedule(tx, id));
  const sarah = await read(123);
  expect(sarah).toMatchObject({ active: true, schedule: { zone: 'America/New_York', overrides: [], timeOff: [] } });
  expect(sarah.schedule.weekly).toEqual(
    [1, 2, 3, 4, 5].flatMap((weekday) => [
      { weekday, from: 540, to: 720 },
      { weekday, from: 780, to: 1080 },
    ]),
  );
  const policy = { bufferBeforeMinutes: 0, bufferAfterMinutes: 0, noticeMinutes: 60, horizonDays: 400 };
  expect(sarah.policy).toEqual({ ...policy, gridMinutes: 60 });
  const michael = await read(789);
  expect(michael.schedule.zone).toBe('Europe/Berlin');
  expect(michael.policy).toEqual({ ...policy, gridMinutes: 15 });
  expect(michael.schedule.weekly).toEqual([1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: 540, to: 1020 })));
});

test('200: hours are replaced whole, by herself or staff, for all to read', async () => {
  const before = await practice.ask(null, 'GET', url);
  expect(before.status).toBe(200);
  expect(before.body['timeZone']).toBe('Asia/Kolkata');
  const hours = [monday('13:00', '18:00'), monday('09:00', '12:00')];
  const headers = { 'if-match': before.headers['etag'] as string, 'idempotency-key': 'hours-1' };
  const set = await practice.ask('staff', 'PUT', url, { body: { hours }, headers });
  expect(set.status).toBe(200);
  expect(set.body).toEqual({
    timeZone: 'Asia/Kolkata',
    hours: [hours[1], hours[0]],
    version: (before.body['version'] as number) + 1,
  });
  expect((await practice.ask(null, 'GET', url)).body).toEqual(set.body);
  const again = await practice.ask('staff', 'PUT', url, { body: { hours }, headers });
  expect([again.status, again.body]).toEqual([200, set.body]);
  const none = await practice.ask('sarah', 'PUT', url.replace('201', '123'), { body: { hours: [] } });
  expect([none.status, none.body['hours']]).toEqual([200, []]);

  const { tools, organisationId } = practice;
  const lines = await tools.transactor.inOrganisation(organisationId, (tx) =>
    tx.kysely
      .selectFrom('journal')
      .select(['event', 'actor_ref', 'revision', 'facts'])
      .where('subject_id', '=', 201)
      .orderBy('id', 'desc')
      .limit(1)
      .execute(),
  );
  expect(lines).toEqual([
    {
      event: 'weekly_hours.changed',
      actor_ref: 'staff:desk',
      revision: 3,
      facts: { hours: ['1 540-720', '1 780-1080'] },
    },
  ]);
});

const at = (...hours: readonly object[]) => ({ body: { hours } });

describe('refusals', () => {
  const sunday = { weekday: 'sunday', from: '22:00', to: '06:00' };
  const cases: readonly Case[] = [
    [
      '400: an overlap',
      'staff',
      'PUT',
      url,
      at(monday('09:00', '12:00'), monday('11:00', '13:00')),
      400,
      'invalid_request',
      ['/hours/1'],
    ],
    [
      '400: an overlap over the week’s end',
      'staff',
      'PUT',
      url,
      at(monday('05:00', '12:00'), sunday),
      400,
      'invalid_request',
      ['/hours/0'],
    ],
    [
      '400: nothing between',
      'staff',
      'PUT',
      url,
      at(monday('09:00', '09:00')),
      400,
      'invalid_request',
      ['/hours/0/to'],
    ],
    ['400: no such hour', 'staff', 'PUT', url, at(monday('24:00', '09:00')), 400, 'invalid_request', ['/hours/0/from']],
    ['401: no token', null, 'PUT', url, at(), 401, 'unauthenticated'],
    ['403: a client', 'client', 'PUT', url, at(), 403, 'forbidden'],
    ['403: another practitioner', 'sarah', 'PUT', url, at(), 403, 'forbidden'],
    ['404: nobody', null, 'GET', '/api/practitioners/4711/weekly-hours', {}, 404, 'not_found'],
    ['404: another organisation', 'stranger', 'PUT', url, at(), 404, 'not_found'],
    [
      '412: another version',
      'staff',
      'PUT',
      url,
      { ...at(), headers: { 'if-match': '"1", W/"2"' } },
      412,
      'version_mismatch',
    ],
  ];
  test.for(cases)('%s', async ([, who, method, address, asked, ...expected]) => {
    expect(faultsIn(await practice.ask(who, method, address, asked), expected)).toEqual(expected);
  });
});
