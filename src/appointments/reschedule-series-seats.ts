// Moves dates of a series that are seats of a group: each leaves its session, which others may stay in, for one that stands at its new
// time, or opens one there. Who leaves a session goes before who comes to it, so that a seat given up is had by the next.
import type { Desk } from '../availability/desk.ts';
import type { Actor } from '../identity/actor.ts';
import { withBuffers } from '../occupancy/occupancy.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { instantOf } from '../platform/time/wall-clock.ts';
import { lengthMinutes } from './appointment.ts';
import type { BookingTools } from './booking.ts';
import type { DateOn } from './cancel-series.ts';
import { rescheduleSeat } from './reschedule-seat.ts';
import type { DateJudged } from './series.ts';
import { moveSeatDates } from './store-series-seats.ts';

type SeatGoing = DateJudged & { readonly on: DateOn; readonly late: boolean };

/**
 * Expects the time to be locked, the dates to be judged, and what they leave for good to be released. `accompanied`: those in whose
 * sessions others stay, by appointment. Throws NotBookable.
 */
export async function rescheduleSeats(
  tools: Pick<BookingTools, 'wake'>,
  tx: Transaction,
  actor: Actor,
  {
    desk,
    accompanied,
    now,
    ...batch
  }: {
    readonly desk: Desk;
    readonly accompanied: ReadonlySet<number>;
    readonly now: Temporal.Instant;
    readonly seriesId: number;
    readonly batchNo: number;
    readonly buffers: Parameters<typeof withBuffers>[1];
  },
  dates: readonly SeatGoing[],
): Promise<void> {
  for (const { start, units = [], joins = null, on, late } of inOrder(dates)) {
    if (start === null) continue;
    const { appointment } = on;
    const from = start.instant;
    const time = { from, to: joins ? instantOf(joins.end) : from.add({ minutes: lengthMinutes(appointment) }) };
    const judged = { desk, start, time, occupied: withBuffers(time, batch.buffers), overrode: [], units, joins };
    const stays = accompanied.has(appointment.id);
    await rescheduleSeat(tools, tx, actor, appointment, judged, {
      now,
      stays,
      late,
      override: null,
      seriesId: batch.seriesId,
    });
  }
  const walls = dates.map(({ index, wall }) => ({ position: index, wallStart: `${wall.date}T${wall.time}` }));
  if (walls.length > 0) await moveSeatDates(tx, batch, walls);
}

/** Where they would go round in a circle, the first one first. */
function inOrder(dates: readonly SeatGoing[]): SeatGoing[] {
  const left = [...dates];
  const ordered: SeatGoing[] = [];
  while (left.length > 0) {
    const isFree = ({ joins }: SeatGoing) => !left.some(({ on }) => on.appointment.sessionId === joins?.sessionId);
    ordered.push(...left.splice(Math.max(0, left.findIndex(isFree)), 1));
  }
  return ordered;
}
