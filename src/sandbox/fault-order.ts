// Reads an order for a fault from outside: which fields there are, what they may hold, and which go together.
import { OPERATIONS, PROVIDERS, isJson, type Json } from './endpoint.ts';
import type { Fault } from './faults.ts';
import { isAddress } from './people.ts';
import { instantFrom } from './wall-time.ts';

/** Longer than any client's deadline. */
const MOST_LATENCY_MS = 120_000;
const MOST_TIMES = 1_000_000;

const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  provider: (value) => PROVIDERS.some((known) => known === value),
  operation: (value) => value === 'any' || OPERATIONS.some((known) => known === value),
  status: (value) => isWhole(value, 200, 599),
  retryAfter: (value) =>
    isWhole(value, 0, Number.MAX_SAFE_INTEGER) || (typeof value === 'string' && /^[\x20-\x7e]{1,100}$/.test(value)),
  latencyMs: (value) => isWhole(value, 0, MOST_LATENCY_MS),
  dropAfterSuccess: (value) => typeof value === 'boolean',
  times: (value) => isWhole(value, 1, MOST_TIMES),
  afterSuccess: (value) => typeof value === 'boolean',
  code: (value) => isWhole(value, 0, MOST_TIMES) || (typeof value === 'string' && /^[\w.:-]{1,64}$/.test(value)),
  dropBeforeWork: (value) => typeof value === 'boolean',
  workAfterMs: (value) => isWhole(value, 1, MOST_LATENCY_MS),
  html: (value) => typeof value === 'boolean',
  afterCalls: (value) => isWhole(value, 0, MOST_TIMES),
  from: (value) => instantFrom(value) !== undefined,
  until: (value) => instantFrom(value) !== undefined,
  // A number for texts; an address for all else.
  account: (value) => isAddress(value) || (typeof value === 'string' && /^\+\d{7,15}$/.test(value)),
};

/** The fault; on any doubt the sentences to show instead. */
export function readFault(value: unknown): Fault | { readonly wrong: readonly string[] } {
  if (!isJson(value)) return { wrong: ['a fault is a JSON object'] };
  const wrong: string[] = [];
  for (const [name, given] of Object.entries(value)) {
    const allowed = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    if (!allowed) wrong.push(`${name}: no such field (there are ${Object.keys(FIELDS).join(', ')})`);
    else if (!allowed(given)) wrong.push(`${name}: not a value it can have`);
  }
  for (const needed of ['provider', 'operation']) if (!(needed in value)) wrong.push(`${needed}: is needed`);
  if (wrong.length === 0) wrong.push(...contradictions(value));
  if (wrong.length > 0) return { wrong };
  const { code, account, ...rest } = value as unknown as Omit<Fault, 'code'> & { code?: string | number };
  return {
    ...rest,
    ...(rest.provider === 'mail' && rest.operation === 'create' ? { operation: 'send' as const } : {}),
    ...(code === undefined ? {} : { code: String(code) }),
    ...(account === undefined ? {} : { account: account.toLowerCase() }),
  };
}

function contradictions(order: Json) {
  const { provider, operation, status, retryAfter, latencyMs, workAfterMs, from, until, code, ...flags } = order;
  const isSet = (name: string): boolean => flags[name] === true;
  const [drops, drowns, pages] = [isSet('dropAfterSuccess'), isSet('dropBeforeWork'), isSet('html')];
  const isMail = provider === 'mail';
  const mailWords = ['send', 'create', 'any'].some((known) => known === operation);
  return [
    (isMail ? !mailWords : operation === 'send') &&
      'operation: mail knows send (or create, which means the same), the others all but send',
    status !== undefined && Number(status) < 300 && !pages && 'status: below 300 only together with html',
    isMail && status !== undefined && Number(status) < 400 && !pages && 'status: an SMTP error is 400 or more',
    status !== undefined && drops && 'status and dropAfterSuccess exclude each other',
    drowns &&
      (drops || pages || status !== undefined) &&
      'dropBeforeWork stands alone, or with latencyMs or workAfterMs',
    workAfterMs !== undefined &&
      (isSet('afterSuccess') || (!drowns && status === undefined)) &&
      'workAfterMs: only together with dropBeforeWork or status, and without afterSuccess',
    pages && drops && 'html and dropAfterSuccess exclude each other',
    pages && code !== undefined && 'html and code exclude each other',
    status === undefined &&
      !drops &&
      !drowns &&
      !pages &&
      latencyMs === undefined &&
      'one of status, latencyMs, dropAfterSuccess, dropBeforeWork, html is needed',
    retryAfter !== undefined && status === undefined && 'retryAfter: only together with status',
    isSet('afterSuccess') && status === undefined && 'afterSuccess: only together with status',
    code !== undefined && status === undefined && 'code: only together with status',
    code !== undefined &&
      ((provider === 'zoom' && operation !== 'token') || provider === 'twilio') &&
      !/^\d+$/.test(JSON.stringify(code).replaceAll('"', '')) &&
      'code: is a number here',
    typeof from === 'string' &&
      typeof until === 'string' &&
      Temporal.Instant.compare(from, until) >= 0 &&
      'until: must come after from',
  ].filter((sentence) => typeof sentence === 'string');
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}
