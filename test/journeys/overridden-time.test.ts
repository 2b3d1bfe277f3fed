// Time that staff booked over somebody: whatever becomes of the one who has it, nobody else is offered it or given it, by any way.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ADA, JOHN, MICHAEL, type Who } from '../cast.ts';
import { openHouse, refusal, type Json, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse({ worker: false, settings: { SERIES_PER_CLIENT: '100' } });
});
afterAll(() => house.close());

/** Of each test its own Tuesday; Michael's sessions may start at each quarter of an hour. */
let date = '2030-02-05';
beforeEach(() => {
  date = later(2);
});
const later = (weeks: number) => Temporal.PlainDate.from(date).add({ weeks }).toString();

const override = { reason: 'Agreed by telephone with both' };
const at = (time: string, over: Json = {}): Json => ({
  practitionerId: MICHAEL.practitionerId,
  sessionType: 'Initial Consultation',
  date,
  time,
  ...over,
});
const book = (who: Who, time: string, over: Json = {}) =>
  house.post(who, '/api/appointments', at(time, { ...JOHN, ...over }));
const booked = async (time: string) => {
  const answer = await book('john', time);
  expect(answer.status, answer.text).toBe(201);
  return Number(answer.body['appointmentId']);
};
const bookOver = async (time: string) => {
  const answer = await book('staff', time, { ...ADA, override });
  expect(answer.status, answer.text).toBe(201);
  return Number(answer.body['appointmentId']);
};
const hold = (who: Who, time: string) => house.post(who, '/api/holds', at(time));
const series = (time: string, query = '') =>
  house.post('john', `/api/series${query}`, at(time, { ...JOHN, repeat: { frequency: 'weekly', count: 2 } }));
const move = (who: Who, id: number, newTime: string, over: Json = {}) =>
  house.put(who, `/api/appointments/${id}/reschedule`, { newDate: date, newTime, ...over });
const freeTimes = async (id: number) =>
  ((await house.get('john', `/api/appointments/${id}/free-times?from=${date}&to=${date}`)).body['times'] as Json[]).map(
    (slot) => timeOf(slot),
  );
const timeOf = ({ start }: Json) =>
  Temporal.Instant.from(String(start)).toZonedDateTimeISO('Europe/Berlin').toPlainTime().toString().slice(0, 5);
const offered = async (query = '', who: Who = null) => {
  const { body } = await house.get(
    who,
    `/api/practitioners/${MICHAEL.practitionerId}/availability?date=${date}&sessionType=Initial%20Consultation${query}`,
  );
  return new Map((body['timeSlots'] as Json[]).map((slot) => [timeOf(slot), slot]));
};
const searched = async () => {
  const query = `timeZone=Europe/Berlin&practitioner=${MICHAEL.practitionerId}&sessionType=Initial%20Consultation&from=${date}&to=${date}`;
  const { body } = await house.get(null, `/api/availability?${query}`);
  return (body['timeSlots'] as Json[]).map((slot) => timeOf(slot));
};
const instead = ({ body }: { body: Json }) => (body['alternatives'] as Json[]).map((slot) => timeOf(slot));
const owners = async () =>
  (
    await house.rows(
      `select a.id from occupancy o join appointment a using (session_id)
        where (o.starts_at at time zone 'Europe/Berlin')::date = $1::date order by o.starts_at`,
      [date],
    )
  ).map(({ id }) => Number(id));

describe('a series whose date was booked over', () => {
  test('does not move into the other’s time, and a dry run says so', async () => {
    const made = await series('10:00');
    const { id } = made.body['series'] as { id: number };
    const over = await bookOver('10:00');
    const wish = { index: 1, which: 'following', newDate: date, newTime: '10:30' };
    const ask = (query = '', time = '10:30') =>
      house.put('john', `/api/series/${id}/reschedule${query}`, { ...wish, newTime: time });
    const dry = await ask('?dryRun=true');
    expect(((dry.body['dates'] ?? (dry.body['series'] as Json)['dates']) as Json[])[0]).toMatchObject({
      reasons: ['slot_taken'],
    });
    expect(refusal(await ask())).toEqual([409, 'dates_refused']);
    expect((await owners()).includes(over)).toBe(false);
    // Away from it, the other inherits what the date leaves.
    expect((await ask('', '11:00')).status).toBe(200);
    expect((await owners())[0]).toBe(over);
  });

  test('and that had booked over a hold which ran out leaves nothing behind when it moves', async () => {
    const made = await series('13:00');
    const { id, dates } = made.body['series'] as { id: number; dates: { appointmentId: number }[] };
    expect((await hold('ada', '10:30')).status).toBe(201);
    expect((await move('staff', dates[0]?.appointmentId ?? 0, '10:00', { override })).status).toBe(200);
    house.clock.advance({ minutes: 10, seconds: 6 });
    const wish = { index: 1, which: 'following', newDate: date, newTime: '11:00' };
    expect((await house.put('john', `/api/series/${id}/reschedule`, wish)).status).toBe(200);
    expect(await owners()).toEqual([dates[0]?.appointmentId]);
    expect((await book('ada', '10:00', ADA)).status).toBe(201);
  });
});

describe('an appointment that was booked over', () => {
  test('is not offered the other’s time, nor moved there but by staff’s word', async () => {
    const first = await booked('09:00');
    const over = await bookOver('09:00');
    expect((await freeTimes(first))[0]).toBe('10:00');
    const refused = await move('john', first, '09:30');
    expect(refusal(refused)).toEqual([409, 'slot_taken']);
    expect(instead(refused)[0]).toBe('10:00');
    expect((await move('staff', first, '09:30')).body['because']).toEqual([
      expect.objectContaining({ code: 'busy', appointmentIds: [over] }),
    ]);
    const moved = await move('staff', first, '09:30', { override });
    expect([moved.status, moved.body['override']]).toEqual([200, { ...override, overrode: ['slot_taken'] }]);
    expect(await owners()).toEqual([over, first]);
  });
});

describe('a hold that was booked over and ran out', () => {
  test('leaves nothing to offer: to nobody, in no way', async () => {
    await hold('john', '09:00');
    const over = await bookOver('09:00');
    house.clock.advance({ minutes: 10, seconds: 6 });
    expect((await offered()).get('09:00')).toMatchObject({ available: false });
    expect((await offered('&explain=true', 'staff')).get('09:30')?.['because']).toEqual([
      expect.objectContaining({ code: 'busy', appointmentIds: [over] }),
    ]);
    expect((await searched())[0]).toBe('10:00');
    for (const refused of [await hold('john', '09:30'), await book('john', '09:30')]) {
      expect(refusal(refused)).toEqual([409, 'slot_taken']);
      expect(instead(refused)).not.toContain('09:30');
    }
    const mine = await booked('11:00');
    expect((await freeTimes(mine))[0]).toBe('10:00');
    expect(refusal(await move('john', mine, '09:00'))).toEqual([409, 'slot_taken']);
    expect(refusal(await series('09:00'))).toEqual([409, 'dates_refused']);
    // Staff’s word counts here as anywhere, and the older inherits before it.
    expect((await move('staff', mine, '09:30', { override })).status).toBe(200);
    expect(await owners()).toEqual([over, mine]);
  });
});
