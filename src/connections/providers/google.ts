// Google accounts of practitioners: an OAuth client of the type "web application". Refresh tokens do not change; whoever
// consents may leave single scopes out, so what was granted is read from the answer.
// https://developers.google.com/identity/protocols/oauth2/web-server
import { decodeJwt } from 'jose';
import { Type } from 'typebox';
import { explainTokenError } from '../../platform/http/access-token.ts';
import { deadline, type Explain, type HttpClient } from '../../platform/http/client.ts';
import { withoutSlash } from '../../platform/http/provider-api.ts';
import { OutsideError } from '../../platform/outside-error.ts';
import type { Account, GrantProvider } from '../provider.ts';
import { askForGrant, consentUrl, readWith, type AppCredentials } from './token-endpoint.ts';
import { matches } from '../../platform/http/matches.ts';

export type GoogleAppConfig = AppCredentials & {
  /** https://www.googleapis.com/calendar/v3 */
  readonly apiUrl: string;
  /** https://oauth2.googleapis.com */
  readonly oauthUrl: string;
  /** https://accounts.google.com */
  readonly accountsUrl: string;
};

const AUTH = 'https://www.googleapis.com/auth';
/** Events of her calendars, and who she is. */
const ASKED = `openid email ${AUTH}/calendar.events`;
const NEEDED = [[`${AUTH}/calendar.events`, `${AUTH}/calendar`]] as const;

const LIST = Type.Object({ summary: Type.Optional(Type.String()) });
const IDENTITY = Type.Object({
  sub: Type.String({ minLength: 1 }),
  email: Type.String(),
  email_verified: Type.Optional(Type.Boolean()),
});
const ENVELOPE = Type.Object({
  error: Type.Object({ errors: Type.Array(Type.Object({ reason: Type.String() }), { minItems: 1 }) }),
});
const SCOPE_REASONS = new Set(['insufficientPermissions', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT']);

const explain: Explain = (body) => {
  const code = matches(ENVELOPE, body) ? body.error.errors[0]?.reason : undefined;
  return { code, ...(code !== undefined && SCOPE_REASONS.has(code) ? { outcome: 'reconnect' as const } : {}) };
};

export function googleGrants(config: GoogleAppConfig, http: HttpClient): GrantProvider {
  const oauth = withoutSlash(config.oauthUrl);
  const token = { provider: 'google', url: `${oauth}/token` } as const;
  const client = { client_id: config.clientId, client_secret: config.clientSecret };
  return {
    id: 'google',
    name: 'Google',
    needed: NEEDED,
    hasCalendar: true,
    removeAt: 'https://myaccount.google.com/connections',
    authorisationUrl: (asked) =>
      consentUrl(`${withoutSlash(config.accountsUrl)}/o/oauth2/v2/auth`, config, asked, {
        scope: ASKED,
        // A refresh token is handed out for these two alone.
        access_type: 'offline',
        prompt: 'consent',
        login_hint: asked.hint,
      }),
    exchange: ({ code, verifier, redirectUri }, bounds) => {
      const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
      return askForGrant(http, { ...token, form: { ...form, ...client } }, bounds);
    },
    refresh: (refreshToken, bounds) => {
      const form = { grant_type: 'refresh_token', refresh_token: refreshToken, ...client };
      return askForGrant(http, { ...token, form }, bounds);
    },
    tryOut: async ({ accessToken, idToken }, bounds) => {
      const path = '/calendars/primary/events?maxResults=1';
      await readWith(http, { provider: 'google', baseUrl: config.apiUrl, path, accessToken, explain }, LIST, bounds);
      return idToken === null ? null : accountOf(idToken);
    },
    revoke: async ({ refreshToken }, bounds) => {
      const call = { provider: 'google', operation: 'token', method: 'POST', url: `${oauth}/revoke` } as const;
      const body = { form: { token: refreshToken } };
      await http.send({ ...call, body, explain: explainTokenError, signal: deadline(bounds) }).catch(unlessGone);
      return 'revoked';
    },
    lacksScope: (code) => code !== undefined && SCOPE_REASONS.has(code),
  };
}

/** It came straight from the token endpoint, whose TLS vouches for it (OpenID Connect Core, 3.1.3.7, 6). */
function accountOf(idToken: string): Account {
  const claims: unknown = decodeJwt(idToken);
  if (!matches(IDENTITY, claims)) {
    const facts = { outcome: 'refused', provider: 'google', operation: 'token', providerCode: 'no_identity' } as const;
    throw new OutsideError(facts);
  }
  return { id: claims.sub, address: claims.email, isProven: claims.email_verified === true };
}

/** A token that is revoked or expired already is as good as revoked. */
function unlessGone(error: unknown): void {
  if (error instanceof OutsideError && error.facts.providerCode === 'invalid_token') return;
  throw error;
}
