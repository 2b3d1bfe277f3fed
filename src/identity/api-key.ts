// An API key: the form of its secret, and whether it still lives. 256 random bits need no slow hash, so the digest alone
// is kept; the prefix and the checksum let secret scanners find one that leaked, and us refuse a mistyped one unasked.
import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Scope } from './scope.ts';

export type ApiKey = {
  readonly id: number;
  readonly name: string;
  /** The first letters of its secret, to tell keys apart by. */
  readonly hint: string;
  readonly scopes: readonly Scope[];
  /** The key of the actor who made it. */
  readonly createdBy: string;
  readonly createdAt: Temporal.Instant;
  readonly expiresAt: Temporal.Instant | null;
  /** To the minute or so. */
  readonly lastUsedAt: Temporal.Instant | null;
  readonly revokedAt: Temporal.Instant | null;
};

export const API_KEY_STATES = ['active', 'expired', 'revoked'] as const;
export type ApiKeyState = (typeof API_KEY_STATES)[number];

export const API_KEY_PREFIX = 'sk_';
const SECRET_BYTES = 32;
const HINT_LETTERS = 6;
/** Prefix, 32 bytes, and the CRC-32 of both, in hex. */
const FORM = /^(sk_[0-9a-f]{64})([0-9a-f]{8})$/;

/** What is shown once, and what is kept of it. */
export function newSecret(): { readonly secret: string; readonly digest: Buffer; readonly hint: string } {
  const random = randomBytes(SECRET_BYTES).toString('hex');
  const body = `${API_KEY_PREFIX}${random}`;
  const secret = body + checksum(body);
  return { secret, digest: digestOfKey(secret), hint: random.slice(0, HINT_LETTERS) };
}

/** Whether it could be a key at all; whether it is one, the database knows. */
export function hasKeyForm(text: string): boolean {
  const [, body, sum] = FORM.exec(text) ?? [];
  return body !== undefined && checksum(body) === sum;
}

export function digestOfKey(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

export function stateOf(key: Pick<ApiKey, 'expiresAt' | 'revokedAt'>, now: Temporal.Instant): ApiKeyState {
  if (key.revokedAt !== null) return 'revoked';
  return key.expiresAt !== null && Temporal.Instant.compare(key.expiresAt, now) <= 0 ? 'expired' : 'active';
}

function checksum(body: string): string {
  return crc32(body).toString(16).padStart(8, '0');
}
