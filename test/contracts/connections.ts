// The contracts of authorising an account: codes and refresh tokens for tokens, the trial calls, the end of a grant. What a
// connected client does beside these is what the deployment's does.
import { atLeast, BEARER, strict, text, TOKEN, type CallContract, type Schema } from './contract.ts';

const VERIFIER = { type: 'string', pattern: '^[\\w-]{43}$' };
const CODE = { grant_type: { const: 'authorization_code' }, code: text(4096, 1), redirect_uri: text(2048, 1) };
const REFRESH = { grant_type: { const: 'refresh_token' }, refresh_token: text(4096, 1) };
const CLIENT = { client_id: text(200, 1), client_secret: text(200, 1) };
const MICROSOFT_CLIENT = { ...CLIENT, scope: { const: 'offline_access User.Read Calendars.ReadWrite' } };

const ERROR = atLeast({ error: { type: 'string' } });
const BASIC = { authorization: /^Basic [A-Za-z0-9+/]+=*$/ };
const either = (...schemas: readonly Schema[]): Schema => ({ anyOf: schemas });
const grant = atLeast({ refresh_token: text(4096, 1), scope: { type: 'string' } }, ['refresh_token']);

export const CONNECTION_CALLS: readonly CallContract[] = [
  {
    under: 'zoomOAuth',
    method: 'POST',
    path: '/token',
    headers: BASIC,
    request: { as: 'form', schema: either(strict({ ...CODE, code_verifier: VERIFIER }), strict(REFRESH)) },
    answers: { 200: { allOf: [TOKEN, grant] } },
    error: ERROR,
  },
  {
    under: 'zoomOAuth',
    method: 'POST',
    path: '/revoke',
    headers: BASIC,
    request: { as: 'form', schema: strict({ token: text(4096, 1) }) },
    answers: { 200: atLeast({ status: { const: 'success' } }) },
    error: ERROR,
  },
  {
    under: 'zoomApi',
    method: 'GET',
    path: '/users/{userId}',
    headers: BEARER,
    answers: { 200: atLeast({ id: text(64, 1), email: text(254, 3) }) },
    error: atLeast({ code: { type: 'integer' } }),
  },
  {
    under: 'zoomApi',
    method: 'GET',
    path: '/users/{userId}/meetings',
    query: { type: /^scheduled$/, page_size: /^1$/ },
    needs: ['type', 'page_size'],
    headers: BEARER,
    answers: { 200: atLeast({ meetings: { type: 'array' } }) },
    error: atLeast({ code: { type: 'integer' } }),
  },
  {
    under: 'googleOAuth',
    method: 'POST',
    path: '/token',
    headers: {},
    request: {
      as: 'form',
      schema: either(strict({ ...CODE, ...CLIENT, code_verifier: VERIFIER }), strict({ ...REFRESH, ...CLIENT })),
    },
    answers: { 200: { allOf: [TOKEN, grant] } },
    error: ERROR,
  },
  {
    under: 'googleOAuth',
    method: 'POST',
    path: '/revoke',
    headers: {},
    request: { as: 'form', schema: strict({ token: text(4096, 1) }) },
    answers: { 200: {} },
    error: ERROR,
  },
  {
    under: 'googleApi',
    method: 'GET',
    path: '/calendars/{calendarId}/events',
    query: { maxResults: /^1$/ },
    needs: ['maxResults'],
    headers: BEARER,
    answers: { 200: atLeast({ items: { type: 'array' } }, ['items']) },
    error: atLeast({ error: { type: 'object' } }),
  },
  {
    under: 'login',
    method: 'POST',
    path: '/{tenant}/oauth2/v2.0/token',
    headers: {},
    request: {
      as: 'form',
      schema: either(
        strict({ ...CODE, ...MICROSOFT_CLIENT, code_verifier: VERIFIER }),
        strict({ ...REFRESH, ...MICROSOFT_CLIENT }),
      ),
    },
    answers: { 200: { allOf: [TOKEN, grant] } },
    error: atLeast({ error: { type: 'string' }, error_description: { type: 'string' } }),
  },
  {
    under: 'graph',
    method: 'GET',
    path: '/me',
    query: { $select: /^id,mail,userPrincipalName$/ },
    headers: BEARER,
    answers: { 200: atLeast({ id: text(64, 1), mail: text(254, 3) }) },
    error: atLeast({ error: { type: 'object' } }),
  },
  {
    under: 'graph',
    method: 'GET',
    path: '/me/calendar',
    query: { $select: /^allowedOnlineMeetingProviders$/ },
    headers: BEARER,
    answers: { 200: atLeast({ allowedOnlineMeetingProviders: { type: 'array' } }) },
    error: atLeast({ error: { type: 'object' } }),
  },
];
