// The link in a client's mail: it manages one appointment, and nothing else. Whoever forges it, keeps it too long, or holds one
// that was ended, is told no everywhere.
import { createHmac } from 'node:crypto';
import ICAL from 'ical.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADA, JOHN, SARAH, type Who } from '../cast.ts';
import { booked, openHouse, refusal, type Json, type Letter, type Method, type OpenHouse } from '../open-house.ts';

const PAGE = 'https://practice.example/manage';
const TOKEN_SECRET = 'a key of thirty-two letters or more';
let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse({ settings: { MANAGE_URL: PAGE, TOKEN_SECRET } });
});
afterAll(() => house.close());

const plain = { videoMeetingConfig: undefined };
let day = 0;
/** On a day of its own, at two in New York. */
async function fresh(over: Json = {}, who: Who = 'john') {
  const date = Temporal.PlainDate.from('2030-05-06')
    .add({ days: Math.floor(day / 5) * 7 + (day % 5) })
    .toString();
  day += 1;
  return { id: await booked(house, { ...plain, date, ...over }, who), date };
}
const ask = (token: string, method: Method, path: string, body?: unknown) =>
  house.ask(null, method, path, {
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body }),
  });
const linkTo = async (id: number, who: Who = 'service') => {
  const answer = await house.ask(who, 'POST', `/api/appointments/${id}/guest-link`);
  expect(answer.status, answer.text).toBe(201);
  return { ...answer.body, token: String(answer.body['token']) } as Json & { token: string };
};
const lettersOf = async (id: number, address: string, count: number): Promise<Letter[]> =>
  await house.until(
    async () => (await house.live.mailsTo(address)).filter(({ raw }) => raw.includes(`Appointment: ${id}\r\n`)),
    (mails) => mails.length >= count,
    { seconds: 1 },
  );
const tokenIn = (text: string) => new RegExp(`${PAGE}#([\\w.-]+)`).exec(text)?.[1] ?? '';
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const signed = (key: string, header: string, body: string) =>
  `${header}.${body}.${createHmac('sha256', key).update(`${header}.${body}`).digest('base64url')}`;
const times = (found: Json) => (found['times'] as { time: string }[]).map(({ time }) => time);
const unauthenticated = [401, 'unauthenticated'];

describe('in the mails', () => {
  test('the client’s has the link in text, HTML and calendar; the practitioner’s and a cancellation have none', async () => {
    const { id, date } = await fresh();
    const [mail] = await lettersOf(id, JOHN.userEmail, 1);
    const [hers] = await lettersOf(id, SARAH.email, 1);
    const token = tokenIn(mail?.text ?? '');
    expect(token).not.toBe('');
    expect(tokenIn(mail?.html ?? '')).toBe(token);
    const entry = new ICAL.Component(ICAL.parse(mail?.ical ?? '') as unknown[]).getFirstSubcomponent('vevent');
    expect(tokenIn(String(entry?.getFirstPropertyValue('description')))).toBe(token);
    expect(JSON.stringify(hers)).not.toContain(PAGE);
    // With nothing but the mail: what it is for, another time, another mail, cancelled.
    const { status, body, headers } = await ask(token, 'GET', '/api/guest');
    expect([status, body['id'], body['status']]).toEqual([200, id, 'confirmed']);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body['actions']).toMatchObject({ cancel: { allowed: true }, reschedule: { allowed: true } });
    const path = `/api/appointments/${id}`;
    const moved = await ask(token, 'PUT', `${path}/reschedule`, { newDate: date, newTime: '16:00' });
    expect([moved.status, moved.body['message']]).toEqual([200, 'Appointment rescheduled successfully']);
    const [, changed] = await lettersOf(id, JOHN.userEmail, 2);
    const newer = tokenIn(changed?.text ?? '');
    expect([await ask(token, 'GET', path), await ask(newer, 'GET', path)].map((one) => one.body['time'])).toEqual([
      '16:00:00',
      '16:00:00',
    ]);
    expect((await ask(newer, 'PUT', `${path}/cancel`, { reason: 'ill' })).status).toBe(200);
    const letters = await lettersOf(id, JOHN.userEmail, 3);
    expect(JSON.stringify(letters[2])).not.toContain(PAGE);
    expect(letters).toHaveLength(3);
    expect((await ask(token, 'GET', path)).body).toMatchObject({ status: 'cancelled', cancelledBy: 'client' });
    const journal = await house.rows(
      `select event, actor_role, actor_ref from journal where subject_kind = 'appointment' and subject_id = $1 order by id`,
      [id],
    );
    expect(journal.map(({ event, actor_role: role, actor_ref: ref }) => [event, role, ref])).toEqual([
      ['appointment.booked', 'client', `client:${JOHN.userId}`],
      ['appointment.rescheduled', 'guest', `guest:${id}`],
      ['appointment.cancelled', 'guest', `guest:${id}`],
    ]);
  });

  test('the link is in no log line, and in no table', async () => {
    const { id } = await fresh();
    const { token } = await linkTo(id);
    await ask(token, 'GET', '/api/guest');
    const payload = token.split('.')[1] ?? 'none';
    expect(JSON.stringify(house.lines)).not.toContain(payload);
    for (const table of ['journal', 'letter', 'idempotency_key', 'outside_object', 'appointment']) {
      const rows = await house.rows(`select t::text as row from ${table} t where t::text like $1`, [`%${payload}%`]);
      expect([table, rows]).toEqual([table, []]);
    }
  });
});

describe('a link', () => {
  test('is for staff and services to ask for; it is the same each time, and says until when it is good', async () => {
    const { id, date } = await fresh();
    const end = Temporal.PlainDateTime.from(`${date}T15:00`).toZonedDateTime('America/New_York').toInstant();
    const first = await linkTo(id, 'staff');
    expect(first).toEqual({
      token: first.token,
      url: `${PAGE}#${first.token}`,
      expiresAt: end.add({ hours: 168 }).toString(),
    });
    expect((await linkTo(id)).token).toBe(first.token);
    const path = `/api/appointments/${id}/guest-link`;
    for (const who of ['john', 'ada', 'sarah', 'michael'] as const) {
      expect([who, ...refusal(await house.ask(who, 'POST', path))]).toEqual([who, 403, 'forbidden']);
    }
    expect(refusal(await house.ask('foreignService', 'POST', path))).toEqual([404, 'not_found']);
    expect(refusal(await house.ask(null, 'POST', path))).toEqual(unauthenticated);
    expect(refusal(await ask(first.token, 'POST', path))).toEqual([403, 'forbidden']);
  });

  test('of one appointment is good for no other, also not for another of the same client', async () => {
    const [mine, other] = [await fresh(), await fresh()];
    const { token } = await linkTo(mine.id);
    const path = `/api/appointments/${other.id}`;
    const move = { newDate: other.date, newTime: '09:00' };
    expect(refusal(await ask(token, 'GET', path))).toEqual([404, 'not_found']);
    expect(refusal(await ask(token, 'PUT', `${path}/cancel`, {}))).toEqual([404, 'not_found']);
    expect(refusal(await ask(token, 'PUT', `${path}/reschedule`, move))).toEqual([404, 'not_found']);
  });

  test('opens the seven doors that are its own and the public ones; every other is closed to it', async () => {
    const { id } = await fresh();
    const { token } = await linkTo(id);
    const own = ['GET /api/guest', 'GET /api/appointments/{appointmentId}'];
    own.push('GET /api/appointments/{appointmentId}/free-times');
    own.push('PUT /api/appointments/{appointmentId}/cancel', 'PUT /api/appointments/{appointmentId}/reschedule');
    own.push('PUT /api/appointments/{appointmentId}/accept', 'PUT /api/appointments/{appointmentId}/refuse');
    const { body: document } = await house.get(null, '/api/openapi.json');
    const paths = document['paths'] as Record<string, Record<string, { security: Json[] }>>;
    const doors = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { security }]) => ({
        method: method.toUpperCase() as Method,
        path,
        security,
      })),
    );
    const closed = doors.filter(
      ({ method, path, security }) =>
        security.length > 0 && security.every((way) => 'token' in way) && !own.includes(`${method} ${path}`),
    );
    expect(closed.length).toBeGreaterThan(15);
    for (const { method, path } of closed) {
      const address = path.replace('{appointmentId}', String(id)).replace(/\{\w+\}/g, '123');
      const body = method === 'GET' || method === 'DELETE' ? undefined : {};
      const { status, body: said } = await ask(token, method, address, body);
      expect([method, path, status, said['code']]).toEqual([method, path, 403, 'forbidden']);
    }
    const date = '2030-06-20';
    expect((await ask(token, 'GET', `/api/practitioners/123/availability?date=${date}`)).status).toBe(200);
    // Of a practitioner it sees what anybody sees.
    expect((await ask(token, 'GET', '/api/practitioners/123')).body['email']).toBeUndefined();
    expect(refusal(await house.get('john', '/api/guest'))).toEqual([403, 'forbidden']);
    expect(refusal(await house.get(null, '/api/guest'))).toEqual(unauthenticated);
  });

  test('forged in any part is nobody’s', async () => {
    const { id } = await fresh();
    const { token } = await linkTo(id);
    const [head = '', payload = '', signature = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Json;
    const own = house.tokenOf('service').split('.');
    const forged = [
      `${head}.${part({ ...claims, apt: id + 1 })}.${signature}`,
      `${head}.${payload}.${'A'.repeat(43)}`,
      `${head}.${payload}.`,
      `${head}.${payload}`,
      signed('another key of thirty-two letters!', head, payload),
      `${part({ alg: 'none', typ: 'slotkeeper-guest+jwt' })}.${payload}.${signature}`,
      // Signed with our key, and yet of the other kind: a token is no link, a link no token.
      signed(TOKEN_SECRET, own[0] ?? '', payload),
      signed(TOKEN_SECRET, head, own[1] ?? ''),
      signed(TOKEN_SECRET, head, part({ ...claims, apt: '1' })),
      signed(TOKEN_SECRET, head, part({ ...claims, exp: undefined })),
    ];
    for (const one of forged)
      expect([one, ...refusal(await ask(one, 'GET', '/api/guest'))]).toEqual([one, ...unauthenticated]);
    // Sound in form, but of what is not so: another's client, organisation or address.
    for (const over of [{ cli: 1 }, { adr: 'x' }, { gen: 1 }]) {
      const one = signed(TOKEN_SECRET, head, part({ ...claims, ...over }));
      expect([over, ...refusal(await ask(one, 'GET', '/api/guest'))]).toEqual([over, ...unauthenticated]);
    }
    const abroad = signed(TOKEN_SECRET, head, part({ ...claims, org: house.organisations.other }));
    expect((await ask(abroad, 'PUT', `/api/appointments/${id}/cancel`, {})).status).toBe(401);
    expect((await house.get('john', `/api/appointments/${id}`)).body['status']).toBe('confirmed');
  });

  test('that was revoked is over at once, in the mails too; the next one is good', async () => {
    const { id } = await fresh();
    const { token } = await linkTo(id);
    const revoke = (who: Who) => house.ask(who, 'DELETE', `/api/appointments/${id}/guest-link`);
    expect((await ask(token, 'GET', '/api/guest')).status).toBe(200);
    for (const who of ['ada', 'michael', 'foreignStaff', 'foreignJohn'] as const) {
      expect([who, ...refusal(await revoke(who))]).toEqual([who, 404, 'not_found']);
    }
    expect(refusal(await ask(token, 'DELETE', `/api/appointments/${id}/guest-link`))).toEqual([403, 'forbidden']);
    expect((await revoke('john')).status).toBe(200);
    for (const [method, path, body] of [
      ['GET', '/api/guest', undefined],
      ['PUT', `/api/appointments/${id}/cancel`, {}],
      ['PUT', `/api/appointments/${id}/reschedule`, { newDate: '2030-06-20', newTime: '09:00' }],
    ] as const) {
      const answer = await ask(token, method, path, body);
      expect([path, ...refusal(answer)]).toEqual([path, ...unauthenticated]);
      expect(answer.body['message']).toContain('no longer valid');
    }
    const { token: next } = await linkTo(id);
    expect(next).not.toBe(token);
    expect((await ask(next, 'PUT', `/api/appointments/${id}/cancel`, {})).status).toBe(200);
  });

  test('ends with the address it was sent to', async () => {
    const { id } = await fresh(ADA, 'ada');
    const { token } = await linkTo(id);
    await house.rows(`update client set email = 'elsewhere@example.com' where subject = $1`, [ADA.userId]);
    expect(refusal(await ask(token, 'GET', '/api/guest'))).toEqual(unauthenticated);
    expect((await ask((await linkTo(id)).token, 'GET', '/api/guest')).status).toBe(200);
  });

  test('is bound by the windows, at the very instant, and told so beforehand', async () => {
    const { id, date } = await fresh({ practitionerId: 789, practitionerName: undefined, time: '10:00' });
    const windows = { cancellationWindowMinutes: 1440, rescheduleWindowMinutes: 1440 };
    await house.ask('staff', 'PATCH', '/api/practitioners/789', { body: windows });
    const { token } = await linkTo(id);
    const start = Temporal.PlainDateTime.from(`${date}T10:00`).toZonedDateTime('Europe/Berlin').toInstant();
    const until = start.subtract({ hours: 24 });
    const before = house.clock.now();
    const path = `/api/appointments/${id}`;
    const free = async (query: string) => (await ask(token, 'GET', `${path}/free-times?${query}`)).body;
    // Its own hour, 10 to 11, is in nobody's way but others'.
    const open = await free(`from=${date}&to=${date}`);
    expect(times(open)).toEqual(expect.arrayContaining(['09:30:00', '10:15:00', '10:45:00']));
    expect(times(open)).not.toContain('10:00:00');
    expect((open['times'] as Json[])[0]).toEqual({
      date,
      time: '09:00:00',
      start: `${date}T09:00:00+02:00`,
      end: `${date}T10:00:00+02:00`,
    });
    const inLondon = await free(`from=${date}&to=${date}&timeZone=Europe/London`);
    expect(times(inLondon)).toEqual(expect.arrayContaining(['08:30:00', '09:15:00']));
    expect(refusal(await ask(token, 'GET', `${path}/free-times?from=${date}&to=2031-06-01`))).toEqual([
      400,
      'invalid_request',
      'query/to',
    ]);
    house.clock.set(until.add({ milliseconds: 1 }));
    const late = await ask(token, 'PUT', `${path}/cancel`, {});
    expect([...refusal(late), late.body['until']]).toEqual([409, 'cancellation_window_closed', until.toString()]);
    const move = { newDate: date, newTime: '15:00' };
    expect(refusal(await ask(token, 'PUT', `${path}/reschedule`, move))).toEqual([409, 'reschedule_window_closed']);
    expect((await ask(token, 'GET', '/api/guest')).body['actions']).toMatchObject({
      cancel: { allowed: false, reason: 'cancellation_window_closed', until: until.toString() },
    });
    expect(await free(`from=${date}&to=${date}`)).toEqual({
      timeZone: 'Europe/Berlin',
      reason: 'reschedule_window_closed',
      times: [],
    });
    house.clock.set(until);
    const key = { authorization: `Bearer ${token}`, 'idempotency-key': 'guest-1' };
    const cancel = () => house.ask(null, 'PUT', `${path}/cancel`, { body: {}, headers: key });
    expect([(await cancel()).status, (await cancel()).status]).toEqual([200, 200]);
    expect((await house.get('staff', path)).body).toMatchObject({ status: 'cancelled', revision: 2 });
    house.clock.set(before);
  });

  test('is good until a week after the end, to look and not to touch; past that it is no link at all', async () => {
    const { id } = await fresh();
    const { token, expiresAt } = await linkTo(id);
    const expires = Temporal.Instant.from(String(expiresAt));
    house.clock.set(expires.subtract({ seconds: 1 }));
    expect((await ask(token, 'GET', '/api/guest')).body['actions']).toMatchObject({
      cancel: { allowed: false, reason: 'appointment_in_past' },
    });
    expect(refusal(await ask(token, 'PUT', `/api/appointments/${id}/cancel`, {}))).toEqual([
      409,
      'appointment_in_past',
    ]);
    // Clocks of two machines may differ by half a minute.
    house.clock.set(expires.add({ seconds: 30 }));
    for (const path of ['/api/guest', `/api/appointments/${id}`, '/api/practitioners/123']) {
      expect([path, ...refusal(await ask(token, 'GET', path))]).toEqual([path, ...unauthenticated]);
    }
    expect(refusal(await house.ask('staff', 'POST', `/api/appointments/${id}/guest-link`))).toEqual([
      409,
      'appointment_in_past',
    ]);
  });
});

test('where a link leads in the sandbox, a page says what a page of one’s own does with it', async () => {
  const page = await fetch(`${house.sandboxUrl}/manage`);
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('MANAGE_URL')]);
});
