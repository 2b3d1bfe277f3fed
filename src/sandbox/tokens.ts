// Access tokens of all emulated providers: issued for an hour, kept durably, refused once expired. Each provider words
// its own refusal.
import { randomBytes } from 'node:crypto';
import type { Clock } from '../platform/time/clock.ts';
import type { Provider } from './endpoint.ts';
import type { State } from './state.ts';

/** What all three providers answer as `expires_in` for an app's own token, in seconds. */
export const TOKEN_LIFE_SECONDS = 3_599;

export type Token = {
  readonly provider: Provider;
  /** The person the token acts as; empty for an app that acts as itself. */
  readonly subject: string;
  readonly scopes: readonly string[];
  /** The person's grant it came from; it is good no longer than that. */
  readonly grant?: string;
};

export type Tokens = {
  issue(token: Token): string;
  /** The live token behind an Authorization header, or why there is none. */
  check(provider: Provider, authorization: string | undefined): Token | 'missing' | 'unknown' | 'expired';
};

export function tokensOf(state: Pick<State, 'drawer'>, clock: Clock): Tokens {
  const issued = state.drawer<Token>('token');
  const grants = state.drawer<unknown>('grant');
  return {
    issue: (token) => {
      const now = clock.now().epochMilliseconds;
      // An expired token is still told apart from an unknown one for a day, then forgotten: the drawer stays small.
      issued.remove({ endsBefore: now - 86_400_000 });
      const id = `sandbox.${token.provider}.${randomBytes(24).toString('base64url')}`;
      issued.put({
        id,
        owner: token.subject,
        live: true,
        starts: now,
        ends: now + TOKEN_LIFE_SECONDS * 1000,
        tags: [],
        body: token,
      });
      return id;
    },
    check: (provider, authorization) => {
      const bearer = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
      if (!bearer) return 'missing';
      const found = issued.find(bearer);
      if (!found || found.body.provider !== provider) return 'unknown';
      if (found.body.grant !== undefined && !grants.find(found.body.grant)?.live) return 'unknown';
      return found.ends <= clock.now().epochMilliseconds ? 'expired' : found.body;
    },
  };
}
