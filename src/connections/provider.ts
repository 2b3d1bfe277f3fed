// The port to a provider's authorisation server: how an account is asked for, what it granted, and how that is kept alive
// and ended. Authorization code with PKCE (RFC 6749, 4.1; RFC 7636), from our own server, with the client's secret.
import type { Bounds, OutsideProvider } from '../meetings/provider.ts';

/** What a token endpoint granted. */
export type Grant = {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  /** null: the one before stays good. */
  readonly refreshToken: string | null;
  /** null: the answer does not say, and so they are as asked for, or as before (RFC 6749, 5.1). */
  readonly scopes: readonly string[] | null;
  /** Who granted it, where the provider says so beside the tokens (OpenID Connect Core, 3.1.3.3). */
  readonly idToken: string | null;
};

/** Whose account it is, by the provider's own lasting id. */
export type Account = {
  readonly id: string;
  readonly address: string;
  /** Whether the provider vouches for the address: whoever runs the account could not have written just any. */
  readonly isProven: boolean;
};

export type AuthorisationAsked = {
  readonly redirectUri: string;
  readonly state: string;
  /** base64url of the SHA-256 of the verifier (RFC 7636, 4.2). */
  readonly challenge: string;
  /** The address at which we know her; where the provider takes hints. */
  readonly hint: string;
};

/** Methods that go outside throw OutsideError. */
export type GrantProvider = {
  readonly id: OutsideProvider;
  /** As people call it. */
  readonly name: string;
  /** Scopes that must have been granted, as the provider tells them; `alternatives` of one stand in one list. */
  readonly needed: readonly (readonly string[])[];
  /** Whether calendar entries are made in its accounts, too. */
  readonly hasCalendar: boolean;
  /** Where a person removes the app by herself. */
  readonly removeAt: string;
  authorisationUrl(asked: AuthorisationAsked): string;
  exchange(code: { code: string; verifier: string; redirectUri: string }, bounds: Bounds): Promise<Grant>;
  refresh(refreshToken: string, bounds: Bounds): Promise<Grant>;
  /** The trial: whether the calls we live by are let through, and who it is; null where only the grant itself told that. */
  tryOut(grant: Pick<Grant, 'accessToken' | 'idToken'>, bounds: Bounds): Promise<Account | null>;
  /** Whether the grant was ended there; 'impossible' where the provider has no way for an app to do it. */
  revoke(tokens: { accessToken: string; refreshToken: string }, bounds: Bounds): Promise<'revoked' | 'impossible'>;
  /** Whether the provider's code says that a scope is missing, not that the grant is dead. */
  lacksScope(providerCode: string | undefined): boolean;
};

/** Of the scopes needed, those that were not granted; of alternatives the first is named. */
export function missingScopes(provider: Pick<GrantProvider, 'needed'>, granted: readonly string[]): string[] {
  const lower = new Set(granted.map((scope) => scope.toLowerCase()));
  return provider.needed
    .filter((ways) => !ways.some((scope) => lower.has(scope.toLowerCase())))
    .map(([first]) => first ?? '');
}
