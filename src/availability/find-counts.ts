// Counts the free times of many, day by day in the zone of whoever looks: for a month's page, on which a day is chosen.
import { dateOfDay, dayStart } from '../platform/time/wall-clock.ts';
import { freeSlots } from './among.ts';
import { findBusy, MOST_DAYS_AT_ONCE, type Asked, type Candidates } from './find-candidates.ts';
import type { SlotTools } from './find-slots.ts';
import type { Stretch } from './find-soonest.ts';

/** `free`: starts that can be booked, of all together. `practitioners`: how many of them have one. */
export type DayCount = { readonly date: string; readonly free: number; readonly practitioners: number };

/** Refusal `overloaded`. `firstDay`: days since 1970-01-01. */
export async function findCounts(
  tools: SlotTools,
  asked: Asked & Candidates,
  { firstDay, dayCount, timeZone }: { readonly firstDay: number; readonly dayCount: number; readonly timeZone: string },
  { now }: Pick<Stretch, 'now'>,
): Promise<DayCount[]> {
  const dates = Array.from({ length: dayCount }, (_, day) => dateOfDay(firstDay + day));
  const begins = [...dates, dateOfDay(firstDay + dayCount)].map((date) => dayStart(date, timeZone));
  const free = dates.map(() => 0);
  const practitioners = dates.map(() => 0);
  const stretch = { from: Math.max(begins[0]!, now), to: begins.at(-1)! };
  const atOnce = Math.ceil(MOST_DAYS_AT_ONCE / dayCount);
  for (let at = 0; at < asked.list.length && stretch.from < stretch.to; at += atOnce) {
    const looks = asked.list.slice(at, at + atOnce).map((candidate) => ({ candidate, ...stretch }));
    for (const { candidate, busy } of (await findBusy(tools, asked, looks)).values()) {
      let day = 0;
      let counted = -1;
      for (const { start } of freeSlots(candidate, busy, stretch, now)) {
        while (start >= begins[day + 1]!) day += 1;
        free[day]! += 1;
        if (counted !== day) practitioners[day]! += 1;
        counted = day;
      }
    }
  }
  return dates.map((date, day) => ({ date, free: free[day]!, practitioners: practitioners[day]! }));
}
