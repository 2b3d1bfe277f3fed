// What a schedule says is what can be booked: each part of it, once set, is in the very next answer of this process and of
// any other, and booking judges by it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADA } from '../cast.ts';
import { booking, openHouse, refusal, type Json, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
let neighbour: string;
let id: number;
let [talk, group] = [0, 0];
beforeAll(async () => {
  house = await openHouse({ worker: false, settings: { DEMO: '0' } });
  neighbour = await house.openNeighbour();
  [talk, group] = [
    await added('/api/session-types', typeOf('Talk')),
    await added('/api/session-types', typeOf('Group')),
  ];
  id = await added('/api/practitioners', {
    name: 'Dr. Lund',
    email: 'lund@example.com',
    timeZone: 'Europe/Oslo',
    gridMinutes: 60,
    horizonDays: 1_000,
    sessionTypes: [{ id: talk }, { id: group }],
  });
  await put('weekly-hours', { hours: [{ weekday: 'thursday', from: '09:00', to: '12:00' }] });
});
afterAll(() => house.close());

const typeOf = (name: string) => ({ name, durationMinutes: 60 });
async function added(path: string, body: Json): Promise<number> {
  const answer = await house.post('staff', path, body);
  expect(answer.status, answer.text).toBe(201);
  return Number(answer.body['id']);
}
async function put(what: string, body: Json): Promise<void> {
  const { status, text } = await house.put('staff', `/api/practitioners/${id}/${what}`, body);
  expect(status, text).toBe(200);
}
/** Starts on a date, by the wall, asked of both processes. */
async function starts(date: string, sessionType = talk): Promise<string[]> {
  const path = `/api/practitioners/${id}/availability?date=${date}&sessionType=${sessionType}`;
  const here = (await house.get(null, path)).body;
  expect(await (await fetch(`${neighbour}${path}`)).json()).toEqual(here);
  return (here['timeSlots'] as { start: string }[]).map(({ start }) => start.slice(11, 16));
}
const book = (date: string, time: string, sessionType = talk) =>
  house.post('staff', '/api/appointments', {
    ...booking({ practitionerId: id, practitionerName: undefined, videoMeetingConfig: undefined, ...ADA, date, time }),
    sessionType,
  });

test('hours within dates, of a session type, of one date and of a place are offered, and no others can be booked', async () => {
  expect(await starts('2030-06-20')).toEqual(['09:00', '10:00', '11:00']);
  await house.post('staff', `/api/practitioners/${id}/hours-plans`, {
    firstDate: '2030-06-24',
    hours: [{ weekday: 'thursday', from: '14:00', to: '16:00' }],
  });
  expect([await starts('2030-06-20'), await starts('2030-06-27')]).toEqual([
    ['09:00', '10:00', '11:00'],
    ['14:00', '15:00'],
  ]);
  await house.post('staff', `/api/practitioners/${id}/hours-plans`, {
    sessionTypeId: group,
    hours: [{ weekday: 'thursday', from: '18:00', to: '19:00' }],
  });
  expect([await starts('2030-06-20'), await starts('2030-06-20', group)]).toEqual([
    ['09:00', '10:00', '11:00'],
    ['18:00'],
  ]);
  expect(refusal(await book('2030-06-20', '09:00', group))).toEqual([422, 'outside_hours']);
  expect((await book('2030-06-20', '18:00', group)).status).toBe(201);

  const locationId = await added('/api/locations', { name: 'London', timeZone: 'Europe/London' });
  await put('date-overrides/2030-06-21', { hours: [{ from: '09:00', to: '11:00', locationId }] });
  expect(await starts('2030-06-21')).toEqual(['10:00', '11:00']);
  expect((await book('2030-06-21', '10:00')).status).toBe(201);
  await house.ask('staff', 'PATCH', `/api/locations/${locationId}`, { body: { timeZone: 'Europe/Lisbon' } });
  await house.ask('staff', 'PATCH', `/api/locations/${locationId}`, { body: { timeZone: 'Europe/Helsinki' } });
  expect(await starts('2030-06-21')).toEqual(['08:00', '09:00']);
});

test('time off and holidays are offered to nobody, and what was booked before stays', async () => {
  await put('date-overrides/2030-06-06', { hours: [{ from: '09:00', to: '12:00' }] });
  const stays = await book('2030-06-06', '09:00');
  expect(stays.status).toBe(201);
  const off = { start: '2030-05-30T09:00', end: '2030-05-30T11:00', rule: 'FREQ=WEEKLY;COUNT=2' };
  const taken = await house.post('staff', `/api/practitioners/${id}/time-off`, off);
  expect(taken.status, taken.text).toBe(201);
  // Ascension Day: closed, once holidays are kept.
  expect([await starts('2030-05-30'), await starts('2030-06-06'), await starts('2030-06-13')]).toEqual([
    ['11:00'],
    ['11:00'],
    ['09:00', '10:00', '11:00'],
  ]);
  expect(refusal(await book('2030-06-06', '10:00'))).toEqual([422, 'outside_hours']);
  await put('holidays', { region: 'NO' });
  expect([await starts('2030-05-30'), await starts('2030-06-06')]).toEqual([[], ['11:00']]);
  const { timeOff } = taken.body as { timeOff: { id: number } };
  await house.ask('staff', 'DELETE', `/api/practitioners/${id}/time-off/${timeOff.id}`);
  expect(await starts('2030-06-06')).toEqual(['09:00', '10:00', '11:00']);
  const seen = await house.get('staff', `/api/appointments/${String(stays.body['appointmentId'])}`);
  expect(seen.body['status']).toBe('confirmed');
});

test('who has an appointment in time off is told before it is taken, and as it is', async () => {
  await put('date-overrides/2030-07-11', { hours: [{ from: '09:00', to: '12:00' }] });
  const booked = [await book('2030-07-11', '09:00'), await book('2030-07-11', '11:00')];
  const ids = booked.map(({ body }) => body['appointmentId']);
  const cancelled = await book('2030-07-11', '10:00');
  await house.put('staff', `/api/appointments/${String(cancelled.body['appointmentId'])}/cancel`, {});
  const path = `/api/practitioners/${id}/time-off`;
  const off = { start: '2030-07-10T10:30', end: '2030-07-10T11:30', rule: 'FREQ=DAILY;COUNT=5' };
  const seen = async (method: 'POST' | 'PUT', to: string, body: Json) => {
    const { status, body: answer } = await house.ask('staff', method, to, { body });
    const affected = answer['affected'] as { appointmentId: unknown; userName: string }[];
    return { status, answer, ids: affected.map(({ appointmentId }) => appointmentId), names: affected[0]?.userName };
  };
  const preview = await seen('POST', `${path}?dryRun=true`, off);
  expect([preview.status, preview.answer['dryRun'], preview.ids, preview.names]).toEqual([
    200,
    true,
    [ids[1]],
    ADA.userName,
  ]);
  expect((await house.get('staff', path)).body['timeOff']).toEqual([]);
  expect(refusal(await house.post('ada', `${path}?dryRun=true`, off))).toEqual([403, 'forbidden']);

  const taken = await seen('POST', path, off);
  expect([taken.status, taken.ids]).toEqual([201, [ids[1]]]);
  const { id: timeOffId } = taken.answer['timeOff'] as { id: number };
  const day = { firstDate: '2030-07-11', lastDate: '2030-07-11' };
  expect((await seen('PUT', `${path}/${timeOffId}?dryRun=true`, day)).ids).toEqual(ids);
  expect((await seen('PUT', `${path}/${timeOffId}`, day)).ids).toEqual(ids);
  for (const one of ids) {
    expect((await house.get('staff', `/api/appointments/${String(one)}`)).body['status']).toBe('confirmed');
  }
});

test('of time off and bookings of the same time one knows of the other, whichever comes first', async () => {
  const path = `/api/practitioners/${id}/time-off`;
  for (let day = 14; day < 22; day += 1) {
    const date = `2030-11-${day}`;
    await put(`date-overrides/${date}`, { hours: [{ from: '09:00', to: '12:00' }] });
    const [off, made] = await Promise.all([
      house.post('staff', path, { firstDate: date, lastDate: date }),
      book(date, '09:00'),
    ]);
    expect(off.status, off.text).toBe(201);
    const affected = off.body['affected'] as { appointmentId: number }[];
    const known = affected.map(({ appointmentId }) => appointmentId);
    const stands = made.status === 201;
    expect(known).toEqual(stands ? [made.body['appointmentId']] : []);
    expect(stands || refusal(made)[1] === 'outside_hours').toBe(true);
  }
});
