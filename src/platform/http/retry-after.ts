// How long a server asks us to wait, in whichever form it says so. It knows no provider and no policy.

/** A day: the longest any provider's daily quota can ask for; more than that is a mistake, not a wish. */
export const MAX_RETRY_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * Milliseconds from `now` until the time named by a Retry-After header, between 0 and a day; undefined when it names none.
 * Forms: delta-seconds and HTTP-date (RFC 9110, 10.2.3), and an ISO 8601 date-time, which Zoom sends on daily limits.
 */
export function retryAfterMs(header: string | null, now: Temporal.Instant): number | undefined {
  const value = header?.trim() ?? '';
  if (/^\d{1,10}(\.\d+)?$/.test(value)) return bounded(Number(value) * 1000);
  const until = isoInstant(value) ?? httpDate(value);
  return until === undefined ? undefined : bounded(until - now.epochMilliseconds);
}

function isoInstant(value: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T/.test(value)) return undefined;
  // Without an offset it is UTC: Zoom resets its days at 00:00 UTC.
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/i.test(value) ? value : `${value}Z`;
  try {
    return Temporal.Instant.from(zoned).epochMilliseconds;
  } catch {
    return undefined;
  }
}

function httpDate(value: string): number | undefined {
  if (!/^[A-Z][a-z]+,? .*\d{2}:\d{2}:\d{2}/.test(value)) return undefined;
  const at = Date.parse(value.endsWith('GMT') ? value : `${value} GMT`);
  return Number.isNaN(at) ? undefined : at;
}

function bounded(ms: number): number {
  return Math.min(Math.max(Math.ceil(ms), 0), MAX_RETRY_AFTER_MS);
}
