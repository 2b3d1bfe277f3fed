// That what was found before is answered again only while it is still so: over a real database, against a question that nobody
// has asked before.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findSlots, type SlotsFound } from '../../src/availability/find-slots.ts';
import { FoundThisMinute } from '../../src/availability/last-found.ts';
import { placeHold } from '../../src/occupancy/place-hold.ts';
import { Refusal } from '../../src/platform/refusal.ts';
import { chanceFrom } from '../races/chance.ts';
import { DAY, MICHAEL, openDesk, stretch, type OpenDesk } from '../occupancy/open-desk.ts';

let desk: OpenDesk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

const find = (days = 0): Promise<SlotsFound> =>
  findSlots(desk.tools, {
    organisationId: desk.organisationId,
    practitionerId: MICHAEL,
    sessionType: 'Initial Consultation',
    from: DAY,
    to: Temporal.PlainDate.from(DAY).add({ days }).toString(),
  });

const HOURS = ['09:00', '10:00', '11:00', '13:00', '14:00', '15:00', '16:00'];
const SESSION_TYPE = `(select id from session_type where name = 'Initial Consultation')`;

async function hold(from: string, minutes: number): Promise<void> {
  const [type] = await desk.sql<{ id: number }>(`select ${SESSION_TYPE} as id`);
  const time = stretch(from, `${String(Number(from.slice(0, 2)) + 1).padStart(2, '0')}:00`);
  await desk.act((tx, by) =>
    placeHold(tx, by, {
      practitionerId: MICHAEL,
      sessionTypeId: type!.id,
      zone: 'Europe/Berlin',
      wallStart: `${DAY}T${from}`,
      holder: 'client:ann',
      time,
      occupied: time,
      expiresAt: desk.clock.now().add({ minutes }),
    }),
  );
}

function asRefused(error: unknown): null {
  if (error instanceof Refusal) return null;
  throw error;
}

test('asked again, with nothing changed, the very same is answered; a minute later it is found anew', async () => {
  desk.clock.set(`${DAY}T07:00:10Z`);
  const first = await find();
  expect(await find()).toBe(first);
  desk.clock.set(`${DAY}T07:01:00Z`);
  expect(await find()).toBe(first);
  // The rule goes by minutes that have begun.
  desk.clock.set(`${DAY}T07:01:01Z`);
  const next = await find();
  expect(next).not.toBe(first);
  expect(await find()).toBe(next);
});

test('what a hold takes is free again within the minute in which it runs out', async () => {
  await desk.clear();
  desk.clock.set(`${DAY}T06:10:10Z`);
  await hold('13:00', 1);
  const at = stretch('13:00', '14:00').from.epochMilliseconds / 60_000;
  const offeredAt = async (second: number) => {
    desk.clock.set(`${DAY}T06:11:${second}Z`);
    return (await find()).days[0]?.slots.find(({ start }) => start === at)?.available;
  };
  expect([await offeredAt(10), await offeredAt(14), await offeredAt(15)]).toEqual([false, false, true]);
});

test(
  'after every act and every step of the clock the answer is that of somebody who never asked',
  { timeout: 240_000 },
  async () => {
    await desk.clear();
    const chance = chanceFrom(7);
    const anyHour = () => HOURS[Math.floor(chance() * HOURS.length)]!;
    const booked: number[] = [];
    const acts: Readonly<Record<string, () => Promise<void> | void>> = {
      nothing: () => undefined,
      book: async () => {
        // What is taken, or past, is refused, and changes nothing.
        const made = await desk.book(`client-${booked.length}`, anyHour()).catch(asRefused);
        if (made !== null) booked.push(made);
      },
      cancel: async () => {
        const one = booked.pop();
        if (one !== undefined) await desk.cancel(one).catch(asRefused);
      },
      hold: () => hold(anyHour(), 1 + Math.floor(chance() * 3)),
      notice: async () => {
        await desk.sql(
          `update practitioner set notice_minutes = $1, revision = revision + 1, schedule_version = schedule_version + 1
            where id = $2`,
          [Math.floor(chance() * 90), MICHAEL],
        );
      },
      second: () => step(1 + Math.floor(chance() * 20)),
      minutes: () => step(60 * (1 + Math.floor(chance() * 5))),
    };
    const step = (seconds: number) => {
      desk.clock.set(desk.clock.now().add({ seconds }).toString());
    };
    desk.clock.set(`${DAY}T06:30:00Z`);
    let [again, before] = [0, await find()];
    const names = Object.keys(acts);
    for (let days = 1; days <= 90; days += 1) {
      const name = names[Math.floor(chance() * names.length)]!;
      await acts[name]!();
      const [seen, anew] = [await find(), await find(days)];
      expect(seen.days[0], `after ${days} steps, the last of them ${name}`).toEqual(anew.days[0]);
      if (seen === before) again += 1;
      before = seen;
    }
    // Else nothing would be shown here.
    expect(again).toBeGreaterThan(10);
    expect(booked.length).toBeGreaterThan(2);
  },
);

const last = (count: number, print = '') =>
  ({ busy: { print, taken: [] }, found: { days: [{ slots: Array.from({ length: count }, () => ({})) }] } }) as never;

test('what is kept is bounded, and stays until its minute is over', () => {
  const kept = new FoundThisMinute();
  const names = Array.from({ length: 200 }, (_, n) => `question ${n}`);
  for (const name of names) kept.keep(name, 5, last(500));
  const held = names.filter((name) => kept.recall(name, 5) !== undefined);
  expect(held).toEqual(names.slice(0, held.length));
  expect(held.length * 500 * 400).toBeLessThan(24_000_000);
  expect(held.length).toBeGreaterThan(100);
  // In its own place something newer has room; what is too large of itself has none.
  const newer = last(500);
  kept.keep('question 0', 5, newer);
  expect(kept.recall('question 0', 5)).toBe(newer);
  expect(kept.recall('question 0', 6)).toBeUndefined();
  kept.keep('a quarter', 6, last(1_000));
  kept.keep('much that is taken', 6, last(0, 'x'.repeat(300_000)));
  kept.keep('a month', 6, newer);
  expect(['question 0', 'a quarter', 'much that is taken', 'a month'].map((name) => kept.recall(name, 6))).toEqual([
    undefined,
    undefined,
    undefined,
    newer,
  ]);
});
