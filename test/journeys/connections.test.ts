// Practitioners' own accounts: authorised by their consent, used for what is theirs, told of when they need a person, and
// ended. The browser is played by fetch; the providers' consent pages answer the same form to a script.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSealing } from '../../src/platform/sealing.ts';
import { SANDBOX_CREDENTIALS } from '../../src/sandbox/credentials.ts';
import { MICHAEL, SARAH, type Who } from '../cast.ts';
import { runCommand } from '../commands/run-command.ts';
import { booked, booking, openHouse, refusal, type Json, type OpenHouse } from '../open-house.ts';
import { openReceiver, verifiedAt } from '../webhooks/receiver.ts';

type ProviderId = 'zoom' | 'google' | 'microsoft';

const KEY = Buffer.alloc(32, 7).toString('base64');
const ENDPOINTS = '/api/webhook-endpoints';
const STAFF_EMAIL = 'office@example.com';
let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse({ settings: { ENCRYPTION_KEYS: `first:${KEY}`, STAFF_EMAIL } });
});
afterAll(() => house.close());
beforeEach(() => house.clearFaults());

const base = (practitionerId: number = SARAH.practitionerId): string =>
  `/api/practitioners/${practitionerId}/connections`;

async function begin(provider: ProviderId, who: Who = 'sarah', practitionerId: number = SARAH.practitionerId) {
  const answer = await house.post(who, base(practitionerId), { provider });
  expect(answer.status, answer.text).toBe(201);
  return String(answer.body['authorizationUrl']);
}

/** Answers the consent page; the address the browser is sent back to. */
async function consent(url: string, form: Readonly<Record<string, string | readonly string[]>>): Promise<string> {
  const page = await fetch(url);
  expect([page.status, (await page.text()).includes('wants to use')]).toEqual([200, true]);
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) [value].flat().forEach((one) => body.append(name, one));
  const answer = await fetch(url, { method: 'POST', body, redirect: 'manual' });
  expect(answer.status).toBe(302);
  return answer.headers.get('location') ?? '';
}

async function comeBack(address: string): Promise<string> {
  const page = await fetch(address, { redirect: 'manual' });
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  return /<h1>(.*)<\/h1>/.exec(await page.text())?.[1] ?? '';
}

async function connect(provider: ProviderId, account: string, who: Who = 'sarah', practitionerId?: number) {
  const url = await begin(provider, who, practitionerId);
  expect(await comeBack(await consent(url, { decision: 'approve', account }))).toBe('The account is connected');
}

const stateOf = async (provider: ProviderId): Promise<Json> => (await house.get('sarah', `${base()}/${provider}`)).body;

const disconnect = (provider: ProviderId) => house.ask('sarah', 'DELETE', `${base()}/${provider}`);

let day = 0;
async function book(platform: string, over: Json = {}): Promise<number> {
  const date = Temporal.PlainDate.from('2030-06-03').add({ days: Math.floor(day / 5) * 7 + (day % 5) });
  day += 1;
  return await booked(house, { date: date.toString(), videoMeetingConfig: { platform }, ...over });
}

const meetingOf = async (id: number): Promise<Json> =>
  ((await house.get('staff', `/api/appointments/${id}`)).body['meetingDetails'] ?? {}) as Json;

/** An account is told apart from the deployment's by where its things stand. */
async function inAccount(platform: string, account: string): Promise<number> {
  if (platform === 'zoom') return (await house.live.zoom()).filter((one) => one['host_email'] === account).length;
  if (platform === 'google-meet') {
    return (await house.live.google()).filter((one) => one['calendarId'] === account).length;
  }
  return (await house.live.microsoft()).filter((one) => one['calendarOwner'] === account).length;
}

async function endGrant(provider: ProviderId, account: string): Promise<void> {
  const answer = await fetch(`${house.sandboxUrl}/control/grants/end`, {
    method: 'POST',
    body: JSON.stringify({ provider, account }),
  });
  expect(await answer.json()).toEqual({ ended: 1 });
}

describe('an account that she connects', () => {
  test.each([
    ['zoom', 'zoom'],
    ['google', 'google-meet'],
    ['microsoft', 'teams'],
  ] as const)('of %s makes the meetings of her sessions, until she disconnects it', async (provider, platform) => {
    const account = `sarah.own@${provider}.example.com`;
    await connect(provider, account);
    expect(await stateOf(provider)).toMatchObject({
      provider,
      platform,
      state: 'connected',
      accountAddress: account,
      problem: null,
    });
    const id = await book(platform);
    expect(await meetingOf(id)).toMatchObject({ status: 'ready' });
    await house.until(
      () => inAccount(platform, account),
      (count) => count === 1,
    );
    const checked = await house.post('sarah', `${base()}/${provider}/check`, undefined);
    expect([checked.status, checked.body['state']]).toEqual([200, 'connected']);
    // A meeting of hers is cancelled with her account.
    expect((await house.put('staff', `/api/appointments/${id}/cancel`, {})).status).toBe(200);
    await house.until(
      () => inAccount(platform, account),
      (count) => count === 0,
    );
    const ended = await disconnect(provider);
    expect(ended.body).toMatchObject({
      connection: { state: 'disconnected' },
      revocation: provider === 'microsoft' ? 'by_hand' : 'revoked',
      removeAt: provider === 'microsoft' ? 'https://myapps.microsoft.com' : null,
    });
    const grants = (await (await fetch(`${house.sandboxUrl}/control/grants`)).json()) as Json[];
    expect(grants.find(({ address }) => address === account)?.['live']).toBe(provider === 'microsoft');
    await book(platform);
    expect(await inAccount(platform, account)).toBe(0);
  });
});

describe('an authorisation', () => {
  test('that she denies changes nothing', async () => {
    const url = await begin('zoom');
    expect(await comeBack(await consent(url, { decision: 'deny' }))).toBe('Nothing was connected');
  });

  test('without all that is needed is not accepted, and not kept at the provider', async () => {
    const account = 'narrow@example.com';
    const url = await begin('zoom', 'michael', MICHAEL.practitionerId);
    const granted = ['meeting:write:meeting', 'user:read:user'];
    const back = await consent(url, { decision: 'approve', account, scope: granted });
    expect(await comeBack(back)).toBe('The account was not connected');
    expect((await house.get('michael', base(MICHAEL.practitionerId))).body).toEqual({ connections: [] });
    const grants = (await (await fetch(`${house.sandboxUrl}/control/grants`)).json()) as Json[];
    expect(grants.filter((one) => one['address'] === account)).toMatchObject([{ live: false }]);
  });

  test('of another account that is too narrow leaves the one that stands as it is', async () => {
    const account = 'sarah.stands@example.com';
    await connect('zoom', account);
    const form = { decision: 'approve', account: 'somebody.else@example.com', scope: ['user:read:user'] };
    expect(await comeBack(await consent(await begin('zoom'), form))).toBe('The account was not connected');
    expect(await stateOf('zoom')).toMatchObject({ accountAddress: account, state: 'connected', problem: null });
    await disconnect('zoom');
  });

  test('of several accounts at once leaves one of them in force', async () => {
    const accounts = ['a', 'b', 'c'].map((name) => `sarah.${name}@example.com`);
    const backs = await Promise.all(
      accounts.map(async (account) => await consent(await begin('google'), { decision: 'approve', account })),
    );
    const ended = await Promise.all(backs.map(comeBack));
    expect(ended).toEqual(accounts.map(() => 'The account is connected'));
    const { accountAddress, state } = await stateOf('google');
    expect([accounts.includes(String(accountAddress)), state]).toEqual([true, 'connected']);
    await disconnect('google');
  });

  test('is used once, within ten minutes, and with the state that was handed out', async () => {
    const form = { decision: 'approve', account: 'sarah.once@example.com' };
    const first = await consent(await begin('google'), form);
    expect(await comeBack(first)).toBe('The account is connected');
    expect(await comeBack(first)).toBe('This link is used up');
    const late = await consent(await begin('google'), form);
    house.clock.advance({ minutes: 10 });
    expect(await comeBack(late)).toBe('This link is used up');
    const forged = new URL(await consent(await begin('google'), form));
    const [organisation = '', nonce = ''] = forged.searchParams.get('state')?.split('.') ?? [];
    for (const state of [
      '',
      'x',
      `${organisation}.${'A'.repeat(43)}`,
      `${house.organisations.other}.${nonce}`,
      `9999999999999999.${nonce}`,
      '9'.repeat(400),
    ]) {
      forged.searchParams.set('state', state);
      expect([state, await comeBack(forged.href)]).toEqual([state, 'This link is used up']);
    }
    await disconnect('google');
  });

  test('whose code is another’s does not connect', async () => {
    const form = { decision: 'approve', account: 'sarah.swap@example.com' };
    const [one, two] = [
      new URL(await consent(await begin('google'), form)),
      new URL(await consent(await begin('google'), form)),
    ];
    // The verifier of one request does not open the code of another (RFC 7636, 4.6).
    one.searchParams.set('code', two.searchParams.get('code') ?? '');
    expect(await comeBack(one.href)).toBe('The account was not connected');
  });

  test('is for herself and for staff; of others nobody sees or changes anything', async () => {
    for (const who of ['sarah', 'staff', 'service'] as const) await begin('zoom', who);
    for (const who of ['john', 'michael', 'foreignSarah'] as const) {
      const answers = [
        await house.post(who, base(), { provider: 'zoom' }),
        await house.get(who, base()),
        await house.get(who, `${base()}/zoom`),
        await house.post(who, `${base()}/zoom/check`, undefined),
        await house.ask(who, 'DELETE', `${base()}/zoom`),
      ];
      // The same id in another organisation is nobody.
      const expected = who === 'foreignSarah' ? [404, 200, 404, 404, 404] : [403, 403, 403, 403, 403];
      expect([who, answers.map(({ status }) => status)]).toEqual([who, expected]);
    }
    expect((await house.get(null, base())).status).toBe(401);
    expect(refusal(await house.post('staff', base(999_999), { provider: 'zoom' }))).toEqual([404, 'not_found']);
  });
});

const newsTo = async (address: string) =>
  (await house.live.mailsTo(address)).filter(({ subject }) => subject.includes(' is connected for '));
const toldOnce = async (address: string) =>
  (
    await house.until(
      () => newsTo(address),
      (mails) => mails.length > 0,
      { seconds: 2 },
    )
  )[0];

describe('a grant that has ended', () => {
  const account = 'sarah.ends@example.com';

  test('waits for her, tells her once, loses no booking, and is mended by connecting again', async () => {
    await connect('zoom', account);
    const before = (await house.live.mailsTo(SARAH.email)).length;
    await endGrant('zoom', account);
    const id = await book('zoom');
    expect(await meetingOf(id)).toEqual({ platform: 'zoom', status: 'failed' });
    expect(await stateOf('zoom')).toMatchObject({ state: 'needs_reconnect', problem: 'grant_ended' });
    await book('zoom');
    const troubled = async (address: string) =>
      (await house.live.mailsTo(address)).filter(({ subject }) => subject.includes('connected again'));
    await house.until(
      () => troubled(SARAH.email),
      (mails) => mails.length > 0,
      { seconds: 2 },
    );
    const [told] = await house.until(
      () => troubled(STAFF_EMAIL),
      (mails) => mails.length > 0,
      { seconds: 2 },
    );
    expect(told?.subject).toBe('The Zoom account of Dr. Sarah Johnson needs to be connected again');
    // Both bookings stand, and their clients were told so.
    await house.until(
      () => house.live.mailsTo('user@example.com'),
      (mails) => mails.length >= 2,
      { seconds: 2 },
    );
    expect(await inAccount('zoom', account)).toBe(0);
    await connect('zoom', account, 'staff');
    await house.until(
      () => meetingOf(id),
      ({ status }) => status === 'ready',
    );
    await house.until(
      () => inAccount('zoom', account),
      (count) => count === 2,
    );
    expect(await stateOf('zoom')).toMatchObject({ state: 'connected', problem: null });
    expect((await troubled(SARAH.email)).length).toBe(1);
    expect((await troubled(STAFF_EMAIL)).length).toBe(1);
    expect((await house.live.mailsTo(SARAH.email)).length).toBeGreaterThan(before);
  });

  test('is found out by a check before any booking meets it', async () => {
    await endGrant('zoom', account);
    const checked = await house.post('sarah', `${base()}/zoom/check`, undefined);
    expect(checked.body).toMatchObject({ state: 'needs_reconnect', problem: 'grant_ended' });
    await disconnect('zoom');
    expect(await stateOf('zoom')).toMatchObject({ state: 'disconnected' });
  });

  test('a provider that is away for the moment is no end', async () => {
    await connect('microsoft', account);
    await house.orderFault({ provider: 'microsoft', operation: 'read', status: 503, times: 9 });
    const checked = await house.post('sarah', `${base()}/microsoft/check`, undefined);
    expect(checked.body).toMatchObject({ state: 'connected', problem: 'no_answer' });
    await house.clearFaults();
    expect((await house.post('sarah', `${base()}/microsoft/check`, undefined)).body).toMatchObject({ problem: null });
    await disconnect('microsoft');
  });
});

describe('what stands already', () => {
  test('keeps to the account it was made with, whichever is in force by then', async () => {
    const account = 'sarah.later@example.com';
    const own = await book('zoom');
    const { meetingId } = await meetingOf(own);
    await connect('zoom', account);
    const move = { newDate: '2030-09-02', newTime: '10:00' };
    expect((await house.put('staff', `/api/appointments/${own}/reschedule`, move)).status).toBe(200);
    const moved = await house.until(
      async () => (await house.live.zoom()).find((one) => String(one['id']) === meetingId),
      (one) => one?.['start_time'] === '2030-09-02T14:00:00Z',
    );
    expect(moved?.['host_email']).toBe(SARAH.email);
    const hers = await book('zoom');
    const link = (await meetingOf(hers))['meetingUrl'];
    await disconnect('zoom');
    // What she took with her is left alone, and its link stands; moved, it is made anew where we can reach it.
    expect(await meetingOf(hers)).toMatchObject({ status: 'ready', meetingUrl: link });
    const again = { newDate: '2030-09-03', newTime: '10:00' };
    expect((await house.put('staff', `/api/appointments/${hers}/reschedule`, again)).status).toBe(200);
    await house.until(
      () => meetingOf(hers),
      ({ status, meetingUrl }) => status === 'ready' && meetingUrl !== link,
    );
    expect(await inAccount('zoom', account)).toBe(1);
  });
});

const check = async (provider: ProviderId, url = house.url): Promise<Json> => {
  const response = await fetch(`${url}${base()}/${provider}/check`, {
    method: 'POST',
    headers: { authorization: `Bearer ${house.tokenOf('sarah')}` },
  });
  return (await response.json()) as Json;
};

/** The provider's own word on an account: how often it was renewed, and whether it still lets us in. */
async function grantsOf(address: string): Promise<Json[]> {
  const grants = (await (await fetch(`${house.sandboxUrl}/control/grants`)).json()) as Json[];
  return grants.filter((one) => one['address'] === address);
}

const rotate = (keys: string) =>
  runCommand('rotate-keys', [], { DATABASE_URL: house.databaseUrl, ENCRYPTION_KEYS: keys });

describe('renewing', () => {
  const account = 'sarah.renews@example.com';
  test('is done once, however many processes find the access token run out', async () => {
    await connect('zoom', account);
    house.clock.advance({ hours: 2 });
    const neighbour = await house.openNeighbour();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_unused, at) => check('zoom', at % 2 === 0 ? house.url : neighbour)),
    );
    expect(answers.map(({ state, problem }) => [state, problem])).toEqual(answers.map(() => ['connected', null]));
    const grants = (await (await fetch(`${house.sandboxUrl}/control/grants`)).json()) as Json[];
    expect(grants.filter(({ address }) => address === account)).toMatchObject([{ renewals: 1 }]);
  });

  test('that is cut off after the provider has replaced the token ends the grant, and says why', async () => {
    house.clock.advance({ hours: 2 });
    // More than one: the deployment's own account may have to renew in this moment too.
    await house.orderFault({ provider: 'zoom', operation: 'token', dropAfterSuccess: true, times: 9 });
    expect(await check('zoom')).toMatchObject({ state: 'connected', problem: 'no_answer' });
    await house.clearFaults();
    expect(await check('zoom')).toMatchObject({ state: 'needs_reconnect', problem: 'lost_in_renewal' });
    await connect('zoom', account);
    expect(await check('zoom')).toMatchObject({ state: 'connected', problem: null });
    await disconnect('zoom');
  });

  test('while she disconnects still writes what it brought, and that is revoked afterwards', async () => {
    const late = 'sarah.leaves@example.com';
    await connect('zoom', late);
    house.clock.advance({ hours: 2 });
    // More than one: the deployment's own account may have to renew in this moment too.
    await house.orderFault({ provider: 'zoom', operation: 'token', latencyMs: 3_000, times: 9 });
    const renewal = check('zoom');
    await house.until(
      () => grantsOf(late),
      ([grant]) => grant?.['renewals'] === 1,
    );
    expect((await disconnect('zoom')).body).toMatchObject({ revocation: 'pending' });
    expect(await renewal).toMatchObject({ state: 'disconnected' });
    await house.clearFaults();
    expect(await grantsOf(late)).toMatchObject([{ live: true }]);
    house.clock.advance({ minutes: 1 });
    await house.until(
      () => grantsOf(late),
      ([grant]) => grant?.['live'] === false,
    );
    expect((await disconnect('zoom')).body).toMatchObject({ revocation: 'revoked' });
  });

  test('whose outcome nobody knows is never called revoked', async () => {
    const lost = 'sarah.lost@example.com';
    await connect('zoom', lost);
    const [before] = await house.rows('select id, sealed from connection where account_address = $1', [lost]);
    house.clock.advance({ hours: 2 });
    expect(await check('zoom')).toMatchObject({ state: 'connected', problem: null });
    expect(await grantsOf(lost)).toMatchObject([{ renewals: 1 }]);
    // As a process leaves it that dies in the middle: the old tokens, the lease running on, and no word of how it went.
    const until = house.clock.now().add({ seconds: 30 }).toString();
    const died = 'update connection set sealed = $2, refresh_until = $3 where id = $1 returning id';
    await house.rows(died, [before?.['id'], before?.['sealed'], until]);
    expect((await disconnect('zoom')).body).toMatchObject({ revocation: 'pending' });
    house.clock.advance({ minutes: 1 });
    await house.until(
      () => stateOf('zoom'),
      ({ problem }) => problem === 'not_revoked',
    );
    expect((await disconnect('zoom')).body).toMatchObject({ revocation: 'by_hand' });
    expect(await grantsOf(lost)).toMatchObject([{ live: true }]);
  });

  test('that is cut off harms nothing where the provider leaves the old token good', async () => {
    await connect('microsoft', account);
    house.clock.advance({ hours: 2 });
    // More than one: the deployment's own account may have to renew in this moment too.
    await house.orderFault({ provider: 'microsoft', operation: 'token', dropAfterSuccess: true, times: 9 });
    expect(await check('microsoft')).toMatchObject({ state: 'connected', problem: 'no_answer' });
    await house.clearFaults();
    expect(await check('microsoft')).toMatchObject({ state: 'connected', problem: null });
    await disconnect('microsoft');
  });

  test('goes on when the keys are rotated, and waits for a key that is missing; so do webhooks', async () => {
    await connect('google', account);
    const receiver = await openReceiver();
    const made = await house.post('staff', ENDPOINTS, { url: receiver.url, events: ['appointment.booked'] });
    const endpoint = `${ENDPOINTS}/${String(made.body['id'])}`;
    const second = `second:${Buffer.alloc(32, 9).toString('base64')}`;
    const there = await rotate(`${second},first:${KEY}`);
    expect([there.code, there.err]).toEqual([0, '']);
    expect(there.out).toMatch(/^Sealed anew with "second": connections [1-9]\d*, webhook secrets 1\.$/m);
    expect(there.out).toMatch(/"first" seals nothing any more: it may go\./);
    const [without, unset] = await Promise.all([
      rotate(`first:${KEY}`),
      runCommand('rotate-keys', [], { DATABASE_URL: house.databaseUrl }),
    ]);
    expect(without.code).toBe(1);
    for (const what of ['connections [1-9]\\d*', 'webhook secrets 1']) {
      expect(without.out).toMatch(new RegExp(`Not opened: ${what}, sealed with "second"\\. Put it back, or `));
    }
    expect([unset.code, unset.out]).toEqual([1, '']);
    expect(unset.err).toMatch(/^ENCRYPTION_KEYS is not set: .*nothing was changed/);
    // This process has not heard of the new key.
    expect(await check('google')).toMatchObject({ state: 'connected', problem: 'key_missing' });
    await book('zoom');
    const waits = await house.until(
      () => house.get('staff', endpoint),
      ({ body }) => body['lastError'] !== null,
    );
    expect(waits.body).toMatchObject({ state: 'active', lastError: 'secret_unreadable', failingSince: null, dead: 0 });
    expect(waits.body['lastErrorText']).toMatch(/nothing is lost.*ENCRYPTION_KEYS/);
    const back = await rotate(`first:${KEY},${second}`);
    expect([back.code, back.out.includes('"second" seals nothing any more')]).toEqual([0, true]);
    expect(await check('google')).toMatchObject({ state: 'connected', problem: null });
    house.clock.advance({ minutes: 15 });
    await house.until(
      () => Promise.resolve(receiver.got.length),
      (length) => length === 1,
    );
    const secret = String(made.body['secret']);
    expect(verifiedAt(house.clock.now(), secret, receiver.got[0]!)).toMatchObject({ type: 'appointment.booked' });
    await house.ask('staff', 'DELETE', endpoint);
    await receiver.close();
    await disconnect('google');
  }, 60_000);

  test('waits for the right key where another bears its id, and can be ended without', async () => {
    await connect('google', account);
    const { id } = await stateOf('google');
    const other = createSealing([{ id: 'first', key: Buffer.alloc(32, 8) }]);
    const { text } = await other.seal('{}', 'whatever');
    await house.rows('update connection set sealed = $2 where id = $1 returning id', [id, text]);
    expect(await check('google')).toMatchObject({ state: 'connected', problem: 'key_missing' });
    expect((await disconnect('google')).body).toMatchObject({ revocation: 'by_hand' });
  });
});

test('an account that two practitioners share goes on for the one when the other disconnects', async () => {
  const account = 'practice@example.com';
  await connect('google', account);
  await connect('google', account, 'michael', MICHAEL.practitionerId);
  const lasts = { revocation: 'shared', removeAt: null, connection: { state: 'disconnected', problem: 'shared' } };
  expect((await disconnect('google')).body).toMatchObject(lasts);
  expect((await disconnect('google')).body).toMatchObject(lasts);
  const kept = await house.rows('select sealed from connection where account_address = $1 order by id', [account]);
  expect(kept.map(({ sealed }) => sealed === null)).toEqual([true, false]);
  const ofMichael = `${base(MICHAEL.practitionerId)}/google`;
  const checked = await house.post('michael', `${ofMichael}/check`, undefined);
  expect(checked.body).toMatchObject({ state: 'connected', problem: null });
  // The last one ends it: at Google all that the app was granted by this account.
  expect((await house.ask('michael', 'DELETE', ofMichael)).body).toMatchObject({ revocation: 'revoked' });
  expect((await grantsOf(account)).map(({ live }) => live)).toEqual([false, false]);
});

test('where the deployment has no account of its own, hers is enough to be booked with', async () => {
  const { zoom } = SANDBOX_CREDENTIALS;
  const poor = await openHouse({
    sandboxUrl: house.sandboxUrl,
    settings: {
      SANDBOX: '0',
      ENCRYPTION_KEYS: `first:${KEY}`,
      ZOOM_CLIENT_ID: zoom.app.clientId,
      ZOOM_CLIENT_SECRET: zoom.app.clientSecret,
      ZOOM_API_URL: `${house.sandboxUrl}/zoom/v2`,
      ZOOM_OAUTH_URL: `${house.sandboxUrl}/zoom/oauth`,
      PUBLIC_URL: 'http://127.0.0.1:9',
    },
  });
  try {
    const body = { provider: 'google' };
    expect(refusal(await poor.post('sarah', base(), body))).toEqual([422, 'connections_not_configured']);
    expect(refusal(await poor.post('staff', '/api/appointments', booking()))).toEqual([
      422,
      'platform_not_configured',
      '/videoMeetingConfig/platform',
    ]);
    const begun = await poor.post('sarah', base(), { provider: 'zoom' });
    const account = 'sarah.alone@example.com';
    const back = new URL(await consent(String(begun.body['authorizationUrl']), { decision: 'approve', account }));
    expect(await comeBack(`${poor.url}${back.pathname}${back.search}`)).toBe('The account is connected');
    const answer = await poor.post('staff', '/api/appointments', booking());
    expect(answer.body['meetingDetails'], answer.text).toMatchObject({ platform: 'zoom', status: 'ready' });
    expect(await inAccount('zoom', account)).toBe(1);
  } finally {
    await poor.close();
  }
});

test('nothing of a grant is in an answer, in the log or legible in the database', async () => {
  await connect('google', 'sarah.secret@example.com');
  const dump = JSON.stringify(await house.dump(['connection', 'connection_request', 'journal']));
  const words = [dump, JSON.stringify(house.lines), JSON.stringify(await stateOf('google'))];
  for (const text of words) {
    expect(text).not.toMatch(/sandbox-refresh|sandbox\.(?:zoom|google|microsoft)\.|sandbox-code/);
  }
  expect(words[1]).not.toContain('sarah.secret');
  expect(dump).toContain('connection.connected');
});

describe('who is to know that an account is connected', () => {
  test('is whoever the account belongs to, and the practitioner, where its address is not hers', async () => {
    // A link made for one, opened by another: nobody but the owner of the account can know that it was not meant.
    const owner = 'somebody.else@example.com';
    const before = await newsTo(MICHAEL.email);
    const url = await begin('google', 'michael', MICHAEL.practitionerId);
    const back = await consent(url, { decision: 'approve', account: owner });
    const page = await (await fetch(back)).text();
    expect(page).toContain('Dr. Michael');
    expect(page).toContain(owner);
    expect(await toldOnce(owner)).toMatchObject({
      subject: expect.stringContaining('Your Google account is connected for '),
    });
    const mails = await house.until(
      () => newsTo(MICHAEL.email),
      (all) => all.length > before.length,
      { seconds: 2 },
    );
    expect(mails.at(-1)?.subject).toBe('A Google account is connected for you');
    expect(JSON.stringify(mails.at(-1))).toContain(owner);
    // Tried out at once, or connected again, it is told of no more.
    await house.post('michael', `${base(MICHAEL.practitionerId)}/google/check`, undefined);
    await connect('google', owner, 'michael', MICHAEL.practitionerId);
    const later = 'michael.marker@example.com';
    await connect('zoom', later, 'michael', MICHAEL.practitionerId);
    await toldOnce(later);
    expect((await newsTo(owner)).length).toBe(1);
    // Ended and begun anew it is news.
    await house.ask('michael', 'DELETE', `${base(MICHAEL.practitionerId)}/google`);
    await connect('google', owner, 'michael', MICHAEL.practitionerId);
    await house.until(
      () => newsTo(owner),
      (all) => all.length === 2,
      { seconds: 2 },
    );
    for (const provider of ['google', 'zoom']) {
      await house.ask('michael', 'DELETE', `${base(MICHAEL.practitionerId)}/${provider}`);
    }
  });

  test('is told once although the mail server is away, the account is tried out and connected again meanwhile', async () => {
    const owner = 'patient.owner@example.com';
    const before = (await newsTo(MICHAEL.email)).length;
    const failed = () => house.lines.filter(({ msg }) => msg === 'a letter about a connection did not leave').length;
    const failedBefore = failed();
    await house.orderFault({ provider: 'mail', operation: 'send', status: 451 });
    await connect('google', owner, 'michael', MICHAEL.practitionerId);
    await house.until(
      async () => failed(),
      (count) => count >= failedBefore + 2,
    );
    await house.clearFaults();
    await house.post('michael', `${base(MICHAEL.practitionerId)}/google/check`, undefined);
    await connect('google', owner, 'michael', MICHAEL.practitionerId);
    expect(await toldOnce(owner)).toBeDefined();
    const marker = 'michael.second@example.com';
    await connect('microsoft', marker, 'michael', MICHAEL.practitionerId);
    const hers = await house.until(
      () => newsTo(MICHAEL.email),
      (mails) => mails.length >= before + 2,
      { seconds: 2 },
    );
    expect([(await newsTo(owner)).length, hers.length]).toEqual([1, before + 2]);
    for (const provider of ['google', 'microsoft']) {
      await house.ask('michael', 'DELETE', `${base(MICHAEL.practitionerId)}/${provider}`);
    }
  });

  test('is told although there was trouble before, and it is looked at again in a week', async () => {
    const owner = 'troubled.owner@example.com';
    await house.orderFault({ provider: 'mail', operation: 'send', status: 451 });
    await connect('microsoft', owner);
    await house.orderFault({ provider: 'microsoft', operation: 'read', status: 401 });
    expect(await check('microsoft')).toMatchObject({ state: 'needs_reconnect' });
    await house.clearFaults();
    const dueOf = async () =>
      (
        await house.rows(`select announced, attend_at > $1 as later from connection where account_address = $2`, [
          house.clock.now().toString(),
          owner,
        ])
      )[0];
    await house.until(dueOf, (row) => row?.['later'] === null, { seconds: 5 });
    expect(await newsTo(owner)).toEqual([]);
    expect(await check('microsoft')).toMatchObject({ state: 'connected' });
    await toldOnce(owner);
    await house.until(dueOf, (row) => row?.['announced'] === true && row['later'] === true);
    await disconnect('microsoft');
  });

  test('is nobody where it is the address we have for her', async () => {
    await connect('google', SARAH.email);
    await connect('zoom', 'sarah.marker@example.com');
    await toldOnce('sarah.marker@example.com');
    const own = (await newsTo(SARAH.email)).filter(({ text }) => text.includes(`Account: ${SARAH.email}`));
    expect(own.length).toBe(0);
    await disconnect('google');
    await disconnect('zoom');
  });
});
