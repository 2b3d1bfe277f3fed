// What an act reads, under the lock, to judge one start: the same rule and the same data that offered the slot.
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Clock } from '../platform/time/clock.ts';
import { instantOf, minuteOf, nowMinute, parseStart, type Start, type Wall } from '../platform/time/wall-clock.ts';
import { isAt, policyFor, widestBuffers, type Desk, type Desks } from '../availability/desk.ts';
import type { GroupSession } from '../availability/free-time.ts';
import { asKeeping, diaryOf, moreAskedFor, type Sought } from '../availability/find-slots.ts';
import { countedStretch } from '../availability/limits.ts';
import type { ReasonCode } from '../availability/reasons.ts';
import { reasonsAgainst, standingIn } from '../availability/slots.ts';
import { unitsFor } from '../availability/units.ts';
import type { MoreAsked } from '../availability/store-units.ts';
import { readBusyIn, type Busy, type BusyQuestion } from '../availability/store.ts';
import { withBuffers, type Stretch } from '../occupancy/occupancy.ts';
import { endExpired } from './end-expired.ts';
import { reasonsLeft } from './override.ts';
import { isUnread, refuseUnlocked } from './needs.ts';
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
  /** What it is to be given besides her time: one unit for each need, or fewer where that was overridden. */
  readonly units: readonly number[];
  /** The session of a group that it is a seat of; null: it is a session of its own. */
  readonly joins: GroupSession | null;
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
  const { before, after } = desk ? widestBuffers(desk) : { before: 0, after: 0 };
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
    /** What it needs, and for how many, where that is not as it is on offer now. */
    readonly session?: Pick<Sought, 'capacity' | 'needs'>;
    /** The start of a session that others stay in, from which the client comes. */
    readonly leaving?: Temporal.Instant | undefined;
    /** It is to be kept for the client, not booked. */
    readonly keeping?: boolean;
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
  const session = { id: sessionTypeId, name: '', lengthMinutes, ...sharingOf(desk, sessionTypeId, question.session) };
  const more = moreAskedFor(session, clientSubject);
  refuseUnlocked(guessed, more);
  let { busy } = question;
  if (periods !== null || isUnread(guessed, more) || needed.from < guessed.from || needed.to > guessed.to) {
    const leaving = question.leaving && minuteOf(question.leaving);
    const counting = periods ? { counting: { ...periods, clientSubject, leaving } } : {};
    busy = (await readBusyIn(tx, { ...guessed, ...more, ...needed, ...counting, now })) ?? refuseUnknown();
  }
  const sought = asSought(busy, more);
  const diary = diaryOf({ desk, sessionType: session, busy: question.keeping ? asKeeping(sought) : sought });
  const reasons = reasonsAgainst(diary, start.minute, nowMinute(now));
  const overriding = question.overriding === true;
  const [first, ...others] = reasonsLeft(reasons, overriding);
  if (first) throw new NotBookable([first, ...others], start, overriding);
  const { time, occupied } = stretchesOf(desk, start, session);
  if (busy.expiredHolds) {
    const by = { at: now, actor: { role: actor.role, ref: actor.key } };
    await endExpired(tx, by, { practitionerId: guessed.practitionerId, units: more.units ?? [] }, [occupied]);
  }
  const joins = standingIn(diary).get(start.minute) ?? null;
  if (joins) {
    return { desk, start, time: { ...time, to: instantOf(joins.end) }, occupied, overrode: reasons, units: [], joins };
  }
  const units = unitsFor(diary.needs ?? [], minuteOf(occupied.from), minuteOf(occupied.to));
  return { desk, start, time, occupied, overrode: reasons, units, joins };
}

/** As the desk in force has it on offer; else as the caller knows it. */
function sharingOf(
  { practitioner }: Desk,
  sessionTypeId: number,
  known: Pick<Sought, 'capacity' | 'needs'> | undefined,
): Pick<Sought, 'capacity' | 'needs'> {
  const { capacity, needs } = practitioner.offered.find(({ id }) => id === sessionTypeId) ?? known ?? {};
  const seats = known ? known.capacity : capacity;
  return { ...(seats === undefined ? {} : { capacity: seats }), ...(needs ? { needs } : {}) };
}

/** What was read for another guess is not what is asked. */
export function asSought(busy: Busy, more: MoreAsked): Busy {
  return { ...busy, units: more.units ? busy.units : null, groups: more.group ? busy.groups : null };
}

/** Nothing is known to be taken: what could speak against a start but other people's time. */
const NOTHING_TAKEN: Busy = {
  versions: { schedule: 0, revision: 0 },
  taken: [],
  expiredHolds: false,
  nextExpiry: null,
  counted: null,
  units: null,
  groups: null,
  print: '',
};

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
  const { sessionTypeId: id, lengthMinutes } = session;
  const meant = { id, name: '', lengthMinutes };
  const diary = diaryOf({ desk, sessionType: meant, busy: NOTHING_TAKEN });
  if (limited || reasonsAgainst(diary, start.minute, nowMinute(now)).length > 0) return null;
  return { desk, start, ...stretchesOf(desk, start, meant), overrode: [], units: [], joins: null };
}

function stretchesOf(
  desk: Desk,
  start: Start,
  { id, lengthMinutes }: Pick<Sought, 'id' | 'lengthMinutes'>,
): Pick<Judged, 'time' | 'occupied'> {
  const time = { from: start.instant, to: start.instant.add({ minutes: lengthMinutes }) };
  const { bufferBeforeMinutes: beforeMinutes, bufferAfterMinutes: afterMinutes } = policyFor(desk, id);
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
  /** In spite of an override. */
  readonly overriding: boolean;
  constructor(reasons: readonly [ReasonCode, ...ReasonCode[]], start: Start, overriding = false) {
    super('a start cannot be booked');
    this.reasons = reasons;
    this.start = start;
    this.overriding = overriding;
  }
}

function refuseUnknown(): never {
  throw new Refusal('not_found', 'There is no practitioner with that id.');
}
