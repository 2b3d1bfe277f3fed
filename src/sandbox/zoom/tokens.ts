// Zoom's Server-to-Server OAuth: account_credentials against Basic client credentials, and the check of scopes.
// https://developers.zoom.us/docs/internal-apps/s2s-oauth/
import { Refused, type Call, type Endpoint, type World } from '../endpoint.ts';
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

export function tokenEndpoint(world: World): Endpoint {
  return {
    method: 'POST',
    path: '/oauth/token',
    operation: 'token',
    handle: (call) => {
      const { zoom } = world.credentials();
      const form = new URLSearchParams(call.body);
      const value = (name: string): string | null => form.get(name) ?? call.query.get(name);
      if (!isClient(call, zoom.clientId, zoom.clientSecret))
        throw no('invalid_client', 'Invalid client_id or client_secret');
      if (value('grant_type') !== 'account_credentials') throw no('unsupported_grant_type', 'unsupported grant type');
      if (value('account_id') !== zoom.accountId) throw no('invalid_request', 'Bad Request');
      const token = world.tokens.issue({ provider: 'zoom', subject: ACCOUNT_OWNER, scopes: SCOPES });
      return {
        status: 200,
        body: {
          access_token: token,
          token_type: 'bearer',
          expires_in: TOKEN_LIFE_SECONDS,
          scope: SCOPES.join(' '),
          api_url: `${world.url()}/zoom`,
        },
      };
    },
  };
}

/** Throws Zoom's refusal unless the call carries a live token with the scope. */
export function checkToken(world: World, call: Call, scope: (typeof SCOPES)[number]): void {
  const token = world.tokens.check('zoom', call.headers.authorization);
  if (token === 'expired') throw refuse(401, 124, 'Access token is expired.');
  if (token === 'missing' || token === 'unknown') throw refuse(401, 124, 'Invalid access token.');
  if (!token.scopes.includes(scope))
    throw refuse(400, 4711, `Invalid access token, does not contain scopes:[${scope}].`);
}

function isClient(call: Call, id: string, secret: string): boolean {
  const encoded = /^basic +(\S+)$/i.exec(call.headers.authorization ?? '')?.[1] ?? '';
  return Buffer.from(encoded, 'base64').toString('utf8') === `${id}:${secret}`;
}

function no(error: string, reason: string): Refused {
  return new Refused({ status: 400, body: { reason, error } });
}
