// Microsoft as the sandbox plays it: Entra tokens, events with Teams links, standalone online meetings and schedules.
import type { Emulator, World } from '../endpoint.ts';
import { calendarEndpoints } from './calendar.ts';
import { fail } from './errors.ts';
import { eventEndpoints } from './events.ts';
import { onlineMeetingEndpoints } from './online-meetings.ts';
import { tokenEndpoint } from './tokens.ts';

export function microsoft(world: World): Emulator {
  const endpoints = [
    tokenEndpoint(world),
    ...eventEndpoints(world),
    ...onlineMeetingEndpoints(world),
    ...calendarEndpoints(world),
  ];
  return { provider: 'microsoft', prefix: '/microsoft', endpoints, fail };
}
