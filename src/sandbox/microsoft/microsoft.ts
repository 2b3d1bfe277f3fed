// Microsoft as the sandbox plays it: Entra tokens, events with Teams links, standalone online meetings and schedules.
import type { Emulator, Endpoint, World } from '../endpoint.ts';
import { accountsOf } from './accounts.ts';
import { calendarEndpoints } from './calendar.ts';
import { fail } from './errors.ts';
import { eventEndpoints } from './events.ts';
import { onlineMeetingEndpoints } from './online-meetings.ts';
import { tokenEndpoint } from './tokens.ts';

export function microsoft(world: World): Emulator {
  const ofUsers = [...eventEndpoints(world), ...onlineMeetingEndpoints(world), ...calendarEndpoints(world)];
  // A person's own token has another name for her.
  const ofMe = ofUsers.map((endpoint): Endpoint => ({
    ...endpoint,
    path: endpoint.path.replace('/users/:userId', '/me'),
  }));
  const endpoints = [tokenEndpoint(world), ...ofUsers, ...ofMe];
  return {
    provider: 'microsoft',
    prefix: '/microsoft',
    endpoints,
    fail,
    accountsOf: (call) => accountsOf(world, call),
  };
}
