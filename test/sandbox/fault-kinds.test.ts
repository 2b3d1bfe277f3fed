// Every way in which a call can go wrong, ordered over the control door and suffered over real HTTP.
import { createTransport } from 'nodemailer';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  askGoogle,
  basic,
  call,
  form,
  googleToken,
  microsoftToken,
  NOW,
  openSandbox,
  textAt,
  zoomToken,
} from './open-sandbox.ts';

const MEETING = { topic: 'Session', type: 2, start_time: '2026-12-01T10:00:00Z', duration: 60, timezone: 'UTC' };
const EVENT = { start: { dateTime: '2026-12-01T10:00:00Z' }, end: { dateTime: '2026-12-01T11:00:00Z' } };

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
let zoom: { authorization: string };
let google: { authorization: string };
let microsoft: { authorization: string };
let meetings: string;
let events: string;
let outlook: string;
beforeAll(async () => {
  sandbox = await openSandbox();
  zoom = await zoomToken(sandbox);
  google = await googleToken(sandbox);
  microsoft = await microsoftToken(sandbox);
  meetings = `${sandbox.addresses.zoomApiUrl}/users/sarah@example.com/meetings`;
  events = `${sandbox.addresses.googleApiUrl}/calendars/primary/events`;
  outlook = `${sandbox.addresses.msGraphUrl}/users/sarah@example.com/events`;
});
afterEach(async () => {
  await sandbox.control('DELETE', 'faults');
  await sandbox.control('DELETE', 'state');
  sandbox.clock.set(NOW);
});
afterAll(() => sandbox.done());

const book = (auth = zoom, url = meetings) => call(url, 'POST', auth, MEETING);
const ordered = async (fault: object): Promise<void> => {
  const { status, body } = await sandbox.order(fault);
  expect(status, JSON.stringify(body)).toBe(201);
};
/** The answer as it came, which need not be JSON. */
const raw = async (url: string, headers: Record<string, string>, body: unknown) => {
  const given = { ...headers, 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers: given, body: JSON.stringify(body) });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
};

describe('what is lost', () => {
  it('a refusal after the work was done leaves the work done, in the words of the provider', async () => {
    await ordered({ provider: 'zoom', operation: 'create', status: 500, afterSuccess: true, times: 1 });
    expect(await book()).toMatchObject({ status: 500, body: { code: 500 } });
    expect(await sandbox.live('zoom/meetings')).toHaveLength(1);
    await ordered({ provider: 'google', operation: 'create', status: 503, afterSuccess: true, times: 1 });
    const once = { ...EVENT, id: 'oncedone1' };
    expect(await call(events, 'POST', google, once)).toMatchObject({
      status: 503,
      body: { error: { errors: [{ reason: 'backendError' }] } },
    });
    expect((await call(events, 'POST', google, once)).status).toBe(409);
    await ordered({ provider: 'microsoft', operation: 'delete', status: 504, afterSuccess: true, times: 1 });
    const zone = { timeZone: 'UTC' };
    const wanted = {
      start: { dateTime: '2026-12-01T10:00:00', ...zone },
      end: { dateTime: '2026-12-01T11:00:00', ...zone },
    };
    const event = await call(outlook, 'POST', microsoft, wanted);
    const url = `${outlook}/${textAt(event.body, 'id')}`;
    expect((await call(url, 'DELETE', microsoft)).status).toBe(504);
    expect((await call(url, 'DELETE', microsoft)).status).toBe(404);
  });

  it('a call that is lost on the way does nothing, over HTTP and over SMTP', async () => {
    await ordered({ provider: 'zoom', operation: 'create', dropBeforeWork: true, times: 1 });
    await expect(book()).rejects.toThrow('fetch failed');
    expect(await sandbox.live('zoom/meetings')).toEqual([]);
    const mailer = createTransport({ url: sandbox.smtpUrl, ignoreTLS: true });
    await ordered({ provider: 'mail', operation: 'send', dropBeforeWork: true, times: 1 });
    const letter = { from: 'practice@example.com', to: 'ann@example.com', subject: 'x', text: 'x' };
    await expect(mailer.sendMail(letter)).rejects.toThrow(/closed|reset|hang up/i);
    expect(await sandbox.live('mailbox')).toEqual([]);
    expect(await sandbox.live('faults')).toEqual([]);
    mailer.close();
  });

  it.each([{ dropBeforeWork: true }, { status: 504 }])(
    'what was answered by %j can be done afterwards',
    async (fault) => {
      await ordered({ provider: 'zoom', operation: 'create', ...fault, workAfterMs: 400, times: 1 });
      const status = await book().then(
        (answer) => answer.status,
        () => null,
      );
      expect([status, await sandbox.live('zoom/meetings')]).toEqual([fault.status ?? null, []]);
      await expect.poll(() => sandbox.live('zoom/meetings')).toHaveLength(1);
      expect(await sandbox.live('faults')).toEqual([]);
    },
  );

  it('what spoils a success waits for one: a refused call stays refused and uses nothing up', async () => {
    await ordered({ provider: 'zoom', operation: 'create', status: 500, afterSuccess: true, times: 1 });
    expect(await call(meetings, 'POST', zoom, { ...MEETING, duration: 0 })).toMatchObject({ status: 400 });
    expect((await book()).status).toBe(500);
    expect((await book()).status).toBe(201);
  });

  it('a letter can be taken and refused afterwards', async () => {
    const mailer = createTransport({ url: sandbox.smtpUrl, ignoreTLS: true });
    await ordered({ provider: 'mail', operation: 'send', status: 451, afterSuccess: true, times: 1 });
    const letter = { from: 'practice@example.com', to: 'ann@example.com', subject: 'x', text: 'x' };
    await expect(mailer.sendMail(letter)).rejects.toMatchObject({ responseCode: 451 });
    expect(await sandbox.live('mailbox')).toHaveLength(1);
    mailer.close();
  });
});

describe('what is said in other words', () => {
  it('a page of HTML takes the place of JSON, whether the work was done or not, and with any status', async () => {
    const page = { type: 'text/html; charset=utf-8' };
    await ordered({ provider: 'zoom', operation: 'create', html: true, times: 1 });
    expect(await raw(meetings, zoom, MEETING)).toMatchObject({ status: 201, ...page });
    expect(await sandbox.live('zoom/meetings')).toHaveLength(1);
    await ordered({ provider: 'zoom', operation: 'create', status: 502, html: true, times: 1 });
    const refused = await raw(meetings, zoom, MEETING);
    expect(refused).toMatchObject({ status: 502, ...page });
    expect(refused.text).toContain('<h1>502 Bad Gateway</h1>');
    await ordered({ provider: 'zoom', operation: 'create', status: 200, html: true, times: 1 });
    expect(await raw(meetings, zoom, MEETING)).toMatchObject({ status: 200, ...page });
    expect(await sandbox.live('zoom/meetings')).toHaveLength(1);
    await ordered({ provider: 'google', operation: 'token', status: 502, html: true, times: 1 });
    expect((await raw(`${sandbox.addresses.googleOAuthUrl}/token`, {}, {})).text).toContain('502');
    await ordered({ provider: 'mail', operation: 'send', html: true, times: 1 });
    const { apiKey } = sandbox.credentials.mail.resend;
    const mail = { from: 'a@example.com', to: 'b@example.com', subject: 'x', text: 'x' };
    const sent = await raw(
      `${sandbox.addresses.mailApiUrls.resend}/emails`,
      { authorization: `Bearer ${apiKey}` },
      mail,
    );
    expect(sent).toMatchObject({ status: 200, ...page });
    expect(await sandbox.live('mailbox')).toHaveLength(1);
  });

  it('a page takes the place of an answer without a body too', async () => {
    const made = await book();
    await ordered({ provider: 'zoom', operation: 'update', html: true, times: 1 });
    const url = `${sandbox.addresses.zoomApiUrl}/meetings/${textAt(made.body, 'id')}`;
    const given = {
      method: 'PATCH',
      headers: { ...zoom, 'content-type': 'application/json' },
      body: '{"topic":"Other"}',
    };
    const answer = await fetch(url, given);
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('<html>')]);
    expect((await call(url, 'GET', zoom)).body['topic']).toBe('Other');
  });

  it('a page of HTML is nothing to SMTP, and stays on order for HTTP', async () => {
    const mailer = createTransport({ url: sandbox.smtpUrl, ignoreTLS: true });
    await ordered({ provider: 'mail', operation: 'send', status: 502, html: true, times: 1 });
    await mailer.sendMail({ from: 'practice@example.com', to: 'ann@example.com', subject: 'x', text: 'x' });
    expect(await sandbox.live('faults')).toHaveLength(1);
    mailer.close();
  });

  it.each(['2', 'Fri, 20 Nov 2026 12:00:05 GMT', '2026-11-21T00:00:00Z'])('Retry-After says %s', async (retryAfter) => {
    for (const [provider, create] of [
      ['zoom', () => book()],
      ['google', () => call(events, 'POST', google, EVENT)],
      ['microsoft', () => call(outlook, 'POST', microsoft, {})],
    ] as const) {
      await ordered({ provider, operation: 'create', status: 429, retryAfter, times: 1 });
      const answer = await create();
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, retryAfter]);
    }
  });

  it('a refusal bears the code it is told to, where the usual one would say something else', async () => {
    await ordered({ provider: 'google', operation: 'create', status: 403, code: 'quotaExceeded', times: 1 });
    expect(await call(events, 'POST', google, EVENT)).toMatchObject({
      status: 403,
      body: { error: { errors: [{ domain: 'usageLimits', reason: 'quotaExceeded' }] } },
    });
    await ordered({ provider: 'zoom', operation: 'create', status: 400, code: 3161, times: 1 });
    expect(await book()).toMatchObject({ status: 400, body: { code: 3161 } });
    await ordered({ provider: 'microsoft', operation: 'create', status: 403, code: 'ErrorQuotaExceeded', times: 1 });
    expect(await call(outlook, 'POST', microsoft, {})).toMatchObject({
      body: { error: { code: 'ErrorQuotaExceeded' } },
    });
    const urls = [
      ['zoom', `${sandbox.addresses.zoomOAuthUrl}/token`],
      ['google', `${sandbox.addresses.googleOAuthUrl}/token`],
      ['microsoft', `${sandbox.addresses.msLoginUrl}/x/oauth2/v2.0/token`],
    ] as const;
    for (const [provider, url] of urls) {
      await ordered({ provider, operation: 'token', status: 400, code: 'invalid_grant', times: 1 });
      expect(await form(url, {})).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    }
  });
});

describe('who and when', () => {
  it('401 comes once, or for ever', async () => {
    await ordered({ provider: 'zoom', operation: 'create', status: 401, times: 1 });
    expect(await book()).toMatchObject({ status: 401, body: { code: 124 } });
    expect((await book()).status).toBe(201);
    await ordered({ provider: 'zoom', operation: 'create', status: 401 });
    for (let count = 0; count < 5; count++) expect((await book()).status).toBe(401);
  });

  it('all of a provider is down by one order, and the others are not', async () => {
    await ordered({ provider: 'zoom', operation: 'any', status: 503 });
    expect((await book()).status).toBe(503);
    expect((await call(meetings, 'GET', zoom)).status).toBe(503);
    const { clientId, clientSecret } = sandbox.credentials.zoom;
    const token = await form(`${sandbox.addresses.zoomOAuthUrl}/token`, {}, basic(clientId, clientSecret));
    expect(token).toMatchObject({ status: 503, body: { error: 'server_error' } });
    expect((await call(events, 'POST', google, EVENT)).status).toBe(200);
  });

  it('a fault of one account is no other’s, and is not used up by them', async () => {
    const her = `${sandbox.addresses.zoomApiUrl}/users/Her@example.com`;
    await ordered({ provider: 'zoom', operation: 'create', status: 500, account: 'Her@example.com', times: 1 });
    expect((await book()).status).toBe(201);
    expect((await book(zoom, `${her}/meetings`)).status).toBe(500);
    expect((await book(zoom, `${her}/meetings`)).status).toBe(201);
    const made = await book(zoom, `${her}/meetings`);
    await ordered({ provider: 'zoom', operation: 'read', status: 500, account: 'her@example.com' });
    expect(
      (await call(`${sandbox.addresses.zoomApiUrl}/meetings/${textAt(made.body, 'id')}`, 'GET', zoom)).status,
    ).toBe(500);

    await ordered({ provider: 'google', operation: 'create', status: 500, account: 'other@example.com', times: 1 });
    expect((await call(events, 'POST', google, EVENT)).status).toBe(200);
    const other = await googleToken(sandbox, { sub: 'other@example.com' });
    expect((await call(events, 'POST', other, EVENT)).status).toBe(500);
    await ordered({ provider: 'google', operation: 'token', status: 503, account: 'other@example.com' });
    expect((await askGoogle(sandbox, { sub: 'sarah@example.com' })).status).toBe(200);
    expect((await askGoogle(sandbox, { sub: 'other@example.com' })).status).toBe(503);

    await ordered({ provider: 'microsoft', operation: 'list', status: 500, account: 'other@example.com' });
    expect((await call(outlook, 'GET', microsoft)).status).toBe(200);
    expect((await call(outlook.replace('sarah', 'other'), 'GET', microsoft)).status).toBe(500);
  });

  it('a fault of one reader strikes her letters and texts alone, by whichever way they come', async () => {
    const mailer = createTransport({ url: sandbox.smtpUrl, ignoreTLS: true });
    const send = (to: string) => mailer.sendMail({ from: 'practice@example.com', to, subject: 'x', text: 'x' });
    await ordered({ provider: 'mail', operation: 'send', status: 550, account: 'ann@example.com' });
    await send('bob@example.com');
    await expect(send('ann@example.com')).rejects.toMatchObject({ responseCode: 550 });
    const { resend, postmark, sendgrid } = sandbox.credentials.mail;
    const at = sandbox.addresses.mailApiUrls;
    const mail = { From: 'a@example.com', To: 'Ann <ann@example.com>', Subject: 'x', TextBody: 'x' };
    const by = { authorization: `Bearer ${sendgrid.apiKey}` };
    const drafts = [
      [`${at.resend}/emails`, { authorization: `Bearer ${resend.apiKey}` }, { to: ['ann@example.com'] }],
      [`${at.postmark}/email`, { 'x-postmark-server-token': postmark.apiKey }, mail],
      [`${at.sendgrid}/mail/send`, by, { personalizations: [{ to: [{ email: 'ann@example.com' }] }] }],
    ] as const;
    for (const [url, headers, body] of drafts) expect((await raw(url, headers, body)).status).toBe(550);
    expect(await sandbox.live('mailbox')).toHaveLength(1);
    await ordered({ provider: 'twilio', operation: 'create', status: 429, account: '+15005550100' });
    const { accountSid, authToken, from } = sandbox.credentials.twilio;
    const text = (to: string) =>
      form(
        `${sandbox.addresses.twilioApiUrl}/2010-04-01/Accounts/${accountSid}/Messages.json`,
        { To: to, From: from, Body: 'x' },
        basic(accountSid, authToken),
      );
    expect((await text('+15005550101')).status).toBe(201);
    expect((await text('+15005550100')).status).toBe(429);
    mailer.close();
  });

  it('a fault begins after so many calls, and tells how many are left', async () => {
    await ordered({ provider: 'zoom', operation: 'create', status: 500, afterCalls: 2, times: 1 });
    expect((await book()).status).toBe(201);
    expect(await sandbox.live('faults')).toMatchObject([{ afterCalls: 1, times: 1 }]);
    expect([(await book()).status, (await book()).status, (await book()).status]).toEqual([201, 500, 201]);
  });

  it('a fault lasts from one instant to another, by the clock of the sandbox', async () => {
    const window = { from: '2026-11-20T12:10:00Z', until: '2026-11-20T12:20:00Z' };
    await ordered({ provider: 'zoom', operation: 'create', status: 500, ...window });
    const statuses = [];
    for (const minute of ['09:59', '10:00', '19:59', '20:00']) {
      sandbox.clock.set(`2026-11-20T12:${minute}Z`);
      statuses.push((await book()).status);
    }
    expect(statuses).toEqual([201, 500, 500, 201]);
  });

  it('some faults are cleared, and the others stay', async () => {
    await ordered({ provider: 'zoom', operation: 'create', status: 500, account: 'her@example.com' });
    await ordered({ provider: 'zoom', operation: 'create', status: 501 });
    await ordered({ provider: 'google', operation: 'create', status: 502 });
    await sandbox.control('DELETE', 'faults?provider=zoom&account=her@example.com');
    expect(await sandbox.live('faults')).toMatchObject([{ status: 501 }, { status: 502 }]);
    await sandbox.control('DELETE', 'faults?provider=google');
    expect(await sandbox.live('faults')).toMatchObject([{ status: 501 }]);
  });

  it('an order that contradicts itself is refused, with the reason', async () => {
    const zoomCreate = { provider: 'zoom', operation: 'create' };
    const wrong = [
      [{ ...zoomCreate, afterSuccess: true }, 'afterSuccess: only together with status'],
      [
        { ...zoomCreate, dropBeforeWork: true, html: true },
        'dropBeforeWork stands alone, or with latencyMs or workAfterMs',
      ],
      [
        { ...zoomCreate, status: 504, afterSuccess: true, workAfterMs: 9 },
        'workAfterMs: only together with dropBeforeWork or status, and without afterSuccess',
      ],
      [{ ...zoomCreate, status: 204 }, 'status: below 300 only together with html'],
      [{ ...zoomCreate, html: true, dropAfterSuccess: true }, 'html and dropAfterSuccess exclude each other'],
      [{ ...zoomCreate, status: 500, code: 'words' }, 'code: is a number here'],
      [{ ...zoomCreate, html: true, code: 3 }, 'html and code exclude each other'],
      [{ ...zoomCreate, status: 500, from: '2026-11-20T12:00:00' }, 'from: not a value it can have'],
      [
        { ...zoomCreate, status: 500, from: '2026-11-20T12:00:00Z', until: '2026-11-20T11:00:00Z' },
        'until: must come after from',
      ],
      [{ ...zoomCreate, status: 500, account: 'her' }, 'account: not a value it can have'],
    ] as const;
    for (const [order, reason] of wrong) {
      const answer = await sandbox.order(order);
      expect(answer).toMatchObject({ status: 400 });
      expect(answer.body['errors']).toContain(reason);
    }
  });
});
