// Closing, and the windows within which clients may cancel and move: over HTTP, at the instants at which answers change.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADA, JOHN, type Who } from '../cast.ts';
import { booked, openHouse, refusal, type Answer, type Json, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const plain = { videoMeetingConfig: undefined };
const seen = async (id: number, who: Who = 'staff') => (await house.get(who, `/api/appointments/${id}`)).body;
const close = (who: Who, id: number, way: string, headers?: Record<string, string>): Promise<Answer> =>
  house.ask(who, 'PUT', `/api/appointments/${id}/${way}`, headers ? { headers } : {});
const set = async (path: string, body: Json) => {
  const { headers } = await house.get('staff', path);
  const tag = headers.get('etag');
  const answer = await house.ask('staff', 'PATCH', path, { body, headers: tag === null ? {} : { 'if-match': tag } });
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
};
const journalOf = (id: number) =>
  house.rows(`select * from journal where subject_kind = 'appointment' and subject_id = $1 order by id`, [id]);
const workOn = async (id: number) =>
  (
    await house.rows(
      'select f.* from fulfilment f join appointment a using (organisation_id, session_id) where a.id = $1',
      [id],
    )
  )[0];

describe('closing', () => {
  // 14:00 in New York is 18:00 in UTC; the clock stands at that day from here on.
  const START = '2030-06-03T18:00:00Z';
  let id: number;
  beforeAll(async () => {
    id = await booked(house, { ...plain, date: '2030-06-03' }, 'john');
    // Its letters are out, so that any that came later would be seen.
    await house.until(
      async () => (await house.live.mails()).filter(({ raw }) => raw.includes(`Appointment: ${id}\r\n`)),
      (mails) => mails.length === 2,
    );
  });

  test('is refused before the start, which it names, and possible at the very instant', async () => {
    house.clock.set(Temporal.Instant.from(START).subtract({ milliseconds: 1 }));
    const early = await close('sarah', id, 'complete');
    expect([...refusal(early), early.body['from']]).toEqual([409, 'appointment_not_begun', START]);
    house.clock.set(Temporal.Instant.from(START));
    const done = await close('sarah', id, 'complete');
    expect([done.status, done.body]).toEqual([
      200,
      { success: true, message: 'Appointment completed successfully', status: 'completed', revision: 2 },
    ]);
    expect(await seen(id, 'john')).toMatchObject({ status: 'completed', revision: 2 });
  });

  test('the same again changes nothing; the other outcome sets it right; reopened it is as it was', async () => {
    expect((await close('staff', id, 'complete')).body).toMatchObject({ status: 'completed', revision: 2 });
    expect((await close('staff', id, 'no-show')).body).toMatchObject({ status: 'no_show', revision: 3 });
    expect((await close('service', id, 'reopen')).body).toMatchObject({ status: 'confirmed', revision: 4 });
    expect((await close('service', id, 'reopen')).body).toMatchObject({ status: 'confirmed', revision: 4 });
    expect((await close('sarah', id, 'no-show')).body).toMatchObject({ status: 'no_show', revision: 5 });
    expect((await journalOf(id)).map(({ event, actor_role: by, revision }) => [event, by, revision])).toEqual([
      ['appointment.booked', 'client', 1],
      ['appointment.completed', 'practitioner', 2],
      ['appointment.not_attended', 'staff', 3],
      ['appointment.reopened', 'service', 4],
      ['appointment.not_attended', 'practitioner', 5],
    ]);
  });

  test('a closed one is neither moved nor cancelled, and says so beforehand', async () => {
    const { actions } = (await seen(id, 'john')) as { actions: Json };
    const closed = { allowed: false, reason: 'appointment_closed', late: false };
    expect(actions).toEqual({ cancel: closed, reschedule: closed });
    expect(refusal(await house.put('john', `/api/appointments/${id}/cancel`, {}))).toEqual([409, 'appointment_closed']);
    const move = { newDate: '2030-06-04', newTime: '09:00' };
    expect(refusal(await house.put('staff', `/api/appointments/${id}/reschedule`, move))).toEqual([
      409,
      'appointment_closed',
    ]);
  });

  test('If-Match refuses whoever has seen another revision', async () => {
    expect(refusal(await close('staff', id, 'complete', { 'if-match': '"4"' }))).toEqual([
      412,
      'version_mismatch',
      'header/if-match',
    ]);
    expect((await close('staff', id, 'complete', { 'if-match': '"5"' })).body).toMatchObject({ revision: 6 });
  });

  test('under a key it is done once, and a repeat hears how it stands', async () => {
    const key = { 'idempotency-key': 'close-once' };
    expect((await close('staff', id, 'no-show', key)).body).toMatchObject({ status: 'no_show', revision: 7 });
    await close('staff', id, 'complete');
    expect((await close('staff', id, 'no-show', key)).body).toMatchObject({ status: 'completed', revision: 8 });
  });

  test('a cancelled one is not closed', async () => {
    const gone = await booked(house, { ...plain, date: '2030-06-05' }, 'john');
    await house.put('john', `/api/appointments/${gone}/cancel`, {});
    house.clock.set(Temporal.Instant.from('2030-06-05T18:30:00Z'));
    for (const way of ['complete', 'no-show', 'reopen']) {
      expect([way, ...refusal(await close('staff', gone, way))]).toEqual([way, 409, 'appointment_cancelled']);
    }
  });

  test('no letter, no work and no change outside follows', async () => {
    // On the way to its start it may have been reminded of, as it should.
    const told = await house.rows(`select kind from letter where appointment_id = $1 and kind <> 'reminder'`, [id]);
    expect(told).toEqual([{ kind: 'confirmation' }, { kind: 'confirmation' }]);
    expect(await workOn(id)).toMatchObject({ wanted_revision: 8, done_revision: 8 });
  });

  test('is for the host, staff and services alone', async () => {
    for (const way of ['complete', 'no-show', 'reopen']) {
      const tried = await Promise.all(
        (['john', 'ada', 'michael', 'foreignStaff', 'foreignSarah', null] as const).map(async (who) => [
          who,
          ...refusal(await close(who, id, way)),
        ]),
      );
      expect(tried).toEqual([
        ['john', 403, 'forbidden'],
        ['ada', 403, 'forbidden'],
        ['michael', 404, 'not_found'],
        ['foreignStaff', 404, 'not_found'],
        ['foreignSarah', 404, 'not_found'],
        [null, 401, 'unauthenticated'],
      ]);
      for (const who of ['sarah', 'staff', 'service'] as const) expect((await close(who, id, way)).status).toBe(200);
    }
  });

  test('work outside that was still under way goes on, and comes to its end', async () => {
    house.clock.set(Temporal.Instant.from('2030-06-06T17:59:00Z'));
    const late = await booked(house, { ...plain, date: '2030-06-10' }, 'john');
    await house.orderFault({ provider: 'google', operation: 'create', status: 503, times: 100 });
    await house.put('john', `/api/appointments/${late}/reschedule`, { newDate: '2030-06-11', newTime: '10:00' });
    house.clock.set(Temporal.Instant.from('2030-06-11T14:05:00Z'));
    expect((await close('staff', late, 'no-show')).status).toBe(200);
    await house.clearFaults();
    const row = await house.until(
      () => workOn(late),
      (found) => found?.['done_revision'] === found?.['wanted_revision'],
      { seconds: 5 },
    );
    expect(row).toMatchObject({ wanted_revision: 3 });
  });
});

describe('windows', () => {
  const START = '2030-07-16T18:00:00Z';
  beforeAll(async () => {
    house.clock.set(Temporal.Instant.from('2030-07-01T14:00:00Z'));
    await set('/api/practitioners/123', { cancellationWindowMinutes: 1440, rescheduleWindowMinutes: 2880 });
  });
  const hoursBefore = (hours: number, milliseconds = 0) =>
    Temporal.Instant.from(START).subtract({ hours }).add({ milliseconds });

  test('a practitioner sets her own, and a value out of bounds is named', async () => {
    const answer = await house.ask('sarah', 'PATCH', '/api/practitioners/123', { body: { lateReschedules: 'refuse' } });
    expect(answer.body).toMatchObject({ cancellationWindowMinutes: 1440, lateReschedules: 'refuse' });
    const far = await house.ask('sarah', 'PATCH', '/api/practitioners/123', {
      body: { cancellationWindowMinutes: 600_000 },
    });
    expect(refusal(far)).toEqual([400, 'invalid_request', '/cancellationWindowMinutes']);
    // A stranger is not shown them, as no other setting of hers.
    expect((await house.get('john', '/api/practitioners/123')).body['cancellationWindowMinutes']).toBeUndefined();
  });

  test('a client is told beforehand until when, and refused an instant after it, with that instant', async () => {
    const id = await booked(house, { ...plain, date: '2030-07-16' }, 'john');
    const cancel = () => house.put('john', `/api/appointments/${id}/cancel`, {});
    const move = () =>
      house.put('john', `/api/appointments/${id}/reschedule`, { newDate: '2030-07-25', newTime: '09:00' });
    const [cancelUntil, moveUntil] = ['2030-07-15T18:00:00Z', '2030-07-14T18:00:00Z'];
    expect((await seen(id, 'john'))['actions']).toEqual({
      cancel: { allowed: true, until: cancelUntil, onTimeUntil: cancelUntil, late: false },
      reschedule: { allowed: true, until: moveUntil, onTimeUntil: moveUntil, late: false },
    });

    house.clock.set(hoursBefore(48, 1));
    const moved = await move();
    expect([...refusal(moved), moved.body['until']]).toEqual([409, 'reschedule_window_closed', moveUntil]);
    expect(moved.body['message']).toContain('2030-07-14 14:00 (America/New_York)');
    house.clock.set(hoursBefore(24, 1));
    const cancelled = await cancel();
    expect([...refusal(cancelled), cancelled.body['until']]).toEqual([409, 'cancellation_window_closed', cancelUntil]);
    expect((await seen(id, 'john'))['actions']).toMatchObject({
      cancel: { allowed: false, reason: 'cancellation_window_closed', until: cancelUntil, late: true },
      reschedule: { allowed: false, reason: 'reschedule_window_closed', until: moveUntil, late: true },
    });
    // The host is told what holds for her.
    expect((await seen(id, 'sarah'))['actions']).toMatchObject({
      cancel: { allowed: true, until: '2030-07-16T19:00:00Z', onTimeUntil: cancelUntil, late: true },
    });

    house.clock.set(hoursBefore(24));
    expect((await cancel()).status).toBe(200);
    const after = await seen(id, 'john');
    expect(after).toMatchObject({ status: 'cancelled', cancelledBy: 'client', cancelledAt: cancelUntil });
    expect(after['lateCancellation']).toBeUndefined();
    house.clock.set(hoursBefore(1));
    // What is cancelled is cancelled, however late it is asked again.
    expect((await cancel()).status).toBe(200);
  });

  test('staff cancel and move within the window, and it is marked who did so and when', async () => {
    house.clock.set(hoursBefore(300));
    const id = await booked(house, { ...plain, date: '2030-07-16' }, 'john');
    house.clock.set(hoursBefore(20));
    const move = { newDate: '2030-07-16', newTime: '16:00' };
    expect((await house.put('staff', `/api/appointments/${id}/reschedule`, move)).status).toBe(200);
    expect(await seen(id)).toMatchObject({ lateMoves: 1 });
    expect((await house.put('sarah', `/api/appointments/${id}/cancel`, { reason: 'ill' })).status).toBe(200);
    expect(await seen(id, 'john')).toMatchObject({
      lateCancellation: true,
      cancelledBy: 'practitioner',
      cancelledAt: hoursBefore(20).toString(),
      lateMoves: 1,
    });
    const late = (await journalOf(id)).filter(({ facts }) => (facts as Json)['late'] === true);
    expect(late.map(({ event, actor_ref: by }) => [event, by])).toEqual([
      ['appointment.rescheduled', 'staff:desk'],
      ['appointment.cancelled', 'practitioner:sarah'],
    ]);
  });

  test('where late ones are only marked, a client cancels late, and it is marked', async () => {
    house.clock.set(hoursBefore(300));
    await set('/api/practitioners/123', { lateCancellations: 'mark_late' });
    const id = await booked(house, { ...plain, date: '2030-07-16' }, 'john');
    house.clock.set(hoursBefore(2));
    expect((await seen(id, 'john'))['actions']).toMatchObject({
      cancel: { allowed: true, late: true, until: '2030-07-16T19:00:00Z', onTimeUntil: '2030-07-15T18:00:00Z' },
      reschedule: { allowed: false, reason: 'reschedule_window_closed' },
    });
    expect((await house.put('john', `/api/appointments/${id}/cancel`, {})).status).toBe(200);
    const { body } = await house.get('john', `/api/users/${JOHN.userId}/appointments?limit=100`);
    expect((body['appointments'] as Json[]).find((one) => one['id'] === id)).toMatchObject({
      lateCancellation: true,
      cancelledBy: 'client',
    });
  });

  test('a session type’s own go before hers, one by one, and null gives them back', async () => {
    house.clock.set(hoursBefore(300));
    const added = await house.post('staff', '/api/session-types', {
      name: 'Short notice',
      durationMinutes: 60,
      cancellationWindowMinutes: 60,
    });
    expect(added.body).toMatchObject({ cancellationWindowMinutes: 60, rescheduleWindowMinutes: null });
    const own = (await house.get('staff', '/api/practitioners/123')).body['sessionTypes'] as { id: number }[];
    const sessionTypes = [...own.map(({ id }) => ({ id })), { id: added.body['id'] }];
    await set('/api/practitioners/123', { sessionTypes, lateCancellations: 'refuse' });
    const id = await booked(house, { ...plain, ...ADA, date: '2030-07-16', sessionType: 'short notice' }, 'ada');
    house.clock.set(hoursBefore(2));
    const now = async () => (await seen(id, 'ada'))['actions'];
    expect(await now()).toMatchObject({
      cancel: { allowed: true, until: '2030-07-16T17:00:00Z' },
      reschedule: { allowed: false, until: '2030-07-14T18:00:00Z' },
    });
    await set(`/api/session-types/${String(added.body['id'])}`, { rescheduleWindowMinutes: 0 });
    expect(await now()).toMatchObject({ reschedule: { allowed: true, until: START } });
    await set(`/api/session-types/${String(added.body['id'])}`, { cancellationWindowMinutes: null });
    expect(await now()).toMatchObject({ cancel: { allowed: false, until: '2030-07-15T18:00:00Z' } });
    expect(refusal(await house.put('ada', `/api/appointments/${id}/cancel`, {}))).toEqual([
      409,
      'cancellation_window_closed',
    ]);
  });

  test('the demo practice has none', async () => {
    const { body } = await house.get('staff', '/api/practitioners/789');
    expect(body).toMatchObject({ cancellationWindowMinutes: 0, rescheduleWindowMinutes: 0 });
  });
});
