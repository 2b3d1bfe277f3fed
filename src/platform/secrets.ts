// Secrets as bytes: compared without telling how much was right, and digested. Where they are kept is others'.
import { hash, timingSafeEqual } from 'node:crypto';

/** As long as the digest of HS256 (RFC 7518, 3.2). */
export const KEY_BYTES = 32;

/** SHA-256 in base64url: names a secret in a cache without keeping it. */
export function digestOf(secret: string): string {
  return hash('sha256', secret, 'base64url');
}

/** Takes as long for a near miss as for a wild guess, lengths included. */
export function sameSecret(given: string, wanted: string): boolean {
  return timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', wanted, 'buffer'));
}
