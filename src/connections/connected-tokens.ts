// The access tokens of connections as provider clients take them: one connection is one subject. Each process remembers
// what it was given; who asks the provider is settled between all of them.
import { accessTokens, type AccessTokens } from '../platform/http/access-token.ts';
import type { OutsideError } from '../platform/outside-error.ts';
import { freshAccessToken, giveUp, type ConnectionRef, type TokenTools } from './refresh-token.ts';

/** One per connection that has had a token refused; beyond it the oldest is forgotten, at the price of one more refusal. */
const MOST_REFUSED = 10_000;

/** `tokens` for clients, under the subject that `subjectOf` names. */
export function connectedTokens(tools: TokenTools): AccessTokens {
  const refused = new Map<string, string>();
  const tokens = accessTokens({
    clock: tools.clock,
    ask: (subject, signal) => freshAccessToken(tools, refOf(subject), { refused: refused.get(subject) }, signal),
  });
  return {
    get: (subject, signal) => tokens.get(subject, signal),
    drop: (subject, token) => {
      refused.delete(subject);
      refused.set(subject, token);
      const oldest = refused.keys().next().value;
      if (refused.size > MOST_REFUSED && oldest !== undefined) refused.delete(oldest);
      tokens.drop(subject, token);
    },
    // A fresh token was refused as well: it is not the token.
    lapsed: async (subject, error) => {
      await giveUp(tools, refOf(subject), isScope(tools, error) ? 'scopes_missing' : 'grant_ended');
    },
  };
}

export function subjectOf({ organisationId, id }: ConnectionRef): string {
  return `${organisationId}/${id}`;
}

function refOf(subject: string): ConnectionRef {
  const [organisationId = 0, id = 0] = subject.split('/').map(Number);
  return { organisationId, id };
}

function isScope(tools: Pick<TokenTools, 'grants'>, { facts }: OutsideError): boolean {
  const provider = [...tools.grants.values()].find(({ id }) => id === facts.provider);
  return provider?.lacksScope(facts.providerCode) ?? false;
}
