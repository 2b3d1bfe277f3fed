// Whose a call to Zoom is: the host in its path or behind its meeting, or whoever her token speaks for. The app's own token
// calls are nobody's.
import type { Call, World } from '../endpoint.ts';
import { hostOfMeeting } from './meetings.ts';

export function accountsOf(world: World, call: Call): readonly string[] {
  return [addressOf(world, call)].filter((address) => address !== undefined);
}

function addressOf(world: World, call: Call): string | undefined {
  const { userId, meetingId } = call.params;
  if (meetingId !== undefined) return hostOfMeeting(world, meetingId);
  if (userId !== undefined && userId !== 'me') return world.people.find(userId);
  const token = world.tokens.check('zoom', call.headers.authorization);
  if (userId === 'me') return typeof token === 'object' ? token.subject : undefined;
  const form = new URLSearchParams(call.body);
  const value = (name: string): string | null => form.get(name) ?? call.query.get(name);
  return world.grants.addressBehind('zoom', { code: value('code'), refreshToken: value('refresh_token') });
}
