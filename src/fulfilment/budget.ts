// What a provider allows a host in a day, and who may use up what is left: a meeting that is soon comes before one that is far
// off, and one that stands at a wrong time before one that does not stand yet. Pure.
// Zoom allows 100 creates and updates a day for each host, counted from midnight UTC; removing is not counted.
import type { OutsideProvider } from '../meetings/provider.ts';

/** Creates and updates a day for each host; a provider that is not in it has no such bound. */
export type DailyChanges = ReadonlyMap<OutsideProvider, number>;

/** The next day's allowance comes in time for whatever starts later than this. */
const SOON_HOURS = 36;
/** Shares of a day that only a session that starts soon may touch, or one whose meeting stands at the wrong time. */
const KEPT_FOR_SOON = 0.2;
const KEPT_FOR_NEW = 0.1;
/** Those who waited for the new day come one after the other, the soonest session first. */
const APART_MS = 20_000;
const LATEST_MS = 3_600_000;

export type Change = {
  readonly kind: 'create' | 'update';
  /** Of the session, as it is to be. */
  readonly start: Temporal.Instant;
};

/** Up to how many of a day's `most` this change may take; the rest is kept for others. */
export function allowance(most: number, change: Change, now: Temporal.Instant): number {
  if (change.start.since(now).total('hours') <= SOON_HOURS) return most;
  const kept = change.kind === 'create' ? KEPT_FOR_SOON : KEPT_FOR_NEW;
  return Math.max(1, most - Math.ceil(most * kept));
}

/** From so much used on, only what is soon goes on: time for a person to know. */
export function tightFrom(most: number): number {
  return Math.max(1, most - Math.ceil(most * KEPT_FOR_SOON));
}

export function dayOf(now: Temporal.Instant): Temporal.PlainDate {
  return now.toZonedDateTimeISO('UTC').toPlainDate();
}

/** When a change that found nothing left comes again: once the new day has begun, sooner sessions first. */
export function nextAllowanceAt(change: Change, now: Temporal.Instant): Temporal.Instant {
  const midnight = dayOf(now).add({ days: 1 }).toZonedDateTime('UTC').toInstant();
  const daysAhead = Math.max(0, change.start.since(midnight).total('hours') / 24);
  return midnight.add({ milliseconds: Math.round(Math.min(daysAhead * APART_MS, LATEST_MS)) });
}
