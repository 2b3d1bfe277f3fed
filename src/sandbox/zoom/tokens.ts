// Zoom's tokens: account_credentials of a Server-to-Server app, codes and refresh tokens of a General app that users
// authorise, both against Basic client credentials; and the check of scopes.
// https://developers.zoom.us/docs/internal-apps/s2s-oauth/
import { Refused, type Answer, type Call, type Endpoint, type World } from '../endpoint.ts';
import { TOKEN_LIFE_SECONDS } from '../tokens.ts';
import { refuse } from './errors.ts';

export const SCOPES = [
  'meeting:write:meeting:admin',
  'meeting:read:meeting:admin',
  'meeting:update:meeting:admin',
  'meeting:update:status:admin',
  'meeting:delete:meeting:admin',
  'meeting:read:list_meetings:admin',
  'user:read:user:admin',
] as const;

/** The account's owner, as whom an S2S token acts; the only user that `me` can mean. */
export const ACCOUNT_OWNER = 'owner@sandbox.example.com';

/** What the General app asks of a user: the same without the account's reach. */
export const USER_SCOPES: readonly string[] = SCOPES.map((scope) => scope.replace(/:admin$/, ''));

export function tokenEndpoint(world: World): Endpoint {
  return {
    method: 'POST',
    path: '/oauth/token',
    operation: 'token',
    handle: (call) => {
      const { zoom } = world.credentials();
      const form = new URLSearchParams(call.body);
      const value = (name: string): string | null => form.get(name) ?? call.query.get(name);
      if (isClient(call, zoom.app.clientId, zoom.app.clientSecret)) return byUser(world, zoom.app.clientId, value);
      if (!isClient(call, zoom.clientId, zoom.clientSecret))
        throw no('invalid_client', 'Invalid client_id or client_secret');
      if (value('grant_type') !== 'account_credentials') throw no('unsupported_grant_type', 'unsupported grant type');
      if (value('account_id') !== zoom.accountId) throw no('invalid_request', 'Bad Request');
      const token = world.tokens.issue({ provider: 'zoom', subject: ACCOUNT_OWNER, scopes: SCOPES });
      return tokenAnswer(world, token, SCOPES);
    },
  };
}

/** https://developers.zoom.us/docs/integrations/oauth/: a code for tokens, a refresh token for new ones, the old one dies. */
function byUser(world: World, clientId: string, value: (name: string) => string | null): Answer {
  const provider = 'zoom';
  if (value('grant_type') === 'authorization_code') {
    const asked = { code: value('code') ?? '', redirectUri: value('redirect_uri') ?? '' };
    const handed = world.grants.redeem({ provider, clientId, verifier: value('code_verifier') ?? '', ...asked });
    if (handed === 'bad_redirect') throw no('invalid_request', 'Redirect URI mismatch.');
    if (typeof handed === 'string') throw no('invalid_grant', 'Invalid authorization code');
    return tokenAnswer(world, handed.accessToken, handed.scopes, handed.refreshToken);
  }
  if (value('grant_type') !== 'refresh_token') throw no('unsupported_grant_type', 'unsupported grant type');
  const refreshToken = value('refresh_token') ?? '';
  const handed = world.grants.renew({ provider, clientId, refreshToken, rotation: 'replaces' });
  if (!handed) throw no('invalid_grant', 'Invalid Token!');
  return tokenAnswer(world, handed.accessToken, handed.scopes, handed.refreshToken);
}

function tokenAnswer(world: World, token: string, scopes: readonly string[], refreshToken?: string): Answer {
  const refresh = refreshToken === undefined ? {} : { refresh_token: refreshToken };
  return {
    status: 200,
    body: {
      access_token: token,
      token_type: 'bearer',
      ...refresh,
      expires_in: TOKEN_LIFE_SECONDS,
      scope: scopes.join(' '),
      api_url: `${world.url()}/zoom`,
    },
  };
}

export function revokeEndpoint(world: World): Endpoint {
  return {
    method: 'POST',
    path: '/oauth/revoke',
    operation: 'token',
    handle: (call) => {
      const { clientId, clientSecret } = world.credentials().zoom.app;
      if (!isClient(call, clientId, clientSecret)) throw no('invalid_client', 'Invalid client_id or client_secret');
      const token = new URLSearchParams(call.body).get('token') ?? call.query.get('token') ?? '';
      if (!world.grants.revoke('zoom', token, 'grant')) throw no('invalid_request', 'Invalid Token!');
      return { status: 200, body: { status: 'success' } };
    },
  };
}

/**
 * As whom a call acts: the account's owner, with the reach of an administrator, or one user alone. Throws Zoom's refusal
 * unless the call carries a live token with the scope.
 */
export function checkToken(world: World, call: Call, scope: (typeof SCOPES)[number]): TokenBearer {
  const token = world.tokens.check('zoom', call.headers.authorization);
  if (token === 'expired') throw refuse(401, 124, 'Access token is expired.');
  if (token === 'missing' || token === 'unknown') throw refuse(401, 124, 'Invalid access token.');
  const isUser = token.grant !== undefined;
  const needed = isUser ? scope.replace(/:admin$/, '') : scope;
  if (!token.scopes.includes(needed))
    throw refuse(400, 4711, `Invalid access token, does not contain scopes:[${needed}].`);
  return { address: token.subject, isUser };
}

export type TokenBearer = { readonly address: string; readonly isUser: boolean };

function isClient(call: Call, id: string, secret: string): boolean {
  const encoded = /^basic +(\S+)$/i.exec(call.headers.authorization ?? '')?.[1] ?? '';
  return Buffer.from(encoded, 'base64').toString('utf8') === `${id}:${secret}`;
}

function no(error: string, reason: string): Refused {
  return new Refused({ status: 400, body: { reason, error } });
}
