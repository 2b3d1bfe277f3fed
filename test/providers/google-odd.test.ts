// Answers that the emulator does not give and Google does: links that come late or never, refusals by reason.
import { afterEach, expect, it } from 'vitest';
import type { CalendarProvider } from '../../src/calendars/provider.ts';
import { googleCalendar } from '../../src/calendars/providers/google.ts';
import { BOUNDS, CLIENT, EVENT, oddProvider, OWNER, sentTo, TOOLS, type Sent } from './odd-provider.ts';
import type { TinyServer } from './tiny-server.ts';

let server: TinyServer;
afterEach(() => server.close());

async function serve(answer: Parameters<typeof oddProvider>[0]): Promise<void> {
  server = await oddProvider(answer);
}

const sent = (): Sent[] => sentTo(server);

const google = (): CalendarProvider =>
  googleCalendar({
    ...TOOLS,
    config: { apiUrl: server.url, oauthUrl: server.url, refreshToken: { ...CLIENT, refreshToken: 'r' } },
  });
const event = (conferenceData?: object): object => ({
  id: EVENT.key,
  status: 'confirmed',
  etag: '"7"',
  summary: 'Talk',
  start: { dateTime: '2026-12-10T17:00:00+02:00' },
  end: { dateTime: '2026-12-10T18:00:00+02:00' },
  ...(conferenceData ? { conferenceData } : {}),
});
const asking = (statusCode: string): object => ({ createRequest: { requestId: EVENT.key, status: { statusCode } } });

it('a link that is still being made is pending, not failed', async () => {
  await serve(() => ({ status: 200, json: event(asking('pending')) }));
  expect(await google().create(OWNER, EVENT, BOUNDS)).toMatchObject({ conference: { status: 'pending' } });
  expect(await google().update(OWNER, EVENT.key, EVENT, BOUNDS)).toMatchObject({ conference: { status: 'pending' } });
  expect(sent()).toHaveLength(2);
});

it('whoever is on an event that was invited to is told when it goes, and nobody else', async () => {
  await serve(() => ({ status: 204 }));
  for (const tellAttendees of [true, false]) await google().delete(OWNER, EVENT.key, { ...BOUNDS, tellAttendees });
  const paths = server.asked.filter(({ method }) => method === 'DELETE').map(({ path }) => path);
  expect(paths.map((path) => /sendUpdates=(\w+)$/.exec(path)?.[1])).toEqual(['all', 'none']);
});

it('a link that failed is asked for anew under another request id', async () => {
  await serve((_asked, index) => ({ status: 200, json: event(asking(index === 0 ? 'failure' : 'pending')) }));
  expect(await google().update(OWNER, EVENT.key, EVENT, BOUNDS)).toMatchObject({ conference: { status: 'pending' } });
  const [first, second] = sent();
  expect(first?.body).not.toHaveProperty('conferenceData');
  expect(second?.body).toMatchObject({
    conferenceData: { createRequest: { requestId: expect.stringMatching(new RegExp(`^${EVENT.key}-[0-9a-f]{8}$`)) } },
  });
});

it('a link that is not even mentioned will not come', async () => {
  await serve(() => ({ status: 200, json: event() }));
  expect(await google().create(OWNER, EVENT, BOUNDS)).toMatchObject({ conference: { status: 'failed' } });
});

it('a key of which nothing but the name is left is spent', async () => {
  await serve(({ method }) => (method === 'POST' ? { status: 409, json: {} } : { status: 404, json: {} }));
  const facts = { outcome: 'refused', providerCode: 'key_spent' };
  await expect(google().create(OWNER, EVENT, BOUNDS)).rejects.toMatchObject({ facts });
});

it.each([
  [403, 'userRateLimitExceeded', 'retryable'],
  [403, 'calendarUsageLimitsExceeded', 'retryable'],
  [403, 'insufficientPermissions', 'reconnect'],
  [403, 'forbiddenForNonOrganizer', 'refused'],
  [403, 'somethingNew', 'refused'],
  [410, 'deleted', 'absent'],
])('%i because of %s is %s', async (status, reason, outcome) => {
  await serve(() => ({ status, json: { error: { code: status, message: 'x', errors: [{ reason }] } } }));
  const facts = { outcome, providerCode: reason };
  await expect(google().update(OWNER, EVENT.key, EVENT, BOUNDS)).rejects.toMatchObject({ facts });
});
