// Where events are sent: what an endpoint is, which addresses it may have, and how its life goes.
//
// An endpoint is `active` until staff pause it, or until it has failed for days, or said that it is gone: then it is `disabled`,
// with the reason. Paused or disabled it is sent nothing, but what happens is kept for it, and flows in order once it is active.
import type { PostFault } from '../platform/http/post-outside.ts';
import { addressOf, mayReach, type Reach } from '../platform/http/public-address.ts';
import { Refusal } from '../platform/refusal.ts';

export const STATES = ['active', 'paused', 'disabled'] as const;
export type EndpointState = (typeof STATES)[number];
/** Why one was disabled. */
export const REASONS = ['failing', 'gone'] as const;

/** More than any practice has systems; each event costs a row for each. */
export const MOST_ENDPOINTS = 20;
export const URL_MAX = 2_048;
export const DESCRIPTION_MAX = 200;
/** So long both secrets may sign after a rotation: a week is enough for any receiver to change over. */
export const OVERLAP_HOURS = { minimum: 0, maximum: 168 } as const;

export type Endpoint = {
  readonly id: number;
  readonly url: string;
  readonly description: string | null;
  /** Empty: all. */
  readonly types: readonly string[];
  readonly state: EndpointState;
  readonly reason: string | null;
  readonly secretVersion: number;
  readonly previousUntil: Temporal.Instant | null;
  readonly createdAt: Temporal.Instant;
  readonly dueAt: Temporal.Instant | null;
  readonly failures: number;
  readonly failingSince: Temporal.Instant | null;
  readonly lastDeliveredAt: Temporal.Instant | null;
  readonly lastError: string | null;
};

/**
 * The address as it will be used. Refusal `address_not_allowed`: what can be seen of it without asking anybody; the addresses
 * behind its name are looked at whenever something is sent.
 */
export function checkedUrl(text: string, reach: Reach): string {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) throw refusedUrl('must be an https:// address');
  if (url.protocol === 'http:' && reach !== 'private_too') throw refusedUrl('must be an https:// address');
  if (url.username || url.password) throw refusedUrl('must not have a user or password in it');
  if (url.hash) throw refusedUrl('must not have a fragment');
  const address = addressOf(url.hostname);
  if (address !== null && !mayReach(address, reach)) throw refusedUrl('must be a public address');
  if (reach === 'public' && /(^|\.)(localhost|local|internal|localdomain)\.?$/i.test(url.hostname)) {
    throw refusedUrl('must be a public address');
  }
  if (url.href.length > URL_MAX) throw refusedUrl(`must have at most ${URL_MAX} characters`);
  return url.href;
}

function refusedUrl(message: string): Refusal {
  return new Refusal('address_not_allowed', `Webhooks cannot be sent to this address: the url ${message}.`, {
    errors: [{ pointer: '/url', message }],
  });
}

const TROUBLES: Readonly<Record<PostFault | 'redirected' | 'secret_unreadable', string>> = {
  secret_unreadable:
    'Nothing is sent there, and nothing is lost: the key that seals its secret is not known here. Put the key back into the settings (ENCRYPTION_KEYS, TOKEN_SECRET), or give the endpoint a new secret.',
  address_not_allowed: 'Its address leads to one that webhooks may not go to.',
  name_not_found: 'The name in its address was not found.',
  connection_failed: 'No connection to it could be made.',
  tls_failed: 'No secure connection to it could be made.',
  timeout: 'It did not answer in time.',
  no_answer: 'It broke the connection off without an answer.',
  redirected: 'It answered with a redirect, which is not followed.',
};

/** What went wrong last, said to a person; null where nothing did. */
export function troubleSaid(lastError: string | null): string | null {
  if (lastError === null) return null;
  if (Object.hasOwn(TROUBLES, lastError)) return TROUBLES[lastError as keyof typeof TROUBLES];
  return `It answered ${lastError.replace('status_', '')}.`;
}

/** What a sealed secret belongs to. */
export function secretOf(organisationId: number, endpointId: number): string {
  return `${organisationId}/webhook/${endpointId}`;
}
