// Secrets as bytes: compared without telling how much was right, and digested. Where they are kept is others'.
import { hash, timingSafeEqual } from 'node:crypto';

/** As long as the digest of HS256 (RFC 7518, 3.2). */
export const KEY_BYTES = 32;

/** SHA-256 in base64url: names a secret in a cache without keeping it. */
export function digestOf(secret: string): string {
  return hash('sha256', secret, 'base64url');
}

/** Longer ones than tokens of ours and keys are; outside issuers' with lists of groups are digested each time. */
const LONGEST_KNOWN = 1_024;
const MOST_KNOWN = 1_000;

/**
 * The same, for secrets that come again and again: the last ones are known by themselves. What is made of a digest is asked anew each
 * time, so nothing is believed for longer. They stand in the memory of a process that holds the key to sign with.
 */
export function rememberingDigest(): (secret: string) => string {
  const known = new Map<string, string>();
  return (secret) => {
    const seen = known.get(secret);
    if (seen !== undefined) return seen;
    const digest = digestOf(secret);
    if (secret.length > LONGEST_KNOWN) return digest;
    if (known.size >= MOST_KNOWN) known.delete(known.keys().next().value ?? secret);
    known.set(secret, digest);
    return digest;
  };
}

/** Takes as long for a near miss as for a wild guess, lengths included. */
export function sameSecret(given: string, wanted: string): boolean {
  return timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', wanted, 'buffer'));
}
