// What Zoom's own error codes mean. Source: the error codes of each method in Zoom's API reference.
import type { Explanation } from '../../platform/http/client.ts';
import type { Outcome } from '../../platform/outside-error.ts';

const MEANING: Readonly<Record<string, Outcome>> = {
  // bad or expired token; no token or scope; a scope is missing
  124: 'reconnect',
  4700: 'reconnect',
  4711: 'reconnect',
  // the user does not exist, or belongs to another account
  1001: 'refused',
  1010: 'refused',
  // the meeting does not exist
  3001: 'absent',
};

export function explainZoomError(body: unknown): Explanation {
  if (typeof body !== 'object' || body === null || !('code' in body)) return {};
  const code = String(body.code);
  return { code, outcome: MEANING[code] };
}
