// What the claims of somebody else's token mean here: whether they hold now, and which actor they make. Whether they are
// signed is authenticate-outside.ts'. Pure.
import { Refusal } from '../platform/refusal.ts';
import type { Secret } from '../platform/secret.ts';
import { FORMATS } from '../platform/http/validation.ts';
import type { Actor, Role } from './actor.ts';
import { isId, isText, MAX_SUBJECT_LENGTH } from './token.ts';

export type Claims = Readonly<Record<string, unknown>>;

/** Where a token's claims stand, and what their values mean here. A claim is named as it is, or by a path of dots. */
export type ClaimMap = {
  readonly subject: string;
  /** Before every subject, so that two issuers' people are not taken for each other. */
  readonly subjectPrefix: string;
  readonly email: string;
  readonly name: string;
  readonly role: string;
  /** Their name -> our role. Of several the first of this list. */
  readonly roles: readonly (readonly [string, Role])[];
  /** For whom names none of those. Null: nobody without a role. */
  readonly defaultRole: Role | null;
  readonly practitioner: string;
  /** Null: everybody belongs to the practice of this installation. */
  readonly organisation: string | null;
  readonly organisations: readonly (readonly [string, number])[];
  readonly audience: string;
};

/** One issuer whose tokens are taken. */
export type IssuerSettings = {
  /** `iss`, to the letter (RFC 8725, 3.8). */
  readonly issuer: string;
  /** One of these must be among the token's. */
  readonly audiences: readonly string[];
  readonly skewSeconds: number;
  readonly claims: ClaimMap;
  readonly signedBy:
    | { readonly kind: 'jwks'; readonly url: string | null; readonly algorithms: readonly string[] }
    | { readonly kind: 'secret'; readonly secret: Secret };
};

/** Deeper than any issuer nests its roles. */
const MAX_DEPTH = 6;
/** Roles of one person; an issuer that lists groups among them may name many. */
const MAX_ROLES = 500;

/** Issuer, audience, and times with the skew allowed (RFC 7519, 4.1). A token without an end is none. */
export function claimsHold(claims: Claims, settings: IssuerSettings, now: Temporal.Instant): boolean {
  const { issuer, audiences, skewSeconds } = settings;
  const { iss, exp, nbf, iat } = claims;
  const seconds = Math.floor(now.epochMilliseconds / 1000);
  if (iss !== issuer) return false;
  if (!textsOf(claimAt(claims, settings.claims.audience)).some((one) => audiences.includes(one))) return false;
  if (!isTime(exp) || exp + skewSeconds <= seconds) return false;
  if (nbf !== undefined && (!isTime(nbf) || nbf - skewSeconds > seconds)) return false;
  return iat === undefined || (isTime(iat) && iat - skewSeconds <= seconds);
}

/** The actor of claims that hold; a Refusal `forbidden` where they make none, saying which claim is at fault. */
export function actorOfClaims(claims: Claims, map: ClaimMap, ownOrganisation: number): Actor | Refusal {
  const own = claimAt(claims, map.subject);
  const subject = map.subjectPrefix + (isId(own) ? String(own) : typeof own === 'string' ? own : '');
  if (subject === map.subjectPrefix || !isText(subject, MAX_SUBJECT_LENGTH)) return lacking('a subject', map.subject);
  const role = roleOf(claimAt(claims, map.role), map);
  if (role === null) return lacking('a role that means something here', map.role);
  const organisationId = organisationOf(claims, map, ownOrganisation);
  if (organisationId === null) return lacking('an organisation that is known here', map.organisation ?? '');
  const practitionerId = role === 'practitioner' ? idOf(claimAt(claims, map.practitioner)) : null;
  if (role === 'practitioner' && practitionerId === null) return lacking('a practitioner’s id', map.practitioner);
  const name = claimAt(claims, map.name);
  return {
    organisationId,
    role,
    subject,
    email: emailOf(claims, map),
    practitionerId,
    key: `${role}:${subject}`,
    ...(isName(name) ? { name } : {}),
  };
}

/** The claim of that very name (some are addresses, dots and all), else what the dots lead to. */
export function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let value: unknown = claims;
  for (const part of path.split('.', MAX_DEPTH)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Claims)[part];
  }
  return value;
}

function roleOf(value: unknown, { roles, defaultRole }: ClaimMap): Role | null {
  // One text may be one name, or several parted by spaces, as scopes are (RFC 6749, 3.3).
  const given = new Set([...textsOf(value), ...(typeof value === 'string' ? value.split(' ', MAX_ROLES) : [])]);
  return roles.find(([name]) => given.has(name))?.[1] ?? defaultRole;
}

function organisationOf(claims: Claims, map: ClaimMap, own: number): number | null {
  if (map.organisation === null) return own;
  const given = claimAt(claims, map.organisation);
  const name = typeof given === 'number' ? String(given) : given;
  return map.organisations.find(([known]) => known === name)?.[1] ?? null;
}

/** Null for what is no address, and for one its issuer says nobody has shown to be hers (OpenID Connect Core, 5.1). */
function emailOf(claims: Claims, map: ClaimMap): string | null {
  const email = claimAt(claims, map.email);
  const shown = claims['email_verified'];
  if (shown !== undefined && shown !== true && shown !== 'true') return null;
  return typeof email === 'string' && FORMATS['e-mail']?.check(email) ? email : null;
}

function idOf(value: unknown): number | null {
  const id = typeof value === 'string' && /^[1-9]\d{0,15}$/.test(value) ? Number(value) : value;
  return isId(id) ? id : null;
}

const NAME_MAX = 200;

function isName(value: unknown): value is string {
  return isText(value, NAME_MAX) && (FORMATS['plain-text']?.check(value) ?? false);
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.slice(0, MAX_ROLES).filter((one) => typeof one === 'string') : [];
}

/** NumericDate may have a fraction (RFC 7519, 2). */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function lacking(what: string, claim: string): Refusal {
  return new Refusal('forbidden', `The token is valid, but does not give ${what} (claim ${claim}).`);
}
