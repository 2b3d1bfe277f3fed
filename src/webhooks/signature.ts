// Secrets and signatures as Standard Webhooks has them: HMAC-SHA256 over id, time of sending and body, so that a receiver knows
// who sent it, that nothing was changed, and that it is not an old one played again.
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { Secret } from '../platform/secret.ts';

/** The specification asks for 24 to 64. */
const SECRET_BYTES = 32;

export function newSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/** The headers of one sending. Several secrets sign side by side while one replaces the other. */
export function signedHeaders(
  secrets: readonly Secret[],
  message: { readonly id: string; readonly at: Temporal.Instant; readonly body: string },
): Record<string, string> {
  const { id, at, body } = message;
  const date = new Date(at.epochMilliseconds);
  return {
    'content-type': 'application/json',
    'user-agent': 'slotkeeper',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.epochMilliseconds / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret.reveal()).sign(id, date, body)).join(' '),
  };
}
