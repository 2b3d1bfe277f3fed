// Faults on order: what the next calls of a provider's operation shall suffer. In memory only, by design: a restarted
// sandbox is a healthy one.
import { OPERATIONS, PROVIDERS, isJson, type Operation, type Provider } from './endpoint.ts';

export type Fault = {
  readonly provider: Provider;
  readonly operation: Operation;
  /** HTTP status (SMTP reply code for mail): the work is not done. */
  readonly status?: number;
  /** Goes into Retry-After as given: seconds, an HTTP date or an ISO date-time. */
  readonly retryAfter?: string | number;
  /** Alone: the work is done, then the answer waits. With `status`: wait, then fail. */
  readonly latencyMs?: number;
  /** The work is done and committed, then the connection is dropped without an answer. */
  readonly dropAfterSuccess?: boolean;
  /** How many calls suffer it; without it all do, until cleared. */
  readonly times?: number;
};

export type Faults = {
  add(fault: Fault): void;
  list(): Fault[];
  clear(): void;
  /** The first fault on order for this call, or undefined. `spend` counts it as suffered. */
  match(provider: Provider, operation: Operation): { readonly fault: Fault; spend(): void } | undefined;
};

/** Enough for any experiment; past it somebody forgot to clear. */
const MOST_FAULTS = 100;
/** Longer than any client's deadline. */
const MOST_LATENCY_MS = 120_000;
const MOST_TIMES = 1_000_000;

export function faultsOnOrder(): Faults {
  let orders: { fault: Fault; left: number }[] = [];
  return {
    add: (fault) => {
      if (orders.length >= MOST_FAULTS) throw new RangeError(`at most ${MOST_FAULTS} faults at once: clear some first`);
      orders.push({ fault, left: fault.times ?? Infinity });
    },
    list: () => orders.map(({ fault, left }) => (left === Infinity ? fault : { ...fault, times: left })),
    clear: () => {
      orders = [];
    },
    match: (provider, operation) => {
      const order = orders.find((one) => one.fault.provider === provider && one.fault.operation === operation);
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

const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  provider: (value) => PROVIDERS.some((known) => known === value),
  operation: (value) => OPERATIONS.some((known) => known === value),
  status: (value) => isWhole(value, 300, 599),
  retryAfter: (value) =>
    isWhole(value, 0, Number.MAX_SAFE_INTEGER) || (typeof value === 'string' && /^[\x20-\x7e]{1,100}$/.test(value)),
  latencyMs: (value) => isWhole(value, 0, MOST_LATENCY_MS),
  dropAfterSuccess: (value) => typeof value === 'boolean',
  times: (value) => isWhole(value, 1, MOST_TIMES),
};

/** Reads a fault from outside; on any doubt answers the sentences to show instead. */
export function readFault(value: unknown): Fault | { readonly wrong: readonly string[] } {
  if (!isJson(value)) return { wrong: ['a fault is a JSON object'] };
  const wrong: string[] = [];
  for (const [name, given] of Object.entries(value)) {
    const allowed = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    if (!allowed) wrong.push(`${name}: no such field (there are ${Object.keys(FIELDS).join(', ')})`);
    else if (!allowed(given)) wrong.push(`${name}: not a value it can have`);
  }
  for (const needed of ['provider', 'operation']) if (!(needed in value)) wrong.push(`${needed}: is needed`);
  const { provider, operation, status, latencyMs, dropAfterSuccess, retryAfter } = value;
  if (wrong.length === 0) {
    if ((provider === 'mail') !== (operation === 'send' || (provider === 'mail' && operation === 'create')))
      wrong.push('operation: mail knows send (or create, which means the same), the others all but send');
    if (provider === 'mail' && status !== undefined && Number(status) < 400)
      wrong.push('status: an SMTP error is 400 or more');
    if (status !== undefined && dropAfterSuccess === true) wrong.push('status and dropAfterSuccess exclude each other');
    if (status === undefined && dropAfterSuccess !== true && latencyMs === undefined)
      wrong.push('one of status, latencyMs, dropAfterSuccess is needed');
    if (retryAfter !== undefined && status === undefined) wrong.push('retryAfter: only together with status');
  }
  if (wrong.length > 0) return { wrong };
  const fault = value as unknown as Fault;
  return fault.provider === 'mail' ? { ...fault, operation: 'send' } : { ...fault };
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}
