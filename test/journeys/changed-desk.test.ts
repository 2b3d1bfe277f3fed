// What a process remembers of a practitioner is never the reason for a no: whatever is changed, by whichever process, holds
// from the next question on. And what was agreed outlives what is on offer.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADA } from '../cast.ts';
import { booked, openHouse, refusal, type Answer, type Json, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse({ worker: false, settings: { DEMO: '0' } });
});
afterAll(() => house.close());

const DATE = '2030-06-20';
let made = 0;

async function added(path: string, body: Json): Promise<number> {
  const answer = await house.post('staff', path, body);
  expect(answer.status, answer.text).toBe(201);
  return Number(answer.body['id']);
}
async function changed(method: 'PATCH' | 'PUT', path: string, body: Json): Promise<void> {
  const { status, text } = await house.ask('staff', method, path, { body });
  expect(status, text).toBe(200);
}
const addType = (name: string, durationMinutes = 60) => added('/api/session-types', { name, durationMinutes });
function addPractitioner(over: Json = {}): Promise<number> {
  made += 1;
  const who = { name: `Dr. ${made}`, email: `dr-${made}@example.com`, timeZone: 'UTC' };
  return added('/api/practitioners', { ...who, gridMinutes: 60, horizonDays: 365, ...over });
}
const openHours = (id: number) =>
  changed('PUT', `/api/practitioners/${id}/weekly-hours`, {
    hours: [{ weekday: 'thursday', from: '09:00', to: '12:00' }],
  });
const freeOf = (id: number, sessionType?: string) =>
  house.get(
    null,
    `/api/practitioners/${id}/availability?date=${DATE}${sessionType === undefined ? '' : `&sessionType=${sessionType}`}`,
  );
const starts = ({ body }: Answer) => (body['timeSlots'] as { time: string }[] | undefined)?.map(({ time }) => time);

describe('a practitioner who changes', () => {
  test('is free once she offers something and has hours, though she was asked for before', async () => {
    const type = await addType('First');
    const id = await addPractitioner();
    expect(refusal(await freeOf(id))).toEqual([422, 'practitioner_not_bookable']);
    await changed('PATCH', `/api/practitioners/${id}`, { sessionTypes: [{ id: type }] });
    await openHours(id);
    expect(starts(await freeOf(id))).toEqual(['09:00 AM', '10:00 AM', '11:00 AM']);
  });

  test('is free again once she is active again, and not while she is not', async () => {
    const id = await addPractitioner({ sessionTypes: [{ id: await addType('Second') }] });
    await openHours(id);
    for (const active of [true, false, true]) {
      await changed('PATCH', `/api/practitioners/${id}`, { active });
      expect((await freeOf(id)).status).toBe(active ? 200 : 422);
    }
  });

  test('offers a session type under its new name, and no longer under its old one', async () => {
    const type = await addType('Third');
    const id = await addPractitioner({ sessionTypes: [{ id: type }] });
    await openHours(id);
    expect((await freeOf(id, 'third')).status).toBe(200);
    expect(refusal(await freeOf(id, 'renamed'))).toEqual([422, 'unknown_session_type', 'query/sessionType']);
    await changed('PATCH', `/api/session-types/${type}`, { name: 'Renamed' });
    expect((await freeOf(id, 'renamed')).status).toBe(200);
    expect((await freeOf(id, 'third')).status).toBe(422);
  });

  test('is seen as she is by another process, which asked before the change', async () => {
    const neighbour = await house.openNeighbour();
    const ask = async (id: number) =>
      (await fetch(`${neighbour}/api/practitioners/${id}/availability?date=${DATE}`)).status;
    const type = await addType('Fourth');
    const id = await addPractitioner();
    expect(await ask(id)).toBe(422);
    await changed('PATCH', `/api/practitioners/${id}`, { sessionTypes: [{ id: type }] });
    expect(await ask(id)).toBe(200);
    await changed('PATCH', `/api/practitioners/${id}`, { active: false });
    expect(await ask(id)).toBe(422);
    await changed('PATCH', `/api/practitioners/${id}`, { active: true });
    expect(await ask(id)).toBe(200);
  });
});

describe('what needs a room of which there is none any more', () => {
  test('is booked by no process, whatever it has seen before', async () => {
    const type = await addType('Fifth');
    const id = await addPractitioner({ sessionTypes: [{ id: type }] });
    await openHours(id);
    const room = await added('/api/resources', { kind: 'room', name: 'Gone' });
    const [unaware, aware] = [await house.openNeighbour(), await house.openNeighbour()];
    await fetch(`${aware}/api/practitioners/${id}/availability?date=${DATE}`);
    await changed('PATCH', `/api/session-types/${type}`, { needs: [{ kind: 'room', anyOf: [room] }] });
    await changed('PATCH', `/api/resources/${room}`, { active: false });
    const wish = { ...ADA, practitionerId: id, date: DATE, time: '09:00', sessionType: type };
    const ask = async (url: string, path: string, body: Json) => {
      const headers = { authorization: `Bearer ${house.tokenOf('service')}`, 'content-type': 'application/json' };
      const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
      return [answer.status, ((await answer.json()) as Json)['code']];
    };
    const series = { ...wish, repeat: { frequency: 'weekly', count: 2 } };
    for (const url of [unaware, aware, house.url]) {
      expect(await ask(url, '/api/series', series)).toEqual([409, 'dates_refused']);
      expect(await ask(url, '/api/appointments', wish)).toEqual([409, 'room_taken']);
    }
    expect(await ask(await house.openNeighbour(), '/api/appointments', wish)).toEqual([409, 'room_taken']);
  });
});

describe('an appointment of what is no longer offered', () => {
  let next = 0;
  async function agreed() {
    next += 1;
    const [old, other] = [await addType(`Old ${next}`), await addType(`Other ${next}`, 30)];
    const id = await addPractitioner({ sessionTypes: [{ id: old }] });
    await openHours(id);
    const over = { practitionerId: id, practitionerName: undefined, videoMeetingConfig: undefined, date: DATE };
    const mine = await booked(house, { ...over, time: '09:00', sessionType: old });
    await booked(house, { ...over, ...ADA, time: '10:00', sessionType: old });
    const move = (newTime: string) =>
      house.put('staff', `/api/appointments/${mine}/reschedule`, { newDate: DATE, newTime });
    return { id, mine, old, other, move };
  }

  test('is moved, and into a taken time is refused with alternatives of its own length', async () => {
    const { id, other, move } = await agreed();
    await changed('PATCH', `/api/practitioners/${id}`, { sessionTypes: [{ id: other }] });
    const lost = await move('10:00');
    expect(refusal(lost)).toEqual([409, 'slot_taken']);
    const alternatives = lost.body['alternatives'] as { start: string; end: string }[];
    expect(alternatives.length).toBeGreaterThan(0);
    for (const { start, end } of alternatives) {
      expect(Temporal.Instant.from(start).until(end).total('minutes')).toBe(60);
    }
    expect((await move('11:00')).status).toBe(200);
  });

  test('is told alternatives where nothing at all is offered any more, and by the length it has', async () => {
    const { id, old, move } = await agreed();
    await changed('PATCH', `/api/session-types/${old}`, { durationMinutes: 15 });
    const shorter = (await move('10:00')).body['alternatives'] as { start: string; end: string }[];
    expect(shorter.map(({ start, end }) => Temporal.Instant.from(start).until(end).total('minutes'))).toContain(60);
    expect(shorter.map(({ start, end }) => Temporal.Instant.from(start).until(end).total('minutes'))).not.toContain(15);
    await changed('PATCH', `/api/practitioners/${id}`, { sessionTypes: [] });
    expect(refusal(await move('10:00'))).toEqual([409, 'slot_taken']);
    expect((await move('10:00')).body['alternatives']).not.toEqual([]);
  });

  test('with somebody who takes no bookings any more is not moved, and can be cancelled', async () => {
    const { id, mine, move } = await agreed();
    await changed('PATCH', `/api/practitioners/${id}`, { active: false });
    expect(refusal(await move('11:00'))).toEqual([422, 'practitioner_not_bookable']);
    expect(refusal(await move('10:00'))).toEqual([422, 'practitioner_not_bookable']);
    expect((await house.put('staff', `/api/appointments/${mine}/cancel`, {})).status).toBe(200);
  });
});

test('a meeting on a platform its session type is not held on is refused at the appointment, which the call names', async () => {
  const answer = await house.post('staff', '/api/session-types', {
    name: 'Zoom alone',
    durationMinutes: 60,
    platforms: ['zoom'],
  });
  const sessionType = Number(answer.body['id']);
  const id = await addPractitioner({ sessionTypes: [{ id: sessionType }] });
  await openHours(id);
  const over = { practitionerId: id, practitionerName: undefined, date: DATE, time: '09:00', sessionType };
  const at = await booked(house, { ...over, videoMeetingConfig: undefined });
  const teams = await house.post('staff', '/api/create-teams-meeting', { appointmentId: at });
  expect(refusal(teams)).toEqual([422, 'platform_not_offered', '/appointmentId']);
  const lost = await house.post('staff', '/api/create-zoom-meeting', {
    appointmentId: at,
    hostEmail: 'somebody@example.com',
    durationMinutes: 45,
  });
  expect(refusal(lost)).toEqual([422, 'does_not_match', '/hostEmail', '/durationMinutes']);
  expect(lost.body['message']).toContain('hostEmail, durationMinutes');
  expect(JSON.stringify([lost.body['message'], lost.body['errors']])).not.toMatch(/example\.com|45|60/);
});
