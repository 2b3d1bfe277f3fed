// The settings of tokens that others issue: on when an issuer is named, and then complete, or the start says what is missing.
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';

const OIDC = { OIDC_ISSUER: 'https://id.example.org/', OIDC_AUDIENCE: 'booking' };
const JWT = { JWT_ISSUER: 'platform', JWT_AUDIENCE: 'booking', JWT_SECRET: 's'.repeat(32) };

function mistakesOf(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes.join('\n');
    throw error;
  }
  return '';
}

describe('unset', () => {
  test('no issuer but ourselves is believed', () => {
    expect(readConfig({}).issuers).toEqual([]);
  });
});

describe('an OpenID issuer', () => {
  test('is taken to the letter, its slash too, with our own names for roles and claims', () => {
    expect(readConfig(OIDC).issuers).toEqual([
      {
        issuer: 'https://id.example.org/',
        audiences: ['booking'],
        skewSeconds: 30,
        signedBy: { kind: 'jwks', url: null, algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'] },
        claims: {
          audience: 'aud',
          subject: 'sub',
          subjectPrefix: '',
          email: 'email',
          name: 'name',
          role: 'role',
          roles: [
            ['staff', 'staff'],
            ['service', 'service'],
            ['practitioner', 'practitioner'],
            ['client', 'client'],
          ],
          defaultRole: null,
          practitioner: 'practitioner',
          organisation: null,
          organisations: [],
        },
      },
    ]);
  });

  test('has roles and organisations as pairs, parted by the last equals sign', () => {
    const [issuer] = readConfig({
      ...OIDC,
      OIDC_ROLES: ' cn=desk=staff , patient=client',
      OIDC_ORGANISATION_CLAIM: 'tenant',
      OIDC_ORGANISATIONS: 'north=1000,south=2000',
    }).issuers;
    expect(issuer?.claims).toMatchObject({
      roles: [
        ['cn=desk', 'staff'],
        ['patient', 'client'],
      ],
      organisations: [
        ['north', 1000],
        ['south', 2000],
      ],
    });
  });

  test.each(['staff', 'service'])('that makes everybody %s by default is warned of', (role) => {
    const { warnings } = readConfig({ ...OIDC, OIDC_DEFAULT_ROLE: role });
    expect(warnings.join('\n')).toMatch(/OIDC_DEFAULT_ROLE is (staff|service): whoever/);
    expect(readConfig({ ...OIDC, OIDC_DEFAULT_ROLE: 'client' }).warnings.join('\n')).not.toMatch(/DEFAULT_ROLE/);
  });

  test('over plain http is warned of', () => {
    const { warnings } = readConfig({ ...OIDC, OIDC_ISSUER: 'http://id.example.org' });
    expect(warnings.join('\n')).toMatch(/plain http/);
  });
});

test('two issuers whose subjects could be taken for each other are warned of', () => {
  expect(readConfig({ ...OIDC, ...JWT }).warnings.join('\n')).toMatch(/SUBJECT_PREFIX/);
  expect(readConfig({ ...OIDC, ...JWT, JWT_SUBJECT_PREFIX: 'p|' }).warnings).toEqual([]);
});

describe('the start is refused', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ['without an audience', { OIDC_ISSUER: 'https://id.example.org' }, /OIDC_AUDIENCE is not set/],
    [
      'for settings without their issuer',
      { OIDC_AUDIENCE: 'x', OIDC_ROLES: 'a=staff' },
      /OIDC_AUDIENCE, OIDC_ROLES is/,
    ],
    ['for an issuer called as we are', { ...OIDC, OIDC_ISSUER: 'slotkeeper' }, /must not be "slotkeeper"/],
    ['for an issuer that is no address, and no keys', { ...OIDC, OIDC_ISSUER: 'us' }, /set OIDC_JWKS_URL/],
    ['for a symmetric algorithm', { ...OIDC, OIDC_ALGORITHMS: 'RS256,HS256' }, /HS256 is not/],
    ['for no algorithm', { ...OIDC, OIDC_ALGORITHMS: 'none' }, /none is not/],
    ['for a role that does not exist', { ...OIDC, OIDC_ROLES: 'a=admin' }, /OIDC_ROLES.*"a=admin"/],
    ['for a default role that does not exist', { ...OIDC, OIDC_DEFAULT_ROLE: 'user' }, /OIDC_DEFAULT_ROLE.*"user"/],
    ['for an organisation claim without names', { ...OIDC, OIDC_ORGANISATION_CLAIM: 'org' }, /needed together/],
    ['for an organisation that is no id', { ...JWT, JWT_ORGANISATION_CLAIM: 'o', JWT_ORGANISATIONS: 'a=b' }, /"a=b"/],
    ['for a skew of hours', { ...OIDC, OIDC_CLOCK_SKEW_SECONDS: '3600' }, /0 to 300/],
    ['without a shared secret', { JWT_ISSUER: 'p', JWT_AUDIENCE: 'b' }, /JWT_SECRET must have at least 32/],
    ['for a short secret', { ...JWT, JWT_SECRET: 'short' }, /it has 5/],
    ['for a secret that signs our own', { ...JWT, TOKEN_SECRET: JWT.JWT_SECRET }, /are the same/],
    ['for a long prefix', { ...JWT, JWT_SUBJECT_PREFIX: 'x'.repeat(33) }, /at most 32/],
  ])('%s', (_what, env, message) => {
    expect(mistakesOf(env)).toMatch(message);
  });

  test('and no secret stands in what is said', () => {
    expect(mistakesOf({ ...JWT, JWT_AUDIENCE: '', TOKEN_SECRET: JWT.JWT_SECRET })).not.toContain(JWT.JWT_SECRET);
  });
});
