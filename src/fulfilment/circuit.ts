// The circuit of an account: whether it is asked at all. Pure: reads failures and time, decides; the store keeps it, so that all
// processes see one state.
//
// Closed, it lets everything through, and failures in a row are counted. After some it opens: nobody asks the account,
// but for one probe at a time, after pauses that grow. The first success, whoever has it, closes it.
import type { OutsideProvider } from '../meetings/provider.ts';
import type { OutsideFacts } from '../platform/outside-error.ts';

export type CircuitProvider = OutsideProvider | 'mail' | 'sms';

/** `connectionId` null: the deployment's own account. */
export type Account = { readonly provider: CircuitProvider; readonly connectionId: number | null };

export type Circuit = Account & {
  readonly failures: number;
  readonly failedAt: Temporal.Instant;
  readonly lastError: string | null;
  readonly openedAt: Temporal.Instant | null;
  /** Not null while open: when the next probe may go. */
  readonly probeAt: Temporal.Instant | null;
  /** Whose try failed last. */
  readonly probeSessionId: number | null;
};

/** Fewer are bad luck; the first retries of one session alone come to as many within 20 s. */
export const OPENS_AFTER = 5;
/** Failures further apart are not one outage. */
const FORGETS_AFTER_MINUTES = 15;
const FIRST_PAUSE_MS = 5_000;
/** A provider that was away for a day is noticed within this when it is back; a day of it is some 700 probes. */
export const LONGEST_PAUSE_MS = 120_000;
/** Outlives a pass that probes: a look-up, and a call that runs out of time. Past it the prober is held for dead. */
export const PROBE_LEASE_MS = 30_000;
/**
 * Over so long those who wait come back by themselves: should the one that probes have vanished, some other is there soon, and
 * the more wait the sooner. In an outage that lasts they look in more rarely.
 */
export const WAIT_SPREAD_MS = 300_000;
const WIDEST_SPREAD_MS = 900_000;

/** Whether a failure says something of the account, and not of one object or of our own pace. */
export function failsAccount(facts: OutsideFacts, account: Account): boolean {
  const { outcome, status, providerCode } = facts;
  // Of a connection that needs a person its own state tells; nobody is asked then (see connections).
  if (outcome === 'reconnect') return account.connectionId === null && providerCode !== 'not_configured';
  if (outcome !== 'retryable' && outcome !== 'unknown') return false;
  // Whoever says "too fast" or "not just now" is there.
  return status === undefined || status === 408 || status >= 500 || (providerCode?.startsWith('answer_') ?? false);
}

export function isOpen(circuit: Circuit | null): circuit is Circuit & { openedAt: Temporal.Instant } {
  return circuit !== null && circuit.openedAt !== null;
}

/** After one more failure; `probing`: it was the probe of an open circuit. */
export function afterFailure(
  account: Account,
  before: Circuit | null,
  failure: {
    readonly at: Temporal.Instant;
    readonly error: string;
    readonly sessionId: number;
    readonly probing: boolean;
  },
  chance: number,
): Circuit {
  const { at, error, sessionId, probing } = failure;
  // A call that was out before it opened tells nothing new.
  if (before && isOpen(before) && !probing) return { ...before, failedAt: at, lastError: error };
  const fresh =
    before !== null && (isOpen(before) || at.since(before.failedAt).total('minutes') < FORGETS_AFTER_MINUTES);
  const failures = fresh ? before.failures + 1 : 1;
  const open = failures >= OPENS_AFTER;
  return {
    ...account,
    failures,
    failedAt: at,
    lastError: error,
    openedAt: open ? (before?.openedAt ?? at) : null,
    probeAt: open ? at.add({ milliseconds: pauseMs(failures, chance) }) : null,
    probeSessionId: sessionId,
  };
}

/** Milliseconds to the next probe, that many failures in a row. `chance` in [0, 1) takes off up to a tenth. */
export function pauseMs(failures: number, chance: number): number {
  const grown = FIRST_PAUSE_MS * 2 ** Math.min(Math.max(failures - OPENS_AFTER, 0), 10);
  return Math.round(Math.min(grown, LONGEST_PAUSE_MS) * (1 - chance / 10));
}

/** When a session that meets an open circuit comes again. Who failed last comes for the probe, the others after it. */
export function waitsUntil(
  circuit: Circuit,
  sessionId: number,
  now: Temporal.Instant,
  chance: number,
): Temporal.Instant {
  const { probeAt, openedAt } = circuit;
  const from =
    probeAt && Temporal.Instant.compare(probeAt, now) > 0 ? probeAt : now.add({ milliseconds: FIRST_PAUSE_MS });
  if (circuit.probeSessionId === sessionId) return from;
  const lastingMs = openedAt ? now.since(openedAt).total('milliseconds') : 0;
  const spreadMs = Math.min(Math.max(lastingMs, WAIT_SPREAD_MS), WIDEST_SPREAD_MS);
  return from.add({ milliseconds: Math.round(chance * spreadMs) });
}
