// Why a call outside was not made: the account is not asked for a while, or has nothing left for today. Thrown in the place
// of the call, so nothing is in doubt and no try is used up.
import { OutsideError } from '../platform/outside-error.ts';

/**
 * circuit_open: its last tries failed, one at a time looks whether it is back. account_slow: too many calls to it are out and
 * unanswered. mailbox_full: as many calls to this mailbox are out as its provider allows. budget_spent: the provider
 * allows no more for today.
 */
export type WhyHeld = 'circuit_open' | 'account_slow' | 'mailbox_full' | 'budget_spent';

/** The first word of the stored error of what waits so. */
export const WAITING = 'waiting';

export class Held extends OutsideError {
  readonly why: WhyHeld;
  /** When to ask again. */
  readonly until: Temporal.Instant;
  constructor(provider: string, why: WhyHeld, until: Temporal.Instant) {
    super({ outcome: 'retryable', provider, operation: 'wait', providerCode: why });
    this.why = why;
    this.until = until;
  }
}

/** Whether a stored error says that an account is waited for, and nothing was tried. */
export function isWaiting(error: string | null): boolean {
  return error !== null && error.startsWith(`${WAITING} `);
}

/** Whether it waits for a person, for a link, or for its account: an act may have changed any. Whoever asked us to slow down is left alone. */
export function isMendable(error: string | null): boolean {
  return error === null || isWaiting(error) || /^(refused|reconnect)/.test(error);
}

/** Whether it is waited for longer than anybody waits for an answer; a busy mailbox is free in a second or two. */
export function isPutOff(error: string | null): boolean {
  return isWaiting(error) && /\b(circuit_open|budget_spent)$/.test(error ?? '');
}

/** Nobody here has an account for the place where it stands. */
export function notConfigured({ provider }: { readonly provider: string }, operation: string): OutsideError {
  return new OutsideError({ outcome: 'reconnect', provider, operation, providerCode: 'not_configured' });
}

/** It was said to be gone, and is there: to be tried again. */
export function stillThere({ provider }: { readonly provider: string }): OutsideError {
  return new OutsideError({ outcome: 'retryable', provider, operation: 'read', providerCode: 'still_there' });
}
