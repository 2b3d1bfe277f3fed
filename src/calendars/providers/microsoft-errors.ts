// What Microsoft Graph's error codes mean. Source: Graph's error reference and the Exchange codes it passes through.
import { Type } from 'typebox';
import type { Explanation } from '../../platform/http/client.ts';
import type { OutsideError, Outcome } from '../../platform/outside-error.ts';
import { matches } from '../../platform/http/matches.ts';

const ENVELOPE = Type.Object({ error: Type.Object({ code: Type.String() }) });

const MEANING: Readonly<Record<string, Outcome>> = {
  // the application lacks a permission, or the administrator keeps it from this mailbox
  InvalidAuthenticationToken: 'reconnect',
  ErrorAccessDenied: 'reconnect',
  Authorization_RequestDenied: 'reconnect',
  AccessDenied: 'reconnect',
  // no such person, or one without a mailbox: answered as 404, yet it is not the event that is missing
  Request_ResourceNotFound: 'refused',
  ResourceNotFound: 'refused',
  ErrorInvalidUser: 'refused',
  ErrorNonExistentMailbox: 'refused',
  MailboxNotEnabledForRESTAPI: 'refused',
  MailboxNotSupportedForRESTAPI: 'refused',
  ErrorItemNotFound: 'absent',
  // too fast, or changed under us
  TooManyRequests: 'retryable',
  ApplicationThrottled: 'retryable',
  ErrorIrresolvableConflict: 'retryable',
};

export function explainGraphError(body: unknown): Explanation {
  if (!matches(ENVELOPE, body)) return {};
  return { code: body.error.code, outcome: MEANING[body.error.code] };
}

/** Graph takes many IANA names and not all; these are what it answers to the others (msgraph-docs issues 4758, 1609). */
const ZONE_REFUSALS = new Set([
  'TimeZoneNotSupportedException',
  'ErrorPropertyValidationFailure',
  'ErrorInvalidTimeZone',
]);

export function refusesZone(error: OutsideError): boolean {
  return error.facts.outcome === 'refused' && ZONE_REFUSALS.has(error.facts.providerCode ?? '');
}
