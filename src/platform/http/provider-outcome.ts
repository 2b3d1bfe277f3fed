// What a status or a broken connection says about an outside call: did it happen, may it have happened, what to do next.
// Provider codes that say it better are read by the provider's own client and win over these rules.
import { OutsideError, type Outcome } from '../outside-error.ts';

/** `effect`: the call may change something there, so a lost answer leaves a doubt. */
export type CallKind = { readonly operation: string; readonly effect: boolean };

export function outcomeOfStatus(status: number, kind: CallKind): Outcome {
  const outcome = plainOutcome(status, kind);
  const no = outcome === 'refused' || outcome === 'absent';
  // A token that is refused is dead credentials, whatever the words (RFC 6749, 5.2).
  if (no && kind.operation === 'token') return 'reconnect';
  // Where nothing is named but the place itself, it is the place that is missing: no repeat will find it.
  return no && (kind.operation === 'create' || kind.operation === 'list') ? 'refused' : outcome;
}

function plainOutcome(status: number, kind: CallKind): Outcome {
  switch (status) {
    case 401:
      return 'reconnect';
    case 404:
    case 410:
      return 'absent';
    // The thing was busy, or changed under us, or we came too fast or too early: it surely did not happen.
    case 409:
    case 412:
    case 423:
    case 425:
    case 429:
      return 'retryable';
    case 408:
      return inDoubt(kind);
    default:
      return status >= 500 ? inDoubt(kind) : 'refused';
  }
}

/** Codes of node:net, node:dns, node:tls and undici for a connection that never came to be: nothing was sent. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** The outcome of a fetch that threw, and the code that says why; a time-out is 'timeout', the caller's end 'aborted'. */
export function outcomeOfFailure(error: unknown, kind: CallKind): { outcome: Outcome; providerCode: string } {
  const code = codeOf(error);
  return { outcome: NEVER_SENT.has(code) ? 'retryable' : inDoubt(kind), providerCode: code };
}

export function inDoubt(kind: CallKind): Outcome {
  return kind.effect ? 'unknown' : 'retryable';
}

/**
 * For a step that failed after an earlier one took effect: what "surely did not happen" for the step is in doubt for the whole,
 * and what was just there is not gone because one read does not find it.
 */
export function afterEffect(error: unknown): unknown {
  if (!(error instanceof OutsideError) || !['retryable', 'absent'].includes(error.facts.outcome)) return error;
  return new OutsideError({ ...error.facts, outcome: 'unknown' }, { cause: error });
}

/** Whether the provider said that the key we chose is taken (409): the earlier try, or another's. */
export function isConflict(error: unknown): error is OutsideError {
  return error instanceof OutsideError && error.facts.status === 409;
}

export function isAbsent(error: unknown): error is OutsideError {
  return error instanceof OutsideError && error.facts.outcome === 'absent';
}

/** For a read: what is not there is null. */
export function nullIfAbsent(error: unknown): null {
  if (isAbsent(error)) return null;
  throw error;
}

/**
 * A delete whose thing was there no more is done, where a read finds none either: the one answer may have been another's than the
 * provider's, and nobody would look again. `retryable` where it stands all the same.
 */
export async function removed(deletion: Promise<void>, read: () => Promise<object | null>): Promise<void> {
  try {
    await deletion;
  } catch (error) {
    if (!isAbsent(error)) throw error;
    if ((await read()) === null) return;
    throw new OutsideError({ ...error.facts, outcome: 'retryable', providerCode: 'still_there' }, { cause: error });
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  if (error.name === 'TimeoutError') return 'timeout';
  if (error.name === 'AbortError') return 'aborted';
  const cause: unknown = error.cause;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : 'failed';
}
