import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOW, askGoogle, bearer, call, form, googleToken, openSandbox, textAt } from './open-sandbox.ts';

const WANTED = {
  summary: 'Session',
  start: { dateTime: '2026-12-01T10:00:00', timeZone: 'Europe/Berlin' },
  end: { dateTime: '2026-12-01T11:00:00', timeZone: 'Europe/Berlin' },
};
const MEET = {
  conferenceData: { createRequest: { requestId: 'r-1', conferenceSolutionKey: { type: 'hangoutsMeet' } } },
};
const reason = (wanted: string) => ({ error: { errors: [{ reason: wanted }] } });

describe('Google in the sandbox', () => {
  let sandbox: Awaited<ReturnType<typeof openSandbox>>;
  let auth: { authorization: string };
  let api: string;
  let events: string;
  beforeAll(async () => {
    sandbox = await openSandbox();
    auth = await googleToken(sandbox);
    api = sandbox.addresses.googleApiUrl;
    events = `${api}/calendars/primary/events`;
  });
  afterAll(() => sandbox.done());

  it('gives a token for a true assertion only', async () => {
    const iat = Temporal.Instant.from(NOW).epochMilliseconds / 1000;
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const stranger = privateKey.export({ type: 'pkcs8', format: 'pem' });
    expect((await askGoogle(sandbox, { sub: 'sarah@example.com' })).body).toMatchObject({
      token_type: 'Bearer',
      expires_in: 3599,
    });
    expect((await askGoogle(sandbox, { aud: `${sandbox.addresses.googleOAuthUrl}/token` })).status).toBe(200);
    expect(await askGoogle(sandbox, {}, stranger)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' },
    });
    expect(await askGoogle(sandbox, { aud: 'https://example.com' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    expect(await askGoogle(sandbox, { exp: iat + 3601 })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    expect(await askGoogle(sandbox, { iat: iat - 7200, exp: iat - 3600 })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    expect(await askGoogle(sandbox, { iss: 'other@example.com' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    expect(await askGoogle(sandbox, { sub: 'nobody@example.com' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    expect(await askGoogle(sandbox, { scope: 'https://mail.google.com/' })).toMatchObject({
      status: 401,
      body: { error: 'unauthorized_client' },
    });
    expect(await askGoogle(sandbox, { scope: '' })).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
  });

  it('takes the refresh token of a consenting user', async () => {
    const { clientId, clientSecret, refreshToken } = sandbox.credentials.google;
    const asked = {
      grant_type: 'refresh_token',
      client_id: clientId,
      client_secret: clientSecret,
      refresh_token: refreshToken,
    };
    const token = await form(`${sandbox.addresses.googleOAuthUrl}/token`, asked);
    const made = await call(events, 'POST', bearer(token), WANTED);
    expect(made.body).toMatchObject({ organizer: { email: 'practitioner@example.com' } });
    expect(await form(`${sandbox.addresses.googleOAuthUrl}/token`, { ...asked, refresh_token: 'x' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    expect(await form(`${sandbox.addresses.googleOAuthUrl}/token`, { ...asked, client_secret: 'x' })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
  });

  it('opens each method for its own scopes only', async () => {
    const narrow = await googleToken(sandbox, {
      sub: 'sarah@example.com',
      scope: 'https://www.googleapis.com/auth/calendar.events',
    });
    const asked = { timeMin: '2026-12-01T00:00:00Z', timeMax: '2026-12-02T00:00:00Z', items: [{ id: 'primary' }] };
    expect(await call(`${api}/freeBusy`, 'POST', narrow, asked)).toMatchObject({
      status: 403,
      body: reason('insufficientPermissions'),
    });
    expect((await call(events, 'GET', narrow)).status).toBe(200);
    expect(await call(events)).toMatchObject({ status: 401, body: reason('required') });
    expect(await call(events, 'GET', { authorization: 'Bearer x' })).toMatchObject({
      status: 401,
      body: reason('authError'),
    });
  });

  it('makes an event with a Meet link only when conferenceDataVersion=1 says so', async () => {
    const silent = await call(events, 'POST', auth, { ...WANTED, ...MEET });
    expect(silent).toMatchObject({ status: 200, body: { status: 'confirmed' } });
    expect(silent.body['hangoutLink']).toBeUndefined();
    const made = await call(`${events}?conferenceDataVersion=1`, 'POST', auth, { ...WANTED, ...MEET });
    expect(made.body).toMatchObject({
      conferenceData: {
        createRequest: { requestId: 'r-1', status: { statusCode: 'success' } },
        entryPoints: [{ entryPointType: 'video', uri: made.body['hangoutLink'] }],
      },
    });
    expect(textAt(made.body, 'conferenceData', 'conferenceId')).toMatch(/^[a-z]{3}-[a-z]{4}-[a-z]{3}$/);
    expect(await (await fetch(textAt(made.body, 'hangoutLink'))).text()).toContain('Sandbox meeting');
    const url = `${events}/${textAt(made.body, 'id')}?conferenceDataVersion=1`;
    expect((await call(url, 'PATCH', auth, MEET)).body['hangoutLink']).toBe(made.body['hangoutLink']);
    const renewed = await call(url, 'PATCH', auth, { conferenceData: { createRequest: { requestId: 'r-2' } } });
    expect(renewed.body['hangoutLink']).not.toBe(made.body['hangoutLink']);
  });

  it('answers in the zone of the calendar, with its offset, and in another when asked', async () => {
    const made = await call(events, 'POST', auth, WANTED);
    expect(made.body).toMatchObject({ start: { dateTime: '2026-12-01T04:00:00-05:00', timeZone: 'Europe/Berlin' } });
    const url = `${events}/${textAt(made.body, 'id')}`;
    expect((await call(`${url}?timeZone=Asia/Dubai`, 'GET', auth)).body).toMatchObject({
      start: { dateTime: '2026-12-01T13:00:00+04:00' },
    });
  });

  it('knows an id once and for ever: 409 for a repeat, 410 for a second delete, revived by PATCH', async () => {
    const body = { ...WANTED, id: 'booking123v1' };
    expect((await call(events, 'POST', auth, body)).status).toBe(200);
    expect(await call(events, 'POST', auth, body)).toMatchObject({ status: 409, body: reason('duplicate') });
    const url = `${events}/booking123v1`;
    expect((await call(`${url}?sendUpdates=none`, 'DELETE', auth)).status).toBe(204);
    expect(await call(url, 'DELETE', auth)).toMatchObject({ status: 410, body: reason('deleted') });
    expect(await call(events, 'POST', auth, body)).toMatchObject({ status: 409 });
    expect((await call(url, 'GET', auth)).body).toMatchObject({ status: 'cancelled', sequence: 1 });
    expect((await sandbox.live('google/events')).map((one) => one['id'])).not.toContain('booking123v1');
    expect((await call(url, 'PATCH', auth, { status: 'confirmed' })).body).toMatchObject({
      status: 'confirmed',
      sequence: 2,
    });
    const live = await sandbox.live('google/events');
    expect(live.find((one) => one['id'] === 'booking123v1')).toMatchObject({ calendarId: 'sarah@example.com' });
    expect(await call(`${events}/neverthere`, 'DELETE', auth)).toMatchObject({ status: 404, body: reason('notFound') });
  });

  it('changes only the version it is told to change', async () => {
    const made = await call(events, 'POST', auth, WANTED);
    const url = `${events}/${textAt(made.body, 'id')}`;
    const etag = { 'if-match': textAt(made.body, 'etag') };
    const changed = await call(
      url,
      'PATCH',
      { ...auth, ...etag },
      { summary: 'Other', start: { dateTime: '2026-12-01T09:00:00' }, description: null },
    );
    expect(changed).toMatchObject({
      status: 200,
      body: {
        summary: 'Other',
        sequence: 1,
        start: { dateTime: '2026-12-01T03:00:00-05:00', timeZone: 'Europe/Berlin' },
      },
    });
    expect(await call(url, 'PATCH', { ...auth, ...etag }, { summary: 'Late' })).toMatchObject({
      status: 412,
      body: reason('conditionNotMet'),
    });
    const replaced = await call(url, 'PUT', auth, { start: WANTED.start, end: WANTED.end });
    expect(replaced.body['summary']).toBeUndefined();
  });

  it('refuses in its own words', async () => {
    const insert = (body: object) => call(events, 'POST', auth, body);
    expect(await insert({ ...WANTED, id: 'UPPER' })).toMatchObject({ status: 400, body: reason('invalid') });
    expect(await insert({ start: WANTED.start })).toMatchObject({ status: 400, body: reason('required') });
    expect(
      await insert({ ...WANTED, end: { dateTime: '2026-12-01T09:00:00', timeZone: 'Europe/Berlin' } }),
    ).toMatchObject({ status: 400, body: reason('timeRangeEmpty') });
    const zoneless = await insert({ ...WANTED, start: { dateTime: '2026-12-01T10:00:00' } });
    expect(zoneless).toMatchObject({
      status: 400,
      body: { error: { message: 'Missing time zone definition for start time.' } },
    });
    expect(await insert({ ...WANTED, attendees: [{ email: 'nonsense' }] })).toMatchObject({
      status: 400,
      body: reason('invalid'),
    });
    expect(await call(`${events}?sendUpdates=some`, 'POST', auth, WANTED)).toMatchObject({
      status: 400,
      body: reason('invalidParameter'),
    });
    expect(await call(`${api}/calendars/other@example.com/events`, 'POST', auth, WANTED)).toMatchObject({
      status: 403,
      body: reason('requiredAccessLevel'),
    });
    expect(await call(`${api}/calendars/nobody@example.com/events`, 'GET', auth)).toMatchObject({
      status: 404,
      body: reason('notFound'),
    });
  });

  it('lets a service account that acts as itself neither invite nor make Meet links', async () => {
    const alone = await googleToken(sandbox, {});
    expect(await call(events, 'POST', alone, { ...WANTED, attendees: [{ email: 'a@example.com' }] })).toMatchObject({
      status: 403,
      body: reason('forbiddenForServiceAccounts'),
    });
    expect(await call(`${events}?conferenceDataVersion=1`, 'POST', alone, { ...WANTED, ...MEET })).toMatchObject({
      status: 400,
      body: reason('invalid'),
    });
    const entry = await call(`${api}/users/me/calendarList/primary`, 'GET', auth);
    expect(entry.body).toMatchObject({ conferenceProperties: { allowedConferenceSolutionTypes: ['hangoutsMeet'] } });
  });

  it('finds events by private property and by time, page by page', async () => {
    const token = await googleToken(sandbox, { sub: 'lister@example.com' });
    for (const hour of ['12', '10', '11'])
      await call(events, 'POST', token, {
        summary: hour,
        start: { dateTime: `2026-12-05T${hour}:00:00Z` },
        end: { dateTime: `2026-12-05T${hour}:30:00Z` },
        extendedProperties: { private: { session: hour } },
      });
    const found = await call(`${events}?privateExtendedProperty=session%3D11`, 'GET', token);
    expect(found.body).toMatchObject({ items: [{ summary: '11' }] });
    const first = await call(
      `${events}?maxResults=2&timeMin=2026-12-05T10:30:00Z&timeMax=2026-12-05T12:00:00Z`,
      'GET',
      token,
    );
    expect(first.body).toMatchObject({ items: [{ summary: '11' }] });
    const page = await call(`${events}?maxResults=2`, 'GET', token);
    const rest = await call(`${events}?maxResults=2&pageToken=${textAt(page.body, 'nextPageToken')}`, 'GET', token);
    expect(rest.body).toMatchObject({ items: [{ summary: '12' }] });
    expect(rest.body['nextPageToken']).toBeUndefined();
    expect(await call(`${events}?timeMin=2026-12-05T10:30:00`, 'GET', token)).toMatchObject({ status: 400 });
  });

  it('tells busy stretches merged, and of an unknown calendar an error inside the 200', async () => {
    const asked = {
      timeMin: '2026-12-05T10:15:00Z',
      timeMax: '2026-12-05T23:00:00Z',
      items: [{ id: 'lister@example.com' }, { id: 'nobody@example.com' }],
    };
    const answer = await call(`${api}/freeBusy`, 'POST', auth, asked);
    expect(answer.body['calendars']).toEqual({
      'lister@example.com': {
        busy: [
          { start: '2026-12-05T10:15:00Z', end: '2026-12-05T10:30:00Z' },
          { start: '2026-12-05T11:00:00Z', end: '2026-12-05T11:30:00Z' },
          { start: '2026-12-05T12:00:00Z', end: '2026-12-05T12:30:00Z' },
        ],
      },
      'nobody@example.com': { errors: [{ domain: 'global', reason: 'notFound' }], busy: [] },
    });
    expect(await call(`${api}/freeBusy`, 'POST', auth, { ...asked, timeMax: asked.timeMin })).toMatchObject({
      status: 400,
      body: reason('timeRangeEmpty'),
    });
  });
});
