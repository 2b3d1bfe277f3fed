// What a series has of sessions that it shares with others: the dates that are seats of a group. Seats themselves are told in
// store-seats.ts. Whatever changes one is told of it alone, as of any seat: no letter is of several.
import type { Platform } from '../meetings/provider.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Mode } from '../practitioners/session-type.ts';
import { keptSeatsOf } from './store-held-seats.ts';

/** Which dates are which seats. */
export async function insertSeatDates(
  tx: Transaction,
  seriesId: number,
  dates: readonly { readonly position: number; readonly wallStart: string; readonly appointmentId: number }[],
): Promise<void> {
  if (dates.length === 0) return;
  await tx.query({
    name: 'series_seat_dates_insert',
    text: `insert into series_date (organisation_id, series_id, position, wall_start, appointment_id, batch_no)
           select $1, $2, u.position, u.wall_start, u.appointment_id, 1
             from unnest($3::smallint[], $4::text[], $5::bigint[]) as u (position, wall_start, appointment_id)`,
    values: [
      tx.organisationId,
      seriesId,
      dates.map(({ position }) => position),
      dates.map(({ wallStart }) => wallStart),
      dates.map(({ appointmentId }) => appointmentId),
    ],
  });
}

/** Where such dates have been moved to. */
export async function moveSeatDates(
  tx: Transaction,
  { seriesId, batchNo }: { readonly seriesId: number; readonly batchNo: number },
  dates: readonly { readonly position: number; readonly wallStart: string }[],
): Promise<void> {
  await tx.query({
    name: 'series_seat_dates_move',
    text: `update series_date sd set wall_start = u.wall_start, batch_no = $3, batch_revision = null
             from unnest($4::smallint[], $5::text[]) as u (position, wall_start)
            where sd.organisation_id = $1 and sd.series_id = $2 and sd.position = u.position`,
    values: [
      tx.organisationId,
      seriesId,
      batchNo,
      dates.map(({ position }) => position),
      dates.map(({ wallStart }) => wallStart),
    ],
  });
}

/** How a session is held, as far as somebody has said who has a seat in it. */
export type Held = { readonly platform: Platform | null; readonly mode: Mode | null };

export async function findHeld(tx: Transaction, sessionIds: readonly number[]): Promise<Map<number, Held>> {
  if (sessionIds.length === 0) return new Map();
  const rows = await tx.query<Held & { id: number }>({
    name: 'sessions_held',
    text: `select s.id, s.platform, s.mode from session s
            where s.organisation_id = $1 and s.id = any($2::bigint[])
              and exists (select from appointment a where a.organisation_id = $1 and a.session_id = s.id and a.state <> 'cancelled')`,
    values: [tx.organisationId, [...sessionIds]],
  });
  return new Map(rows.map(({ id, ...held }) => [id, held]));
}

/** Those of some appointments in whose sessions others have a seat, too, or one kept for them. */
export async function findAccompanied(
  tx: Transaction,
  appointmentIds: readonly number[],
  now: Temporal.Instant,
): Promise<Set<number>> {
  if (appointmentIds.length === 0) return new Set();
  const rows = await tx.query<{ id: number }>({
    name: 'seats_accompanied',
    text: `select a.id from appointment a
            where a.organisation_id = $1 and a.id = any($2::bigint[])
              and (exists (select from appointment o where o.organisation_id = $1 and o.session_id = a.session_id and o.id <> a.id
                              and o.state <> 'cancelled')
                   or exists (${keptSeatsOf('a.session_id', '$3')}))`,
    values: [tx.organisationId, [...appointmentIds], now.toString()],
  });
  return new Set(rows.map(({ id }) => id));
}
