// For somebody who could not have a time: the free ones nearest to it.
import {
  dateAt,
  dateOfDay,
  dayNumber,
  instantOf,
  isoOf,
  minuteOf,
  nowMinute,
  wallOf,
} from '../platform/time/wall-clock.ts';
import type { Actor } from '../identity/actor.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Desk } from './desk.ts';
import type { Because } from './explanation.ts';
import { findBecause } from './find-because.ts';
import { diaryOf, findSlots, type SlotQuestion, type SlotsFound, type SlotTools, type Sought } from './find-slots.ts';
import type { ReasonCode } from './reasons.ts';
import { reasonsAgainst } from './slots.ts';

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

/** Instead of a start that cannot be had: those nearest to it, and why it cannot. */
export type Instead = { readonly alternatives: readonly Alternative[]; readonly because: readonly Because[] };

type Asked = {
  readonly organisationId: number;
  readonly practitionerId: number;
  /** Offered or not: an appointment may outlive its offer. */
  readonly session: Sought;
  readonly start: Temporal.Instant;
  readonly clientSubject?: string;
  /** It was to be kept for the client, not booked. */
  readonly keeping?: boolean;
  /** What is to be moved: its time is not in the way, unless others stay there, and no alternative to itself. */
  readonly moved?: { readonly sessionId: number | undefined; readonly start: Temporal.Instant };
};

/** Both from one read, and neither where nothing can be offered at all. */
export async function findInstead(tools: SlotTools, asked: Asked, actor: Actor): Promise<Instead> {
  const found = await findAround(tools, asked);
  if (!found) return { alternatives: [], because: [] };
  const because = await findBecause(tools, actor, found, minuteOf(asked.start), concernedBy(asked));
  return { alternatives: alternativesIn(found, asked), because };
}

/**
 * What speaks against a start as things stand, with what could be had instead; null where nothing does. It looks without a lock:
 * its no is what an offer is, true when it was read, and its yes is no promise. null as well where `desk`, from which the caller
 * has the session, is no longer the one in force: by that one it may be shorter, or for a group, or not on offer.
 */
export async function findAgainst(
  tools: SlotTools,
  asked: Asked & { readonly desk: Desk },
  actor: Actor,
): Promise<(Instead & { readonly reasons: readonly [ReasonCode, ...ReasonCode[]] }) | null> {
  const found = await findAround(tools, asked);
  if (found?.desk !== asked.desk) return null;
  const minute = minuteOf(asked.start);
  const [first, ...others] = reasonsAgainst(diaryOf(found), minute, nowMinute(tools.clock.now()));
  if (!first) return null;
  const because = await findBecause(tools, actor, found, minute, concernedBy(asked));
  return { reasons: [first, ...others], alternatives: alternativesIn(found, asked), because };
}

function concernedBy({ moved, clientSubject }: Asked) {
  return { except: moved?.sessionId, clientSubject };
}

async function findAround(tools: SlotTools, asked: Asked): Promise<SlotsFound | null> {
  const { organisationId, practitionerId, session, start, clientSubject, keeping, moved } = asked;
  const zone = tools.desks.recall(organisationId, practitionerId)?.schedule.zone ?? 'UTC';
  const day = dayNumber(dateAt(minuteOf(start), zone));
  return await findAny(tools, {
    organisationId,
    practitionerId,
    sessionType: session,
    from: dateOfDay(day - DAYS_BEFORE),
    to: dateOfDay(day + DAYS_AFTER),
    clientSubject,
    ...(keeping ? { keeping } : {}),
    ...(moved?.sessionId === undefined ? {} : { except: moved.sessionId }),
    ...(moved && moved.sessionId === undefined ? { leaving: minuteOf(moved.start) } : {}),
  });
}

/**
 * Up to five free starts nearest to the one asked for, in order of time, in the practitioner's wall time.
 */
function alternativesIn(found: SlotsFound, { start: wanted, moved }: Asked): Alternative[] {
  const minute = minuteOf(wanted);
  const own = moved && minuteOf(moved.start);
  return found.days
    .flatMap(({ slots }) => slots.filter(({ available, start }) => available && start !== own))
    .toSorted((a, b) => Math.abs(a.start - minute) - Math.abs(b.start - minute))
    .slice(0, MOST_ALTERNATIVES)
    .toSorted((a, b) => a.start - b.start)
    .map(({ start, end }) => {
      const { date, time } = wallOf(instantOf(start), found.desk.schedule.zone);
      return { date, time, start: isoOf(start, found.desk.schedule.zone), end: isoOf(end, found.desk.schedule.zone) };
    });
}

/** What is asked here is a courtesy beside a refusal: it must not put another refusal in its place. */
async function findAny(tools: SlotTools, question: SlotQuestion): Promise<SlotsFound | null> {
  try {
    return await findSlots(tools, question);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}
