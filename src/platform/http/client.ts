// The one HTTP client for other people's servers: bounded in time and size, no redirects followed, every call logged by
// operation and outcome alone, every failure told as an OutsideError. What a call means is the provider's client's business.
import type { Static, TSchema } from 'typebox';
import type { Log } from '../log.ts';
import { OutsideError, type OutsideFacts, type Outcome } from '../outside-error.ts';
import type { Clock } from '../time/clock.ts';
import { boundedText, jsonOf } from './provider-answer.ts';
import { inDoubt, outcomeOfFailure, outcomeOfStatus } from './provider-outcome.ts';
import { retryAfterMs } from './retry-after.ts';
import { matches } from './matches.ts';

export type Operation = 'create' | 'read' | 'update' | 'delete' | 'list' | 'token' | 'send';

/** What a provider's error body says: its code or reason, and the outcome where that tells more than the status. */
export type Explanation = { readonly code?: string | undefined; readonly outcome?: Outcome | undefined };
export type Explain = (body: unknown, status: number) => Explanation;

export type OutsideCall = {
  readonly provider: string;
  readonly operation: Operation;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly json: unknown } | { readonly form: Readonly<Record<string, string>> };
  readonly explain?: Explain;
  /** When it fires the call ends; see `deadline`. */
  readonly signal: AbortSignal;
};

/** One call as metrics and log see it: no address, no body, no person. `status` is null when no answer came. */
export type CallFacts = {
  readonly provider: string;
  readonly operation: Operation;
  readonly durationMs: number;
  readonly status: number | null;
  readonly outcome: 'ok' | Outcome;
  readonly providerCode?: string;
};

export type HttpClient = {
  /** The answer's JSON, which has at least the shape asked for. Throws OutsideError. */
  json<T extends TSchema>(call: OutsideCall, answer: T): Promise<Static<T>>;
  /** For calls that answer nothing of use. Throws OutsideError. */
  send(call: OutsideCall): Promise<void>;
  /** For calls that answer in their headers. Throws OutsideError. */
  headers(call: OutsideCall): Promise<Headers>;
};

export type HttpClientTools = {
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly observe?: (facts: CallFacts) => void;
  readonly fetch?: typeof globalThis.fetch;
};

/** When each deadline is up: a process that stood still goes on with the answer it waited for before any timer has fired. */
const upAt = new WeakMap<AbortSignal, number>();

/** A signal that fires when the time is up or the caller gives up: one for all calls of one errand. */
export function deadline(bounds: { readonly signal?: AbortSignal; readonly timeoutMs: number }): AbortSignal {
  const timeout = AbortSignal.timeout(bounds.timeoutMs);
  const signal = bounds.signal ? AbortSignal.any([bounds.signal, timeout]) : timeout;
  const outer = bounds.signal && upAt.get(bounds.signal);
  upAt.set(signal, Math.min(performance.now() + bounds.timeoutMs, outer ?? Infinity));
  return signal;
}

function isUp(signal: AbortSignal): boolean {
  return signal.aborted || performance.now() >= (upAt.get(signal) ?? Infinity);
}

export function httpClient(tools: HttpClientTools): HttpClient {
  return {
    async json(call, answer) {
      return watched(tools, call, async () => {
        const { status, text } = await exchange(tools, call);
        const body = text === null ? undefined : jsonOf(text);
        if (matches(answer, body)) return { status, value: body };
        const code = text === null ? 'answer_too_large' : body === undefined ? 'answer_not_json' : 'answer_unexpected';
        throw failure(call, inDoubt(kindOf(call)), status, code);
      });
    },
    async send(call) {
      await watched(tools, call, async () => ({ status: (await exchange(tools, call)).status, value: undefined }));
    },
    async headers(call) {
      return watched(tools, call, async () => {
        const { status, headers } = await exchange(tools, call);
        return { status, value: headers };
      });
    },
  };
}

async function watched<T>(
  tools: HttpClientTools,
  call: OutsideCall,
  run: () => Promise<{ status: number; value: T }>,
): Promise<T> {
  const began = performance.now();
  const tell = (status: number | null, outcome: 'ok' | Outcome, providerCode?: string): void => {
    const { provider, operation } = call;
    const durationMs = Math.round(performance.now() - began);
    const facts = { provider, operation, durationMs, status, outcome, ...(providerCode ? { providerCode } : {}) };
    tools.log[outcome === 'ok' || outcome === 'absent' ? 'info' : 'warn'](facts, 'provider call');
    tools.observe?.(facts);
  };
  try {
    const { status, value } = await run();
    tell(status, 'ok');
    return value;
  } catch (error) {
    if (error instanceof OutsideError) tell(error.facts.status ?? null, error.facts.outcome, error.facts.providerCode);
    throw error;
  }
}

/** One request and its answer. Anything but a 2xx status is thrown. */
async function exchange(
  tools: HttpClientTools,
  call: OutsideCall,
): Promise<{ status: number; headers: Headers; text: string | null }> {
  if (isUp(call.signal)) throw failure(call, 'retryable', undefined, 'no_time_left');
  let response: Response;
  let text: string | null;
  try {
    response = await (tools.fetch ?? globalThis.fetch)(call.url, requestOf(call));
    text = await boundedText(response);
  } catch (error) {
    const { outcome, providerCode } = outcomeOfFailure(error, kindOf(call));
    throw failure(call, outcome, undefined, providerCode, undefined, error);
  }
  const refused = response.ok ? null : refusal(tools, call, response, text);
  // A page of HTML is not the provider's: whoever sent it may never have passed the call on, and knows nothing of what is there.
  if (isPage(response) && !(refused && SAYS_LITTLE.has(refused.facts.outcome))) {
    throw failure(call, inDoubt(kindOf(call)), response.status, 'answer_not_json', refused?.facts.retryAfterMs);
  }
  if (refused) throw refused;
  return { status: response.status, headers: response.headers, text };
}

/** What anybody on the way may say: that the call did not come through, or that nobody knows. */
const SAYS_LITTLE: ReadonlySet<Outcome> = new Set(['retryable', 'unknown']);

function isPage(response: Response): boolean {
  return /^text\/html\b/i.test(response.headers.get('content-type') ?? '');
}

function requestOf(call: OutsideCall): RequestInit {
  const headers: Record<string, string> = { accept: 'application/json', 'user-agent': 'slotkeeper', ...call.headers };
  // A redirect could carry a token or a body to a stranger.
  const init: RequestInit = { method: call.method, headers, signal: call.signal, redirect: 'manual' };
  if (call.body === undefined) return init;
  if ('form' in call.body) return { ...init, body: new URLSearchParams(call.body.form) };
  return { ...init, body: JSON.stringify(call.body.json), headers: { ...headers, 'content-type': 'application/json' } };
}

function refusal(tools: HttpClientTools, call: OutsideCall, response: Response, text: string | null): OutsideError {
  const told = call.explain?.(jsonOf(text ?? ''), response.status) ?? {};
  const outcome = told.outcome ?? outcomeOfStatus(response.status, kindOf(call));
  const wait = retryAfterMs(response.headers.get('retry-after'), tools.clock.now());
  return failure(call, outcome, response.status, told.code, wait);
}

function failure(
  call: OutsideCall,
  outcome: Outcome,
  status?: number,
  code?: string,
  wait?: number,
  cause?: unknown,
): OutsideError {
  const facts: OutsideFacts = {
    outcome,
    provider: call.provider,
    operation: call.operation,
    ...(status === undefined ? {} : { status }),
    // A code is a word; anything else might be a message with a person in it.
    ...(code !== undefined && /^[\w.:-]{1,64}$/.test(code) ? { providerCode: code } : {}),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  };
  return new OutsideError(facts, cause === undefined ? {} : { cause });
}

/** A token that got lost is simply asked for again. */
function kindOf(call: OutsideCall): { operation: Operation; effect: boolean } {
  return { operation: call.operation, effect: call.method !== 'GET' && call.operation !== 'token' };
}
