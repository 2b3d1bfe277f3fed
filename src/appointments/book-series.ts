// Books a series: one transaction that locks the time, reads all that matters to any of its dates once, judges each as a booking
// of it would be, and takes those that can be had at one stroke; or tells beforehand how each would fare, and takes nothing.
import { policyFor, type Desk } from '../availability/desk.ts';
import { diaryOf } from '../availability/find-slots.ts';
import { countedStretch } from '../availability/limits.ts';
import { readBusyIn, type Busy } from '../availability/store.ts';
import type { Actor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import { withBuffers } from '../occupancy/occupancy.ts';
import { expireHolds } from '../occupancy/place-hold.ts';
import { lockHolder } from '../occupancy/store-holds.ts';
import { lockTimeOf } from '../occupancy/store.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { Refusal } from '../platform/refusal.ts';
import { instantOf, nowMinute, type Wall } from '../platform/time/wall-clock.ts';
import type { Offered } from '../practitioners/session-type.ts';
import {
  entryOfBooking,
  refuseOthersBooking,
  requestedAt,
  sessionTypeFor,
  type BookingRequest,
  type BookingTools,
} from './booking.ts';
import { deskOf } from './diary.ts';
import { holderFor } from './find-hold.ts';
import { withBecause } from './find-series-because.ts';
import { lapseRequestsIn } from './lapse-request.ts';
import { refuseShared } from './needs.ts';
import { keepClient } from './record-client.ts';
import {
  alternativesTo,
  DatesRefused,
  datesOfRule,
  judgeDates,
  refusesAll,
  spanOf,
  startOrGap,
  wallAsked,
  type DateJudged,
  type DatesJudged,
  type Repeat,
  type SeriesTake,
  type SeriesTold,
} from './series.ts';
import { countSeries, insertDates, insertSeries, type NewDate } from './store-series.ts';
import { takeTurn } from './take-turn.ts';

export type SeriesTools = BookingTools & {
  /** How many series of one client may have dates to come. */
  readonly seriesPerClient: number;
};

export type SeriesRequest = Omit<BookingRequest, 'start' | 'override'> & {
  readonly start: { readonly wall: Wall; readonly timeZone?: string | undefined };
  readonly repeat: Repeat;
  readonly take: SeriesTake;
  /** Dates of the rule that are left out. */
  readonly exceptDates: readonly string[];
  /** Another time for a date of the rule, on the practitioner's wall. */
  readonly instead: readonly (Wall & { readonly index: number })[];
};

/** Writing past the lock was met: look again, and once more; then somebody is at it all the time. */
const ATTEMPTS = 3;

/** How each date would fare now; nothing is taken. Refusals of bookSeries that do not come from its dates. */
export async function previewSeries(tools: SeriesTools, actor: Actor, request: SeriesRequest): Promise<SeriesTold> {
  refuseOthersBooking(actor, request.userId);
  return await tools.transactor.inOrganisation(
    actor.organisationId,
    async (tx) => {
      const read = await readDesk(tools, tx, request, Promise.resolve(null));
      return await toldOf(tx, actor, await judge(tools, tx, request, read), tools.clock.now());
    },
    { readOnly: true },
  );
}

/** `told` null: an earlier call under the same key booked it. */
export type SeriesBooked = { readonly seriesId: number; readonly told: SeriesTold | null };

/**
 * Refusals: those of a booking that do not come from its time; `invalid_request` for the rule; `limit_reached`. Throws
 * DatesRefused where all are to be had and one cannot, or none can.
 */
export async function bookSeries(
  tools: SeriesTools,
  actor: Actor,
  request: SeriesRequest,
  once: Once,
): Promise<SeriesBooked> {
  refuseOthersBooking(actor, request.userId);
  for (let tries = 1; ; tries += 1) {
    try {
      return await takeTurn(tools, actor.organisationId, request.practitionerId, () =>
        tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
          const earlier = await once.claim(tx);
          if (earlier?.subjectId != null) return { seriesId: earlier.subjectId, told: null };
          const booked = await book(tools, tx, actor, request);
          await once.settle(tx, 201, booked.seriesId);
          return booked;
        }),
      );
    } catch (error) {
      if (!(error instanceof TakenMeanwhile) || tries >= ATTEMPTS) throw error;
    }
  }
}

/** Rolls back: the rule said that all were free, the table that one is not. The table is right. */
class TakenMeanwhile extends Refusal {
  constructor() {
    super('slot_taken', 'One of these times was taken a moment ago. Ask again.');
  }
}

type DeskRead<Locked> = { readonly locked: Locked; readonly desk: Desk; readonly busy: Busy };

/** Lock, then look: what is read with it sees what the lock waited for. */
async function readDesk<Locked>(
  tools: BookingTools,
  tx: Transaction,
  { practitionerId, repeat, start }: SeriesRequest,
  locking: Promise<Locked>,
): Promise<DeskRead<Locked> & { readonly from: number; readonly to: number }> {
  const seen = tools.desks.recall(tx.organisationId, practitionerId);
  // A guess: in her zone the first date may be another, and is judged then.
  const dates = datesOfRule(start.wall.date, { ...repeat, onLast: false });
  const span = spanOf(
    dates.map((date) => ({ wall: { date, time: '00:00' } })),
    seen?.schedule.zone ?? 'UTC',
  );
  const question = { practitionerId, ...span, now: tools.clock.now() };
  const [locked, busy] = await Promise.all([locking, readBusyIn(tx, question)]);
  const desk = await deskOf(tools, tx, practitionerId, busy);
  if (!busy) throw new Error('a desk was found without its busy time');
  return { locked, desk, busy, ...span };
}

type Judged = DatesJudged & {
  readonly desk: Desk;
  readonly busy: Busy;
  readonly sessionType: Offered;
  readonly clientSubject: string;
};

async function judge(
  tools: BookingTools,
  tx: Transaction,
  request: SeriesRequest,
  read: DeskRead<unknown> & { readonly from: number; readonly to: number },
): Promise<Judged> {
  const { desk } = read;
  const { zone, table } = desk.schedule;
  const sessionType = sessionTypeFor(tools, desk, request);
  refuseShared(sessionType);
  const asked = datesAsked(request, zone);
  const span = spanOf(asked, zone);
  const periods = countedStretch(policyFor(desk, sessionType.id), table, span.from, span.to);
  const now = tools.clock.now();
  let { busy } = read;
  if (periods !== null || span.from < read.from || span.to > read.to) {
    const counting = periods ? { counting: { ...periods, clientSubject: request.userId } } : {};
    const again = await readBusyIn(tx, { practitionerId: request.practitionerId, ...span, ...counting, now });
    if (!again) throw new Error('a desk was found without its busy time');
    busy = again;
  }
  const judged = judgeDates(diaryOf({ desk, busy, sessionType }), asked, nowMinute(now));
  return { ...judged, desk, busy, sessionType, clientSubject: request.userId };
}

/** Those of the rule that are not left out, each where it is asked for. */
function datesAsked(request: SeriesRequest, zone: string): Omit<DateJudged, 'reasons'>[] {
  const { start, repeat, exceptDates, instead } = request;
  const first = wallAsked(start, zone);
  const others = new Map(instead.map(({ index, date, time }) => [index, { date, time: time.slice(0, 5) }]));
  const dates = datesOfRule(first.date, repeat);
  if (others.size < instead.length) {
    throw new Refusal('invalid_request', 'instead names a date twice. Choose one time for it.', {
      errors: [{ pointer: '/instead', message: 'must name each date once' }],
    });
  }
  const beyond = instead.find(({ index }) => index > dates.length);
  if (beyond) {
    throw new Refusal('invalid_request', `instead names date ${beyond.index}, and there are ${dates.length}.`, {
      errors: [{ pointer: '/instead', message: 'must name dates by their index, from 1' }],
    });
  }
  const asked = dates.map((date, i) => {
    const index = i + 1;
    const wall = others.get(index) ?? { date, time: first.time };
    // The first is where it was asked for, though its wall time may exist twice.
    const given = index === 1 && !others.has(1) ? start : { wall };
    return { index, wall, start: startOrGap(given, zone), ruled: date };
  });
  const left = asked.filter(({ ruled, index }) => others.has(index) || !exceptDates.includes(ruled));
  if (left.length === 0) {
    throw new Refusal('invalid_request', 'exceptDates leaves no date.', {
      errors: [{ pointer: '/exceptDates', message: 'must leave a date' }],
    });
  }
  return left.map(({ index, wall, start: at }) => ({ index, wall, start: at }));
}

async function toldOf(tx: Transaction, actor: Actor, judged: Judged, now: Temporal.Instant): Promise<SeriesTold> {
  const { desk, dates, diary, against, sessionType, clientSubject } = judged;
  const told = dates.map((date) => ({
    ...date,
    alternatives: date.reasons.length === 0 ? [] : alternativesTo(diary, date, nowMinute(now)),
  }));
  const explained = await withBecause(tx, actor, told, against, { now, clientSubject });
  return { zone: desk.schedule.zone, lengthMinutes: sessionType.lengthMinutes, dates: explained };
}

async function book(tools: SeriesTools, tx: Transaction, actor: Actor, request: SeriesRequest): Promise<SeriesBooked> {
  const { practitionerId, userId } = request;
  const now = tools.clock.now();
  const holding = lockHolder(tx, holderFor(actor, userId));
  const locking = lockTimeOf(tx, [practitionerId], userId);
  const read = await readDesk(tools, tx, request, Promise.all([holding, locking]));
  const [, known] = read.locked;
  await refuseMany(tools, tx, actor, userId, now);
  const judged = await judge(tools, tx, request, read);
  const { desk, busy, sessionType } = judged;
  const told = await toldOf(tx, actor, judged, now);
  const free = judged.dates.filter(({ reasons }) => reasons.length === 0);
  if (refusesAll(request.take, judged.dates)) throw new DatesRefused(told);

  const by = { at: now, actor: { role: actor.role, ref: actor.key } };
  const clientId = await keepClient(tx, actor, request, known, now);
  const { zone } = desk.schedule;
  const refused = judged.dates.filter(({ reasons }) => reasons.length > 0);
  const { frequency, onLast = false } = request.repeat;
  const seriesId = await insertSeries(
    tx,
    { practitionerId, clientId, sessionTypeId: sessionType.id, frequency, onLast, zone },
    refused.map(({ index, wall, reasons }) => ({ position: index, wallStart: wallText(wall), reasons })),
    now,
  );
  const share = { practitionerId, sessionTypeId: sessionType.id, zone, platform: request.platform };
  const made = free.map(({ index, wall, start }) => {
    const from = instantOf(start?.minute ?? 0);
    const time = { from, to: from.add({ minutes: sessionType.lengthMinutes }) };
    const session = {
      ...share,
      time,
      occupied: withBuffers(time, buffersOf(desk, sessionType.id)),
      wallStart: wallText(wall),
      request: requestedAt(actor, sessionType, now, from),
    };
    const more = { clientId, seriesId, seriesIndex: index };
    const entry = entryOfBooking(by, session, more);
    return { date: { ...session, position: index, facts: JSON.stringify(entry.facts) } satisfies NewDate, entry };
  });
  if (busy.expiredHolds) {
    for (const { date } of made) {
      await expireHolds(tx, by, practitionerId, date.occupied);
      await lapseRequestsIn(tx, practitionerId, date.occupied, now);
    }
  }
  const event = made[0]?.entry.event ?? 'appointment.booked';
  const inserted = await insertDates(
    tx,
    by,
    { ...share, seriesId, clientId, event, mode: request.mode ?? null },
    made.map(({ date }) => date),
  );
  if (inserted === null) throw new TakenMeanwhile();
  const facts = { practitionerId, sessionTypeId: sessionType.id, booked: free.length, refused: refused.length };
  await record(tx, { ...by, event: 'series.booked', subject: { kind: 'series', id: seriesId }, revision: 1, facts });
  const [first] = inserted;
  if (first) tx.afterCommit(() => tools.wake(actor.organisationId, first.sessionId));
  return { seriesId, told };
}

/** A client has a few series at once, whoever books them: nobody fills a calendar with them. */
async function refuseMany(
  { seriesPerClient }: SeriesTools,
  tx: Transaction,
  actor: Actor,
  userId: string,
  now: Temporal.Instant,
): Promise<void> {
  if (actor.role === 'staff' || (await countSeries(tx, userId, now)) < seriesPerClient) return;
  throw new Refusal(
    'limit_reached',
    `A client can have ${seriesPerClient} series with dates to come. Cancel one first, or book single appointments.`,
  );
}

function buffersOf(desk: Desk, sessionTypeId: number) {
  const { bufferBeforeMinutes: beforeMinutes, bufferAfterMinutes: afterMinutes } = policyFor(desk, sessionTypeId);
  return { beforeMinutes, afterMinutes };
}

function wallText({ date, time }: Wall): string {
  return `${date}T${time.slice(0, 5)}`;
}
