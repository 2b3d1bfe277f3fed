// How Graph words a refusal: {error: {code, message, innerError}} with a request id; Entra's token endpoint: AADSTS
// descriptions. https://learn.microsoft.com/graph/errors
import { randomUUID } from 'node:crypto';
import { Refused, type Answer, type Operation } from '../endpoint.ts';

export function refuse(status: number, code: string, message: string): Refused {
  return new Refused(envelope(status, code, message));
}

export function itemNotFound(): Refused {
  return refuse(404, 'ErrorItemNotFound', 'The specified object was not found in the store.');
}

const CODES: Readonly<Record<number, [code: string, message: string]>> = {
  400: ['BadRequest', 'Bad request.'],
  401: ['InvalidAuthenticationToken', 'Access token validation failure.'],
  403: ['ErrorAccessDenied', 'Access is denied. Check credentials and try again.'],
  404: ['ErrorItemNotFound', 'The specified object was not found in the store.'],
  409: [
    'ErrorIrresolvableConflict',
    'The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.',
  ],
  412: [
    'ErrorIrresolvableConflict',
    'The change key passed in the request does not match the current change key for the item.',
  ],
  429: ['ApplicationThrottled', 'Application is over its MailboxConcurrency limit.'],
  500: ['ErrorInternalServerError', 'An internal server error occurred. The operation failed.'],
  503: ['ErrorServerBusy', 'The server is busy. Try again later.'],
  504: ['UnknownError', 'The request timed out.'],
};

export function fail(status: number, operation?: Operation, own?: string): Answer {
  if (operation === 'token') {
    const usual =
      status === 401
        ? 'invalid_client'
        : status >= 500 || status === 429
          ? 'temporarily_unavailable'
          : 'invalid_request';
    const error = own ?? usual;
    return entra(status, error, status === 401 ? 7000215 : 90033, 'A transient error has occurred. Please try again.');
  }
  const [code, message] = CODES[status] ?? ['UnknownError', 'An unknown error occurred.'];
  return envelope(status, own ?? code, message);
}

export function entra(status: number, error: string, number: number, text: string): Answer {
  const trace = randomUUID();
  const correlation = randomUUID();
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${number}: ${text} Trace ID: ${trace} Correlation ID: ${correlation}`,
      error_codes: [number],
      trace_id: trace,
      correlation_id: correlation,
    },
  };
}

function envelope(status: number, code: string, message: string): Answer {
  const id = randomUUID();
  return {
    status,
    headers: { 'request-id': id },
    body: { error: { code, message, innerError: { 'request-id': id, 'client-request-id': id } } },
  };
}
