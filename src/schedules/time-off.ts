// Knows time off as people ask for it, whole days or a stretch of a day, once or by a rule, and what of it is kept: instants
// where it happens once, wall time where it is days or recurs.
import { Refusal, type FieldFault } from '../platform/refusal.ts';
import {
  dateOfDay,
  dayNumber,
  instantOf,
  isDate,
  minutesOfDay,
  parseStart,
  wallOf,
} from '../platform/time/wall-clock.ts';
import { LONGEST_RULE, ruleFault } from './recurrence.ts';

const DAY = 1_440;
/** A year away; a longer absence is one of somebody who is not active. */
export const MOST_DAYS = 366;
/** Each time it recurs it must be over within a month, so that looking a month back finds all that still runs. */
const MOST_DAYS_RECURRING = 31;
export const MOST_EXCEPTIONS = 100;

/** As it is asked for: `firstDate` with `lastDate`, or `start` with `end`. */
export type TimeOffAsked = {
  readonly firstDate?: string;
  readonly lastDate?: string;
  /** Wall time, or an instant. */
  readonly start?: string;
  readonly end?: string;
  readonly rule?: string;
  readonly exceptDates?: readonly string[];
};

/** As it is kept: instants, or minutes from a date's midnight. */
export type KeptTimeOff =
  | { readonly kind: 'instants'; readonly startsAt: Temporal.Instant; readonly endsAt: Temporal.Instant }
  | {
      readonly kind: 'wall';
      readonly firstDate: string;
      readonly fromMinute: number;
      readonly toMinute: number;
      readonly rule: string | null;
      readonly exceptDates: readonly string[];
    };

/** Refusals: `invalid_request` naming the field, `time_does_not_exist`. */
export function timeOffOf(asked: TimeOffAsked, zone: string): KeptTimeOff {
  const kept = asked.firstDate === undefined ? stretchOf(asked, zone) : daysOf(asked);
  if (kept.kind === 'wall') refuseRule(kept);
  return kept;
}

function daysOf({ firstDate = '', lastDate, start, end, rule, exceptDates }: TimeOffAsked): KeptTimeOff {
  if (start !== undefined || end !== undefined) refuse('/start', 'cannot stand beside `firstDate`');
  if (lastDate === undefined) return refuse('/lastDate', 'is required beside `firstDate`');
  const days = dayNumber(lastDate) - dayNumber(firstDate) + 1;
  if (days < 1) refuse('/lastDate', 'must be on or after `firstDate`');
  if (days > MOST_DAYS) refuse('/lastDate', `must be at most ${MOST_DAYS} days after \`firstDate\``);
  return { kind: 'wall', firstDate, fromMinute: 0, toMinute: days * DAY, ...recurring(rule, exceptDates) };
}

function stretchOf({ lastDate, start, end, rule, exceptDates }: TimeOffAsked, zone: string): KeptTimeOff {
  if (lastDate !== undefined) refuse('/firstDate', 'is required beside `lastDate`');
  if (start === undefined || end === undefined) {
    return refuse(start === undefined ? '/start' : '/end', 'is required, unless `firstDate` and `lastDate` are given');
  }
  if (rule === undefined) {
    if (exceptDates !== undefined) refuse('/exceptDates', 'is of use beside a `rule` alone');
    const [from, to] = [parseStart(start, { zone, pointer: '/start' }), parseStart(end, { zone, pointer: '/end' })];
    if (to.minute <= from.minute) refuse('/end', 'must be after `start`');
    if (to.minute - from.minute > MOST_DAYS * DAY) refuse('/end', `must be at most ${MOST_DAYS} days after \`start\``);
    return { kind: 'instants', startsAt: from.instant, endsAt: to.instant };
  }
  const [from, to] = [wallMinute(start, '/start'), wallMinute(end, '/end')];
  if (to <= from) refuse('/end', 'must be after `start`');
  const midnight = Math.floor(from / DAY) * DAY;
  const stretch = { fromMinute: from - midnight, toMinute: to - midnight };
  return { kind: 'wall', firstDate: start.slice(0, 10), ...stretch, ...recurring(rule, exceptDates) };
}

/** Wall time as minutes from 1970's midnight: what recurs has no offset, since it meets several. */
function wallMinute(text: string, pointer: string): number {
  const [, date = '', time = ''] = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::00)?$/.exec(text) ?? [];
  if (!isDate(date)) refuse(pointer, 'must be wall time on a whole minute, YYYY-MM-DDTHH:mm, where it recurs');
  return dayNumber(date) * DAY + minutesOfDay(time);
}

function recurring(rule: string | undefined, exceptDates: readonly string[] | undefined) {
  if (rule === undefined && exceptDates !== undefined) refuse('/exceptDates', 'is of use beside a `rule` alone');
  return {
    rule:
      rule
        ?.trim()
        .replace(/^RRULE:/i, '')
        .toUpperCase() ?? null,
    exceptDates: exceptDates ?? [],
  };
}

function refuseRule(kept: Extract<KeptTimeOff, { kind: 'wall' }>): void {
  const { firstDate, toMinute, rule, exceptDates } = kept;
  if (rule === null) return;
  if (toMinute > MOST_DAYS_RECURRING * DAY)
    refuse('/rule', `must be of time off of at most ${MOST_DAYS_RECURRING} days`);
  if (rule.length > LONGEST_RULE) refuse('/rule', `must have at most ${LONGEST_RULE} characters`);
  const fault = ruleFault({ firstDate, rule, exceptDates });
  if (fault !== null) refuse('/rule', fault);
}

/** As it would be asked for, in her zone. */
export function askedOf(kept: KeptTimeOff, zone: string): TimeOffAsked {
  if (kept.kind === 'instants') {
    const isoAt = (at: Temporal.Instant): string =>
      at.toZonedDateTimeISO(zone).toString({ timeZoneName: 'never', smallestUnit: 'second' });
    return { start: isoAt(kept.startsAt), end: isoAt(kept.endsAt) };
  }
  const { firstDate, fromMinute, toMinute, rule, exceptDates } = kept;
  const rest = rule === null ? {} : { rule, exceptDates };
  if (fromMinute === 0 && toMinute % DAY === 0) {
    return { firstDate, lastDate: dateOfDay(dayNumber(firstDate) + toMinute / DAY - 1), ...rest };
  }
  const wallAt = (minute: number): string => {
    const { date, time } = wallOf(instantOf(dayNumber(firstDate) * DAY + minute), 'UTC');
    return `${date}T${time.slice(0, 5)}`;
  };
  return { start: wallAt(fromMinute), end: wallAt(toMinute), ...rest };
}

function refuse(pointer: string, message: string): never {
  const fault: FieldFault = { pointer, message };
  throw new Refusal('invalid_request', `${pointer.slice(1)} ${message}.`, { errors: [fault] });
}
