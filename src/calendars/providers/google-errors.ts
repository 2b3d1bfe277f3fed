// What the reasons in Google's error envelope mean. A 403 may be a quota, a missing permission or a rule: only the reason
// tells. Source: Google Calendar API, "Handle API errors".
import { Type } from 'typebox';
import type { Explanation } from '../../platform/http/client.ts';
import type { Outcome } from '../../platform/outside-error.ts';
import { matches } from '../../platform/http/matches.ts';

const ENVELOPE = Type.Object({
  error: Type.Object({
    status: Type.Optional(Type.String()),
    errors: Type.Optional(Type.Array(Type.Object({ reason: Type.Optional(Type.String()) }))),
  }),
});

const MEANING: Readonly<Record<string, Outcome>> = {
  // usage limits: back off
  rateLimitExceeded: 'retryable',
  userRateLimitExceeded: 'retryable',
  quotaExceeded: 'retryable',
  dailyLimitExceeded: 'retryable',
  calendarUsageLimitsExceeded: 'retryable',
  // credentials dead or too narrow, the API not enabled, no delegation to the service account
  authError: 'reconnect',
  insufficientPermissions: 'reconnect',
  ACCESS_TOKEN_SCOPE_INSUFFICIENT: 'reconnect',
  accessNotConfigured: 'reconnect',
  forbiddenForServiceAccounts: 'reconnect',
  // rules
  forbiddenForNonOrganizer: 'refused',
  forbidden: 'refused',
  // already deleted (410)
  deleted: 'absent',
};

export function explainGoogleError(body: unknown): Explanation {
  if (!matches(ENVELOPE, body)) return {};
  const code = body.error.errors?.[0]?.reason ?? body.error.status;
  return code === undefined ? {} : { code, outcome: MEANING[code] };
}
