// A provider of a few lines that hands out tokens and answers what a test wants, and what was sent to it.
import { httpClient } from '../../src/platform/http/client.ts';
import { setClock } from '../../src/platform/time/clock.ts';
import type { EventSpec } from '../../src/calendars/provider.ts';
import { keptLog } from './log-lines.ts';
import { tinyServer, type Asked, type Reply, type TinyServer } from './tiny-server.ts';

export const OWNER = 'practitioner@example.com';
export const BOUNDS = { timeoutMs: 5000 };
export const START = Temporal.Instant.from('2026-12-10T15:00:00Z');
export const CLIENT = { clientId: 'id', clientSecret: 'secret' };

export const EVENT: EventSpec = {
  key: 'sk0abcdefghij0123456789',
  marker: 'm:1',
  title: 'Talk',
  description: '',
  location: null,
  start: START,
  end: START.add({ hours: 1 }),
  zone: 'Europe/Kyiv',
  conference: true,
  attendees: [],
};

const clock = setClock('2026-12-01T08:00:00Z');
const { log } = keptLog();
export const TOOLS = { http: httpClient({ clock, log }), clock, log };

/** `answer` is told how many calls came before, tokens aside. */
export function oddProvider(answer: (asked: Asked, index: number) => Reply): Promise<TinyServer> {
  let calls = 0;
  return tinyServer((asked) => {
    if (asked.path.endsWith('/token'))
      return { status: 200, json: { access_token: 'hush', token_type: 'Bearer', expires_in: 3600 } };
    return answer(asked, calls++);
  });
}

export type Sent = { readonly method: string; readonly path: string; readonly body: Record<string, unknown> };

export function sentTo(server: TinyServer): Sent[] {
  return server.asked
    .filter((asked) => !asked.path.endsWith('/token'))
    .map(({ method, path, body }) => ({
      method,
      path,
      body: body ? (JSON.parse(body) as Record<string, unknown>) : {},
    }));
}
