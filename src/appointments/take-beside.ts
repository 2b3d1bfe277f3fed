// Takes what an appointment is given besides a practitioner's time of its own: units of what its session needs, or a seat in a
// session that stands. All of it or nothing: whatever turns out to be taken rolls the whole act back.
import type { GroupSession } from '../availability/free-time.ts';
import { takeUnits, type UnitsTaken } from '../occupancy/store-units.ts';
import { conflictOf } from '../platform/database/conflict.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal, type RefusalCode } from '../platform/refusal.ts';
import { refuseMode } from '../practitioners/session-type.ts';
import type { Platform } from '../meetings/provider.ts';
import { NotBookable, type Judged } from './diary.ts';
import { insertSeat, type NewSeat } from './store-seats.ts';

/** Throws NotBookable where somebody wrote past the lock: the table is right. */
export async function takeBeside(
  tx: Transaction,
  { units, occupied: stretch, start }: Pick<Judged, 'units' | 'occupied' | 'start'>,
  taking: Pick<UnitsTaken, 'owner' | 'expiresAt'>,
): Promise<void> {
  if (await takeUnits(tx, [{ units, stretch, ...taking }])) return;
  throw new NotBookable(['slot_taken'], start);
}

/** The appointment's id. Throws NotBookable; refusals `meeting_elsewhere`, `mode_not_offered`: a session is held in one way. */
export async function takeSeat(
  tx: Transaction,
  { joins, start }: Pick<Judged, 'start'> & { readonly joins: Pick<GroupSession, 'sessionId'> | null },
  seat: NewSeat,
): Promise<number> {
  const full = () => new NotBookable(['full'], start);
  const taken = joins && (await insertSeat(tx, joins.sessionId, seat).catch(nullWhereTaken));
  if (!taken) throw full();
  refuseElsewhere(taken.platform, seat.platform);
  refuseOtherwise(taken, seat);
  return taken.appointmentId;
}

/** What would stand against a seat in a session that is held so; null: nothing. */
export function reasonAgainstSeat(
  held: Pick<NewSeat, 'platform' | 'mode'>,
  seat: Pick<NewSeat, 'platform' | 'mode'>,
): RefusalCode | null {
  const taken = { platform: held.platform ?? seat.platform, mode: held.mode ?? seat.mode };
  try {
    refuseElsewhere(taken.platform, seat.platform);
    refuseOtherwise(taken, seat);
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

/** `taken` is the session with what this seat adds to it: where that has a meeting, all are online. */
function refuseOtherwise(taken: Pick<NewSeat, 'platform' | 'mode'>, seat: Pick<NewSeat, 'platform' | 'mode'>): void {
  const message = 'is not how the session is held';
  const asked = seat.mode ?? (seat.platform ? 'online' : null);
  if (asked === null) return;
  // A mode of the seat's own is that of a session that had none before.
  const other = taken.mode !== null && taken.mode !== asked ? taken.mode : taken.platform && 'online';
  if (other === null) return;
  refuseMode({ name: 'This session', modes: [other] }, asked, {
    pointer: seat.platform ? '/videoMeetingConfig/platform' : '/mode',
    message,
  });
}

/** Of somebody who wrote past the lock. */
export function nullWhereTaken(error: unknown): null {
  const constraint = conflictOf(error)?.constraint;
  if (constraint === 'seat_taken_once' || constraint === 'seat_within_capacity') return null;
  throw error;
}

/** A session has one meeting: on the platform that was chosen first. */
function refuseElsewhere(platform: Platform | null, asked: Platform | null): void {
  if (asked === null || asked === platform) return;
  throw new Refusal(
    'meeting_elsewhere',
    `This session is held on ${platform}. Book it there, or choose another time.`,
    {
      errors: [{ pointer: '/videoMeetingConfig/platform', message: 'is not where the session is held' }],
      extra: { platform },
    },
  );
}
