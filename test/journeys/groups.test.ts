// Groups over HTTP: one session with many seats, each a client's own appointment; one meeting and one calendar event for all,
// and letters that tell nobody of anybody else.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADA, JOHN, SARAH, type Who } from '../cast.ts';
import { booking, openHouse, refusal, type Answer, type Json, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
let typeId = 0;
beforeAll(async () => {
  house = await openHouse();
  const made = await house.post('staff', '/api/session-types', {
    name: 'Yoga',
    durationMinutes: 60,
    capacity: 3,
  });
  typeId = Number(made.body['id']);
  const hers = '/api/practitioners/123';
  const offered = (await house.get('staff', hers)).body['sessionTypes'] as { id: number }[];
  const sessionTypes = [...offered.map(({ id }) => ({ id })), { id: typeId }];
  await house.ask('staff', 'PATCH', hers, { body: { sessionTypes } });
});
afterAll(() => house.close());

const MAY = { userId: 'may', userEmail: 'may@example.com', userName: 'May Fourth' };
const SIX = { userId: 'six', userEmail: 'six@example.com', userName: 'Six Sixth' };

let day = 0;
/** A fresh day for each test. */
function nextDate(): string {
  const date = Temporal.PlainDate.from('2030-04-01').add({ days: Math.floor(day / 5) * 7 + (day % 5) });
  day += 1;
  return date.toString();
}
const seat = (date: string, over: Json = {}) =>
  booking({ sessionType: 'Yoga', date, time: '10:00', videoMeetingConfig: undefined, ...over });
const book = (body: Json, who: Who = 'service', headers?: Record<string, string>) =>
  house.post(who, '/api/appointments', body, headers);
const idOf = ({ body, text }: Answer) => {
  expect(body, text).toHaveProperty('appointmentId');
  return Number(body['appointmentId']);
};
const read = async (id: number, who: Who = 'staff') => (await house.get(who, `/api/appointments/${id}`)).body;
const cancel = (id: number, who: Who = 'staff') => house.put(who, `/api/appointments/${id}/cancel`, {});
const move = (id: number, newDate: string, newTime: string) =>
  house.put('staff', `/api/appointments/${id}/reschedule`, { newDate, newTime });
type Slot = { time: string; available: boolean; seatsLeft?: number; reasons?: string[] };
const slot = async (date: string, time: string, who: Who = null, type = 'Yoga') => {
  const path = `/api/practitioners/123/availability?date=${date}&sessionType=${encodeURIComponent(type)}`;
  const { body, text } = await house.get(who, path);
  expect(body['timeSlots'], text).toBeDefined();
  return (body['timeSlots'] as Slot[]).find((one) => one.time === time);
};
/** The answer that tells why leaves out nothing of the one that does not. */
async function expectExplainedAsOffered(date: string) {
  const path = `/api/practitioners/123/availability?date=${date}&sessionType=Yoga`;
  const [plain, explained] = [await house.get(null, path), await house.get(null, `${path}&explain=true`)];
  expect((plain.body['timeSlots'] as Slot[]).some(({ seatsLeft }) => seatsLeft !== undefined)).toBe(true);
  expect(explained.body['timeSlots']).toEqual(
    expect.arrayContaining((plain.body['timeSlots'] as Slot[]).map((one) => expect.objectContaining(one))),
  );
}
const sessionOf = async (id: number) =>
  Number((await house.rows('select session_id as id from appointment where id = $1', [id]))[0]?.['id']);
const linkOf = ({ body }: Answer) => (body['meetingDetails'] as Json)['meetingUrl'];
const eventsOf = async (...ids: readonly number[]) =>
  (await house.live.google()).filter((event) =>
    new RegExp(`Appointments? (\\d+, )*(${ids.join('|')})\\b`).test(String(event['description'])),
  );

describe('seats', () => {
  test('are taken until the session is full; offered with how many are left, and each client’s once', async () => {
    const date = nextDate();
    expect(await slot(date, '10:00 AM')).toMatchObject({ available: true, seatsLeft: 3 });
    const first = idOf(await book(seat(date), 'john'));
    expect(await slot(date, '10:00 AM')).toMatchObject({ available: true, seatsLeft: 2 });
    expect(await slot(date, '10:00 AM', 'john')).toMatchObject({
      available: false,
      seatsLeft: 2,
      reasons: ['already_booked'],
    });
    await expectExplainedAsOffered(date);
    // Her time is taken for everything else.
    expect(await slot(date, '10:00 AM', null, 'Follow-up')).toMatchObject({ reasons: ['slot_taken'] });
    expect(refusal(await book(seat(date), 'john'))).toEqual([409, 'already_booked']);
    const second = idOf(await book(seat(date, ADA), 'ada'));
    const key = { 'idempotency-key': `third-${date}` };
    const third = await book(seat(date, MAY), 'service', key);
    expect((await book(seat(date, MAY), 'service', key)).body).toEqual(third.body);
    expect(await slot(date, '10:00 AM')).toMatchObject({ available: false, seatsLeft: 0, reasons: ['full'] });
    await expectExplainedAsOffered(date);
    const refused = await book(seat(date, SIX));
    expect(refusal(refused)).toEqual([409, 'full']);
    expect(refused.body['alternatives']).toContainEqual(expect.objectContaining({ date, time: '11:00:00' }));
    expect(refused.body['because']).toEqual([{ code: 'full', reason: 'full' }]);
    const twice = await book(seat(date), 'staff');
    // Who has a seat is not sent to look for another.
    expect(refusal(twice)).toEqual([409, 'already_booked']);
    const sessionId = await sessionOf(first);
    expect(twice.body['because']).toEqual([
      { code: 'already_booked', reason: 'already_booked', sessionId, appointmentIds: [first] },
      { code: 'full', reason: 'full', sessionId, appointmentIds: [first, second, idOf(third)] },
    ]);
    const over = await book({ ...seat(date, SIX), override: { reason: 'One more chair' } }, 'staff');
    expect(refusal(over)).toEqual([409, 'full']);
    expect(over.body['message']).toMatch(/seats cannot be overridden.*another session.*raise the capacity/);
    expect(refused.body['message']).not.toContain('overridden');
    const ids = [first, second, idOf(third)];
    const sessions = new Set(await Promise.all(ids.map(sessionOf)));
    expect(sessions.size).toBe(1);
    // Who runs it sees who is in it; a client sees that it is a group, and nothing of the others.
    expect(await read(first)).toMatchObject({ capacity: 3, seats: { taken: 3, appointmentIds: ids } });
    const own = await read(first, 'john');
    expect([own['capacity'], own['seats']]).toEqual([3, undefined]);
    expect((await house.get('john', `/api/appointments/${second}`)).status).toBe(404);
  });

  test('given back are free for others; the last one out releases the time', async () => {
    const date = nextDate();
    const ids = [idOf(await book(seat(date))), idOf(await book(seat(date, ADA))), idOf(await book(seat(date, MAY)))];
    const [first = 0, second = 0, third = 0] = ids;
    const session = await sessionOf(first);
    expect((await cancel(second)).status).toBe(200);
    expect((await cancel(second)).status).toBe(200);
    expect(await slot(date, '10:00 AM')).toMatchObject({ available: true, seatsLeft: 1 });
    const again = idOf(await book(seat(date, ADA)));
    expect(await sessionOf(again)).toBe(session);
    expect(refusal(await book(seat(date, SIX)))).toEqual([409, 'full']);
    for (const id of [first, third]) await cancel(id, 'staff');
    expect(await slot(date, '10:00 AM', null, 'Follow-up')).toMatchObject({ reasons: ['slot_taken'] });
    expect([await read(again), await read(first)]).toMatchObject([{ status: 'confirmed' }, { status: 'cancelled' }]);
    await cancel(again, 'staff');
    expect((await slot(date, '10:00 AM', null, 'Follow-up'))?.available).toBe(true);
    expect(await house.rows('select live from session where id = $1', [session])).toEqual([{ live: false }]);
    expect(await slot(date, '10:00 AM')).toMatchObject({ available: true, seatsLeft: 3 });
  });

  test('are as many as were agreed, whatever the session type says later', async () => {
    const date = nextDate();
    await book(seat(date));
    const path = `/api/session-types/${typeId}`;
    const change = (capacity: number) => house.ask('staff', 'PATCH', path, { body: { capacity } });
    expect((await change(2)).status).toBe(200);
    expect(await slot(date, '10:00 AM')).toMatchObject({ seatsLeft: 2 });
    expect(await slot(date, '11:00 AM')).toMatchObject({ seatsLeft: 2 });
    expect((await change(3)).status).toBe(200);
    for (const client of [ADA, MAY]) idOf(await book(seat(date, client)));
    expect(refusal(await book(seat(date, SIX)))).toEqual([409, 'full']);
    expect(refusal(await house.ask('staff', 'PATCH', path, { body: { requiresApproval: true } }))).toEqual([
      400,
      'invalid_request',
      '/requiresApproval',
    ]);
  });

  test('are not sold by raw SQL either', async () => {
    const date = nextDate();
    const session = await sessionOf(idOf(await book(seat(date))));
    const insert = (no: number) =>
      house.rows(
        `insert into appointment (organisation_id, session_id, client_id, seat_no, state)
         select current_organisation(), $1, min(id), $2, 'confirmed' from client returning id`,
        [session, no],
      );
    await expect(insert(1)).rejects.toMatchObject({ constraint: 'seat_taken_once' });
    await expect(insert(4)).rejects.toMatchObject({ constraint: 'seat_within_capacity' });
    // Taken back at once: a worker that met it would write to somebody nobody has booked for.
    const insertThen = (then: string) =>
      house.rows(
        `do $$ begin
           insert into appointment (organisation_id, session_id, client_id, seat_no, state)
           select current_organisation(), ${session}, min(id), 3, 'confirmed' from client;
           ${then};
         end $$`,
        [],
      );
    await expect(insertThen(`raise exception 'there was a seat'`)).rejects.toMatchObject({
      message: 'there was a seat',
    });
    await expect(insertThen(`update session set capacity = 2 where id = ${session}`)).rejects.toMatchObject({
      constraint: 'seat_within_capacity',
    });
    const alone = await sessionOf(idOf(await book(seat(date, { sessionType: 'Follow-up', time: '11:00' }))));
    await expect(
      house.rows(
        `insert into appointment (organisation_id, session_id, client_id, seat_no, state)
         select current_organisation(), $1, min(id), 2, 'confirmed' from client`,
        [alone],
      ),
    ).rejects.toMatchObject({ constraint: 'seat_within_capacity' });
  });
});

describe('moving a seat', () => {
  test('joins a session that stands, opens one that does not, and leaves the others where they are', async () => {
    const date = nextDate();
    const [one, two, three] = [
      idOf(await book(seat(date))),
      idOf(await book(seat(date, ADA))),
      idOf(await book(seat(date, { ...MAY, time: '14:00' }))),
    ];
    const [morning, afternoon] = [await sessionOf(one), await sessionOf(three)];
    expect((await move(two, date, '14:00')).status).toBe(200);
    expect(await sessionOf(two)).toBe(afternoon);
    expect(await slot(date, '10:00 AM')).toMatchObject({ seatsLeft: 2 });
    expect(await slot(date, '02:00 PM')).toMatchObject({ seatsLeft: 1 });
    expect(await read(two)).toMatchObject({ time: '14:00:00', status: 'confirmed' });
    // Not onto what others still need, and not twice into one session.
    expect(refusal(await move(two, date, '14:30'))).toEqual([422, 'not_on_grid']);
    expect((await move(two, date, '15:00')).status).toBe(200);
    const later = await sessionOf(two);
    expect([morning, afternoon]).not.toContain(later);
    expect((await move(two, date, '15:00')).status).toBe(200);
    // Alone in its session it takes the session along.
    expect((await move(two, date, '16:00')).status).toBe(200);
    expect(await sessionOf(two)).toBe(later);
    expect((await slot(date, '03:00 PM', null, 'Follow-up'))?.available).toBe(true);
    // Into a session with others it leaves nothing behind.
    expect((await move(two, date, '10:00')).status).toBe(200);
    expect(await sessionOf(two)).toBe(morning);
    expect(await house.rows('select live from session where id = $1', [later])).toEqual([{ live: false }]);
    idOf(await book(seat(date, SIX)));
    expect(refusal(await move(three, date, '10:00'))).toEqual([409, 'full']);
    expect(await sessionOf(three)).toBe(afternoon);
  });

  test('brings its meeting along to a session that has none, and to none that meets in person', async () => {
    const date = nextDate();
    const onZoom = { videoMeetingConfig: { platform: 'zoom' } };
    const [one] = [idOf(await book(seat(date, onZoom))), idOf(await book(seat(date, ADA)))];
    const [open, there] = [
      idOf(await book(seat(date, { ...MAY, time: '14:00' }))),
      idOf(await book(seat(date, { ...SIX, time: '16:00', mode: 'in_person' }))),
    ];
    expect((await move(one, date, '14:00')).status).toBe(200);
    for (const id of [one, open]) {
      const { body } = await house.until(
        () => house.get('staff', `/api/appointments/${id}`),
        (answer) => (answer.body['meetingDetails'] as Json | undefined)?.['status'] === 'ready',
      );
      expect(body['meetingDetails']).toMatchObject({ platform: 'zoom' });
    }
    expect((await move(one, date, '16:00')).status).toBe(200);
    expect(await read(one)).toMatchObject({ time: '16:00:00', mode: 'in_person' });
    expect((await read(there))['meetingDetails']).toBeUndefined();
  });

  test('leaves one that was given back at the time it had, in what its client reads and is told', async () => {
    const date = nextDate();
    const [gone, stays] = [idOf(await book(seat(date, MAY))), idOf(await book(seat(date, ADA)))];
    const session = await sessionOf(stays);
    await cancel(gone);
    expect((await move(stays, date, '14:00')).status).toBe(200);
    expect(await sessionOf(stays)).toBe(session);
    expect(await read(gone)).toMatchObject({ time: '10:00:00', status: 'cancelled' });
    expect(await read(stays)).toMatchObject({ time: '14:00:00', status: 'confirmed' });
    const mine = async () =>
      (await house.live.mails()).filter(({ ical }) => ical?.includes(`UID:appointment-${gone}@`));
    const ends = async () => (await mine()).filter(({ ical }) => /STATUS:CANCELLED/.test(ical ?? ''));
    await house.until(ends, (mails) => mails.length >= 2, { seconds: 1 });
    expect(await ends()).toHaveLength(2);
    for (const { ical } of await mine()) expect(ical).toMatch(/DTSTART[^:]*:\d{8}T100000/);
    expect(
      await house.rows(
        'select live from session where id <> $1 and id in (select session_id from appointment where id = $2)',
        [session, gone],
      ),
    ).toEqual([{ live: false }]);
  });

  test('is offered where it can be moved to', async () => {
    const date = nextDate();
    const [one] = [idOf(await book(seat(date))), idOf(await book(seat(date, ADA)))];
    for (const client of [SIX, MAY, { userId: 'x', userEmail: 'x@example.com', userName: 'X' }]) {
      idOf(await book(seat(date, { ...client, time: '14:00' })));
    }
    const path = `/api/appointments/${one}/free-times?from=${date}&to=${date}`;
    const { body, text } = await house.get('john', path);
    const times = (body['times'] as Json[] | undefined)?.map(({ start }) => String(start).slice(11, 16));
    // Not where the others of its session stay, and not where all seats are taken.
    expect(times, text).toEqual(['09:00', '11:00', '13:00', '15:00', '16:00', '17:00']);
    for (const time of times ?? []) expect([time, (await move(one, date, time)).status]).toEqual([time, 200]);
    const back = (await house.get('john', path)).body['times'] as Json[];
    expect(back.map(({ start }) => String(start).slice(11, 16))).toContain('10:00');
  });
});

describe('outside', () => {
  test('there is one meeting and one event for all, and each client is written to alone', async () => {
    const date = nextDate();
    const zoom = { videoMeetingConfig: { platform: 'zoom' } };
    const [jane, ada] = [
      { userId: 'jane', userEmail: 'jane@example.com', userName: 'Jane Roe' },
      { userId: 'ada-g', userEmail: 'ada-g@example.com', userName: 'Ada Group' },
    ];
    const first = await book(seat(date, { ...jane, ...zoom }));
    const second = await book(seat(date, { ...ada, ...zoom }));
    const [one, two] = [idOf(first), idOf(second)];
    expect(linkOf(second)).toBe(linkOf(first));
    const teams = { videoMeetingConfig: { platform: 'teams' } };
    expect(refusal(await book(seat(date, { ...MAY, ...teams })))).toEqual([
      409,
      'meeting_elsewhere',
      '/videoMeetingConfig/platform',
    ]);
    const nobody = { userId: 'nobody', userEmail: 'nobody@example.com', userName: 'Nobody' };
    const byPhone = idOf(await book(seat(date, { ...nobody, time: '15:00', mode: 'phone' })));
    expect(refusal(await book(seat(date, { ...MAY, time: '15:00', mode: 'in_person' })))).toEqual([
      422,
      'mode_not_offered',
      '/mode',
    ]);
    // What has a meeting is online, said or not, whoever comes first.
    expect(refusal(await book(seat(date, { ...MAY, mode: 'in_person' })))).toEqual([422, 'mode_not_offered', '/mode']);
    expect(refusal(await book(seat(date, { ...MAY, ...zoom, time: '15:00' })))).toEqual([
      422,
      'mode_not_offered',
      '/videoMeetingConfig/platform',
    ]);
    expect(refusal(await house.post('staff', '/api/create-zoom-meeting', { appointmentId: byPhone }))).toEqual([
      422,
      'mode_not_offered',
      '/appointmentId',
    ]);
    const [event] = await house.until(
      () => eventsOf(one, two),
      (found) => found.length === 1 && String(found[0]?.['description']).includes(`Appointments ${one}, ${two}`),
    );
    expect(JSON.stringify(event)).not.toMatch(/Jane|Ada/);
    expect((await house.live.zoom()).filter((meeting) => meeting['join_url'] === linkOf(first))).toHaveLength(1);
    const [toJane, toAda] = await Promise.all(
      [jane, ada].map(({ userEmail }) =>
        house.until(
          () => house.live.mailsTo(userEmail),
          (mails) => mails.length === 1,
        ),
      ),
    );
    expect(toJane?.[0]?.raw).not.toMatch(/Ada Group|ada-g@/);
    expect(toAda?.[0]?.raw).not.toMatch(/Jane Roe|jane@/);
    // One leaves: it is told, the other is not, and the meeting stands.
    await cancel(one);
    await house.until(
      () => house.live.mailsTo(jane.userEmail),
      (mails) => mails.some(({ subject }) => subject.startsWith('Cancelled')),
    );
    await house.until(
      () => eventsOf(two),
      (found) => found.length === 1 && String(found[0]?.['description']).includes(`Appointment ${two}`),
    );
    expect(await house.live.mailsTo(ada.userEmail)).toHaveLength(1);
    expect((await house.live.zoom()).filter((meeting) => meeting['join_url'] === linkOf(first))).toHaveLength(1);
    // The last one out takes the meeting along.
    await cancel(two);
    await house.until(
      async () => [
        (await house.live.zoom()).filter((meeting) => meeting['join_url'] === linkOf(first)),
        await eventsOf(two),
      ],
      ([meetings, events]) => meetings?.length === 0 && events?.length === 0,
    );
  });

  test('a seat that is moved is told so, with the way into its new meeting; nobody else hears of it', async () => {
    const date = nextDate();
    const zoom = { videoMeetingConfig: { platform: 'zoom' } };
    const [kim, lee] = [
      { userId: 'kim', userEmail: 'kim@example.com', userName: 'Kim' },
      { userId: 'lee', userEmail: 'lee@example.com', userName: 'Lee' },
    ];
    const [one, two] = [await book(seat(date, { ...kim, ...zoom })), await book(seat(date, { ...lee, ...zoom }))];
    const told = (address: string, count: number) =>
      house.until(
        () => house.live.mailsTo(address),
        (mails) => mails.length === count,
      );
    await Promise.all([told(kim.userEmail, 1), told(lee.userEmail, 1)]);
    expect((await move(idOf(two), date, '15:00')).status).toBe(200);
    const mails = await told(lee.userEmail, 2);
    const moved = mails.find(({ subject }) => subject.startsWith('Moved'));
    const before = mails.find(({ subject }) => subject.startsWith('Confirmed'));
    const part = (letter: (typeof mails)[number] | undefined, name: string) =>
      new RegExp(`^${name}:(.*)$`, 'm').exec(letter?.ical ?? '')?.[1]?.trim();
    expect(part(moved, 'UID')).toBe(part(before, 'UID'));
    expect(Number(part(moved, 'SEQUENCE'))).toBeGreaterThan(Number(part(before, 'SEQUENCE')));
    const { meetingDetails } = (await read(idOf(two))) as { meetingDetails?: Json };
    const old = (one.body['meetingDetails'] as Json)['meetingUrl'];
    expect(meetingDetails?.['status']).toBe('ready');
    expect(meetingDetails?.['meetingUrl']).not.toBe(old);
    expect(moved?.text).toContain(String(meetingDetails?.['meetingUrl']));
    // Back again: what was the meeting of one is gone, and the letters go on from the last.
    expect((await move(idOf(two), date, '10:00')).status).toBe(200);
    const again = await told(lee.userEmail, 3);
    expect(again.filter(({ subject }) => subject.startsWith('Moved'))).toHaveLength(2);
    await house.until(
      () => house.live.zoom(),
      (meetings) => !meetings.some((meeting) => meeting['join_url'] === meetingDetails?.['meetingUrl']),
    );
    expect(await house.live.mailsTo(kim.userEmail)).toHaveLength(1);
  });

  test('an invitation of the calendar’s own hides the guests from one another', async () => {
    const hers = '/api/practitioners/123';
    await house.ask('staff', 'PATCH', hers, { body: { invitations: 'provider' } });
    const date = nextDate();
    const ids = [idOf(await book(seat(date, JOHN))), idOf(await book(seat(date, ADA)))];
    const [event] = await house.until(
      () => eventsOf(...ids),
      (found) => (found[0]?.['attendees'] as Json[] | undefined)?.length === 2,
    );
    expect(event).toMatchObject({ guestsCanSeeOtherGuests: false, guestsCanInviteOthers: false });
    await house.ask('staff', 'PATCH', hers, { body: { invitations: 'slotkeeper' } });
  });

  test('a meeting is made at the shared host that its session was given', async () => {
    const host = await house.post('staff', '/api/resources', {
      kind: 'video_host',
      name: 'Zoom of the house',
      address: 'zoom-house@example.com',
    });
    expect(host.status, host.text).toBe(201);
    const made = await house.post('staff', '/api/session-types', {
      name: 'Hosted',
      durationMinutes: 60,
      needs: [{ kind: 'video_host' }],
    });
    const hers = '/api/practitioners/123';
    const offered = (await house.get('staff', hers)).body['sessionTypes'] as { id: number }[];
    const sessionTypes = [...offered.map(({ id }) => ({ id })), { id: made.body['id'] }];
    await house.ask('staff', 'PATCH', hers, { body: { sessionTypes } });
    const id = idOf(
      await book(
        seat(nextDate(), {
          sessionType: 'Hosted',
          videoMeetingConfig: { platform: 'zoom', hostEmail: SARAH.email },
        }),
      ),
    );
    const objects = await house.rows(
      `select host from outside_object o join appointment a using (session_id) where a.id = $1 and o.kind = 'meeting'`,
      [id],
    );
    expect(objects).toEqual([{ host: 'zoom-house@example.com' }]);
  });

  test('each is reminded of its own, and closed by itself', async () => {
    const date = nextDate();
    const people = ['rem-a', 'rem-b'].map((userId) => ({
      userId,
      userEmail: `${userId}@example.com`,
      userName: userId,
    }));
    const ids: number[] = [];
    for (const person of people) ids.push(idOf(await book(seat(date, person))));
    const [one = 0, two = 0] = ids;
    for (const { userEmail } of people) {
      await house.until(
        () => house.live.mailsTo(userEmail),
        (mails) => mails.length === 1,
      );
    }
    house.clock.set(`${date}T13:05:00Z`);
    for (const { userEmail } of people) {
      await house.until(
        () => house.live.mailsTo(userEmail),
        (mails) => mails.filter(({ subject }) => subject.startsWith('Reminder')).length === 1,
      );
    }
    house.clock.set(`${date}T14:30:00Z`);
    const close = async (id: number, outcome: string) =>
      (await house.put('sarah', `/api/appointments/${id}/${outcome}`, {})).status;
    expect([await close(one, 'complete'), await close(two, 'no-show')]).toEqual([200, 200]);
    expect([(await read(one))['status'], (await read(two))['status']]).toEqual(['completed', 'no_show']);
  });

  test('tells of one that was given back once, though its letters are on their way as the session moves', async () => {
    const date = nextDate();
    const [gone, stays] = [idOf(await book(seat(date, MAY))), idOf(await book(seat(date, ADA)))];
    const about = async (id = gone) =>
      (await house.live.mails()).filter(({ raw }) => raw.includes(`X-Slotkeeper-Appointment: ${id}\r\n`));
    // No letter is left over that the faults could meet.
    for (const id of [gone, stays]) {
      await house.until(
        () => about(id),
        (mails) => mails.length === 2,
      );
    }
    await house.orderFault({ provider: 'mail', operation: 'send', latencyMs: 3_000, times: 2 });
    await cancel(gone);
    const sending = `select count(*)::integer as n from letter where appointment_id = $1 and state = 'sending'`;
    await house.until(
      () => house.rows(sending, [gone]),
      ([row]) => row?.['n'] === 2,
    );
    expect((await move(stays, date, '14:00')).status).toBe(200);
    await house.until(
      () => about(),
      (mails) => mails.length >= 4,
      { milliseconds: 100 },
    );
    await house.until(
      () => house.rows(sending, [gone]),
      ([row]) => row?.['n'] === 0,
    );
    // Past the lease of whoever had them in hand: nobody takes them for cut off.
    const end = house.clock.now().add({ seconds: 40 });
    await house.until(
      () => Promise.resolve(house.clock.now()),
      (now) => Temporal.Instant.compare(now, end) > 0,
      { seconds: 1 },
    );
    const told = (await about()).map(({ ical }) => /STATUS:(\w+)/.exec(ical ?? '')?.[1]);
    expect(told).toHaveLength(4);
    expect(told.filter((status) => status === 'CANCELLED')).toHaveLength(2);
  });
});
