// On which dates a series falls, and what stands against each; pure. What recurs is wall time: the dates are named by the
// calendar of the practitioner's zone, and each is placed by the law of time as a booking of it would be. Each is judged by
// the very function that judges a booking, the series' own earlier dates counted as if they had been booked before it.
import type { Because } from '../availability/explanation.ts';
import type { ReasonCode } from '../availability/reasons.ts';
import { reasonsAgainst, slotsBetween, standingIn } from '../availability/slots.ts';
import { unitsFor } from '../availability/units.ts';
import type { Diary, GroupSession } from '../availability/free-time.ts';
import { Refusal, type FieldFault, type RefusalCode } from '../platform/refusal.ts';
import { dateOfDay, dayNumber, dayStart, isDate, parseStart, wallOf } from '../platform/time/wall-clock.ts';
import type { Start, Wall } from '../platform/time/wall-clock.ts';
import type { StartAsked } from './diary.ts';
import { occupiedAt, withDate, withSeat } from './add-to-diary.ts';

export const FREQUENCIES = ['weekly', 'fortnightly', 'monthly'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** all_or_nothing: where one date is refused, all are. the_rest: the others are taken in one act. */
export const SERIES_TAKES = ['all_or_nothing', 'the_rest'] as const;
export type SeriesTake = (typeof SERIES_TAKES)[number];

/** A year of weeks. */
export const MOST_DATES = 52;
export const FEWEST_DATES = 2;

export type Repeat = {
  readonly frequency: Frequency;
  /** How many dates, or the last day on which one may be: one of the two. */
  readonly count?: number | undefined;
  readonly until?: string | undefined;
  /** Monthly: on the last such weekday of each month. */
  readonly onLast?: boolean | undefined;
};

/** `index` counts from 1, over the dates of the rule, left out ones too. */
export type DateAsked = { readonly index: number; readonly wall: Wall; readonly asked: StartAsked };

/** Why a date cannot be: a reason of availability, or that clocks jump over it, or what hinders a change of it. */
export type DateReason = ReasonCode | RefusalCode;

export type DateJudged = {
  readonly index: number;
  /** On the practitioner's wall. */
  readonly wall: Wall;
  /** null: clocks jump over it. */
  readonly start: Start | null;
  /** Its own, where it is not that of all. */
  readonly lengthMinutes?: number;
  readonly reasons: readonly DateReason[];
  /** Of one that can be had: what it is given besides her time, one unit for each need. */
  readonly units?: readonly number[];
  /** And the session of a group that it is a seat of; null or left out: it is a session of its own. */
  readonly joins?: GroupSession | null;
};

/** The dates of the rule, from `first` on, rising. Refusal `invalid_request` for a number of them that is out of bounds. */
export function datesOfRule(first: string, repeat: Repeat): string[] {
  const { frequency, count, until, onLast = false } = repeat;
  if ((count === undefined) === (until === undefined)) refuse('/repeat', 'must have one of count and until');
  if (until !== undefined && !isDate(until)) refuse('/repeat/until', 'must be a date that exists');
  if (onLast && frequency !== 'monthly') refuse('/repeat/onLast', 'is of use with monthly alone');
  if (onLast && !isInLastWeek(first)) {
    refuse('/repeat/onLast', 'needs a first date that is the last such weekday of its month');
  }
  const dates: string[] = [];
  for (let i = 0; i < (count ?? MOST_DATES + 1); i += 1) {
    const date = stepFrom(first, { frequency, onLast }, i);
    if (until !== undefined && date > until) break;
    dates.push(date);
  }
  const at = until === undefined ? '/repeat/count' : '/repeat/until';
  if (dates.length < FEWEST_DATES) refuse(at, `must leave at least ${FEWEST_DATES} dates`);
  if (dates.length > MOST_DATES) refuse(at, `must leave at most ${MOST_DATES} dates`);
  return dates;
}

/** The date `steps` after the first one. */
export function stepFrom(
  first: string,
  { frequency, onLast }: { readonly frequency: Frequency; readonly onLast: boolean },
  steps: number,
): string {
  const day = dayNumber(first);
  if (frequency === 'weekly') return dateOfDay(day + 7 * steps);
  if (frequency === 'fortnightly') return dateOfDay(day + 14 * steps);
  const months = Number(first.slice(0, 4)) * 12 + Number(first.slice(5, 7)) - 1 + steps;
  const monthStart = dayNumber(`${String(Math.floor(months / 12)).padStart(4, '0')}-${two((months % 12) + 1)}-01`);
  const next = months + 1;
  const nextStart = dayNumber(`${String(Math.floor(next / 12)).padStart(4, '0')}-${two((next % 12) + 1)}-01`);
  const inMonth = day - dayNumber(`${first.slice(0, 8)}01`);
  // A fifth one is not in every month: it means the last.
  if (onLast || inMonth >= 28) return dateOfDay(nextStart - 7 + modulo(day - (nextStart - 7), 7));
  const weeksIn = Math.floor(inMonth / 7) * 7;
  return dateOfDay(monthStart + weeksIn + modulo(day - (monthStart + weeksIn), 7));
}

/** Whether the same weekday a week later lies in another month. */
export function isInLastWeek(date: string): boolean {
  return dateOfDay(dayNumber(date) + 7).slice(0, 7) !== date.slice(0, 7);
}

function modulo(a: number, b: number): number {
  return ((a % b) + b) % b;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}

/** What a start means, or null where clocks jump over it. Other refusals of parseStart pass. */
export function startOrGap(asked: StartAsked, zone: string): Start | null {
  try {
    return parseStart(asked.wall, { zone, timeZone: asked.timeZone, pointer: asked.pointer ?? '' });
  } catch (error) {
    if (error instanceof Refusal && error.code === 'time_does_not_exist') return null;
    throw error;
  }
}

export type DatesJudged<Asked = unknown> = {
  readonly dates: readonly (Asked & DateJudged)[];
  /** With all dates in it that can be had. */
  readonly diary: Diary;
  /** Of each date that availability refuses, by index, the diary as it stood when that was judged. */
  readonly against: ReadonlyMap<number, Diary>;
};

/** With what could be had instead, in epoch minutes, and what stands behind the reasons, where that was looked for. */
export type DateTold = DateJudged & {
  readonly alternatives: readonly number[];
  readonly because?: readonly Because[];
};

/** How each date of a series fares. */
export type SeriesTold = { readonly zone: string; readonly lengthMinutes: number; readonly dates: readonly DateTold[] };

/** Rolls an act on a series back: not all dates can be had and all were asked for, or none can. It becomes a refusal once worded. */
export class DatesRefused extends Error {
  override readonly name = 'DatesRefused';
  readonly told: SeriesTold;
  constructor(told: SeriesTold) {
    super('not every date of a series can be had');
    this.told = told;
  }
}

/** Whether an act that takes so takes nothing at all. */
export function refusesAll(take: SeriesTake, dates: readonly Pick<DateJudged, 'reasons'>[]): boolean {
  const refused = dates.filter(({ reasons }) => reasons.length > 0).length;
  return refused > 0 && (take === 'all_or_nothing' || refused === dates.length);
}

/** What stands against dates besides availability. */
export type AlsoAgainst = {
  /** By index: these are not judged. */
  readonly hindered?: ReadonlyMap<number, readonly DateReason[]>;
  /** Against a seat in a session that stands. */
  readonly seat?: (sessionId: number) => DateReason | null;
};

/** In the order given: of two that stand in each other's way the first is had. */
export function judgeDates<Asked extends Omit<DateJudged, 'reasons'>>(
  diary: Diary,
  asked: readonly Asked[],
  now: number,
  { hindered, seat }: AlsoAgainst = {},
): DatesJudged<Asked> {
  const against = new Map<number, Diary>();
  let current = diary;
  const dates = asked.map((date) => {
    const { lengthMinutes = diary.lengthMinutes } = date;
    const hindrances = hindered?.get(date.index);
    if (hindrances !== undefined) return { ...date, reasons: hindrances };
    if (date.start === null) return { ...date, reasons: ['time_does_not_exist' as const] };
    const { minute } = date.start;
    const own = { ...current, lengthMinutes };
    const reasons = reasonsAgainst(own, minute, now);
    if (reasons.length > 0) {
      against.set(date.index, own);
      return { ...date, reasons };
    }
    const joins = standingIn(current).get(minute) ?? null;
    const other = joins && seat?.(joins.sessionId);
    if (other) return { ...date, reasons: [other] };
    const units = joins ? [] : unitsFor(own.needs ?? [], ...occupiedAt(own, minute));
    current = joins ? withSeat(current, joins, true) : withDate(own, minute, units);
    return { ...date, reasons: [], units, joins };
  });
  return { dates, diary: { ...current, lengthMinutes: diary.lengthMinutes }, against };
}

/** What a person takes in at a glance, from so many days around. */
const MOST_ALTERNATIVES = 5;
export const DAYS_BEFORE = 3;
export const DAYS_AFTER = 6;

/** Free starts nearest to a date that could not be had, in order of time, in epoch minutes. */
export function alternativesTo(
  diary: Diary,
  { wall, start, lengthMinutes = diary.lengthMinutes }: DateJudged,
  now: number,
): number[] {
  const { zone } = diary.schedule;
  const day = dayNumber(wall.date);
  const from = Math.max(dayStart(dateOfDay(day - DAYS_BEFORE), zone), now);
  const to = dayStart(dateOfDay(day + DAYS_AFTER + 1), zone);
  const wanted = start?.minute ?? dayStart(wall.date, zone) + Number(wall.time.slice(0, 2)) * 60;
  if (to <= from) return [];
  return slotsBetween({ ...diary, lengthMinutes }, from, to, now)
    .filter(({ available }) => available)
    .map((slot) => slot.start)
    .toSorted((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))
    .slice(0, MOST_ALTERNATIVES)
    .toSorted((a, b) => a - b);
}

/**
 * The wall time that recurs, in the practitioner's zone: as it was given in that zone, though the first date may not have it,
 * or what its instant is there.
 */
export function wallAsked(asked: StartAsked & { readonly wall: Wall }, zone: string): Wall {
  const said = (asked.timeZone ?? zone) === zone && /^\d{2}:\d{2}(?::\d{2})?$/.test(asked.wall.time);
  if (said) return { date: asked.wall.date, time: asked.wall.time.slice(0, 5) };
  const { date, time } = wallOf(parseStart(asked.wall, { zone, timeZone: asked.timeZone }).instant, zone);
  return { date, time: time.slice(0, 5) };
}

/** The stretch of epoch minutes around these dates in which anything can matter to them. */
export function spanOf(dates: readonly { readonly wall: Wall }[], zone: string): { from: number; to: number } {
  const days = dates.map(({ wall }) => dayNumber(wall.date));
  return {
    from: dayStart(dateOfDay(Math.min(...days) - DAYS_BEFORE - 1), zone),
    to: dayStart(dateOfDay(Math.max(...days) + DAYS_AFTER + 2), zone),
  };
}

function refuse(pointer: string, message: string): never {
  const fault: FieldFault = { pointer, message };
  throw new Refusal('invalid_request', `${pointer.slice(1).replaceAll('/', '.')} ${message}.`, { errors: [fault] });
}
