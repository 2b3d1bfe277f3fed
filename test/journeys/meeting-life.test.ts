// The life of meetings, over HTTP: what the video provider posts is believed by its signature alone, counted once in any order,
// shown on the appointment, and says how it seems to have gone; staff say so, or the practitioner's policy.
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JOHN } from '../cast.ts';
import { booked, openHouse, refusal, type Json, type OpenHouse } from '../open-house.ts';

const SECRET = 'sandbox-zoom-webhook-not-real';
const OTHER_SECRET = 'the-secret-that-is-rotated-in';
const DOOR = '/api/webhooks/meetings/zoom';

let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse({ settings: { ZOOM_WEBHOOK_SECRET_TOKEN: OTHER_SECRET } });
  await control('PUT', 'zoom/webhook', { url: house.url + DOOR });
});
afterAll(() => house.close());

type Told = { told: string; role?: string; visitor?: string; at: string; run?: string; idAs?: string };

async function control(method: string, path: string, body: unknown): Promise<Json[]> {
  const answer = await fetch(`${house.sandboxUrl}/control/${path}`, { method, body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Json[];
}

let day = 0;
/** An appointment of 14:00 to 15:00 in New York on a day of its own, and its meeting. */
async function appointment() {
  const date = Temporal.PlainDate.from('2030-02-04')
    .add({ days: Math.floor(day / 5) * 7 + (day % 5) })
    .toString();
  day += 1;
  const id = await booked(house, { date });
  const seen = async (who: 'staff' | 'john' | 'sarah' = 'staff') =>
    (await house.get(who, `/api/appointments/${id}`)).body;
  const before = await seen();
  const meetingId = String((before['meetingDetails'] as Json)['meetingId']);
  const at = (time: string) => `${date}T${time}Z`;
  return {
    id,
    meetingId,
    seen,
    at,
    start: String(before['start']),
    tell: async (events: readonly Told[], repeat = 1) => {
      const posted = await control('POST', `zoom/meetings/${meetingId}/events`, { events, repeat });
      expect(posted.map(({ status }) => status)).toEqual(Array.from({ length: events.length * repeat }, () => 200));
    },
    clockTo: (time: string) => house.clock.set(Temporal.Instant.from(at(time))),
    journal: () =>
      house.rows(
        `select event, actor_role, actor_ref, facts from journal
          where subject_kind = 'appointment' and subject_id = $1 order by id`,
        [id],
      ),
  };
}
type Appointment = Awaited<ReturnType<typeof appointment>>;

/** Winter: 14:00 in New York is 19:00 in UTC. */
function bothCame({ at }: Appointment): Told[] {
  return [
    { told: 'started', at: at('18:58:00') },
    { told: 'joined', role: 'host', at: at('18:58:01') },
    { told: 'joined', role: 'guest', at: at('19:01:30') },
    { told: 'left', role: 'guest', at: at('19:50:00') },
    { told: 'left', role: 'host', at: at('19:52:00') },
    { told: 'ended', at: at('19:52:01') },
  ];
}
function hostAlone({ at }: Appointment): Told[] {
  return [
    { told: 'started', at: at('18:58:00') },
    { told: 'joined', role: 'host', at: at('18:58:01') },
    { told: 'left', role: 'host', at: at('19:20:00') },
    { told: 'ended', at: at('19:20:01') },
  ];
}

async function setPolicy(autoClose: string): Promise<void> {
  const path = '/api/practitioners/123';
  const tag = (await house.get('staff', path)).headers.get('etag') ?? '';
  const body = { autoClose, autoCloseAfterMinutes: 30 };
  const answer = await house.ask('sarah', 'PATCH', path, { body, headers: { 'if-match': tag } });
  expect([answer.status, answer.body['autoClose']]).toEqual([200, autoClose]);
}

test('the provider asks whether the door knows the secret, and posts to nobody else', async () => {
  expect(await control('PUT', 'zoom/webhook', { url: `${house.url}/api/openapi.json` })).toMatchObject({
    validated: false,
  });
  expect(await control('PUT', 'zoom/webhook', { url: house.url + DOOR })).toMatchObject({ validated: true });
});

describe('what is shown', () => {
  test('started, joined, left, ended; then the suggestion, and staff complete it', async () => {
    const one = await appointment();
    one.clockTo('19:02:00');
    await one.tell(bothCame(one).slice(0, 3));
    const running = {
      started: one.at('18:58:00'),
      hostJoined: one.at('18:58:01'),
      guests: 1,
      guestJoined: one.at('19:01:30'),
      waited: false,
    };
    expect((await one.seen())['meeting']).toEqual(running);
    await one.tell(bothCame(one).slice(3));
    one.clockTo('20:09:59');
    expect(await one.seen()).not.toHaveProperty('suggestedOutcome');
    one.clockTo('20:10:00');
    const over = {
      meeting: {
        ...running,
        ended: one.at('19:52:01'),
        hostLeft: one.at('19:52:00'),
        guestLeft: one.at('19:50:00'),
      },
      suggestedOutcome: 'completed',
      status: 'confirmed',
    };
    expect(await one.seen()).toMatchObject(over);
    expect(await one.seen('sarah')).toMatchObject(over);
    await house.put('staff', `/api/appointments/${one.id}/complete`, undefined);
    expect(await one.seen()).toMatchObject({ ...over, status: 'completed' });
  });

  test('its client learns when it began and ended, and not who came or how it is judged', async () => {
    const one = await appointment();
    await one.tell(bothCame(one));
    one.clockTo('21:00:00');
    const seen = await one.seen('john');
    expect(seen['meeting']).toEqual({ started: one.at('18:58:00'), ended: one.at('19:52:01') });
    expect(seen).not.toHaveProperty('suggestedOutcome');
  });

  test('where only the host came, a no-show is suggested', async () => {
    const one = await appointment();
    await one.tell(hostAlone(one));
    one.clockTo('20:10:00');
    expect(await one.seen()).toMatchObject({ meeting: { guests: 0 }, suggestedOutcome: 'no_show' });
  });

  test('a client who stood at the door and was not let in is not said to have stayed away', async () => {
    const one = await appointment();
    await one.tell([...hostAlone(one), { told: 'waited', at: one.at('19:05:00') }]);
    one.clockTo('20:10:00');
    const seen = await one.seen();
    expect(seen['meeting']).toMatchObject({ guests: 0, waited: true });
    expect(seen).not.toHaveProperty('suggestedOutcome');
  });

  test('reversed, told four times, and with the meeting’s id as a number, it is the same', async () => {
    const one = await appointment();
    const events = bothCame(one).map((event) => ({ ...event, idAs: 'number' }));
    one.clockTo('20:30:00');
    await one.tell(events.toReversed(), 4);
    expect(await one.seen()).toMatchObject({
      meeting: { started: one.at('18:58:00'), ended: one.at('19:52:01'), guests: 1, guestLeft: one.at('19:50:00') },
      suggestedOutcome: 'completed',
    });
    const kept = await house.rows(
      'select e.* from meeting_event e join appointment a using (session_id) where a.id = $1',
      [one.id],
    );
    expect(kept).toHaveLength(events.length);
    // Roles and instants: nobody's name or address, and no id that a person has at the provider.
    expect(JSON.stringify(kept)).not.toMatch(/Guest|Sarah|@/);
  });

  test('opened again after it ended, it is told as one; opened the day before, it is not counted', async () => {
    const one = await appointment();
    const eve = Temporal.Instant.from(one.start).subtract({ hours: 24 });
    const again = { run: 'a-second-run' };
    one.clockTo('19:45:00');
    await one.tell([
      { told: 'started', run: 'the-day-before', at: eve.toString() },
      { told: 'joined', role: 'guest', run: 'the-day-before', at: eve.toString() },
      { told: 'ended', run: 'the-day-before', at: eve.add({ minutes: 3 }).toString() },
      ...hostAlone(one),
      { told: 'started', ...again, at: one.at('19:30:00') },
      { told: 'joined', role: 'host', ...again, at: one.at('19:30:00') },
      { told: 'joined', role: 'guest', ...again, at: one.at('19:31:00') },
    ]);
    const { meeting } = await one.seen();
    expect(meeting).toMatchObject({ started: one.at('18:58:00'), guests: 1 });
    expect(meeting).not.toHaveProperty('ended');
    one.clockTo('20:10:00');
    expect(await one.seen()).toMatchObject({ suggestedOutcome: 'completed' });
  });

  test('of a cancelled appointment nothing is shown, and news of it is taken', async () => {
    const one = await appointment();
    one.clockTo('18:59:00');
    await one.tell(hostAlone(one).slice(0, 2));
    expect((await house.put('john', `/api/appointments/${one.id}/cancel`, {})).status).toBe(200);
    one.clockTo('21:00:00');
    const post = signed({
      event: 'meeting.ended',
      payload: { object: { id: one.meetingId, uuid: 'x', host_id: 'h' } },
    });
    expect((await house.ask(null, 'POST', DOOR, post)).status).toBe(200);
    const seen = await one.seen();
    expect(seen).not.toHaveProperty('meeting');
    expect(seen).not.toHaveProperty('suggestedOutcome');
  });

  test('whoever opens the links of the sandbox is told of', async () => {
    const one = await appointment();
    const mine = async () => {
      const found = (await house.live.zoom()).find((meeting) => String(meeting['id']) === one.meetingId);
      return found as { join_url: string; start_url: string };
    };
    house.clock.set(Temporal.Instant.from(one.start));
    await fetch((await mine()).join_url);
    await house.until(one.seen, ({ meeting }) => (meeting as Json | undefined)?.['waited'] === true);
    const page = await (await fetch((await mine()).start_url)).text();
    await house.until(
      one.seen,
      ({ meeting }) => (meeting as Json)['hostJoined'] === one.start && (meeting as Json)['guests'] === 1,
    );
    const leave = /href="(\/zoom\/leave\/[^"]+)"/.exec(page)?.[1];
    await fetch(house.sandboxUrl + String(leave));
    const left = await house.until(one.seen, ({ meeting }) => (meeting as Json)['hostLeft'] === one.start);
    expect(left['meeting']).toMatchObject({ started: one.start, hostJoined: one.start, guests: 1, waited: false });
  });
});

/** A post as the provider signs it. */
function signed(event: object, over: { secret?: string; stamp?: string } = {}) {
  const raw = JSON.stringify({ event_ts: house.clock.now().epochMilliseconds, ...event });
  const stamp = over.stamp ?? String(Math.floor(house.clock.now().epochMilliseconds / 1000));
  const signature = createHmac('sha256', over.secret ?? SECRET)
    .update(`v0:${stamp}:${raw}`)
    .digest('hex');
  return { raw, headers: { 'x-zm-request-timestamp': stamp, 'x-zm-signature': `v0=${signature}` } };
}

const post = (asked: ReturnType<typeof signed>, path = DOOR) => house.ask(null, 'POST', path, asked);
const seconds = (offset: number) => String(Math.floor(house.clock.now().epochMilliseconds / 1000) + offset);
const challenge = (plainToken: string) => ({ event: 'endpoint.url_validation', payload: { plainToken } });
const proof = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('hex');

describe('at the door', () => {
  const event = { event: 'meeting.started', payload: { object: { id: '81234567890', uuid: 'u', host_id: 'h' } } };

  test('news of a meeting that is none of ours is taken, signed with either secret, timed in either unit', async () => {
    const milliseconds = String(house.clock.now().epochMilliseconds);
    for (const over of [{}, { secret: OTHER_SECRET }, { stamp: seconds(-299) }, { stamp: milliseconds }]) {
      const answer = await post(signed(event, over));
      expect([answer.status, answer.body]).toEqual([200, { success: true }]);
    }
  });

  test.each<[string, () => ReturnType<typeof signed>]>([
    ['signed by another', () => signed(event, { secret: 'a-guess-of-somebody-elses' })],
    ['older than five minutes', () => signed(event, { stamp: seconds(-301) })],
    ['of the future', () => signed(event, { stamp: seconds(301) })],
    ['of no time', () => signed(event, { stamp: 'yesterday' })],
    ['with a byte more', () => ({ ...signed(event), raw: `${signed(event).raw} ` })],
    [
      'with the time of another post',
      () => ({ ...signed(event), headers: { ...signed(event).headers, 'x-zm-request-timestamp': seconds(1) } }),
    ],
    ['unsigned', () => ({ raw: JSON.stringify(event), headers: {} }) as unknown as ReturnType<typeof signed>],
    ['asking for the secret, unsigned', () => ({ ...signed(challenge('abc')), headers: {} }) as never],
  ])('a post %s is refused', async (_what, make) => {
    expect(refusal(await post(make()))).toEqual([401, 'unauthenticated']);
  });

  test.each([
    ['no JSON', '{"event":'],
    ['nothing', ''],
  ])('a signed %s is refused', async (_what, raw) => {
    const stamp = seconds(0);
    const signature = createHmac('sha256', SECRET).update(`v0:${stamp}:${raw}`).digest('hex');
    const headers = { 'x-zm-request-timestamp': stamp, 'x-zm-signature': `v0=${signature}` };
    expect(refusal(await house.ask(null, 'POST', DOOR, { raw, headers }))).toEqual([400, 'invalid_json']);
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['text', 'meeting.started'],
    ['a list', [event]],
    ['an event of another kind', { event: 'recording.completed', payload: {} }],
    ['an event without a meeting', { event: 'meeting.started', payload: {} }],
    ['an id past what a number holds', { event: 'meeting.started', payload: { object: { id: 2 ** 60, uuid: 'u' } } }],
    [
      'an instant that is none',
      { event_ts: 1e300, event: 'meeting.started', payload: { object: { id: 1, uuid: 'u' } } },
    ],
    ['NUL in its words', { event: 'meeting.started', event_ts: 1, payload: { object: { id: '1', uuid: '\0' } } }],
    ['a name of every object', { event: 'constructor', payload: {} }],
  ])('signed %s is taken and left', async (_what, body) => {
    const raw = JSON.stringify(body);
    const stamp = seconds(0);
    const signature = createHmac('sha256', SECRET).update(`v0:${stamp}:${raw}`).digest('hex');
    const headers = { 'x-zm-request-timestamp': stamp, 'x-zm-signature': `v0=${signature}` };
    const answer = await house.ask(null, 'POST', DOOR, { raw, headers });
    expect([answer.status, answer.body]).toEqual([200, { success: true }]);
  });

  test('a body past the bound is refused', async () => {
    const answer = await post(signed({ ...event, filling: 'x'.repeat(70_000) }));
    expect(refusal(answer)).toEqual([413, 'body_too_large']);
  });

  test.each([SECRET, OTHER_SECRET])('the challenge is answered with the secret it was signed with', async (secret) => {
    const answer = await post(signed(challenge('qgg8vlvZRS6UYooatFL8Aw'), { secret }));
    expect([answer.status, answer.body]).toEqual([
      200,
      { plainToken: 'qgg8vlvZRS6UYooatFL8Aw', encryptedToken: proof(secret, 'qgg8vlvZRS6UYooatFL8Aw') },
    ]);
  });

  test('the challenge signs nothing that could be a post', async () => {
    const answer = await post(signed(challenge(`v0:${seconds(0)}:{}`)));
    expect([answer.status, answer.body]).toEqual([200, { success: true }]);
  });

  test('of a provider without a secret, or of none that is known, there is no door', async () => {
    expect(refusal(await post(signed(event), '/api/webhooks/meetings/google'))).toEqual([404, 'not_found']);
    expect((await post(signed(event), '/api/webhooks/meetings/jitsi')).status).toBe(400);
    expect(refusal(await house.get('staff', DOOR))).toEqual([405, 'method_not_allowed']);
  });
});

const closed = (one: Appointment) => house.until(one.seen, ({ status }) => status !== 'confirmed');
/** The worker has looked at it, and will not again. */
const lookedAt = (one: Appointment) =>
  house.until(
    () =>
      house.rows(
        `select look_again_at as at, lease_until as lease, done_revision = wanted_revision as done
           from fulfilment f join appointment a using (organisation_id, session_id) where a.id = $1`,
        [one.id],
      ),
    ([work]) => work?.['at'] === null && work['lease'] === null && work['done'] === true,
  );

describe('by policy', () => {
  test('an appointment is closed as suggested, at its minute, and the journal says by whom', async () => {
    await setPolicy('suggested');
    const [both, alone, unknown] = [await appointment(), await appointment(), await appointment()];
    await both.tell(bothCame(both));
    await alone.tell(hostAlone(alone));
    both.clockTo('20:29:59');
    expect(await both.seen()).toMatchObject({ status: 'confirmed', suggestedOutcome: 'completed' });
    both.clockTo('20:30:00');
    expect(await closed(both)).toMatchObject({ status: 'completed', revision: 2 });
    expect((await both.journal()).slice(1)).toEqual([
      {
        event: 'appointment.completed',
        actor_role: 'system',
        actor_ref: 'closing-policy',
        facts: expect.objectContaining({ policy: 'suggested', suggested: 'completed', was: 'confirmed' }),
      },
    ]);
    alone.clockTo('20:30:00');
    expect(await closed(alone)).toMatchObject({ status: 'no_show' });
    // Where nothing is known it stays open, until news that was late say how it went.
    unknown.clockTo('20:30:00');
    await lookedAt(unknown);
    expect(await unknown.seen()).toMatchObject({ status: 'confirmed' });
    await unknown.tell(bothCame(unknown).slice(0, 2));
    unknown.clockTo('20:35:00');
    await unknown.tell(bothCame(unknown).slice(2));
    // Late news come one by one: the first alone would say that nobody came.
    unknown.clockTo('20:44:59');
    expect(await unknown.seen()).toMatchObject({ status: 'confirmed', suggestedOutcome: 'completed' });
    unknown.clockTo('20:45:00');
    expect(await closed(unknown)).toMatchObject({ status: 'completed' });
  });

  test('news after it was closed reopen nothing, and may change what is suggested', async () => {
    const one = await appointment();
    await one.tell(hostAlone(one));
    one.clockTo('20:30:00');
    expect(await closed(one)).toMatchObject({ status: 'no_show', suggestedOutcome: 'no_show' });
    await one.tell([{ told: 'joined', role: 'guest', at: one.at('19:10:00') }]);
    one.clockTo('20:40:00');
    await lookedAt(one);
    expect(await one.seen()).toMatchObject({ status: 'no_show', suggestedOutcome: 'completed', revision: 2 });
  });

  test('what a person reopened is left to persons, and what was cancelled stays so', async () => {
    const [reopened, cancelled] = [await appointment(), await appointment()];
    reopened.clockTo('19:30:00');
    for (const way of ['complete', 'reopen'])
      await house.put('staff', `/api/appointments/${reopened.id}/${way}`, undefined);
    await reopened.tell(bothCame(reopened));
    await cancelled.tell(hostAlone(cancelled).slice(0, 2));
    await house.put('john', `/api/appointments/${cancelled.id}/cancel`, {});
    cancelled.clockTo('23:00:00');
    await lookedAt(reopened);
    await lookedAt(cancelled);
    expect(await reopened.seen()).toMatchObject({ status: 'confirmed', suggestedOutcome: 'completed' });
    expect(await cancelled.seen()).toMatchObject({ status: 'cancelled' });
  });

  test('completed also where nothing is known, but what only the host came to is no completed one', async () => {
    const [before, silent, alone] = [await appointment(), await appointment(), await appointment()];
    // Over and past closing when the policy is set: left to a person.
    await setPolicy('off');
    before.clockTo('23:00:00');
    await setPolicy('completed');
    await alone.tell(hostAlone(alone));
    silent.clockTo('20:30:00');
    expect(await closed(silent)).toMatchObject({ status: 'completed' });
    expect((await silent.journal()).at(-1)?.['facts']).toMatchObject({ policy: 'completed', suggested: null });
    alone.clockTo('20:30:00');
    expect(await closed(alone)).toMatchObject({ status: 'no_show' });
    await lookedAt(before);
    expect(await before.seen()).toMatchObject({ status: 'confirmed' });
    // A closed appointment is told to its host and client by nobody.
    expect(await house.live.mailsTo(JOHN.userEmail)).not.toContainEqual(
      expect.objectContaining({ subject: expect.stringMatching(/completed|no.show/i) }),
    );
  });
});
