// Answers that the emulator does not give and Zoom does: changed times, endless lists, refusals in its own numbers.
import { afterEach, expect, it } from 'vitest';
import type { MeetingProvider, MeetingSpec } from '../../src/meetings/provider.ts';
import { zoomMeetings } from '../../src/meetings/providers/zoom.ts';
import { BOUNDS, CLIENT, oddProvider, OWNER, sentTo, START, TOOLS, type Sent } from './odd-provider.ts';
import type { TinyServer } from './tiny-server.ts';

let server: TinyServer;
afterEach(() => server.close());

async function serve(answer: Parameters<typeof oddProvider>[0]): Promise<void> {
  server = await oddProvider(answer);
}

const sent = (): Sent[] => sentTo(server);

const SPEC: MeetingSpec = {
  marker: 'm:1',
  topic: 'Talk',
  agenda: '',
  start: START,
  minutes: 60,
  zone: 'Europe/Berlin',
};
const zoom = (): MeetingProvider =>
  zoomMeetings({ ...TOOLS, config: { ...CLIENT, accountId: 'a', apiUrl: server.url, oauthUrl: server.url } });
const meeting = (start: string): string =>
  `{"id": 98765432109876543, "topic": "Talk", "start_time": "${start}", "duration": 60, "join_url": "https://zoom.example/j"}`;
const RIGHT = meeting('2026-12-10T15:00:00Z');
const WRONG = meeting('2026-12-01T08:00:00Z');

it('a new meeting whose time was changed is set right once, and a long id keeps every digit', async () => {
  await serve(({ method }) => {
    if (method === 'PATCH') return { status: 204 };
    return method === 'POST' ? { status: 201, text: WRONG } : { status: 200, text: RIGHT };
  });
  expect(await zoom().create(OWNER, SPEC, BOUNDS)).toMatchObject({
    id: '98765432109876543',
    start: START,
    password: null,
  });
  expect(sent().map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /users/practitioner%40example.com/meetings',
    'PATCH /meetings/98765432109876543',
    'GET /meetings/98765432109876543',
  ]);
});

it('a new meeting whose time cannot be set right is removed and refused', async () => {
  await serve(({ method }) =>
    method === 'POST'
      ? { status: 201, text: WRONG }
      : method === 'GET'
        ? { status: 200, text: WRONG }
        : { status: 204 },
  );
  const facts = { outcome: 'refused', providerCode: 'echo_mismatch' };
  await expect(zoom().create(OWNER, SPEC, BOUNDS)).rejects.toMatchObject({ facts });
  expect(sent().at(-1)?.method).toBe('DELETE');
});

it('a meeting of a session that has begun is taken as it is: the link is what matters', async () => {
  await serve(() => ({ status: 201, text: WRONG }));
  const begun = { ...SPEC, start: TOOLS.clock.now().subtract({ minutes: 5 }) };
  expect(await zoom().create(OWNER, begun, BOUNDS)).toMatchObject({ joinUrl: 'https://zoom.example/j' });
});

it.each([
  [400, { code: 4711, message: 'Invalid access token, does not contain scopes' }, 'reconnect', '4711'],
  [404, { code: 1001, message: 'User does not exist' }, 'refused', '1001'],
  [404, { code: 3001, message: 'Meeting does not exist' }, 'absent', '3001'],
  [400, { code: 3161, message: 'Not allowed' }, 'refused', '3161'],
])('%i with %o', async (status, json, outcome, providerCode) => {
  await serve(() => ({ status, json }));
  await expect(zoom().update(OWNER, '123456789', SPEC, BOUNDS)).rejects.toMatchObject({
    facts: { outcome, providerCode },
  });
});

it('an error page in XML is survived', async () => {
  await serve(() => ({ status: 403, text: '<?xml version="1.0"?><result/>' }));
  await expect(zoom().find(OWNER, 'm:1', BOUNDS)).rejects.toMatchObject({
    facts: { outcome: 'refused', status: 403 },
  });
});

it('a list that never ends is not taken for its first pages', async () => {
  await serve(() => ({ status: 200, json: { next_page_token: 'more', meetings: [] } }));
  await expect(zoom().find(OWNER, 'm:1', BOUNDS)).rejects.toMatchObject({ facts: { providerCode: 'list_too_long' } });
});
