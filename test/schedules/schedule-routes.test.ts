// The parts of a schedule over HTTP, by answer: hours within dates, dates that differ, time off, holidays, locations.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSchedule } from '../../src/schedules/store.ts';
import { faultsIn, openPractice, type Answer, type Case, type OpenPractice } from '../practitioners/open-practice.ts';

let practice: OpenPractice;
let typeId: number;
let locationId: number;
beforeAll(async () => {
  practice = await openPractice();
  const types = (await practice.ask(null, 'GET', '/api/session-types')).body['sessionTypes'] as { id: number }[];
  typeId = types[0]!.id;
  const added = await practice.ask('staff', 'POST', '/api/locations', {
    body: { name: 'High Street', timeZone: 'Europe/London' },
  });
  locationId = Number(added.body['id']);
});
afterAll(() => practice.close());

const her = '/api/practitioners/123';
const plans = `${her}/hours-plans`;
const dates = `${her}/date-overrides`;
const timeOff = `${her}/time-off`;
const monday = (from: string, to: string) => ({ weekday: 'monday', from, to });
const etag = ({ headers }: Answer) => headers['etag'] as string;
const inside = ({ body }: Answer, name: string) =>
  body[name] as { readonly id: number; readonly [name: string]: unknown };
const datesIn = ({ body }: Answer) => (body['overrides'] as { date: string }[]).map(({ date }) => date);

async function lastEntry(): Promise<{ event: string; facts: Record<string, unknown>; revision: number }> {
  const { tools, organisationId } = practice;
  const [entry] = await tools.transactor.inOrganisation(organisationId, (tx) =>
    tx.kysely.selectFrom('journal').select(['event', 'facts', 'revision']).orderBy('id', 'desc').limit(1).execute(),
  );
  return entry!;
}
const inForce = async () =>
  await practice.tools.transactor.inOrganisation(practice.organisationId, (tx) => readSchedule(tx, 123));

describe('hours within dates', () => {
  test('201, 200: are added, read, changed and removed, by herself and by staff, each change a version', async () => {
    const before = await practice.ask(null, 'GET', plans);
    expect([before.status, before.body['plans']]).toEqual([200, []]);
    const body = { firstDate: '2031-01-01', hours: [{ ...monday('08:00', '12:00'), locationId }] };
    const headers = { 'if-match': etag(before), 'idempotency-key': 'mornings' };
    const added = await practice.ask('sarah', 'POST', plans, { body, headers });
    expect(added.status).toBe(201);
    const plan = inside(added, 'plan');
    expect(plan).toEqual({
      id: plan.id,
      firstDate: '2031-01-01',
      lastDate: null,
      sessionTypeId: null,
      hours: body.hours,
    });
    expect(added.headers['location']).toBe(`${plans}/${plan.id}`);
    expect(added.body['version']).toBe(Number(before.body['version']) + 1);
    const again = await practice.ask('sarah', 'POST', plans, { body, headers });
    expect([again.status, again.body]).toEqual([201, added.body]);
    expect(await lastEntry()).toMatchObject({
      event: 'hours_plan.added',
      facts: { planId: plan.id, firstDate: '2031-01-01', hours: [`1 480-720@${locationId}`] },
    });
    expect((await practice.ask(null, 'GET', `${plans}/${plan.id}`)).body).toEqual(added.body);
    expect((await inForce()).schedule.locationZones).toEqual(new Map([[locationId, 'Europe/London']]));

    const other = { lastDate: '2031-02-01', sessionTypeId: typeId, hours: [] };
    const set = await practice.ask('staff', 'PUT', `${plans}/${plan.id}`, {
      body: other,
      headers: { 'if-match': etag(added) },
    });
    expect([set.status, set.body['plan']]).toEqual([200, { id: plan.id, firstDate: null, ...other }]);
    expect((await inForce()).schedule.plans).toEqual([
      { sessionTypeId: typeId, firstDate: null, lastDate: '2031-02-01', weekly: [] },
    ]);
    const gone = await practice.ask('staff', 'DELETE', `${plans}/${plan.id}`, { headers: { 'if-match': etag(set) } });
    expect([gone.status, gone.body['version']]).toEqual([200, Number(set.body['version']) + 1]);
    expect((await practice.ask(null, 'GET', plans)).body['plans']).toEqual([]);
  });

  test('409: two of a kind from one date cannot be', async () => {
    const body = { firstDate: '2032-01-01', hours: [] };
    const first = await practice.ask('staff', 'POST', plans, { body });
    expect(first.status).toBe(201);
    const second = await practice.ask('staff', 'POST', plans, { body });
    expect(faultsIn(second, [409, 'already_exists', ['/firstDate']])).toEqual([409, 'already_exists', ['/firstDate']]);
    const own = await practice.ask('staff', 'POST', plans, { body: { ...body, sessionTypeId: typeId } });
    expect(own.status).toBe(201);
    for (const { body: made } of [first, own]) {
      await practice.ask('staff', 'DELETE', `${plans}/${(made['plan'] as { id: number }).id}`);
    }
  });
});

describe('dates that differ', () => {
  test('200: are set, set anew, listed page by page and taken back', async () => {
    const hours = [
      { from: '22:00', to: '02:00' },
      { from: '10:00', to: '14:00', locationId },
    ];
    const set = await practice.ask('sarah', 'PUT', `${dates}/2031-12-24`, { body: { hours } });
    expect([set.status, set.body['override']]).toEqual([200, { date: '2031-12-24', hours: [hours[1], hours[0]] }]);
    await practice.ask('sarah', 'PUT', `${dates}/2031-12-25`, { body: { hours: [] } });
    const closed = await practice.ask('sarah', 'PUT', `${dates}/2031-12-24`, { body: { hours: [] } });
    expect(inside(closed, 'override')).toEqual({ date: '2031-12-24', hours: [] });
    expect(await lastEntry()).toMatchObject({ event: 'date_override.set', facts: { date: '2031-12-24', hours: [] } });
    const page = await practice.ask(null, 'GET', `${dates}?limit=1`);
    expect(datesIn(page)).toEqual(['2031-12-24']);
    const next = await practice.ask(null, 'GET', `${dates}?limit=1&cursor=${String(page.body['nextCursor'])}`);
    expect([datesIn(next), next.body['nextCursor']]).toEqual([['2031-12-25'], null]);
    expect((await practice.ask(null, 'GET', `${dates}?from=2032-01-01`)).body['overrides']).toEqual([]);
    expect((await practice.ask(null, 'GET', `${dates}/2031-12-25`)).status).toBe(200);
    for (const date of ['2031-12-24', '2031-12-25']) {
      expect((await practice.ask('staff', 'DELETE', `${dates}/${date}`)).status).toBe(200);
    }
    expect((await practice.ask(null, 'GET', `${dates}/2031-12-25`)).status).toBe(404);
  });
});

describe('time off', () => {
  const taken = [
    [{ firstDate: '2031-08-01', lastDate: '2031-08-14' }, undefined],
    [
      { start: '2031-06-20T14:00', end: '2031-06-20T16:00' },
      { start: '2031-06-20T14:00:00-04:00', end: '2031-06-20T16:00:00-04:00' },
    ],
    [
      { start: '2031-06-21T14:00Z', end: '2031-06-21T16:00Z' },
      { start: '2031-06-21T10:00:00-04:00', end: '2031-06-21T12:00:00-04:00' },
    ],
    [
      { start: '2031-01-07T22:00', end: '2031-01-08T01:00', rule: 'FREQ=WEEKLY;BYDAY=TU', exceptDates: ['2031-02-04'] },
      undefined,
    ],
    [
      { firstDate: '2031-01-01', lastDate: '2031-01-01', rule: 'RRULE:freq=monthly;byday=-1fr' },
      { firstDate: '2031-01-01', lastDate: '2031-01-01', rule: 'FREQ=MONTHLY;BYDAY=-1FR', exceptDates: [] },
    ],
  ] as const;

  test.for(taken)('201: is taken, read, changed and given back: %j', async ([body, read]) => {
    const added = await practice.ask('sarah', 'POST', timeOff, { body });
    expect(added.status, JSON.stringify(added.body)).toBe(201);
    const { id, ...seen } = inside(added, 'timeOff');
    expect(seen).toEqual(read ?? body);
    expect(await lastEntry()).toMatchObject({ event: 'time_off.taken', facts: { timeOffId: id } });
    const one = `${timeOff}/${id}`;
    const { affected, moreAffected, ...rest } = added.body;
    expect([affected, moreAffected]).toEqual([[], false]);
    expect((await practice.ask('staff', 'GET', one)).body).toEqual(rest);
    expect((await practice.ask('sarah', 'GET', timeOff)).body['timeOff']).toEqual([{ id, ...seen }]);
    const other = { firstDate: '2031-09-01', lastDate: '2031-09-01' };
    const set = await practice.ask('staff', 'PUT', one, { body: other, headers: { 'if-match': etag(added) } });
    expect([set.status, set.body['timeOff']]).toEqual([200, { id, ...other }]);
    expect((await practice.ask('staff', 'DELETE', one, { headers: { 'if-match': etag(set) } })).status).toBe(200);
    expect((await practice.ask('staff', 'GET', one)).status).toBe(404);
  });
});

describe('holidays', () => {
  test('200: are kept for a region, told with their names, and given up', async () => {
    const set = await practice.ask('sarah', 'PUT', `${her}/holidays`, { body: { region: 'US-NY' } });
    expect([set.status, set.body['region']]).toEqual([200, 'US-NY']);
    expect(set.body['holidays']).toContainEqual({ date: '2030-07-04', name: 'Independence Day' });
    expect((await practice.ask(null, 'GET', `${her}/holidays`)).body).toEqual(set.body);
    expect(await lastEntry()).toMatchObject({ event: 'holiday_region.set', facts: { region: 'US-NY' } });
    const none = await practice.ask('sarah', 'PUT', `${her}/holidays`, {
      body: { region: null },
      headers: { 'if-match': etag(set) },
    });
    expect([none.status, none.body['holidays']]).toEqual([200, []]);
    const regions = await practice.ask(null, 'GET', '/api/holiday-regions?within=US');
    expect(regions.body['regions']).toContainEqual({ code: 'US-NY', name: 'New York' });
  });
});

describe('locations', () => {
  test('201, 200, 409: are added, changed and removed; a change of zone is a change of the hours there', async () => {
    const added = await practice.ask('staff', 'POST', '/api/locations', {
      body: { name: 'Harbour', address: '1 Quay', timeZone: 'Europe/Oslo' },
      headers: { 'idempotency-key': 'harbour' },
    });
    expect(added.status).toBe(201);
    const id = Number(added.body['id']);
    expect(added.body).toEqual({ id, name: 'Harbour', address: '1 Quay', timeZone: 'Europe/Oslo', revision: 1 });
    const one = `/api/locations/${id}`;
    expect((await practice.ask(null, 'GET', one)).body).toEqual(added.body);
    const hours = [{ ...monday('09:00', '10:00'), locationId: id }];
    const worked = await practice.ask('staff', 'PUT', '/api/practitioners/201/weekly-hours', { body: { hours } });
    expect([worked.status, worked.body['hours']]).toEqual([200, hours]);
    const changed = await practice.ask('staff', 'PATCH', one, {
      body: { timeZone: 'Europe/Lisbon', address: null },
      headers: { 'if-match': etag(added) },
    });
    expect(changed.body).toMatchObject({ name: 'Harbour', address: null, timeZone: 'Europe/Lisbon', revision: 2 });
    const after = await practice.ask(null, 'GET', '/api/practitioners/201/weekly-hours');
    expect(after.body['version']).toBe(Number(worked.body['version']) + 1);
    const kept = await practice.ask('staff', 'DELETE', one);
    expect(faultsIn(kept, [409, 'in_use'])).toEqual([409, 'in_use']);
    await practice.ask('staff', 'PUT', '/api/practitioners/201/weekly-hours', { body: { hours: [] } });
    expect((await practice.ask('staff', 'DELETE', one, { headers: { 'if-match': '"2"' } })).status).toBe(200);
    expect((await practice.ask(null, 'GET', one)).status).toBe(404);
    expect((await practice.ask(null, 'GET', '/api/locations')).body['locations']).toHaveLength(1);
  });
});

const PLAN = { firstDate: '2033-01-01', hours: [] };
const OFF = { firstDate: '2033-01-01', lastDate: '2033-01-01' };
const body = (fields: unknown) => ({ body: fields });
const OLD = { 'if-match': '"0"' };
const REFUSED = 'invalid_request';
const cases: readonly Case[] = [
  ['400: neither a date nor a type', 'staff', 'POST', plans, body({ hours: [] }), 400, REFUSED, ['/firstDate']],
  ['400: ends first', 'staff', 'POST', plans, body({ ...PLAN, lastDate: '2032-12-31' }), 400, REFUSED, ['/lastDate']],
  [
    '400: no such date',
    'staff',
    'POST',
    plans,
    body({ ...PLAN, firstDate: '2033-02-30' }),
    400,
    REFUSED,
    ['/firstDate'],
  ],
  [
    '400: hours that overlap',
    'staff',
    'POST',
    plans,
    body({ ...PLAN, hours: [monday('09:00', '12:00'), monday('11:00', '13:00')] }),
    400,
    REFUSED,
    ['/hours/1'],
  ],
  ['400: a date as address', 'staff', 'PUT', `${dates}/2033-02-30`, body({ hours: [] }), 400, REFUSED, ['path/date']],
  [
    '400: hours of a date that overlap',
    'staff',
    'PUT',
    `${dates}/2033-01-01`,
    body({
      hours: [
        { from: '09:00', to: '12:00' },
        { from: '08:00', to: '10:00' },
      ],
    }),
    400,
    REFUSED,
    ['/hours/0'],
  ],
  ['400: days without an end', 'staff', 'POST', timeOff, body({ firstDate: '2033-01-01', start: 'x' }), 400, REFUSED],
  [
    '400: days that end first',
    'staff',
    'POST',
    timeOff,
    body({ ...OFF, lastDate: '2032-12-31' }),
    400,
    REFUSED,
    ['/lastDate'],
  ],
  [
    '400: two years off',
    'staff',
    'POST',
    timeOff,
    body({ ...OFF, lastDate: '2034-12-31' }),
    400,
    REFUSED,
    ['/lastDate'],
  ],
  [
    '400: ends as it starts',
    'staff',
    'POST',
    timeOff,
    body({ start: '2033-01-01T10:00', end: '2033-01-01T10:00' }),
    400,
    REFUSED,
    ['/end'],
  ],
  [
    '400: an instant that recurs',
    'staff',
    'POST',
    timeOff,
    body({ start: '2033-01-01T10:00Z', end: '2033-01-01T11:00Z', rule: 'FREQ=DAILY' }),
    400,
    REFUSED,
    ['/start'],
  ],
  ['400: a rule of hours', 'staff', 'POST', timeOff, body({ ...OFF, rule: 'FREQ=HOURLY' }), 400, REFUSED, ['/rule']],
  [
    '400: exceptions to nothing',
    'staff',
    'POST',
    timeOff,
    body({ ...OFF, exceptDates: ['2033-01-01'] }),
    400,
    REFUSED,
    ['/exceptDates'],
  ],
  [
    '400: a location without a zone',
    'staff',
    'POST',
    '/api/locations',
    body({ name: 'X', timeZone: 'Nowhere' }),
    400,
    REFUSED,
    ['/timeZone'],
  ],
  ['401: no token for hours', null, 'POST', plans, body(PLAN), 401, 'unauthenticated'],
  ['401: no token for time off', null, 'GET', timeOff, {}, 401, 'unauthenticated'],
  ['403: a client sees no time off', 'client', 'GET', timeOff, {}, 403, 'forbidden'],
  ['403: another practitioner sees none', 'michael', 'GET', timeOff, {}, 403, 'forbidden'],
  ['403: nor takes any', 'michael', 'POST', timeOff, body(OFF), 403, 'forbidden'],
  ['403: nor sets hours', 'michael', 'POST', plans, body(PLAN), 403, 'forbidden'],
  ['403: nor dates', 'michael', 'PUT', `${dates}/2033-01-01`, body({ hours: [] }), 403, 'forbidden'],
  ['403: nor holidays', 'michael', 'PUT', `${her}/holidays`, body({ region: null }), 403, 'forbidden'],
  [
    '403: a practitioner adds no location',
    'sarah',
    'POST',
    '/api/locations',
    body({ name: 'X', timeZone: 'UTC' }),
    403,
    'forbidden',
  ],
  ['404: no such hours', 'staff', 'GET', `${plans}/4711`, {}, 404, 'not_found'],
  ['404: no such hours to remove', 'staff', 'DELETE', `${plans}/4711`, {}, 404, 'not_found'],
  ['404: no such time off', 'staff', 'PUT', `${timeOff}/4711`, body(OFF), 404, 'not_found'],
  ['404: an ordinary date', 'staff', 'DELETE', `${dates}/2033-03-03`, {}, 404, 'not_found'],
  ['404: nobody', 'staff', 'GET', '/api/practitioners/4711/time-off', {}, 404, 'not_found'],
  ['404: another organisation', 'stranger', 'POST', timeOff, body(OFF), 404, 'not_found'],
  ['404: no such location', 'staff', 'PATCH', '/api/locations/4711', body({ name: 'X' }), 404, 'not_found'],
  [
    '409: a name twice',
    'staff',
    'POST',
    '/api/locations',
    body({ name: 'HIGH street', timeZone: 'UTC' }),
    409,
    'already_exists',
    ['/name'],
  ],
  ['412: hours', 'staff', 'POST', plans, { ...body(PLAN), headers: OLD }, 412, 'version_mismatch'],
  [
    '412: a date',
    'staff',
    'PUT',
    `${dates}/2033-01-01`,
    { ...body({ hours: [] }), headers: OLD },
    412,
    'version_mismatch',
  ],
  ['412: time off', 'staff', 'POST', timeOff, { ...body(OFF), headers: OLD }, 412, 'version_mismatch'],
  [
    '412: holidays',
    'staff',
    'PUT',
    `${her}/holidays`,
    { ...body({ region: null }), headers: OLD },
    412,
    'version_mismatch',
  ],
  [
    '422: no such type',
    'staff',
    'POST',
    plans,
    body({ ...PLAN, sessionTypeId: 4711 }),
    422,
    'unknown_session_type',
    ['/sessionTypeId'],
  ],
  [
    '422: no such location',
    'staff',
    'POST',
    plans,
    body({ ...PLAN, hours: [{ ...monday('09:00', '10:00'), locationId: 4711 }] }),
    422,
    'unknown_location',
    ['/hours'],
  ],
  [
    '422: no such region',
    'staff',
    'PUT',
    `${her}/holidays`,
    body({ region: 'DE-XX' }),
    422,
    'unknown_region',
    ['/region'],
  ],
  [
    '422: a time that does not exist',
    'staff',
    'POST',
    timeOff,
    body({ start: '2033-03-13T02:30', end: '2033-03-13T05:00' }),
    422,
    'time_does_not_exist',
  ],
];

describe('refusals', () => {
  test.for(cases)('%s', async ([, who, method, address, asked, ...expected]) => {
    expect(faultsIn(await practice.ask(who, method, address, asked), expected)).toEqual(expected);
  });

  test('leave everything as it was, and count no version', async () => {
    const before = await inForce();
    for (const [, who, method, address, asked] of cases) await practice.ask(who, method, address, asked);
    expect(await inForce()).toEqual(before);
  });
});
