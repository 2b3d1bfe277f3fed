// Zoom accounts of practitioners: a General app with user-managed OAuth. Each renewal brings a new refresh token and kills
// the old one, so a renewal whose answer is lost may end the connection; the next try finds out.
// https://developers.zoom.us/docs/integrations/oauth/
import { Type } from 'typebox';
import { deadline, type HttpClient } from '../../platform/http/client.ts';
import { withoutSlash } from '../../platform/http/provider-api.ts';
import type { Explain } from '../../platform/http/client.ts';
import type { GrantProvider } from '../provider.ts';
import { askForGrant, basicOf, consentUrl, readWith, type AppCredentials } from './token-endpoint.ts';

export type ZoomAppConfig = AppCredentials & {
  /** https://api.zoom.us/v2 */
  readonly apiUrl: string;
  /** https://zoom.us/oauth */
  readonly oauthUrl: string;
};

const USER = Type.Object({ id: Type.String({ minLength: 1 }), email: Type.String() });
const LIST = Type.Object({ meetings: Type.Array(Type.Object({})) });

/** Granular scopes of new apps, with the classic ones that cover the same. */
const NEEDED = [
  ['meeting:write:meeting', 'meeting:write'],
  ['meeting:read:meeting', 'meeting:read'],
  ['meeting:update:meeting', 'meeting:write'],
  ['meeting:delete:meeting', 'meeting:write'],
  ['meeting:read:list_meetings', 'meeting:read'],
  ['user:read:user', 'user:read', 'user_info:read'],
] as const;

/** No token or scope; a scope is missing. */
const SCOPE_CODES = new Set(['4700', '4711']);

const explain: Explain = (body) => {
  const code = typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : undefined;
  return { code, ...(code !== undefined && SCOPE_CODES.has(code) ? { outcome: 'reconnect' as const } : {}) };
};

export function zoomGrants(config: ZoomAppConfig, http: HttpClient): GrantProvider {
  const oauth = withoutSlash(config.oauthUrl);
  const token = { provider: 'zoom', url: `${oauth}/token`, headers: basicOf(config) } as const;
  return {
    id: 'zoom',
    name: 'Zoom',
    needed: NEEDED,
    hasCalendar: false,
    removeAt: 'https://marketplace.zoom.us/user/installed',
    // What may be asked for is set in the app's registration.
    authorisationUrl: (asked) => consentUrl(`${oauth}/authorize`, config, asked, {}),
    exchange: ({ code, verifier, redirectUri }, bounds) => {
      const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
      return askForGrant(http, { ...token, form }, bounds);
    },
    refresh: (refreshToken, bounds) => {
      const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
      return askForGrant(http, { ...token, form }, bounds);
    },
    tryOut: async ({ accessToken }, bounds) => {
      const call = { provider: 'zoom', baseUrl: config.apiUrl, accessToken, explain };
      const user = await readWith(http, { ...call, path: '/users/me' }, USER, bounds);
      const path = '/users/me/meetings?type=scheduled&page_size=1';
      await readWith(http, { ...call, path }, LIST, bounds);
      return { id: user.id, address: user.email, isProven: true };
    },
    revoke: async ({ accessToken }, bounds) => {
      const headers = basicOf(config);
      const body = { form: { token: accessToken } };
      const signal = deadline(bounds);
      const call = { provider: 'zoom', operation: 'token', method: 'POST', url: `${oauth}/revoke` } as const;
      await http.send({ ...call, headers, body, signal });
      return 'revoked';
    },
    lacksScope: (code) => code !== undefined && SCOPE_CODES.has(code),
  };
}
