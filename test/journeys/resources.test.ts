// Rooms, equipment and shared video hosts over HTTP: what a session type needs is taken with its time, all or none; a start is
// offered only where everything is free, and says what is not.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADA, MICHAEL, SARAH, type Who } from '../cast.ts';
import { booking, openHouse, refusal, type Answer, type Json, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse({ worker: false });
});
afterAll(() => house.close());

const staff = async (method: 'POST' | 'PATCH', path: string, body: Json): Promise<Json> => {
  const answer = await house.ask('staff', method, path, { body });
  expect([200, 201], answer.text).toContain(answer.status);
  return answer.body;
};
let made = 0;
const addResource = (kind: string, over: Json = {}) => {
  made += 1;
  const address = kind === 'video_host' ? { address: `host-${made}@example.com` } : {};
  return staff('POST', '/api/resources', { kind, name: `${kind} ${made}`, ...address, ...over });
};
/** A session type that both offer beside what they did. */
async function offer(needs: readonly Json[], over: Json = {}): Promise<string> {
  made += 1;
  const name = `Needs ${made}`;
  const { id } = await staff('POST', '/api/session-types', { name, durationMinutes: 60, needs, ...over });
  for (const practitionerId of [SARAH.practitionerId, MICHAEL.practitionerId]) {
    const path = `/api/practitioners/${practitionerId}`;
    const offered = (await house.get('staff', path)).body['sessionTypes'] as { id: number }[];
    await staff('PATCH', path, { sessionTypes: [...offered.map((one) => ({ id: one.id })), { id }] });
  }
  return name;
}
const addType = (needs: readonly Json[], over: Json = {}) =>
  house.post('staff', '/api/session-types', { name: 'Faulty', durationMinutes: 60, needs, ...over });
const withSarah = { ...SARAH, email: undefined };
/** Nine in the morning in New York is three in the afternoon in Berlin: both work then. */
const inNewYork = (sessionType: string, time: string, over: Json = {}) =>
  booking({ ...withSarah, sessionType, time, videoMeetingConfig: undefined, ...over });
const inBerlin = (sessionType: string, time: string, over: Json = {}) =>
  booking({
    practitionerId: MICHAEL.practitionerId,
    practitionerName: undefined,
    ...ADA,
    sessionType,
    time,
    videoMeetingConfig: undefined,
    ...over,
  });
const book = (body: Json, who: Who = 'service') => house.post(who, '/api/appointments', body);
const idOf = ({ body, text }: Answer) => {
  expect(body, text).toHaveProperty('appointmentId');
  return Number(body['appointmentId']);
};
type Slot = { time: string; available: boolean; reasons?: string[] };
const slots = async (practitionerId: number, sessionType: string, more = '', who: Who = null) => {
  const path = `/api/practitioners/${practitionerId}/availability?date=2030-06-20&sessionType=${encodeURIComponent(sessionType)}${more}`;
  const { body, text } = await house.get(who, path);
  expect(body['timeSlots'], text).toBeDefined();
  return body['timeSlots'] as Slot[];
};
const slot = async (practitionerId: number, sessionType: string, time: string) =>
  (await slots(practitionerId, sessionType)).find((one) => one.time === time);
const resourcesOf = async (id: number, who: Who = 'staff') =>
  ((await house.get(who, `/api/appointments/${id}`)).body['resources'] ?? []) as Json[];
const unitsOwned = (id: number) =>
  house.rows(
    `select o.resource_id as unit from occupancy o join appointment a using (session_id)
       join resource r on r.id = o.resource_id where a.id = $1 and r.kind <> 'practitioner' order by 1`,
    [id],
  );

describe('a resource', () => {
  test('is added, read, changed by the version seen, and retired', async () => {
    const location = await staff('POST', '/api/locations', { name: 'High Street', timeZone: 'Europe/Berlin' });
    const key = { 'idempotency-key': 'one-room' };
    const body = { kind: 'room', name: ' Blue   Room ', locationId: location['id'] };
    const first = await house.post('staff', '/api/resources', body, key);
    const again = await house.post('staff', '/api/resources', body, key);
    expect([first.status, again.status, again.body]).toEqual([201, 201, first.body]);
    expect(first.body).toEqual({
      id: expect.any(Number),
      kind: 'room',
      name: 'Blue Room',
      locationId: location['id'],
      address: null,
      units: 1,
      active: true,
      revision: 1,
    });
    const path = String(first.headers.get('location'));
    expect([(await house.get('sarah', path)).body, first.headers.get('etag')]).toEqual([first.body, '"1"']);
    const match = { 'if-match': '"1"' };
    const retired = await house.ask('staff', 'PATCH', path, { body: { active: false }, headers: match });
    expect([retired.status, retired.headers.get('etag'), retired.body['active']]).toEqual([200, '"2"', false]);
    const late = await house.ask('staff', 'PATCH', path, { body: { units: 2 }, headers: match });
    expect(refusal(late)).toEqual([412, 'version_mismatch', 'header/if-match']);
    const listed = (await house.get('service', '/api/resources?kind=room')).body['resources'];
    expect(listed).toEqual([retired.body]);
  });

  test('has faults that are named', async () => {
    await addResource('room', { name: 'Red Room' });
    for (const [body, told] of [
      [{ kind: 'room', name: 'red room' }, [409, 'already_exists', '/name']],
      [{ kind: 'room', name: ' ' }, [400, 'invalid_request', '/name']],
      [{ kind: 'video_host', name: 'Host' }, [400, 'invalid_request', '/address']],
      [{ kind: 'room', name: 'X', address: 'a@example.com' }, [400, 'invalid_request', '/address']],
      [{ kind: 'room', name: 'X', locationId: 1 }, [422, 'unknown_location', '/locationId']],
      [{ kind: 'room', name: 'X', units: 51 }, [400, 'invalid_request', '/units']],
      [{ kind: 'practitioner', name: 'X' }, [400, 'invalid_request', '/kind']],
    ] as const) {
      expect(refusal(await house.post('staff', '/api/resources', body)), JSON.stringify(body)).toEqual(told);
    }
  });

  test('is nobody’s business but of those who work here', async () => {
    const { id } = await addResource('room');
    const one = `/api/resources/${String(id)}`;
    const codes = async (who: Who) => [
      (await house.get(who, '/api/resources')).status,
      (await house.get(who, one)).status,
      (await house.post(who, '/api/resources', { kind: 'room', name: 'Mine' })).status,
      (await house.ask(who, 'PATCH', one, { body: { active: true } })).status,
    ];
    expect(await codes(null)).toEqual([401, 401, 401, 401]);
    expect(await codes('john')).toEqual([403, 403, 403, 403]);
    expect(await codes('sarah')).toEqual([200, 200, 403, 403]);
    expect(await codes('foreignStaff')).toEqual([200, 404, 201, 404]);
    expect(await codes('staff')).toEqual([200, 200, 201, 200]);
  });
});

describe('a session type', () => {
  test('names only resources that are there, and one for each need', async () => {
    const room = (await addResource('room'))['id'];
    expect(refusal(await addType([{ kind: 'equipment', anyOf: [room] }]))).toEqual([
      422,
      'unknown_resource',
      '/needs/0/anyOf/0',
    ]);
    expect(refusal(await addType([{ kind: 'room' }, { kind: 'room', anyOf: [room] }]))).toEqual([
      400,
      'invalid_request',
      '/needs/1',
    ]);
    expect(refusal(await addType([], { capacity: 5, requiresApproval: true, lengths: [30] }))).toEqual([
      400,
      'invalid_request',
      '/requiresApproval',
      '/lengths',
    ]);
  });

  test('is held at its lengths and in its ways, on a grid and with buffers of its own', async () => {
    const type = await offer([], {
      lengths: [30, 90],
      gridMinutes: 30,
      bufferAfterMinutes: 30,
      modes: ['in_person', 'phone'],
      price: { amountMinor: 9000, currency: 'EUR' },
    });
    const shown = (await house.get(null, '/api/practitioners/123')).body['sessionTypes'] as Json[];
    expect(shown.find(({ name }) => name === type)).toMatchObject({
      lengths: [30, 90],
      modes: ['in_person', 'phone'],
      price: { amountMinor: 9000, currency: 'EUR' },
    });
    const times = async (more: string) => (await slots(123, type, more)).map(({ time }) => time);
    expect((await times('&durationMinutes=90')).slice(0, 4)).toEqual(['09:00 AM', '09:30 AM', '10:00 AM', '10:30 AM']);
    expect((await times('')).slice(3, 5)).toEqual(['10:30 AM', '11:00 AM']);
    const longer = await book(inNewYork(type, '09:30', { durationMinutes: 90, mode: 'phone' }));
    expect((await house.get('john', `/api/appointments/${idOf(longer)}`)).body).toMatchObject({
      durationMinutes: 90,
      mode: 'phone',
    });
    const free = (await slots(123, type, '&durationMinutes=30')).filter(({ available }) => available);
    // Until 11:00, and half an hour kept free on both sides: the one that came before would have its own.
    expect(free.slice(0, 2).map(({ time }) => time)).toEqual(['11:30 AM', '01:00 PM']);
    expect(refusal(await book(inNewYork(type, '14:00', { durationMinutes: 45 })))).toEqual([
      422,
      'does_not_match',
      '/durationMinutes',
    ]);
    expect(refusal(await book(inNewYork(type, '14:00', { mode: 'online' })))).toEqual([
      422,
      'mode_not_offered',
      '/mode',
    ]);
    const online = { videoMeetingConfig: { platform: 'zoom' } };
    expect(refusal(await book(inNewYork(type, '14:00', online))).slice(0, 2)).toEqual([422, 'mode_not_offered']);
    expect(refusal(await book(inNewYork('Follow-up', '14:00', { ...online, mode: 'phone' })))).toEqual([
      400,
      'invalid_request',
      '/mode',
    ]);
    await house.put('service', `/api/appointments/${idOf(longer)}/cancel`, {});
  });
});

describe('a room', () => {
  test('is taken with the time of one practitioner, and then in the way of another', async () => {
    const room = await addResource('room');
    const type = await offer([{ kind: 'room', anyOf: [room['id']] }]);
    const first = idOf(await book(inNewYork(type, '09:00')));
    expect(await resourcesOf(first, 'john')).toEqual([{ id: room['id'], kind: 'room', name: room['name'] }]);
    expect(await slot(789, type, '03:00 PM')).toMatchObject({ available: false, reasons: ['room_taken'] });
    expect(await slot(789, type, '02:30 PM')).toMatchObject({ reasons: ['room_taken'] });
    expect(await slot(789, type, '04:00 PM')).toMatchObject({ available: true });
    const refused = await book(inBerlin(type, '15:30'));
    expect(refusal(refused)).toEqual([409, 'room_taken']);
    expect((refused.body['alternatives'] as Json[]).length).toBeGreaterThan(0);
    // Nobody else of hers or his needs it.
    expect((await slot(789, 'Initial Consultation', '03:00 PM'))?.available).toBe(true);
    // Staff are told which room, and what takes it; a colleague which room; others that there is none.
    const told = { code: 'room_taken', reason: 'room_taken' };
    const [hers] = await house.rows('select session_id as id from appointment where id = $1', [first]);
    const whole = { ...told, resourceId: room['id'], sessionId: hers?.['id'], appointmentIds: [first] };
    for (const [who, because] of [
      ['staff', whole],
      ['michael', { ...told, resourceId: room['id'] }],
      ['john', told],
      [null, told],
    ] as const) {
      const explained = await slots(789, type, '&explain=true', who);
      expect(explained.find(({ time }) => time === '03:00 PM')).toMatchObject({ because: [because] });
    }
    expect(refused.body['because']).toEqual([told]);
    expect((await book(inBerlin(type, '15:00'), 'staff')).body['because']).toEqual([whole]);
    const second = idOf(await book(inBerlin(type, '16:00')));
    // Moving takes the room along; what it leaves can be had at once.
    const move = (id: number, newTime: string) =>
      house.put('service', `/api/appointments/${id}/reschedule`, { newDate: '2030-06-20', newTime });
    expect(refusal(await move(second, '15:15'))).toEqual([409, 'room_taken']);
    expect((await move(first, '11:00')).status).toBe(200);
    expect((await move(second, '15:15')).status).toBe(200);
    expect([await unitsOwned(first), await unitsOwned(second)]).toEqual([
      [{ unit: room['id'] }],
      [{ unit: room['id'] }],
    ]);
    for (const id of [first, second]) await house.put('service', `/api/appointments/${id}/cancel`, {});
    expect((await house.rows('select from occupancy where resource_id = $1', [room['id']])).length).toBe(0);
    expect((await slot(789, type, '03:00 PM'))?.available).toBe(true);
  });

  test('of several the first that is free is given; equipment beside it, or nothing at all', async () => {
    const [one, two, chair] = [
      await addResource('room'),
      await addResource('room'),
      await addResource('equipment', { units: 2 }),
    ];
    const both = { kind: 'room', anyOf: [two['id'], one['id']] };
    const needy = await offer([both, { kind: 'equipment', anyOf: [chair['id']] }]);
    const plain = await offer([both]);
    const first = idOf(await book(inNewYork(needy, '09:00')));
    expect(await unitsOwned(first)).toEqual([{ unit: two['id'] }, { unit: chair['id'] }].toSorted(byUnit));
    const second = idOf(await book(inBerlin(plain, '15:00')));
    expect(await unitsOwned(second)).toEqual([{ unit: one['id'] }]);
    expect(await slot(123, needy, '09:00 AM')).toMatchObject({ reasons: ['slot_taken', 'room_taken'] });
    // Two chairs, two rooms: the second chair is given while there is one.
    await house.put('service', `/api/appointments/${second}/cancel`, {});
    const third = idOf(await book(inBerlin(needy, '15:00')));
    expect(await resourcesOf(third)).toEqual([
      { id: chair['id'], kind: 'equipment', name: chair['name'] },
      { id: one['id'], kind: 'room', name: one['name'] },
    ]);
    // A chair fewer: what is given stays, nothing more is.
    await staff('PATCH', `/api/resources/${String(chair['id'])}`, { units: 1 });
    expect(await unitsOwned(third)).toHaveLength(2);
    await house.put('service', `/api/appointments/${third}/cancel`, {});
    expect(await slot(789, needy, '03:00 PM')).toMatchObject({ reasons: ['equipment_taken'] });
    expect((await slot(789, plain, '03:00 PM'))?.available).toBe(true);
    // Retired, the room is given no more; another one that is added is, where any will do.
    await staff('PATCH', `/api/resources/${String(one['id'])}`, { active: false });
    expect(await slot(789, plain, '03:00 PM')).toMatchObject({ reasons: ['room_taken'] });
    await house.put('service', `/api/appointments/${first}/cancel`, {});
  });

  test('is taken by whoever names the session type as people write it', async () => {
    const room = await addResource('room');
    const type = await offer([{ kind: 'room', anyOf: [room['id']] }]);
    const written = type.replace(' ', '  ').toUpperCase();
    const id = idOf(await book(inNewYork(written, '13:00')));
    expect(await unitsOwned(id)).toEqual([{ unit: room['id'] }]);
    const wish = { practitionerId: 123, sessionType: written, date: '2030-06-20', time: '16:00' };
    const held = await house.post('john', '/api/holds', wish);
    expect(held.status, held.text).toBe(201);
    const holdId = held.body['id'];
    expect((await book(inNewYork(written, '16:00', { holdId }), 'john')).status).toBe(201);
    for (const { id: one } of await house.rows(
      `select a.id from occupancy o join appointment a using (session_id) where o.resource_id = $1`,
      [room['id']],
    ))
      await house.put('service', `/api/appointments/${String(one)}/cancel`, {});
  });

  test('of any kind is one that was added later, too', async () => {
    const type = await offer([{ kind: 'room' }]);
    const rooms = (await house.get('staff', '/api/resources?kind=room&limit=100')).body['resources'] as Json[];
    for (const { id, active } of rooms)
      if (active) await staff('PATCH', `/api/resources/${String(id)}`, { active: false });
    expect(await slot(789, type, '09:00 AM')).toMatchObject({ reasons: ['room_taken'] });
    expect(refusal(await book(inBerlin(type, '09:00')))).toEqual([409, 'room_taken']);
    const added = await addResource('room');
    expect((await slot(789, type, '09:00 AM'))?.available).toBe(true);
    const id = idOf(await book(inBerlin(type, '09:00')));
    expect(await unitsOwned(id)).toEqual([{ unit: added['id'] }]);
  });

  test('is held with the time, handed over by its confirmation, and free when the hold has run out', async () => {
    const room = await addResource('room');
    const type = await offer([{ kind: 'room', anyOf: [room['id']] }]);
    const hold = (time: string) =>
      house.post('john', '/api/holds', { practitionerId: 123, sessionType: type, date: '2030-06-20', time });
    const held = await hold('14:00');
    expect(held.status, held.text).toBe(201);
    expect(await slot(123, type, '02:00 PM')).toMatchObject({ reasons: ['slot_taken', 'room_taken'] });
    const id = idOf(await book(inNewYork(type, '14:00', { holdId: held.body['id'] }), 'john'));
    expect(await unitsOwned(id)).toEqual([{ unit: room['id'] }]);
    expect((await hold('10:00')).status).toBe(201);
    expect(refusal(await book(inBerlin(type, '16:00')))).toEqual([409, 'room_taken']);
    house.clock.advance({ minutes: 20 });
    // A hold of hers that ran out is in nobody's way, though nobody has asked for her time since.
    expect((await slot(789, type, '04:00 PM'))?.available).toBe(true);
    expect(await unitsOwned(idOf(await book(inBerlin(type, '16:00'))))).toEqual([{ unit: room['id'] }]);
    expect(refusal(await book(inNewYork(type, '10:00')))).toEqual([409, 'room_taken']);
  });

  test('of a request is kept until that is declined or has lapsed', async () => {
    const room = await addResource('room');
    const type = await offer([{ kind: 'room', anyOf: [room['id']] }], { requiresApproval: true, approvalMinutes: 60 });
    const asked = idOf(await book(inNewYork(type, '09:00')));
    expect(await slot(789, type, '03:00 PM')).toMatchObject({ reasons: ['room_taken'] });
    house.clock.advance({ minutes: 61 });
    const id = idOf(await book(inBerlin(type, '15:00')));
    expect((await house.put('sarah', `/api/appointments/${asked}/approve`, {})).status).toBe(409);
    await house.put('michael', `/api/appointments/${id}/approve`, {});
    expect(await house.rows('select expires_at from occupancy where resource_id = $1', [room['id']])).toEqual([
      { expires_at: null },
    ]);
  });

  test('that is taken is overridden by going without', async () => {
    const room = await addResource('room');
    const type = await offer([{ kind: 'room', anyOf: [room['id']] }]);
    await book(inNewYork(type, '16:00'));
    const override = { reason: 'In the garden' };
    const body = inBerlin(type, '16:00', { timeZone: 'America/New_York', date: '2030-06-20', time: '16:00', override });
    const over = await book(body, 'staff');
    expect([over.status, over.body['override']]).toEqual([
      201,
      { ...override, overrode: ['outside_hours', 'room_taken'] },
    ]);
    expect(await unitsOwned(idOf(over))).toEqual([]);
  });
});

test('a host of video meetings holds as many at once as it may, whoever they are with', async () => {
  const host = await addResource('video_host', { units: 1 });
  const type = await offer([{ kind: 'video_host', anyOf: [host['id']] }]);
  const first = idOf(await book(inNewYork(type, '09:00', { date: '2030-06-21' })));
  const second = inBerlin(type, '15:00', { date: '2030-06-21' });
  expect(refusal(await book(second))).toEqual([409, 'video_host_taken']);
  await staff('PATCH', `/api/resources/${String(host['id'])}`, { units: 2 });
  const also = idOf(await book(second));
  const given = { id: host['id'], kind: 'video_host', name: host['name'] };
  expect([await resourcesOf(first), await resourcesOf(also), await resourcesOf(first, 'john')]).toEqual([
    [given],
    [given],
    [],
  ]);
});

function byUnit(a: { unit: unknown }, b: { unit: unknown }): number {
  return Number(a.unit) - Number(b.unit);
}
