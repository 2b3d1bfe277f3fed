// The text of the answer, written once for all who were given the same slots. It is read more often than all the others
// together and built of numbers and words of our own, so it is written directly; a test holds it against its schema.
import { hash } from 'node:crypto';
import { dateOfDay, isoAt, labelOf, timeOf } from '../platform/time/wall-clock.ts';
import { offsetIn, steadyAround, zoneTable } from '../platform/time/zone-table.ts';
import { BECAUSE } from './explanation.ts';
import type { Explained } from './find-because.ts';
import type { SlotsFound } from './find-slots.ts';
import { packed } from './packing.ts';
import type { ReasonCode } from './reasons.ts';
import type { Slot } from './slots.ts';
import { writtenOnce, type Answer } from './answer-text.ts';

/** One day, with `date` and `timeSlots`, or several, under `days`; by time, or as the practitioner prefers. */
export type Shape = 'day' | 'days' | 'day-preferred' | 'days-preferred';

const DAY = 1_440;
const CLOCK = Array.from({ length: DAY }, (_, minute) => timeOf(minute));
const LABEL = Array.from({ length: DAY }, (_, minute) => labelOf(minute, 0));

/** JSON, and a validator that changes with everything the text depends on. */
export function answerOf(found: SlotsFound, shape: Shape): Answer {
  return writtenOnce(found, shape, () => ({ text: write(found, shape), etag: etagOf(found, shape) }));
}

function write({ desk, busy, days, sessionType, timeZone }: SlotsFound, shape: Shape): string {
  const slotText = slotWriter(timeZone);
  const preferred = shape.endsWith('-preferred') && desk.practitioner.packing === 'adjacent';
  const listed = days.map(({ date, slots }) => {
    const ordered = preferred ? packed(slots, busy.taken) : slots;
    return `"date":"${date}","timeSlots":[${ordered.map(slotText).join()}]`;
  });
  const rest = JSON.stringify({
    timeZone,
    sessionType: { id: sessionType.id, name: sessionType.name, durationMinutes: sessionType.lengthMinutes },
    practitionerTimeZone: desk.schedule.zone,
  });
  const body = shape.startsWith('days') ? `"days":[${listed.map((day) => `{${day}}`).join()}]` : listed[0];
  return `{"practitionerId":${desk.practitioner.id},${body},${rest.slice(1)}`;
}

/** Writes slots in order of time: neighbours share their date and their offset. */
function slotWriter(timeZone: string): (slot: Slot) => string {
  const table = zoneTable(timeZone);
  let steady = { offset: 0, from: 0, until: 0 };
  let offsetText = '';
  let [day, date] = [Number.NaN, ''];
  const iso = (wall: number): string => {
    const at = Math.floor(wall / DAY);
    if (at !== day) [day, date] = [at, dateOfDay(at)];
    return `${date}T${CLOCK[wall - at * DAY]}:00${offsetText}`;
  };
  return ({ start, end, available, reasons, seatsLeft }) => {
    if (start < steady.from || start >= steady.until) {
      steady = steadyAround(table, start);
      offsetText = isoAt(start, steady.offset).slice('2026-06-22T09:00:00'.length);
    }
    const wall = start + steady.offset;
    const startText = iso(wall);
    const endText = end < steady.until ? iso(end + steady.offset) : isoAt(end, offsetIn(table, end));
    const label = LABEL[wall - Math.floor(wall / DAY) * DAY];
    const why = available ? '' : `,"reasons":${reasonsText(reasons)}`;
    const seats = seatsLeft === undefined ? '' : `,"seatsLeft":${seatsLeft}`;
    return `{"time":"${label}","available":${available},"start":"${startText}","end":"${endText}"${why}${seats}}`;
  };
}

/** Sets of reasons are few and shared (reasons.ts). */
const reasonTexts = new Map<readonly ReasonCode[], string>();

function reasonsText(reasons: readonly ReasonCode[]): string {
  const known = reasonTexts.get(reasons);
  if (known !== undefined) return known;
  const text = JSON.stringify(reasons);
  if (Object.isFrozen(reasons)) reasonTexts.set(reasons, text);
  return text;
}

/** Covers what was asked, the versions, what is taken and when the answer changes by itself: cheaper than the text itself. */
function etagOf(found: SlotsFound, shape: Shape): string {
  const { busy, changesAt, days, sessionType, timeZone } = found;
  const { versions, taken, print } = busy;
  const asked = [shape, days[0]?.date, days.length, timeZone, sessionType.id, sessionType.lengthMinutes];
  const parts = [...asked, versions.schedule, versions.revision, changesAt, taken.length, print];
  return `"${hash('sha1', parts.join('|'), 'base64url')}"`;
}

/** The same with everything that stands against each start; for few readers, so it is written the plain way. */
export function explainedText({ found, days }: Explained, isOneDay: boolean): string {
  const { desk, sessionType, timeZone } = found;
  const table = zoneTable(timeZone);
  const listed = days.map(({ date, slots, skipped }) => ({
    date,
    timeSlots: slots.map(({ start, end, seatsLeft, because }) => ({
      time: labelOf(start, offsetIn(table, start)),
      available: because.length === 0,
      start: isoAt(start, offsetIn(table, start)),
      end: isoAt(end, offsetIn(table, end)),
      reasons: [...new Set(because.map(({ reason }) => reason))],
      ...(seatsLeft === undefined ? {} : { seatsLeft }),
      because,
    })),
    skipped: skipped.map((one) => ({ ...one, reasons: [BECAUSE.clock_gap], because: [CLOCK_GAP] })),
  }));
  return JSON.stringify({
    practitionerId: desk.practitioner.id,
    ...(isOneDay ? listed[0] : { days: listed }),
    timeZone,
    sessionType: { id: sessionType.id, name: sessionType.name, durationMinutes: sessionType.lengthMinutes },
    practitionerTimeZone: desk.schedule.zone,
  });
}

const CLOCK_GAP = { code: 'clock_gap', reason: BECAUSE.clock_gap } as const;
