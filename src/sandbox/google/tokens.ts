// Google's token endpoint: the signed assertion of a service account with domain-wide delegation (RFC 7523), the codes and
// refresh tokens of people who consented, and the fixed one of one user. Also the check of scopes per method.
// https://developers.google.com/identity/protocols/oauth2/service-account#httprest
import { createHash, createPublicKey, verify } from 'node:crypto';
import {
  Refused,
  isJson,
  packed,
  unpacked,
  type Answer,
  type Call,
  type Endpoint,
  type Json,
  type World,
} from '../endpoint.ts';
import { SANDBOX_CREDENTIALS } from '../credentials.ts';
import { sandboxAddresses } from '../addresses.ts';
import type { Handed } from '../grants.ts';
import { exists } from '../people.ts';
import { TOKEN_LIFE_SECONDS } from '../tokens.ts';
import { refuse } from './errors.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const REAL_AUDIENCE = 'https://oauth2.googleapis.com/token';
/** An assertion may live an hour at most; clocks may differ by a few minutes. */
const MOST_ASSERTION_SECONDS = 3_600;
const SKEW_SECONDS = 300;
/** Longer than any assertion of ours by far. */
const MOST_ASSERTION_CHARS = 16_384;

const AUTH = 'https://www.googleapis.com/auth/';
const scoped = (...names: string[]): readonly string[] => names.map((name) => AUTH + name);
/** Any one of them opens the methods of its kind (discovery document, revision 20260225). */
export const OPENS = {
  write: scoped('calendar', 'calendar.events', 'calendar.events.owned', 'calendar.app.created'),
  read: scoped(
    'calendar',
    'calendar.events',
    'calendar.events.owned',
    'calendar.app.created',
    'calendar.events.freebusy',
    'calendar.events.owned.readonly',
    'calendar.events.public.readonly',
    'calendar.events.readonly',
    'calendar.readonly',
  ),
  freeBusy: scoped('calendar', 'calendar.events.freebusy', 'calendar.freebusy', 'calendar.readonly'),
  calendarList: scoped(
    'calendar',
    'calendar.app.created',
    'calendar.calendarlist',
    'calendar.calendarlist.readonly',
    'calendar.readonly',
  ),
  calendars: scoped(
    'calendar',
    'calendar.app.created',
    'calendar.calendars',
    'calendar.calendars.readonly',
    'calendar.readonly',
  ),
} as const;
/** What the sandbox's administrator has delegated. */
const DELEGATED = new Set([
  ...Object.values(OPENS).flat(),
  ...scoped('meetings.space.created', 'meetings.space.readonly', 'meetings.space.settings'),
]);
const CONSENTED = scoped('calendar.events', 'calendar.freebusy', 'calendar.calendarlist.readonly');

/** As whom a call acts: the delegated user, or the service account itself. */
export type Acting = { readonly email: string; readonly isServiceAccount: boolean };

export function tokenEndpoint(world: World): Endpoint {
  return {
    method: 'POST',
    path: '/oauth/token',
    operation: 'token',
    handle: (call) => {
      const form = new URLSearchParams(call.body);
      switch (form.get('grant_type')) {
        case JWT_BEARER:
          return byAssertion(world, form.get('assertion') ?? '');
        case 'authorization_code':
          return byCode(world, form);
        case 'refresh_token':
          return byRefreshToken(world, form);
        case null:
          throw no(400, 'invalid_request', 'Required parameter is missing: grant_type');
        default:
          throw no(400, 'unsupported_grant_type', `Invalid grant_type: ${form.get('grant_type')}`);
      }
    },
  };
}

/** Throws Google's refusal unless the call carries a live token with one of the scopes. */
export function acting(world: World, call: Call, opens: keyof typeof OPENS): Acting {
  const token = world.tokens.check('google', call.headers.authorization);
  if (token === 'missing') throw refuse(401, 'required', 'Login Required.', { type: 'header', name: 'Authorization' });
  if (token === 'expired' || token === 'unknown')
    throw refuse(401, 'authError', 'Invalid Credentials', { type: 'header', name: 'Authorization' });
  if (!token.scopes.some((scope) => OPENS[opens].includes(scope)))
    throw refuse(403, 'insufficientPermissions', 'Request had insufficient authentication scopes.');
  const service = SANDBOX_CREDENTIALS.google.clientEmail;
  return token.subject === ''
    ? { email: service, isServiceAccount: true }
    : { email: token.subject, isServiceAccount: false };
}

function byAssertion(world: World, assertion: string): Answer {
  const claims = verified(world, assertion);
  const now = Math.floor(world.clock.now().epochMilliseconds / 1000);
  const { iss, sub, scope, aud, iat, exp } = claims;
  if (iss !== SANDBOX_CREDENTIALS.google.clientEmail)
    throw no(400, 'invalid_grant', 'Invalid grant: account not found');
  if (aud !== REAL_AUDIENCE && aud !== `${sandboxAddresses(world.url()).googleOAuthUrl}/token`)
    throw no(400, 'invalid_grant', 'Invalid JWT: Failed audience check.');
  if (typeof iat !== 'number' || typeof exp !== 'number')
    throw no(400, 'invalid_grant', 'Invalid JWT: iat and exp are required numbers of seconds.');
  if (iat > now + SKEW_SECONDS || exp <= now - SKEW_SECONDS || exp <= iat || exp - iat > MOST_ASSERTION_SECONDS)
    throw no(
      400,
      'invalid_grant',
      'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
    );
  const scopes = typeof scope === 'string' ? scope.split(' ').filter((one) => one !== '') : [];
  if (scopes.length === 0) throw no(400, 'invalid_scope', 'Invalid OAuth scope or ID token audience provided.');
  if (scopes.some((one) => !DELEGATED.has(one)))
    throw no(
      401,
      'unauthorized_client',
      'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.',
    );
  if (sub !== undefined && (typeof sub !== 'string' || !exists(sub)))
    throw no(400, 'invalid_grant', 'Invalid email or User ID');
  const subject = typeof sub === 'string' ? sub.toLowerCase() : '';
  return granted(world.tokens.issue({ provider: 'google', subject, scopes }));
}

/** The claims of an assertion that this sandbox's service account signed with RS256. */
function verified(world: World, assertion: string): Json {
  const [head, body, signature, ...rest] = assertion.split('.');
  if (assertion.length > MOST_ASSERTION_CHARS || !head || !body || !signature || rest.length > 0)
    throw no(400, 'invalid_grant', 'Invalid JWT: must have three parts.');
  const claims = unpacked(body);
  if (unpacked(head)?.['alg'] !== 'RS256' || !isJson(claims))
    throw no(400, 'invalid_grant', 'Invalid JWT: RS256 and a JSON claim set are needed.');
  const key = createPublicKey(world.credentials().google.serviceAccount.private_key);
  if (!verify('RSA-SHA256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url')))
    throw no(400, 'invalid_grant', 'Invalid JWT Signature.');
  return claims;
}

function checkClient(form: URLSearchParams): string {
  const { clientId, clientSecret } = SANDBOX_CREDENTIALS.google;
  if (form.get('client_id') !== clientId) throw no(401, 'invalid_client', 'The OAuth client was not found.');
  if (form.get('client_secret') !== clientSecret) throw no(401, 'invalid_client', 'Unauthorized');
  return clientId;
}

function byCode(world: World, form: URLSearchParams): Answer {
  const clientId = checkClient(form);
  const asked = { code: form.get('code') ?? '', redirectUri: form.get('redirect_uri') ?? '' };
  const verifier = form.get('code_verifier') ?? '';
  const handed = world.grants.redeem({ provider: 'google', clientId, verifier, ...asked });
  if (handed === 'bad_redirect') throw no(400, 'redirect_uri_mismatch', 'Bad Request');
  if (handed === 'bad_verifier') throw no(400, 'invalid_grant', 'Invalid code verifier.');
  if (handed === 'bad_code') throw no(400, 'invalid_grant', 'Malformed auth code.');
  return ofPerson(world, handed, { refresh_token: handed.refreshToken });
}

function byRefreshToken(world: World, form: URLSearchParams): Answer {
  const { refreshToken, refreshSubject } = SANDBOX_CREDENTIALS.google;
  const clientId = checkClient(form);
  const given = form.get('refresh_token') ?? '';
  if (given !== refreshToken) {
    // Google's refresh tokens stay as they are.
    const handed = world.grants.renew({ provider: 'google', clientId, refreshToken: given, rotation: 'keeps' });
    if (!handed) throw no(400, 'invalid_grant', 'Token has been expired or revoked.');
    return ofPerson(world, handed, {});
  }
  const token = world.tokens.issue({ provider: 'google', subject: refreshSubject, scopes: CONSENTED });
  return granted(token, CONSENTED);
}

/** With an id_token, as `openid` asks for; nobody here checks its signature, since it comes straight from this endpoint. */
function ofPerson(world: World, handed: Handed, more: Json): Answer {
  const { accessToken, scopes, address } = handed;
  const answer = granted(accessToken, scopes);
  const iat = Math.floor(world.clock.now().epochMilliseconds / 1000);
  const claims = {
    iss: 'https://accounts.google.com',
    aud: SANDBOX_CREDENTIALS.google.clientId,
    sub: BigInt(`0x${createHash('sha256').update(`google:${address}`).digest('hex').slice(0, 16)}`).toString(),
    email: address,
    email_verified: true,
    iat,
    exp: iat + TOKEN_LIFE_SECONDS,
  };
  const unsigned = `${packed({ alg: 'RS256', typ: 'JWT' })}.${packed(claims)}.`;
  const identity = scopes.includes('openid') ? { id_token: `${unsigned}c2FuZGJveA` } : {};
  return { ...answer, body: { ...(answer.body as Json), ...more, ...identity } };
}

export function revokeEndpoint(world: World): Endpoint {
  return {
    method: 'POST',
    path: '/oauth/revoke',
    operation: 'token',
    handle: (call) => {
      const token = new URLSearchParams(call.body).get('token') ?? call.query.get('token') ?? '';
      // The grant is the person's to the app: every token of every consent ends with it.
      if (!world.grants.revoke('google', token, 'person')) throw no(400, 'invalid_token', 'Token expired or revoked');
      return { status: 200, body: {} };
    },
  };
}

function granted(token: string, scopes?: readonly string[]): Answer {
  const scope = scopes ? { scope: scopes.join(' ') } : {};
  return { status: 200, body: { access_token: token, expires_in: TOKEN_LIFE_SECONDS, token_type: 'Bearer', ...scope } };
}

function no(status: number, error: string, description: string): Refused {
  return new Refused({ status, body: { error, error_description: description } });
}
