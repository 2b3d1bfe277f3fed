// The client: one function for each operation of the API document. It puts fields where they travel, adds token and
// Idempotency-Key, and turns what comes back into an answer or an error. How long it goes on asking is persist.ts'.
import createFetchClient from 'openapi-fetch';
import { OPERATIONS } from './api.gen.ts';
import type { Call, CallOptions, Operation, Slotkeeper } from './calls.ts';
import { each } from './each.ts';
import { fallsAfter, persist, retryAfterMs, type Outcome } from './persist.ts';
import { problemIn, SlotkeeperNoAnswer, SlotkeeperProblem } from './problem.ts';

export type ClientOptions = {
  /** Where Slotkeeper is, without `/api`. In a browser an empty one means the page's own origin. */
  readonly baseUrl: string;
  /** Instead of the global one. */
  readonly fetch?: (request: Request, init?: RequestInit) => Promise<Response>;
  /** Attempts after the first, where it may help: 4 by default, 0 for none. */
  readonly retries?: number;
  /** Milliseconds for one call with all its retries: 30,000 by default. */
  readonly timeoutMs?: number;
} & (
  | { readonly token?: string; readonly getToken?: never }
  | {
      readonly token?: never;
      /** Asked before every call, so that a token may be renewed; null calls without one. What it throws, the call throws. */
      readonly getToken: () => string | null | Promise<string | null>;
    }
);

type Fields = Readonly<Record<string, unknown>>;
type Place = {
  readonly method: string;
  readonly path: string;
  readonly inPath: readonly string[];
  readonly inQuery: readonly string[];
};
/** openapi-fetch, without the types it would derive once more. */
type Carrier = {
  request(
    method: string,
    path: string,
    init: {
      readonly params: { readonly path: Fields; readonly query: Fields };
      readonly body?: Fields;
      readonly headers: Readonly<Record<string, string>>;
      readonly cache: RequestCache;
      fetch(request: Request): Promise<Response>;
    },
  ): Promise<{ readonly data?: unknown; readonly error?: unknown; readonly response: Response }>;
};
type Ask = (operation: Operation, input?: Fields, options?: CallOptions) => Promise<unknown>;

const DEFAULT_RETRIES = 4;
const DEFAULT_TIMEOUT_MS = 30_000;
/** As many bits as a UUID; that function itself is not there on pages without TLS. */
const KEY_BYTES = 16;

/** A client for one server and one caller. It holds nothing open, so there is nothing to close. */
export function createClient(options: ClientOptions): Slotkeeper {
  const ask = asking(options);
  const calls = Object.fromEntries(
    (Object.keys(OPERATIONS) as Operation[]).map((id) => [
      id,
      (input?: Fields, given?: CallOptions) => ask(id, input, given),
    ]),
  ) as unknown as { readonly [O in Operation]: Call<O> };
  const walk = (id: Operation, input: Fields = {}, given?: CallOptions) =>
    each((cursor) => ask(id, { ...input, cursor }, given) as Promise<Fields>);
  return { ...calls, each: walk as Slotkeeper['each'] };
}

function asking(options: ClientOptions): Ask {
  const send = options.fetch ?? ((request, init) => globalThis.fetch(request, init));
  // What the fields of each operation are was checked at our own door, so that here they are only carried.
  const http = createFetchClient({ baseUrl: options.baseUrl }) as unknown as Carrier;
  const { retries = DEFAULT_RETRIES, timeoutMs: usualMs = DEFAULT_TIMEOUT_MS } = options;

  return async (operation, input = {}, { signal, idempotencyKey, ifVersion, timeoutMs = usualMs } = {}) => {
    const place: Place = OPERATIONS[operation];
    const key = place.method === 'GET' ? null : (idempotencyKey ?? newKey());
    const token = await tokenWithin(options, timeoutMs, signal);
    let outcome: Outcome = { attempts: 0, response: null };
    const { data, error, response } = await http.request(place.method, place.path, {
      ...spread(place, input),
      // A browser may keep answers for some seconds; whoever has just booked wants to see it. Unchanged ones cost a 304.
      cache: 'no-cache',
      headers: {
        accept: 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(key === null ? {} : { 'idempotency-key': key }),
        ...(ifVersion === undefined ? {} : { 'if-match': `"${ifVersion}"` }),
      },
      fetch: async (request) => {
        outcome = await persist((until) => send(request.clone(), { signal: until }), { retries, timeoutMs }, signal);
        return readable(outcome, operation, key);
      },
    });
    if (response.ok) return data;
    const problem = problemIn(error);
    throw problem === null ? noAnswer(outcome, operation, key) : new SlotkeeperProblem(problem, retryAfterMs(response));
  };
}

/** Fields go where the table says; the rest is the body. Undefined ones are left out, as if not given. */
function spread({ inPath, inQuery }: Place, input: Fields) {
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  const pick = (names: readonly string[]) => Object.fromEntries(given.filter(([name]) => names.includes(name)));
  const rest = given.filter(([name]) => !inPath.includes(name) && !inQuery.includes(name));
  return {
    params: { path: pick(inPath), query: pick(inQuery) },
    ...(rest.length === 0 ? {} : { body: Object.fromEntries(rest) }),
  };
}

/** The token, or the signal's reason once it falls, whatever the page's function goes on to do. */
async function tokenWithin({ token, getToken }: ClientOptions, ms: number, caller?: AbortSignal) {
  if (getToken === undefined) return token ?? null;
  const within = fallsAfter(ms, caller);
  const fallen = new Promise<never>((_resolve, reject) => {
    within.signal.addEventListener('abort', () => reject(within.signal.reason as Error));
  });
  try {
    caller?.throwIfAborted();
    return await Promise.race([getToken(), fallen]);
  } finally {
    within.end();
  }
}

/** The answer, if it is one that can be read: a page served in its place, however friendly, is none. */
function readable(outcome: Outcome, operation: Operation, key: string | null): Response {
  const { response } = outcome;
  if (response === null) throw noAnswer(outcome, operation, key);
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  if (response.ok && response.status !== 204 && !isJson) throw noAnswer(outcome, operation, key);
  return response;
}

function noAnswer({ attempts, response, cause }: Outcome, operation: Operation, key: string | null) {
  const who = response === null ? 'no answer' : `an answer (${response.status}) that is not Slotkeeper's`;
  const fate = key === null ? '' : ' Whether it happened is not known: call again with the same idempotencyKey.';
  return new SlotkeeperNoAnswer(
    `${operation}: ${who} after ${attempts === 1 ? 'one attempt' : `${attempts} attempts`}.${fate}`,
    {
      idempotencyKey: key,
      attempts,
      status: response?.status ?? null,
      cause,
    },
  );
}

function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
