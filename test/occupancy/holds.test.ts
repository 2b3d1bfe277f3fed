import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findSlots } from '../../src/availability/find-slots.ts';
import { confirmHold, placeHold, releaseHold } from '../../src/occupancy/place-hold.ts';
import { withBuffers } from '../../src/occupancy/occupancy.ts';
import { takeForSession } from '../../src/occupancy/store.ts';
import { Refusal } from '../../src/platform/refusal.ts';
import { ask, DAY, forbiddenBy, MICHAEL, NOW, openDesk, stretch, type OpenDesk } from './open-desk.ts';

let desk: OpenDesk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
beforeEach(async () => {
  desk.clock.set(NOW);
  await desk.clear();
});

const SESSION_TYPE = `(select id from session_type where name = 'Initial Consultation')`;

/** A hold on Michael's 10:00 for ten minutes; its id, or null. */
async function hold(from = '10:00', to = '11:00', minutes = 10): Promise<number | null> {
  const [type] = await desk.sql<{ id: number }>(`select ${SESSION_TYPE} as id`);
  const time = stretch(from, to);
  return await desk.act((tx, by) =>
    placeHold(tx, by, {
      practitionerId: MICHAEL,
      sessionTypeId: type?.id ?? 0,
      zone: 'Europe/Berlin',
      wallStart: '2030-01-15T10:00',
      holder: 'client:ann',
      time,
      occupied: withBuffers(time, { beforeMinutes: 0, afterMinutes: 0 }),
      expiresAt: desk.clock.now().add({ minutes }),
    }),
  );
}

/** Confirms as an act does: the hold's row is handed to a session made in the same transaction. */
async function confirm(holdId: number): Promise<number> {
  return await desk.act(async (tx, by) => {
    const [ids] = await ask<{ id: number }>(tx, `select nextval('public_id') as id`);
    const id = ids?.id ?? 0;
    const { occupancyId, occupied } = await confirmHold(tx, by, holdId, id);
    await ask(
      tx,
      `insert into session (organisation_id, id, practitioner_id, session_type_id, starts_at, ends_at, occupied, zone,
                            wall_start, occupancy_id)
       values ($1, $2, $3, ${SESSION_TYPE}, $4, $5, tstzrange($4, $5), 'Europe/Berlin', '2030-01-15T10:00', $6)`,
      [tx.organisationId, id, MICHAEL, occupied.from.toString(), occupied.to.toString(), occupancyId],
    );
    return id;
  });
}

const stateOf = async (id: number) =>
  (await desk.sql<{ state: string }>('select state from hold where id = $1', [id]))[0]?.state;

const later = (seconds: number) => desk.clock.set(Temporal.Instant.from(NOW).add({ seconds }).toString());

const offered = async () => {
  const found = await findSlots(desk.tools, {
    organisationId: desk.organisationId,
    practitionerId: MICHAEL,
    sessionType: 'Initial Consultation',
    from: DAY,
    to: DAY,
    timeZone: undefined,
  });
  const at = stretch('10:00', '11:00').from.epochMilliseconds / 60_000;
  return found.days[0]?.slots.find(({ start }) => start === at);
};

describe('a hold', () => {
  test('owns its time: neither a booking nor another hold gets any of it', async () => {
    const id = await hold();
    expect(id).not.toBeNull();
    expect(await hold('10:45', '11:45')).toBeNull();
    await expect(desk.book('bob', '10:30')).rejects.toMatchObject({ code: 'slot_taken' });
    expect(await desk.taken()).toEqual(['10:00-11:00 hold']);
    // The one refused has left no row of itself.
    expect(await desk.sql('select id from hold')).toHaveLength(1);
    expect(await desk.journalled('hold.placed')).toEqual([id]);
  });

  test('keeps its time from being offered until five seconds after it expires', async () => {
    await hold();
    expect(await offered()).toMatchObject({ available: false, reasons: ['slot_taken'] });
    later(604);
    expect(await offered()).toMatchObject({ available: false });
    later(605);
    expect(await offered()).toMatchObject({ available: true });
  });

  test('can be confirmed until it expires, and its time is then the session’s for good', async () => {
    const id = (await hold()) ?? 0;
    later(10 * 60 - 1);
    const sessionId = await confirm(id);
    expect(await desk.taken()).toEqual([`10:00-11:00 ${sessionId}`]);
    expect(await stateOf(id)).toBe('confirmed');
    expect(await desk.journalled('hold.confirmed')).toEqual([id]);
    later(24 * 3600 - 3601);
    await expect(desk.book('bob', '10:00')).rejects.toMatchObject({ code: 'slot_taken' });
  });

  test('cannot be confirmed twice, nor once released', async () => {
    const first = (await hold()) ?? 0;
    await confirm(first);
    await expect(confirm(first)).rejects.toBeInstanceOf(Refusal);
    const second = (await hold('12:00', '13:00')) ?? 0;
    expect(await desk.act((tx, by) => releaseHold(tx, by, second))).toBe(true);
    expect(await desk.act((tx, by) => releaseHold(tx, by, second))).toBe(false);
    await expect(confirm(second)).rejects.toMatchObject({ code: 'hold_expired' });
    expect(await desk.journalled('hold.released')).toEqual([second]);
    await desk.book('bob', '12:00');
  });

  test('is in nobody’s hands between its expiry and five seconds later: not confirmed any more, not removed yet', async () => {
    const id = (await hold()) ?? 0;
    for (const seconds of [600, 604]) {
      later(seconds);
      await expect(confirm(id)).rejects.toMatchObject({ code: 'hold_expired' });
      await expect(desk.book('bob', '10:00')).rejects.toMatchObject({ code: 'slot_taken' });
      expect(await hold()).toBeNull();
    }
    expect(await stateOf(id)).toBe('open');
    later(605);
    await desk.book('bob', '10:00');
  });

  test('that has run out is removed by the booking in its way, closed and journalled with it, without any worker', async () => {
    const id = (await hold()) ?? 0;
    const other = (await hold('14:00', '15:00')) ?? 0;
    later(605);
    const appointment = await desk.book('bob', '10:30');
    expect(await desk.taken()).toEqual([`10:30-11:30 ${await desk.sessionOf(appointment)}`, '14:00-15:00 hold']);
    expect(await stateOf(id)).toBe('expired');
    expect(await stateOf(other)).toBe('open');
    expect(await desk.journalled('hold.expired')).toEqual([id]);
    await expect(confirm(id)).rejects.toMatchObject({ code: 'hold_expired' });
  });

  test('that has run out is removed by a reschedule and by another hold in its way', async () => {
    const first = (await hold()) ?? 0;
    const second = (await hold('14:00', '15:00')) ?? 0;
    const appointment = await desk.book('bob', '12:00');
    later(605);
    await desk.move(appointment, '10:15');
    const third = await hold('14:30', '15:30');
    expect(third).not.toBeNull();
    expect(await desk.journalled('hold.expired')).toEqual([first, second]);
  });

  test('stays as it was when the act that removed it does not commit', async () => {
    const id = (await hold()) ?? 0;
    later(605);
    // A session inside the hold's time that the rule cannot see, so that the act fails at its last step.
    await expect(
      desk.act(async (tx, by) => {
        await placeHold(tx, by, {
          practitionerId: MICHAEL,
          sessionTypeId: -1,
          zone: 'Europe/Berlin',
          wallStart: '2030-01-15T10:00',
          holder: 'client:eve',
          time: stretch('10:00', '11:00'),
          occupied: stretch('10:00', '11:00'),
          expiresAt: by.at.add({ minutes: 10 }),
        });
        throw new Error('cut off');
      }),
    ).rejects.toThrow('cut off');
    expect(await stateOf(id)).toBe('open');
    expect(await desk.taken()).toEqual(['10:00-11:00 hold']);
    expect(await desk.journalled('hold.expired')).toEqual([]);
  });

  test('that loses its row by raw SQL cannot be confirmed into time somebody else took', async () => {
    const id = (await hold()) ?? 0;
    await desk.sql('delete from occupancy where hold_id = $1', [id]);
    await desk.book('bob', '10:00');
    expect(await forbiddenBy(confirm(id))).toMatch(/no longer open/);
    expect(await stateOf(id)).toBe('open');
  });
});

test('buffers of neighbours add up: two sessions lie as far apart as the one’s after and the other’s before', async () => {
  await desk.sql(
    'update practitioner set buffer_before_minutes = 15, buffer_after_minutes = 30, schedule_version = schedule_version + 1 where id = $1',
    [MICHAEL],
  );
  const [type] = await desk.sql<{ id: number }>(`select ${SESSION_TYPE} as id`);
  try {
    const appointment = await desk.book('ann', '10:00');
    expect(await desk.taken()).toEqual([`09:45-11:30 ${await desk.sessionOf(appointment)}`]);
    await expect(desk.book('bob', '11:30')).rejects.toMatchObject({ code: 'slot_taken' });
    await desk.book('bob', '11:45');
    // 15 minutes of nobody's are not enough for another one.
    expect(
      await desk.act((tx) =>
        takeForSession(tx, { resourceId: MICHAEL, stretch: stretch('11:15', '11:31'), sessionId: type?.id ?? 0 }),
      ),
    ).toBeNull();
    // What was agreed keeps the buffers of its day.
    await desk.sql(
      'update practitioner set buffer_before_minutes = 0, buffer_after_minutes = 0, schedule_version = schedule_version + 1 where id = $1',
      [MICHAEL],
    );
    await expect(desk.book('cem', '09:00')).rejects.toMatchObject({ code: 'slot_taken' });
  } finally {
    await desk.sql(
      'update practitioner set buffer_before_minutes = 0, buffer_after_minutes = 0, schedule_version = schedule_version + 1 where id = $1',
      [MICHAEL],
    );
  }
});
