// A real OpenID server in this process, over real HTTP: it issues tokens, rotates its keys, goes away and comes back. The
// keys are the test's own, so that a token can be signed which the server would not issue.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash, randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { Provider, type Configuration } from 'oidc-provider';
import type { Json } from '../open-house.ts';

/** What tokens for the API have as audience. */
export const RESOURCE = 'https://booking.example';
const REDIRECT = 'https://website.example/cb';
/** The server takes the machine's time, the house of the tests stands in 2030. */
const LIFE_SECONDS = 10 * 365 * 86_400;
const CLIENT = { client_id: 'back-end', client_secret: 'a secret of the back end' };

export type SigningKey = { readonly kid: string; readonly alg: string; readonly key: CryptoKey; readonly jwk: JWK };
export type OpenIssuer = Awaited<ReturnType<typeof openIssuer>>;

export async function signingKey(kid: string, alg: string): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, key: privateKey, jwk: { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' } };
}

export async function openIssuer() {
  const asked: string[] = [];
  let handle: ReturnType<Provider['callback']> | null = null;
  /** What the server puts into tokens besides what the protocol asks for. */
  let extra: Json = {};
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    void handle?.(request, response);
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;

  /** Makes the server anew with these keys, the first of which signs. */
  function rotate(...keys: readonly SigningKey[]): void {
    const idTokens = { id_token_signed_response_alg: keys[0]!.alg as 'RS256' };
    const configuration: Configuration = {
      jwks: { keys: keys.map(({ jwk }) => jwk) },
      clients: [
        { ...CLIENT, ...idTokens, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] },
        { client_id: 'website', ...idTokens, token_endpoint_auth_method: 'none', redirect_uris: [REDIRECT] },
      ],
      cookies: { keys: ['for the tests'] },
      // Said, so that the server need not remark upon its own.
      ttl: {
        Interaction: 600,
        Session: 600,
        Grant: 600,
        IdToken: 600,
        AccessToken: LIFE_SECONDS,
        ClientCredentials: LIFE_SECONDS,
      },
      findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
      extraTokenClaims: () => extra,
      features: {
        devInteractions: { enabled: true },
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => RESOURCE,
          useGrantedResource: () => true,
          getResourceServerInfo: () => ({
            scope: 'book',
            audience: RESOURCE,
            accessTokenTTL: LIFE_SECONDS,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: keys[0]!.alg as 'RS256', kid: keys[0]!.kid } },
          }),
        },
      },
    };
    handle = new Provider(url, configuration).callback();
  }

  async function tokenFor(form: Readonly<Record<string, string>>): Promise<string> {
    const response = await fetch(`${url}/token`, { method: 'POST', body: new URLSearchParams(form) });
    const answer = (await response.json()) as { access_token?: string };
    if (answer.access_token === undefined) throw new Error(`no token: ${JSON.stringify(answer)}`);
    return answer.access_token;
  }

  return {
    url,
    asked,
    rotate,
    /** A token by client credentials, with these claims besides. */
    machineToken: async (claims: Json): Promise<string> => {
      extra = claims;
      const auth = Buffer.from(`${encodeURIComponent(CLIENT.client_id)}:${encodeURIComponent(CLIENT.client_secret)}`);
      const response = await fetch(`${url}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${auth.toString('base64')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource: RESOURCE, scope: 'book' }),
      });
      const answer = (await response.json()) as { access_token?: string };
      if (answer.access_token === undefined) throw new Error(`no token: ${JSON.stringify(answer)}`);
      return answer.access_token;
    },
    /** The token of a person who signs in at a website and consents (authorization code and PKCE). */
    personToken: async (login: string, claims: Json): Promise<string> => {
      extra = claims;
      const verifier = randomBytes(32).toString('base64url');
      const code = await signIn(url, login, createHash('sha256').update(verifier).digest('base64url'));
      const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, client_id: 'website' };
      return await tokenFor({ ...form, code_verifier: verifier });
    },
    stop: async (): Promise<void> => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
    start: () => listen(port),
  };
}

/** A browser in small: follows from page to page with its cookies, until the website would get the code. */
async function signIn(url: string, login: string, challenge: string): Promise<string> {
  const cookies = new Map<string, string>();
  const visit = async (address: string, form?: Readonly<Record<string, string>>): Promise<URL> => {
    const response = await fetch(new URL(address, url), {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location === null) throw new Error(`no way on from ${address}: ${response.status} ${await response.text()}`);
    return new URL(location, url);
  };
  const query = new URLSearchParams({
    client_id: 'website',
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: 'openid book',
    resource: RESOURCE,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  let at = await visit(`/auth?${query}`);
  for (const form of [{ prompt: 'login', login, password: 'any' }, { prompt: 'consent' }]) {
    at = await visit((await visit(at.pathname, form)).pathname);
  }
  return at.searchParams.get('code') ?? '';
}

/** Signed with the server's own key, with claims it would not put there; undefined takes one away. */
export async function forge(key: SigningKey, claims: Json, header: Json = {}): Promise<string> {
  const clean = JSON.parse(JSON.stringify(claims)) as Json;
  return await new SignJWT(clean).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key.key);
}
