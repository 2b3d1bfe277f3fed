import { createTransport } from 'nodemailer';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { call, form, googleToken, microsoftToken, openSandbox, textAt, zoomToken } from './open-sandbox.ts';

const MEETING = { topic: 'Session', type: 2, start_time: '2026-12-01T10:00:00Z', duration: 60, timezone: 'UTC' };
const EVENT = {
  id: 'lostdata1',
  start: { dateTime: '2026-12-01T10:00:00Z' },
  end: { dateTime: '2026-12-01T11:00:00Z' },
};

describe('Faults on order', () => {
  let sandbox: Awaited<ReturnType<typeof openSandbox>>;
  let auth: { authorization: string };
  let meetings: string;
  beforeAll(async () => {
    sandbox = await openSandbox();
    auth = await zoomToken(sandbox);
    meetings = `${sandbox.addresses.zoomApiUrl}/users/sarah@example.com/meetings`;
  });
  afterEach(() => fetch(`${sandbox.url}/control/faults`, { method: 'DELETE' }));
  afterAll(() => sandbox.done());

  it('with a status the work is not done, as often as ordered, in the words of the provider', async () => {
    const before = (await sandbox.live('zoom/meetings')).length;
    await sandbox.order({
      provider: 'zoom',
      operation: 'create',
      status: 429,
      retryAfter: '2026-11-21T00:00:00Z',
      times: 2,
    });
    for (let count = 0; count < 2; count++) {
      const refused = await call(meetings, 'POST', auth, MEETING);
      expect(refused).toMatchObject({ status: 429, body: { code: 429 } });
      expect(refused.headers.get('retry-after')).toBe('2026-11-21T00:00:00Z');
    }
    expect(await sandbox.live('zoom/meetings')).toHaveLength(before);
    expect(await sandbox.live('faults')).toEqual([]);
    expect((await call(meetings, 'POST', auth, MEETING)).status).toBe(201);
  });

  it('dropAfterSuccess commits the work, then drops the connection without an answer', async () => {
    const google = await googleToken(sandbox);
    const events = `${sandbox.addresses.googleApiUrl}/calendars/primary/events`;
    await sandbox.order({ provider: 'google', operation: 'create', dropAfterSuccess: true, times: 1 });
    expect((await call(events, 'POST', google, { ...EVENT, id: 'BAD' })).status).toBe(400);
    await expect(call(events, 'POST', google, EVENT)).rejects.toThrow('fetch failed');
    expect((await sandbox.live('google/events')).map((one) => one['id'])).toContain('lostdata1');
    expect((await call(events, 'POST', google, EVENT)).status).toBe(409);
  });

  it('latency does the work first and answers late', async () => {
    const microsoft = await microsoftToken(sandbox);
    const url = `${sandbox.addresses.msGraphUrl}/users/late@example.com/events`;
    await sandbox.order({ provider: 'microsoft', operation: 'create', latencyMs: 400, times: 1 });
    const wanted = {
      subject: 'Late',
      start: { dateTime: '2026-12-01T10:00:00', timeZone: 'UTC' },
      end: { dateTime: '2026-12-01T11:00:00', timeZone: 'UTC' },
    };
    const given = {
      method: 'POST',
      headers: { ...microsoft, 'content-type': 'application/json' },
      body: JSON.stringify(wanted),
    };
    await expect(fetch(url, { ...given, signal: AbortSignal.timeout(150) })).rejects.toThrow(/timeout/);
    expect((await sandbox.live('microsoft/events')).map((one) => one['subject'])).toContain('Late');
  });

  it('a token endpoint can be down, in OAuth words', async () => {
    await sandbox.order({ provider: 'zoom', operation: 'token', status: 503 });
    const answer = await form(`${sandbox.addresses.zoomOAuthUrl}/token`, {});
    expect(answer).toMatchObject({ status: 503, body: { error: 'server_error' } });
    await sandbox.order({ provider: 'microsoft', operation: 'token', status: 401 });
    const other = await form(
      `${sandbox.addresses.msLoginUrl}/${sandbox.credentials.microsoft.tenantId}/oauth2/v2.0/token`,
      {},
    );
    expect(other).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('an order that means nothing is refused, with every reason', async () => {
    const wrong = [
      {},
      { provider: 'zoom', operation: 'create' },
      { provider: 'zoom', operation: 'create', status: 200 },
      { provider: 'zoom', operation: 'create', status: 500, sometimes: true },
      { provider: 'zoom', operation: 'send', status: 500 },
      { provider: 'mail', operation: 'read', status: 500 },
      { provider: 'zoom', operation: 'create', status: 500, dropAfterSuccess: true },
      { provider: 'zoom', operation: 'create', latencyMs: -1 },
      { provider: 'zoom', operation: 'create', latencyMs: 1, retryAfter: 3 },
      [],
    ];
    for (const order of wrong) expect(await sandbox.order(order), JSON.stringify(order)).toMatchObject({ status: 400 });
    expect(await call(`${sandbox.url}/control/faults`, 'POST', {}, '{')).toMatchObject({ status: 400 });
    expect(await sandbox.live('faults')).toEqual([]);
  });

  it('the mailbox keeps what it accepts, refuses on order, and can lose the answer after DATA', async () => {
    const mailer = createTransport({
      url: sandbox.smtpUrl,
      ignoreTLS: true,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const letter = {
      from: 'Practice <practice@example.com>',
      to: 'Ann <ann@example.com>',
      subject: 'Your appointment – Dienstag',
      text: 'On Tuesday.',
      html: '<p>On Tuesday.</p>',
      messageId: '<one@example.com>',
      icalEvent: { method: 'REQUEST', content: 'BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n' },
    };
    await mailer.sendMail(letter);
    const [kept, ...rest] = await sandbox.live('mailbox');
    expect(rest).toEqual([]);
    expect(kept).toMatchObject({
      from: { address: 'practice@example.com', name: 'Practice' },
      to: [{ address: 'ann@example.com', name: 'Ann' }],
      subject: 'Your appointment – Dienstag',
      messageId: '<one@example.com>',
      envelope: { from: 'practice@example.com', to: ['ann@example.com'] },
    });
    expect(textAt(kept, 'ical')).toContain('METHOD:REQUEST');
    expect(textAt(kept, 'raw')).toMatch(/^Message-ID: <one@example\.com>/m);
    expect(textAt(kept, 'text').trim()).toBe('On Tuesday.');

    await sandbox.order({ provider: 'mail', operation: 'create', status: 451, times: 1 });
    await expect(mailer.sendMail(letter)).rejects.toMatchObject({ responseCode: 451 });
    expect(await sandbox.live('mailbox')).toHaveLength(1);

    await sandbox.order({ provider: 'mail', operation: 'send', dropAfterSuccess: true, times: 1 });
    await expect(mailer.sendMail(letter)).rejects.toThrow(/closed|reset|hang up/i);
    expect(await sandbox.live('mailbox')).toHaveLength(2);
    await mailer.sendMail(letter);
    await fetch(`${sandbox.url}/control/mailbox`, { method: 'DELETE' });
    expect(await sandbox.live('mailbox')).toEqual([]);
    mailer.close();
  });
});
