// Zoom as the sandbox plays it: server-to-server tokens, meetings and users.
import type { Emulator, World } from '../endpoint.ts';
import { fail } from './errors.ts';
import { meetingEndpoints } from './meetings.ts';
import { tokenEndpoint } from './tokens.ts';

export function zoom(world: World): Emulator {
  return { provider: 'zoom', prefix: '/zoom', endpoints: [tokenEndpoint(world), ...meetingEndpoints(world)], fail };
}
