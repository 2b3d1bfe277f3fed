// Faults on order: which of the next calls suffer what. In memory only, by design: a restarted sandbox is a healthy one.
// What an order may say is read in fault-order.ts; what it does to a call is the server's and the mailbox's business.
import type { Operation, Provider } from './endpoint.ts';

export type Fault = {
  readonly provider: Provider;
  /** `any`: all that the provider does. */
  readonly operation: Operation | 'any';
  /** HTTP status (SMTP reply code for mail): the work is not done, unless `afterSuccess`. */
  readonly status?: number;
  /** With `status`: the work is done and committed, and only then refused. */
  readonly afterSuccess?: boolean;
  /** With `status`: the provider's own code or reason in place of the usual one. */
  readonly code?: string;
  /** Goes into Retry-After as given: seconds, an HTTP date or an ISO date-time. */
  readonly retryAfter?: string | number;
  /** Alone: the work is done, then the answer waits. With `status`: wait, then fail. */
  readonly latencyMs?: number;
  /** The work is done and committed, then the connection is dropped without an answer. */
  readonly dropAfterSuccess?: boolean;
  /** The connection is dropped before anything is done. */
  readonly dropBeforeWork?: boolean;
  /** With `dropBeforeWork` or `status`: the work is done after all, so long after the caller was answered so. Over HTTP only. */
  readonly workAfterMs?: number;
  /** A page of HTML where JSON is due. Alone: the work is done. Over HTTP only. */
  readonly html?: boolean;
  /** How many calls suffer it; without it all do, until cleared. */
  readonly times?: number;
  /** How many calls that fit pass unharmed before the first suffers. */
  readonly afterCalls?: number;
  /** Instants of the sandbox's clock, half open; without them always. */
  readonly from?: string;
  readonly until?: string;
  /** The address of the host, calendar, mailbox or reader a call is about; without it all. */
  readonly account?: string;
};

/** What of a call decides whether a fault fits it. */
export type CallFacts = {
  readonly provider: Provider;
  readonly operation: Operation;
  readonly now: Temporal.Instant;
  readonly overHttp: boolean;
  /** In lower case; asked for only where an order names one. */
  accounts(): readonly string[];
};

export type Faults = {
  add(fault: Fault): void;
  /** As they stand: with the calls that are left. */
  list(): Fault[];
  /** Those that name all of this. */
  clear(which?: { readonly provider?: string; readonly operation?: string; readonly account?: string }): void;
  /** The oldest fault on order for this call, or undefined. `spend` counts it as suffered. */
  match(call: CallFacts): { readonly fault: Fault; spend(): void } | undefined;
};

type Order = { readonly fault: Fault; passing: number; left: number };

/** Enough for any experiment; past it somebody forgot to clear. */
const MOST_FAULTS = 100;

export function faultsOnOrder(): Faults {
  let orders: Order[] = [];
  return {
    add: (fault) => {
      if (orders.length >= MOST_FAULTS) throw new RangeError(`at most ${MOST_FAULTS} faults at once: clear some first`);
      orders.push({ fault, passing: fault.afterCalls ?? 0, left: fault.times ?? Infinity });
    },
    list: () => orders.map(standing),
    clear: ({ provider, operation, account } = {}) => {
      const named = ({ fault }: Order): boolean =>
        (provider === undefined || fault.provider === provider) &&
        (operation === undefined || fault.operation === operation) &&
        (account === undefined || fault.account === account.toLowerCase());
      orders = orders.filter((order) => !named(order));
    },
    match: (call) => {
      const order = orders.find((one) => {
        if (!fits(one.fault, call)) return false;
        if (one.passing === 0) return true;
        one.passing -= 1;
        return false;
      });
      if (!order) return undefined;
      return {
        fault: order.fault,
        spend: () => {
          order.left -= 1;
          if (order.left <= 0) orders = orders.filter((one) => one !== order);
        },
      };
    },
  };
}

function standing({ fault, passing, left }: Order): Fault {
  return {
    ...fault,
    ...(fault.afterCalls === undefined ? {} : { afterCalls: passing }),
    ...(left === Infinity ? {} : { times: left }),
  };
}

function fits(fault: Fault, call: CallFacts): boolean {
  if (fault.provider !== call.provider) return false;
  if (fault.operation !== 'any' && fault.operation !== call.operation) return false;
  if ((fault.html === true || fault.workAfterMs !== undefined) && !call.overHttp) return false;
  if (fault.from !== undefined && Temporal.Instant.compare(call.now, fault.from) < 0) return false;
  if (fault.until !== undefined && Temporal.Instant.compare(call.now, fault.until) >= 0) return false;
  return fault.account === undefined || call.accounts().includes(fault.account);
}
