// A provider's API under an access token: adds what every call to it shares, and renews a refused token once.
import type { Static, TSchema } from 'typebox';
import { OutsideError } from '../outside-error.ts';
import type { AccessTokens } from './access-token.ts';
import type { Explain, HttpClient, OutsideCall } from './client.ts';

/** A call to a provider's API, without what every call to it shares. `path` starts with a slash and is encoded already. */
export type ApiCall = Omit<OutsideCall, 'provider' | 'url' | 'headers'> & {
  readonly path: string;
  /** Whose token to use. */
  readonly subject: string;
};

export type ProviderApi = {
  json<T extends TSchema>(call: ApiCall, answer: T): Promise<Static<T>>;
  send(call: ApiCall): Promise<void>;
};

export type ProviderApiTools = {
  readonly http: HttpClient;
  readonly tokens: AccessTokens;
  readonly provider: string;
  /** With its path prefix. */
  readonly baseUrl: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly explain: Explain;
};

/**
 * A provider's API under an access token. A token can be older than its revocation, or than the permission that it
 * lacks, so "reconnect" is believed of a fresh one only: it is renewed once and the call is made once more.
 */
export function providerApi(tools: ProviderApiTools): ProviderApi {
  async function withToken<T>(call: ApiCall, run: (call: OutsideCall) => Promise<T>): Promise<T> {
    const { path, subject, ...rest } = call;
    const attempt = (token: string): Promise<T> =>
      run({
        ...rest,
        provider: tools.provider,
        url: `${withoutSlash(tools.baseUrl)}${path}`,
        headers: { ...tools.headers, authorization: `Bearer ${token}` },
        explain: tools.explain,
      });
    const token = await tokenFor(call);
    try {
      return await attempt(token);
    } catch (error) {
      if (!(error instanceof OutsideError) || error.facts.outcome !== 'reconnect') throw error;
      tools.tokens.drop(subject, token);
      const fresh = await tokenFor(call);
      try {
        return await attempt(fresh);
      } catch (again) {
        if (again instanceof OutsideError && again.facts.outcome === 'reconnect') {
          await tools.tokens.lapsed?.(subject, again);
        }
        throw again;
      }
    }
  }

  async function tokenFor(call: ApiCall): Promise<string> {
    try {
      return await tools.tokens.get(call.subject, call.signal);
    } catch (error) {
      if (error instanceof OutsideError) throw error;
      // Our own time ran out while another's request was under way: nothing was sent.
      const facts = { outcome: 'retryable', provider: tools.provider, operation: 'token' } as const;
      throw new OutsideError({ ...facts, providerCode: 'no_time_left' }, { cause: error });
    }
  }

  return {
    json: (call, answer) => withToken(call, (full) => tools.http.json(full, answer)),
    send: (call) => withToken(call, (full) => tools.http.send(full)),
  };
}

/** `?a=b` of what is given, with %20 for spaces, which every provider reads alike; undefined values are left out. */
export function queryOf(params: Readonly<Record<string, string | number | undefined>>): string {
  const pairs = Object.entries(params).filter(([, value]) => value !== undefined);
  return pairs.length === 0
    ? ''
    : `?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')}`;
}

export function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
