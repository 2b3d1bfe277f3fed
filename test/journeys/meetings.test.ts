// The meeting and the calendar event of an appointment: made once, moved with it, gone with it, whatever the provider does
// meanwhile; who sees which part of it; and the words that leave the house.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { createLog } from '../../src/platform/log.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JOHN, SARAH } from '../cast.ts';
import { booked, booking, openHouse, refusal, type Json, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse();
});
afterEach(() => house.clearFaults());
afterAll(() => house.close());

let day = 0;
/** A fresh day for each test, so that nothing of another is in its way. */
function nextDate(): string {
  const date = Temporal.PlainDate.from('2030-02-04').add({ days: Math.floor(day / 5) * 7 + (day % 5) });
  day += 1;
  return date.toString();
}

const on = (platform: string | undefined) => ({
  videoMeetingConfig: platform === undefined ? undefined : { platform, hostEmail: SARAH.email },
});
const read = (id: number, who: 'john' | 'staff' = 'john') => house.get(who, `/api/appointments/${id}`);
const meetingOf = ({ body }: { body: Json }) => body['meetingDetails'] as Json | undefined;
const cancel = (id: number) => house.put('staff', `/api/appointments/${id}/cancel`, {});

const PATHS = {
  zoom: '/api/create-zoom-meeting',
  'google-meet': '/api/create-google-meet',
  teams: '/api/create-teams-meeting',
} as const;

/** Everything live at the providers that speaks of an appointment, by what each keeps of it. */
async function standing(id: number, meetingId?: unknown) {
  const [zoom, google, microsoft] = await Promise.all([house.live.zoom(), house.live.google(), house.live.microsoft()]);
  const mine = (events: Json[]) =>
    events.filter((event) =>
      new RegExp(`Appointment ${id}\\b`).test(JSON.stringify([event['description'], event['body']])),
    );
  return {
    zoom: zoom.filter((meeting) => String(meeting['id']) === String(meetingId)),
    google: mine(google),
    microsoft: mine(microsoft),
  };
}

describe('one meeting, one event', () => {
  test('Zoom: a meeting, and an event on the practitioner’s calendar that leads to it', async () => {
    const id = await booked(house, { date: nextDate() });
    const details = meetingOf(await read(id));
    const { zoom, google } = await house.until(
      () => standing(id, details?.['meetingId']),
      (found) => found.google.length > 0,
    );
    expect([zoom.length, google.length]).toEqual([1, 1]);
    expect(google[0]).toMatchObject({ location: details?.['meetingUrl'] });
    expect(google[0]).not.toHaveProperty('attendees');
  });

  test.each([
    ['google-meet', 'google'],
    ['teams', 'microsoft'],
  ] as const)('%s: the event carries the link, and there is no other', async (platform, calendar) => {
    const id = await booked(house, { date: nextDate(), ...on(platform) });
    const found = await standing(id);
    expect([found.google.length, found.microsoft.length]).toEqual(calendar === 'google' ? [1, 0] : [0, 1]);
    expect(JSON.stringify(found[calendar])).toContain(meetingOf(await read(id))?.['meetingUrl']);
  });

  test('without a platform there is an event and no meeting', async () => {
    const id = await booked(house, { date: nextDate(), ...on(undefined) });
    const { google } = await house.until(
      () => standing(id),
      (found) => found.google.length > 0,
    );
    expect(google).toHaveLength(1);
    expect(meetingOf(await read(id))).toBeUndefined();
  });

  test.each(['zoom', 'google-meet', 'teams'] as const)(
    '%s: a rescheduled appointment keeps meeting and event, at the new time; a cancelled one has neither',
    async (platform) => {
      const [from, to] = [nextDate(), nextDate()];
      const id = await booked(house, { date: from, ...on(platform) });
      const before = meetingOf(await read(id));
      const eventsBefore = await house.until(
        () => standing(id, before?.['meetingId']),
        ({ google, microsoft }) => google.length + microsoft.length === 1,
      );
      await house.put('john', `/api/appointments/${id}/reschedule`, { newDate: to, newTime: '15:00:00' });
      const moved = await house.until(
        () => standing(id, before?.['meetingId']),
        ({ google, microsoft }) => JSON.stringify([...google, ...microsoft]).includes(to),
      );
      expect(meetingOf(await read(id))).toEqual(before);
      expect([...moved.google, ...moved.microsoft].map((event) => event['id'])).toEqual(
        [...eventsBefore.google, ...eventsBefore.microsoft].map((event) => event['id']),
      );
      expect(moved.zoom.map((meeting) => meeting['start_time'])).toEqual(
        platform === 'zoom' ? [`${to}T20:00:00Z`] : [],
      );
      await cancel(id);
      await house.until(
        () => standing(id, before?.['meetingId']),
        (left) => left.zoom.length + left.google.length + left.microsoft.length === 0,
      );
    },
  );
});

describe('the direct endpoints', () => {
  const platforms = Object.keys(PATHS) as (keyof typeof PATHS)[];

  test.each(platforms)('%s: asked again and again, also at once, they hand out the same one', async (platform) => {
    const id = await booked(house, { date: nextDate(), ...on(undefined) });
    const ask = () => house.post('john', PATHS[platform], { appointmentId: id });
    const answers = await Promise.all([ask(), ask(), ask()]);
    const again = await ask();
    for (const { status, body, text } of answers) {
      expect(status, text).toBe(201);
      expect(body).toEqual(again.body);
    }
    expect(meetingOf(await read(id))).toMatchObject({ platform, status: 'ready' });
    const { zoom, google, microsoft } = await standing(id, again.body['id']);
    expect([zoom.length, google.length + microsoft.length]).toEqual([platform === 'zoom' ? 1 : 0, 1]);
    // The event that stood on another calendar before the platform was chosen is gone from there.
    expect(platform === 'teams' ? microsoft : google).toHaveLength(1);
  });

  test('create-calendar-event hands out the event that stands', async () => {
    const id = await booked(house, { date: nextDate() });
    const ask = () => house.post('john', '/api/create-calendar-event', { appointmentId: id });
    const [first, second] = [await ask(), await ask()];
    expect([first.status, second.body]).toEqual([201, first.body]);
    expect((await standing(id)).google.map((event) => event['id'])).toEqual([first.body['eventId']]);
  });

  test.each(platforms)('%s has the meeting: the other two are refused', async (platform) => {
    const id = await booked(house, { date: nextDate(), ...on(platform) });
    for (const other of platforms.filter((one) => one !== platform)) {
      const answer = await house.post('staff', PATHS[other], { appointmentId: id });
      expect(refusal(answer)).toEqual([409, 'meeting_elsewhere']);
      expect(answer.body['platform']).toBe(platform);
    }
  });

  test('a replay under its key has no second effect: what was written since stays', async () => {
    const id = await booked(house, { date: nextDate(), ...on('teams') }, 'john');
    const ask = (subject: string, key: string) =>
      house.post('sarah', PATHS.teams, { appointmentId: id, subject }, { 'idempotency-key': `${id}-${key}` });
    expect([(await ask('AAA', 'k1')).body['subject'], (await ask('BBB', 'k2')).body['subject']]).toEqual([
      'AAA',
      'BBB',
    ]);
    const { revision } = (await read(id)).body;
    const again = await ask('AAA', 'k1');
    expect([again.status, again.body['subject']], again.text).toEqual([201, 'BBB']);
    expect((await read(id)).body['revision']).toBe(revision);
    expect((await standing(id)).microsoft).toMatchObject([{ subject: 'BBB' }]);
  });

  test('a replay after the appointment was moved is answered, though what it repeated is no longer so', async () => {
    const [from, to] = [nextDate(), nextDate()];
    const id = await booked(house, { date: from }, 'john');
    const body = { appointmentId: id, startTime: `${from}T14:00:00` };
    const ask = () => house.post('john', PATHS.zoom, body, { 'idempotency-key': `${id}-moved` });
    const first = await ask();
    await house.put('john', `/api/appointments/${id}/reschedule`, { newDate: to, newTime: '14:00:00' });
    const again = await ask();
    expect([again.status, again.body], again.text).toEqual([201, first.body]);
  });

  test('a replay after the appointment was cancelled is told so', async () => {
    const id = await booked(house, { date: nextDate() }, 'john');
    const ask = () => house.post('john', PATHS.zoom, { appointmentId: id }, { 'idempotency-key': `${id}-gone` });
    expect((await ask()).status).toBe(201);
    await cancel(id);
    expect(refusal(await ask())).toEqual([409, 'appointment_cancelled']);
  });

  test('a cancelled appointment gets nothing', async () => {
    const id = await booked(house, { date: nextDate(), ...on(undefined) });
    await cancel(id);
    for (const path of [...Object.values(PATHS), '/api/create-calendar-event']) {
      expect(refusal(await house.post('staff', path, { appointmentId: id }))).toEqual([409, 'appointment_cancelled']);
    }
  });
});

/** As the client's list shows it. */
const listed = async (id: number) => {
  const { body } = await house.get('staff', `/api/users/${JOHN.userId}/appointments?limit=100`);
  return (body['appointments'] as Json[]).find((one) => one['id'] === id);
};

describe('a meeting that will never come', () => {
  test('is not promised of a cancelled appointment, in neither answer', async () => {
    const id = await booked(house, { date: nextDate() });
    expect(await listed(id)).toHaveProperty('meetingDetails');
    await cancel(id);
    expect((await read(id)).body).not.toHaveProperty('meetingDetails');
    expect(await listed(id)).not.toHaveProperty('meetingDetails');
  });

  test('is not promised of a session that is over; one that came is still shown', async () => {
    const idle = await openHouse({ worker: false });
    try {
      const id = await booked(idle, { date: '2030-01-09' });
      const details = async () => meetingOf(await idle.get('john', `/api/appointments/${id}`));
      idle.clock.set(Temporal.Instant.from('2030-01-09T19:59:59Z'));
      expect(await details()).toEqual({ platform: 'zoom', status: 'pending' });
      idle.clock.set(Temporal.Instant.from('2030-01-09T20:00:00Z'));
      expect(await details()).toBeUndefined();
    } finally {
      await idle.close();
    }
  });
});

describe('what each may see and say', () => {
  test('the password is in the answer about one appointment, for those who may join, and in no list', async () => {
    const id = await booked(house, { date: nextDate() }, 'john');
    for (const who of ['john', 'sarah', 'staff', 'service'] as const) {
      const { body } = await house.get(who, `/api/appointments/${id}`);
      expect(body['meetingDetails']).toHaveProperty('meetingPassword');
    }
    for (const who of ['john', 'staff'] as const) {
      const { text } = await house.get(who, `/api/users/${JOHN.userId}/appointments`);
      expect(text).not.toContain('meetingPassword');
    }
  });

  test('the start link is for host, staff and services, fetched fresh, and in no mail', async () => {
    const id = await booked(house, { date: nextDate() }, 'john');
    const ask = (who: 'john' | 'sarah' | 'staff' | 'service') =>
      house.post(who, '/api/create-zoom-meeting', { appointmentId: id });
    expect((await ask('john')).body).not.toHaveProperty('host_url');
    for (const who of ['sarah', 'staff', 'service'] as const) expect((await ask(who)).body).toHaveProperty('host_url');
    const mails = await house.until(
      () => house.live.mails(),
      (all) => all.some(({ text }) => text.includes(`${id}`)),
    );
    expect(JSON.stringify(mails)).not.toContain('zak=');
  });

  test('words we choose are neutral: neither the client’s name nor a reason is at a provider', async () => {
    const id = await booked(house, { date: nextDate(), userName: JOHN.userName });
    const meetingId = meetingOf(await read(id))?.['meetingId'];
    const found = await house.until(
      () => standing(id, meetingId),
      ({ google }) => google.length === 1,
    );
    expect(found.zoom[0]).toMatchObject({ topic: `Appointment with ${SARAH.practitionerName}` });
    expect(found.google[0]).toMatchObject({ summary: `Appointment with ${SARAH.practitionerName}` });
    for (const word of [JOHN.userName, JOHN.userEmail, 'Initial Consultation']) {
      expect(JSON.stringify(found)).not.toContain(word);
    }
  });

  test('a client’s topic is checked and ignored; the host’s is what the meeting bears', async () => {
    const id = await booked(house, { date: nextDate(), ...on('teams') }, 'john');
    const ask = (who: 'john' | 'sarah', subject: string) =>
      house.post(who, '/api/create-teams-meeting', { appointmentId: id, subject });
    expect((await ask('john', 'My own words')).body['subject']).toBe(`Appointment with ${SARAH.practitionerName}`);
    expect((await ask('sarah', 'Follow-up on plans')).body['subject']).toBe('Follow-up on plans');
    expect((await standing(id)).microsoft).toMatchObject([{ subject: 'Follow-up on plans' }]);
    expect((await ask('john', 'My own words')).body['subject']).toBe('Follow-up on plans');
    expect(refusal(await ask('john', 'two\r\nlines'))).toEqual([400, 'invalid_request', '/subject']);
  });
});

describe('a provider that fails loses no booking', () => {
  test.each([
    ['zoom', 'zoom', { status: 500 }],
    ['zoom', 'zoom', { status: 429, retryAfter: 2 }],
    ['zoom', 'zoom', { dropAfterSuccess: true }],
    ['google-meet', 'google', { status: 503 }],
    ['google-meet', 'google', { dropAfterSuccess: true }],
    ['teams', 'microsoft', { status: 503, retryAfter: 1 }],
    ['teams', 'microsoft', { dropAfterSuccess: true }],
  ] as const)('%s: %s answering %o once leaves one meeting and one event', async (platform, provider, fault) => {
    await house.orderFault({ provider, operation: 'create', times: 1, ...fault });
    const date = nextDate();
    const answering = house.post('john', '/api/appointments', booking({ date, ...on(platform) }));
    // The clock stands still, so the retry is brought near by moving it.
    let answered = false;
    void answering.finally(() => (answered = true));
    await house.until(
      () => Promise.resolve(answered),
      (done) => done,
      { seconds: 1 },
    );
    const { status, body, text } = await answering;
    expect([status, meetingOf({ body })?.['status']], text).toEqual([201, 'ready']);
    const id = Number(body['appointmentId']);
    const found = await house.until(
      () => standing(id, meetingOf({ body })?.['meetingId']),
      ({ google, microsoft }) => google.length + microsoft.length > 0,
      { seconds: 1 },
    );
    expect([found.zoom.length, found.google.length + found.microsoft.length]).toEqual([platform === 'zoom' ? 1 : 0, 1]);
    const all = (await house.live.zoom()).filter((one) => String(one['start_time']).startsWith(date));
    expect(all).toHaveLength(platform === 'zoom' ? 1 : 0);
  });
});

describe('a provider that refuses', () => {
  let hasty: OpenHouse;
  beforeAll(async () => {
    hasty = await openHouse({ settings: { MEETING_WAIT_MS: '300' } });
  });
  afterEach(() => hasty.clearFaults());
  afterAll(() => hasty.close());

  const meetingNow = async (id: number) => meetingOf(await hasty.get('staff', `/api/appointments/${id}`));
  /** Past the quick retries; the house's clock stands still by itself. */
  const untilFailed = (id: number) =>
    hasty.until(
      () => meetingNow(id),
      (meeting) => meeting?.['status'] === 'failed',
      { seconds: 1 },
    );
  /** On a busy machine the try it brings about may outlast the wait. */
  const judged = (who: 'john' | 'staff', direct: Json) =>
    hasty.until(
      () => hasty.post(who, '/api/create-zoom-meeting', direct),
      ({ status }) => status !== 503,
    );
  const creates = () =>
    hasty.lines.filter(
      ({ msg, provider, operation }) => msg === 'provider call' && provider === 'zoom' && operation === 'create',
    ).length;

  test('the booking stands, its meeting says failed after some tries, and the direct endpoint that a person must act', async () => {
    const types = (await hasty.get('staff', '/api/session-types')).body['sessionTypes'] as { id: number }[];
    const stranger = {
      name: 'Dr. No Account',
      // The sandbox knows nobody whose address begins so.
      email: 'nobody@example.com',
      timeZone: 'UTC',
      sessionTypes: types.map(({ id }) => ({ id })),
    };
    const added = await hasty.post('staff', '/api/practitioners', stranger);
    const hours = [{ weekday: 'monday', from: '09:00', to: '17:00' }];
    await hasty.put('staff', `/api/practitioners/${String(added.body['id'])}/weekly-hours`, { hours });
    const who = { practitionerId: added.body['id'], practitionerName: undefined };
    const when = { date: '2030-01-14', time: '10:00' };
    const answer = await hasty.post(
      'staff',
      '/api/appointments',
      booking({ ...who, ...when, videoMeetingConfig: { platform: 'zoom' } }),
    );
    expect([answer.status, meetingOf(answer)], answer.text).toEqual([201, { platform: 'zoom', status: 'pending' }]);
    await untilFailed(Number(answer.body['appointmentId']));
    const direct = { appointmentId: answer.body['appointmentId'] };
    expect(refusal(await judged('staff', direct))).toEqual([502, 'meeting_failed']);
  });

  test.each([400, 401])(
    'whoever asks for it has it tried now, and hands it out once the provider is well (%d)',
    async (status) => {
      await hasty.orderFault({ provider: 'zoom', operation: 'create', status });
      const id = await booked(hasty, { date: nextDate() });
      await untilFailed(id);
      await hasty.clearFaults();
      // The account's own pause, which nobody cuts short who asks for a meeting.
      if (status === 401) hasty.clock.advance({ seconds: 10 });
      const { status: answered, body, text } = await judged('john', { appointmentId: id });
      expect(answered, text).toBe(201);
      expect(await meetingNow(id)).toMatchObject({ status: 'ready', meetingUrl: body['join_url'] });
      expect((await hasty.live.zoom()).filter((one) => String(one['id']) === body['id'])).toHaveLength(1);
    },
  );

  test('however often it is asked for, the provider is asked once in some seconds', async () => {
    await hasty.orderFault({ provider: 'zoom', operation: 'create', status: 400 });
    const id = await booked(hasty, { date: nextDate() });
    await untilFailed(id);
    const before = creates();
    const ask = () => hasty.post('john', '/api/create-zoom-meeting', { appointmentId: id });
    const answers = [...(await Promise.all([ask(), ask(), ask()])), await ask(), await ask()];
    for (const answer of answers) expect(['meeting_failed', 'meeting_pending']).toContain(refusal(answer)[1]);
    const asked = (times: number) =>
      hasty.until(
        () => Promise.resolve(creates() - before),
        (count) => count >= times,
      );
    expect(await asked(1)).toBe(1);
    hasty.clock.advance({ seconds: 5 });
    await ask();
    expect(await asked(2)).toBe(2);
  });
});

describe('a deployment of its own kind', () => {
  test('past the wait the booking stands with a pending meeting, which comes by itself', async () => {
    const hasty = await openHouse({ settings: { MEETING_WAIT_MS: '200' } });
    try {
      await hasty.orderFault({ provider: 'zoom', operation: 'create', latencyMs: 1_000, times: 1 });
      const { status, body } = await hasty.post('john', '/api/appointments', booking());
      expect([status, body['meetingDetails']]).toEqual([201, { platform: 'zoom', status: 'pending' }]);
      const id = Number(body['appointmentId']);
      const direct = await hasty.post('john', '/api/create-zoom-meeting', { appointmentId: id });
      expect(refusal(direct)).toEqual([503, 'meeting_pending']);
      expect(Number(direct.headers.get('retry-after'))).toBeGreaterThan(0);
      await hasty.until(
        () => hasty.get('john', `/api/appointments/${id}`),
        (answer) => meetingOf(answer)?.['status'] === 'ready',
      );
      expect(await hasty.live.zoom()).toHaveLength(1);
    } finally {
      await hasty.close();
    }
  });

  test('moved or cancelled while its meeting is being made, it ends with one at the new time, or none', async () => {
    const hasty = await openHouse({ settings: { MEETING_WAIT_MS: '0' } });
    try {
      await hasty.orderFault({ provider: 'zoom', operation: 'create', latencyMs: 800, times: 2 });
      const [moved, cancelled] = [await booked(hasty), await booked(hasty, { date: '2030-06-21' })];
      const move = { newDate: '2030-06-25', newTime: '15:00' };
      expect((await hasty.put('john', `/api/appointments/${moved}/reschedule`, move)).status).toBe(200);
      expect((await hasty.put('john', `/api/appointments/${cancelled}/cancel`, {})).status).toBe(200);
      const starts = async () => (await hasty.live.zoom()).map((meeting) => meeting['start_time']);
      await hasty.until(starts, (times) => times.join() === '2030-06-25T19:00:00Z', { seconds: 1 });
      // The event follows in a call of its own, so one event at the old time may be seen on the way.
      const days = async () => (await hasty.live.google()).map((event) => JSON.stringify(event['start']).slice(13, 23));
      await hasty.until(days, (all) => all.join() === '2030-06-25', { seconds: 1 });
    } finally {
      await hasty.close();
    }
  });

  test('once one provider is real, one that is not configured is not offered, and is named at start', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slotkeeper-zoom-'));
    const sandbox = await startSandbox({ port: 0, folder, clock: systemClock, log: createLog('warn') });
    const { zoom } = sandbox.credentials;
    const only = await openHouse({
      sandboxUrl: sandbox.url,
      settings: {
        ZOOM_ACCOUNT_ID: zoom.accountId,
        ZOOM_API_KEY: zoom.clientId,
        ZOOM_API_SECRET: zoom.clientSecret,
        ZOOM_API_URL: sandbox.addresses.zoomApiUrl,
        ZOOM_OAUTH_URL: sandbox.addresses.zoomOAuthUrl,
        SMTP_URL: sandbox.smtpUrl,
        EMAIL_FROM: 'The Practice <desk@example.org>',
      },
    });
    try {
      expect(only.warnings.join('\n')).toMatch(/GOOGLE_SERVICE_ACCOUNT_KEY or GOOGLE_REFRESH_TOKEN/);
      expect(only.warnings.join('\n')).toMatch(/MS_TENANT_ID/);
      const offered = async (who: 'john' | 'staff', path: string): Promise<unknown> => {
        const { body } = await only.get(who, path);
        return (body['sessionTypes'] as { platforms: string[] }[]).map(({ platforms }) => platforms.join(' '));
      };
      for (const path of ['/api/practitioners/123', '/api/session-types']) {
        expect(await offered('john', path), path).toEqual(['zoom', 'zoom']);
        // Whoever sets them sees what is set.
        expect(await offered('staff', path), path).toEqual(Array(2).fill('zoom google-meet teams'));
      }
      for (const platform of ['google-meet', 'teams']) {
        const answer = await only.post('john', '/api/appointments', booking(on(platform)));
        expect(refusal(answer)).toEqual([422, 'platform_not_configured', '/videoMeetingConfig/platform']);
      }
      const { status, body } = await only.post('john', '/api/appointments', booking());
      expect(status).toBe(201);
      expect(body).not.toHaveProperty('sandbox');
      const bare = await booked(only, { date: '2030-06-24', videoMeetingConfig: undefined });
      for (const id of [Number(body['appointmentId']), bare]) {
        const asked = performance.now();
        const nowhere = ['/api/create-calendar-event', ...(id === bare ? [PATHS['google-meet'], PATHS.teams] : [])];
        for (const path of nowhere) {
          const answer = await only.post('staff', path, { appointmentId: id });
          expect(refusal(answer), path).toEqual([422, 'platform_not_configured', '/appointmentId']);
        }
        // At once: nothing is waited for that cannot come.
        expect(performance.now() - asked).toBeLessThan(5_000);
        expect((await only.post('staff', PATHS.zoom, { appointmentId: id })).status).toBe(201);
      }
      expect(meetingOf({ body })).toMatchObject({ platform: 'zoom', status: 'ready' });
      const [mail] = await only.until(
        () => only.live.mailsTo(JOHN.userEmail),
        (mails) => mails.length > 0,
      );
      expect(mail?.raw).toContain('desk@example.org');
    } finally {
      await only.close();
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
