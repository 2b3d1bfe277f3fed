// Time off over what is booked, over HTTP and by mail: who is affected is told first, then all of them are offered other times in
// one act, under holds, and what they answer is kept.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ADA, JOHN, MICHAEL, SARAH, type Who } from '../cast.ts';
import { booked, openHouse, refusal, type Json, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const PATH = `/api/practitioners/${SARAH.practitionerId}`;
let date = '2030-02-04';
beforeEach(() => {
  date = Temporal.PlainDate.from(date).add({ weeks: 1 }).toString();
});

type Offer = Json & { id: number; appointmentId: number; state: string; times: Json[] };
const book = (over: Json = {}, who: Who = 'service') =>
  booked(house, { date, videoMeetingConfig: undefined, ...over }, who);
const takeOff = async () => {
  const asked = { firstDate: date, lastDate: date };
  const preview = await house.post('sarah', `${PATH}/time-off?dryRun=true`, asked);
  expect(preview.status).toBe(200);
  const answer = await house.post('sarah', `${PATH}/time-off`, asked);
  return { id: (answer.body['timeOff'] as { id: number }).id, affected: preview.body['affected'] as Json[] };
};
const offer = async (timeOffId: number, body: Json = {}, who: Who = 'sarah') => {
  const answer = await house.post(who, `${PATH}/time-off/${timeOffId}/offers`, body);
  expect(answer.status, answer.text).toBe(201);
  return { offers: answer.body['offers'] as Offer[], without: answer.body['withoutOffer'] as number[] };
};
const states = async (timeOffId: number) => {
  const { body } = await house.get('sarah', `${PATH}/time-off/${timeOffId}/offers`);
  return (body['offers'] as Offer[]).map(({ state }) => state);
};
const letterTo = async (address: string, offerId: number) => {
  const [mail] = await house.until(
    async () =>
      (await house.live.mailsTo(address)).filter(({ raw }) => raw.includes(`X-Slotkeeper-Offer: ${offerId}\r\n`)),
    (mails) => mails.length > 0,
  );
  const token = /#([\w.-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
  return { mail, asGuest: { headers: { authorization: `Bearer ${token}` } } };
};

describe('time off over what is booked', () => {
  test('offers each of them other times in one act, by mail; chosen, the appointment moves there', async () => {
    const [john, ada] = [await book({ time: '10:00' }), await book({ ...ADA, time: '11:00' })];
    const { id, affected } = await takeOff();
    expect(affected.map(({ appointmentId }) => appointmentId)).toEqual([john, ada]);
    const { offers, without } = await offer(id);
    expect([offers.map(({ appointmentId }) => appointmentId), without]).toEqual([[john, ada], []]);
    const all = offers.flatMap(({ times }) => times.map((one) => String(one['start'])));
    expect([all.length, new Set(all).size]).toEqual([6, 6]);
    expect(offers.every(({ times }) => times.every((one) => one['date'] !== date))).toBe(true);
    // Nobody else gets a time that is kept.
    const [kept] = offers[0]?.times ?? [];
    const rival = await house.post('service', '/api/appointments', {
      userId: 'rival',
      userEmail: 'rival@example.com',
      userName: 'Rival',
      practitionerId: SARAH.practitionerId,
      date: kept?.['date'],
      time: kept?.['time'],
      sessionType: 'Initial Consultation',
    });
    expect(refusal(rival).slice(0, 2)).toEqual([409, 'slot_taken']);
    const { mail, asGuest } = await letterTo(JOHN.userEmail, offers[0]?.id ?? 0);
    expect(mail?.subject).toMatch(/^Please choose another time instead of Mon 11 Feb 2030, 10:00$/);
    expect(mail?.text).toMatch(/1\. .*\n.*\n\n2\. .*\n.*\n\n3\. /);
    expect(mail?.text).toContain('Choose a time:');
    const second = offers[0]?.times[1];
    const accepted = await house.ask(null, 'PUT', `/api/offers/${offers[0]?.id}/accept`, {
      ...asGuest,
      body: { choice: 2 },
    });
    expect([accepted.status, accepted.body['state']]).toEqual([200, 'accepted']);
    expect((await house.get('john', `/api/appointments/${john}`)).body).toMatchObject({
      start: second?.['start'],
      status: 'confirmed',
      revision: 2,
    });
    // What it did not choose is free again.
    const free = await house.rows(`select state from hold where id = any($1::bigint[]) order by id`, [
      offers[0]?.times.map((one) => one['holdId']),
    ]);
    expect(free.map(({ state }) => state).toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual([
      'confirmed',
      'released',
      'released',
    ]);
    await house.put('ada', `/api/offers/${offers[1]?.id}/decline`, {});
    expect(await states(id)).toEqual(['accepted', 'declined']);
    expect((await house.get('ada', `/api/appointments/${ada}`)).body).toMatchObject({
      status: 'confirmed',
      revision: 1,
    });
  });

  test('asked again, only those without an open offer get one; a repeat under a key gets none', async () => {
    const first = await book({ time: '10:00' });
    const { id } = await takeOff();
    const once = { 'idempotency-key': `alternatives-${date}` };
    const path = `${PATH}/time-off/${id}/offers`;
    for (const _ of [1, 2]) expect((await house.post('staff', path, {}, once)).body['offers']).toHaveLength(1);
    const again = await offer(id, {}, 'staff');
    expect(again.offers.map(({ appointmentId }) => appointmentId)).toEqual([first]);
    await house.put('john', `/api/offers/${again.offers[0]?.id}/decline`, {});
    const third = await offer(id, { alternatives: 1, answerWithinHours: 2 }, 'staff');
    expect(third.offers.map(({ state, times }) => [state, times.length])).toEqual([
      ['declined', 3],
      ['open', 1],
    ]);
    house.clock.advance({ hours: 2, seconds: 6 });
    await house.until(
      () => states(id),
      (found) => found.join() === 'declined,lapsed',
    );
    expect(refusal(await house.put('john', `/api/offers/${third.offers[1]?.id}/accept`, {}))).toEqual([
      409,
      'hold_expired',
    ]);
  });

  test('one choice is taken once, however often it is sent, and another then is not', async () => {
    const appointmentId = await book({ time: '10:00' });
    const { id } = await takeOff();
    const [made] = (await offer(id)).offers;
    const accept = (choice: number) => house.put('john', `/api/offers/${made?.id}/accept`, { choice });
    const answers = await Promise.all([accept(2), accept(2), accept(2)]);
    expect(answers.map(({ status, body }) => `${status} ${String(body['state'])}`)).toEqual(
      Array(3).fill('200 accepted'),
    );
    expect((await accept(2)).status).toBe(200);
    expect(refusal(await accept(1))).toEqual([409, 'nothing_to_decide']);
    expect((await house.get('john', `/api/appointments/${appointmentId}`)).body).toMatchObject({
      start: made?.times[1]?.['start'],
      revision: 2,
    });
  });

  test('of a part of its time offers none that meets what it has now', async () => {
    const practitionerId = MICHAEL.practitionerId;
    const appointmentId = await book({ ...MICHAEL, email: undefined, date, time: '10:00' });
    const path = `/api/practitioners/${practitionerId}/time-off`;
    const off = await house.post('michael', path, { start: `${date}T09:00`, end: `${date}T10:15` });
    expect(off.status, off.text).toBe(201);
    const { id } = off.body['timeOff'] as { id: number };
    const { body } = await house.post('michael', `${path}/${id}/offers`, { alternatives: 2 });
    expect([body['offers'], body['withoutOffer']]).toMatchObject([[{ appointmentId }], []]);
    const [{ times }] = body['offers'] as [Offer];
    expect(times.map((one) => one['time'])).toEqual(['11:00:00', '12:00:00']);
  });

  test('of a request is asked for anew, and not after it has lapsed', async () => {
    const types = (await house.get('staff', '/api/session-types')).body['sessionTypes'] as Json[];
    const typeId = String(types.find(({ name }) => name === 'Initial Consultation')?.['id']);
    const setApproval = (requiresApproval: boolean) =>
      house.ask('staff', 'PATCH', `/api/session-types/${typeId}`, {
        body: { requiresApproval, approvalMinutes: 1440 },
      });
    await setApproval(true);
    date = house.clock.now().toZonedDateTimeISO('America/New_York').add({ days: 3 }).toPlainDate().toString();
    const [john, ada] = [await book({ time: '10:00' }), await book({ ...ADA, time: '11:00' })];
    await setApproval(false);
    const { id } = await takeOff();
    const { offers } = await offer(id);
    house.clock.advance({ hours: 20 });
    expect((await house.put('john', `/api/offers/${offers[0]?.id}/accept`, {})).status).toBe(200);
    const { body } = await house.get('staff', `/api/appointments/${john}`);
    expect(body['status']).toBe('pending');
    house.clock.advance({ hours: 4, minutes: 1 });
    const late = await house.put('ada', `/api/offers/${offers[1]?.id}/accept`, {});
    expect(refusal(late)[0]).toBe(409);
    expect((await house.get('john', `/api/appointments/${john}`)).body['status']).toBe('pending');
    expect((await house.get('ada', `/api/appointments/${ada}`)).body).toMatchObject({
      date,
      time: '11:00:00',
    });
  });

  test('is not booked beside the appointment that it would move', async () => {
    await book({ time: '10:00' });
    const { id } = await takeOff();
    const [time] = (await offer(id)).offers[0]?.times ?? [];
    const beside = await house.post('john', '/api/appointments', {
      ...JOHN,
      practitionerId: SARAH.practitionerId,
      sessionType: 'Initial Consultation',
      date: time?.['date'],
      time: time?.['time'],
      holdId: time?.['holdId'],
    });
    expect(refusal(beside).slice(0, 2)).toEqual([422, 'does_not_match']);
    expect(await states(id)).toEqual(['open']);
  });

  test('twice over one appointment, or asked again before anybody has looked, offers it once', async () => {
    const appointmentId = await book({ time: '10:00' });
    const [one, other] = [await takeOff(), await takeOff()];
    const first = await offer(one.id, { answerWithinHours: 2 });
    const beside = await offer(other.id);
    expect([beside.offers, beside.without]).toEqual([first.offers, []]);
    // Lapsed, and not yet noted so by whoever tends offers.
    house.clock.advance({ hours: 2, seconds: 6 });
    const again = await offer(other.id);
    expect(again.offers).toMatchObject([{ appointmentId, state: 'open', timeOffId: other.id }]);
    expect(again.offers[0]?.times).toEqual(
      first.offers[0]?.times.map((one_) => ({ ...one_, holdId: expect.any(Number) })),
    );
    // Moved by itself meanwhile, into what is off as well: what was offered was for what it was.
    const moved = await house.put('staff', `/api/appointments/${appointmentId}/reschedule`, {
      newDate: date,
      newTime: '11:00',
      override: { reason: 'She comes in for it' },
    });
    expect(moved.status, moved.text).toBe(200);
    const anew = await offer(one.id);
    expect(anew.offers.map(({ state }) => state)).toEqual(['lapsed', 'open']);
    expect((await house.put('john', `/api/offers/${anew.offers[1]?.id}/accept`, {})).status).toBe(200);
  });

  test('is withdrawn where the appointment was changed, or she is there after all', async () => {
    const [john, ada] = [await book({ time: '10:00' }), await book({ ...ADA, time: '11:00' })];
    const { id } = await takeOff();
    const { offers } = await offer(id);
    await house.put('staff', `/api/appointments/${john}/cancel`, {});
    expect(refusal(await house.put('john', `/api/offers/${offers[0]?.id}/accept`, {}))[0]).toBe(409);
    await house.until(
      () => states(id),
      (found) => found.join() === 'withdrawn,open',
    );
    await house.ask('staff', 'DELETE', `${PATH}/time-off/${id}`);
    await house.until(
      async () => (await house.get('ada', `/api/offers/${offers[1]?.id}`)).body['state'],
      (state) => state === 'withdrawn',
    );
    expect((await house.get('ada', `/api/appointments/${ada}`)).body['status']).toBe('confirmed');
    const open = await house.rows(`select id from hold where state = 'open' and id = any($1::bigint[])`, [
      offers.flatMap(({ times }) => times.map((one) => one['holdId'])),
    ]);
    expect(open).toEqual([]);
  });

  test('of what needs a room keeps one with each time, on offer still or not', async () => {
    const path = `/api/practitioners/${MICHAEL.practitionerId}`;
    const room = (await house.post('staff', '/api/resources', { kind: 'room', name: 'Only Room' })).body['id'];
    const add = async (name: string, more: Json) => {
      const { body } = await house.post('staff', '/api/session-types', { name, durationMinutes: 60, ...more });
      return { id: Number(body['id']) };
    };
    const type = await add('Roomy', { needs: [{ kind: 'room', anyOf: [room] }], gridMinutes: 60 });
    const offeredBy = async (who: string) => {
      const { body } = await house.get('staff', who);
      return (body['sessionTypes'] as { id: number }[]).map(({ id }) => ({ id }));
    };
    const before = await offeredBy(path);
    const patch = (who: string, sessionTypes: Json[]) => house.ask('staff', 'PATCH', who, { body: { sessionTypes } });
    await patch(path, [...before, type]);
    await patch(PATH, [...(await offeredBy(PATH)), type]);
    const michael = { ...MICHAEL, email: undefined };
    const id = await book({ ...michael, sessionType: 'Roomy', time: '15:00' });
    // The nearest that he has free, and the room has not.
    const next = Temporal.PlainDate.from(date).add({ days: 1 }).toString();
    const elsewhere = { date: next, time: '09:00', timeZone: 'Europe/Berlin', sessionType: 'Roomy' };
    await book({ ...elsewhere, override: { reason: 'comes early' } }, 'staff');
    await patch(path, before);
    const off = await house.post('michael', `${path}/time-off`, { firstDate: date, lastDate: date });
    const offers = `${path}/time-off/${String((off.body['timeOff'] as Json)['id'])}/offers`;
    const { body } = await house.post('michael', offers, {});
    expect(body['withoutOffer']).toEqual([]);
    const [made] = body['offers'] as Offer[];
    expect(made?.times.map((one) => [one['date'], one['time']])).toEqual(
      ['10:00:00', '11:00:00', '12:00:00'].map((time) => [next, time]),
    );
    const owned = () =>
      house.rows(
        `select to_char(starts_at at time zone 'Europe/Berlin', 'HH24:MI') as at, hold_id is null as had
           from occupancy where resource_id = $1 and starts_at > $2::date + 1 order by 1`,
        [room, date],
      );
    expect(await owned()).toEqual([
      { at: '09:00', had: true },
      ...['10:00', '11:00', '12:00'].map((at) => ({ at, had: false })),
    ]);
    const accepted = await house.put('john', `/api/offers/${made?.id}/accept`, { choice: 2 });
    expect(accepted.status, accepted.text).toBe(200);
    expect(await owned()).toEqual(['09:00', '11:00'].map((at) => ({ at, had: true })));
    expect((await house.get('john', `/api/appointments/${id}`)).body).toMatchObject({
      date: next,
      time: '11:00:00',
      resources: [{ id: room }],
    });
  });

  test('over more than are offered others at once is asked for again, and forgets nobody', async () => {
    const path = `/api/practitioners/${MICHAEL.practitionerId}`;
    const firstDate = '2030-09-02';
    const lastDate = '2030-09-19';
    const times = Array.from(
      { length: 16 },
      (_, half) => `${String(9 + Math.floor(half / 2)).padStart(2, '0')}:${half % 2 ? '30' : '00'}`,
    );
    const dates = Array.from({ length: 18 }, (_, days) => Temporal.PlainDate.from(firstDate).add({ days }));
    const starts = dates
      .filter(({ dayOfWeek }) => dayOfWeek < 6)
      .flatMap((day) => times.map((time) => ({ date: day.toString(), time })))
      .slice(0, 203);
    const ids: number[] = [];
    for (const start of starts)
      ids.push(await book({ ...MICHAEL, email: undefined, sessionType: 'Follow-up', ...start }));
    const off = await house.post('michael', `${path}/time-off`, { firstDate, lastDate });
    const offers = `${path}/time-off/${String((off.body['timeOff'] as Json)['id'])}/offers`;
    const once = await house.post('michael', offers, { alternatives: 1 });
    expect([once.status, (once.body['offers'] as Json[]).length]).toEqual([201, 200]);
    expect(once.body['withoutOffer']).toEqual(ids.slice(200));
    const again = await house.post('michael', offers, { alternatives: 1 });
    expect([again.status, (again.body['offers'] as Json[]).length, again.body['withoutOffer']]).toEqual([201, 203, []]);
  }, 60_000);

  test('is for those who manage her', async () => {
    const { id } = await takeOff();
    const path = `${PATH}/time-off/${id}/offers`;
    expect(refusal(await house.post('john', path, {}))).toEqual([403, 'forbidden']);
    expect(refusal(await house.post('michael', path, {}))).toEqual([403, 'forbidden']);
    expect(refusal(await house.get('michael', path))).toEqual([403, 'forbidden']);
    expect(refusal(await house.post('foreignStaff', path, {}))).toEqual([404, 'not_found']);
    expect(refusal(await house.post('staff', `${PATH}/time-off/4711/offers`, {}))).toEqual([404, 'not_found']);
    expect((await house.post('staff', path, {})).body).toEqual({ offers: [], withoutOffer: [] });
  });
});
