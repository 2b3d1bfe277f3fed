// Writes what was found among many, once for all who were given it.
import { hash } from 'node:crypto';
import { dateOfDay, isoAt, labelOf } from '../platform/time/wall-clock.ts';
import { offsetIn, zoneTable } from '../platform/time/zone-table.ts';
import type { AmongFound, Told, View } from './find-among.ts';
import type { AmongAnswer } from './schemas-among.ts';
import { writtenOnce, type Answer } from './answer-text.ts';

const DAY = 1_440;

/** JSON, and a validator of its very text. A found answer is of one view. */
export function answerAmong(found: AmongFound, view: View, cursor: string | null): Answer {
  return writtenOnce(found, view, () => {
    const text = JSON.stringify(wireOf(found, view, cursor));
    return { text, etag: `"${hash('sha1', text, 'base64url')}"` };
  });
}

function wireOf(found: AmongFound, view: View, nextCursor: string | null): AmongAnswer {
  const { timeZone, from, to, asked, times } = found;
  const head = { timeZone, from, to, asked };
  if (view === 'counts') return { ...head, days: found.days.map((day) => ({ ...day })) };
  const people = new Map(times.map(({ candidate }) => [candidate.id, candidate]));
  return {
    ...head,
    timeSlots: times.map((told) => timeOf(told, timeZone)),
    practitioners: [...people.values()].map(({ desk, sessionType }) => ({
      id: desk.practitioner.id,
      name: desk.practitioner.name,
      timeZone: desk.practitioner.timeZone,
      languages: [...desk.practitioner.languages],
      sessionType: { id: sessionType.id, name: sessionType.name, durationMinutes: sessionType.lengthMinutes },
    })),
    nextCursor,
  };
}

function timeOf({ candidate, slot, free }: Told, timeZone: string) {
  const { start, end, seatsLeft } = slot;
  const table = zoneTable(timeZone);
  const offset = offsetIn(table, start);
  return {
    practitionerId: candidate.id,
    date: dateOfDay(Math.floor((start + offset) / DAY)),
    time: labelOf(start, offset),
    start: isoAt(start, offset),
    end: isoAt(end, offsetIn(table, end)),
    ...(seatsLeft === undefined ? {} : { seatsLeft }),
    ...(free === undefined ? {} : { free }),
  };
}
