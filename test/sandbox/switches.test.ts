// What is switched at run time: quotas, links that come late or never, the tenant's policy, ids that a move changes.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { at, call, googleToken, microsoftToken, openSandbox, textAt, zoomToken } from './open-sandbox.ts';

const MEETING = { topic: 'Session', type: 2, start_time: '2026-12-01T10:00:00Z', duration: 60, timezone: 'UTC' };
const EVENT = {
  start: { dateTime: '2026-12-01T10:00:00Z' },
  end: { dateTime: '2026-12-01T11:00:00Z' },
  conferenceData: { createRequest: { requestId: 'r-1', conferenceSolutionKey: { type: 'hangoutsMeet' } } },
};
const ONLINE = {
  subject: 'Session',
  start: { dateTime: '2026-12-01T10:00:00', timeZone: 'UTC' },
  end: { dateTime: '2026-12-01T11:00:00', timeZone: 'UTC' },
  isOnlineMeeting: true,
  onlineMeetingProvider: 'teamsForBusiness',
};
const statusOf = (event: unknown) => at(event, 'conferenceData', 'createRequest', 'status', 'statusCode');

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterEach(async () => {
  await sandbox.control('DELETE', 'switches');
  await sandbox.control('DELETE', 'state');
});
afterAll(() => sandbox.done());
const turn = async (switches: object): Promise<void> => {
  expect((await sandbox.control('PATCH', 'switches', switches)).status).toBe(200);
};

/** A new event that asks for a link. */
const linked = async (switches: object) => {
  await turn(switches);
  const auth = await googleToken(sandbox);
  const events = `${sandbox.addresses.googleApiUrl}/calendars/primary/events`;
  const made = await call(`${events}?conferenceDataVersion=1`, 'POST', auth, EVENT);
  const url = `${events}/${textAt(made.body, 'id')}`;
  return { made, read: async () => (await call(url, 'GET', auth)).body, url, auth };
};

const graph = async () => {
  const auth = await microsoftToken(sandbox);
  const user = `${sandbox.addresses.msGraphUrl}/users/sarah@example.com`;
  return { auth, user, events: `${user}/events` };
};

describe('The switches', () => {
  it('stand as at the start, change one by one, and go back; what is no switch is refused', async () => {
    const start = (await sandbox.control('GET', 'switches')).body;
    expect(start).toMatchObject({ zoomDailyLimit: false, graphConcurrency: false, meetPendingReads: 0 });
    await turn({ meetPendingReads: 2 });
    await turn({ zoomDailyLimit: true });
    expect((await sandbox.control('GET', 'status')).body).toMatchObject({
      quotas: false,
      switches: { ...start, meetPendingReads: 2, zoomDailyLimit: true },
    });
    for (const wrong of [{ gravity: false }, { meetPendingReads: -1 }, { meetOutcome: 'perhaps' }, []]) {
      expect(await sandbox.control('PATCH', 'switches', wrong)).toMatchObject({ status: 400 });
    }
    expect((await sandbox.control('DELETE', 'switches')).body).toEqual(start);
  });
});

describe('Zoom', () => {
  it('counts a host’s hundred changes a day only while told to, and by the clock of the sandbox', async () => {
    const token = await zoomToken(sandbox);
    const url = `${sandbox.addresses.zoomApiUrl}/users/sarah@example.com/meetings`;
    const made = await call(url, 'POST', token, MEETING);
    await turn({ zoomDailyLimit: true });
    const change = () =>
      call(`${sandbox.addresses.zoomApiUrl}/meetings/${textAt(made.body, 'id')}`, 'PATCH', token, { topic: 'x' });
    for (let count = 0; count < 100; count++) expect((await change()).status).toBe(204);
    const refused = await change();
    expect(refused).toMatchObject({ status: 429 });
    expect(refused.headers.get('retry-after')).toBe('2026-11-21T00:00:00Z');
    await turn({ zoomDailyLimit: false });
    expect((await change()).status).toBe(204);
  });
});

describe('Google', () => {
  it('makes a conference in its own time: pending for as many readings as told, then there', async () => {
    const { made, read, url, auth } = await linked({ meetPendingReads: 2 });
    expect(statusOf(made.body)).toBe('pending');
    expect(made.body).not.toHaveProperty('hangoutLink');
    expect(made.body['conferenceData']).not.toHaveProperty('entryPoints');
    expect(statusOf((await sandbox.live('google/events'))[0])).toBe('pending');
    const patched = await call(`${url}?conferenceDataVersion=1`, 'PATCH', auth, { ...EVENT, summary: 'Other' });
    expect(statusOf(patched.body)).toBe('pending');
    const looks = [await read(), await read(), await read()];
    expect(looks.map(statusOf)).toEqual(['pending', 'pending', 'success']);
    expect(looks.at(-1)).toMatchObject({ hangoutLink: expect.stringContaining('/google/meet/') });
    expect((await fetch(textAt(looks.at(-1), 'hangoutLink'))).status).toBe(200);
    expect(looks.at(-1)?.['etag']).toBe(patched.body['etag']);
  });

  it('can fail to make one, and makes another for another request', async () => {
    const { read, url, auth } = await linked({ meetPendingReads: 1, meetOutcome: 'failure' });
    expect([statusOf(await read()), statusOf(await read())]).toEqual(['pending', 'failure']);
    expect((await read())['hangoutLink']).toBeUndefined();
    await turn({ meetPendingReads: 0, meetOutcome: 'success' });
    const ask = (requestId: string) =>
      call(`${url}?conferenceDataVersion=1`, 'PATCH', auth, { conferenceData: { createRequest: { requestId } } });
    expect(statusOf((await ask('r-1')).body)).toBe('failure');
    expect(statusOf((await ask('r-2')).body)).toBe('success');
  });
});

describe('Microsoft', () => {
  it('lets the link of an online event come later than the event', async () => {
    const { auth, events } = await graph();
    await turn({ teamsPendingReads: 2 });
    const made = await call(events, 'POST', auth, ONLINE);
    expect(made.body).toMatchObject({ isOnlineMeeting: true, onlineMeeting: null });
    const url = `${events}/${textAt(made.body, 'id')}`;
    const body = { contentType: 'html', content: 'words' };
    expect((await call(url, 'PATCH', auth, { body })).body).toMatchObject({
      isOnlineMeeting: true,
      onlineMeeting: null,
    });
    expect((await call(url, 'GET', auth)).body).toMatchObject({ onlineMeeting: null });
    expect((await call(url, 'GET', auth)).body).toMatchObject({ onlineMeeting: null });
    const there = await call(url, 'GET', auth);
    expect(textAt(there.body, 'body', 'content')).toContain(textAt(there.body, 'onlineMeeting', 'joinUrl'));
  });

  it('without the tenant’s policy makes no online meeting for an app, and an event with a link all the same', async () => {
    const { auth, user, events } = await graph();
    const id = textAt((await call(user, 'GET', auth)).body, 'id');
    await turn({ teamsPolicy: 'missing' });
    const wanted = { subject: 'Session', startDateTime: '2026-12-01T10:00:00Z' };
    const meetings = user.replace('sarah@example.com', `${id}/onlineMeetings`);
    expect(await call(meetings, 'POST', auth, wanted)).toMatchObject({
      status: 403,
      body: { error: { code: 'Forbidden', message: 'No application access policy found for this app.' } },
    });
    expect(await call(events, 'POST', auth, ONLINE)).toMatchObject({ status: 201, body: { isOnlineMeeting: true } });
    await turn({ teamsPolicy: 'granted' });
    expect((await call(meetings, 'POST', auth, wanted)).status).toBe(201);
  });

  it('limits what runs at a time in one mailbox only while told to, by whichever name it is called', async () => {
    const { auth, user, events } = await graph();
    const id = textAt((await call(user, 'GET', auth)).body, 'id');
    const eight = () =>
      Promise.all(
        Array.from({ length: 8 }, (_unused, one) =>
          call(one % 2 === 0 ? events : events.replace('sarah@example.com', id), 'GET', auth),
        ),
      );
    expect((await eight()).map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    await turn({ graphConcurrency: true });
    const statuses = (await eight()).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(4);
    expect(statuses).toContain(429);
  });

  it('keeps the immutable id of an event that is moved, and gives it another plain one', async () => {
    const { auth, events } = await graph();
    const stays = { ...auth, prefer: 'IdType="ImmutableId"' };
    const made = await call(events, 'POST', stays, ONLINE);
    const url = `${events}/${textAt(made.body, 'id')}`;
    expect((await call(url, 'GET', auth)).status).toBe(200);
    const moved = await sandbox.control('POST', `microsoft/events/${textAt(made.body, 'id')}/move`);
    expect((await call(url, 'GET', stays)).body).toMatchObject({ id: made.body['id'] });
    expect((await call(url, 'GET', auth)).status).toBe(404);
    const plain = await call(`${events}/${textAt(moved.body, 'plainId')}`, 'GET', auth);
    expect(plain).toMatchObject({ status: 200, body: { id: moved.body['plainId'] } });
    const listed = async (as: typeof auth) => at((await call(events, 'GET', as)).body, 'value', 0, 'id');
    expect([await listed(auth), await listed(stays)]).toEqual([moved.body['plainId'], made.body['id']]);
    expect((await sandbox.control('POST', 'microsoft/events/none/move')).status).toBe(404);
  });
});
