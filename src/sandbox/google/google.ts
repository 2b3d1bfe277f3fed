// Google as the sandbox plays it: tokens, events with Meet links, free/busy and the calendar list.
import type { Emulator, World } from '../endpoint.ts';
import { accountsOf } from './accounts.ts';
import { calendarEndpoints } from './calendars.ts';
import { fail } from './errors.ts';
import { eventEndpoints } from './events.ts';
import { freeBusyEndpoint } from './free-busy.ts';
import { revokeEndpoint, tokenEndpoint } from './tokens.ts';

export function google(world: World): Emulator {
  const endpoints = [
    tokenEndpoint(world),
    revokeEndpoint(world),
    ...eventEndpoints(world),
    freeBusyEndpoint(world),
    ...calendarEndpoints(world),
  ];
  return { provider: 'google', prefix: '/google', endpoints, fail, accountsOf: (call) => accountsOf(world, call) };
}
