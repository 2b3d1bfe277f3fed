// Tokens of a real OpenID server, and of a platform that shares a secret: booked with, rotated under, forged, and asked for
// while the server is away.
import { createHmac } from 'node:crypto';
import { exportSPKI, importJWK, type CryptoKey } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issuerKeys } from '../../src/identity/issuer-keys.ts';
import { httpClient } from '../../src/platform/http/client.ts';
import { captureLog } from '../http/capture-log.ts';
import { forge, openIssuer, RESOURCE, signingKey, type OpenIssuer, type SigningKey } from '../identity/open-issuer.ts';
import { booking, openHouse, refusal, type Answer, type Json, type OpenHouse } from '../open-house.ts';

const SECRET = 'a secret of more than thirty-two letters';
const PLATFORM = 'https://platform.example';
let issuer: OpenIssuer;
let house: OpenHouse;
let first: SigningKey;
let stranger: SigningKey;

beforeAll(async () => {
  issuer = await openIssuer();
  [first, stranger] = await Promise.all([signingKey('first', 'RS256'), signingKey('first', 'RS256')]);
  issuer.rotate(first);
  house = await openHouse({
    worker: false,
    settings: {
      OIDC_ISSUER: issuer.url,
      OIDC_AUDIENCE: RESOURCE,
      OIDC_ROLE_CLAIM: 'realm_access.roles',
      OIDC_ROLES: 'booking-desk=staff,doctor=practitioner,patient=client,back-end=service',
      OIDC_PRACTITIONER_CLAIM: 'https://booking.example/practitioner',
      OIDC_ORGANISATION_CLAIM: 'tenant',
      // The first id there is: the practice's own.
      OIDC_ORGANISATIONS: 'here=1000,nowhere=999999999',
      JWT_ISSUER: PLATFORM,
      JWT_AUDIENCE: RESOURCE,
      JWT_SECRET: SECRET,
      JWT_DEFAULT_ROLE: 'client',
      JWT_SUBJECT_PREFIX: 'platform|',
    },
  });
});
afterAll(async () => {
  await house.close();
  await issuer.stop();
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const list = (token: string, userId = 'nobody') => house.get(null, `/api/users/${userId}/appointments`, bearer(token));
const roles = (...names: string[]) => ({ realm_access: { roles: names }, tenant: 'here' });
/** Ten seconds after a look at the keys the next one may follow. */
const coolDown = () => house.clock.advance({ seconds: 11 });
const seconds = () => Math.floor(house.clock.now().epochMilliseconds / 1000);
const looks = () => issuer.asked.filter((path) => path === '/jwks').length;

const good = () => ({
  iss: issuer.url,
  aud: RESOURCE,
  sub: 'u',
  iat: seconds(),
  exp: seconds() + 3_600,
  ...roles('booking-desk'),
});
const b64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const hs256 = (key: string, claims: object, header: object = {}) => {
  const signed = `${b64({ alg: 'HS256', typ: 'JWT', ...header })}.${b64(claims)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
};
const publicPem = async () => {
  const { kty, n, e } = first.jwk;
  return await exportSPKI((await importJWK({ kty: kty!, n: n!, e: e! }, 'RS256')) as CryptoKey);
};

/** A token of the platform. */
const platformToken = (claims: Json) =>
  hs256(SECRET, { iss: PLATFORM, aud: RESOURCE, exp: seconds() + 86_400, ...claims });

let day = 0;
function fresh(over: Json = {}): Json {
  day += 1;
  const date = Temporal.PlainDate.from('2030-08-05').add({ days: Math.floor(day / 5) * 7 + (day % 5) });
  return booking({ date: date.toString(), videoMeetingConfig: undefined, ...over });
}

describe('a token of the OpenID server', () => {
  test('of a person who signed in books for her, moves, lists and cancels, and for nobody else', async () => {
    const claims = {
      ...roles('offline', 'patient'),
      email: 'mia@example.com',
      email_verified: true,
      name: 'Mia Wallace',
    };
    const token = await issuer.personToken('auth|mia', claims);
    const body = fresh({ userId: 'auth|mia', userEmail: 'mia@example.com', userName: undefined });
    const made = await house.post(null, '/api/appointments', body, bearer(token));
    expect(made.status, made.text).toBe(201);
    const path = `/api/appointments/${String(made.body['appointmentId'])}`;
    expect((await house.get(null, path, bearer(token))).status).toBe(200);
    const move = { newDate: '2030-09-30', newTime: '10:00:00' };
    expect((await house.put(null, `${path}/reschedule`, move, bearer(token))).status).toBe(200);
    expect((await list(token, 'auth|mia')).body['appointments']).toHaveLength(1);
    expect(refusal(await list(token, 'user-uuid'))).toEqual([403, 'forbidden']);
    const elsewhere = fresh({ userId: 'auth|mia', userEmail: 'stranger@example.com' });
    expect(refusal(await house.post(null, '/api/appointments', elsewhere, bearer(token)))).toEqual([
      422,
      'does_not_match',
      '/userEmail',
    ]);
    expect((await house.put(null, `${path}/cancel`, {}, bearer(token))).status).toBe(200);
    // Our own clients, and tokens, go on as ever.
    expect((await house.get('john', '/api/users/user-uuid/appointments')).status).toBe(200);
  });

  test('of a machine is a service, with the roles the settings give it', async () => {
    const token = await issuer.machineToken(roles('back-end'));
    const { status } = await house.post(
      null,
      '/api/appointments',
      fresh({ userId: 'by-machine', userEmail: 'm@example.com' }),
      bearer(token),
    );
    expect(status).toBe(201);
    const both = await issuer.machineToken(roles('patient', 'booking-desk'));
    expect((await house.get(null, '/api/api-keys', bearer(both))).status).toBe(200);
  });

  test('of a practitioner is hers by the id in its claim', async () => {
    const hers = await issuer.machineToken({ ...roles('doctor'), 'https://booking.example/practitioner': '123' });
    const seen = (id: number) => house.get(null, `/api/practitioners/${id}`, bearer(hers));
    expect([(await seen(123)).body['email'], (await seen(789)).body['email']]).toEqual([
      'practitioner@example.com',
      undefined,
    ]);
  });

  test.each<[string, Json, RegExp]>([
    ['no role', { tenant: 'here' }, /role/],
    ['roles that mean nothing here', roles('offline', 'staff'), /role/],
    ['no organisation', { realm_access: { roles: ['patient'] } }, /organisation/],
    ['an organisation nobody mapped', { ...roles('patient'), tenant: 'elsewhere' }, /organisation/],
    ['an organisation that does not exist', { ...roles('patient'), tenant: 'nowhere' }, /organisation/],
    ['a practitioner without an id', roles('doctor'), /practitioner/],
  ])('with %s is known, and may do nothing', async (_what, claims, message) => {
    const answer = await list(await issuer.machineToken(claims));
    expect([...refusal(answer), answer.body['message']]).toEqual([403, 'forbidden', expect.stringMatching(message)]);
  });

  test('with an address nobody has shown to be hers books nothing', async () => {
    const claims = { ...roles('patient'), email: 'victim@example.com', email_verified: false };
    const token = await issuer.machineToken(claims);
    const body = fresh({ userId: 'back-end', userEmail: 'victim@example.com' });
    const answer = await house.post(null, '/api/appointments', body, bearer(token));
    expect([...refusal(answer), answer.body['message']]).toEqual([403, 'forbidden', expect.stringMatching(/e-mail/)]);
  });

  test('that was seen before asks the server nothing more', async () => {
    const before = looks();
    for (let i = 0; i < 5; i += 1) await list(await issuer.machineToken(roles('back-end')));
    expect(looks()).toBe(before);
  });
});

describe('is refused', () => {
  test('nothing of a token as it should be', async () => {
    expect((await list(await forge(first, good()))).status).toBe(200);
    expect((await list(await forge(first, { ...good(), aud: ['another', RESOURCE] }, { typ: 'at+jwt' }))).status).toBe(
      200,
    );
    expect((await list(hs256(SECRET, { ...good(), iss: PLATFORM, role: 'staff' }))).status).toBe(200);
  });

  test.each<[string, () => string | Promise<string>]>([
    ['expired', () => forge(first, { ...good(), exp: seconds() - 31 })],
    ['not yet valid', () => forge(first, { ...good(), nbf: seconds() + 60 })],
    ['issued in the future', () => forge(first, { ...good(), iat: seconds() + 60 })],
    ['without an end', () => forge(first, { ...good(), exp: undefined })],
    ['with an end that is no number', () => forge(first, { ...good(), exp: 'never' })],
    ['for another audience', () => forge(first, { ...good(), aud: 'https://another.example' })],
    ['for no audience', () => forge(first, { ...good(), aud: undefined })],
    ['of another issuer', () => forge(first, { ...good(), iss: 'https://evil.example' })],
    ['of an issuer that is nearly ours', () => forge(first, { ...good(), iss: `${issuer.url}/` })],
    ['of no issuer', () => forge(first, { ...good(), iss: undefined })],
    ['that calls itself ours', () => forge(first, { ...good(), iss: 'slotkeeper', aud: 'slotkeeper' })],
    ['that is another kind of token', () => forge(first, good(), { typ: 'logout+jwt' })],
    ['with an extension nobody knows', () => hs256(SECRET, { ...good(), iss: PLATFORM }, { crit: ['x'], x: 1 })],
    ['signed by a stranger under a known key id', () => forge(stranger, good())],
    ['signed by an unknown key', async () => forge(await signingKey('unknown', 'ES256'), good())],
    [
      'under an algorithm that is not allowed',
      async () => forge({ ...first, alg: 'RS512', key: (await importJWK(first.jwk, 'RS512')) as CryptoKey }, good()),
    ],
    ['under no algorithm', () => `${b64({ alg: 'none', typ: 'JWT' })}.${b64(good())}.`],
    ['under no algorithm, with a signature', () => `${b64({ alg: 'none' })}.${b64(good())}.AAAA`],
    ['under HS256 with the public key as secret', async () => hs256(await publicPem(), good())],
    [
      'under HS256 with the public key, by the issuer with a secret',
      async () => hs256(await publicPem(), { ...good(), iss: PLATFORM }),
    ],
    ['of the OpenID server under the platform’s secret', () => hs256(SECRET, good(), { kid: 'first' })],
    ['of the platform under the OpenID server’s key', () => forge(first, { ...good(), iss: PLATFORM })],
    [
      'of our own under the platform’s secret',
      () => hs256(SECRET, { ...good(), iss: 'slotkeeper', aud: 'slotkeeper', org: 1000, role: 'staff', jti: 'j' }),
    ],
    [
      'with claims changed after it was signed',
      async () => {
        const [head = '', , signature = ''] = (await forge(first, good())).split('.');
        return `${head}.${b64({ ...good(), sub: 'another' })}.${signature}`;
      },
    ],
    ['that is a list', () => `${b64({ alg: 'RS256' })}.${b64([])}.AAAA`],
    ['that is no JSON', () => `${b64({ alg: 'RS256' })}.AAAA.AAAA`],
    ['far too long', () => forge(first, { ...good(), padding: 'x'.repeat(9_500) })],
  ])('a token %s', async (_what, token) => {
    coolDown();
    expect(refusal(await list(await token()))).toEqual([401, 'unauthenticated']);
  });

  test('a token at the instant its skew is over, though it was believed a moment before', async () => {
    const at = seconds();
    const token = await forge(first, { ...good(), iat: at, exp: at + 5 });
    expect((await list(token)).status).toBe(200);
    house.clock.advance({ seconds: 34 });
    expect((await list(token)).status).toBe(200);
    house.clock.advance({ seconds: 1 });
    expect((await list(token)).status).toBe(401);
  });
});

describe('a platform that shares a secret', () => {
  test('has its people book as clients, under subjects of its own', async () => {
    const hers = platformToken({ sub: 4711, email: 'p@example.com' });
    const body = fresh({ userId: 'platform|4711', userEmail: 'p@example.com' });
    expect((await house.post(null, '/api/appointments', body, bearer(hers))).status).toBe(201);
    expect((await list(hers, 'platform|4711')).body['appointments']).toHaveLength(1);
    const unnamed = fresh({ userId: 'platform|4711', userEmail: 'p@example.com', userName: undefined });
    expect(refusal(await house.post(null, '/api/appointments', unnamed, bearer(hers)))).toEqual([
      400,
      'invalid_request',
      '/userName',
    ]);
  });

  test('names roles as the settings have them', async () => {
    expect((await house.get(null, '/api/api-keys', bearer(platformToken({ sub: 'd', role: 'staff' })))).status).toBe(
      200,
    );
    expect((await house.get(null, '/api/api-keys', bearer(platformToken({ sub: 'd', role: 'admin' })))).status).toBe(
      403,
    );
  });
});

describe('keys', () => {
  test('that are new serve without a restart, of another kind too; those withdrawn serve no more', async () => {
    const old = await issuer.machineToken(roles('back-end'));
    expect((await list(old)).status).toBe(200);
    const second = await signingKey('second', 'ES256');
    issuer.rotate(second, first);
    coolDown();
    const rotated = await issuer.machineToken(roles('back-end'));
    expect((await list(rotated)).status).toBe(200);
    expect((await list(old)).status).toBe(200);
    issuer.rotate(second);
    house.clock.advance({ minutes: 11 });
    expect((await list(rotated)).status).toBe(200);
    expect((await list(old)).status).toBe(401);
  });

  test('are asked for once in ten seconds at most, however many tokens name others', async () => {
    coolDown();
    const unknown = await Promise.all(
      Array.from({ length: 20 }, async (_, at) => forge(await signingKey(`no-${at}`, 'ES256'), { iss: issuer.url })),
    );
    const before = looks();
    const answers = await Promise.all(unknown.map((token) => list(token)));
    for (const token of unknown) answers.push(await list(token));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect(looks() - before).toBeLessThanOrEqual(1);
  });

  test('that are cached serve on while the server is away; what cannot be checked is 503, our own tokens and keys never', async () => {
    const held = await issuer.machineToken(roles('back-end'));
    expect((await list(held)).status).toBe(200);
    await issuer.stop();
    house.clock.advance({ minutes: 30 });
    expect((await list(held)).status).toBe(200);
    const third = await signingKey('third', 'RS256');
    const unknown = await forge(third, {
      iss: issuer.url,
      aud: RESOURCE,
      sub: 'u',
      exp: seconds() + 86_400 * 2,
      ...roles('patient'),
    });
    const away = await list(unknown);
    expect(refusal(away)).toEqual([503, 'issuer_unavailable']);
    expect(Number(away.headers.get('retry-after'))).toBeGreaterThan(0);
    // Also from a process that never had the keys.
    const http = httpClient({ clock: house.clock, log: captureLog().log });
    const elsewhere = issuerKeys({ http, clock: house.clock }, { issuer: issuer.url, url: null });
    await expect(elsewhere.count()).rejects.toMatchObject({ code: 'issuer_unavailable' });
    expect((await house.get('staff', '/api/users/x/appointments')).status).toBe(200);
    const key = await house.post('staff', '/api/api-keys', { name: 'x', scopes: ['appointments:read'] });
    expect((await list(String(key.body['secret']))).status).toBe(200);
    house.clock.advance({ hours: 24 });
    expect(refusal(await list(held))).toEqual([503, 'issuer_unavailable']);
    await issuer.start();
    issuer.rotate(third);
    coolDown();
    expect((await list(unknown, 'u')).status).toBe(200);
  });

  test('and tokens stand in no line of the log', async () => {
    const token = await issuer.machineToken({
      ...roles('patient'),
      email: 'secret.address@example.com',
      name: 'Secret Name',
    });
    await list(token);
    const written = JSON.stringify(house.lines);
    for (const words of [token.slice(0, 80), token.slice(-80), 'secret.address', 'Secret Name', SECRET]) {
      expect(written).not.toContain(words);
    }
  });
});

test('a public address refuses a bad token too', async () => {
  const path = '/api/practitioners/123/availability?date=2030-06-20';
  const answers: Answer[] = [
    await house.get(null, path, bearer(await forge(first, { iss: issuer.url }, { kid: 'zz' }))),
  ];
  expect(answers.map((one) => refusal(one))).toEqual([[401, 'unauthenticated']]);
});
