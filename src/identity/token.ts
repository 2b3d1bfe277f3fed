// The tokens this server issues: compact JWS under HS256 (RFC 7515, RFC 7519), every claim checked. By hand on
// node:crypto, since that answers at once: verifying is on the way of every request. Where the key lies is store.ts's.
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { KEY_BYTES } from '../platform/secrets.ts';
import { ROLES, type Actor, type Role } from './actor.ts';

export type TokenClaims = {
  readonly role: Role;
  /** 1-128 characters. */
  readonly subject: string;
  readonly organisationId: number;
  /** Needed for a client: where our mail to it goes. */
  readonly email?: string | null;
  /** Needed for a practitioner, and for nobody else. */
  readonly practitionerId?: number | null;
};

export type VerifiedToken = { readonly actor: Actor; readonly expiresAt: number };

/** `iss` and `aud` of our own tokens. No outside issuer may be called so. */
export const RESERVED_ISSUER = 'slotkeeper';
const DEFAULT_DAYS = 365;
/** Ten years: beyond it, a token is a thing nobody remembers giving out. */
export const MAX_DAYS = 3_650;
/** Clocks of two machines may differ so much. */
const SKEW_SECONDS = 30;
/** All claims at their longest, in base64url, stay below. */
const MAX_TOKEN_LENGTH = 4_096;
export const MAX_SUBJECT_LENGTH = 128;
const MAX_EMAIL_LENGTH = 254;
const HEADER = encodePart({ alg: 'HS256', typ: 'JWT' });
const COMPACT = /^([\w-]{1,200})\.([\w-]{1,3800})\.([\w-]{43})$/;

/** Throws a RangeError where a claim could not be verified later, and for a client without an e-mail address. `days` until it expires: 1 to 3650. */
export function issueToken(
  key: Uint8Array,
  claims: TokenClaims,
  now: Temporal.Instant,
  days: number = DEFAULT_DAYS,
): string {
  if (!Number.isInteger(days) || days < 1 || days > MAX_DAYS) throw new RangeError(`days must be 1 to ${MAX_DAYS}`);
  // Elsewhere one may have been signed with our key; such a client reads, and may not book (see appointments/client.ts).
  if (claims.role === 'client' && !claims.email) throw new RangeError('A client needs an e-mail address');
  const issuedAt = Math.floor(now.epochMilliseconds / 1000);
  const payload = {
    iss: RESERVED_ISSUER,
    aud: RESERVED_ISSUER,
    sub: claims.subject,
    role: claims.role,
    org: claims.organisationId,
    ...(claims.email ? { email: claims.email } : {}),
    ...(claims.practitionerId ? { practitioner: claims.practitionerId } : {}),
    iat: issuedAt,
    exp: issuedAt + days * 86_400,
    jti: randomUUID(),
  };
  if (actorOf(payload) === null) throw new RangeError('The claims do not make a token: check subject, role and ids');
  const signed = `${HEADER}.${encodePart(payload)}`;
  return `${signed}.${sign(key, signed).toString('base64url')}`;
}

/** Null for any token that is not ours, whole and of now. Why is not told: it would help only those who forge. */
export function verifyToken(key: Uint8Array, token: string, now: Temporal.Instant): VerifiedToken | null {
  const found = token.length <= MAX_TOKEN_LENGTH ? COMPACT.exec(token) : null;
  if (!found) return null;
  const [, header = '', payload = '', signature = ''] = found;
  if (!hasSignature(key, `${header}.${payload}`, signature)) return null;
  const head = decode(header);
  // The algorithm is pinned, and extensions nobody here understands are refused (RFC 7515, 4.1.11).
  if (head?.['alg'] !== 'HS256' || head['crit'] !== undefined) return null;
  if (head['typ'] !== undefined && head['typ'] !== 'JWT') return null;
  const claims = decode(payload);
  if (!claims || claims['iss'] !== RESERVED_ISSUER || claims['aud'] !== RESERVED_ISSUER) return null;
  const { exp, iat, nbf } = claims;
  const seconds = Math.floor(now.epochMilliseconds / 1000);
  if (!isSeconds(exp) || !isSeconds(iat) || exp <= iat || iat > seconds + SKEW_SECONDS) return null;
  if (nbf !== undefined && (!isSeconds(nbf) || nbf > seconds + SKEW_SECONDS)) return null;
  if (exp + SKEW_SECONDS <= seconds) return null;
  const actor = typeof claims['jti'] === 'string' ? actorOf(claims) : null;
  return actor && { actor, expiresAt: exp + SKEW_SECONDS };
}

function actorOf(claims: Readonly<Record<string, unknown>>): Actor | null {
  const { sub, role, org, email, practitioner } = claims;
  if (!isText(sub, MAX_SUBJECT_LENGTH) || !isId(org)) return null;
  const known = ROLES.find((each) => each === role);
  if (known === undefined) return null;
  if (email !== undefined && (!isText(email, MAX_EMAIL_LENGTH) || !email.includes('@'))) return null;
  if ((known === 'practitioner') !== (practitioner !== undefined)) return null;
  if (practitioner !== undefined && !isId(practitioner)) return null;
  return {
    organisationId: org,
    role: known,
    subject: sub,
    email: email ?? null,
    practitionerId: practitioner ?? null,
    key: `${known}:${sub}`,
  };
}

/** Characters as PostgreSQL and JSON Schema count them, none of them a control. */
export function isText(value: unknown, max: number): value is string {
  if (typeof value !== 'string' || value === '' || value.length > max * 2) return false;
  return Array.from(value).length <= max && value.isWellFormed() && !/\p{Cc}/u.test(value);
}

export function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isSeconds(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export function sign(key: Uint8Array, signed: string): Buffer {
  if (key.byteLength < KEY_BYTES) throw new RangeError(`The token key must have at least ${KEY_BYTES} bytes`);
  return createHmac('sha256', key).update(signed).digest();
}

/** In constant time; `signature` as it stands in the token. */
export function hasSignature(key: Uint8Array, signed: string, signature: string): boolean {
  return timingSafeEqual(sign(key, signed), signatureBytes(signature));
}

/** 43 letters of base64url are 32 bytes; of the last letter two bits are left over and must be nought. */
function signatureBytes(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.length === KEY_BYTES && bytes.toString('base64url') === text ? bytes : Buffer.alloc(KEY_BYTES);
}

export function encodePart(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** A part of a token as the object it should be; null for anything else. */
export function decode(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
