// Access tokens: asked for once, kept while good, renewed once when refused.
import { Type } from 'typebox';
import { afterEach, expect, it } from 'vitest';
import {
  accessTokens,
  explainTokenError,
  TOKEN_ANSWER,
  type AccessTokens,
} from '../../src/platform/http/access-token.ts';
import { deadline, httpClient } from '../../src/platform/http/client.ts';
import { providerApi, type ProviderApi } from '../../src/platform/http/provider-api.ts';
import { setClock } from '../../src/platform/time/clock.ts';
import { keptLog } from './log-lines.ts';
import { tinyServer, type Reply, type TinyServer } from './tiny-server.ts';

const clock = setClock('2026-12-01T10:00:00Z');
const http = httpClient({ clock, log: keptLog().log });
const LIFE_SECONDS = 3600;

let server: TinyServer;
afterEach(() => server.close());

/** `/token` gives token-1, token-2, ...; everything else is answered by `api`. */
async function provider(
  api: (token: string) => Reply,
  token?: () => Reply,
): Promise<{ api: ProviderApi; tokens: AccessTokens }> {
  let given = 0;
  server = await tinyServer((asked) => {
    if (asked.path !== '/token') return api(asked.headers.authorization ?? '');
    given += 1;
    return token?.() ?? { status: 200, json: { access_token: `token-${given}`, expires_in: LIFE_SECONDS } };
  });
  const tokens = accessTokens({
    clock,
    ask: (_subject, signal) => {
      const call = {
        provider: 'zoom',
        operation: 'token',
        method: 'POST',
        url: `${server.url}/token`,
        signal,
      } as const;
      return http.json({ ...call, explain: explainTokenError }, TOKEN_ANSWER);
    },
  });
  return {
    tokens,
    api: providerApi({ http, tokens, provider: 'zoom', baseUrl: `${server.url}/v2/`, explain: () => ({}) }),
  };
}

const ok: Reply = { status: 200, json: {} };
const read = (api: ProviderApi, subject = 'a', timeoutMs = 5000): Promise<unknown> =>
  api.json({ operation: 'read', method: 'GET', path: '/x', subject, signal: deadline({ timeoutMs }) }, Type.Object({}));
const tokenCalls = (): number => server.asked.filter((asked) => asked.path === '/token').length;

it('a hundred calls at once ask for one token', async () => {
  const { api } = await provider(() => ok);
  await Promise.all(Array.from({ length: 100 }, () => read(api)));
  expect(tokenCalls()).toBe(1);
});

it('each account has a token of its own', async () => {
  const { api } = await provider(() => ok);
  await Promise.all([read(api, 'a'), read(api, 'b')]);
  expect(tokenCalls()).toBe(2);
});

it('a token is renewed in its last minute, not before', async () => {
  const { api } = await provider(() => ok);
  await read(api);
  clock.advance({ seconds: LIFE_SECONDS - 61 });
  await read(api);
  expect(tokenCalls()).toBe(1);
  clock.advance({ seconds: 1 });
  await read(api);
  expect(tokenCalls()).toBe(2);
});

it('a refused token is renewed once and the call made once more', async () => {
  const { api } = await provider((token) => (token === 'Bearer token-1' ? { status: 401 } : ok));
  await read(api);
  expect(tokenCalls()).toBe(2);
});

it('a call refused under a fresh token too says that the account must be reconnected', async () => {
  const { api } = await provider(() => ({ status: 401 }));
  await expect(read(api)).rejects.toMatchObject({ facts: { outcome: 'reconnect', operation: 'read' } });
  expect(server.asked.map((asked) => asked.path)).toEqual(['/token', '/v2/x', '/token', '/v2/x']);
});

it('dropping a token that was renewed already keeps the new one', async () => {
  const { tokens } = await provider(() => ok);
  const signal = deadline({ timeoutMs: 5000 });
  const first = await tokens.get('a', signal);
  tokens.drop('a', first);
  const second = await tokens.get('a', signal);
  tokens.drop('a', first);
  expect(await tokens.get('a', signal)).toBe(second);
});

it.each([
  [
    'dead credentials',
    { status: 400, json: { error: 'invalid_grant' } },
    { outcome: 'reconnect', providerCode: 'invalid_grant' },
  ],
  [
    'a wrong secret at Entra',
    { status: 401, json: { error: 'invalid_client', error_codes: [7000215] } },
    { outcome: 'reconnect', providerCode: 'invalid_client:7000215' },
  ],
  ['too many requests', { status: 429, json: { error: 'slow_down' } }, { outcome: 'retryable' }],
  ['an outage', { status: 503, text: '<html/>' }, { outcome: 'retryable' }],
])('a token endpoint that tells of %s decides the outcome, and nothing was sent', async (_what, reply, facts) => {
  const { api } = await provider(
    () => ok,
    () => reply,
  );
  await expect(read(api)).rejects.toMatchObject({ facts: { ...facts, operation: 'token' } });
  expect(server.asked.every((asked) => asked.path === '/token')).toBe(true);
});

it('a token endpoint that does not answer ends the call in its own time', async () => {
  const { api } = await provider(
    () => ok,
    () => () => undefined,
  );
  await expect(read(api, 'a', 50)).rejects.toMatchObject({ facts: { outcome: 'retryable', operation: 'token' } });
});
