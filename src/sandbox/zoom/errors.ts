// How Zoom words a refusal: {code, message, errors?} for the API and {reason, error} for tokens.
import { Refused, type Answer, type Operation } from '../endpoint.ts';

export type FieldError = { readonly field: string; readonly message: string };

export function refuse(status: number, code: number, message: string, errors?: readonly FieldError[]): Refused {
  return new Refused({ status, body: { code, message, ...(errors ? { errors } : {}) } });
}

const CODES: Readonly<Record<number, [code: number, message: string]>> = {
  400: [300, 'Bad Request.'],
  401: [124, 'Invalid access token.'],
  403: [2306, 'No permission.'],
  404: [3001, 'Meeting does not exist.'],
  429: [429, 'You have reached the maximum per-second rate limit for this API. Try again later.'],
};

export function fail(status: number, operation?: Operation, own?: string): Answer {
  if (operation === 'token') {
    const usual =
      status === 401 ? 'invalid_client' : status < 500 && status !== 429 ? 'invalid_request' : 'server_error';
    const error = own ?? usual;
    return { status, body: { reason: error.replaceAll('_', ' '), error } };
  }
  const [code, message] = CODES[status] ?? [status, 'Internal server error.'];
  const headers = status === 429 ? { 'x-ratelimit-category': 'Light', 'x-ratelimit-type': 'QPS' } : undefined;
  return { status, body: { code: own === undefined ? code : Number(own), message }, ...(headers ? { headers } : {}) };
}
