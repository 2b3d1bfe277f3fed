// Posts to an address that a customer chose: to public addresses alone, looked at after each resolution of the name, and the
// connection made to the very address that was looked at. Follows no redirect, waits and reads within bounds, and tells what
// happened instead of throwing.
import { lookup } from 'node:dns/promises';
import { request as requestPlainly } from 'node:http';
import { request as requestSecurely, type RequestOptions } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Clock } from '../time/clock.ts';
import { addressOf, mayReach, type Reach } from './public-address.ts';
import { retryAfterMs } from './retry-after.ts';

/** Of an answer nothing but its status is of use; a little is read, so that a polite server can end its sentence. */
const MAX_READ_BYTES = 16_384;

export type Posting = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Over all: name, connection, handshake, answer. */
  readonly timeoutMs: number;
};

/** Why no answer came. */
export const POST_FAULTS = [
  'address_not_allowed',
  'name_not_found',
  'connection_failed',
  'tls_failed',
  'timeout',
  'no_answer',
] as const;
export type PostFault = (typeof POST_FAULTS)[number];

/**
 * What a status says to one who posts. taken: it has it. later: busy, or broken; nothing is said about what was sent. gone: nobody
 * is to come here any more. redirected: it is elsewhere, where we do not follow. no: it will not have this one.
 */
export type Verdict = 'taken' | 'later' | 'gone' | 'redirected' | 'no';

export type Posted = { readonly durationMs: number } & (Answer | { readonly status: null; readonly fault: PostFault });

type Answer = {
  readonly status: number;
  readonly verdict: Verdict;
  readonly retryAfterMs: number | undefined;
  readonly fault: null;
};

export type Address = { readonly address: string; readonly family: number };

export type PostTools = {
  readonly clock: Clock;
  readonly reach: Reach;
  /** Every address of a name; by default, as the machine resolves it. */
  readonly resolve?: (hostname: string) => Promise<readonly Address[]>;
};

export type PostOutside = (posting: Posting) => Promise<Posted>;

export function postOutside(tools: PostTools): PostOutside {
  return async (posting) => {
    const began = performance.now();
    const outcome = await post(tools, posting).catch((error: unknown) => ({ status: null, fault: faultOf(error) }));
    return { ...outcome, durationMs: Math.round(performance.now() - began) };
  };
}

class NotAllowed extends Error {
  override readonly name = 'NotAllowed';
}

/** RFC 9110, 15.5.9; RFC 8470, 5.2; RFC 6585, 4. */
const BUSY = new Set([408, 425, 429]);

function verdictOf(status: number): Verdict {
  if (status >= 200 && status < 300) return 'taken';
  if (status >= 500 || BUSY.has(status)) return 'later';
  if (status === 410) return 'gone';
  return status < 400 ? 'redirected' : 'no';
}

async function post(tools: PostTools, posting: Posting): Promise<Answer> {
  const url = new URL(posting.url);
  const secure = url.protocol === 'https:';
  if (!secure && !(url.protocol === 'http:' && tools.reach === 'private_too')) throw new NotAllowed();
  const literal = addressOf(url.hostname);
  // The library asks no one about a number.
  if (literal !== null && !mayReach(literal, tools.reach)) throw new NotAllowed();
  const options: RequestOptions = {
    method: 'POST',
    hostname: literal ?? url.hostname,
    port: url.port,
    path: url.pathname + url.search,
    headers: { ...posting.headers, 'content-length': String(Buffer.byteLength(posting.body)) },
    lookup: checkedLookup(tools),
    // A connection of its own: one that was kept could be to an address that was looked at for another name.
    agent: false,
    signal: AbortSignal.timeout(posting.timeoutMs),
  };
  return await new Promise((resolve, reject) => {
    const sent = (secure ? requestSecurely : requestPlainly)(options, (response) => {
      const status = response.statusCode ?? 0;
      const wait = retryAfterMs(response.headers['retry-after'] ?? null, tools.clock.now());
      // The status is the answer; how the rest ends changes nothing.
      const done = (): void => resolve({ status, verdict: verdictOf(status), retryAfterMs: wait, fault: null });
      let read = 0;
      response.on('data', (chunk: Buffer) => {
        read += chunk.length;
        if (read > MAX_READ_BYTES) response.destroy();
      });
      response.on('error', done).on('close', done);
    });
    // It would rather speak another protocol: left to itself the library tells neither of an answer nor of an end.
    sent.on('upgrade', ({ statusCode: status = 0 }, socket) => {
      socket.destroy();
      resolve({ status, verdict: verdictOf(status), retryAfterMs: undefined, fault: null });
    });
    sent.on('error', reject);
    sent.end(posting.body);
  });
}

/** Answers the addresses of a name to the library, which connects to one of these; refuses the name for a single bad one. */
function checkedLookup(tools: PostTools): LookupFunction {
  const resolve = tools.resolve ?? ((hostname: string) => lookup(hostname, { all: true }));
  return (hostname, options, callback) => {
    const answer = async (): Promise<void> => {
      const found = await resolve(hostname);
      const [first] = found;
      if (!first || !found.every(({ address }) => mayReach(address, tools.reach))) throw new NotAllowed();
      if (options.all) callback(null, [...found]);
      else callback(null, first.address, first.family);
    };
    answer().catch((error: NodeJS.ErrnoException) => callback(error, '', 0));
  };
}

const FAULT_OF_CODE: Readonly<Record<string, PostFault>> = {
  ENOTFOUND: 'name_not_found',
  EAI_AGAIN: 'name_not_found',
  ENODATA: 'name_not_found',
  ECONNREFUSED: 'connection_failed',
  EHOSTUNREACH: 'connection_failed',
  ENETUNREACH: 'connection_failed',
  EADDRNOTAVAIL: 'connection_failed',
  ETIMEDOUT: 'timeout',
};

function faultOf(error: unknown): PostFault {
  if (error instanceof AggregateError) return faultOf(error.errors[0]);
  if (!(error instanceof Error)) return 'no_answer';
  if (error instanceof NotAllowed) return 'address_not_allowed';
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'timeout';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (/CERT|SSL|TLS|SIGNATURE|^EPROTO$/.test(code)) return 'tls_failed';
  return FAULT_OF_CODE[code] ?? 'no_answer';
}
