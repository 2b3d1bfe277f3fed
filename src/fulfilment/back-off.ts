// How long to wait before trying again at somebody else's server.

/** The first retries (QUICK_RETRIES) come within 20 s of the act (1 + 2 + 4 + 8, less the jitter): most faults are that short. */
const FIRST_MS = 1_000;
/** A provider that was away for a day is mended within minutes of its return, and is not hammered meanwhile. */
const LONGEST_MS = 120_000;
/** A no that lasts (see isLasting) is still looked at now and then: what a person must change may have been changed at the provider. */
export const LASTING_MS = 600_000;
/** No provider may park us for longer, whatever it writes into Retry-After. */
const LONGEST_ASKED_MS = 6 * 3_600_000;

export type Wait = {
  readonly attempts: number;
  readonly refused?: boolean;
  readonly retryAfterMs?: number | undefined;
};

/** Milliseconds until the next try, `attempts` (>= 1) having failed. `chance` in [0, 1) takes off up to a tenth. */
export function backOffMs(wait: Wait, chance: number): number {
  const own = wait.refused ? LASTING_MS : Math.min(FIRST_MS * 2 ** Math.min(wait.attempts - 1, 20), LONGEST_MS);
  const jittered = Math.round(own * (1 - chance / 10));
  return Math.max(jittered, Math.min(wait.retryAfterMs ?? 0, LONGEST_ASKED_MS));
}
