// The calendar that hangs beside every clock, told the obvious way: by counting through its days. Days are those since
// 1970-01-01; walls are minutes since 1970-01-01T00:00 of a wall.
const DAY = 1_440;
const DAY_MS = 86_400_000;

/** The day a wall shows. */
export function dayOf(wall: number): number {
  return Math.floor(wall / DAY);
}

/** Monday is 1. */
export function weekdayOf(day: number): number {
  return new Date(day * DAY_MS).getUTCDay() || 7;
}

/** The first day of the period that a day lies in. */
export function periodOf(per: 'day' | 'week' | 'month', day: number): number {
  if (per === 'day') return day;
  if (per === 'week') return day - weekdayOf(day) + 1;
  return day - new Date(day * DAY_MS).getUTCDate() + 1;
}

/** The first day of the period after it. */
export function nextPeriod(per: 'day' | 'week' | 'month', day: number): number {
  let next = day;
  while (periodOf(per, next) === periodOf(per, day)) next += 1;
  return next;
}

/** `2027-03-28`. */
export function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

export function wallText(wall: number): { readonly date: string; readonly time: string } {
  const text = new Date(wall * 60_000).toISOString();
  return { date: text.slice(0, 10), time: text.slice(11, 16) };
}

export type Rule = { readonly frequency: 'weekly' | 'fortnightly' | 'monthly'; readonly onLast: boolean };

/** The day so many steps of a rule after (or before) the first one. */
export function stepOf(first: number, { frequency, onLast }: Rule, steps: number): number {
  if (frequency !== 'monthly') return first + steps * (frequency === 'weekly' ? 7 : 14);
  const alike = sameWeekdays(first, 0);
  const which = alike.indexOf(first);
  const there = sameWeekdays(first, steps);
  // A fifth one is not in every month: it means the last.
  return (onLast || which === 4 ? there.at(-1) : there[which])!;
}

export function isLastOfMonth(day: number): boolean {
  return sameWeekdays(day, 0).at(-1) === day;
}

/** The days with the weekday of a day, in the month so many after its own. */
function sameWeekdays(day: number, months: number): number[] {
  const date = new Date(day * DAY_MS);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + months];
  const days: number[] = [];
  for (let one = Date.UTC(year, month, 1); one < Date.UTC(year, month + 1, 1); one += DAY_MS) {
    if (weekdayOf(one / DAY_MS) === weekdayOf(day)) days.push(one / DAY_MS);
  }
  return days;
}
