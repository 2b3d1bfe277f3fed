// Keeps for an appointment some of the free times nearest to it, each with what it needs under a hold of its own, and makes an offer of
// them. Whoever has locked her time and those units says which appointments.
import { policyFor, type Desk } from '../availability/desk.ts';
import { asKeeping, diaryOf, moreAskedFor, type Sought } from '../availability/find-slots.ts';
import type { Diary } from '../availability/free-time.ts';
import { countedStretch } from '../availability/limits.ts';
import { slotsBetween, standingIn, type Slot } from '../availability/slots.ts';
import { readBusyIn } from '../availability/store.ts';
import { unitsFor } from '../availability/units.ts';
import { record } from '../journal/record.ts';
import type { By } from '../occupancy/inherit-time.ts';
import { withBuffers } from '../occupancy/occupancy.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { isGroup } from '../practitioners/session-type.ts';
import { instantOf, minuteOf, nowMinute } from '../platform/time/wall-clock.ts';
import type { Appointment } from './appointment.ts';
import { asSought } from './diary.ts';
import { endExpired } from './end-expired.ts';
import { holdJudged } from './hold-judged.ts';
import { insertOffer } from './store-offers.ts';
import { keptUntil } from './waitlist.ts';

const DAY = 1_440;
/** Times further away than this are no alternative to the one that was agreed. */
const DAYS_BEFORE = 7;
const DAYS_AFTER = 28;

/** `most`: times at most. */
export type AlternativesWanted = {
  readonly most: number;
  readonly answerWithinHours: number;
  readonly timeOffId: number;
};

/** An appointment that is to move, as a session to find time for. */
export type Concerned = { readonly appointment: Appointment; readonly session: Sought };

/**
 * Those free times that lie nearest to it, each kept for its client; false where there is none, or nobody could answer in time.
 * Throws NotBookable.
 */
export async function holdAlternatives(
  tx: Transaction,
  by: By,
  desk: Desk,
  concerned: Concerned,
  { most, answerWithinHours, timeOffId }: AlternativesWanted,
): Promise<boolean> {
  const { appointment } = concerned;
  const { practitionerId, sessionTypeId } = appointment;
  const found = await nearest(tx, by.at, desk, concerned);
  const { bufferBeforeMinutes: before, bufferAfterMinutes: after } = policyFor(desk, sessionTypeId);
  const apart = apartFrom(before + after);
  // A hold beside what it has now, which is its own until it moves.
  const now = { start: minuteOf(appointment.start), end: minuteOf(appointment.end) };
  const chosen = found.slots.reduce<Stretch[]>(
    (some, slot) => (some.length < most && apart([now, ...some], slot) ? [...some, slot] : some),
    [],
  );
  const first = Math.min(now.start, ...chosen.map(({ start }) => start));
  const expiresAt = keptUntil(by.at, answerWithinHours * 60, instantOf(first));
  if (chosen.length === 0 || expiresAt === null) return false;
  const holdIds: number[] = [];
  for (const { start, end } of chosen.toSorted((a, b) => a.start - b.start)) {
    holdIds.push(await keep(tx, by, concerned, { start, end, expiresAt, ...found }));
  }
  const { id: appointmentId, clientId, revision } = appointment;
  const offer = {
    kind: 'move',
    clientId,
    entryId: null,
    appointmentId,
    revision,
    timeOffId,
    expiresAt,
    holdIds,
  } as const;
  const offerId = await insertOffer(tx, offer, by.at);
  const facts = { kind: 'move', appointmentId, practitionerId, timeOffId, expiresAt: expiresAt.toString() };
  await record(tx, { ...by, event: 'offer.made', subject: { kind: 'offer', id: offerId }, revision: 1, facts });
  return true;
}

/** A hold of one time with what it needs, all or none, or of a seat. Throws NotBookable where somebody wrote past the lock. */
async function keep(
  tx: Transaction,
  by: By,
  { appointment, session }: Concerned,
  at: Stretch & Pick<Found, 'diary' | 'expired'> & { readonly expiresAt: Temporal.Instant },
): Promise<number> {
  const { practitionerId, sessionTypeId, clientSubject, capacity } = appointment;
  const { diary, start, end, expiresAt } = at;
  const { bufferBeforeMinutes: beforeMinutes, bufferAfterMinutes: afterMinutes } = diary.policy;
  const time = { from: instantOf(start), to: instantOf(end) };
  const occupied = withBuffers(time, { beforeMinutes, afterMinutes });
  if (at.expired) {
    await endExpired(tx, by, { practitionerId, units: moreAskedFor(session, null).units ?? [] }, [occupied]);
  }
  const joins = standingIn(diary).get(start) ?? null;
  const units = joins ? [] : unitsFor(diary.needs ?? [], start - beforeMinutes, end + afterMinutes);
  const place = {
    start: { instant: time.from, minute: start },
    time,
    occupied,
    units,
    joins,
    zone: diary.schedule.zone,
  };
  const kept = { practitionerId, sessionTypeId, holder: `client:${clientSubject}`, expiresAt, capacity };
  return await holdJudged(tx, by, place, kept);
}

type Found = { readonly diary: Diary; readonly slots: readonly Slot[]; readonly expired: boolean };

/** Free starts by their distance from it; what was kept for others in this act is taken by now. */
async function nearest(
  tx: Transaction,
  now: Temporal.Instant,
  desk: Desk,
  { appointment, session }: Concerned,
): Promise<Found> {
  const { practitionerId, sessionId, sessionTypeId, clientSubject } = appointment;
  const wanted = minuteOf(appointment.start);
  const from = Math.max(wanted - DAYS_BEFORE * DAY, minuteOf(now));
  const to = wanted + DAYS_AFTER * DAY;
  const periods = countedStretch(policyFor(desk, sessionTypeId), desk.schedule.table, from, to);
  const leaving = isGroup(session) ? wanted : undefined;
  const counting = periods ? { counting: { ...periods, clientSubject, leaving } } : {};
  const margin = 2 * DAY;
  const more = moreAskedFor(session, clientSubject);
  const span = { from: from - margin, to: to + margin };
  // Others may stay in the session of a group: its time is not free for who leaves it.
  const except = isGroup(session) ? {} : { except: sessionId };
  const busy = await readBusyIn(tx, { practitionerId, ...span, ...except, ...more, ...counting, now });
  if (!busy) throw new Error('a desk was found without its busy time');
  const diary = diaryOf({ desk, busy: asKeeping(asSought(busy, more)), sessionType: session });
  const slots = slotsBetween(diary, from, to, nowMinute(now))
    .filter(({ available, start }) => available && start !== wanted)
    .toSorted((a, b) => Math.abs(a.start - wanted) - Math.abs(b.start - wanted));
  return { diary, slots, expired: busy.expiredHolds };
}

type Stretch = Pick<Slot, 'start' | 'end'>;

function apartFrom(minutes: number): (some: readonly Stretch[], slot: Stretch) => boolean {
  return (some, slot) => some.every((one) => slot.start >= one.end + minutes || slot.end + minutes <= one.start);
}
