// What the three authorisation servers have in common: a form for a grant (RFC 6749, 4.1.3 and 6), an address for a person's
// consent (4.1.1), and a plain call under an access token that is not kept.
import { Type, type Static, type TSchema } from 'typebox';
import { explainTokenError } from '../../platform/http/access-token.ts';
import { deadline, type Explain, type HttpClient } from '../../platform/http/client.ts';
import { withoutSlash } from '../../platform/http/provider-api.ts';
import type { Bounds } from '../../meetings/provider.ts';
import type { AuthorisationAsked, Grant } from '../provider.ts';

/** The client that practitioners authorise, as registered with the provider. */
export type AppCredentials = { readonly clientId: string; readonly clientSecret: string };

const GRANT_ANSWER = Type.Object({
  access_token: Type.String({ minLength: 1, maxLength: 16_384 }),
  expires_in: Type.Number({ minimum: 1 }),
  refresh_token: Type.Optional(Type.String({ minLength: 1, maxLength: 16_384 })),
  scope: Type.Optional(Type.String()),
  id_token: Type.Optional(Type.String()),
});

export type TokenCall = {
  readonly provider: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
};

export async function askForGrant(http: HttpClient, call: TokenCall, bounds: Bounds): Promise<Grant> {
  const { provider, url, headers = {}, form } = call;
  const answer = await http.json(
    {
      provider,
      operation: 'token',
      method: 'POST',
      url,
      headers,
      body: { form },
      explain: explainTokenError,
      signal: deadline(bounds),
    },
    GRANT_ANSWER,
  );
  return {
    accessToken: answer.access_token,
    expiresInSeconds: answer.expires_in,
    refreshToken: answer.refresh_token ?? null,
    scopes: answer.scope === undefined ? null : answer.scope.split(' ').filter(Boolean),
    idToken: answer.id_token ?? null,
  };
}

/** Where a person is sent to consent; `more` is the provider's own. */
export function consentUrl(
  base: string,
  app: AppCredentials,
  asked: AuthorisationAsked,
  more: Readonly<Record<string, string>>,
): string {
  const url = new URL(base);
  const query = {
    response_type: 'code',
    client_id: app.clientId,
    redirect_uri: asked.redirectUri,
    state: asked.state,
    code_challenge: asked.challenge,
    code_challenge_method: 'S256',
    ...more,
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

/** A reading call under the token given: nothing is renewed or kept. */
export async function readWith<T extends TSchema>(
  http: HttpClient,
  call: { provider: string; baseUrl: string; path: string; accessToken: string; explain: Explain },
  answer: T,
  bounds: Bounds,
): Promise<Static<T>> {
  const { provider, baseUrl, path, accessToken, explain } = call;
  const headers = { authorization: `Bearer ${accessToken}` };
  const url = `${withoutSlash(baseUrl)}${path}`;
  const signal = deadline(bounds);
  return await http.json({ provider, operation: 'read', method: 'GET', url, headers, explain, signal }, answer);
}

/** HTTP Basic of the client (RFC 6749, 2.3.1). */
export function basicOf({ clientId, clientSecret }: AppCredentials): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` };
}
