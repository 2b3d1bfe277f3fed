// Booking for others, and staff's word against a rule, over HTTP: explicit, with a reason, on record; and never over the
// constraint. How time passes from one to the other is test/occupancy/overrides.test.ts'.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ADA, JOHN, SARAH, type Who } from '../cast.ts';
import { booked, booking, openHouse, refusal, type Json, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse({ worker: false });
});
afterAll(() => house.close());

let day = 0;
let date = '';
beforeEach(() => {
  date = Temporal.PlainDate.from('2030-03-04')
    .add({ days: Math.floor(day / 5) * 7 + (day % 5) })
    .toString();
  day += 1;
});

const override = { reason: 'Agreed by telephone with both' };
const wish = (over: Json = {}): Json => booking({ date, videoMeetingConfig: undefined, ...over });
const book = (who: Who, over: Json = {}, headers?: Record<string, string>) =>
  house.post(who, '/api/appointments', wish(over), headers);
const move = (who: Who, id: number, body: Json) => house.put(who, `/api/appointments/${id}/reschedule`, body);
const seen = async (id: unknown, who: Who = 'staff') => (await house.get(who, `/api/appointments/${String(id)}`)).body;
const ownedBy = async (id: unknown) =>
  (
    await house.rows(
      `select to_char(o.starts_at at time zone 'America/New_York', 'HH24:MI') as "from",
              to_char(o.ends_at at time zone 'America/New_York', 'HH24:MI') as "to"
         from occupancy o join appointment a using (session_id) where a.id = $1 order by 1`,
      [id],
    )
  ).map(({ from, to }) => `${String(from)}-${String(to)}`);
const factsOf = async (id: unknown) =>
  (
    await house.rows(`select facts from journal where subject_kind = 'appointment' and subject_id = $1 order by id`, [
      id,
    ])
  ).map(({ facts }) => (facts as Json)['overrode']);
const overlaps = () =>
  house.rows(
    `select a.id from occupancy a join occupancy b on a.resource_id = b.resource_id and a.id < b.id and a.during && b.during`,
    [],
  );

describe('staff override', () => {
  test.each([
    ['outside_hours', { time: '20:00' }],
    ['not_on_grid', { time: '10:20' }],
    ['beyond_horizon', { date: '2032-06-07' }],
  ])('a rule of its own: %s', async (code, over) => {
    expect(refusal(await book('staff', over)).slice(0, 2)).toEqual([422, code]);
    const answer = await book('staff', { ...over, override });
    const told = { ...override, overrode: expect.arrayContaining([code]) };
    expect([answer.status, answer.body['override']]).toEqual([201, told]);
    const id = answer.body['appointmentId'];
    expect((await seen(id))['override']).toEqual(told);
    expect(await seen(id, 'john')).not.toHaveProperty('override');
    expect(await factsOf(id)).toEqual([expect.arrayContaining([code])]);
    // It owns its time as any booking does.
    expect(refusal(await book('staff', over)).at(1)).toBeDefined();
    expect(await ownedBy(id)).toHaveLength(1);
  });

  test('time that is taken: it owns what nobody owned, and inherits the rest when that is cancelled', async () => {
    const first = await booked(house, wish({ time: '14:00' }), 'john');
    const answer = await book('staff', { ...ADA, time: '14:00', override });
    expect([answer.status, answer.body['override']]).toEqual([201, { ...override, overrode: ['slot_taken'] }]);
    const second = answer.body['appointmentId'];
    expect([await ownedBy(first), await ownedBy(second)]).toEqual([['14:00-15:00'], []]);
    expect(refusal(await book('john'))).toEqual([409, 'slot_taken']);
    // Whoever asks why is told of both that are there.
    const third = await book('staff', { userId: 'x', userEmail: 'x@example.com', userName: 'X', time: '14:00' });
    expect((third.body['because'] as Json[]).map(({ appointmentIds }) => appointmentIds)).toEqual([[first], [second]]);
    await house.put('john', `/api/appointments/${first}/cancel`, {});
    expect(await ownedBy(second)).toEqual(['14:00-15:00']);
    expect(refusal(await book('john'))).toEqual([409, 'slot_taken']);
    await house.put('ada', `/api/appointments/${String(second)}/cancel`, {});
    expect((await book('john')).status).toBe(201);
    expect(await overlaps()).toEqual([]);
  });

  test('the move of an appointment, over time that is taken and back into the free', async () => {
    const first = await booked(house, wish({ time: '14:00' }), 'john');
    const second = await booked(house, wish({ ...ADA, time: '16:00' }), 'ada');
    const body = { newDate: date, newTime: '14:30', override };
    expect(refusal(await move('staff', second, { ...body, override: undefined })).at(0)).toBe(422);
    const moved = await move('staff', second, body);
    expect([moved.status, moved.body['override']]).toEqual([
      200,
      { ...override, overrode: ['not_on_grid', 'slot_taken'] },
    ]);
    expect([await ownedBy(first), await ownedBy(second)]).toEqual([['14:00-15:00'], ['15:00-15:30']]);
    expect((await move('ada', second, { newDate: date, newTime: '17:00' })).status).toBe(200);
    expect([await ownedBy(first), await ownedBy(second)]).toEqual([['14:00-15:00'], ['17:00-18:00']]);
    await house.put('john', `/api/appointments/${first}/cancel`, {});
    expect(await ownedBy(second)).toEqual(['17:00-18:00']);
    expect(await overlaps()).toEqual([]);
  });

  test('a hold, and what its holder confirms is there for both', async () => {
    const held = await house.post('john', '/api/holds', {
      practitionerId: SARAH.practitionerId,
      sessionType: 'Initial Consultation',
      date,
      time: '14:00',
    });
    const over = await book('staff', { ...ADA, override });
    expect(over.status, over.text).toBe(201);
    expect((await book('john', { holdId: held.body['id'] })).status).toBe(201);
    expect(await ownedBy(over.body['appointmentId'])).toEqual([]);
  });

  test('under a key is done once, and a repeat tells what was overridden', async () => {
    await booked(house, wish(), 'john');
    const key = { 'idempotency-key': 'override-once' };
    const first = await book('staff', { ...ADA, override }, key);
    const again = await book('staff', { ...ADA, override }, key);
    expect([first.status, again.status, again.body]).toEqual([201, 201, first.body]);
  });

  test('of what no rule is against is nothing on record', async () => {
    const answer = await book('staff', { override });
    expect([answer.status, answer.body['override']]).toEqual([201, undefined]);
    expect(await seen(answer.body['appointmentId'])).not.toHaveProperty('override');
  });

  test('keeps the reason in a note, and out of the journal', async () => {
    const answer = await book('staff', { time: '20:00', override });
    const rows = await house.rows(`select facts::text as text from journal where facts::text like '%telephone%'`, []);
    expect(rows).toEqual([]);
    const id = answer.body['appointmentId'];
    expect(await house.rows('select kind, body from note where appointment_id = $1', [id])).toEqual([
      { kind: 'override_reason', body: override.reason },
    ]);
  });
});

describe('no override', () => {
  test.each(['john', 'service'] as const)('by %s: a person of the practice answers for it', async (who) => {
    expect(refusal(await book(who, { time: '20:00', override }))).toEqual([403, 'forbidden']);
    const mine = await booked(house, wish(), 'john');
    const body = { newDate: date, newTime: '20:00', override };
    expect(refusal(await move(who, mine, body))).toEqual([403, 'forbidden']);
  });

  test('of what is past, without a reason, or of a hold', async () => {
    expect(refusal(await book('staff', { date: '2030-01-02', override })).slice(0, 2)).toEqual([422, 'time_in_past']);
    expect(refusal(await book('staff', { override: {} })).slice(0, 2)).toEqual([400, 'invalid_request']);
    expect(refusal(await book('staff', { override: { reason: '' } })).slice(0, 2)).toEqual([400, 'invalid_request']);
    expect(refusal(await book('staff', { override, holdId: 5 }))).toEqual([400, 'invalid_request', '/override']);
  });
});

test('staff and services book for a client, who sees it as its own', async () => {
  for (const [who, time] of [
    ['staff', '09:00'],
    ['service', '10:00'],
  ] as const) {
    const id = await booked(house, wish({ ...JOHN, time }), who);
    expect(await seen(id, 'john')).toMatchObject({ id, time: `${time}:00`, status: 'confirmed' });
    const [entry] = await house.rows(
      `select actor_role from journal where subject_kind = 'appointment' and subject_id = $1`,
      [id],
    );
    expect(entry).toEqual({ actor_role: who });
  }
});
