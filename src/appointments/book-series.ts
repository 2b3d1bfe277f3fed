// Books a series: one transaction that locks the time of all its dates, judges each, and takes those that can be had at one stroke.
import { policyFor, type Desk } from '../availability/desk.ts';
import type { Actor } from '../identity/actor.ts';
import { record, rowOf, type Entry } from '../journal/record.ts';
import type { By } from '../occupancy/inherit-time.ts';
import { withBuffers } from '../occupancy/occupancy.ts';
import { lockHolder } from '../occupancy/store-holds.ts';
import { takeUnits } from '../occupancy/store-units.ts';
import { lockTimeOf } from '../occupancy/store.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { Refusal } from '../platform/refusal.ts';
import { instantOf, type Wall } from '../platform/time/wall-clock.ts';
import { entryOfBooking, refuseOthersBooking, requestedAt, type BookingTools } from './booking.ts';
import { NotBookable } from './diary.ts';
import { endExpired } from './end-expired.ts';
import { holderFor } from './find-hold.ts';
import {
  judgeSeriesDates,
  readSeriesDesk,
  toldOf,
  type SeriesJudged,
  type SeriesRequest,
} from './find-series-dates.ts';
import { lockingAnew, refuseUnlocked } from './needs.ts';
import { keepClient } from './record-client.ts';
import { DatesRefused, refusesAll, type DateJudged, type SeriesTold } from './series.ts';
import type { NewSeat } from './store-seats.ts';
import { countSeries, insertDates, insertSeries, type NewDate } from './store-series.ts';
import { insertSeatDates } from './store-series-seats.ts';
import { takeSeat } from './take-beside.ts';
import { takeTurn } from './take-turn.ts';

export type SeriesTools = BookingTools & {
  /** How many series of one client may have dates to come. */
  readonly seriesPerClient: number;
};

/** Writing past the lock was met: look again, and once more; then somebody is at it all the time. */
const ATTEMPTS = 3;

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
      return await lockingAnew(() =>
        takeTurn(tools, actor.organisationId, request.practitionerId, () =>
          tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
            const earlier = await once.claim(tx);
            if (earlier?.subjectId != null) return { seriesId: earlier.subjectId, told: null };
            const booked = await book(tools, tx, actor, request);
            await once.settle(tx, 201, booked.seriesId);
            return booked;
          }),
        ),
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

async function book(tools: SeriesTools, tx: Transaction, actor: Actor, request: SeriesRequest): Promise<SeriesBooked> {
  const { practitionerId, userId } = request;
  const now = tools.clock.now();
  const read = await readSeriesDesk(tools, tx, request, (units) =>
    Promise.all([lockHolder(tx, holderFor(actor, userId)), lockTimeOf(tx, [practitionerId, ...units], userId)]),
  );
  const [, known] = read.locked;
  await refuseMany(tools, tx, actor, userId, now);
  const judged = await judgeSeriesDates(tools, tx, request, read);
  refuseUnlocked(read.guessed, judged.more);
  const told = await toldOf(tx, actor, judged, now);
  if (refusesAll(request.take, judged.dates)) throw new DatesRefused(told);

  const by = { at: now, actor: { role: actor.role, ref: actor.key } };
  const clientId = await keepClient(tx, actor, request, known, now);
  const { desk, sessionType } = judged;
  const free = judged.dates.filter(({ reasons }) => reasons.length === 0);
  const refused = judged.dates.filter(({ reasons }) => reasons.length > 0);
  const { frequency, onLast = false } = request.repeat;
  const seriesId = await insertSeries(
    tx,
    { practitionerId, clientId, sessionTypeId: sessionType.id, frequency, onLast, zone: desk.schedule.zone },
    refused.map(({ index, wall, reasons }) => ({ position: index, wallStart: wallText(wall), reasons })),
    now,
  );
  const firstSession = await take(tx, actor, by, request, { judged, free, seriesId, clientId });
  const facts = { practitionerId, sessionTypeId: sessionType.id, booked: free.length, refused: refused.length };
  await record(tx, { ...by, event: 'series.booked', subject: { kind: 'series', id: seriesId }, revision: 1, facts });
  tx.afterCommit(() => tools.wake(actor.organisationId, firstSession));
  return { seriesId, told };
}

type Taking = {
  readonly judged: SeriesJudged;
  readonly free: readonly DateJudged[];
  readonly seriesId: number;
  readonly clientId: number;
};

/** All that the dates that can be had take: time and units of their own, or a seat. Answers a session to wake. Throws TakenMeanwhile. */
async function take(tx: Transaction, actor: Actor, by: By, request: SeriesRequest, series: Taking): Promise<number> {
  const { seriesId, clientId, free, judged } = series;
  const { desk, sessionType, busy, more } = judged;
  const { practitionerId, platform, mode = null } = request;
  const now = by.at;
  const share = { practitionerId, sessionTypeId: sessionType.id, zone: desk.schedule.zone, platform };
  const made = free.map(({ index, wall, start, units = [], joins = null }) => {
    const from = instantOf(start?.minute ?? 0);
    const time = { from, to: joins ? instantOf(joins.end) : from.add({ minutes: sessionType.lengthMinutes }) };
    const session = {
      ...share,
      time,
      occupied: withBuffers(time, buffersOf(desk, sessionType.id)),
      wallStart: wallText(wall),
      request: requestedAt(actor, sessionType, now, from),
    };
    const given = units.length > 0 ? { units: [...units] } : {};
    const entry = entryOfBooking(by, session, { clientId, seriesId, seriesIndex: index, ...given });
    const date = { ...session, position: index, facts: JSON.stringify(entry.facts) } satisfies NewDate;
    return { date, units, entry, joins, start };
  });
  const own = made.filter(({ joins }) => joins === null);
  if (busy.expiredHolds) {
    const stretches = made.map(({ date }) => date.occupied);
    await endExpired(tx, by, { practitionerId, units: more.units ?? [] }, stretches);
  }
  const event = made[0]?.entry.event ?? 'appointment.booked';
  const shared = { ...share, seriesId, clientId, event, mode, capacity: sessionType.capacity ?? 1 };
  const inserted = await insertDates(
    tx,
    by,
    shared,
    own.map(({ date }) => date),
  );
  if (inserted === null) throw new TakenMeanwhile();
  const sessions = new Map(inserted.map(({ position, sessionId }) => [position, sessionId]));
  const takings = own.map(({ date, units }) => ({
    units,
    stretch: date.occupied,
    owner: { sessionId: sessions.get(date.position) ?? 0 },
    expiresAt: date.request?.decideBy ?? null,
  }));
  if (!(await takeUnits(tx, takings))) throw new TakenMeanwhile();
  const seats = made.filter(({ joins }) => joins !== null);
  await takeSeats(tx, { seriesId, clientId, platform, mode }, seats);
  return inserted[0]?.sessionId ?? seats[0]?.joins?.sessionId ?? 0;
}

/** In sessions that stand. Throws TakenMeanwhile; refusals of takeSeat. */
async function takeSeats(
  tx: Transaction,
  { seriesId, ...seat }: Omit<NewSeat, 'entry'> & { readonly seriesId: number },
  dates: readonly (Pick<DateJudged, 'start' | 'joins'> & {
    readonly date: Pick<NewDate, 'position' | 'wallStart'>;
    readonly entry: Omit<Entry, 'subject'>;
  })[],
): Promise<void> {
  const taken: Parameters<typeof insertSeatDates>[2][number][] = [];
  for (const { date, entry, start, joins = null } of dates) {
    if (start === null) continue;
    const appointmentId = await takeSeat(tx, { joins, start }, { ...seat, entry: rowOf(entry) }).catch(
      (error: unknown) => {
        throw error instanceof NotBookable ? new TakenMeanwhile() : error;
      },
    );
    taken.push({ position: date.position, wallStart: date.wallStart, appointmentId });
  }
  await insertSeatDates(tx, seriesId, taken);
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
