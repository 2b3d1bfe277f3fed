// Microsoft as the sandbox plays it: Entra tokens, events with Teams links, standalone online meetings and schedules.
import type { Call, Emulator, Endpoint, World } from '../endpoint.ts';
import { calendarEndpoints } from './calendar.ts';
import { fail } from './errors.ts';
import { eventEndpoints } from './events.ts';
import { onlineMeetingEndpoints } from './online-meetings.ts';
import { tokenEndpoint } from './tokens.ts';

export function microsoft(world: World): Emulator {
  const ofUsers = [...eventEndpoints(world), ...onlineMeetingEndpoints(world), ...calendarEndpoints(world)];
  // A person's own token has another name for her.
  const ofMe = ofUsers.map((endpoint): Endpoint => {
    const path = endpoint.path.replace('/users/:userId', '/me');
    return endpoint.mailbox ? { ...endpoint, path, mailbox: bearerOf } : { ...endpoint, path };
  });
  const endpoints = [tokenEndpoint(world), ...ofUsers, ...ofMe];
  return { provider: 'microsoft', prefix: '/microsoft', endpoints, fail };
}

function bearerOf(call: Call): string {
  return call.headers.authorization ?? '';
}
