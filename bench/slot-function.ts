// Measures the slot function alone: 30 days with 200 busy stretches, and 90 days with 5,000, in milliseconds (median of rounds).
// Mon-Fri 09-17 hours in New York, a 60-minute session on a 30-minute grid, across a change of clocks.
import type { Diary } from '../src/availability/free-time.ts';
import { reasonsAgainst, slotsBetween } from '../src/availability/slots.ts';
import { dayStart } from '../src/platform/time/wall-clock.ts';
import { offsetAt } from '../src/platform/time/zone-table.ts';
import { compileSchedule } from '../src/schedules/compiled.ts';

const DAY = 1_440;
const ZONE = 'America/New_York';
/** Enough for a steady median; each is one call. */
const ROUNDS = 3_000;
const GROUP = 8;

const from = dayStart('2026-10-12', ZONE);
const now = from - 3 * DAY;

function diary(days: number, count: number): Diary {
  const busy: number[] = [];
  for (let i = 0; i < count; i += 1) {
    // Overlapping in groups, as copies of outside calendars are.
    const start = from + Math.floor(((i - (i % GROUP)) * days * DAY) / count) + (i % GROUP);
    busy.push(start, start + 30);
  }
  return {
    practitionerId: 1,
    schedule: compileSchedule({
      zone: ZONE,
      version: 1,
      weekly: ([1, 2, 3, 4, 5] as const).map((weekday) => ({ weekday, from: 540, to: 1_020 })),
      overrides: [],
      timeOff: [],
    }),
    policy: { bufferBeforeMinutes: 0, bufferAfterMinutes: 0, noticeMinutes: 60, horizonDays: 365, gridMinutes: 30 },
    lengthMinutes: 60,
    busy: Int32Array.from(busy),
  };
}

/** Median milliseconds of one call. */
function median(call: () => unknown): number {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    call();
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[ROUNDS >> 1]!;
}

for (const [days, count] of [
  [1, 8],
  [30, 200],
  [90, 5_000],
] as const) {
  const asked = diary(days, count);
  const slots = slotsBetween(asked, from, from + days * DAY, now);
  const offered = slots.filter(({ available }) => available).length;
  const ms = median(() => slotsBetween(asked, from, from + days * DAY, now));
  console.log(`slots ${days} days, ${count} busy: ${ms.toFixed(4)} ms (${slots.length} starts, ${offered} offered)`);
}

const judged = diary(30, 200);
console.log(`one start judged: ${median(() => reasonsAgainst(judged, from + 15 * DAY, now)).toFixed(4)} ms`);
let minute = from;
const each = median(() => {
  for (let i = 0; i < 1_000; i += 1) minute += offsetAt(ZONE, minute + i * 500) & 1;
});
console.log(`offset of a zone: ${each.toFixed(4)} us`);
