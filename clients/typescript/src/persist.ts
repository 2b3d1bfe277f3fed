// Asks again, within bounds: after a network failure or a lost answer, and where the server says later. It is safe for
// calls that change something because each carries one Idempotency-Key over all its attempts.

export type Bounds = {
  /** Attempts after the first. */
  readonly retries: number;
  /** For all attempts and the pauses between them. */
  readonly timeoutMs: number;
};

/** What came of it: an answer read to its end, or none. */
export type Outcome = {
  readonly attempts: number;
  readonly response: Response | null;
  /** Why there is no answer. */
  readonly cause?: unknown;
};

/** One attempt: twice as long as a booking's answer waits for its meeting by default. */
const ATTEMPT_MS = 10_000;
/** The pause before the first repeat is at most this; it doubles with each. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;
/** A time-out runs as a timer, and those end at 2^31 ms. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Asks until there is an answer that stands, or retries or time are used up; then the last outcome. A pause that the
 * server asks for is kept, or not begun if it would outlast the bound. Rejects only with the reason of the caller's signal.
 */
export async function persist(
  ask: (signal: AbortSignal) => Promise<Response>,
  bounds: Bounds,
  caller?: AbortSignal,
): Promise<Outcome> {
  const endsAt = performance.now() + bounds.timeoutMs;
  for (let attempts = 1; ; attempts += 1) {
    const left = endsAt - performance.now();
    const outcome = { attempts, ...(await attempt(ask, Math.min(left, ATTEMPT_MS), caller)) };
    if (outcome.response !== null && !isWorthRepeating(outcome.response)) return outcome;
    const pauseMs = pauseAfter(outcome.response, attempts);
    if (attempts > bounds.retries || performance.now() + pauseMs >= endsAt) return outcome;
    await pause(pauseMs, caller);
  }
}

/** A signal that falls after so many milliseconds, or with the caller's; `end` lets go of both. */
export function fallsAfter(ms: number, caller?: AbortSignal): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const pass = () => controller.abort(caller?.reason);
  const timer = setTimeout(
    () => controller.abort(new DOMException('No answer in time', 'TimeoutError')),
    Math.min(Math.max(ms, 0), LONGEST_MS),
  );
  if (caller?.aborted) pass();
  caller?.addEventListener('abort', pass);
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer);
      caller?.removeEventListener('abort', pass);
    },
  };
}

/** Milliseconds in a Retry-After of seconds or of an HTTP date (RFC 9110, 10.2.3); null where there is none. */
export function retryAfterMs(response: Response): number | null {
  const value = response.headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const until = Date.parse(value);
  return Number.isNaN(until) ? null : Math.max(until - Date.now(), 0);
}

async function attempt(
  ask: (signal: AbortSignal) => Promise<Response>,
  ms: number,
  caller?: AbortSignal,
): Promise<Pick<Outcome, 'response' | 'cause'>> {
  caller?.throwIfAborted();
  const within = fallsAfter(ms, caller);
  try {
    const response = await ask(within.signal);
    // An answer that breaks off half way is none: the body belongs to the attempt.
    const body = await response.arrayBuffer();
    const { status, statusText, headers } = response;
    return { response: new Response(body.byteLength === 0 ? null : body, { status, statusText, headers }) };
  } catch (cause) {
    caller?.throwIfAborted();
    return { response: null, cause };
  } finally {
    within.end();
  }
}

/** 429 and 503 say later. 502 and 504 are a proxy's, which knows no more than we do, unless they bear a problem. */
function isWorthRepeating({ status, headers }: Response): boolean {
  if (status === 429 || status === 503) return true;
  return (status === 502 || status === 504) && headers.get('content-type')?.includes('problem+json') !== true;
}

/** With jitter, so that many who failed together do not come back together. */
function pauseAfter(response: Response | null, attempts: number): number {
  const asked = response === null ? null : retryAfterMs(response);
  if (asked !== null) return asked + Math.random() * FIRST_PAUSE_MS;
  return Math.random() * Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS);
}

async function pause(ms: number, caller?: AbortSignal): Promise<void> {
  const within = fallsAfter(ms, caller);
  await new Promise<void>((resolve) => within.signal.addEventListener('abort', () => resolve()));
  within.end();
  caller?.throwIfAborted();
}
