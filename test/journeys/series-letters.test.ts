// What people are told of a series: one letter for what one act did, whichever dates it changed, with each date in the calendar
// part under the UID of its life; and of a date that is changed by itself a letter of its own, as ever.
import ICAL from 'ical.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JOHN, SARAH } from '../cast.ts';
import { openHouse, type Json, type Letter, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse({ settings: { SERIES_PER_CLIENT: '100' } });
});
afterAll(() => house.close());

let weeks = 4;
const book = async (count: number, over: Json = {}) => {
  const date = Temporal.PlainDate.from('2030-01-10').add({ weeks }).toString();
  weeks += count + 1;
  const answer = await house.post('john', '/api/series', {
    ...JOHN,
    practitionerId: SARAH.practitionerId,
    date,
    time: '14:00',
    sessionType: 'Initial Consultation',
    repeat: { frequency: 'weekly', count },
    videoMeetingConfig: { platform: 'zoom' },
    ...over,
  });
  expect(answer.status, answer.text).toBe(201);
  const { id, dates } = answer.body['series'] as { id: number; dates: { appointmentId: number; date: string }[] };
  return { id, ids: dates.map(({ appointmentId }) => appointmentId), dates };
};
const about = (mail: Letter, ids: readonly number[]) =>
  ids.some((id) => mail.raw.includes(`X-Slotkeeper-Appointment: ${id}\r\n`));
/** Mails to a reader about any of these, once there are so many and nothing more is on its way. */
const told = async (to: string, ids: readonly number[], count: number) => {
  const find = async () => (await house.live.mailsTo(to)).filter((mail) => about(mail, ids));
  await house.until(find, (mails) => mails.length >= count, { seconds: 1 });
  await quiet(ids);
  return await find();
};
/** Nothing about these is open, or to be looked at soon. */
const quiet = (ids: readonly number[]) =>
  house.until(
    () =>
      house.rows(
        `select 1 as open from fulfilment f join appointment a on a.session_id = f.session_id
          where a.id = any($1::bigint[]) and (f.done_revision < f.wanted_revision
                or f.look_again_at < $2::timestamptz + interval '1 hour' or f.lease_until is not null)`,
        [ids, house.clock.now().toString()],
      ),
    (rows) => rows.length === 0,
    { seconds: 2 },
  );
const eventsOf = (mail: Letter | undefined) => {
  const calendar = new ICAL.Component(ICAL.parse(mail?.ical ?? ''));
  const events = calendar.getAllSubcomponents('vevent').map((part) => new ICAL.Event(part));
  return {
    method: calendar.getFirstPropertyValue('method'),
    events: events.map((event) => ({
      uid: event.uid,
      sequence: event.sequence,
      start: event.startDate.toJSDate().toISOString(),
      status: event.component.getFirstPropertyValue('status'),
      url: event.component.getFirstPropertyValue('url'),
    })),
  };
};

describe('a series', () => {
  test('is told in one letter to each reader, with every date, its link and its calendar entry', async () => {
    const { ids, dates } = await book(5);
    const [mail, ...more] = await told(JOHN.userEmail, ids, 1);
    expect(more.map(({ subject }) => subject)).toEqual([]);
    expect(mail?.subject).toMatch(/^Confirmed: 5 appointments, from Thu 7 Feb 2030, 14:00 with Dr\. Sarah Johnson$/);
    const { method, events } = eventsOf(mail);
    expect(method).toBe('PUBLISH');
    expect(events.map(({ start }) => start.slice(0, 10))).toEqual(dates.map(({ date }) => date));
    expect(new Set(events.map(({ uid }) => uid)).size).toBe(5);
    expect(events.every(({ url }) => String(url).startsWith('http'))).toBe(true);
    expect(mail?.raw).not.toMatch(/^ATTENDEE/m);
    expect(mail?.text.match(/Join by Zoom:/g)).toHaveLength(5);
    expect(mail?.text.match(/Move or cancel this one:/g)).toHaveLength(5);
    expect(mail?.html.match(/<li /g)).toHaveLength(5);
    const host = await told(SARAH.email, ids, 1);
    expect(host.map(({ subject }) => subject)).toEqual(['New: 5 appointments, from Thu 7 Feb 2030, 14:00']);
    expect(host[0]?.text).not.toContain('Move or cancel');
    const log = await house.rows(
      `select recipient, count(*)::int as n, count(told_with)::int as covered, min(state) as a, max(state) as b
         from letter where appointment_id = any($1::bigint[]) group by recipient order by recipient`,
      [ids],
    );
    expect(log).toEqual(
      ['client', 'practitioner'].map((recipient) => ({ recipient, n: 5, covered: 4, a: 'sent', b: 'sent' })),
    );
  });

  test('of a date that is moved by itself there is a letter of its own, which finds its calendar entry', async () => {
    const { ids, dates } = await book(3);
    const [first] = await told(JOHN.userEmail, ids, 1);
    const moved = await house.put('john', `/api/appointments/${ids[1]}/reschedule`, {
      newDate: dates[1]?.date,
      newTime: '16:00',
    });
    expect(moved.status).toBe(200);
    const mails = await told(JOHN.userEmail, ids, 2);
    expect(mails.map(({ subject }) => subject.split(':')[0])).toEqual(['Confirmed', 'Moved']);
    const [change] = mails.map(eventsOf).slice(1);
    expect(change).toMatchObject({ method: 'REQUEST', events: [{ uid: eventsOf(first).events[1]?.uid, sequence: 1 }] });
  });

  test('all that follow moved, and then cancelled, are told in one letter each', async () => {
    const { id, ids, dates } = await book(4);
    await told(JOHN.userEmail, ids, 1);
    const from = { index: 2, which: 'following' };
    const moved = await house.put('john', `/api/series/${id}/reschedule`, {
      ...from,
      newDate: dates[1]?.date,
      newTime: '16:00',
    });
    expect(moved.status, moved.text).toBe(200);
    const afterMove = await told(JOHN.userEmail, ids, 2);
    expect(afterMove.map(({ subject }) => subject.split(',')[0])).toEqual([
      'Confirmed: 4 appointments',
      'Moved: 3 appointments',
    ]);
    expect(afterMove[1]?.text).toContain('Until now: ');
    expect(eventsOf(afterMove[1]).events.map(({ sequence, status }) => [sequence, status])).toEqual(
      [1, 2, 3].map(() => [1, 'CONFIRMED']),
    );
    await house.put('sarah', `/api/series/${id}/cancel`, from);
    const all = await told(JOHN.userEmail, ids, 3);
    expect(all.map(({ subject }) => subject.split(',')[0]).slice(2)).toEqual(['Cancelled: 3 appointments']);
    expect(eventsOf(all[2]).events.map(({ sequence, status }) => [sequence, status])).toEqual(
      [1, 2, 3].map(() => [2, 'CANCELLED']),
    );
  });

  test('a date changed before the letter left is told by itself, and not in it', async () => {
    await house.orderFault({ provider: 'zoom', operation: 'create', latencyMs: 1_500, times: 4 });
    const { ids } = await book(4);
    await house.put('john', `/api/appointments/${ids[0]}/cancel`, {});
    const mails = await told(JOHN.userEmail, ids, 2);
    await house.clearFaults();
    // The clock runs fast here: the letter may not have waited for the links.
    const subjects = mails.map(({ subject }) => subject.split(',')[0]).filter((one) => !/video link/i.test(one ?? ''));
    expect(subjects).toHaveLength(2);
    expect(subjects).toContain('Confirmed: 3 appointments');
    expect(subjects).toContainEqual(expect.stringMatching(/^Cancelled: Thu /));
  });

  test('a letter whose service was away leaves once it is back, once', async () => {
    await house.orderFault({ provider: 'mail', operation: 'create', status: 451, times: 3 });
    const { ids } = await book(3);
    const mails = await told(JOHN.userEmail, ids, 1);
    await house.clearFaults();
    expect(mails.map(({ subject }) => subject.split(',')[0])).toEqual(['Confirmed: 3 appointments']);
    expect((await told(SARAH.email, ids, 1)).length).toBe(1);
  });

  test('where links are late they follow together', async () => {
    await house.orderFault({ provider: 'zoom', operation: 'create', status: 503, times: 40 });
    const { ids } = await book(3);
    const [mail] = await toldNow(JOHN.userEmail, ids, 1);
    expect(mail?.text.match(/The Zoom link follows by e-mail/g)).toHaveLength(3);
    await house.clearFaults();
    const mails = await told(JOHN.userEmail, ids, 2);
    expect(mails.map(({ subject }) => subject.split(',')[0])).toEqual([
      'Confirmed: 3 appointments',
      'Video links: 3 appointments',
    ]);
  });
});

/** Without waiting for all to be done. */
async function toldNow(to: string, ids: readonly number[], count: number) {
  return await house.until(
    async () => (await house.live.mailsTo(to)).filter((mail) => about(mail, ids)),
    (mails) => mails.length >= count,
    { seconds: 1 },
  );
}
