// Knows which starts of her hours there are not, since clocks jump over them, and on which date a reader looks for each.
import { dateAt, dateOfDay, timeOf } from '../platform/time/wall-clock.ts';
import { resolveMinute } from '../platform/time/zone-table.ts';
import { hoursOn, type CompiledSchedule } from '../schedules/schedule.ts';

const DAY = 1_440;
/** Hours of a date run into the next one, and no two walls are further apart than a day. */
const AROUND_DAYS = 2;

/** Date and time, `HH:mm`, on the wall that the hours are read on. */
export type Skipped = { readonly date: string; readonly time: string; readonly timeZone: string };

/**
 * By the date on which a reader in `timeZone` meets it: on the wall of the hours that of the time itself, on another that of
 * the moment of the jump. Of days `[firstDay, toDay)`.
 */
export function skippedByDate(
  schedule: CompiledSchedule,
  grid: number,
  [firstDay, toDay]: readonly [number, number],
  timeZone: string,
): ReadonlyMap<string, readonly Skipped[]> {
  const found = new Map<string, Skipped>();
  const byDate = new Map<string, Skipped[]>();
  for (let day = firstDay - AROUND_DAYS; day < toDay + AROUND_DAYS; day += 1) {
    for (const { table, hours } of hoursOn(schedule, day)) {
      for (const wall of startsOf(hours, grid).map((minute) => day * DAY + minute)) {
        const key = `${table.name} ${wall}`;
        const meant = resolveMinute(table, wall);
        if (meant.kind !== 'gap' || found.has(key)) continue;
        const date = dateOfDay(Math.floor(wall / DAY));
        const skipped = { date, time: timeOf(wall), timeZone: table.name };
        found.set(key, skipped);
        const seenOn = table.name === timeZone ? date : dateAt(meant.change, timeZone);
        byDate.set(seenOn, [...(byDate.get(seenOn) ?? []), skipped]);
      }
    }
  }
  const inOrder = (a: Skipped, b: Skipped) => (a.date + a.time < b.date + b.time ? -1 : 1);
  return new Map([...byDate].map(([date, list]) => [date, list.toSorted(inOrder)]));
}

function startsOf(hours: readonly number[], grid: number): number[] {
  return hours.flatMap((from, i) =>
    i % 2 === 0
      ? Array.from({ length: Math.ceil((hours[i + 1]! - from) / grid) }, (_, step) => from + step * grid)
      : [],
  );
}
