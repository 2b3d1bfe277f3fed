// Knows of one practitioner among many which of her starts are free, asking the very rule that offers her times alone, and from
// when on one could be: what is taken can only take times away.
import { isGroup, type Offered } from '../practitioners/session-type.ts';
import { scheduleAt } from '../schedules/compiled.ts';
import { scheduleFor, workingIntervals, type CompiledSchedule } from '../schedules/schedule.ts';
import { policyFor, widestBuffers, type Desk } from './desk.ts';
import { diaryOf, moreAskedFor } from './find-slots.ts';
import { countedStretch } from './limits.ts';
import { slotsBetween, type Slot } from './slots.ts';
import type { AmongQuestion } from './store-among.ts';
import type { Busy } from './store.ts';

const DAY = 1_440;
/** Most have time within a day; whoever has none is looked at in ever longer stretches. */
const FIRST_STRETCH_DAYS = 1;

export type Candidate = {
  readonly id: number;
  readonly desk: Desk;
  readonly sessionType: Offered;
  /** The hours at the place asked for; null where any place will do. */
  readonly there: CompiledSchedule | null;
};

/** Null where she is not active, or does not offer what is asked. Without a session type the first she offers. */
export function candidateOf(
  desk: Desk,
  asked: { readonly sessionTypeId: number | null; readonly locationId: number | null },
): Candidate | null {
  const { active, id, offered } = desk.practitioner;
  const { sessionTypeId, locationId } = asked;
  const sessionType = sessionTypeId === null ? offered[0] : offered.find((one) => one.id === sessionTypeId);
  if (!active || !sessionType) return null;
  const there = locationId === null ? null : scheduleFor(scheduleAt(desk.schedule, locationId), sessionType.id);
  return { id, desk, sessionType, there };
}

/** Her free times that start in `[from, to)`, epoch minutes as all here. `busy` is what `stretchOf` asks for. */
export function freeSlots(
  candidate: Candidate,
  busy: Pick<Busy, 'taken' | 'counted' | 'units' | 'groups'>,
  stretch: { readonly from: number; readonly to: number },
  now: number,
): Slot[] {
  const from = Math.max(stretch.from, now);
  if (from >= stretch.to) return [];
  const slots = slotsBetween(diaryOf({ ...candidate, busy }), from, stretch.to, now).filter(
    ({ available }) => available,
  );
  const { there, sessionType } = candidate;
  if (there === null) return slots;
  const hours = workingIntervals(there, from, stretch.to + sessionType.lengthMinutes);
  let at = 0;
  return slots.filter(({ start, end }) => {
    while (at < hours.length && hours[at + 1]! < end) at += 2;
    return at < hours.length && hours[at]! <= start;
  });
}

const NOTHING_TAKEN = { taken: [], counted: null, units: null, groups: null } as const;

/** The first start in `[from, to)` that nothing but what is taken can stand against; null where there is none. */
export function possibleFrom(candidate: Candidate, from: number, to: number, now: number): number | null {
  const earliest = Math.max(from, now);
  // A seat may be free in a session that stands where none could begin.
  if (isGroup(candidate.sessionType)) return earliest < to ? earliest : null;
  const unlimited = { ...candidate, desk: { ...candidate.desk, policy: { ...candidate.desk.policy, limits: [] } } };
  let days = FIRST_STRETCH_DAYS;
  for (let begin = earliest; begin < to; days *= 2) {
    const end = Math.min(to, begin + days * DAY);
    const [first] = freeSlots(unlimited, NOTHING_TAKEN, { from: begin, to: end }, now);
    if (first !== undefined) return first.start;
    begin = end;
  }
  return null;
}

/** How far to look at what is taken from a start on, having looked `times` times before. */
export function stretchEnd(start: number, times: number, to: number): number {
  return Math.min(to, start + FIRST_STRETCH_DAYS * 2 ** times * DAY);
}

/** What must be known to judge all her starts in `[from, to)`. */
export function stretchOf(
  { id, desk, sessionType }: Candidate,
  { from, to }: { readonly from: number; readonly to: number },
  clientSubject: string | null,
): AmongQuestion {
  const { before, after } = widestBuffers(desk);
  const margin = sessionType.lengthMinutes + before + after;
  const periods = countedStretch(policyFor(desk, sessionType.id), desk.schedule.table, from, to);
  return {
    practitionerId: id,
    from: from - margin,
    to: to + margin,
    ...(periods ? { counting: { ...periods, clientSubject } } : {}),
    ...moreAskedFor(sessionType, clientSubject),
  };
}
