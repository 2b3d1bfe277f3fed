// What claims mean: where they are found, which of several roles counts, and what is not believed of them.
import { describe, expect, test } from 'vitest';
import { actorOfClaims, claimAt, type ClaimMap, type Claims } from '../../src/identity/outside-claims.ts';
import { Refusal } from '../../src/platform/refusal.ts';

const MAP: ClaimMap = {
  audience: 'aud',
  subject: 'sub',
  subjectPrefix: '',
  email: 'email',
  name: 'name',
  role: 'role',
  roles: [
    ['Front Desk', 'staff'],
    ['booking:client', 'client'],
    ['doctor', 'practitioner'],
  ],
  defaultRole: null,
  practitioner: 'doctor_id',
  organisation: null,
  organisations: [],
};
const actor = (claims: Claims, map: Partial<ClaimMap> = {}) => {
  const made = actorOfClaims({ sub: 'u', role: 'Front Desk', ...claims }, { ...MAP, ...map }, 7);
  return made instanceof Refusal ? made.code : made;
};

describe('a claim', () => {
  test.each<[string, unknown]>([
    ['plain', 1],
    ['a.b', 'by its own name'],
    ['a.c', 'by its path'],
    ['https://x.example/role', 'an address'],
    ['a.none', undefined],
    ['plain.toString', undefined],
    ['__proto__', undefined],
    ['constructor.name', undefined],
    ['list.0', 'first'],
  ])('at %s', (path, value) => {
    const claims = {
      plain: 1,
      'a.b': 'by its own name',
      a: { b: 'hidden', c: 'by its path' },
      'https://x.example/role': 'an address',
      list: ['first'],
    };
    expect(claimAt(claims, path)).toBe(value);
  });
});

describe('the role', () => {
  test.each<[unknown, unknown]>([
    ['Front Desk', 'staff'],
    [['booking:client', 'Front Desk'], 'staff'],
    ['openid booking:client profile', 'client'],
    [['booking:client', 7, null], 'client'],
    ['staff', 'forbidden'],
    ['front desk', 'forbidden'],
    [{ role: 'Front Desk' }, 'forbidden'],
    [undefined, 'forbidden'],
  ])('of %j is %s', (role, expected) => {
    const made = actor({ role });
    expect(typeof made === 'string' ? made : made.role).toBe(expected);
  });

  test('is the default for whom names none of ours, where there is a default', () => {
    expect(actor({ role: 'x' }, { defaultRole: 'client' })).toMatchObject({ role: 'client', key: 'client:u' });
  });
});

describe('the subject', () => {
  test.each([undefined, '', 'x'.repeat(129), 'a\nb', true, {}, 1.5, -1])('%j is none', (sub) => {
    expect(actor({ sub })).toBe('forbidden');
  });

  test('may be a number, and bears its prefix', () => {
    expect(actor({ sub: 4711 }, { subjectPrefix: 'p|' })).toMatchObject({ subject: 'p|4711', key: 'staff:p|4711' });
  });
});

test.each<[Claims, string | null]>([
  [{ email: 'a@b.example' }, 'a@b.example'],
  [{ email: 'a@b.example', email_verified: 'true' }, 'a@b.example'],
  [{ email: 'a@b.example', email_verified: false }, null],
  [{ email: 'a@b.example', email_verified: null }, null],
  [{ email: 'a@b.example\r\nBcc: x@y.example' }, null],
  [{ email: ['a@b.example'] }, null],
  [{}, null],
])('the address of %j is %s', (claims, email) => {
  expect(actor(claims)).toMatchObject({ email });
});

test.each<[unknown, unknown]>([
  [123, 123],
  ['123', 123],
  ['0123', 'forbidden'],
  ['1e3', 'forbidden'],
  [-1, 'forbidden'],
  [undefined, 'forbidden'],
])('a practitioner with the id %j is %s', (doctor_id, expected) => {
  const made = actor({ role: 'doctor', doctor_id });
  expect(typeof made === 'string' ? made : made.practitionerId).toBe(expected);
});

test('the organisation is our own, or the one its name is mapped to, and no other', () => {
  const map = { organisation: 'org', organisations: [['north', 9]] as const };
  const of = (claims: Claims, with_: Partial<ClaimMap> = map) => {
    const made = actor(claims, with_);
    return typeof made === 'string' ? made : made.organisationId;
  };
  expect([of({ org: 'north' }, {}), of({ org: 'north' }), of({ org: 'south' }), of({}), of({ org: 9 })]).toEqual([
    7,
    9,
    'forbidden',
    'forbidden',
    'forbidden',
  ]);
});
