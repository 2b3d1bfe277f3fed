// What an act reads, under the lock, to judge one start: the same rule and the same data that offered the slot.
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Clock } from '../platform/time/clock.ts';
import { nowMinute, parseStart, type Start, type Wall } from '../platform/time/wall-clock.ts';
import { isAt, policyFor, type Desk, type Desks } from '../availability/desk.ts';
import { findAgainst, findInstead, type Instead } from '../availability/find-alternatives.ts';
import type { SlotTools, Sought } from '../availability/find-slots.ts';
import { countedStretch } from '../availability/limits.ts';
import { refusalFor, type ReasonCode } from '../availability/reasons.ts';
import { reasonsAgainst } from '../availability/slots.ts';
import { readBusyIn, type Busy, type BusyQuestion } from '../availability/store.ts';
import { withBuffers, type Stretch } from '../occupancy/occupancy.ts';
import { scheduleFor } from '../schedules/schedule.ts';
import { expireHolds } from '../occupancy/place-hold.ts';
import { reasonsLeft } from './override.ts';
import { lapseRequestsIn } from './lapse-request.ts';
import type { Actor } from '../identity/actor.ts';

export type DiaryTools = { readonly desks: Desks; readonly clock: Clock };

/**
 * A start as a caller asks for it: wall time or an instant, in the practitioner's zone unless `timeZone` says otherwise.
 * `pointer` is the field at fault where `wall` is one string, else what stands before `/date` and `/time`.
 */
export type StartAsked = {
  readonly wall: string | Wall;
  readonly timeZone?: string | undefined;
  readonly pointer?: string;
};

export type Judged = {
  readonly desk: Desk;
  readonly start: Start;
  readonly time: Stretch;
  readonly occupied: Stretch;
  /** The reasons against it that were overridden. */
  readonly overrode: readonly ReasonCode[];
};

/** Wider than any difference between a wall time read in one zone and in another. */
const ANY_ZONE_MINUTES = 27 * 60;

/** The stretch to read for a start, guessed from the desk last seen: read together with the lock, checked afterwards. */
export function stretchToRead(
  desk: Desk | undefined,
  asked: StartAsked,
  lengthMinutes: number,
): { readonly from: number; readonly to: number } {
  // What the desk last seen would refuse, the one in force may allow: then the guess is a wide one.
  const known = desk && startIn(desk.schedule.zone, asked);
  const slack = known === undefined ? ANY_ZONE_MINUTES : 0;
  const { minute } = known ?? parseStart(asked.wall, zoneOf('UTC', asked));
  const before = desk?.policy.bufferBeforeMinutes ?? 0;
  const after = desk?.policy.bufferAfterMinutes ?? 0;
  return { from: minute - before - slack, to: minute + lengthMinutes + after + slack };
}

function startIn(zone: string, asked: StartAsked): Start | undefined {
  try {
    return parseStart(asked.wall, zoneOf(zone, asked));
  } catch (error) {
    if (error instanceof Refusal && error.code === 'time_does_not_exist') return undefined;
    throw error;
  }
}

function zoneOf(zone: string, asked: StartAsked) {
  return { zone, timeZone: asked.timeZone, pointer: asked.pointer ?? '' };
}

/**
 * Judges a start at `desk` with what `busy` says is taken; reads anew where the guess behind `busy` was made with another
 * desk. Refusals: every reason of availability, `time_does_not_exist`, `invalid_request`.
 */
export async function judgeStart(
  tools: DiaryTools,
  tx: Transaction,
  actor: Actor,
  question: {
    readonly desk: Desk;
    readonly busy: Busy;
    readonly guessed: Omit<BusyQuestion, 'now'>;
    readonly asked: StartAsked;
    readonly sessionTypeId: number;
    readonly lengthMinutes: number;
    /** Whose appointment it is, for limits of each client. */
    readonly clientSubject: string;
    /** Staff's word stands against all reasons that can be overridden. */
    readonly overriding?: boolean;
  },
): Promise<Judged> {
  const { desk, asked, sessionTypeId, lengthMinutes, guessed, clientSubject } = question;
  const now = tools.clock.now();
  const start = parseStart(asked.wall, zoneOf(desk.schedule.zone, asked));
  const needed = stretchToRead(desk, asked, lengthMinutes);
  const policy = policyFor(desk, sessionTypeId);
  const periods = countedStretch(policy, desk.schedule.table, start.minute, start.minute);
  let { busy } = question;
  if (periods !== null || needed.from < guessed.from || needed.to > guessed.to) {
    const counting = periods ? { counting: { ...periods, clientSubject } } : {};
    busy = (await readBusyIn(tx, { ...guessed, ...needed, ...counting, now })) ?? refuseUnknown();
  }
  const reasons = reasonsFor(desk, { sessionTypeId, lengthMinutes, start, now }, busy);
  const [first, ...others] = reasonsLeft(reasons, question.overriding === true);
  if (first) throw new NotBookable([first, ...others], start);
  const { time, occupied } = stretchesOf(desk, start, lengthMinutes);
  if (busy.expiredHolds) {
    const by = { at: now, actor: { role: actor.role, ref: actor.key } };
    await expireHolds(tx, by, guessed.practitionerId, occupied);
    await lapseRequestsIn(tx, guessed.practitionerId, occupied, now);
  }
  return { desk, start, time, occupied, overrode: reasons };
}

/** Nothing is known to be taken: what could speak against a start but other people's time. */
const NOTHING_TAKEN = { taken: [], counted: null };

/**
 * What of a start can be judged without looking at anybody's time: null where something speaks against it, or where it
 * depends on what has been given already. The constraint judges the rest.
 */
export function judgeUnseen(
  desk: Desk,
  asked: StartAsked,
  session: { readonly sessionTypeId: number; readonly lengthMinutes: number },
  now: Temporal.Instant,
): Judged | null {
  const start = startIn(desk.schedule.zone, asked);
  if (!start) return null;
  const limited = countedStretch(
    policyFor(desk, session.sessionTypeId),
    desk.schedule.table,
    start.minute,
    start.minute,
  );
  if (limited || reasonsFor(desk, { ...session, start, now }, NOTHING_TAKEN).length > 0) return null;
  return { desk, start, ...stretchesOf(desk, start, session.lengthMinutes), overrode: [] };
}

type Judging = {
  readonly sessionTypeId: number;
  readonly lengthMinutes: number;
  readonly start: Start;
  readonly now: Temporal.Instant;
};

/** By the very function that offers slots. */
function reasonsFor(
  desk: Desk,
  { sessionTypeId, lengthMinutes, start, now }: Judging,
  busy: Pick<Busy, 'taken' | 'counted'>,
): readonly ReasonCode[] {
  return reasonsAgainst(
    {
      practitionerId: desk.practitioner.id,
      schedule: scheduleFor(desk.schedule, sessionTypeId),
      policy: policyFor(desk, sessionTypeId),
      lengthMinutes,
      sessionTypeId,
      busy: busy.taken,
      ...(busy.counted ? { counted: busy.counted.sessions } : {}),
    },
    start.minute,
    nowMinute(now),
  );
}

function stretchesOf({ policy }: Desk, start: Start, lengthMinutes: number): Pick<Judged, 'time' | 'occupied'> {
  const time = { from: start.instant, to: start.instant.add({ minutes: lengthMinutes }) };
  const { bufferBeforeMinutes: beforeMinutes, bufferAfterMinutes: afterMinutes } = policy;
  return { time, occupied: withBuffers(time, { beforeMinutes, afterMinutes }) };
}

/** The desk that `busy` was read with. */
export async function deskOf(
  tools: DiaryTools,
  tx: Transaction,
  practitionerId: number,
  busy: Busy | null,
): Promise<Desk> {
  if (!busy) return refuseUnknown();
  const seen = tools.desks.recall(tx.organisationId, practitionerId);
  if (seen && isAt(seen, busy.versions)) return seen;
  return (await tools.desks.at(tx, practitionerId, busy.versions)) ?? refuseUnknown();
}

/** A start that cannot be booked; whoever opened the transaction adds alternatives once it is closed. */
export class NotBookable extends Error {
  override readonly name = 'NotBookable';
  readonly reasons: readonly [ReasonCode, ...ReasonCode[]];
  readonly start: Start;
  constructor(reasons: readonly [ReasonCode, ...ReasonCode[]], start: Start) {
    super('a start cannot be booked');
    this.reasons = reasons;
    this.start = start;
  }
}

/** What somebody wants a time for, for whom; `moved`: the appointment it would move. */
export type Meant = {
  readonly practitionerId: number;
  readonly session: Sought;
  readonly clientSubject: string;
  readonly moved?: { readonly sessionId: number; readonly start: Temporal.Instant };
};

/**
 * Runs an act; where its start cannot be booked, the refusal says what could be had instead. The act tells what it means as
 * soon as it knows; alternatives are found once its transaction is closed.
 */
export async function orAlternatives<T>(
  tools: SlotTools,
  actor: Actor,
  act: (onMeant: (meant: Meant) => void) => Promise<T>,
): Promise<T> {
  let meant: Meant | undefined;
  try {
    return await act((told) => (meant = told));
  } catch (error) {
    if (!(error instanceof NotBookable) || !meant) throw error;
    const { organisationId } = actor;
    const asked = { organisationId, ...meant, start: error.start.instant };
    throw refusalFor(error.reasons, moreOf(await findInstead(tools, asked, actor)));
  }
}

/** Where a start is probably taken: refuses it as orAlternatives would, without a transaction. Returns where it may be free. */
export async function refuseTaken(
  tools: SlotTools,
  actor: Actor,
  meant: Meant,
  start: Temporal.Instant,
): Promise<void> {
  const found = await findAgainst(tools, { organisationId: actor.organisationId, ...meant, start }, actor);
  if (found) throw refusalFor(found.reasons, moreOf(found));
}

function moreOf({ alternatives, because }: Instead) {
  return { alternatives, ...(because.length > 0 ? { because } : {}) };
}

function refuseUnknown(): never {
  throw new Refusal('not_found', 'There is no practitioner with that id.');
}
