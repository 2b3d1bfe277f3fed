// A series is the sum of its dates: whatever is taken, limited or buffered, and whatever room it needs, it gets just those that
// would have been booked one by one, in order, with the same units, and for the others the same reasons. On a real database.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bookAppointment } from '../../src/appointments/book-appointment.ts';
import { bookSeries } from '../../src/appointments/book-series.ts';
import { previewSeries, type SeriesRequest } from '../../src/appointments/find-series-dates.ts';
import { holdSlot } from '../../src/appointments/hold-slot.ts';
import { DatesRefused } from '../../src/appointments/series.ts';
import { noOnce } from '../../src/platform/http/idempotency.ts';
import { Refusal } from '../../src/platform/refusal.ts';
import { addSessionType } from '../../src/practitioners/add-session-type.ts';
import { changePractitioner } from '../../src/practitioners/change-practitioner.ts';
import { addResource } from '../../src/practitioners/change-resource.ts';
import type { Need, ResourceKind } from '../../src/practitioners/resource.ts';
import { MICHAEL, openDesk, SARAH, type OpenDesk } from './open-desk.ts';

const TYPES = ['Initial Consultation', 'In a Room', 'In Room One', 'Class'] as const;
type SessionType = (typeof TYPES)[number];

let desk: OpenDesk;
beforeAll(async () => {
  desk = await openDesk();
  const tools = { transactor: desk.work, clock: desk.clock };
  const call = { once: noOnce, status: 201 };
  const add = async (kind: ResourceKind, name: string) => {
    const fields = { kind, name, units: 1, locationId: null, address: null, active: true };
    return (await addResource(tools, staff(), { fields, call })).id;
  };
  const [one, two, chair] = [await add('room', 'One'), await add('room', 'Two'), await add('equipment', 'Chair')];
  const offer = async (name: SessionType, needs: readonly Need[], capacity = 1) =>
    (await addSessionType(tools, staff(), { name, durationMinutes: 60, needs, capacity, call })).id;
  const made = [
    await offer('In a Room', [{ kind: 'room', anyOf: [one, two] }]),
    await offer('In Room One', [
      { kind: 'room', anyOf: [one] },
      { kind: 'equipment', anyOf: [chair] },
    ]),
    await offer('Class', [{ kind: 'room', anyOf: [one, two] }], 2),
  ];
  const there = await desk.sql<{ id: number }>('select id from session_type where not id = any($1::bigint[])', [made]);
  const sessionTypes = [...there.map(({ id }) => ({ id })), ...made.map((id) => ({ id }))];
  for (const id of [MICHAEL, SARAH]) {
    await changePractitioner(tools, staff(), {
      id,
      fields: { sessionTypes },
      call: { once: noOnce, status: 200, expected: null },
    });
  }
});
afterAll(() => desk.close());

const FIRST = '2030-02-05';
const time = (quarter: number) =>
  `${String(9 + Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`;
const near = (quarter: number, off: number) => time(Math.min(30, Math.max(0, quarter + off)));
const dateOf = (week: number, day = 0) => Temporal.PlainDate.from(FIRST).add({ weeks: week, days: day }).toString();

const staff = () => ({
  organisationId: desk.organisationId,
  role: 'staff' as const,
  subject: 'desk',
  email: null,
  practitionerId: null,
  key: 'staff:desk',
});
const person = (client: string) => ({ userId: client, userEmail: `${client}@example.com`, userName: client });
type One = { readonly client: string; readonly date: string; readonly at: string; readonly sessionType: SessionType };
const bookOne = async ({ client, date, at, sessionType }: One, over: object = {}): Promise<string> => {
  try {
    await bookAppointment(
      desk.tools,
      staff(),
      {
        ...person(client),
        practitionerId: MICHAEL,
        start: { wall: { date, time: at }, timeZone: 'Europe/Berlin' },
        sessionType,
        platform: null,
        ...over,
      },
      noOnce,
    );
    return 'free';
  } catch (error) {
    if (error instanceof Refusal) return JSON.stringify(error.details.extra?.['reasons'] ?? error.code);
    throw error;
  }
};
/** Whose hours do not matter here: what she has of rooms does. */
const bookBeside = (one: One) => bookOne(one, { practitionerId: SARAH, override: { reason: 'for the test' } });
/** Of hers, and run out: nobody has ended it. */
const holdBeside = async ({ date, at, sessionType }: Omit<One, 'client'>) => {
  const tools = { ...desk.tools, holdRules: { minutes: 1, perClient: 20, perDay: 100 } };
  const start = { wall: { date, time: at }, timeZone: 'Europe/Berlin' };
  await holdSlot(tools, staff(), { practitionerId: SARAH, sessionType, start, userId: undefined }, noOnce).catch(
    (error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
    },
  );
};
const STATE = `select starts_at, occupied::text, zone, practitioner_id,
                      array(select o.resource_id from occupancy o where o.session_id = s.id order by 1) as owns,
                      capacity, array(select c.subject from appointment a join client c on c.id = a.client_id
                                       where a.session_id = s.id order by 1) as seats
                 from session s where live order by starts_at, practitioner_id`;
const clear = async () => {
  await desk.sql('delete from series_date');
  await desk.sql('delete from series');
  await desk.sql('delete from note');
  await desk.clear();
};

/** Quarters from those of the series: as often the very same as all others together. */
const offs = fc.oneof(fc.constant(0), fc.integer({ min: -4, max: 4 }));
const worlds = fc.record({
  others: fc.array(
    fc.record({
      week: fc.nat(4),
      day: fc.constantFrom(0, 0, 0, 1),
      off: offs,
      who: fc.constantFrom('ann', 'bob', 'cat'),
    }),
    { maxLength: 14 },
  ),
  sessionType: fc.constantFrom(...TYPES, 'In a Room', 'Class', 'Class'),
  /** Another practitioner's, of the same rooms, about when the series would be. */
  beside: fc.array(
    fc.record({
      week: fc.nat(4),
      off: fc.integer({ min: -4, max: 4 }),
      sessionType: fc.constantFrom(...TYPES),
      ranOut: fc.boolean(),
    }),
    { minLength: 4, maxLength: 14 },
  ),
  buffers: fc.constantFrom([0, 0], [0, 15], [30, 15]),
  limit: fc.option(
    fc.record({
      per: fc.constantFrom('day', 'week', 'month'),
      of: fc.constantFrom('practitioner', 'client'),
      mostSessions: fc.integer({ min: 1, max: 3 }),
    }),
  ),
  quarter: fc.nat(30),
  count: fc.integer({ min: 2, max: 8 }),
  frequency: fc.constantFrom('weekly' as const, 'fortnightly' as const, 'monthly' as const),
  /** Two dates of the series itself come to lie beside or over each other. */
  instead: fc.option(fc.record({ index: fc.integer({ min: 1, max: 2 }), week: fc.nat(1), quarter: fc.nat(30) })),
});

test('a series gets the dates that would be booked one by one, and the same reasons against the others', async () => {
  let [some, refused, roomTaken, secondRoom, joined, full] = [0, 0, 0, 0, 0, 0];
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const [before, after] = world.buffers;
      const limits = world.limit ? [{ ...world.limit, mostMinutes: null, sessionTypeId: null }] : [];
      await desk.sql(
        `update practitioner set buffer_before_minutes = $2, buffer_after_minutes = $3, limits = $4::jsonb,
                schedule_version = schedule_version + 1, revision = revision + 1 where id = $1`,
        [MICHAEL, before, after, JSON.stringify(limits)],
      );
      const others = async () => {
        await clear();
        for (const { week, day, off, who } of world.others) {
          await bookOne({
            client: who,
            date: dateOf(week, day),
            at: near(world.quarter, off),
            sessionType: world.sessionType,
          });
        }
        for (const { week, off, sessionType, ranOut } of world.beside) {
          // She can hold only what is in her hours, which begin at three there.
          const at = ranOut ? time(24 + 4 * (off & 1)) : near(world.quarter, off);
          const one = { date: dateOf(week), at, sessionType };
          if (ranOut) await holdBeside(one);
          else await bookBeside({ ...one, client: 'sue' });
        }
        desk.clock.advance({ minutes: 2 });
      };
      const instead = world.instead && {
        index: world.instead.index,
        date: dateOf(world.instead.week),
        time: time(world.instead.quarter),
      };
      const request: SeriesRequest = {
        ...person('ann'),
        practitionerId: MICHAEL,
        start: { wall: { date: FIRST, time: time(world.quarter) } },
        sessionType: world.sessionType,
        platform: null,
        repeat: { frequency: world.frequency, count: world.count },
        take: 'the_rest',
        exceptDates: [],
        instead: instead ? [instead] : [],
      };
      const tools = { ...desk.tools, seriesPerClient: 100 };

      await others();
      const told = await previewSeries(tools, staff(), request);
      const foretold = told.dates.map(({ reasons }) => (reasons.length === 0 ? 'free' : JSON.stringify(reasons)));
      const oneByOne: string[] = [];
      for (const { wall } of told.dates)
        oneByOne.push(await bookOne({ client: 'ann', date: wall.date, at: wall.time, sessionType: world.sessionType }));
      expect(foretold).toEqual(oneByOne);
      const state = await desk.sql<{ practitioner_id: number; owns: number[]; seats: string[] }>(STATE);

      await others();
      const booked = await bookSeries(tools, staff(), request, noOnce).catch((error: unknown) => {
        if (error instanceof DatesRefused) return null;
        throw error;
      });
      const free = oneByOne.filter((one) => one === 'free').length;
      expect(booked === null).toBe(free === 0);
      expect(await desk.sql(STATE)).toEqual(state);
      if (free > 0) some += 1;
      if (free < oneByOne.length) refused += 1;
      if (oneByOne.some((one) => one.includes('room_taken'))) roomTaken += 1;
      if (state.some(({ seats }) => seats.includes('ann') && seats.length > 1)) joined += 1;
      if (oneByOne.some((one) => one.includes('full'))) full += 1;
      const rooms = new Set(
        state
          .filter((one) => one.practitioner_id === MICHAEL)
          .flatMap(({ owns }) => owns.filter((unit) => unit !== MICHAEL)),
      );
      if ((world.sessionType === 'In a Room' || world.sessionType === 'Class') && rooms.size > 1) secondRoom += 1;
    }),
    { numRuns: 60 },
  );
  expect(Math.min(some, refused)).toBeGreaterThan(8);
  expect(Math.min(roomTaken, secondRoom, joined, full)).toBeGreaterThan(0);
}, 240_000);
