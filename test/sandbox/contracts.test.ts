import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadPublished, type Contract } from '../contracts/published.ts';
import {
  askGoogle,
  basic,
  call,
  form,
  googleToken,
  microsoftToken,
  openSandbox,
  textAt,
  zoomToken,
  type Reply,
} from './open-sandbox.ts';

const published = loadPublished();
const found: string[] = [];

/** Notes whatever the published schema, or the expected status, has against the reply. */
function conforms(contract: Contract, schema: string, reply: Reply, status: number): Reply {
  if (reply.status !== status) found.push(`${schema}: answered ${reply.status}, not ${status}`);
  if (!('skipped' in published))
    found.push(...published.faults(contract, schema, reply.body).map((fault) => `${schema}: ${fault}`));
  return reply;
}

function inDubai(hour: string): { dateTime: string; timeZone: string } {
  return { dateTime: `2026-12-01T${hour}:00:00`, timeZone: 'Asia/Dubai' };
}

if ('skipped' in published)
  process.stderr.write(
    `skipped: the sandbox's answers against the published contracts, because ${published.skipped}\n`,
  );

describe.skipIf('skipped' in published)('The sandbox answers as the providers publish', () => {
  let sandbox: Awaited<ReturnType<typeof openSandbox>>;
  beforeAll(async () => {
    sandbox = await openSandbox();
  });
  afterAll(() => sandbox.done());

  beforeEach(() => {
    found.length = 0;
  });

  it('Zoom: tokens, meetings, lists, users and errors', async () => {
    const { accountId, clientId, clientSecret } = sandbox.credentials.zoom;
    const token = `${sandbox.addresses.zoomOAuthUrl}/token`;
    const asked = { grant_type: 'account_credentials', account_id: accountId };
    conforms('tokens', 'ZoomTokenResponse', await form(token, asked, basic(clientId, clientSecret)), 200);
    conforms('tokens', 'ZoomTokenError', await form(token, asked, basic(clientId, 'x')), 400);
    const auth = await zoomToken(sandbox);
    const api = sandbox.addresses.zoomApiUrl;
    const wanted = {
      topic: 'Session',
      type: 2,
      start_time: '2026-12-01T10:00:00Z',
      duration: 60,
      timezone: 'Asia/Dubai',
      agenda: 'a',
      tracking_fields: [{ field: 'session', value: '1' }],
    };
    const made = conforms(
      'zoom',
      'MeetingCreated',
      await call(`${api}/users/a@example.com/meetings`, 'POST', auth, wanted),
      201,
    );
    conforms('zoom', 'Meeting', await call(`${api}/meetings/${textAt(made.body, 'id')}`, 'GET', auth), 200);
    conforms('zoom', 'MeetingList', await call(`${api}/users/a@example.com/meetings`, 'GET', auth), 200);
    conforms('zoom', 'User', await call(`${api}/users/a@example.com`, 'GET', auth), 200);
    conforms('zoom', 'Error', await call(`${api}/users/a@example.com/meetings`, 'POST', auth, { duration: 0 }), 400);
    conforms('zoom', 'Error', await call(`${api}/meetings/123456789`, 'GET', auth), 404);
    expect(found).toEqual([]);
  });

  it('Google: tokens, events, lists, free/busy, calendars and errors', async () => {
    conforms('tokens', 'GoogleTokenResponse', await askGoogle(sandbox, { sub: 'a@example.com' }), 200);
    conforms('tokens', 'OAuthError', await askGoogle(sandbox, { iss: 'x' }), 400);
    const auth = await googleToken(sandbox);
    const api = sandbox.addresses.googleApiUrl;
    const events = `${api}/calendars/primary/events`;
    const wanted = {
      summary: 'Session',
      start: { dateTime: '2026-12-01T10:00:00', timeZone: 'Asia/Dubai' },
      end: { dateTime: '2026-12-01T10:30:00', timeZone: 'Asia/Dubai' },
      attendees: [{ email: 'b@example.com' }],
      extendedProperties: { private: { session: '1' } },
      conferenceData: { createRequest: { requestId: 'x', conferenceSolutionKey: { type: 'hangoutsMeet' } } },
    };
    const made = conforms(
      'google',
      'Event',
      await call(`${events}?conferenceDataVersion=1`, 'POST', auth, wanted),
      200,
    );
    const url = `${events}/${textAt(made.body, 'id')}`;
    conforms('google', 'Event', await call(url, 'GET', auth), 200);
    conforms('google', 'Event', await call(url, 'PATCH', auth, { summary: 'Other' }), 200);
    conforms('google', 'Events', await call(events, 'GET', auth), 200);
    conforms(
      'google',
      'FreeBusyResponse',
      await call(`${api}/freeBusy`, 'POST', auth, {
        timeMin: '2026-12-01T00:00:00Z',
        timeMax: '2026-12-02T00:00:00Z',
        items: [{ id: 'primary' }, { id: 'nobody@example.com' }],
      }),
      200,
    );
    conforms('google', 'CalendarListEntry', await call(`${api}/users/me/calendarList/primary`, 'GET', auth), 200);
    conforms('google', 'CalendarList', await call(`${api}/users/me/calendarList`, 'GET', auth), 200);
    conforms('google', 'ErrorResponse', await call(`${events}/neverthere`, 'GET', auth), 404);
    expect(found).toEqual([]);
  });

  it('Microsoft: tokens, events, lists, online meetings, calendars, schedules and errors', async () => {
    const { tenantId, clientId, clientSecret } = sandbox.credentials.microsoft;
    const token = `${sandbox.addresses.msLoginUrl}/${tenantId}/oauth2/v2.0/token`;
    const asked = {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: 'https://graph.microsoft.com/.default',
    };
    conforms('tokens', 'EntraTokenResponse', await form(token, asked), 200);
    conforms('tokens', 'EntraError', await form(token, { ...asked, client_secret: 'x' }), 401);
    const auth = await microsoftToken(sandbox);
    const user = `${sandbox.addresses.msGraphUrl}/users/a@example.com`;
    const wanted = {
      subject: 'Session',
      body: { contentType: 'html', content: 'x' },
      start: inDubai('10'),
      end: inDubai('11'),
      attendees: [{ emailAddress: { address: 'b@example.com', name: 'B' }, type: 'required' }],
      isOnlineMeeting: true,
      onlineMeetingProvider: 'teamsForBusiness',
      transactionId: 't',
      singleValueExtendedProperties: [{ id: 'String {66f5a359-4659-4830-9070-00047ec6ac6e} Name session', value: '1' }],
    };
    const made = conforms('microsoft', 'event', await call(`${user}/events`, 'POST', auth, wanted), 201);
    const url = `${user}/events/${textAt(made.body, 'id')}`;
    conforms('microsoft', 'event', await call(`${url}?$expand=singleValueExtendedProperties`, 'GET', auth), 200);
    conforms('microsoft', 'event', await call(url, 'PATCH', auth, { subject: 'Other' }), 200);
    conforms('microsoft', 'eventCollectionResponse', await call(`${user}/events?$top=1`, 'GET', auth), 200);
    conforms('microsoft', 'calendar', await call(`${user}/calendar`, 'GET', auth), 200);
    const me = conforms('microsoft', 'user', await call(user, 'GET', auth), 200);
    const schedules = {
      schedules: ['a@example.com', 'nobody@example.com'],
      startTime: inDubai('08'),
      endTime: inDubai('12'),
    };
    conforms(
      'microsoft',
      'scheduleInformationCollectionResponse',
      await call(`${user}/calendar/getSchedule`, 'POST', auth, schedules),
      200,
    );
    const meetings = `${sandbox.addresses.msGraphUrl}/users/${textAt(me.body, 'id')}/onlineMeetings`;
    conforms(
      'microsoft',
      'onlineMeeting',
      await call(`${meetings}/createOrGet`, 'POST', auth, {
        externalId: 'x',
        subject: 's',
        startDateTime: '2026-12-01T10:00:00Z',
        endDateTime: '2026-12-01T11:00:00Z',
      }),
      201,
    );
    conforms('microsoft', 'odataError', await call(`${user}/events/none`, 'GET', auth), 404);
    expect(found).toEqual([]);
  });

  it('what is late, fails or is refused on order conforms too', async () => {
    const turn = (switches: object) => sandbox.control('PATCH', 'switches', switches);
    const [zoom, google, graph] = [await zoomToken(sandbox), await googleToken(sandbox), await microsoftToken(sandbox)];
    const api = `${sandbox.addresses.googleApiUrl}/calendars/primary/events`;
    const user = `${sandbox.addresses.msGraphUrl}/users/a@example.com`;
    const meet = {
      start: { dateTime: '2026-12-01T10:00:00Z' },
      end: { dateTime: '2026-12-01T10:30:00Z' },
      conferenceData: { createRequest: { requestId: 'x', conferenceSolutionKey: { type: 'hangoutsMeet' } } },
    };
    for (const meetOutcome of ['success', 'failure']) {
      await turn({ meetPendingReads: 1, meetOutcome, teamsPendingReads: 1 });
      const made = conforms('google', 'Event', await call(`${api}?conferenceDataVersion=1`, 'POST', google, meet), 200);
      for (let look = 0; look < 2; look++)
        conforms('google', 'Event', await call(`${api}/${textAt(made.body, 'id')}`, 'GET', google), 200);
    }
    const online = { subject: 's', start: inDubai('10'), end: inDubai('11'), isOnlineMeeting: true };
    const event = conforms('microsoft', 'event', await call(`${user}/events`, 'POST', graph, online), 201);
    await sandbox.control('POST', `microsoft/events/${textAt(event.body, 'id')}/move`);
    conforms('microsoft', 'eventCollectionResponse', await call(`${user}/events`, 'GET', graph), 200);
    await turn({ teamsPolicy: 'missing' });
    const id = textAt((await call(user, 'GET', graph)).body, 'id');
    const meetings = user.replace('a@example.com', `${id}/onlineMeetings`);
    conforms('microsoft', 'odataError', await call(meetings, 'POST', graph, { subject: 's' }), 403);
    const refusals = [
      ['zoom', 'Error', `${sandbox.addresses.zoomApiUrl}/users/a@example.com/meetings`, zoom, 3161],
      ['google', 'ErrorResponse', api, google, 'quotaExceeded'],
      ['microsoft', 'odataError', `${user}/events`, graph, 'ErrorQuotaExceeded'],
    ] as const;
    for (const [provider, schema, url, auth, code] of refusals) {
      await sandbox.order({ provider, operation: 'list', status: 403, code, times: 1 });
      conforms(provider, schema, await call(url, 'GET', auth), 403);
    }
    await sandbox.control('DELETE', 'switches');
    expect(found).toEqual([]);
  });
});
