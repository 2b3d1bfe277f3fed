import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, call, form, microsoftToken, openSandbox, textAt } from './open-sandbox.ts';

const PROPERTY = 'String {66f5a359-4659-4830-9070-00047ec6ac6e} Name session';
const WANTED = {
  subject: 'Session',
  start: { dateTime: '2026-12-01T10:00:00', timeZone: 'W. Europe Standard Time' },
  end: { dateTime: '2026-12-01T11:00:00', timeZone: 'Europe/Berlin' },
};
const ONLINE = { ...WANTED, isOnlineMeeting: true, onlineMeetingProvider: 'teamsForBusiness' };
const code = (wanted: string) => ({ error: { code: wanted } });

describe('Microsoft in the sandbox', () => {
  let sandbox: Awaited<ReturnType<typeof openSandbox>>;
  let auth: { authorization: string };
  let user: string;
  let events: string;
  beforeAll(async () => {
    sandbox = await openSandbox();
    auth = await microsoftToken(sandbox);
    user = `${sandbox.addresses.msGraphUrl}/users/sarah@example.com`;
    events = `${user}/events`;
  });
  afterAll(() => sandbox.done());

  it('gives a token for the right tenant, client, secret and scope only', async () => {
    const { tenantId, clientId, clientSecret } = sandbox.credentials.microsoft;
    const url = `${sandbox.addresses.msLoginUrl}/${tenantId}/oauth2/v2.0/token`;
    const asked = {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: 'https://graph.microsoft.com/.default',
    };
    expect(await form(url, asked)).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 3599 } });
    expect(await form(url, { ...asked, client_secret: 'x' })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client', error_codes: [7000215] },
    });
    expect(await form(url, { ...asked, client_id: 'x' })).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client' },
    });
    expect(await form(url, { ...asked, scope: 'Calendars.ReadWrite' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_scope' },
    });
    expect(await form(url.replace(tenantId, 'common'), asked)).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
    expect(await call(events)).toMatchObject({ status: 401, body: code('InvalidAuthenticationToken') });
  });

  it('makes an event with a Teams link, in UTC with seven digits unless another zone is preferred', async () => {
    const made = await call(events, 'POST', auth, ONLINE);
    expect(made).toMatchObject({
      status: 201,
      body: {
        start: { dateTime: '2026-12-01T09:00:00.0000000', timeZone: 'UTC' },
        isOnlineMeeting: true,
        onlineMeetingProvider: 'teamsForBusiness',
        originalStartTimeZone: 'W. Europe Standard Time',
      },
    });
    const link = textAt(made.body, 'onlineMeeting', 'joinUrl');
    expect(await (await fetch(link)).text()).toContain('Sandbox meeting');
    const preferred = await call(`${events}/${textAt(made.body, 'id')}`, 'GET', {
      ...auth,
      prefer: 'outlook.timezone="Asia/Dubai", IdType="ImmutableId"',
    });
    expect(preferred.body).toMatchObject({
      id: made.body['id'],
      start: { dateTime: '2026-12-01T13:00:00.0000000', timeZone: 'Asia/Dubai' },
    });
    expect(preferred.headers.get('preference-applied')).toContain('IdType="ImmutableId"');
  });

  it('answers the first event again for the same transaction id', async () => {
    const first = await call(events, 'POST', auth, { ...WANTED, transactionId: 't-1' });
    const again = await call(events, 'POST', auth, { ...WANTED, subject: 'Other', transactionId: 't-1' });
    expect(again).toMatchObject({
      status: 201,
      body: { id: first.body['id'], subject: 'Session', transactionId: 't-1' },
    });
    const elsewhere = await call(events.replace('sarah', 'other'), 'POST', auth, { ...WANTED, transactionId: 't-1' });
    expect(elsewhere.body['id']).not.toBe(first.body['id']);
  });

  it('finds an event by its extended property, which is shown only when expanded', async () => {
    const made = await call(events, 'POST', auth, {
      ...WANTED,
      singleValueExtendedProperties: [{ id: PROPERTY, value: "it's 7" }],
    });
    expect(made.body['singleValueExtendedProperties']).toBeUndefined();
    const filter = (value: string) =>
      new URLSearchParams({
        $filter: `singleValueExtendedProperties/Any(ep: ep/id eq '${PROPERTY}' and ep/value eq '${value}')`,
        $expand: `singleValueExtendedProperties($filter=id eq '${PROPERTY}')`,
      });
    const found = await call(`${events}?${filter("it''s 7").toString()}`, 'GET', auth);
    expect(found.body['value']).toMatchObject([
      { id: made.body['id'], singleValueExtendedProperties: [{ id: PROPERTY, value: "it's 7" }] },
    ]);
    expect((await call(`${events}?${filter('8').toString()}`, 'GET', auth)).body['value']).toEqual([]);
    expect(await call(`${events}?$filter=subject eq 'x'`, 'GET', auth)).toMatchObject({
      status: 400,
      body: code('ErrorInvalidUrlQueryFilter'),
    });
  });

  it('changes an event, keeps the link when the flag goes back, and loses it with the body block', async () => {
    const made = await call(events, 'POST', auth, ONLINE);
    const url = `${events}/${textAt(made.body, 'id')}`;
    const moved = await call(url, 'PATCH', auth, {
      start: { dateTime: '2026-12-02T08:00:00', timeZone: 'UTC' },
      end: { dateTime: '2026-12-02T09:00:00', timeZone: 'UTC' },
      isOnlineMeeting: false,
    });
    expect(moved).toMatchObject({
      status: 200,
      body: {
        isOnlineMeeting: true,
        onlineMeeting: made.body['onlineMeeting'],
        start: { dateTime: '2026-12-02T08:00:00.0000000' },
      },
    });
    expect(
      await call(url, 'PATCH', { ...auth, 'if-match': textAt(made.body, '@odata.etag') }, { subject: 'x' }),
    ).toMatchObject({ status: 412 });
    expect(await call(url, 'PATCH', auth, { transactionId: 'x' })).toMatchObject({ status: 400 });
    const rewritten = await call(url, 'PATCH', auth, { body: { contentType: 'html', content: 'new words' } });
    expect(rewritten.body).toMatchObject({ isOnlineMeeting: false, onlineMeeting: null });
  });

  it('knows a deleted event no more', async () => {
    const made = await call(events, 'POST', auth, WANTED);
    const url = `${events}/${textAt(made.body, 'id')}`;
    const owned = (await sandbox.live('microsoft/events')).find((one) => one['id'] === made.body['id']);
    expect(owned).toMatchObject({ calendarOwner: 'sarah@example.com' });
    expect((await call(url, 'DELETE', auth)).status).toBe(204);
    const again = await call(url, 'DELETE', auth);
    expect(again).toMatchObject({ status: 404, body: code('ErrorItemNotFound') });
    expect(at(again.body, 'error', 'innerError', 'request-id')).toBe(again.headers.get('request-id'));
    expect((await sandbox.live('microsoft/events')).map((one) => one['id'])).not.toContain(made.body['id']);
  });

  it('refuses in its own words', async () => {
    const create = (body: object) => call(events, 'POST', auth, body);
    expect(await create({ ...WANTED, start: { dateTime: '2026-12-01T10:00:00Z', timeZone: 'UTC' } })).toMatchObject({
      status: 400,
      body: code('ErrorInvalidRequest'),
    });
    expect(await create({ ...WANTED, start: { dateTime: '2026-12-01T10:00:00', timeZone: 'Nowhere' } })).toMatchObject({
      status: 400,
      body: code('TimeZoneNotSupportedException'),
    });
    expect(await create({ ...WANTED, conferenceData: {} })).toMatchObject({
      status: 400,
      body: code('RequestBodyRead'),
    });
    expect(
      await create({ ...WANTED, end: { dateTime: '2026-12-01T09:00:00', timeZone: 'Europe/Berlin' } }),
    ).toMatchObject({ status: 400, body: code('ErrorPropertyValidationFailure') });
    expect(await call(events.replace('sarah', 'nobody'), 'POST', auth, WANTED)).toMatchObject({
      status: 404,
      body: code('ErrorInvalidUser'),
    });
    expect(await call(`${sandbox.addresses.msGraphUrl}/nowhere`, 'GET', auth)).toMatchObject({
      status: 404,
      body: { error: {} },
    });
  });

  it('makes a standalone meeting once per external id, for an organiser named by object id', async () => {
    const me = await call(`${user}?$select=id`, 'GET', auth);
    const byId = `${sandbox.addresses.msGraphUrl}/users/${textAt(me.body, 'id')}/onlineMeetings`;
    const wanted = {
      externalId: 'x-1',
      subject: 'Session',
      startDateTime: '2026-12-01T10:00:00+01:00',
      endDateTime: '2026-12-01T11:00:00+01:00',
    };
    expect(await call(`${user}/onlineMeetings`, 'POST', auth, wanted)).toMatchObject({
      status: 400,
      body: code('BadRequest'),
    });
    const first = await call(`${byId}/createOrGet`, 'POST', auth, wanted);
    expect(first).toMatchObject({
      status: 201,
      body: { subject: 'Session', startDateTime: '2026-12-01T09:00:00.0000000Z' },
    });
    expect(await call(`${byId}/createOrGet`, 'POST', auth, wanted)).toMatchObject({
      status: 200,
      body: { id: first.body['id'] },
    });
    const plain = await call(byId, 'POST', auth, { subject: 'Other', startDateTime: '2026-12-01T10:00:00Z' });
    expect(plain).toMatchObject({ status: 201, body: { endDateTime: '2026-12-01T11:00:00.0000000Z' } });
    expect(await call(byId, 'POST', auth, { endDateTime: '2026-12-01T10:00:00Z' })).toMatchObject({ status: 400 });
    expect(new Set((await sandbox.live('microsoft/online-meetings')).map((one) => one['id']))).toEqual(
      new Set([first.body['id'], plain.body['id']]),
    );
    expect(await (await fetch(textAt(first.body, 'joinWebUrl'))).text()).toContain('Sandbox meeting');
    const url = `${byId}/${textAt(first.body, 'id')}`;
    expect((await call(url, 'GET', auth)).body).toMatchObject({ id: first.body['id'] });
    expect((await call(url, 'DELETE', auth)).status).toBe(204);
    expect((await call(url, 'DELETE', auth)).status).toBe(404);
    expect((await call(`${byId}/createOrGet`, 'POST', auth, wanted)).status).toBe(201);
  });

  it('tells schedules with an error per unknown one inside the 200, and the calendar with its meeting providers', async () => {
    const busy = events.replace('sarah', 'busy');
    await call(busy, 'POST', auth, { ...WANTED, showAs: 'oof' });
    const asked = {
      schedules: ['busy@example.com', 'nobody@example.com'],
      startTime: { dateTime: '2026-12-01T08:00:00', timeZone: 'UTC' },
      endTime: { dateTime: '2026-12-01T11:00:00', timeZone: 'UTC' },
      availabilityViewInterval: 60,
    };
    const answer = await call(`${user}/calendar/getSchedule`, 'POST', auth, asked);
    expect(answer.body['value']).toMatchObject([
      {
        scheduleId: 'busy@example.com',
        availabilityView: '030',
        scheduleItems: [{ status: 'oof', start: { dateTime: '2026-12-01T09:00:00.0000000', timeZone: 'UTC' } }],
      },
      { scheduleId: 'nobody@example.com', error: { responseCode: 'ErrorMailRecipientNotFound' } },
    ]);
    expect((await call(`${user}/calendar`, 'GET', auth)).body).toMatchObject({
      allowedOnlineMeetingProviders: ['teamsForBusiness'],
    });
    const view = await call(
      `${busy.replace('events', 'calendarView')}?startDateTime=2026-12-01T00:00:00Z&endDateTime=2026-12-02T00:00:00Z`,
      'GET',
      auth,
    );
    expect(at(view.body, 'value', 0, 'showAs')).toBe('oof');
  });

  it('with quotas on, lets four requests at a time into one mailbox', async () => {
    const strict = await openSandbox({ quotas: true });
    const token = await microsoftToken(strict);
    const url = `${strict.addresses.msGraphUrl}/users/sarah@example.com/events`;
    const answers = await Promise.all(Array.from({ length: 8 }, () => call(url, 'POST', token, WANTED)));
    const refused = answers.filter((answer) => answer.status === 429);
    expect(answers.filter((answer) => answer.status === 201).length).toBeGreaterThanOrEqual(4);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toMatchObject({ body: code('ApplicationThrottled') });
    expect(refused[0]?.headers.get('retry-after')).toBe('1');
    await strict.done();
  });
});
