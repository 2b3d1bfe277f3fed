// What the settings say about tokens that others issue. A way is on once its issuer is named; what else it needs must then be
// there, since a check left out by mistake is an open door.
import type { SettingReader } from './config-reader.ts';
import { IDENTITY_GROUPS } from './config-table-identity.ts';
import { ROLES, type Role } from './identity/actor.ts';
import type { ClaimMap, IssuerSettings } from './identity/outside-claims.ts';
import { RESERVED_ISSUER } from './identity/token.ts';
import { Secret } from './platform/secret.ts';

type Prefix = 'OIDC' | 'JWT';

/** RFC 7518, 3.1, and RFC 8037: those that verify with a public key. */
const PUBLIC_KEY_ALGORITHMS = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');
const LONGEST_SKEW_SECONDS = 300;
/** Leaves room for the subject itself within its 128 characters. */
const LONGEST_PREFIX = 32;
/** RFC 7518, 3.2. */
const LEAST_SECRET = 32;
const DISCOVERABLE = /^https?:\/\/[^\s?#]+$/;

export function readIssuers(read: SettingReader): readonly IssuerSettings[] {
  const issuers = [readOidc(read), readShared(read)].filter((one) => one !== null);
  const [first, second] = issuers;
  if (first && second && first.issuer !== second.issuer && first.claims.subjectPrefix === second.claims.subjectPrefix) {
    read.warnings.push(
      'OIDC_ISSUER and JWT_ISSUER are two, and neither has a prefix of its own: one subject is taken for one person, ' +
        'whichever of them it comes from. Set OIDC_SUBJECT_PREFIX or JWT_SUBJECT_PREFIX if they are not.',
    );
  }
  return issuers;
}

function readOidc(read: SettingReader): IssuerSettings | null {
  const issuer = issuerOf(read, 'OIDC');
  if (issuer === null) return null;
  const url = read.address('OIDC_JWKS_URL');
  if (url === null && !DISCOVERABLE.test(issuer)) {
    read.mistakes.push('OIDC_ISSUER is no http(s) address, so nothing can be discovered there: set OIDC_JWKS_URL.');
  }
  if ((url ?? issuer).startsWith('http://')) {
    read.warnings.push('The keys of OIDC_ISSUER come over plain http: whoever sits in between can sign in as anybody.');
  }
  const algorithms = listOf(read.text('OIDC_ALGORITHMS'));
  const unfit = algorithms.filter((one) => !PUBLIC_KEY_ALGORITHMS.includes(one));
  if (unfit.length > 0 || algorithms.length === 0) {
    read.mistakes.push(
      `OIDC_ALGORITHMS must be of ${PUBLIC_KEY_ALGORITHMS.join(', ')}; ${unfit.join(', ') || 'none'} is not. ` +
        'Tokens under a shared secret have settings of their own (JWT_...).',
    );
  }
  return { ...common(read, 'OIDC', issuer), signedBy: { kind: 'jwks', url, algorithms } };
}

function readShared(read: SettingReader): IssuerSettings | null {
  const issuer = issuerOf(read, 'JWT');
  if (issuer === null) return null;
  const secret = read.secret('JWT_SECRET');
  const length = secret?.reveal().length ?? 0;
  if (length < LEAST_SECRET) {
    read.mistakes.push(`JWT_SECRET must have at least ${LEAST_SECRET} characters; it has ${length}.`);
  } else if (secret?.reveal() === read.given('TOKEN_SECRET')) {
    read.mistakes.push('JWT_SECRET and TOKEN_SECRET are the same: whoever shares the one could issue our own tokens.');
  }
  return { ...common(read, 'JWT', issuer), signedBy: { kind: 'secret', secret: secret ?? new Secret('') } };
}

/** Null where the way is off: then nothing else of it may be set. */
function issuerOf(read: SettingReader, prefix: Prefix): string | null {
  const name = `${prefix}_ISSUER` as const;
  const issuer = read.given(name) ?? null;
  if (issuer === null) {
    const idle = IDENTITY_GROUPS.flatMap((group) => group.settings.map((setting) => setting.name))
      .filter((other) => other.startsWith(`${prefix}_`))
      .filter((other) => read.given(other) !== undefined);
    if (idle.length > 0) read.mistakes.push(`${idle.join(', ')} is set, but ${name} is not: whose tokens are meant?`);
  } else if (issuer === RESERVED_ISSUER) {
    read.mistakes.push(`${name} must not be "${RESERVED_ISSUER}": that is what our own tokens say.`);
  }
  return issuer;
}

function common(read: SettingReader, prefix: Prefix, issuer: string) {
  const audiences = listOf(read.text(`${prefix}_AUDIENCE`));
  if (audiences.length === 0) {
    read.mistakes.push(
      `${prefix}_AUDIENCE is not set: without it a token that was issued for another application would be taken here.`,
    );
  }
  const skewSeconds = read.integer(`${prefix}_CLOCK_SKEW_SECONDS`, 0, LONGEST_SKEW_SECONDS);
  return { issuer, audiences, skewSeconds, claims: readClaims(read, prefix) };
}

function readClaims(read: SettingReader, prefix: Prefix): ClaimMap {
  const subjectPrefix = read.text(`${prefix}_SUBJECT_PREFIX`);
  if (subjectPrefix.length > LONGEST_PREFIX || /\s/.test(subjectPrefix)) {
    read.mistakes.push(
      `${prefix}_SUBJECT_PREFIX must have at most ${LONGEST_PREFIX} characters, none of them a space.`,
    );
  }
  const organisation = read.given(`${prefix}_ORGANISATION_CLAIM`) ?? null;
  const organisations = pairsOf(read, `${prefix}_ORGANISATIONS`, 'an id', (id) =>
    /^[1-9]\d{0,15}$/.test(id) && Number.isSafeInteger(Number(id)) ? Number(id) : null,
  );
  if ((organisation === null) !== (organisations.length === 0)) {
    read.mistakes.push(`${prefix}_ORGANISATION_CLAIM and ${prefix}_ORGANISATIONS are needed together, or neither.`);
  }
  return {
    audience: read.text(`${prefix}_AUDIENCE_CLAIM`),
    subject: read.text(`${prefix}_SUBJECT_CLAIM`),
    subjectPrefix,
    email: read.text(`${prefix}_EMAIL_CLAIM`),
    name: read.text(`${prefix}_NAME_CLAIM`),
    role: read.text(`${prefix}_ROLE_CLAIM`),
    roles: pairsOf(read, `${prefix}_ROLES`, ROLES.join(', '), roleOf),
    defaultRole: readDefaultRole(read, prefix),
    practitioner: read.text(`${prefix}_PRACTITIONER_CLAIM`),
    organisation,
    organisations,
  };
}

function readDefaultRole(read: SettingReader, prefix: Prefix): Role | null {
  const given = read.given(`${prefix}_DEFAULT_ROLE`);
  const role = given === undefined ? null : roleOf(given);
  if (given !== undefined && role === null) {
    read.mistakes.push(`${prefix}_DEFAULT_ROLE must be one of ${ROLES.join(', ')}; it is ${JSON.stringify(given)}.`);
  }
  if (role === 'staff' || role === 'service') {
    read.warnings.push(
      `${prefix}_DEFAULT_ROLE is ${role}: whoever the issuer gives a token without a role reads and changes everything here. ` +
        `Name roles with ${prefix}_ROLES instead, if not all of them may.`,
    );
  }
  return role;
}

/** `theirs=ours,...`; the last `=` parts them, since their names may have one. */
function pairsOf<T>(
  read: SettingReader,
  name: `${Prefix}_ROLES` | `${Prefix}_ORGANISATIONS`,
  ours: string,
  meaningOf: (text: string) => T | null,
): readonly (readonly [string, T])[] {
  return listOf(read.text(name)).flatMap((pair): [string, T][] => {
    const at = pair.lastIndexOf('=');
    const theirs = pair.slice(0, Math.max(0, at)).trim();
    const meaning = meaningOf(pair.slice(at + 1).trim());
    if (theirs !== '' && meaning !== null) return [[theirs, meaning]];
    read.mistakes.push(`${name} must be pairs by comma, theirs=ours, ours ${ours}; ${JSON.stringify(pair)} is none.`);
    return [];
  });
}

function roleOf(text: string): Role | null {
  return ROLES.find((role) => role === text) ?? null;
}

function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
}
