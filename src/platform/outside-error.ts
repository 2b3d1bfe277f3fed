// What can go wrong at somebody else's server, as a closed set of outcomes. Provider clients throw it; fulfilment
// decides by `outcome` alone, and nobody shows the provider's own words to a caller.

/**
 * retryable: it surely did not happen (refused connection, 429, 503 before the work, 401 on a stale token): try again.
 * unknown:   it may have happened (time-out, reset or 5xx after the request was sent): look it up before trying again.
 * absent:    the thing named is not there (404, 410).
 * refused:   the provider said no and will say no again (400, 403 by policy): a person must change something.
 * reconnect: the credentials are dead or too narrow (invalid_grant, missing scope): an administrator must reconnect.
 */
export type Outcome = 'retryable' | 'unknown' | 'absent' | 'refused' | 'reconnect';

export type OutsideFacts = {
  readonly outcome: Outcome;
  /** 'zoom', 'google', 'microsoft', 'mail' */
  readonly provider: string;
  /** create | read | update | delete | list | token | send */
  readonly operation: string;
  readonly status?: number;
  /** The provider's own error code or reason, never its message. */
  readonly providerCode?: string;
  /** How long the provider asked us to wait, from any form of Retry-After. */
  readonly retryAfterMs?: number;
};

export class OutsideError extends Error {
  override readonly name = 'OutsideError';
  readonly facts: OutsideFacts;
  constructor(facts: OutsideFacts, options?: ErrorOptions) {
    super(
      `${facts.provider} ${facts.operation}: ${facts.outcome}${facts.status ? ` (${facts.status})` : ''}${facts.providerCode ? ` ${facts.providerCode}` : ''}`,
      options,
    );
    this.facts = facts;
  }
}
