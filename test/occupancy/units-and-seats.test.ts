// What is offered is what can be had, with rooms, equipment and seats: a walk over two practitioners who share them, by the acts,
// each booking asked for first; and the constraints that stand behind them.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bookAppointment } from '../../src/appointments/book-appointment.ts';
import { holdSlot } from '../../src/appointments/hold-slot.ts';
import { rescheduleAppointment } from '../../src/appointments/reschedule-appointment.ts';
import { findSlots } from '../../src/availability/find-slots.ts';
import type { Actor } from '../../src/identity/actor.ts';
import { noOnce } from '../../src/platform/http/idempotency.ts';
import { Refusal } from '../../src/platform/refusal.ts';
import { minuteOf } from '../../src/platform/time/wall-clock.ts';
import { addSessionType } from '../../src/practitioners/add-session-type.ts';
import { changePractitioner } from '../../src/practitioners/change-practitioner.ts';
import { addResource } from '../../src/practitioners/change-resource.ts';
import type { Need, ResourceKind } from '../../src/practitioners/resource.ts';
import {
  lockNeeds,
  lockResource,
  raiseVersionsNeeding,
  updateResource,
} from '../../src/practitioners/store-resources.ts';
import { chanceFrom } from '../races/chance.ts';
import { breachesOfTime } from '../races/true-time.ts';
import { DAY, forbiddenBy, MICHAEL, openDesk, SARAH, type OpenDesk } from './open-desk.ts';

let desk: OpenDesk;
let actor: Actor;
const call = { once: noOnce, status: 201 };
beforeAll(async () => {
  desk = await openDesk();
  const { organisationId } = desk;
  actor = { organisationId, role: 'staff', subject: 'desk', email: null, practitionerId: null, key: 'staff:desk' };
  const add = async (kind: ResourceKind, name: string, units = 1) => {
    const fields = { kind, name, units, locationId: null, address: null, active: true };
    return (await addResource({ transactor: desk.work, clock: desk.clock }, actor, { fields, call })).id;
  };
  const rooms = [await add('room', 'One'), await add('room', 'Two')];
  const chair = await add('equipment', 'Chair', 2);
  const offer = async (name: string, needs: readonly Need[], more: { capacity?: number; lengths?: number[] } = {}) => {
    const fields = { name, durationMinutes: 60, needs, ...more, call };
    return (await addSessionType({ transactor: desk.work, clock: desk.clock }, actor, fields)).id;
  };
  const types = [
    await offer('In a Room', [{ kind: 'room' }]),
    await offer('In Room One', [
      { kind: 'room', anyOf: [rooms[0]!] },
      { kind: 'equipment', anyOf: [chair] },
    ]),
    await offer('Class', [{ kind: 'room', anyOf: rooms }], { capacity: 2 }),
    await offer('Long or Short', [{ kind: 'equipment' }], { lengths: [30, 90] }),
  ];
  const existing = await desk.sql<{ id: number }>('select id from session_type where not id = any($1::bigint[])', [
    types,
  ]);
  for (const id of [MICHAEL, SARAH]) {
    const sessionTypes = [...existing.map((one) => ({ id: one.id })), ...types.map((type) => ({ id: type }))];
    const tools = { transactor: desk.work, clock: desk.clock };
    const change = { id, fields: { sessionTypes }, call: { once: noOnce, status: 200, expected: null } };
    await changePractitioner(tools, actor, change);
  }
});
afterAll(() => desk.close());

const TYPES = ['In a Room', 'In Room One', 'Class', 'Long or Short', 'Follow-up'] as const;
const CLIENTS = Array.from({ length: 6 }, (_, i) => `client-${i}`);

/** What a start would meet, as offered; null: it is no start of theirs. */
async function offered(practitionerId: number, sessionType: string, start: Temporal.Instant, more: object) {
  const question = { organisationId: desk.organisationId, practitionerId, sessionType, from: DAY, to: DAY, ...more };
  const found = await findSlots(desk.tools, question);
  return found.days[0]?.slots.find((slot) => slot.start === minuteOf(start)) ?? null;
}

async function outcome(act: () => Promise<unknown>): Promise<readonly unknown[]> {
  try {
    await act();
    return [];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return (error.details.extra?.['reasons'] as readonly unknown[] | undefined) ?? [error.code];
  }
}

test.each([1, 2, 3])('offered is what can be had, and the rest says why (walk %i)', async (seed) => {
  const chance = chanceFrom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(chance() * list.length)]!;
  await desk.clear();
  await desk.sql('delete from letter');
  const made: number[] = [];
  const counts = { had: 0, refused: 0, moved: 0 };
  for (let step = 0; step < 160; step += 1) {
    const practitionerId = pick([MICHAEL, SARAH]);
    const sessionType = pick(TYPES);
    const clientSubject = pick(CLIENTS);
    const minutes = sessionType === 'Long or Short' ? pick([60, 30, 90]) : undefined;
    // Both work then: in Berlin until five, in New York from nine.
    const wall = `${DAY}T15:00:00`;
    const start = Temporal.PlainDateTime.from(wall)
      .toZonedDateTime('Europe/Berlin')
      .add({ minutes: pick([0, 0, 15, 30, 45, 60, 60, 75, 120]) })
      .toInstant();
    const asked = { wall: start.toString() };
    const what = chance();
    if (what < 0.3 && made.length > 0) {
      await desk.cancel(pick(made)).catch(ignoreRefusal);
      continue;
    }
    if (what < 0.45 && made.length > 0) {
      const appointmentId = pick(made);
      await rescheduleAppointment(desk.tools, actor, { appointmentId, start: asked }, noOnce)
        .then(() => (counts.moved += 1))
        .catch(ignoreRefusal);
      continue;
    }
    if (what < 0.49 && sessionType !== 'Class') {
      const tools = { ...desk.tools, holdRules: { minutes: 5, perClient: 20, perDay: 100 } };
      const wish = { practitionerId, sessionType, start: asked, userId: clientSubject };
      await holdSlot(tools, actor, wish, noOnce).catch(ignoreRefusal);
      continue;
    }
    if (what < 0.6) desk.clock.advance({ minutes: 4 });
    const more = { clientSubject, durationMinutes: minutes };
    const slot = await offered(practitionerId, sessionType, start, more);
    const reasons = await outcome(async () => {
      const booked = await bookAppointment(
        desk.tools,
        actor,
        {
          userId: clientSubject,
          userEmail: `${clientSubject}@example.com`,
          userName: clientSubject,
          practitionerId,
          start: asked,
          sessionType,
          durationMinutes: minutes,
          platform: null,
        },
        noOnce,
      );
      made.push(booked.appointmentId);
    });
    counts[reasons.length === 0 ? 'had' : 'refused'] += 1;
    expect([step, slot ? reasons : reasons.length > 0]).toEqual([step, slot ? slot.reasons : true]);
    expect(step % 20 === 0 ? await breachesOfTime(desk.work, desk.organisationId) : []).toEqual([]);
  }
  expect(await breachesOfTime(desk.work, desk.organisationId)).toEqual([]);
  // Each way was walked.
  expect(Math.min(counts.had, counts.refused)).toBeGreaterThan(10);
  expect(counts.moved).toBeGreaterThan(0);
});

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof Refusal)) throw error;
}

test('a room is one session’s, whoever writes', async () => {
  const [room] = await desk.sql<{ id: number }>(`select min(id) as id from resource where kind = 'room'`);
  const insert = (during: string) =>
    desk.sql(
      `insert into occupancy (organisation_id, resource_id, during, hold_id, expires_at)
       select current_organisation(), $1, $2::tstzrange, nextval('public_id'), '2040-01-01'`,
      [room?.id, during],
    );
  const held = `insert into hold (organisation_id, practitioner_id, session_type_id, holder, starts_at, ends_at, expires_at, zone, wall_start)
    select current_organisation(), ${MICHAEL}, min(id), 'x', now(), now() + interval '1 hour', now() + interval '1 hour', 'UTC',
           '2035-01-01T10:00' from session_type returning id`;
  const [hold] = await desk.sql<{ id: number }>(held);
  await desk.sql(
    `insert into occupancy (organisation_id, resource_id, during, hold_id, expires_at)
     values (current_organisation(), $1, '[2035-01-01 10:00Z,2035-01-01 11:00Z)', $2, '2040-01-01')`,
    [room?.id, hold?.id],
  );
  expect(await forbiddenBy(insert('[2035-01-01 10:30Z,2035-01-01 11:30Z)'))).toBe('occupancy_no_overlap');
});

test('who begins to offer what needs a room while that is retired is not left with it', async () => {
  const tools = { transactor: desk.work, clock: desk.clock };
  const room = { kind: 'room', name: 'Old', units: 1, locationId: null, address: null, active: true } as const;
  const { id } = await addResource(tools, actor, { fields: room, call });
  const needs = [{ kind: 'room', anyOf: [id] }] as const;
  const type = await addSessionType(tools, actor, { name: 'In the Old Room', durationMinutes: 60, needs, call });
  // Of the demo practice, and needing no room yet.
  const [someone] = await desk.sql<{ id: number }>(
    'select id from practitioner where active and id not in ($1, $2) order by id limit 1',
    [MICHAEL, SARAH],
  );
  const practitionerId = someone?.id ?? 0;
  const written = Promise.withResolvers<void>();
  const mayCommit = Promise.withResolvers<void>();
  // As changeResource does, stopped before its end.
  const retiring = desk.work.inOrganisation(desk.organisationId, async (tx) => {
    await lockNeeds(tx);
    await lockResource(tx, id);
    await updateResource(tx, id, { ...room, active: false });
    await raiseVersionsNeeding(tx, id, 'room');
    written.resolve();
    await mayCommit.promise;
  });
  await written.promise;
  const change = { id: practitionerId, call: { once: noOnce, status: 200, expected: null } };
  const offering = changePractitioner(tools, actor, { ...change, fields: { sessionTypes: [type] } });
  const free = async () => {
    const { organisationId } = desk;
    const days = { from: DAY, to: '2030-01-21' };
    const found = await findSlots(desk.tools, { organisationId, practitionerId, sessionType: type.id, ...days });
    return found.days.flatMap(({ slots }) => slots.filter(({ available }) => available)).length;
  };
  await Promise.race([offering.then(free), sleep(300)]);
  mayCommit.resolve();
  await Promise.all([retiring, offering]);
  expect(await free()).toBe(0);
});
