// Series over HTTP: every date judged at once, taken in one act or not at all, and changed from one date on.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ADA, JOHN, MICHAEL, SARAH, type Who } from '../cast.ts';
import { booked, openHouse, refusal, type Json, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse({ worker: false, settings: { SERIES_PER_CLIENT: '100' } });
});
afterAll(() => house.close());

/** Of each test its own weekday and hour, so that none is in another's way: Sarah's Thursdays from a week on. */
let turn = 0;
let first = '';
let time = '';
const TIMES = ['09:00', '10:00', '11:00', '13:00', '14:00', '15:00', '16:00', '17:00'];
beforeEach(() => {
  first = Temporal.PlainDate.from('2030-02-04')
    .add({ days: turn % 5 })
    .toString();
  time = TIMES[Math.floor(turn / 5)] ?? '';
  turn += 1;
});

const wish = (over: Json = {}): Json => ({
  ...JOHN,
  practitionerId: SARAH.practitionerId,
  date: first,
  time,
  sessionType: 'Initial Consultation',
  repeat: { frequency: 'weekly', count: 4 },
  ...over,
});
const ask = (over: Json = {}, who: Who = 'john', query = '') => house.post(who, `/api/series${query}`, wish(over));
type Date = Json & { index: number; date: string; time: string; appointmentId?: number; reasons?: string[] };
const datesOf = (body: Json): Date[] => (body['series'] as Json)['dates'] as Date[];
const series = async (over: Json = {}, who: Who = 'john') => {
  const answer = await ask(over, who);
  expect(answer.status, answer.text).toBe(201);
  return { id: Number((answer.body['series'] as Json)['id']), dates: datesOf(answer.body), body: answer.body };
};
const later = (weeks: number, from = first) => Temporal.PlainDate.from(from).add({ weeks }).toString();
const change = (who: Who, id: number, way: string, body: Json, query = '') =>
  house.put(who, `/api/series/${id}/${way}${query}`, body);
const seen = async (id: number, who: Who = 'staff') => {
  const { body } = await house.get(who, `/api/series/${id}`);
  return body['dates'] as Date[];
};
const taken = (date: string, over: Json = {}) => booked(house, { date, time, ...over, ...ADA }, 'service');

const minutesOf = ({ start, end }: Json) =>
  Temporal.Instant.from(String(start)).until(String(end)).total({ unit: 'minutes' });

const person = (userId: string) => ({ userId, userEmail: `${userId}@example.com`, userName: 'Lister' });
const listed = async (who: Who, query = '') => {
  const answer = await house.get(who, `/api/series${query}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body['series'] as Json[];
};
const ofCounted = (query: string) => listed('service', `?userId=counted${query}`);
const idsOf = (list: readonly Json[]) => list.map(({ id }) => Number(id));

describe('a list of series', () => {
  test('is of a client’s own, in the order in which they were booked; staff list all, or one client’s', async () => {
    const [mine, adas] = [await series(), await series({ ...ADA, date: later(7) }, 'ada')];
    const [one] = await listed('john');
    expect(idsOf(await listed('john'))).toContain(mine.id);
    expect(idsOf(await listed('john'))).not.toContain(adas.id);
    expect(one).toMatchObject({ userId: JOHN.userId, frequency: 'weekly', sessionType: 'Initial Consultation' });
    expect(idsOf(await listed('ada', `?userId=${ADA.userId}`))).toContain(adas.id);
    const all = idsOf(await listed('staff'));
    expect(all.indexOf(mine.id)).toBeLessThan(all.indexOf(adas.id));
    expect(idsOf(await listed('staff', `?userId=${ADA.userId}`))).toEqual([adas.id]);
    expect(refusal(await house.get('ada', `/api/series?userId=${JOHN.userId}`))).toEqual([403, 'forbidden']);
    expect((await house.get('sarah', '/api/series')).status).toBe(403);
    expect((await house.get(null, '/api/series')).status).toBe(401);
    expect(await listed('foreignStaff')).toEqual([]);
  });

  test('tells how many dates are on and when, and is filtered by what is in it', async () => {
    const { id, dates } = await series({ ...person('counted') }, 'service');
    const appointmentId = String(dates[0]?.appointmentId);
    expect((await house.put('staff', `/api/appointments/${appointmentId}/cancel`, {})).status).toBe(200);
    const [found] = await ofCounted('');
    expect(found).toMatchObject({
      id,
      datesBooked: 4,
      datesOn: 3,
      firstStart: dates[1]?.['start'],
      lastStart: dates[3]?.['start'],
    });
    expect(idsOf(await ofCounted('&status=cancelled'))).toEqual([id]);
    expect(idsOf(await ofCounted('&status=pending'))).toEqual([]);
    expect(idsOf(await ofCounted(`&from=${later(2)}T00:00:00Z&to=${later(3)}T00:00:00Z`))).toEqual([id]);
    expect(idsOf(await ofCounted(`&from=${later(8)}T00:00:00Z`))).toEqual([]);
    expect(idsOf(await ofCounted(`&status=cancelled&from=${later(1)}T00:00:00Z`))).toEqual([]);
    expect(idsOf(await ofCounted(`&practitionerId=${SARAH.practitionerId}`))).toEqual([id]);
    expect(idsOf(await ofCounted(`&practitionerId=${MICHAEL.practitionerId}`))).toEqual([]);
  });

  test('comes in pages, none twice and none left out', async () => {
    const ids: number[] = [];
    for (const week of [0, 2, 4]) {
      const made = await series(
        { ...person('paged'), date: later(week), repeat: { frequency: 'weekly', count: 2 } },
        'service',
      );
      ids.push(made.id);
    }
    const front = await house.get('service', '/api/series?userId=paged&limit=2');
    expect(idsOf(front.body['series'] as Json[])).toEqual(ids.slice(0, 2));
    const rest = await house.get(
      'service',
      `/api/series?userId=paged&limit=2&cursor=${String(front.body['nextCursor'])}`,
    );
    expect([idsOf(rest.body['series'] as Json[]), rest.body['nextCursor']]).toEqual([ids.slice(2), null]);
    expect(refusal(await house.get('service', '/api/series?cursor=nonsense')).slice(0, 2)).toEqual([
      400,
      'invalid_request',
    ]);
    expect((await house.get('service', '/api/series?limit=1000')).status).toBe(400);
  });
});

describe('booking', () => {
  test('each date is an appointment of its own that says which of the series it is', async () => {
    const { id, dates } = await series();
    expect(dates.map(({ index, date, time: at, status }) => [index, date, at, status])).toEqual(
      [0, 1, 2, 3].map((week) => [week + 1, later(week), `${time}:00`, 'confirmed']),
    );
    const { body } = await house.get('john', `/api/appointments/${dates[2]?.appointmentId}`);
    expect(body).toMatchObject({ seriesId: id, seriesIndex: 3, date: later(2), revision: 1 });
    expect((await house.get('john', `/api/series/${id}`)).body['dates']).toEqual(dates);
    const [entry] = await house.rows(
      `select event, facts from journal where subject_kind = 'appointment' and subject_id = $1`,
      [dates[2]?.appointmentId],
    );
    expect(entry).toMatchObject({ event: 'appointment.booked', facts: { seriesId: id, seriesIndex: 3 } });
  });

  test('a dry run tells how each date would fare, with alternatives, and writes nothing', async () => {
    await taken(later(1));
    const before = await house.rows('select count(*) as n from occupancy', []);
    const { status, body } = await ask({}, 'john', '?dryRun=true');
    expect([status, body['dryRun']]).toEqual([200, true]);
    const dates = body['dates'] as Date[];
    expect(dates.map(({ result }) => result)).toEqual(['free', 'refused', 'free', 'free']);
    expect(dates[1]).toMatchObject({ reasons: ['slot_taken'], alternatives: expect.any(Array) });
    const alternatives = dates[1]?.['alternatives'] as Date[];
    expect(alternatives.length).toBe(5);
    expect(alternatives.map(({ date, time: at }) => `${date} ${at}`)).not.toContain(`${later(1)} ${time}:00`);
    expect(await house.rows('select count(*) as n from occupancy', [])).toEqual(before);
  });

  test('all or nothing: one date that is taken refuses all, and nothing is written', async () => {
    await taken(later(3));
    const answer = await ask();
    expect(refusal(answer)).toEqual([409, 'dates_refused']);
    expect((answer.body['dates'] as Date[]).map(({ result }) => result)).toEqual(['free', 'free', 'free', 'refused']);
    expect((await ask({ repeat: { frequency: 'weekly', count: 3 } })).status).toBe(201);
  });

  test('a date that is refused says why as a booking does: to staff with what stands there, to others that something does', async () => {
    const appointmentId = await taken(later(1));
    const held = await house.post('ada', '/api/holds', {
      practitionerId: SARAH.practitionerId,
      sessionType: 'Initial Consultation',
      date: later(2),
      time,
    });
    const busy = { code: 'busy', reason: 'slot_taken', sessionId: expect.any(Number), appointmentIds: [appointmentId] };
    const hold = { code: 'hold', reason: 'slot_taken', holdId: held.body['id'] };
    const something = [{ code: 'taken', reason: 'slot_taken' }];
    for (const [who, because] of [
      ['staff', [[busy], [hold]]],
      ['service', [something, something]],
      ['john', [something, something]],
    ] as const) {
      for (const query of ['', '?dryRun=true']) {
        const dates = (await ask({}, who, query)).body['dates'] as Date[];
        expect(dates.map((date) => date['because'])).toEqual([undefined, ...because, undefined]);
      }
    }
    expect((await house.ask('ada', 'DELETE', `/api/holds/${String(held.body['id'])}`)).status).toBe(200);
  });

  test('so does a date that cannot be moved; of the series itself what stays is named, and what goes is not', async () => {
    const { id, dates } = await series();
    // By a week each comes to where another of them was; the last to another's time.
    const appointmentId = await taken(later(4));
    const busy = { code: 'busy', reason: 'slot_taken', sessionId: expect.any(Number), appointmentIds: [appointmentId] };
    const move = { which: 'following', index: 1, newDate: later(1), newTime: time };
    for (const [who, because] of [
      ['staff', [busy]],
      ['john', [{ code: 'taken', reason: 'slot_taken' }]],
    ] as const) {
      for (const [query, body] of [
        ['', move],
        ['?dryRun=true', move],
      ] as const) {
        const told = (await change(who, id, 'reschedule', body, query)).body['dates'] as Date[];
        expect(told.map((date) => date['because'])).toEqual([undefined, undefined, undefined, because]);
      }
    }
    // The last stays, and so each before it, in the way of the one before.
    const rest = await change('staff', id, 'reschedule', { ...move, take: 'the_rest' }, '?dryRun=true');
    const standing = (rest.body['dates'] as Date[]).map((date) => (date['because'] as Json[])[0]?.['appointmentIds']);
    expect(standing).toEqual([...dates.slice(1).map((date) => [date.appointmentId]), [appointmentId]]);
  });

  test('the rest: those that are free are booked in one act, and the series tells why one is not', async () => {
    await taken(later(1));
    const { id, dates, body } = await series({ take: 'the_rest' });
    expect(dates.map(({ appointmentId, reasons }) => [appointmentId !== undefined, reasons])).toEqual([
      [true, undefined],
      [false, ['slot_taken']],
      [true, undefined],
      [true, undefined],
    ]);
    expect(body['refused']).toMatchObject([{ index: 2, result: 'refused', reasons: ['slot_taken'] }]);
    expect((await seen(id))[1]).toEqual({ index: 2, date: later(1), time: `${time}:00`, reasons: ['slot_taken'] });
  });

  test('a date may be left out, and another had at one of its alternatives, all in one act', async () => {
    // Where no other test is in the way of the alternative.
    first = later(30);
    await taken(later(1));
    const { body } = await ask({}, 'john', '?dryRun=true');
    const other = ((body['dates'] as Date[])[1] as unknown as { alternatives: Date[] }).alternatives[0];
    const { dates } = await series({
      exceptDates: [later(2)],
      instead: [{ index: 2, date: other?.date, time: other?.time }],
    });
    expect(dates.map(({ index, date }) => [index, date])).toEqual([
      [1, first],
      [2, other?.date],
      [4, later(3)],
    ]);
  });

  test('is held as long and in the way that is asked for, as a single booking is', async () => {
    const type = { name: 'Walk', durationMinutes: 30, lengths: [45], modes: ['in_person', 'phone'] };
    const made = await house.ask('staff', 'POST', '/api/session-types', { body: type });
    const path = `/api/practitioners/${MICHAEL.practitionerId}`;
    const offered = (await house.get('staff', path)).body['sessionTypes'] as { id: number }[];
    const sessionTypes = [...offered.map(({ id }) => ({ id })), { id: made.body['id'] }];
    expect((await house.ask('staff', 'PATCH', path, { body: { sessionTypes } })).status).toBe(200);
    const walk = { practitionerId: MICHAEL.practitionerId, sessionType: 'Walk', time: '13:00', durationMinutes: 45 };
    expect(refusal(await ask({ ...walk, mode: 'online' }))).toEqual([422, 'mode_not_offered', '/mode']);
    expect(refusal(await ask({ ...walk, durationMinutes: 50 }))).toEqual([422, 'does_not_match', '/durationMinutes']);
    const { id, dates } = await series({ ...walk, mode: 'phone' });
    expect(dates.map(minutesOf)).toEqual([45, 45, 45, 45]);
    for (const { appointmentId } of dates) {
      expect((await house.get('john', `/api/appointments/${appointmentId}`)).body['mode']).toBe('phone');
    }
    const move = { index: 2, which: 'following', newDate: later(1), newTime: '15:15' };
    expect((await change('john', id, 'reschedule', move)).status).toBe(200);
    expect((await seen(id)).map(minutesOf)).toEqual([45, 45, 45, 45]);
  });

  test('monthly means the same weekday of the month, and a fifth one the last', async () => {
    const atMichael = { practitionerId: MICHAEL.practitionerId };
    const { dates } = await series({
      ...atMichael,
      date: '2030-05-31',
      time: '09:00',
      repeat: { frequency: 'monthly', until: '2030-10-31' },
    });
    expect(dates.map(({ date }) => date)).toEqual([
      '2030-05-31',
      '2030-06-28',
      '2030-07-26',
      '2030-08-30',
      '2030-09-27',
      '2030-10-25',
    ]);
    const repeat = { frequency: 'monthly', count: 3 };
    const third = await series({ ...atMichael, date: '2030-05-16', time: '09:00', repeat });
    expect(third.dates.map(({ date }) => date)).toEqual(['2030-05-16', '2030-06-20', '2030-07-18']);
  });

  test('its wall time stays when clocks change, and a date whose time does not exist is told with what does', async () => {
    const hours = { date: '2030-03-10', hours: [{ from: '01:00', to: '06:00' }] };
    const path = `/api/practitioners/${SARAH.practitionerId}/date-overrides`;
    for (const date of ['2030-03-03', '2030-03-10', '2030-03-17']) {
      const set = await house.put('staff', `${path}/${date}`, { hours: hours.hours });
      expect(set.status, set.text).toBe(200);
    }
    const { body } = await ask(
      { date: '2030-03-03', time: '02:00', repeat: { frequency: 'weekly', count: 3 }, take: 'the_rest' },
      'john',
    );
    expect(datesOf(body).map(({ time: at, start, reasons }) => [at, start, reasons])).toEqual([
      ['02:00:00', '2030-03-03T07:00:00Z', undefined],
      ['02:00:00', undefined, ['time_does_not_exist']],
      ['02:00:00', '2030-03-17T06:00:00Z', undefined],
    ]);
    const [gap] = body['refused'] as { nearest: Date[] }[];
    expect(gap?.nearest.map(({ date, time: at }) => `${date} ${at}`)).toEqual([
      '2030-03-10 01:59:00',
      '2030-03-10 03:00:00',
    ]);
    // Also the first one, whether the zone is named or not.
    for (const zone of [{}, { timeZone: 'America/New_York' }]) {
      const from = { date: '2030-03-10', time: '02:00', repeat: { frequency: 'weekly', count: 2 }, ...zone };
      const fares = await ask(from, 'john', '?dryRun=true');
      expect(fares.status, fares.text).toBe(200);
      expect((fares.body['dates'] as Date[])[0]).toMatchObject({ time: '02:00:00', reasons: ['time_does_not_exist'] });
    }
  });

  test('a repeat under the same key is answered as the first call, and a refusal keeps no key', async () => {
    const once = { 'idempotency-key': `series-${turn}` };
    await taken(later(1));
    expect((await house.post('john', '/api/series', wish(), once)).status).toBe(409);
    const made = await house.post('john', '/api/series', wish({ take: 'the_rest' }), {
      'idempotency-key': `series-b-${turn}`,
    });
    const again = await house.post('john', '/api/series', wish({ take: 'the_rest' }), {
      'idempotency-key': `series-b-${turn}`,
    });
    expect([again.status, again.body['series']]).toEqual([201, made.body['series']]);
    expect((await house.post('john', '/api/series', wish({ time: '08:00' }), once)).status).toBe(409);
  });

  test('limits count the dates of the series itself', async () => {
    const path = `/api/practitioners/${MICHAEL.practitionerId}`;
    await house.ask('staff', 'PATCH', path, {
      body: { limits: [{ per: 'month', of: 'client', mostSessions: 2, mostMinutes: null, sessionTypeId: null }] },
    });
    const answer = await ask({
      practitionerId: MICHAEL.practitionerId,
      date: '2030-11-04',
      time: '09:00',
      repeat: { frequency: 'weekly', count: 5 },
      take: 'the_rest',
    });
    expect(datesOf(answer.body).map(({ reasons }) => reasons?.[0])).toEqual([
      undefined,
      undefined,
      'client_limit_reached',
      'client_limit_reached',
      undefined,
    ]);
    await house.ask('staff', 'PATCH', path, { body: { limits: [] } });
  });
});

describe('changing', () => {
  test('cancelling a date and all that follow frees them and leaves those before; again is answered as once', async () => {
    const { id, dates } = await series();
    for (const _ of [1, 2]) {
      const answer = await change('john', id, 'cancel', { index: 3, which: 'following', reason: 'moving away' });
      expect([answer.status, datesOf(answer.body).map(({ status }) => status)]).toEqual([
        200,
        ['confirmed', 'confirmed', 'cancelled', 'cancelled'],
      ]);
    }
    await taken(later(2));
    const { body } = await house.get('staff', `/api/appointments/${dates[3]?.appointmentId}`);
    expect(body).toMatchObject({ status: 'cancelled', cancelledBy: 'client', revision: 2 });
  });

  test('one date alone is cancelled or moved, and the others stay', async () => {
    const { id } = await series();
    expect((await change('john', id, 'cancel', { index: 1, which: 'this' })).status).toBe(200);
    const moved = { index: 2, which: 'this', newDate: later(1), newTime: time === '10:00' ? '11:00' : '10:00' };
    const answer = await change('sarah', id, 'reschedule', { ...moved, newDate: later(20) });
    expect(answer.status, answer.text).toBe(200);
    expect(datesOf(answer.body).map(({ date, status }) => [date, status])).toEqual([
      [first, 'cancelled'],
      [later(20), 'confirmed'],
      [later(2), 'confirmed'],
      [later(3), 'confirmed'],
    ]);
  });

  test('moving all that follow by a week or an hour meets no date of its own, and keeps ids and wall time', async () => {
    const { id, dates } = await series({ date: later(3), repeat: { frequency: 'weekly', count: 6 } });
    const from = later(3);
    const answer = await change('john', id, 'reschedule', {
      index: 2,
      which: 'following',
      newDate: later(2, from),
      newTime: time,
    });
    expect(answer.status, answer.text).toBe(200);
    expect(datesOf(answer.body).map(({ date, time: at }) => `${date} ${at}`)).toEqual(
      [0, 2, 3, 4, 5, 6].map((week) => `${later(week, from)} ${time}:00`),
    );
    expect(datesOf(answer.body).map(({ appointmentId }) => appointmentId)).toEqual(
      dates.map(({ appointmentId }) => appointmentId),
    );
    expect(datesOf(answer.body).map(({ revision }) => revision)).toEqual([1, 2, 2, 2, 2, 2]);
  });

  test('what is where it is asked to be stays, whatever a rule says of it by now', async () => {
    const path = `/api/practitioners/${SARAH.practitionerId}`;
    const { id } = await series();
    await house.ask('staff', 'PATCH', path, { body: { noticeMinutes: 60 * 24 * 300 } });
    const answer = await change('john', id, 'reschedule', {
      index: 1,
      which: 'following',
      newDate: first,
      newTime: time,
    });
    expect([answer.status, datesOf(answer.body).map(({ revision }) => revision)]).toEqual([200, [1, 1, 1, 1]]);
    await house.ask('staff', 'PATCH', path, { body: { noticeMinutes: 60 } });
  });

  test('where one that follows would meet another’s time nothing moves, or the rest does', async () => {
    const { id } = await series({ repeat: { frequency: 'weekly', count: 3 } });
    const newTime = TIMES[(TIMES.indexOf(time) + 4) % 8] ?? '';
    await taken(later(2), { time: newTime });
    await house.ask('staff', 'PUT', `/api/practitioners/${SARAH.practitionerId}/date-overrides/${later(2)}`, {
      body: { hours: [{ from: time, to: `${time.slice(0, 2)}:59` }] },
    });
    const against = ['outside_hours', 'slot_taken'];
    const move = { index: 1, which: 'following', newDate: first, newTime };
    const preview = await change('john', id, 'reschedule', move, '?dryRun=true');
    expect((preview.body['dates'] as Date[]).map(({ result }) => result)).toEqual(['free', 'free', 'refused']);
    expect(refusal(await change('john', id, 'reschedule', move))).toEqual([409, 'dates_refused']);
    expect((await seen(id)).map(({ time: at }) => at)).toEqual(Array.from({ length: 3 }, () => `${time}:00`));
    const answer = await change('john', id, 'reschedule', { ...move, take: 'the_rest' });
    expect(datesOf(answer.body).map(({ time: at }) => at)).toEqual([`${newTime}:00`, `${newTime}:00`, `${time}:00`]);
    expect(answer.body['refused']).toMatchObject([{ index: 3, reasons: against }]);
  });

  test('a window that is closed for one date refuses all for its client, and binds no host', async () => {
    const path = `/api/practitioners/${SARAH.practitionerId}`;
    const { id } = await series();
    const minutes = 60 * 24 * 60;
    await house.ask('staff', 'PATCH', path, { body: { cancellationWindowMinutes: minutes } });
    const answer = await change('john', id, 'cancel', { index: 1, which: 'following' });
    expect(refusal(answer)).toEqual([409, 'dates_refused']);
    expect((answer.body['dates'] as Date[])[0]?.reasons).toEqual(['cancellation_window_closed']);
    expect((await change('sarah', id, 'cancel', { index: 1, which: 'following' })).status).toBe(200);
    await house.ask('staff', 'PATCH', path, { body: { cancellationWindowMinutes: 0 } });
  });
});

describe('who may, and how much', () => {
  test('a client books and sees only its own, and a host those with her', async () => {
    expect(refusal(await ask({ ...ADA }))).toEqual([403, 'forbidden']);
    expect(refusal(await ask({}, 'sarah'))).toEqual([403, 'forbidden']);
    const { id } = await series();
    for (const who of ['ada', 'michael', 'foreignJohn', 'foreignStaff'] as const) {
      expect(refusal(await house.get(who, `/api/series/${id}`))).toEqual([404, 'not_found']);
      expect(refusal(await change(who, id, 'cancel', { index: 1, which: 'following' }))).toEqual([404, 'not_found']);
    }
    for (const who of ['john', 'sarah', 'staff', 'service'] as const) {
      expect((await house.get(who, `/api/series/${id}`)).status).toBe(200);
    }
    expect((await house.get(null, `/api/series/${id}`)).status).toBe(401);
  });

  test.each([
    [{ repeat: { frequency: 'weekly' } }, '/repeat'],
    [{ repeat: { frequency: 'weekly', count: 4, until: '2030-12-01' } }, '/repeat'],
    [{ repeat: { frequency: 'weekly', count: 1 } }, '/repeat/count'],
    [{ repeat: { frequency: 'weekly', count: 53 } }, '/repeat/count'],
    [{ repeat: { frequency: 'weekly', until: '2032-01-01' } }, '/repeat/until'],
    [{ repeat: { frequency: 'weekly', until: '2030-01-01' } }, '/repeat/until'],
    [{ repeat: { frequency: 'weekly', count: 4, onLast: true } }, '/repeat/onLast'],
    [{ repeat: { frequency: 'daily', count: 4 } }, '/repeat/frequency'],
    [{ instead: [{ index: 5, date: '2030-06-01', time: '10:00' }] }, '/instead'],
    [{ instead: ['10:00', '11:00'].map((at) => ({ index: 2, date: '2030-06-03', time: at })) }, '/instead'],
  ])('a rule out of bounds is told by its field: %j', async (over, pointer) => {
    expect(refusal(await ask(over))).toEqual([400, 'invalid_request', pointer]);
  });
});
