// Knows on which dates a rule of recurrence (RFC 5545, 3.3.10) falls. Dates alone: it is asked in UTC, where each day has
// its midnight, and what happens on a date at which hour on whose wall is for others. So no rule meets a change of clocks.
import { RRuleTemporal } from 'rrule-temporal';
import { dateOfDay, dayNumber, isDate, YEARS } from '../platform/time/wall-clock.ts';

export type Recurrence = {
  /** Looks no earlier; it recurs on it only if the rule says so. */
  readonly firstDate: string;
  readonly rule: string;
  /** Dates on which it does not recur. */
  readonly exceptDates: readonly string[];
};

export const LONGEST_RULE = 200;
/** Three years of days; a rule that counts further is one without an end. */
const MOST_COUNTED = 1_100;
/** Beyond it nothing recurs that anybody would plan for. */
const LONGEST_INTERVAL = 1_000;
/** Whole days alone: a rule of hours and minutes would name times of day, and those stand beside it. */
const FREQUENCIES: readonly string[] = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'];
const PARTS: readonly string[] = [
  'FREQ',
  'INTERVAL',
  'COUNT',
  'UNTIL',
  'BYDAY',
  'BYMONTHDAY',
  'BYYEARDAY',
  'BYWEEKNO',
  'BYMONTH',
  'BYSETPOS',
  'WKST',
];
const UNTIL = /^(\d{4})(\d{2})(\d{2})(?:T\d{6}Z?)?$/;

/** What is wrong with a rule, in words that follow its field's name; null where nothing is. */
export function ruleFault(recurrence: Recurrence): string | null {
  const parts = recurrence.rule.split(';').map((part) => part.split('='));
  const names = parts.map(([name = '']) => name);
  const unknown = names.find((name) => !PARTS.includes(name));
  if (unknown !== undefined) return `must consist of ${PARTS.join(', ')}, as FREQ=WEEKLY;BYDAY=TU`;
  if (new Set(names).size < names.length || parts.some(([, value, more]) => !value || more !== undefined)) {
    return 'must have each part once, as NAME=value';
  }
  const valueOf = (name: string) => parts.find(([own]) => own === name)?.[1];
  if (!FREQUENCIES.includes(valueOf('FREQ') ?? '')) return `must have FREQ, one of ${FREQUENCIES.join(', ')}`;
  const beyond = (name: string, most: number) =>
    !(Number(valueOf(name) ?? 1) >= 1 && Number(valueOf(name) ?? 1) <= most);
  if (beyond('COUNT', MOST_COUNTED)) return `must have a COUNT of 1 to ${MOST_COUNTED}`;
  if (beyond('INTERVAL', LONGEST_INTERVAL)) return `must have an INTERVAL of 1 to ${LONGEST_INTERVAL}`;
  const until = valueOf('UNTIL');
  if (until !== undefined && !isDate(untilDate(until) ?? '')) {
    return `must have a date as UNTIL, YYYYMMDD, from ${YEARS.first} to ${YEARS.last}`;
  }
  try {
    const first = dayNumber(recurrence.firstDate);
    datesOf(recurrence, first, first + DAYS_TRIED);
    return null;
  } catch {
    return 'must be a rule of RFC 5545, 3.3.10, such as FREQ=MONTHLY;BYDAY=-1FR';
  }
}

/** A rule that fails later on fails at once; a few years hold every kind of year. */
const DAYS_TRIED = 4 * 366;

/** The day numbers within `[fromDay, toDay)` on which it recurs, rising. The library's error for a rule that has faults. */
export function datesOf({ firstDate, rule, exceptDates }: Recurrence, fromDay: number, toDay: number): number[] {
  const asked = new RRuleTemporal({
    rruleString: `DTSTART;TZID=UTC:${firstDate.replaceAll('-', '')}T000000\nRRULE:${inUtc(rule)}`,
    strict: true,
  });
  const except = new Set(exceptDates.map(dayNumber));
  return asked
    .between(midnightOf(fromDay), midnightOf(toDay - 1), true)
    .map((date) => dayNumber(date.toString().slice(0, 10)))
    .filter((day) => day >= fromDay && day < toDay && !except.has(day));
}

function midnightOf(day: number): Temporal.ZonedDateTime {
  return Temporal.PlainDate.from(dateOfDay(day)).toZonedDateTime('UTC');
}

/** With UNTIL as the library wants it beside a start in UTC: the midnight of its date, which is still counted. */
function inUtc(rule: string): string {
  return rule.replace(/(^|;)UNTIL=([^;]*)/, (whole, before: string, until: string) => {
    const date = untilDate(until);
    return date === null ? whole : `${before}UNTIL=${date.replaceAll('-', '')}T000000Z`;
  });
}

function untilDate(until: string): string | null {
  const [, year, month, day] = UNTIL.exec(until) ?? [];
  return day === undefined ? null : `${year}-${month}-${day}`;
}
