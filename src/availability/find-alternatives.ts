// For somebody who could not have a time: the free ones nearest to it.
import { dateAt, dateOfDay, dayNumber, isoOf, minuteOf, wallOf, instantOf } from '../platform/time/wall-clock.ts';
import { findSlots, type SlotTools } from './find-slots.ts';

/** What a person takes in at a glance. */
const MOST_ALTERNATIVES = 5;
const DAYS_BEFORE = 3;
const DAYS_AFTER = 14;

export type Alternative = {
  readonly date: string;
  readonly time: string;
  readonly start: string;
  readonly end: string;
};

/** Up to five free starts nearest to the one asked for, in order of time, in the practitioner's wall time. */
export async function findAlternatives(
  tools: SlotTools,
  asked: {
    readonly organisationId: number;
    readonly practitionerId: number;
    readonly sessionTypeId: number;
    readonly start: Temporal.Instant;
  },
): Promise<Alternative[]> {
  const { organisationId, practitionerId, sessionTypeId } = asked;
  const minute = minuteOf(asked.start);
  const zone = tools.desks.recall(organisationId, practitionerId)?.schedule.zone ?? 'UTC';
  const day = dayNumber(dateAt(minute, zone));
  const found = await findSlots(tools, {
    organisationId,
    practitionerId,
    sessionType: String(sessionTypeId),
    from: dateOfDay(day - DAYS_BEFORE),
    to: dateOfDay(day + DAYS_AFTER),
  });
  return found.days
    .flatMap(({ slots }) => slots.filter(({ available }) => available))
    .toSorted((a, b) => Math.abs(a.start - minute) - Math.abs(b.start - minute))
    .slice(0, MOST_ALTERNATIVES)
    .toSorted((a, b) => a.start - b.start)
    .map(({ start, end }) => {
      const { date, time } = wallOf(instantOf(start), found.desk.schedule.zone);
      return { date, time, start: isoOf(start, found.desk.schedule.zone), end: isoOf(end, found.desk.schedule.zone) };
    });
}
