import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { endHolds } from '../../src/appointments/end-holds.ts';
import { rescheduleAppointment } from '../../src/appointments/reschedule-appointment.ts';
import { releaseTimeOf } from '../../src/occupancy/inherit-time.ts';
import { expireHolds, placeHold, releaseHold } from '../../src/occupancy/place-hold.ts';
import { takeRemainder } from '../../src/occupancy/store.ts';
import { noOnce } from '../../src/platform/http/idempotency.ts';
import { ask, DAY, MICHAEL, NOW, openDesk, stretch, type OpenDesk } from './open-desk.ts';

let desk: OpenDesk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
beforeEach(async () => {
  desk.clock.set(NOW);
  await desk.clear();
});

/** A session of staff's over whatever is there, with only what nobody owns. */
async function override(from: string, to: string): Promise<number> {
  const time = stretch(from, to);
  return await desk.act(async (tx) => {
    const [row] = await ask<{ id: number }>(
      tx,
      `insert into session (organisation_id, practitioner_id, session_type_id, starts_at, ends_at, occupied, zone,
                            wall_start, overriding)
       select $1, $2, id, $3, $4, tstzrange($3, $4), 'Europe/Berlin', '2030-01-15T10:00', true
         from session_type where name = 'Follow-up' returning id`,
      [tx.organisationId, MICHAEL, time.from.toString(), time.to.toString()],
    );
    const sessionId = row?.id ?? 0;
    await takeRemainder(tx, { resourceId: MICHAEL, stretch: time, sessionId });
    return sessionId;
  });
}

/** The overriding session dead, and what it owns given up. */
const withdraw = (sessionId: number) =>
  desk.act(async (tx, by) => {
    await ask(tx, 'update session set live = false where id = $1', [sessionId]);
    return await releaseTimeOf(tx, by, sessionId);
  });

const hold = (from: string, to: string) =>
  desk.act(async (tx, by) => {
    const [type] = await ask<{ id: number }>(tx, `select id from session_type where name = 'Follow-up'`);
    const id = await placeHold(tx, by, {
      practitionerId: MICHAEL,
      sessionTypeId: type?.id ?? 0,
      zone: 'Europe/Berlin',
      wallStart: '2030-01-15T10:00',
      holder: 'client:ann',
      time: stretch(from, to),
      occupied: stretch(from, to),
      expiresAt: by.at.add({ minutes: 10 }),
    });
    return id ?? 0;
  });

describe('a session that overrides', () => {
  test('owns only what nobody owned, on both sides of the other', async () => {
    const other = await desk.sessionOf(await desk.book('ann', '11:00'));
    const over = await override('10:30', '12:30');
    expect(await desk.taken()).toEqual([`10:30-11:00 ${over}`, `11:00-12:00 ${other}`, `12:00-12:30 ${over}`]);
    await expect(desk.book('bob', '09:45')).rejects.toMatchObject({ code: 'slot_taken' });
  });

  test('inherits the rest when the other is cancelled, and it is on the record', async () => {
    const appointment = await desk.book('ann', '11:00');
    const over = await override('10:30', '12:30');
    await desk.cancel(appointment);
    expect(await desk.taken()).toEqual([`10:30-11:00 ${over}`, `11:00-12:00 ${over}`, `12:00-12:30 ${over}`]);
    expect(await desk.journalled('occupancy.inherited')).toEqual([over]);
    await expect(desk.book('bob', '11:00')).rejects.toMatchObject({ code: 'slot_taken' });
  });

  test('inherits in the transaction of the cancellation, so that no moment offers the time', async () => {
    const appointment = await desk.book('ann', '11:00');
    const over = await override('11:00', '12:00');
    const rivals = Array.from({ length: 8 }, (_, i) => desk.book(`rival${i}`, '11:00').catch(() => null));
    await Promise.all([...rivals.slice(0, 4), desk.cancel(appointment), ...rivals.slice(4)]);
    expect((await Promise.all(rivals)).filter((won) => won !== null)).toEqual([]);
    expect(await desk.taken()).toEqual([`11:00-12:00 ${over}`]);
  });

  test('inherits the rest when the other moves away, but keeps the other from moving within its time', async () => {
    const appointment = await desk.book('ann', '11:00');
    const other = await desk.sessionOf(appointment);
    const over = await override('11:00', '12:00');
    await expect(desk.move(appointment, '11:30')).rejects.toMatchObject({ code: 'slot_taken' });
    expect(await desk.taken()).toEqual([`11:00-12:00 ${other}`]);
    await desk.move(appointment, '12:00');
    expect(await desk.taken()).toEqual([`11:00-12:00 ${over}`, `12:00-13:00 ${other}`]);
  });

  test('frees just its own pieces when it goes itself', async () => {
    const other = await desk.sessionOf(await desk.book('ann', '11:00'));
    const over = await override('10:30', '12:30');
    expect(await withdraw(over)).toEqual([]);
    expect(await desk.taken()).toEqual([`11:00-12:00 ${other}`]);
    await desk.book('bob', '12:00');
  });

  test('gives way to the one before it: of two that override, the older inherits first', async () => {
    const appointment = await desk.book('ann', '11:00');
    const first = await override('11:00', '12:00');
    const second = await override('11:30', '12:30');
    await desk.cancel(appointment);
    expect(await desk.taken()).toEqual([`11:00-12:00 ${first}`, `12:00-12:30 ${second}`]);
    expect(await withdraw(first)).toEqual([second]);
    expect(await desk.taken()).toEqual([`11:30-12:00 ${second}`, `12:00-12:30 ${second}`]);
  });

  test('that is dead inherits nothing', async () => {
    const appointment = await desk.book('ann', '11:00');
    await withdraw(await override('11:00', '12:00'));
    await desk.cancel(appointment);
    expect(await desk.taken()).toEqual([]);
  });

  test('inherits from a hold that is released, and from one that ran out', async () => {
    const released = await hold('10:00', '10:30');
    const expired = await hold('10:30', '11:00');
    const over = await override('10:00', '11:00');
    expect(await desk.taken()).toEqual(['10:00-10:30 hold', '10:30-11:00 hold']);
    await desk.act((tx, by) => releaseHold(tx, by, released));
    expect(await desk.taken()).toEqual([`10:00-10:30 ${over}`, '10:30-11:00 hold']);
    desk.clock.advance({ minutes: 10, seconds: 5 });
    // Whoever comes for the time of the hold that ran out finds that it is not free after all.
    await expect(desk.book('bob', '10:30')).rejects.toMatchObject({ code: 'slot_taken' });
    expect(await desk.act((tx, by) => expireHolds(tx, by, MICHAEL, stretch('10:30', '11:00')))).toEqual([expired]);
    expect(await desk.taken()).toEqual([`10:00-10:30 ${over}`, `10:30-11:00 ${over}`]);
  });

  test('inherits from a hold that ran out by the worker, whom no refusal undoes, though nobody can have the time', async () => {
    const expired = await hold('10:30', '11:00');
    const kept = await hold('12:00', '12:30');
    const over = await override('10:00', '11:00');
    expect(await endHolds(desk.tools, desk.organisationId)).toBe(0);
    desk.clock.advance({ minutes: 10, seconds: 5 });
    await expect(desk.book('bob', '10:30')).rejects.toMatchObject({ code: 'slot_taken' });
    expect(await desk.journalled('hold.expired')).toEqual([]);
    expect(await endHolds(desk.tools, desk.organisationId)).toBe(1);
    expect(await desk.taken()).toEqual([`10:00-10:30 ${over}`, `10:30-11:00 ${over}`, '12:00-12:30 hold']);
    expect(await desk.journalled('hold.expired')).toEqual([expired]);
    expect(kept).toBeGreaterThan(0);
    expect(await endHolds(desk.tools, desk.organisationId)).toBe(0);
  });

  test('that is a request keeps its claim as long as it can be decided, and is ended by whoever needs the time then', async () => {
    await hold('11:00', '12:00');
    const asked = await desk.book('bob', '13:00');
    const decideBy = (minutes: number) =>
      desk.sql(
        `update appointment set state = 'pending', awaits = 'client', decide_by = $2::timestamptz where id = $1`,
        [asked, Temporal.Instant.from(NOW).add({ minutes }).toString()],
      );
    await decideBy(30);
    const start = { wall: { date: DAY, time: '11:00:00' } };
    const why = { override: { reason: 'Agreed by telephone with both' } };
    await rescheduleAppointment(desk.tools, desk.actor, { appointmentId: asked, start, ...why }, noOnce);
    await decideBy(30);
    desk.clock.advance({ minutes: 11 });
    await expect(desk.book('eve', '11:00')).rejects.toMatchObject({ code: 'slot_taken' });
    desk.clock.advance({ minutes: 20 });
    const eve = await desk.sessionOf(await desk.book('eve', '11:00'));
    expect(await desk.taken()).toEqual([`11:00-12:00 ${eve}`]);
    expect(await desk.journalled('appointment.lapsed')).toEqual([asked]);
  });
});
