// API keys over HTTP: made, used within their scopes, expired and revoked; what they may ask is tried at every endpoint
// there is.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newSecret } from '../../src/identity/api-key.ts';
import { SCOPES, type Scope } from '../../src/identity/scope.ts';
import { booking, openHouse, refusal, type Answer, type Json, type Method, type OpenHouse } from '../open-house.ts';

const ALL = Object.keys(SCOPES) as Scope[];
let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse({ worker: false });
});
afterAll(() => house.close());

type Made = { readonly id: number; readonly secret: string; readonly bearer: Readonly<Record<string, string>> };

async function make(scopes: readonly Scope[], over: Json = {}, bearer: Json | null = null): Promise<Made> {
  const body = { name: 'Website', scopes, ...over };
  const answer = await house.post(bearer ? null : 'staff', '/api/api-keys', body, (bearer ?? {}) as Made['bearer']);
  expect(answer.status, answer.text).toBe(201);
  const { id, secret } = answer.body as { id: number; secret: string };
  return { id, secret, bearer: { authorization: `Bearer ${secret}` } };
}

let day = 0;
/** A booking of a fresh day. */
function fresh(over: Json = {}): Json {
  day += 1;
  const date = Temporal.PlainDate.from('2030-08-05').add({ days: Math.floor(day / 5) * 7 + (day % 5) });
  return booking({ date: date.toString(), videoMeetingConfig: undefined, ...over });
}

describe('what stands behind a time', () => {
  const her = '/api/practitioners/123';
  test('is told to keys that may read appointments, and to others that something does', async () => {
    const wish = fresh();
    const made = await house.post('staff', '/api/appointments', wish);
    expect(made.status, made.text).toBe(201);
    const date = String(wish['date']);
    const off = await house.post('staff', `${her}/time-off`, { start: `${date}T09:00`, end: `${date}T10:00` });
    expect(off.status, off.text).toBe(201);
    const because = async (scopes: readonly Scope[]) => {
      const { bearer } = await make(scopes);
      const { body } = await house.get(null, `${her}/availability?date=${date}&explain=true`, bearer);
      const slots = body['timeSlots'] as { time: string; because: Json[] }[];
      return ['09:00 AM', '02:00 PM'].map((time) => slots.find((slot) => slot.time === time)?.because);
    };
    expect(await because(['availability:read', 'appointments:read'])).toMatchObject([
      [{ code: 'time_off', timeOffId: expect.any(Number) as number }],
      [{ code: 'busy', appointmentIds: [made.body['appointmentId']] }],
    ]);
    for (const scopes of [['availability:read'], ['availability:read', 'practitioners:write']] as const) {
      expect(await because(scopes)).toEqual([
        [{ code: 'no_hours', reason: 'outside_hours' }],
        [{ code: 'taken', reason: 'slot_taken' }],
      ]);
    }
  });

  test('and who has an appointment in time off, to those keys alone', async () => {
    const wish = fresh();
    expect((await house.post('staff', '/api/appointments', wish)).status).toBe(201);
    const off = { firstDate: wish['date'], lastDate: wish['date'] };
    const told = async (scopes: readonly Scope[], path: string, method: Method = 'POST') => {
      const { bearer } = await make(scopes);
      const { body, text } = await house.ask(null, method, path, { body: off, headers: bearer });
      expect(body['timeOff'], text).toMatchObject(off);
      return [(body['affected'] as Json[] | undefined)?.map((one) => one['userName']), body['moreAffected']];
    };
    const taken = await house.post('staff', `${her}/time-off`, off);
    const id = (taken.body['timeOff'] as { id: number }).id;
    const one = `${her}/time-off/${id}`;
    const [reading, writing] = [['practitioners:write', 'appointments:read'], ['practitioners:write']] as const;
    for (const method of ['POST', 'PUT'] as const) {
      const path = method === 'POST' ? `${her}/time-off` : one;
      expect(await told(reading, `${path}?dryRun=true`, method)).toEqual([['John Doe'], false]);
      expect(await told(writing, `${path}?dryRun=true`, method)).toEqual([undefined, undefined]);
      expect(await told(writing, path, method)).toEqual([undefined, undefined]);
    }
    expect(await told(reading, one, 'PUT')).toEqual([['John Doe'], false]);
  });
});

describe('a key', () => {
  test('books, finds, moves and cancels for a client it names', async () => {
    const { bearer, id: keyId } = await make(['appointments:read', 'appointments:write']);
    const made = await house.post(
      null,
      '/api/appointments',
      fresh({ userId: 'of-key', userEmail: 'k@example.com' }),
      bearer,
    );
    expect(made.status, made.text).toBe(201);
    const path = `/api/appointments/${String(made.body['appointmentId'])}`;
    expect((await house.get(null, path, bearer)).body).toMatchObject({ status: 'confirmed' });
    expect((await house.put(null, `${path}/cancel`, {}, bearer)).status).toBe(200);
    expect((await house.get(null, '/api/users/of-key/appointments', bearer)).body['appointments']).toHaveLength(1);
    const written = house.lines.find(
      ({ actor, route }) => actor === `api-key:${keyId}` && route === '/api/appointments',
    );
    expect(written).toMatchObject({ status: 201 });
  });

  test('is shown once: not in a list, not by its id, not to a repeat, and never in the log', async () => {
    const body = { name: 'Shown once', scopes: ['appointments:read'] };
    const headers = { 'idempotency-key': 'shown-once' };
    const first = await house.post('staff', '/api/api-keys', body, headers);
    const again = await house.post('staff', '/api/api-keys', body, headers);
    const { secret, ...rest } = first.body;
    expect([first.status, again.status, again.body]).toEqual([201, 201, rest]);
    expect(first.headers.get('cache-control')).toBe('no-store');
    expect(first.headers.get('location')).toBe(`/api/api-keys/${String(first.body['id'])}`);
    const one = await house.get('staff', `/api/api-keys/${String(first.body['id'])}`);
    expect(one.body).toEqual(rest);
    const list = await everyKey('staff');
    expect(list.filter(({ name }) => name === 'Shown once')).toEqual([rest]);
    expect(JSON.stringify(house.lines)).not.toContain(String(secret).slice(0, 20));
    expect((await house.post('staff', '/api/api-keys', { ...body, name: 'Other' }, headers)).status).toBe(422);
  });

  test('says when it was last used, to the minute', async () => {
    const { id, bearer } = await make(['appointments:read']);
    const used = async () => (await house.get('staff', `/api/api-keys/${id}`)).body['lastUsedAt'];
    const ask = () => house.get(null, '/api/users/nobody/appointments', bearer);
    expect(await used()).toBeNull();
    const first = house.clock.now().toString();
    await ask();
    await house.until(used, (at) => at === first);
    house.clock.advance({ seconds: 59 });
    await ask();
    house.clock.advance({ seconds: 1 });
    const second = house.clock.now().toString();
    await ask();
    // Had the use between been written, it would stand there by now.
    await house.until(used, (at) => at !== first);
    expect(await used()).toBe(second);
  });

  test('is listed in pages, in the order in which keys were made', async () => {
    for (const name of ['one', 'two', 'three']) await make(['appointments:read'], { name });
    const first = await house.get('staff', '/api/api-keys?limit=2');
    expect(first.body['apiKeys']).toHaveLength(2);
    const rest = await house.get('staff', `/api/api-keys?limit=100&cursor=${String(first.body['nextCursor'])}`);
    const ids = [first, rest].flatMap(({ body }) => (body['apiKeys'] as { id: number }[]).map(({ id }) => id));
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    expect(new Set(ids).size).toBe(ids.length);
    expect(refusal(await house.get('staff', '/api/api-keys?cursor=abc'))).toEqual([
      400,
      'invalid_request',
      'query/cursor',
    ]);
  });

  test('of another organisation does not exist', async () => {
    const { id } = await make(['appointments:read']);
    const path = `/api/api-keys/${id}`;
    for (const answer of [await house.get('foreignStaff', path), await house.ask('foreignStaff', 'DELETE', path)]) {
      expect(refusal(answer)).toEqual([404, 'not_found']);
    }
    expect(await everyKey('foreignStaff')).toEqual([]);
    expect((await house.get('staff', path)).body['state']).toBe('active');
  });
});

describe('a key ends', () => {
  const list = '/api/users/nobody/appointments';

  test('at the instant it expires', async () => {
    const expiresAt = house.clock.now().add({ minutes: 5 }).toString();
    const { bearer, id } = await make(['appointments:read'], { expiresAt });
    expect((await house.get(null, list, bearer)).status).toBe(200);
    house.clock.advance({ minutes: 5 });
    expect(refusal(await house.get(null, list, bearer))).toEqual([401, 'unauthenticated']);
    expect((await house.get('staff', `/api/api-keys/${id}`)).body['state']).toBe('expired');
  });

  test('once it is revoked: here at once, in another process within five seconds; and again is answered as once', async () => {
    const neighbour = await house.openNeighbour();
    const { bearer, id } = await make(['appointments:read']);
    const there = async () => (await fetch(neighbour + list, { headers: bearer })).status;
    expect([(await house.get(null, list, bearer)).status, await there()]).toEqual([200, 200]);
    const revoked = await house.ask('staff', 'DELETE', `/api/api-keys/${id}`);
    expect([revoked.status, revoked.body['state']]).toEqual([200, 'revoked']);
    expect(refusal(await house.get(null, list, bearer))).toEqual([401, 'unauthenticated']);
    house.clock.advance({ seconds: 5 });
    expect(await there()).toBe(401);
    const again = await house.ask('staff', 'DELETE', `/api/api-keys/${id}`);
    expect([again.status, again.body]).toEqual([200, revoked.body]);
    expect(refusal(await house.ask('staff', 'DELETE', '/api/api-keys/999999'))).toEqual([404, 'not_found']);
  });

  test('also for calls that come while it is being revoked', async () => {
    const { bearer, id } = await make(['appointments:read']);
    const [revoked] = await Promise.all([
      house.ask('staff', 'DELETE', `/api/api-keys/${id}`),
      ...Array.from({ length: 20 }, () => house.get(null, list, bearer)),
    ]);
    expect(revoked.status).toBe(200);
    expect((await house.get(null, list, bearer)).status).toBe(401);
  });

  test.each(['mistyped', 'never made', 'cut short'])('or never was one: %s', async (what) => {
    const { secret } = await make(['appointments:read']);
    const wrong = { mistyped: `${secret.slice(0, -1)}x`, 'never made': newSecret().secret, 'cut short': 'sk_1' }[what];
    const answer = await house.get(null, list, { authorization: `Bearer ${wrong}` });
    expect(refusal(answer)).toEqual([401, 'unauthenticated']);
  });
});

describe('who makes keys', () => {
  const body = { name: 'x', scopes: ['appointments:read'] };

  test.each(['john', 'sarah'] as const)('not %s', async (who) => {
    expect(refusal(await house.post(who, '/api/api-keys', body))).toEqual([403, 'forbidden']);
    expect(refusal(await house.get(who, '/api/api-keys'))).toEqual([403, 'forbidden']);
  });

  test('nobody without a token', async () => {
    expect(refusal(await house.post(null, '/api/api-keys', body))).toEqual([401, 'unauthenticated']);
  });

  test('a key that may, and no mightier one than itself', async () => {
    const maker = await make(['api-keys:manage', 'appointments:read']);
    const child = await make(['appointments:read'], {}, maker.bearer);
    expect((await house.get('staff', `/api/api-keys/${child.id}`)).body['createdBy']).toBe(`api-key:${maker.id}`);
    const ends = { expiresAt: '2030-02-01T00:00:00Z' };
    const ending = await make(['api-keys:manage'], ends);
    const asks = async (over: Json) =>
      (await house.post(null, '/api/api-keys', { name: 'x', scopes: ['api-keys:manage'], ...over }, ending.bearer))
        .status;
    expect([await asks({}), await asks({ expiresAt: '2030-02-01T00:00:01Z' }), await asks(ends)]).toEqual([
      403, 403, 201,
    ]);
    const wider = { name: 'x', scopes: ['appointments:read', 'appointments:write'] };
    expect(refusal(await house.post(null, '/api/api-keys', wider, maker.bearer))).toEqual([403, 'forbidden']);
  });

  test.each<[string, Json, string]>([
    ['no name', { scopes: ['appointments:read'] }, '/name'],
    ['no scopes', { name: 'x', scopes: [] }, '/scopes'],
    ['a scope that does not exist', { name: 'x', scopes: ['everything'] }, '/scopes/0'],
    ['one scope twice', { name: 'x', scopes: ['appointments:read', 'appointments:read'] }, '/scopes'],
    ['an end in the past', { ...body, expiresAt: '2029-01-01T00:00:00Z' }, '/expiresAt'],
    ['an end that is no instant', { ...body, expiresAt: 'tomorrow' }, '/expiresAt'],
    ['a secret of one’s own', { ...body, secret: 'sk_x' }, '/secret'],
  ])('with %s: refused', async (_what, wrong, pointer) => {
    expect(refusal(await house.post('staff', '/api/api-keys', wrong))).toEqual([400, 'invalid_request', pointer]);
  });
});

describe('every endpoint, every scope', async () => {
  type Operation = { description?: string; parameters?: { name: string; in: string }[] };
  const text = await readFile(join(import.meta.dirname, '../../docs/openapi.json'), 'utf8');
  const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, Operation>> };
  const doors = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { description = '' }]) => {
      const scope = /An API key needs the scope `([\w:-]+)`/.exec(description)?.[1] as Scope | undefined;
      return scope === undefined ? [] : [{ door: `${method.toUpperCase()} ${path}`, method, path, scope }];
    }),
  );
  const keys = new Map<string, Made>();
  beforeAll(async () => {
    for (const scope of ALL) {
      keys.set(scope, await make([scope]));
      keys.set(`not ${scope}`, await make(ALL.filter((other) => other !== scope)));
    }
  });

  /** Names nothing that exists, so that whoever is let in changes nothing. */
  const knock = (door: (typeof doors)[number], key: string): Promise<Answer> =>
    house.ask(null, door.method.toUpperCase() as Method, door.path.replaceAll(/\{\w+\}/g, '999999999'), {
      headers: keys.get(key)!.bearer,
      ...(door.method === 'get' || door.method === 'delete' ? {} : { body: { unknownField: 1 } }),
    });

  test('each scope opens some door', () => {
    expect(doors.length).toBeGreaterThan(15);
    expect(ALL.filter((scope) => !doors.some((door) => door.scope === scope))).toEqual([]);
  });

  test.each(doors)('$door opens to $scope, and to no other', async (door) => {
    const shut = await knock(door, `not ${door.scope}`);
    expect([shut.status, shut.body['code'], shut.body['scope']]).toEqual([403, 'forbidden', door.scope]);
    const open = await knock(door, door.scope);
    expect([open.status === 200 || open.status === 400 || open.status === 404, open.status]).toEqual([
      true,
      open.status,
    ]);
  });
});

async function everyKey(who: 'staff' | 'foreignStaff'): Promise<Json[]> {
  return (await house.get(who, '/api/api-keys?limit=100')).body['apiKeys'] as Json[];
}
