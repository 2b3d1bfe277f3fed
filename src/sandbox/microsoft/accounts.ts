// Whose a call to Graph is: the mailbox in its path by address or id, or hers whom the token speaks for. The app's own token
// calls are nobody's.
import type { Call, World } from '../endpoint.ts';

export function accountsOf(world: World, call: Call): readonly string[] {
  return [addressOf(world, call)].filter((address) => address !== undefined);
}

function addressOf(world: World, call: Call): string | undefined {
  const { userId, tenant } = call.params;
  if (userId !== undefined) return world.people.find(userId);
  const token = world.tokens.check('microsoft', call.headers.authorization);
  if (tenant === undefined) return typeof token === 'object' && token.subject !== '' ? token.subject : undefined;
  const form = new URLSearchParams(call.body);
  return world.grants.addressBehind('microsoft', { code: form.get('code'), refreshToken: form.get('refresh_token') });
}
