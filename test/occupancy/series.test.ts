// A series is the sum of its dates: whatever is taken, limited or buffered, it gets just those that would have been booked one
// by one, in order, and for the others the same reasons. On a real database.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bookAppointment } from '../../src/appointments/book-appointment.ts';
import { bookSeries } from '../../src/appointments/book-series.ts';
import { previewSeries, type SeriesRequest } from '../../src/appointments/find-series-dates.ts';
import { DatesRefused } from '../../src/appointments/series.ts';
import { noOnce } from '../../src/platform/http/idempotency.ts';
import { Refusal } from '../../src/platform/refusal.ts';
import { MICHAEL, openDesk, type OpenDesk } from './open-desk.ts';

let desk: OpenDesk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

const FIRST = '2030-02-05';
const time = (quarter: number) =>
  `${String(9 + Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`;
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
const bookOne = async (client: string, date: string, at: string): Promise<string> => {
  try {
    await bookAppointment(
      desk.tools,
      staff(),
      {
        ...person(client),
        practitionerId: MICHAEL,
        start: { wall: { date, time: at } },
        sessionType: 'Initial Consultation',
        platform: null,
      },
      noOnce,
    );
    return 'free';
  } catch (error) {
    if (error instanceof Refusal) return JSON.stringify(error.details.extra?.['reasons'] ?? error.code);
    throw error;
  }
};
const clear = async () => {
  await desk.sql('delete from series_date');
  await desk.sql('delete from series');
  await desk.clear();
};

const worlds = fc.record({
  others: fc.array(fc.record({ week: fc.nat(7), day: fc.nat(2), quarter: fc.nat(30), own: fc.boolean() }), {
    maxLength: 14,
  }),
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
  let [some, refused] = [0, 0];
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
        for (const { week, day, quarter, own } of world.others) {
          await bookOne(own ? 'ann' : 'bob', dateOf(week, day), time(quarter));
        }
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
        sessionType: 'Initial Consultation',
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
      for (const { wall } of told.dates) oneByOne.push(await bookOne('ann', wall.date, wall.time));
      expect(foretold).toEqual(oneByOne);
      const starts = await desk.sql('select starts_at, occupied::text from session where live order by starts_at');

      await others();
      const booked = await bookSeries(tools, staff(), request, noOnce).catch((error: unknown) => {
        if (error instanceof DatesRefused) return null;
        throw error;
      });
      const free = oneByOne.filter((one) => one === 'free').length;
      expect(booked === null).toBe(free === 0);
      expect(await desk.sql('select starts_at, occupied::text from session where live order by starts_at')).toEqual(
        starts,
      );
      if (free > 0) some += 1;
      if (free < oneByOne.length) refused += 1;
    }),
    { numRuns: 40 },
  );
  expect(Math.min(some, refused)).toBeGreaterThan(8);
}, 120_000);
