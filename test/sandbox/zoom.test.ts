import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, call, form, openSandbox, textAt, zoomToken } from './open-sandbox.ts';

const WANTED = {
  topic: 'Session',
  type: 2,
  start_time: '2026-12-01T10:00:00Z',
  duration: 60,
  timezone: 'Europe/Berlin',
};

describe('Zoom in the sandbox', () => {
  let sandbox: Awaited<ReturnType<typeof openSandbox>>;
  let auth: { authorization: string };
  let meetings: string;
  let api: string;
  beforeAll(async () => {
    sandbox = await openSandbox();
    auth = await zoomToken(sandbox);
    api = sandbox.addresses.zoomApiUrl;
    meetings = `${api}/users/sarah@example.com/meetings`;
  });
  afterAll(() => sandbox.done());

  it('gives a token for the right client and account only', async () => {
    const { accountId, clientId, clientSecret } = sandbox.credentials.zoom;
    const url = `${sandbox.addresses.zoomOAuthUrl}/token`;
    const asked = { grant_type: 'account_credentials', account_id: accountId };
    expect((await form(url, asked, basic(clientId, clientSecret))).body).toMatchObject({
      token_type: 'bearer',
      expires_in: 3599,
    });
    expect(await form(url, asked, basic(clientId, 'wrong'))).toMatchObject({
      status: 400,
      body: { error: 'invalid_client' },
    });
    expect(await form(url, { ...asked, account_id: 'x' }, basic(clientId, clientSecret))).toMatchObject({
      status: 400,
    });
    expect(await form(url, { grant_type: 'password' }, basic(clientId, clientSecret))).toMatchObject({
      body: { error: 'unsupported_grant_type' },
    });
  });

  it('refuses a missing, an unknown and an expired token with 401 and code 124', async () => {
    const other = await openSandbox();
    const old = await zoomToken(other);
    other.clock.advance({ minutes: 61 });
    const expired = await call(`${other.addresses.zoomApiUrl}/users/sarah@example.com`, 'GET', old);
    expect(expired).toMatchObject({ status: 401, body: { code: 124, message: 'Access token is expired.' } });
    await other.done();
    expect(await call(meetings)).toMatchObject({ status: 401, body: { code: 124 } });
    expect(await call(meetings, 'GET', { authorization: 'Bearer nonsense' })).toMatchObject({
      status: 401,
      body: { code: 124 },
    });
  });

  it('makes, shows, changes and deletes a meeting, and knows a deleted one no more', async () => {
    const made = await call(meetings, 'POST', auth, {
      ...WANTED,
      agenda: 'A first talk',
      settings: { waiting_room: true, join_before_host: true },
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        topic: 'Session',
        start_time: '2026-12-01T10:00:00Z',
        duration: 60,
        timezone: 'Europe/Berlin',
        host_email: 'sarah@example.com',
        status: 'waiting',
        settings: { waiting_room: true, join_before_host: false },
      },
    });
    expect(textAt(made.body, 'password')).toMatch(/^\w{8}$/);
    expect(Number(textAt(made.body, 'id'))).toBeGreaterThan(2 ** 31);
    const url = `${api}/meetings/${textAt(made.body, 'id')}`;
    expect((await call(url, 'GET', auth)).body).toMatchObject({
      uuid: made.body['uuid'],
      join_url: made.body['join_url'],
    });
    const patched = await call(url, 'PATCH', auth, {
      start_time: '2026-12-02T09:30:00',
      timezone: 'America/New_York',
      duration: 30,
    });
    expect(patched).toMatchObject({ status: 204, body: {} });
    expect((await call(url, 'GET', auth)).body).toMatchObject({
      start_time: '2026-12-02T14:30:00Z',
      duration: 30,
      join_url: made.body['join_url'],
    });
    expect((await sandbox.live('zoom/meetings')).map((one) => one['id'])).toContain(made.body['id']);
    expect((await call(url, 'DELETE', auth)).status).toBe(204);
    expect(await call(url, 'DELETE', auth)).toMatchObject({ status: 404, body: { code: 3001 } });
    expect((await sandbox.live('zoom/meetings')).map((one) => one['id'])).not.toContain(made.body['id']);
  });

  it('turns a start in the past into now on creation, and ignores it on change, without a word', async () => {
    const made = await call(meetings, 'POST', auth, { ...WANTED, start_time: '2020-01-01T10:00:00Z' });
    expect(made).toMatchObject({ status: 201, body: { start_time: '2026-11-20T12:00:00Z' } });
    const url = `${api}/meetings/${textAt(made.body, 'id')}`;
    await call(url, 'PATCH', auth, { start_time: '2020-01-01T10:00:00Z' });
    expect((await call(url, 'GET', auth)).body['start_time']).toBe('2026-11-20T12:00:00Z');
  });

  it('refuses bad fields with code 300, naming each, and ignores fields it does not know', async () => {
    const bad = await call(meetings, 'POST', auth, {
      ...WANTED,
      duration: 0,
      timezone: 'Mars/Olympus',
      password: 'far too long',
      start_time: '2026-12-01T10:00:00+01:00',
    });
    expect(bad).toMatchObject({ status: 400, body: { code: 300, message: 'Validation Failed.' } });
    expect((bad.body['errors'] as { field: string }[]).map((one) => one.field)).toEqual([
      'start_time',
      'duration',
      'timezone',
      'password',
    ]);
    expect(await call(meetings, 'POST', auth, '{"topic":')).toMatchObject({ status: 400, body: { code: 300 } });
    expect((await call(meetings, 'POST', auth, { ...WANTED, no_such_field: 1 })).status).toBe(201);
  });

  it('does not know users who are nobody', async () => {
    expect(await call(`${api}/users/nobody@example.com/meetings`, 'POST', auth, WANTED)).toMatchObject({
      status: 404,
      body: { code: 1001 },
    });
    const user = await call(`${api}/users/sarah.johnson@example.com`, 'GET', auth);
    expect(user.body).toMatchObject({ email: 'sarah.johnson@example.com', display_name: 'Sarah Johnson', type: 2 });
    expect((await call(`${api}/users/${textAt(user.body, 'id')}`, 'GET', auth)).body).toMatchObject({
      email: 'sarah.johnson@example.com',
    });
  });

  it('pages a list in order of start, cuts the agenda at 250 and keeps to from and to', async () => {
    const host = `${api}/users/lister@example.com/meetings`;
    for (const day of ['03', '01', '02'])
      await call(host, 'POST', auth, {
        ...WANTED,
        topic: day,
        start_time: `2026-12-${day}T10:00:00Z`,
        agenda: 'x'.repeat(400),
      });
    const first = await call(`${host}?page_size=2`, 'GET', auth);
    expect(first.body).toMatchObject({
      total_records: 3,
      meetings: [{ topic: '01', agenda: 'x'.repeat(250) }, { topic: '02' }],
    });
    const second = await call(
      `${host}?page_size=2&next_page_token=${textAt(first.body, 'next_page_token')}`,
      'GET',
      auth,
    );
    expect(second.body).toMatchObject({ next_page_token: '', meetings: [{ topic: '03' }] });
    const middle = await call(`${host}?from=2026-12-02&to=2026-12-02`, 'GET', auth);
    expect(middle.body).toMatchObject({ meetings: [{ topic: '02' }] });
    expect(await call(`${host}?page_size=301`, 'GET', auth)).toMatchObject({ status: 400, body: { code: 300 } });
    sandbox.clock.advance({ minutes: 16 });
    const late = await call(
      `${host}?page_size=2&next_page_token=${textAt(first.body, 'next_page_token')}`,
      'GET',
      auth,
    );
    expect(late).toMatchObject({ status: 400, body: { code: 300 } });
  });

  it('opens a local page behind the join link, and the start link only for two hours', async () => {
    const made = await call(meetings, 'POST', auth, { ...WANTED, topic: 'A <b>first</b> talk' });
    const page = await fetch(textAt(made.body, 'join_url'));
    expect(page.status).toBe(200);
    const html = await page.text();
    expect(html).toContain('Sandbox meeting');
    expect(html).toContain('A &#60;b&#62;first&#60;/b&#62; talk');
    expect((await fetch(textAt(made.body, 'join_url').replace(/pwd=.*/, 'pwd=wrong'))).status).toBe(403);
    expect((await fetch(textAt(made.body, 'start_url'))).status).toBe(200);
    sandbox.clock.advance({ hours: 3 });
    expect((await fetch(textAt(made.body, 'start_url'))).status).toBe(403);
    auth = await zoomToken(sandbox);
    await call(`${api}/meetings/${textAt(made.body, 'id')}`, 'DELETE', auth);
    expect((await fetch(textAt(made.body, 'join_url'))).status).toBe(404);
  });

  it('with quotas on, takes a hundred changes a day of one host and answers 429 with a date until midnight UTC', async () => {
    const strict = await openSandbox({ quotas: true });
    const token = await zoomToken(strict);
    const url = `${strict.addresses.zoomApiUrl}/users/sarah@example.com/meetings`;
    for (let count = 0; count < 100; count++) expect((await call(url, 'POST', token, WANTED)).status).toBe(201);
    const refused = await call(url, 'POST', token, WANTED);
    expect(refused).toMatchObject({ status: 429, body: { code: 429 } });
    expect(refused.headers.get('retry-after')).toBe('2026-11-21T00:00:00Z');
    expect((await call(url.replace('sarah', 'other'), 'POST', token, WANTED)).status).toBe(201);
    strict.clock.set('2026-11-21T00:00:01Z');
    expect((await call(url, 'POST', await zoomToken(strict), WANTED)).status).toBe(201);
    await strict.done();
  });
});
