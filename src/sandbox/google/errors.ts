// How Google words a refusal: the JSON error envelope with a reason, which alone tells whether to try again.
// https://developers.google.com/workspace/calendar/api/guides/errors
import { Refused, type Answer, type Operation } from '../endpoint.ts';

export function refuse(
  status: number,
  reason: string,
  message: string,
  location?: { type: string; name: string },
): Refused {
  return new Refused(envelope(status, reason, message, location));
}

export function badRequest(reason: string, message: string): Refused {
  return refuse(400, reason, message);
}

export function notFound(): Refused {
  return refuse(404, 'notFound', 'Not Found');
}

const REASONS: Readonly<Record<number, [reason: string, message: string]>> = {
  400: ['badRequest', 'Bad Request'],
  401: ['authError', 'Invalid Credentials'],
  403: ['rateLimitExceeded', 'Rate Limit Exceeded'],
  404: ['notFound', 'Not Found'],
  409: ['duplicate', 'The requested identifier already exists.'],
  410: ['deleted', 'Resource has been deleted'],
  412: ['conditionNotMet', 'Precondition Failed'],
  429: ['rateLimitExceeded', 'Rate Limit Exceeded'],
  500: ['backendError', 'Backend Error'],
  503: ['backendError', 'Service Unavailable'],
};

export function fail(status: number, operation?: Operation, own?: string): Answer {
  if (operation === 'token') {
    const usual =
      status === 401 ? 'invalid_client' : status >= 500 || status === 429 ? 'temporarily_unavailable' : 'invalid_grant';
    const error = own ?? usual;
    return { status, body: { error, error_description: error.replaceAll('_', ' ') } };
  }
  const [reason, message] = REASONS[status] ?? ['backendError', 'Backend Error'];
  return own === undefined ? envelope(status, reason, message) : envelope(status, own, own);
}

function envelope(status: number, reason: string, message: string, location?: { type: string; name: string }): Answer {
  const domain = /rate|quota|limit/i.test(reason) ? 'usageLimits' : 'global';
  const where = location ? { locationType: location.type, location: location.name } : {};
  return { status, body: { error: { code: status, message, errors: [{ domain, reason, message, ...where }] } } };
}
