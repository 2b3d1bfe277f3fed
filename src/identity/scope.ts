// What an API key can be let do: the closed list of scopes. Each route names the one it asks for (config.scope); a token
// needs none, since its role says what it may.

/** Published in the API document. A scope is never renamed or reused: keys keep it. */
export const SCOPES = {
  'availability:read': 'when practitioners are free',
  'practitioners:read': 'practitioners, session types, schedules and locations, with what is private of them',
  'practitioners:write': 'add and change practitioners, session types, schedules and locations',
  'appointments:read': 'appointments of every client',
  'appointments:write': 'book, move, cancel and close for every client',
  'connections:read': 'practitioners’ own accounts at providers, and how they stand',
  'connections:write': 'begin, try out and end connections of practitioners’ own accounts',
  'meetings:write': 'meetings and calendar events of appointments, with the links that start them',
  'events:read': 'what happened, in ids and plain facts',
  'webhooks:manage': 'where events are sent, and sending them again',
  'operations:read': 'what failed outside, and why',
  'operations:write': 'have what failed outside tried again',
  'api-keys:manage': 'make keys with the scopes it has itself, list and revoke keys',
} as const;

export type Scope = keyof typeof SCOPES;

export function isScope(text: unknown): text is Scope {
  return typeof text === 'string' && Object.hasOwn(SCOPES, text);
}
