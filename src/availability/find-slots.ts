// Answers "when is she free?" for a stretch of days: one read of what is taken, one pass of the slot function. Readers
// who ask the same at the same moment share both; of a read that says the same as the last one, the slots are those of before.
import type pg from 'pg';
import type { Transactor } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import { Rounds } from '../platform/rounds.ts';
import type { Clock } from '../platform/time/clock.ts';
import { dateOfDay, dayNumber, dayStart, nowMinute } from '../platform/time/wall-clock.ts';
import { atLength, isGroup, type Offered } from '../practitioners/session-type.ts';
import { scheduleFor } from '../schedules/schedule.ts';
import {
  isAt,
  limitsClients,
  policyFor,
  refuseInactive,
  sessionTypeAt,
  widestBuffers,
  type Desk,
  type Desks,
  type Versions,
} from './desk.ts';
import type { Diary, NeedTime } from './free-time.ts';
import { countedStretch } from './limits.ts';
import { FoundThisMinute } from './last-found.ts';
import { nextChangeAfter, slotsBetween, type Slot } from './slots.ts';
import { readBusy, type Busy } from './store.ts';
import type { MoreAsked } from './store-units.ts';
import type { Written } from './answer-text.ts';

export type SlotTools = {
  readonly pool: pg.Pool;
  readonly transactor: Transactor;
  readonly clock: Clock;
  readonly desks: Desks;
};

export type SlotQuestion = {
  readonly organisationId: number;
  readonly practitionerId: number;
  /** First and last day, both included, `YYYY-MM-DD` in `timeZone`, or in the practitioner's own zone. */
  readonly from: string;
  readonly to: string;
  readonly timeZone?: string | undefined;
  /** As a caller names one on offer, or as an appointment has one, offered or not; without it the first on offer. */
  readonly sessionType?: string | number | Sought | undefined;
  /** Of the lengths it is held at; its own without one. */
  readonly durationMinutes?: number | undefined;
  /** A session that is to be moved, whose own time is not in its way. */
  readonly except?: number;
  /** A session that others stay in, from whose start (epoch minute) the client would come. */
  readonly leaving?: number;
  /** The client who asks, for limits of each client; without one nobody in particular. */
  readonly clientSubject?: string | undefined;
  /** It is to be kept for the client, not booked: of one session one seat. */
  readonly keeping?: boolean;
};

/** A session to find time for. */
export type Sought = Pick<Offered, 'id' | 'name' | 'lengthMinutes' | 'capacity' | 'needs'>;

export type DaySlots = { readonly date: string; readonly slots: readonly Slot[] };

export type SlotsFound = Written & {
  readonly desk: Desk;
  readonly sessionType: Sought;
  readonly timeZone: string;
  readonly days: readonly DaySlots[];
  /** The epoch minute from which the answer may differ by itself; null if never. */
  readonly changesAt: number | null;
  readonly busy: Busy;
};

/** A quarter, as a calendar page of three months needs; bounds the work of one read. */
export const MOST_DAYS = 92;

type Finding = { readonly rounds: Rounds<SlotsFound>; readonly last: FoundThisMinute };

const findings = new WeakMap<pg.Pool, Finding>();

/**
 * One read and one answer for all who ask the same at the same moment; none of them hears what was so before it asked. Refusals:
 * `not_found`, `practitioner_not_bookable`, `unknown_session_type`, `invalid_request` for the stretch.
 */
export function findSlots(tools: SlotTools, asked: SlotQuestion): Promise<SlotsFound> {
  const question = withoutNeedless(tools, asked);
  const finding = findingsOf(tools.pool);
  const key = keyOf(question);
  return finding.rounds.ask(key, () => find(tools, question, finding.last, key));
}

function findingsOf(pool: pg.Pool): Finding {
  let finding = findings.get(pool);
  if (!finding) findings.set(pool, (finding = { rounds: new Rounds(), last: new FoundThisMinute() }));
  return finding;
}

/** One name for what is one question. The rest is free text, and seldom there. */
function keyOf(question: SlotQuestion): string {
  const { organisationId, practitionerId, from, to } = question;
  const { timeZone, sessionType, durationMinutes, except, clientSubject, leaving, keeping } = question;
  const rest = [timeZone, sessionType, durationMinutes, except, clientSubject, leaving, keeping];
  const isBare = rest.every((each) => each === undefined);
  return `${organisationId} ${practitionerId} ${from} ${to}${isBare ? '' : JSON.stringify(rest)}`;
}

/** Where nothing depends on who asks, all who ask share one answer. */
function withoutNeedless(tools: SlotTools, question: SlotQuestion): SlotQuestion {
  if (question.clientSubject === undefined) return question;
  const desk = tools.desks.recall(question.organisationId, question.practitionerId);
  return desk && !limitsClients(desk) ? { ...question, clientSubject: undefined } : question;
}

async function find(tools: SlotTools, question: SlotQuestion, last: FoundThisMinute, key: string): Promise<SlotsFound> {
  const first = dayNumber(question.from);
  const dayCount = dayNumber(question.to) - first + 1;
  if (dayCount < 1 || dayCount > MOST_DAYS) {
    throw new Refusal('invalid_request', `Ask for 1 to ${MOST_DAYS} days, the first not after the last.`, {
      errors: [
        { pointer: 'query/to', message: `must be on or after \`from\`, and at most ${MOST_DAYS - 1} days later` },
      ],
    });
  }
  const before = last.recall(key, nowMinute(tools.clock.now()));
  const read = await readDiary(tools, question, before?.busy);
  const now = nowMinute(tools.clock.now());
  if (before && before === last.recall(key, now) && before.busy === read.busy && before.found.desk === read.desk) {
    return before.found;
  }
  const timeZone = question.timeZone ?? read.desk.schedule.zone;
  const busy = question.keeping ? asKeeping(read.busy) : read.busy;
  const found = judgeDays({ ...read, busy, timeZone }, first, dayCount, now);
  // What the worker asks to keep a time for somebody, no reader asks.
  if (!question.keeping) last.keep(key, now, { busy: read.busy, found });
  return found;
}

function judgeDays(
  read: Pick<SlotsFound, 'desk' | 'busy' | 'sessionType' | 'timeZone'>,
  first: number,
  dayCount: number,
  now: number,
): SlotsFound {
  const { timeZone, busy } = read;
  const diary = diaryOf(read);
  const starts = Array.from({ length: dayCount + 1 }, (_, i) => dayStart(dateOfDay(first + i), timeZone));
  const slots = slotsBetween(diary, starts[0]!, starts[dayCount]!, now);
  const change = nextChangeAfter(diary, slots, now);
  const expiry = busy.nextExpiry;
  return {
    ...read,
    texts: {},
    days: splitByDay(slots, starts, first),
    changesAt: change === undefined ? expiry : expiry === null ? change : Math.min(change, expiry),
  };
}

/** As for who would keep a seat: one that is kept already is as one that is had. */
export function asKeeping(busy: Busy): Busy {
  const groups = busy.groups?.map((one) => ({ ...one, own: one.own || one.ownKept === true })) ?? null;
  return { ...busy, groups };
}

/** What was read, as the rule is given it. */
export function diaryOf({
  desk,
  busy,
  sessionType,
}: Pick<SlotsFound, 'desk' | 'sessionType'> & {
  readonly busy: Pick<Busy, 'taken' | 'counted' | 'units' | 'groups'>;
}): Diary {
  const { capacity = 1, needs } = sessionType;
  return {
    practitionerId: desk.practitioner.id,
    schedule: scheduleFor(desk.schedule, sessionType.id),
    policy: policyFor(desk, sessionType.id),
    lengthMinutes: sessionType.lengthMinutes,
    sessionTypeId: sessionType.id,
    busy: busy.taken,
    ...(busy.counted ? { counted: busy.counted.sessions } : {}),
    ...(busy.units ? { needs: needTimes(needs ?? [], busy.units) } : {}),
    ...(busy.groups ? { group: { capacity, sessions: busy.groups } } : {}),
  };
}

function needTimes(needs: NonNullable<Sought['needs']>, units: NonNullable<Busy['units']>): NeedTime[] {
  return needs.map(({ kind, units: ids }) => ({ kind, units: ids.map((id) => ({ id, busy: units.get(id) ?? [] })) }));
}

/** What is to be read besides her time, for such a session. */
export function moreAskedFor(
  { id, capacity = 1, needs = [] }: Pick<Sought, 'id' | 'capacity' | 'needs'>,
  clientSubject: string | null,
): MoreAsked {
  return {
    ...(needs.length > 0 ? { units: needs.flatMap(({ units }) => [...units]) } : {}),
    ...(isGroup({ capacity }) ? { group: { sessionTypeId: id, clientSubject } } : {}),
  };
}

function splitByDay(slots: readonly Slot[], starts: readonly number[], first: number): DaySlots[] {
  const days: DaySlots[] = [];
  let next = 0;
  for (let day = 0; day + 1 < starts.length; day += 1) {
    const begin = next;
    while (next < slots.length && slots[next]!.start < starts[day + 1]!) next += 1;
    days.push({ date: dateOfDay(first + day), slots: slots.slice(begin, next) });
  }
  return days;
}

/** Busy time and the desk of the very same versions. */
async function readDiary(
  tools: SlotTools,
  question: SlotQuestion,
  before: Busy | undefined,
): Promise<{ desk: Desk; busy: Busy; sessionType: Sought }> {
  const { organisationId, practitionerId } = question;
  const { desks, transactor } = tools;
  const deskAt = (versions?: Versions) =>
    transactor.inOrganisation(organisationId, (tx) => desks.at(tx, practitionerId, versions), { readOnly: true });
  const recalled = desks.recall(organisationId, practitionerId);
  // What the desk last seen refuses, the one in force may allow: only a desk read for this question says no.
  let desk = recalled && isOfferedAt(recalled, question) ? recalled : await deskAt();
  // Once for a change between two reads; a second change in the same instant is answered as the first one left it.
  for (let tries = 0; tries < 3; tries += 1) {
    if (!desk) throw new Refusal('not_found', 'There is no practitioner with that id.');
    const sessionType = soughtAt(desk, question);
    const timeZone = question.timeZone ?? desk.schedule.zone;
    const buffers = widestBuffers(desk);
    const margin = sessionType.lengthMinutes + buffers.before + buffers.after;
    const from = dayStart(question.from, timeZone);
    const to = dayStart(dateOfDay(dayNumber(question.to) + 1), timeZone);
    const periods = countedStretch(policyFor(desk, sessionType.id), desk.schedule.table, from, to);
    const asked = {
      practitionerId,
      ...(question.except === undefined ? {} : { except: question.except }),
      from: from - margin,
      to: to + margin,
      ...(periods
        ? { counting: { ...periods, clientSubject: question.clientSubject ?? null, leaving: question.leaving } }
        : {}),
      ...moreAskedFor(sessionType, question.clientSubject ?? null),
      now: tools.clock.now(),
    };
    const busy = await readBusy(tools.pool, organisationId, asked, before);
    if (!busy) throw new Refusal('not_found', 'There is no practitioner with that id.');
    if (isAt(desk, busy.versions)) return { desk, busy, sessionType };
    desk = await deskAt(busy.versions);
  }
  throw new Refusal('overloaded', 'The schedule is being changed right now. Try again in a moment.', {
    retryAfterSeconds: 1,
  });
}

function soughtAt(desk: Desk, { sessionType, durationMinutes }: SlotQuestion): Sought {
  if (typeof sessionType !== 'object') {
    const offered = sessionTypeAt(desk, sessionType, 'query/sessionType');
    return atLength(offered, durationMinutes, 'query/durationMinutes');
  }
  refuseInactive(desk);
  return sessionType;
}

function isOfferedAt(desk: Desk, question: SlotQuestion): boolean {
  try {
    soughtAt(desk, question);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}
