// What people grant to an app, as each provider keeps it: codes used once, refresh tokens replaced, kept or added to, and their
// end by the app, by the person, and by the clock.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { basic, call, form, NOW, openSandbox, textAt, type Reply } from './open-sandbox.ts';

const REDIRECT = 'https://booking.example.org/callback';
const VERIFIER = 'v'.repeat(43);
const SCOPES = {
  zoom: '',
  google: 'openid https://www.googleapis.com/auth/calendar.events https://www.googleapis.com/auth/calendar.freebusy',
  microsoft: 'offline_access Calendars.ReadWrite User.Read',
} as const;
type Id = keyof typeof SCOPES;

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
beforeAll(async () => {
  sandbox = await openSandbox();
});
beforeEach(() => sandbox.clock.set(NOW));
afterAll(() => sandbox.done());

/** Where each provider asks and hands out, and by what an app is known. */
function placeOf(id: Id) {
  const { addresses: at, credentials } = sandbox;
  if (id === 'zoom') {
    const { clientId, clientSecret } = credentials.zoom.app;
    const headers = basic(clientId, clientSecret);
    return { asks: `${at.zoomOAuthUrl}/authorize`, gives: `${at.zoomOAuthUrl}/token`, clientId, headers, fields: {} };
  }
  const { clientId, clientSecret } = credentials[id];
  const fields = { client_id: clientId, client_secret: clientSecret };
  const login = `${at.msLoginUrl}/${credentials.microsoft.tenantId}/oauth2/v2.0`;
  return id === 'google'
    ? {
        asks: `${at.googleAccountsUrl}/o/oauth2/v2/auth`,
        gives: `${at.googleOAuthUrl}/token`,
        clientId,
        headers: {},
        fields,
      }
    : { asks: `${login}/authorize`, gives: `${login}/token`, clientId, headers: {}, fields };
}

async function codeOf(id: Id, answers: Record<string, string> = {}): Promise<URL> {
  const { asks, clientId } = placeOf(id);
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: REDIRECT,
    state: 's',
    scope: SCOPES[id],
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const body = new URLSearchParams({ account: 'sarah@example.com', decision: 'approve', ...answers });
  const answer = await fetch(`${asks}?${query.toString()}`, { method: 'POST', body, redirect: 'manual' });
  return new URL(answer.headers.get('location') ?? '');
}

const ask = (id: Id, fields: Record<string, string>): Promise<Reply> => {
  const { gives, headers, fields: known } = placeOf(id);
  return form(gives, { ...known, ...fields }, headers);
};
const redeem = (id: Id, back: URL, more: Record<string, string> = {}): Promise<Reply> =>
  ask(id, {
    grant_type: 'authorization_code',
    code: back.searchParams.get('code') ?? '',
    redirect_uri: REDIRECT,
    code_verifier: VERIFIER,
    ...more,
  });
const renew = (id: Id, refreshToken: string): Promise<Reply> =>
  ask(id, { grant_type: 'refresh_token', refresh_token: refreshToken });
const granted = async (id: Id): Promise<Reply> => await redeem(id, await codeOf(id));
const refreshOf = (reply: Reply): string => textAt(reply.body, 'refresh_token');
const NO = { status: 400, body: { error: 'invalid_grant' } };

describe.each(['zoom', 'google', 'microsoft'] as const)('%s', (id) => {
  it('hands tokens out for a code once, within its five minutes, and to its asker alone', async () => {
    const back = await codeOf(id);
    expect(await redeem(id, back, { code_verifier: 'x'.repeat(43) })).toMatchObject(NO);
    expect(await redeem(id, back)).toMatchObject({ status: 200, body: { expires_in: 3599 } });
    expect(await redeem(id, back)).toMatchObject(NO);
    const late = await codeOf(id);
    sandbox.clock.advance({ minutes: 5 });
    expect(await redeem(id, late)).toMatchObject(NO);
    expect((await codeOf(id, { decision: 'deny' })).searchParams.get('error')).toBe('access_denied');
  });

  it('renews in its own way: Zoom replaces the token and refuses the old, Google keeps it, Microsoft adds one', async () => {
    const first = refreshOf(await granted(id));
    const renewed = await renew(id, first);
    expect([renewed.status, 'refresh_token' in renewed.body]).toEqual([200, id !== 'google']);
    const latest = id === 'google' ? first : refreshOf(renewed);
    expect(latest === first).toBe(id === 'google');
    expect((await renew(id, first)).status).toBe(id === 'zoom' ? 400 : 200);
    expect((await renew(id, latest)).status).toBe(200);
  });

  it('refuses both tokens of a grant that its person has ended', async () => {
    const grant = await granted(id);
    const authorization = `Bearer ${textAt(grant.body, 'access_token')}`;
    const { zoomApiUrl, googleApiUrl, msGraphUrl } = sandbox.addresses;
    const url = {
      zoom: `${zoomApiUrl}/users/me`,
      google: `${googleApiUrl}/calendars/primary/events`,
      microsoft: `${msGraphUrl}/me`,
    };
    expect((await call(url[id], 'GET', { authorization })).status).toBe(200);
    const ended = await sandbox.control('POST', 'grants/end', { provider: id, account: 'sarah@example.com' });
    expect(ended.body['ended']).toBeGreaterThanOrEqual(1);
    expect((await call(url[id], 'GET', { authorization })).status).toBe(401);
    expect(await renew(id, refreshOf(grant))).toMatchObject(NO);
  });

  it('lets a refresh token die that nobody used for long, by the clock of the sandbox', async () => {
    const days = id === 'google' ? 182 : 90;
    const used = await granted(id);
    sandbox.clock.advance({ hours: 24 * (days - 1) });
    const renewed = await renew(id, refreshOf(used));
    expect(renewed.status).toBe(200);
    const token = id === 'google' ? refreshOf(used) : refreshOf(renewed);
    sandbox.clock.advance({ hours: 24 * days });
    expect(await renew(id, token)).toMatchObject(NO);
  });

  it('suffers a fault of one person’s tokens and of nobody else’s', async () => {
    const sarah = refreshOf(await granted(id));
    const other = refreshOf(await redeem(id, await codeOf(id, { account: 'other@example.com' })));
    await sandbox.order({ provider: id, operation: 'token', status: 503, account: 'other@example.com', times: 1 });
    expect((await renew(id, sarah)).status).toBe(200);
    expect((await renew(id, other)).status).toBe(503);
    expect((await renew(id, other)).status).toBe(200);
  });
});

it('an app ends a grant at Zoom and Google; at Microsoft it cannot', async () => {
  const zoom = await granted('zoom');
  const { clientId, clientSecret } = sandbox.credentials.zoom.app;
  const asked = { token: textAt(zoom.body, 'access_token') };
  const at = sandbox.addresses;
  expect((await form(`${at.zoomOAuthUrl}/revoke`, asked, basic(clientId, clientSecret))).status).toBe(200);
  expect(await renew('zoom', refreshOf(zoom))).toMatchObject(NO);
  const google = await granted('google');
  expect((await form(`${at.googleOAuthUrl}/revoke`, { token: refreshOf(google) })).status).toBe(200);
  expect(await renew('google', refreshOf(google))).toMatchObject(NO);
  expect(await form(`${at.googleOAuthUrl}/revoke`, { token: 'x' })).toMatchObject({ status: 400 });
  const { tenantId } = sandbox.credentials.microsoft;
  expect((await form(`${at.msLoginUrl}/${tenantId}/oauth2/v2.0/revoke`, {})).status).toBe(404);
});
