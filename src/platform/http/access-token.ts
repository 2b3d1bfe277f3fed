// Access tokens of outside accounts: kept until shortly before they expire, fetched once however many ask, dropped when
// refused. How a token is asked for is the provider's client's business.
import { Type, type Static } from 'typebox';
import type { OutsideError } from '../outside-error.ts';
import type { Clock } from '../time/clock.ts';
import { UnderWay } from '../under-way.ts';
import { deadline, type Explanation } from './client.ts';

/** What every provider's token endpoint answers (RFC 6749, 5.1), as far as we need it. */
export const TOKEN_ANSWER = Type.Object({ access_token: Type.String({ minLength: 1 }), expires_in: Type.Number() });

export type TokenAnswer = Static<typeof TOKEN_ANSWER>;

/** Asks the provider for a token of `subject` (an account it speaks for; one constant where there is but one). */
export type AskForToken = (subject: string, signal: AbortSignal) => Promise<TokenAnswer>;

export type AccessTokens = {
  get(subject: string, signal: AbortSignal): Promise<string>;
  /** Forgets a refused token, unless a newer one has already taken its place. */
  drop(subject: string, token: string): void;
  /** Told when a fresh token was refused too: the credentials behind it are dead or too narrow. */
  lapsed?(subject: string, error: OutsideError): Promise<void>;
};

/** One account among those that `tokens` speaks for. */
export type OneAccount = { readonly tokens: AccessTokens; readonly subject: string };

/** For a client that acts as one account alone, whatever subject it names. */
export function tokensOfOne({ tokens, subject }: OneAccount): AccessTokens {
  return {
    get: (_named, signal) => tokens.get(subject, signal),
    drop: (_named, token) => tokens.drop(subject, token),
    lapsed: async (_named, error) => await tokens.lapsed?.(subject, error),
  };
}

/** The shared request serves every waiter, so it cannot end with any one of them. Token endpoints answer well within it. */
const TOKEN_TIMEOUT_MS = 10_000;
/** A token is not used in its last minute: a call sent with it may take that long, and clocks differ. */
const MARGIN_MS = 60_000;
/** One per practitioner's account; beyond it the oldest is asked for again. About 2 kB each. */
const MAX_SUBJECTS = 10_000;

type Kept = { readonly token: string; readonly goodUntilMs: number };

export function accessTokens(tools: { readonly clock: Clock; readonly ask: AskForToken }): AccessTokens {
  const kept = new Map<string, Kept>();
  const asking = new UnderWay<string>();

  async function ask(subject: string): Promise<string> {
    const answer = await tools.ask(subject, deadline({ timeoutMs: TOKEN_TIMEOUT_MS }));
    const lifeMs = answer.expires_in * 1000;
    const goodForMs = Math.max(lifeMs - MARGIN_MS, lifeMs / 2);
    kept.delete(subject);
    kept.set(subject, { token: answer.access_token, goodUntilMs: tools.clock.now().epochMilliseconds + goodForMs });
    const oldest = kept.keys().next().value;
    if (kept.size > MAX_SUBJECTS && oldest !== undefined) kept.delete(oldest);
    return answer.access_token;
  }

  return {
    async get(subject, signal) {
      const have = kept.get(subject);
      if (have && tools.clock.now().epochMilliseconds < have.goodUntilMs) return have.token;
      return until(
        asking.share(subject, () => ask(subject)),
        signal,
      );
    },
    drop(subject, token) {
      if (kept.get(subject)?.token === token) kept.delete(subject);
    },
  };
}

/** What a token endpoint says is wrong (RFC 6749, 5.2), with the first of Entra's numbers; a plea for patience is retryable. */
export function explainTokenError(body: unknown): Explanation {
  const told = typeof body === 'object' && body !== null ? body : {};
  if (!('error' in told) || typeof told.error !== 'string') return {};
  const numbers: unknown[] = 'error_codes' in told && Array.isArray(told.error_codes) ? told.error_codes : [];
  const code = typeof numbers[0] === 'number' ? `${told.error}:${numbers[0]}` : told.error;
  return told.error === 'temporarily_unavailable' ? { code, outcome: 'retryable' } : { code };
}

function until<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
