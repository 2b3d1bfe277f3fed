// Microsoft accounts of practitioners: delegated permissions of an app registration. Each renewal brings a new refresh
// token and leaves the old one good for a while, so a lost answer harms nothing. An app cannot end its own grant.
// https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
import { Type } from 'typebox';
import type { Explain, HttpClient } from '../../platform/http/client.ts';
import { withoutSlash } from '../../platform/http/provider-api.ts';
import type { Bounds } from '../../meetings/provider.ts';
import type { Grant, GrantProvider } from '../provider.ts';
import { askForGrant, consentUrl, readWith, type AppCredentials } from './token-endpoint.ts';
import { matches } from '../../platform/http/matches.ts';

export type MicrosoftAppConfig = AppCredentials & {
  /** https://graph.microsoft.com/v1.0 */
  readonly graphUrl: string;
  /** https://login.microsoftonline.com */
  readonly loginUrl: string;
  /** The directory whose people may connect; `organizations`: any work or school account. */
  readonly tenant: string;
};

/** Her calendar, who she is, and a refresh token. */
const ASKED = 'offline_access User.Read Calendars.ReadWrite';
const NEEDED = [['Calendars.ReadWrite'], ['User.Read']] as const;
const GRAPH_SCOPE = /^https:\/\/graph\.microsoft\.com\//i;

const ME = Type.Object({
  id: Type.String({ minLength: 1 }),
  mail: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  userPrincipalName: Type.Optional(Type.Union([Type.String(), Type.Null()])),
});
const CALENDAR = Type.Object({ allowedOnlineMeetingProviders: Type.Optional(Type.Array(Type.String())) });
const ENVELOPE = Type.Object({ error: Type.Object({ code: Type.String() }) });
const SCOPE_CODES = new Set(['ErrorAccessDenied', 'AccessDenied', 'Authorization_RequestDenied']);

const explain: Explain = (body) => {
  const code = matches(ENVELOPE, body) ? body.error.code : undefined;
  return { code, ...(code !== undefined && SCOPE_CODES.has(code) ? { outcome: 'reconnect' as const } : {}) };
};

export function microsoftGrants(config: MicrosoftAppConfig, http: HttpClient): GrantProvider {
  const oauth = `${withoutSlash(config.loginUrl)}/${encodeURIComponent(config.tenant)}/oauth2/v2.0`;
  const client = { client_id: config.clientId, client_secret: config.clientSecret, scope: ASKED };
  const ask = async (form: Readonly<Record<string, string>>, bounds: Bounds): Promise<Grant> => {
    const call = { provider: 'microsoft', url: `${oauth}/token`, form: { ...form, ...client } };
    const grant = await askForGrant(http, call, bounds);
    // Told with the resource before them, or without.
    return { ...grant, scopes: grant.scopes?.map((scope) => scope.replace(GRAPH_SCOPE, '')) ?? null };
  };
  return {
    id: 'microsoft',
    name: 'Microsoft',
    needed: NEEDED,
    hasCalendar: true,
    removeAt: 'https://myapps.microsoft.com',
    authorisationUrl: (asked) =>
      consentUrl(`${oauth}/authorize`, config, asked, {
        scope: ASKED,
        response_mode: 'query',
        prompt: 'select_account',
        login_hint: asked.hint,
      }),
    exchange: ({ code, verifier, redirectUri }, bounds) =>
      ask({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier }, bounds),
    refresh: (refreshToken, bounds) => ask({ grant_type: 'refresh_token', refresh_token: refreshToken }, bounds),
    tryOut: async ({ accessToken }, bounds) => {
      const call = { provider: 'microsoft', baseUrl: config.graphUrl, accessToken, explain };
      const me = await readWith(http, { ...call, path: '/me?$select=id,mail,userPrincipalName' }, ME, bounds);
      const path = '/me/calendar?$select=allowedOnlineMeetingProviders';
      await readWith(http, { ...call, path }, CALENDAR, bounds);
      const address = me.mail ?? me.userPrincipalName ?? '';
      // The domain of a principal name is proven to be its tenant's; `mail` is whatever its administrator wrote.
      const isProven = me.userPrincipalName?.toLowerCase() === address.toLowerCase();
      return { id: me.id, address, isProven };
    },
    revoke: () => Promise.resolve('impossible'),
    lacksScope: (code) => code !== undefined && SCOPE_CODES.has(code),
  };
}
