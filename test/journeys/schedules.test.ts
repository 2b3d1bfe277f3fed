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
