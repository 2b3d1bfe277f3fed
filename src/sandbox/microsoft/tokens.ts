// Entra's tokens for one tenant: client credentials of an app, codes and refresh tokens of people; and the check of application permissions and users per call.
// https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
import { Refused, type Answer, type Call, type Endpoint, type World } from '../endpoint.ts';
import { nameOf } from '../people.ts';
import { TOKEN_LIFE_SECONDS } from '../tokens.ts';
import { entra, refuse } from './errors.ts';

const GRANT_TYPES = ['client_credentials', 'authorization_code', 'refresh_token'];
const GRAPH_SCOPE = 'https://graph.microsoft.com/.default';
/** A verified domain names the tenant as well as its GUID does. */
const TENANT_DOMAIN = 'sandbox.example.com';
const PERMISSIONS = [
  'Calendars.ReadWrite',
  'OnlineMeetings.ReadWrite.All',
  'User.Read.All',
  'MailboxSettings.Read',
] as const;

export function tokenEndpoint(world: World): Endpoint {
  return {
    method: 'POST',
    path: '/login/:tenant/oauth2/v2.0/token',
    operation: 'token',
    handle: (call) => {
      const { tenantId, clientId, clientSecret } = world.credentials().microsoft;
      const form = new URLSearchParams(call.body);
      const tenant = call.params['tenant']?.toLowerCase();
      if (tenant !== tenantId && tenant !== TENANT_DOMAIN)
        throw no(400, 'invalid_request', 90002, `Tenant '${call.params['tenant'] ?? ''}' not found.`);
      const grantType = form.get('grant_type') ?? '';
      if (!GRANT_TYPES.includes(grantType))
        throw no(400, 'unsupported_grant_type', 70003, `The app requested an unsupported grant type '${grantType}'.`);
      if (form.get('client_id') !== clientId)
        throw no(
          400,
          'unauthorized_client',
          700016,
          `Application with identifier '${form.get('client_id') ?? ''}' was not found in the directory.`,
        );
      if (form.get('client_secret') !== clientSecret)
        throw no(
          401,
          'invalid_client',
          7000215,
          'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.',
        );
      if (grantType !== 'client_credentials') return byUser(world, clientId, form);
      if (form.get('scope') !== GRAPH_SCOPE)
        throw no(
          400,
          'invalid_scope',
          1002012,
          `The provided value for scope ${form.get('scope') ?? ''} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.`,
        );
      const token = world.tokens.issue({ provider: 'microsoft', subject: '', scopes: PERMISSIONS });
      return {
        status: 200,
        body: {
          token_type: 'Bearer',
          expires_in: TOKEN_LIFE_SECONDS,
          ext_expires_in: TOKEN_LIFE_SECONDS,
          access_token: token,
        },
      };
    },
  };
}

/** A person's code or refresh token; each renewal brings a new one and leaves the old one good for a while. */
function byUser(world: World, clientId: string, form: URLSearchParams): Answer {
  const provider = 'microsoft';
  const verifier = form.get('code_verifier') ?? '';
  const asked = { code: form.get('code') ?? '', redirectUri: form.get('redirect_uri') ?? '', verifier };
  const refreshToken = form.get('refresh_token') ?? '';
  const handed =
    form.get('grant_type') === 'authorization_code'
      ? world.grants.redeem({ provider, clientId, ...asked })
      : world.grants.renew({ provider, clientId, refreshToken, rotation: 'adds' });
  if (handed === null) throw no(400, 'invalid_grant', 70000, 'The provided grant has expired due to it being revoked.');
  if (handed === 'bad_redirect') throw no(400, 'invalid_grant', 500112, 'The reply address does not match.');
  if (handed === 'bad_verifier') throw no(400, 'invalid_grant', 501481, 'The code_verifier does not match.');
  if (handed === 'bad_code') throw no(400, 'invalid_grant', 70008, 'The provided authorization code has expired.');
  const shown = handed.scopes.filter((scope) => scope !== 'offline_access');
  return {
    status: 200,
    body: {
      token_type: 'Bearer',
      scope: shown.map((scope) => `https://graph.microsoft.com/${scope}`).join(' '),
      expires_in: TOKEN_LIFE_SECONDS,
      ext_expires_in: TOKEN_LIFE_SECONDS,
      access_token: handed.accessToken,
      ...(handed.scopes.includes('offline_access') ? { refresh_token: handed.refreshToken } : {}),
    },
  };
}

export type Person = { readonly id: string; readonly address: string; readonly name: string };

/** The user in the path. Throws Graph's refusal without a live token, the permission, or such a user. */
export function personFor(world: World, call: Call, permission: (typeof PERMISSIONS)[number]): Person {
  const token = world.tokens.check('microsoft', call.headers.authorization);
  if (token === 'missing') throw refuse(401, 'InvalidAuthenticationToken', 'Access token is empty.');
  if (token === 'unknown') throw refuse(401, 'InvalidAuthenticationToken', 'IDX14100: JWT is not well formed.');
  if (token === 'expired')
    throw refuse(401, 'InvalidAuthenticationToken', 'Lifetime validation failed, the token is expired.');
  const isUser = token.grant !== undefined;
  // Delegated permissions are spelt without the reach to all.
  const needed = isUser ? permission.replace(/\.All$/, '') : permission;
  if (!token.scopes.includes(needed))
    throw refuse(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.');
  // `/me` has no user in its path.
  const asked = call.params['userId'] ?? (isUser ? token.subject : '');
  const address = world.people.find(asked);
  if (isUser && address !== token.subject)
    throw refuse(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.');
  if (address) return { id: world.people.idOf('microsoft', address), address, name: nameOf(address) };
  if (permission === 'Calendars.ReadWrite')
    throw refuse(404, 'ErrorInvalidUser', `The requested user '${asked}' is invalid.`);
  throw refuse(
    404,
    'Request_ResourceNotFound',
    `Resource '${asked}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

function no(status: number, error: string, number: number, text: string): Refused {
  return new Refused(entra(status, error, number, text));
}
