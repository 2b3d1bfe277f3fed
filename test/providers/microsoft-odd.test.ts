// Answers that the emulator does not give and Graph does: zones refused or misread, links that come late or never.
import { afterEach, expect, it } from 'vitest';
import type { CalendarProvider } from '../../src/calendars/provider.ts';
import { microsoftCalendar } from '../../src/calendars/providers/microsoft.ts';
import { BOUNDS, CLIENT, EVENT, oddProvider, OWNER, sentTo, START, TOOLS, type Sent } from './odd-provider.ts';
import type { Reply, TinyServer } from './tiny-server.ts';

let server: TinyServer;
afterEach(() => server.close());

async function serve(answer: Parameters<typeof oddProvider>[0]): Promise<void> {
  server = await oddProvider(answer);
}

const sent = (): Sent[] => sentTo(server);

const microsoft = (): CalendarProvider =>
  microsoftCalendar({ ...TOOLS, config: { ...CLIENT, tenantId: 't', graphUrl: server.url, loginUrl: server.url } });
const event = (more: object = {}): object => ({
  id: 'AAMk=',
  subject: 'Talk',
  start: { dateTime: '2026-12-10T15:00:00.0000000', timeZone: 'UTC' },
  end: { dateTime: '2026-12-10T16:00:00.0000000', timeZone: 'UTC' },
  isOnlineMeeting: true,
  onlineMeeting: null,
  ...more,
});
const refusal = (status: number, code: string): Reply => ({ status, json: { error: { code, message: 'x' } } });

it('a zone that Graph refuses is replaced by UTC, the same instants', async () => {
  await serve((_asked, index) =>
    index === 0 ? refusal(400, 'TimeZoneNotSupportedException') : { status: 201, json: event() },
  );
  expect(await microsoft().create(OWNER, EVENT, BOUNDS)).toMatchObject({ start: START });
  expect(sent().map(({ body }) => body['start'])).toEqual([
    { dateTime: '2026-12-10T17:00:00', timeZone: 'Europe/Kyiv' },
    { dateTime: '2026-12-10T15:00:00', timeZone: 'UTC' },
  ]);
});

it('a wall time that Graph reads by other rules is sent again in UTC', async () => {
  const late = { start: { dateTime: '2026-12-10T16:00:00.0000000', timeZone: 'UTC' } };
  await serve((_asked, index) => ({ status: 200, json: event(index === 0 ? late : {}) }));
  expect(await microsoft().update(OWNER, 'AAMk=', EVENT, BOUNDS)).toMatchObject({ start: START });
  expect(sent().at(-1)?.body['start']).toEqual({ dateTime: '2026-12-10T15:00:00', timeZone: 'UTC' });
});

it('a Teams link that is not there yet is pending', async () => {
  await serve(() => ({ status: 201, json: event() }));
  expect(await microsoft().create(OWNER, EVENT, BOUNDS)).toMatchObject({ conference: { status: 'pending' } });
});

it('an account that silently gives no Teams link has failed', async () => {
  await serve(() => ({ status: 201, json: event({ isOnlineMeeting: false }) }));
  expect(await microsoft().create(OWNER, EVENT, BOUNDS)).toMatchObject({ conference: { status: 'failed' } });
});

it('the body of a Teams event is never written over, and every call asks for immutable ids', async () => {
  await serve(() => ({ status: 200, json: event() }));
  await microsoft().update(OWNER, 'AAMk=', EVENT, BOUNDS);
  expect(sent().map(({ body }) => Object.keys(body))).toEqual([['subject', 'start', 'end']]);
  expect(server.asked.at(-1)?.headers['prefer']).toBe('IdType="ImmutableId"');
});

it('a person without a mailbox is not an event that is gone', async () => {
  await serve(() => refusal(404, 'MailboxNotEnabledForRESTAPI'));
  await expect(microsoft().read(OWNER, 'AAMk=', BOUNDS)).rejects.toMatchObject({ facts: { outcome: 'refused' } });
  await expect(microsoft().delete(OWNER, 'AAMk=', { ...BOUNDS, tellAttendees: false })).rejects.toMatchObject({
    facts: { outcome: 'refused' },
  });
});

it('a missing permission asks for a reconnection', async () => {
  await serve(() => refusal(403, 'ErrorAccessDenied'));
  await expect(microsoft().find(OWNER, 'm:1', BOUNDS)).rejects.toMatchObject({ facts: { outcome: 'reconnect' } });
});

it('the next page is asked of Graph, whatever host its link names', async () => {
  await serve((_asked, index) => ({
    status: 200,
    json: { value: [event()], ...(index === 0 ? { '@odata.nextLink': 'https://evil.example/x?$skip=50' } : {}) },
  }));
  expect(await microsoft().find(OWNER, 'm:1', BOUNDS)).toHaveLength(2);
  expect(sent().at(-1)?.path).toBe('/users/practitioner%40example.com/events?$skip=50');
});
