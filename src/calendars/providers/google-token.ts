// Google access tokens: a service account that acts as each practitioner by domain-wide delegation (RFC 7523), or one
// user's refresh token.
import { importPKCS8, SignJWT } from 'jose';
import { explainTokenError, TOKEN_ANSWER, type AskForToken } from '../../platform/http/access-token.ts';
import type { HttpClient } from '../../platform/http/client.ts';
import { withoutSlash } from '../../platform/http/provider-api.ts';
import { OutsideError } from '../../platform/outside-error.ts';
import type { Clock } from '../../platform/time/clock.ts';

export type GoogleCredentials =
  | { readonly serviceAccount: { readonly clientEmail: string; readonly privateKey: string } }
  | {
      readonly refreshToken: {
        readonly clientId: string;
        readonly clientSecret: string;
        readonly refreshToken: string;
      };
    };

/** The narrowest scope that covers insert, get, list, patch and delete of events. */
export const GOOGLE_SCOPE = 'https://www.googleapis.com/auth/calendar.events';

/** The longest that Google accepts. */
const ASSERTION_SECONDS = 3600;

export type GoogleTokenTools = {
  readonly oauthUrl: string;
  readonly credentials: GoogleCredentials;
  readonly http: HttpClient;
  readonly clock: Clock;
};

/** Asks for a token that acts as `subject` (a practitioner's address); with a refresh token it acts as its user. */
export function askGoogle(tools: GoogleTokenTools): AskForToken {
  const url = `${withoutSlash(tools.oauthUrl)}/token`;
  return async (subject, signal) => {
    const form = await grant(tools, url, subject);
    const call = { provider: 'google', operation: 'token', method: 'POST', url, body: { form }, signal } as const;
    return tools.http.json({ ...call, explain: explainTokenError }, TOKEN_ANSWER);
  };
}

async function grant(tools: GoogleTokenTools, url: string, subject: string): Promise<Record<string, string>> {
  if ('refreshToken' in tools.credentials) {
    const { clientId, clientSecret, refreshToken } = tools.credentials.refreshToken;
    const client = { client_id: clientId, client_secret: clientSecret };
    return { grant_type: 'refresh_token', refresh_token: refreshToken, ...client };
  }
  const { clientEmail, privateKey } = tools.credentials.serviceAccount;
  const issuedAt = Math.floor(tools.clock.now().epochMilliseconds / 1000);
  const assertion = await new SignJWT({ scope: GOOGLE_SCOPE })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .setIssuer(clientEmail)
    .setSubject(subject)
    .setAudience(url)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ASSERTION_SECONDS)
    .sign(await signingKey(privateKey));
  return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
}

async function signingKey(privateKey: string): ReturnType<typeof importPKCS8> {
  try {
    return await importPKCS8(privateKey, 'RS256');
  } catch (error) {
    const facts = {
      outcome: 'reconnect',
      provider: 'google',
      operation: 'token',
      providerCode: 'bad_private_key',
    } as const;
    throw new OutsideError(facts, { cause: error });
  }
}
