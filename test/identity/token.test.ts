// Tokens: what is issued is accepted until it expires, and nothing else is, however much it looks like one.
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { jwtVerify, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { issueToken, verifyToken, type TokenClaims } from '../../src/identity/token.ts';

const KEY = Buffer.alloc(32, 7);
const NOW = Temporal.Instant.from('2030-01-01T00:00:00Z');
const SECONDS = NOW.epochMilliseconds / 1000;
const CLIENT: TokenClaims = { role: 'client', subject: 'user-1', organisationId: 5, email: 'a@b.example' };

const good = {
  iss: 'slotkeeper',
  aud: 'slotkeeper',
  sub: 'u',
  role: 'client',
  org: 5,
  iat: SECONDS,
  exp: SECONDS + 60,
  jti: 'j',
};
const b64 = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

function forge(claims: unknown, header: unknown = { alg: 'HS256', typ: 'JWT' }, key = KEY): string {
  const signed = `${b64(header)}.${b64(claims)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

describe('a token', () => {
  it('says who its holder is', () => {
    expect(verifyToken(KEY, issueToken(KEY, CLIENT, NOW), NOW)?.actor).toEqual({
      organisationId: 5,
      role: 'client',
      subject: 'user-1',
      email: 'a@b.example',
      practitionerId: null,
      key: 'client:user-1',
    });
    const hers = issueToken(KEY, { role: 'practitioner', subject: 'p', organisationId: 5, practitionerId: 123 }, NOW);
    expect(verifyToken(KEY, hers, NOW)?.actor).toMatchObject({
      role: 'practitioner',
      practitionerId: 123,
      email: null,
    });
  });

  it('lasts a year unless told otherwise, and half a minute for clocks that differ', () => {
    const token = issueToken(KEY, CLIENT, NOW);
    const end = NOW.add({ hours: 24 * 365 });
    expect(verifyToken(KEY, token, end.add({ seconds: 29 }))).not.toBeNull();
    expect(verifyToken(KEY, token, end.add({ seconds: 30 }))).toBeNull();
    expect(verifyToken(KEY, token, NOW.subtract({ seconds: 30 }))).not.toBeNull();
    expect(verifyToken(KEY, token, NOW.subtract({ seconds: 31 }))).toBeNull();
    expect(verifyToken(KEY, issueToken(KEY, CLIENT, NOW, 1), NOW.add({ hours: 25 }))).toBeNull();
  });

  it('is a JWT to an independent reader, and one written elsewhere with our key is ours', async () => {
    const options = { issuer: 'slotkeeper', audience: 'slotkeeper', algorithms: ['HS256'] };
    const currentDate = new Date(NOW.epochMilliseconds);
    const { payload } = await jwtVerify(issueToken(KEY, CLIENT, NOW), KEY, { ...options, currentDate });
    expect(payload).toMatchObject({ sub: 'user-1', role: 'client', org: 5 });
    const token = await new SignJWT(good).setProtectedHeader({ alg: 'HS256' }).sign(KEY);
    expect(verifyToken(KEY, token, NOW)?.actor.subject).toBe('u');
  });

  it('holds any subject of 128 characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 128 }), (subject) => {
        if (Array.from(subject).length > 128 || /\p{Cc}/u.test(subject)) return;
        expect(verifyToken(KEY, issueToken(KEY, { ...CLIENT, subject }, NOW), NOW)?.actor.subject).toBe(subject);
      }),
    );
    const long = {
      role: 'client',
      subject: '😀'.repeat(128),
      organisationId: 5,
      email: `${'é'.repeat(240)}@b.example`,
    } as const;
    expect(verifyToken(KEY, issueToken(KEY, long, NOW), NOW)).not.toBeNull();
  });

  it.each<[string, Partial<TokenClaims>, number?]>([
    ['no subject', { subject: '' }],
    ['too long a subject', { subject: 'x'.repeat(129) }],
    ['a line break in the subject', { subject: 'a\nb' }],
    ['no organisation', { organisationId: 0 }],
    ['no address for an address', { email: 'nobody' }],
    ['a client without an address', { email: null }],
    ['a practitioner without an id', { role: 'practitioner' }],
    ['a client with a practitioner id', { practitionerId: 1 }],
    ['no days', {}, 0],
    ['too many days', {}, 5_000],
  ])('is not issued with %s', (_what, change, days) => {
    expect(() => issueToken(KEY, { ...CLIENT, ...change }, NOW, days)).toThrow(RangeError);
  });

  it('is not issued or checked with a short key', () => {
    expect(() => issueToken(Buffer.alloc(31), CLIENT, NOW)).toThrow(RangeError);
    expect(() => verifyToken(Buffer.alloc(31), forge(good), NOW)).toThrow(RangeError);
  });
});

describe('no token of ours', () => {
  const whole = forge(good);
  const [head, body, signature] = whole.split('.') as [string, string, string];
  const without = (name: string) => forge(Object.fromEntries(Object.entries(good).filter(([key]) => key !== name)));
  const cases: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['dots', '..'],
    ['no signature', `${head}.${body}.`],
    ['another signature', `${head}.${body}.${'A'.repeat(43)}`],
    ['the same bits in other letters', `${head}.${body}.${signature.slice(0, 42)}${other(signature.at(-1) ?? 'A')}`],
    ['another key', forge(good, undefined, Buffer.alloc(32, 8))],
    ['alg none, unsigned', `${b64({ alg: 'none' })}.${body}.`],
    ['alg none, signed', forge(good, { alg: 'none' })],
    ['alg HS512', forge(good, { alg: 'HS512' })],
    ['alg in small letters', forge(good, { alg: 'hs256' })],
    ['an extension that must be understood', forge(good, { alg: 'HS256', crit: ['b64'], b64: false })],
    ['another type', forge(good, { alg: 'HS256', typ: 'at+jwt' })],
    ['a header that is a list', forge(good, ['HS256'])],
    ['claims that are no JSON', forge('{')],
    ['claims that are null', forge('null')],
    ['changed claims', `${head}.${b64({ ...good, role: 'service' })}.${signature}`],
    ['another issuer', forge({ ...good, iss: 'other' })],
    ['another audience', forge({ ...good, aud: 'other' })],
    ['a list of audiences', forge({ ...good, aud: ['slotkeeper'] })],
    ['a made-up role', forge({ ...good, role: 'root' })],
    ['the role of nobody', forge({ ...good, role: 'anonymous' })],
    ['an organisation as text', forge({ ...good, org: '5' })],
    ['no end', without('exp')],
    ['no beginning', without('iat')],
    ['no subject', without('sub')],
    ['no id', without('jti')],
    ['an end as text', forge({ ...good, exp: '9999999999' })],
    ['an end before its beginning', forge({ ...good, exp: SECONDS - 1 })],
    ['a beginning to come', forge({ ...good, nbf: SECONDS + 31 })],
    ['a NUL in the subject', forge({ ...good, sub: 'a\0b' })],
    ['a practitioner id on a client', forge({ ...good, practitioner: 1 })],
    ['a fourth part', `${whole}.x`],
    ['spaces', ` ${whole}`],
    ['ten thousand letters', `${head}.${'A'.repeat(10_000)}.${signature}`],
  ];
  it.each(cases)('%s', (_what, token) => {
    expect(verifyToken(KEY, token, NOW)).toBeNull();
  });

  it('any single letter changed', () => {
    expect(verifyToken(KEY, whole, NOW)).not.toBeNull();
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.constantFrom('A', 'B', 'a', 'b', '0', '-', '_', '.'), (at, letter) => {
        const changed = whole.slice(0, at) + letter + whole.slice(at + 1);
        expect(verifyToken(KEY, changed, NOW) === null).toBe(changed !== whole);
      }),
    );
  });
});

/** A letter that differs only in the two bits base64url leaves over. */
function other(letter: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return letters[letters.indexOf(letter) ^ 1] ?? '';
}
