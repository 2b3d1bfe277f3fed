// Zoom as the sandbox plays it: server-to-server tokens, meetings and users.
import type { Emulator, World } from '../endpoint.ts';
import { accountsOf } from './accounts.ts';
import { fail } from './errors.ts';
import { meetingEndpoints } from './meetings.ts';
import { revokeEndpoint, tokenEndpoint } from './tokens.ts';

export function zoom(world: World): Emulator {
  const endpoints = [tokenEndpoint(world), revokeEndpoint(world), ...meetingEndpoints(world)];
  return { provider: 'zoom', prefix: '/zoom', endpoints, fail, accountsOf: (call) => accountsOf(world, call) };
}
