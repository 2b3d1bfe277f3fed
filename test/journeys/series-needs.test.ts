// Series of what needs rooms, equipment or a shared host, over HTTP: each date is judged with its units and given them, moved
// with them and gives them back, as single appointments are.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ADA, JOHN, MICHAEL, SARAH, type Who } from '../cast.ts';
import { openHouse, refusal, type Answer, type Json, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse({ worker: false, settings: { SERIES_PER_CLIENT: '100' } });
});
afterAll(() => house.close());

/** Of each test its own weekday, so that none is in another's way. */
let turn = 0;
let first = '';
beforeEach(() => {
  first = Temporal.PlainDate.from('2030-02-04')
    .add({ days: turn % 5, weeks: 5 * Math.floor(turn / 5) })
    .toString();
  turn += 1;
});
const later = (weeks: number) => Temporal.PlainDate.from(first).add({ weeks }).toString();

const staff = async (method: 'POST' | 'PATCH', path: string, body: Json): Promise<Json> => {
  const answer = await house.ask('staff', method, path, { body });
  expect([200, 201], answer.text).toContain(answer.status);
  return answer.body;
};
let made = 0;
const addResource = async (kind: string, over: Json = {}) => {
  made += 1;
  return Number((await staff('POST', '/api/resources', { kind, name: `${kind} ${made}`, ...over }))['id']);
};
/** A session type that both offer beside what they did. */
async function offer(needs: readonly Json[], over: Json = {}) {
  made += 1;
  const { id, name } = await staff('POST', '/api/session-types', {
    name: `Needs ${made}`,
    durationMinutes: 60,
    gridMinutes: 15,
    needs,
    ...over,
  });
  for (const practitionerId of [SARAH.practitionerId, MICHAEL.practitionerId]) {
    const path = `/api/practitioners/${practitionerId}`;
    const offered = (await house.get('staff', path)).body['sessionTypes'] as { id: number }[];
    await staff('PATCH', path, { sessionTypes: [...offered.map((one) => ({ id: one.id })), { id }] });
  }
  return { id: Number(id), name: String(name) };
}
/** Times are Berlin's: three in the afternoon is nine in the morning in New York, and both work then. */
const inBerlin = { timeZone: 'Europe/Berlin' };
const series = (sessionType: string, over: Json = {}, who: Who = 'john', query = '') =>
  house.post(who, `/api/series${query}`, {
    ...JOHN,
    practitionerId: MICHAEL.practitionerId,
    date: first,
    time: '15:00',
    ...inBerlin,
    sessionType,
    repeat: { frequency: 'weekly', count: 4 },
    ...over,
  });
const single = (sessionType: string, date: string, over: Json = {}) =>
  house.post('service', '/api/appointments', {
    ...ADA,
    practitionerId: SARAH.practitionerId,
    date,
    time: '15:00',
    ...inBerlin,
    sessionType,
    ...over,
  });
const change = (id: number, way: string, body: Json, query = '', who: Who = 'john') =>
  house.put(who, `/api/series/${id}/${way}${query}`, { which: 'following', ...body });
const atFour = (index: number) => ({ index, newDate: later(index - 1), newTime: '16:00', ...inBerlin });
type Date = Json & { index: number; date: string; appointmentId?: number; status?: string };
const datesOf = ({ body, text }: Answer): Date[] => {
  const dates = (body['dates'] ?? (body['series'] as Json | undefined)?.['dates']) as Date[] | undefined;
  expect(dates, text).toBeDefined();
  return dates ?? [];
};
const idOf = ({ body, text }: Answer) => {
  expect(body, text).toHaveProperty('series');
  return Number((body['series'] as Json)['id']);
};
const resultsOf = (answer: Answer) => datesOf(answer).map(({ result, reasons }) => reasons ?? result);
/** By date, what it was given besides her time, and until when. */
const given = async (seriesId: number) => {
  const rows = await house.rows(
    `select d.position, array_agg(o.resource_id order by o.resource_id) as units,
            bool_and(o.during = s.occupied and o.expires_at is not distinct from a.decide_by) as as_hers
       from series_date d join appointment a on a.id = d.appointment_id join session s on s.id = a.session_id
       join occupancy o on o.session_id = s.id and o.resource_id <> s.practitioner_id
      where d.series_id = $1 group by d.position order by d.position`,
    [seriesId],
  );
  expect(rows.map(({ as_hers }) => as_hers)).toEqual(rows.map(() => true));
  return rows.map(({ position, units }) => [position, units]);
};
const ownersOf = (unit: number) => house.rows('select from occupancy where resource_id = $1', [unit]);

describe('a series that needs a room', () => {
  test('is told per date what is not free, to staff with what stands there; a dry run writes nothing', async () => {
    const room = await addResource('room');
    const { name } = await offer([{ kind: 'room', anyOf: [room] }]);
    expect((await single(name, later(1))).status).toBe(201);
    const [stands] = await house.rows('select session_id as id from occupancy where resource_id = $1', [room]);
    const dry = await series(name, {}, 'staff', '?dryRun=true');
    expect(resultsOf(dry)).toEqual(['free', ['room_taken'], 'free', 'free']);
    expect(datesOf(dry)[1]).toMatchObject({
      because: [{ code: 'room_taken', reason: 'room_taken', resourceId: room, sessionId: stands?.['id'] }],
    });
    // The nearest that he and the room have free, on either side of what stands there.
    const alternatives = datesOf(dry)[1]?.['alternatives'] as Json[];
    expect(alternatives.map(({ date, time }) => [date, time])).toContainEqual([later(1), '14:00:00']);
    expect(alternatives.map(({ date, time }) => [date, time])).not.toContainEqual([later(1), '15:30:00']);
    expect(await ownersOf(room)).toHaveLength(1);

    expect(refusal(await series(name))).toEqual([409, 'dates_refused']);
    expect(await ownersOf(room)).toHaveLength(1);
    const rest = await series(name, { take: 'the_rest' });
    expect(rest.status, rest.text).toBe(201);
    expect(await given(idOf(rest))).toEqual([1, 3, 4].map((index) => [index, [room]]));
    const [booked] = datesOf(rest);
    const shown = await house.get('john', `/api/appointments/${booked?.appointmentId}`);
    expect(shown.body['resources']).toEqual([{ id: room, kind: 'room', name: expect.any(String) }]);
    const [entry] = await house.rows(
      `select facts from journal where event = 'appointment.booked' and subject_id = $1`,
      [booked?.appointmentId],
    );
    expect(entry).toMatchObject({ facts: { units: [room], seriesIndex: 1 } });
    // And now it is in the way of another’s.
    const beside = { ...ADA, practitionerId: SARAH.practitionerId };
    expect(resultsOf(await series(name, beside, 'ada', '?dryRun=true'))).toEqual([
      ['room_taken'],
      ['slot_taken', 'room_taken'],
      ['room_taken'],
      ['room_taken'],
    ]);
  });

  test('is given of each need the first that is free for that date, or the date is refused', async () => {
    const [one, two, chair] = [await addResource('room'), await addResource('room'), await addResource('equipment')];
    const rooms = { kind: 'room', anyOf: [one, two] };
    const plain = await offer([rooms]);
    const needy = await offer([rooms, { kind: 'equipment', anyOf: [chair] }]);
    expect((await single(plain.name, later(1))).status).toBe(201);
    expect((await single(needy.name, later(2))).status).toBe(201);
    const answer = await series(needy.name, { take: 'the_rest' });
    expect(await given(idOf(answer))).toEqual([
      [1, [one, chair].toSorted((a, b) => a - b)],
      [2, [two, chair].toSorted((a, b) => a - b)],
      [4, [one, chair].toSorted((a, b) => a - b)],
    ]);
    expect((answer.body['refused'] as Json[]).map(({ index, reasons }) => [index, reasons])).toEqual([
      [3, ['equipment_taken']],
    ]);
  });

  test('of a host, its dates share it with nobody, and its own dates are in each other’s way', async () => {
    const host = await addResource('video_host', { address: 'one-host@example.com' });
    const { name } = await offer([{ kind: 'video_host', anyOf: [host] }]);
    const instead = [{ index: 2, date: first, time: '15:30:00' }];
    expect(resultsOf(await series(name, { instead }, 'john', '?dryRun=true'))).toEqual([
      'free',
      ['slot_taken', 'video_host_taken'],
      'free',
      'free',
    ]);
    expect(await given(idOf(await series(name)))).toEqual([1, 2, 3, 4].map((index) => [index, [host]]));
  });

  test('keeps its rooms as long as its requests wait, and for good once they are approved', async () => {
    const room = await addResource('room');
    const { name } = await offer([{ kind: 'room', anyOf: [room] }], { requiresApproval: true, approvalMinutes: 60 });
    const id = idOf(await series(name));
    expect(await given(id)).toHaveLength(4);
    const [, second] = datesOf(await house.get('john', `/api/series/${id}`));
    const approved = await house.put('staff', `/api/appointments/${second?.appointmentId}/approve`, {});
    expect(approved.status, approved.text).toBe(200);
    const beside = { ...ADA, practitionerId: SARAH.practitionerId, take: 'the_rest' };
    expect(refusal(await series(name, beside, 'ada'))).toEqual([409, 'dates_refused']);
    // Nobody has ended what ran out, and nobody has to before the rooms are had.
    house.clock.advance({ minutes: 62 });
    const hers = await series(name, beside, 'ada');
    expect(await given(idOf(hers))).toEqual([1, 3, 4].map((index) => [index, [room]]));
    expect(await given(id)).toEqual([[2, [room]]]);
  });

  test('takes what its session type has come to need a moment ago, though the practitioner was seen before', async () => {
    const [room, chair] = [await addResource('room'), await addResource('equipment')];
    const { id, name } = await offer([{ kind: 'room', anyOf: [room] }]);
    expect((await series(name, {}, 'john', '?dryRun=true')).status).toBe(200);
    const needs = [
      { kind: 'room', anyOf: [room] },
      { kind: 'equipment', anyOf: [chair] },
    ];
    await staff('PATCH', `/api/session-types/${id}`, { needs });
    expect(await given(idOf(await series(name)))).toEqual(
      [1, 2, 3, 4].map((index) => [index, [room, chair].toSorted((a, b) => a - b)]),
    );
  });
});

describe('a series that needs a room is changed', () => {
  test('and no date is in another’s way, neither with its time nor with its room', async () => {
    const room = await addResource('room');
    const { name } = await offer([{ kind: 'room', anyOf: [room] }]);
    const id = idOf(await series(name));
    const to = { index: 2, newDate: later(2), newTime: '15:30', ...inBerlin };
    const dry = await change(id, 'reschedule', to, '?dryRun=true');
    expect(resultsOf(dry)).toEqual(['free', 'free', 'free']);
    expect((await change(id, 'reschedule', to)).status).toBe(200);
    expect(await given(id)).toEqual([1, 2, 3, 4].map((index) => [index, [room]]));
    expect((await single(name, later(1))).status).toBe(201);
    expect(refusal(await single(name, later(2), { time: '16:00' }))).toEqual([409, 'room_taken']);
    // Against another's room, and back where that one is.
    const back = { index: 2, newDate: later(1), newTime: '15:00', ...inBerlin };
    const refused = await change(id, 'reschedule', back);
    expect([refused.status, refused.body['code'], resultsOf(refused)]).toEqual([
      409,
      'dates_refused',
      [['room_taken'], 'free', 'free'],
    ]);
    // Who stays keeps its room in the way of those who would go.
    const rest = await change(id, 'reschedule', { ...back, take: 'the_rest' });
    expect(resultsOf(rest)).toEqual([['room_taken'], ['slot_taken', 'room_taken'], ['slot_taken', 'room_taken']]);
    expect(await given(id)).toEqual([1, 2, 3, 4].map((index) => [index, [room]]));
  });

  test('to what its session type needs by now, on offer still or not', async () => {
    const [room, chair] = [await addResource('room'), await addResource('equipment')];
    const { id: type, name } = await offer([{ kind: 'room', anyOf: [room] }]);
    const id = idOf(await series(name));
    await staff('PATCH', `/api/session-types/${type}`, { needs: [{ kind: 'equipment', anyOf: [chair] }] });
    expect((await change(id, 'reschedule', atFour(3))).status).toBe(200);
    expect(await given(id)).toEqual([
      [1, [room]],
      [2, [room]],
      [3, [chair]],
      [4, [chair]],
    ]);
    const path = `/api/practitioners/${MICHAEL.practitionerId}`;
    const offered = (await house.get('staff', path)).body['sessionTypes'] as { id: number }[];
    await staff('PATCH', path, {
      sessionTypes: offered.filter((one) => one.id !== type).map((one) => ({ id: one.id })),
    });
    expect((await change(id, 'reschedule', atFour(1))).status).toBe(200);
    expect(await given(id)).toEqual([1, 2, 3, 4].map((index) => [index, [chair]]));
    expect(await ownersOf(room)).toEqual([]);
  });

  test('one date alone by itself, and all that follow give their rooms back when they are cancelled', async () => {
    const room = await addResource('room');
    const { name } = await offer([{ kind: 'room', anyOf: [room] }]);
    const id = idOf(await series(name));
    const moved = await change(id, 'reschedule', {
      index: 1,
      which: 'this',
      newDate: first,
      newTime: '16:00',
      ...inBerlin,
    });
    expect(moved.status, moved.text).toBe(200);
    expect(refusal(await single(name, first, { time: '16:00' }))).toEqual([409, 'room_taken']);
    expect((await single(name, first)).status).toBe(201);
    expect((await change(id, 'cancel', { index: 2 })).status).toBe(200);
    expect(await given(id)).toEqual([[1, [room]]]);
    expect((await single(name, later(1))).status).toBe(201);
    expect((await change(id, 'cancel', { index: 1, which: 'this' })).status).toBe(200);
    expect(await given(id)).toEqual([]);
  });
});
