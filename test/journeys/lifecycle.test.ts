// Cancelling, moving and repeating: what happens twice has one effect, what is over stays over, and an Idempotency-Key makes
// any call safe to send again.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADA, JOHN } from '../cast.ts';
import { booked, booking, openHouse, refusal, type Json, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse({ worker: false });
});
afterAll(() => house.close());

let day = 0;
function fresh(over: Json = {}): Json {
  const date = Temporal.PlainDate.from('2030-04-01').add({ days: Math.floor(day / 5) * 7 + (day % 5) });
  day += 1;
  return booking({ date: date.toString(), videoMeetingConfig: undefined, ...over });
}
const count = async () =>
  ((await house.get('staff', `/api/users/${JOHN.userId}/appointments?limit=100`)).body['appointments'] as unknown[])
    .length;
const freeAt = async (date: unknown, time: string) => {
  const { body } = await house.get(null, `/api/practitioners/123/availability?date=${String(date)}`);
  return (body['timeSlots'] as { time: string; available: boolean }[]).find((slot) => slot.time === time)?.available;
};

describe('cancelling', () => {
  test('frees the time, and again is answered as once', async () => {
    const body = fresh();
    const id = await booked(house, body, 'john');
    expect(await freeAt(body['date'], '02:00 PM')).toBe(false);
    const first = await house.put('john', `/api/appointments/${id}/cancel`, { reason: 'Schedule conflict' });
    const again = await house.put('john', `/api/appointments/${id}/cancel`, { reason: 'Schedule conflict' });
    expect([first.status, again.status, again.body]).toEqual([200, 200, first.body]);
    expect(await freeAt(body['date'], '02:00 PM')).toBe(true);
    const { body: seen } = await house.get('john', `/api/appointments/${id}`);
    expect(seen).toMatchObject({ status: 'cancelled', revision: 2 });
  });

  test('needs no reason and no body', async () => {
    const first = await booked(house, fresh(), 'john');
    const second = await booked(house, fresh(), 'john');
    expect((await house.put('john', `/api/appointments/${first}/cancel`, {})).status).toBe(200);
    expect((await house.ask('john', 'PUT', `/api/appointments/${second}/cancel`)).status).toBe(200);
  });

  test('a cancelled appointment is not moved, and its time is another’s', async () => {
    const body = fresh();
    const id = await booked(house, body, 'john');
    await house.put('john', `/api/appointments/${id}/cancel`, {});
    await booked(house, { ...body, ...ADA }, 'ada');
    const again = { newDate: '2030-06-11', newTime: '09:00' };
    expect(refusal(await house.put('john', `/api/appointments/${id}/reschedule`, again))).toEqual([
      409,
      'appointment_cancelled',
    ]);
  });
});

describe('moving', () => {
  test('keeps the id, frees the old time, takes the new one and raises the revision', async () => {
    const [from, to] = [fresh(), fresh()];
    const id = await booked(house, from, 'john');
    const move = { newDate: to['date'], newTime: '15:00' };
    expect((await house.put('john', `/api/appointments/${id}/reschedule`, move)).status).toBe(200);
    expect([await freeAt(from['date'], '02:00 PM'), await freeAt(to['date'], '03:00 PM')]).toEqual([true, false]);
    expect((await house.get('john', `/api/appointments/${id}`)).body).toMatchObject({
      id,
      date: to['date'],
      time: '15:00:00',
      status: 'confirmed',
      revision: 2,
    });
  });

  test('to where it is changes nothing; over its own time it is not in its own way', async () => {
    const at = fresh({ practitionerId: 789, practitionerName: undefined, time: '10:00' });
    const id = await booked(house, at, 'john');
    const move = (newTime: string) =>
      house.put('john', `/api/appointments/${id}/reschedule`, { newDate: at['date'], newTime });
    expect((await move('10:00')).status).toBe(200);
    expect((await house.get('john', `/api/appointments/${id}`)).body).toMatchObject({ revision: 1 });
    expect((await move('10:30')).status).toBe(200);
    expect((await house.get('john', `/api/appointments/${id}`)).body).toMatchObject({ revision: 2 });
  });

  test('to a time that is taken is refused with alternatives, and the old time stays', async () => {
    const [mine, taken] = [fresh(), fresh(ADA)];
    const id = await booked(house, mine, 'john');
    await booked(house, taken, 'ada');
    const answer = await house.put('john', `/api/appointments/${id}/reschedule`, {
      newDate: taken['date'],
      newTime: '14:00',
    });
    expect(refusal(answer)).toEqual([409, 'slot_taken']);
    expect(answer.body['alternatives']).not.toEqual([]);
    expect((await house.get('john', `/api/appointments/${id}`)).body).toMatchObject({
      date: mine['date'],
      revision: 1,
    });
  });

  test('to a time between the minutes is refused at its own field', async () => {
    const id = await booked(house, fresh(), 'john');
    const answer = await house.put('john', `/api/appointments/${id}/reschedule`, {
      newDate: '2030-06-11',
      newTime: '15:00:30',
    });
    expect(refusal(answer)).toEqual([400, 'invalid_request', '/newTime']);
  });
});

describe('Idempotency-Key', () => {
  test('twenty bookings under one key, at once and later, make one appointment and one answer', async () => {
    const before = await count();
    const body = fresh();
    const key = { 'idempotency-key': 'book-me-once' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => house.post('john', '/api/appointments', body, key)),
    );
    const later = await house.post('john', '/api/appointments', body, key);
    expect(new Set([...answers, later].map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(later.status).toBe(201);
    expect(await count()).toBe(before + 1);
  });

  test('the same key with another body is refused; another caller’s key is another key', async () => {
    const key = { 'idempotency-key': 'one-key' };
    await house.post('john', '/api/appointments', fresh(), key);
    expect(refusal(await house.post('john', '/api/appointments', fresh(), key))).toEqual([
      422,
      'idempotency_key_reused',
    ]);
    expect((await house.post('ada', '/api/appointments', fresh(ADA), key)).status).toBe(201);
  });

  test('what was booked under a key and cancelled since is not booked again by a repeat', async () => {
    const key = { 'idempotency-key': 'once-and-cancelled' };
    const body = fresh();
    const first = await house.post('john', '/api/appointments', body, key);
    await house.put('john', `/api/appointments/${String(first.body['appointmentId'])}/cancel`, {});
    // Of a process that knows her hours, and not what was taken.
    const neighbour = await house.openNeighbour();
    await fetch(`${neighbour}/api/practitioners/123/availability?date=${String(body['date'])}`);
    const again = await fetch(`${neighbour}/api/appointments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${house.tokenOf('john')}`, 'content-type': 'application/json', ...key },
      body: JSON.stringify(body),
    });
    expect([again.status, ((await again.json()) as Json)['appointmentId']]).toEqual([201, first.body['appointmentId']]);
    expect(await freeAt(body['date'], '02:00 PM')).toBe(true);
  });

  test('a refusal keeps no key: corrected, the call goes through under it', async () => {
    const key = { 'idempotency-key': 'second-try' };
    const wrong = fresh({ time: '12:00' });
    expect(refusal(await house.post('john', '/api/appointments', wrong, key))).toEqual([422, 'outside_hours']);
    expect((await house.post('john', '/api/appointments', { ...wrong, time: '11:00' }, key)).status).toBe(201);
  });

  test('a move under a key is not made a second time after another', async () => {
    const [from, to, back] = [fresh(), fresh(), fresh()];
    const id = await booked(house, from, 'john');
    const path = `/api/appointments/${id}/reschedule`;
    const key = { 'idempotency-key': 'move-1' };
    const move = { newDate: to['date'], newTime: '09:00' };
    await house.put('john', path, move, key);
    await house.put('john', path, { newDate: back['date'], newTime: '09:00' });
    expect((await house.put('john', path, move, key)).status).toBe(200);
    expect((await house.get('john', `/api/appointments/${id}`)).body).toMatchObject({
      date: back['date'],
      revision: 3,
    });
  });

  test.each(['', 'x'.repeat(256), 'with"quote', 'umläut'])('%j is no key', async (key) => {
    const answer = await house.post('john', '/api/appointments', fresh(), {
      'idempotency-key': encodeURI(key) === key ? key : 'caf\xe9',
    });
    expect(refusal(answer)).toEqual([400, 'idempotency_key_invalid', 'header/idempotency-key']);
  });
});

describe('If-Match', () => {
  test('a move or a cancellation of what has changed since it was read is not made', async () => {
    const [from, to] = [fresh(), fresh()];
    const id = await booked(house, from, 'john');
    const path = `/api/appointments/${id}`;
    const move = { newDate: to['date'], newTime: '09:00' };
    expect((await house.get('john', path)).headers.get('etag')).toBe('"1"');
    const stale = { 'if-match': '"7"' };
    const mismatch = [412, 'version_mismatch', 'header/if-match'];
    expect(refusal(await house.put('john', `${path}/reschedule`, move, stale))).toEqual(mismatch);
    expect(refusal(await house.put('john', `${path}/cancel`, {}, stale))).toEqual(mismatch);
    expect((await house.put('john', `${path}/reschedule`, move, { 'if-match': '"1"' })).status).toBe(200);
    expect(refusal(await house.put('john', `${path}/cancel`, {}, { 'if-match': '"1"' }))).toEqual(mismatch);
    expect((await house.put('john', `${path}/cancel`, {}, { 'if-match': '"2"' })).status).toBe(200);
    // It is as was wanted already.
    expect((await house.put('john', `${path}/cancel`, {}, { 'if-match': '"2"' })).status).toBe(200);
  });
});

test('a client of many appointments reads them all in one answer, the next one to come among them', async () => {
  const michael = { practitionerId: 789, practitionerName: undefined, sessionType: 'Follow-up' };
  const who = { ...michael, userId: 'many', userEmail: 'many@example.com', videoMeetingConfig: undefined };
  const dates = ['2030-09-02', '2030-09-03', '2030-09-04', '2030-09-05'];
  const times = Array.from(
    { length: 16 },
    (_, at) => `${9 + Math.floor(at / 2)}`.padStart(2, '0') + (at % 2 ? ':30' : ':00'),
  );
  const made = dates.flatMap((date) => times.map((time) => booked(house, { ...who, date, time })));
  const ids = new Set(await Promise.all(made));
  const { body } = await house.get('staff', '/api/users/many/appointments');
  expect(body['nextCursor']).toBeNull();
  expect(new Set((body['appointments'] as { id: number }[]).map(({ id }) => id))).toEqual(ids);
});
