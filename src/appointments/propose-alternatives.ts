// Offers everybody who has an appointment in some time off other times for it, in one act: each gets a few that are free, under
// holds of its own, until a deadline, and a letter to choose by. The appointments stay as they are until their clients have chosen.
import { policyFor, type Desk } from '../availability/desk.ts';
import { diaryOf } from '../availability/find-slots.ts';
import { countedStretch } from '../availability/limits.ts';
import { slotsBetween, type Slot } from '../availability/slots.ts';
import { readBusyIn } from '../availability/store.ts';
import { mayManagePractitioner, type Actor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import type { By } from '../occupancy/inherit-time.ts';
import { withBuffers } from '../occupancy/occupancy.ts';
import { placeHold } from '../occupancy/place-hold.ts';
import { lockTimeOf } from '../occupancy/store.ts';
import { isShared } from '../practitioners/session-type.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { Refusal } from '../platform/refusal.ts';
import { instantOf, minuteOf, nowMinute, wallOf } from '../platform/time/wall-clock.ts';
import { findAffected } from '../schedules/find-affected.ts';
import { readTimeOff } from '../schedules/store-time-off.ts';
import { readSchedule } from '../schedules/store.ts';
import { lengthMinutes, type Appointment } from './appointment.ts';
import type { BookingTools } from './booking.ts';
import { deskOf } from './diary.ts';
import { endIfOver } from './end-offers.ts';
import type { Reading } from './find-appointment.ts';
import { lapseRequestsIn } from './lapse-request.ts';
import { soughtFor } from './needs.ts';
import type { Offer } from './offer.ts';
import { insertOffer, listOffersOfTimeOff, listOpenMoves } from './store-offers.ts';
import { listAppointmentsById } from './store.ts';
import { keptUntil } from './waitlist.ts';

const DAY = 1_440;
/** Times further away than this are no alternative to the one that was agreed. */
const DAYS_BEFORE = 7;
const DAYS_AFTER = 28;
/** Beyond the longest horizon there can be (three years), and what is looked for after it. */
const AHEAD_HOURS = 1_200 * 24;
/** More than she gives in half a year. */
const MOST_CONCERNED = 1_000;
/** So long her time is locked: some seconds. Who is left is offered others when it is asked again. */
const MOST_AT_ONCE = 200;

export type AlternativesAsked = {
  readonly practitionerId: number;
  readonly timeOffId: number;
  /** For each appointment at most so many. */
  readonly most: number;
  readonly answerWithinHours: number;
};

/** `without`: appointments in it for which no offer was ever made. */
export type AlternativesOffered = { readonly offers: readonly Offer[]; readonly without: readonly number[] };

/**
 * Whoever has an open offer keeps it; so asking again is for those who have none. Refusals: `forbidden`, `not_found`.
 */
export async function proposeAlternatives(
  tools: BookingTools,
  actor: Actor,
  asked: AlternativesAsked,
  once: Once,
): Promise<AlternativesOffered> {
  const { practitionerId, timeOffId } = asked;
  refuseOthers(actor, practitionerId);
  const { organisationId } = actor;
  return await tools.transactor.inOrganisation(organisationId, async (tx) => {
    const earlier = await once.claim(tx);
    const now = tools.clock.now();
    if (earlier) return await readOffered(tx, asked, now);
    await lockTimeOf(tx, [practitionerId]);
    const seen = await readBusyIn(tx, { practitionerId, from: 0, to: 1, now });
    const desk = await deskOf(tools, tx, practitionerId, seen);
    const by = { at: now, actor: { role: actor.role, ref: actor.key } };
    // What ran out is not to be moved, and in nobody's way; the worker may not have come by.
    await lapseRequestsIn(tx, practitionerId, { from: now, to: now.add({ hours: AHEAD_HOURS }) }, now);
    const affected = await affectedBy(tx, asked, desk.schedule.zone, now);
    const open = new Set<number | null>();
    for (const { id, appointmentId } of await listOpenMoves(tx, affected)) {
      // Whoever tends offers may not have looked yet.
      if (!(await endIfOver(tx, by, id))) open.add(appointmentId);
    }
    const without = await listAppointmentsById(
      tx,
      affected.filter((id) => !open.has(id)),
    );
    let made = 0;
    for (const appointment of without) {
      if (made === MOST_AT_ONCE) break;
      // Its other times are to be found by hand: seats, rooms and hosts are booked, not held for many.
      if (isShared(await soughtFor(tx, desk, appointment))) continue;
      if (await offerFor(tx, by, desk, appointment, asked)) made += 1;
    }
    await once.settle(tx, 201, timeOffId);
    tx.afterCommit(() => tools.wake(organisationId, 0));
    return await readOffered(tx, asked, now);
  });
}

/** How they stand. Refusals: `forbidden`, `not_found`. */
export async function showAlternatives(
  tools: Reading,
  actor: Actor,
  asked: Pick<AlternativesAsked, 'practitionerId' | 'timeOffId'>,
): Promise<AlternativesOffered> {
  refuseOthers(actor, asked.practitionerId);
  return await tools.transactor.inOrganisation(
    actor.organisationId,
    (tx) => readOffered(tx, asked, tools.clock.now()),
    { readOnly: true },
  );
}

function refuseOthers(actor: Actor, practitionerId: number): void {
  if (mayManagePractitioner(actor, practitionerId)) return;
  throw new Refusal('forbidden', 'Only staff and the practitioner herself may do this.');
}

async function readOffered(
  tx: Transaction,
  asked: Pick<AlternativesAsked, 'practitionerId' | 'timeOffId'>,
  now: Temporal.Instant,
): Promise<AlternativesOffered> {
  const affected = await affectedBy(tx, asked, null, now);
  // Other time off may concern the same appointment: what is open for it is open here as well.
  const elsewhere = (await listOpenMoves(tx, affected)).filter(({ timeOffId }) => timeOffId !== asked.timeOffId);
  const offers = [...(await listOffersOfTimeOff(tx, asked.timeOffId)), ...elsewhere].toSorted((a, b) => a.id - b.id);
  const told = new Set(offers.map(({ appointmentId }) => appointmentId));
  return { offers, without: affected.filter((id) => !told.has(id)) };
}

/** Those that are on and lie in it, by start. Refusal `not_found`. */
async function affectedBy(
  tx: Transaction,
  { practitionerId, timeOffId }: Pick<AlternativesAsked, 'practitionerId' | 'timeOffId'>,
  zone: string | null,
  now: Temporal.Instant,
): Promise<number[]> {
  const { timeOff } = await readTimeOff(tx, practitionerId, timeOffId);
  const hers = zone ?? (await readZone(tx, practitionerId));
  const { list } = await findAffected(tx, { practitionerId, timeOff, zone: hers, now, limit: MOST_CONCERNED });
  return list.map(({ appointmentId }) => appointmentId);
}

async function readZone(tx: Transaction, practitionerId: number): Promise<string> {
  return (await readSchedule(tx, practitionerId)).schedule.zone;
}

/** Those free times that lie nearest to it, each kept for its client; false where there is none, or nobody could answer in time. */
async function offerFor(
  tx: Transaction,
  by: By,
  desk: Desk,
  appointment: Appointment,
  { most, answerWithinHours, timeOffId }: AlternativesAsked,
): Promise<boolean> {
  const { practitionerId, sessionTypeId, clientSubject } = appointment;
  const minutes = lengthMinutes(appointment);
  const slots = await nearest(tx, by.at, desk, appointment);
  const { bufferBeforeMinutes: beforeMinutes, bufferAfterMinutes: afterMinutes } = policyFor(desk, sessionTypeId);
  const apart = apartFrom(beforeMinutes + afterMinutes);
  // A hold beside what it has now, which is its own until it moves.
  const now = { start: minuteOf(appointment.start), end: minuteOf(appointment.end) };
  const chosen = slots.reduce<Stretch[]>(
    (some, slot) => (some.length < most && apart([now, ...some], slot) ? [...some, slot] : some),
    [],
  );
  const first = Math.min(minuteOf(appointment.start), ...chosen.map(({ start }) => start));
  const expiresAt = keptUntil(by.at, answerWithinHours * 60, instantOf(first));
  if (chosen.length === 0 || expiresAt === null) return false;
  const holdIds: number[] = [];
  const { zone } = desk.schedule;
  for (const { start } of chosen.toSorted((a, b) => a.start - b.start)) {
    const time = { from: instantOf(start), to: instantOf(start + minutes) };
    const wall = wallOf(time.from, zone);
    const holdId = await placeHold(tx, by, {
      practitionerId,
      sessionTypeId,
      holder: `client:${clientSubject}`,
      time,
      occupied: withBuffers(time, { beforeMinutes, afterMinutes }),
      zone,
      wallStart: `${wall.date}T${wall.time.slice(0, 5)}`,
      expiresAt,
    });
    if (holdId !== null) holdIds.push(holdId);
  }
  if (holdIds.length === 0) return false;
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

/** Free starts by their distance from it; what was kept for others in this act is taken by now. */
async function nearest(tx: Transaction, now: Temporal.Instant, desk: Desk, appointment: Appointment): Promise<Slot[]> {
  const { practitionerId, sessionId, sessionTypeId, clientSubject } = appointment;
  const wanted = minuteOf(appointment.start);
  const from = Math.max(wanted - DAYS_BEFORE * DAY, minuteOf(now));
  const to = wanted + DAYS_AFTER * DAY;
  const periods = countedStretch(policyFor(desk, sessionTypeId), desk.schedule.table, from, to);
  const counting = periods ? { counting: { ...periods, clientSubject } } : {};
  const margin = 2 * DAY;
  const busy = await readBusyIn(tx, {
    practitionerId,
    from: from - margin,
    to: to + margin,
    except: sessionId,
    ...counting,
    now,
  });
  if (!busy) return [];
  const sessionType = { id: sessionTypeId, name: appointment.sessionType, lengthMinutes: lengthMinutes(appointment) };
  return slotsBetween(diaryOf({ desk, busy, sessionType }), from, to, nowMinute(now))
    .filter(({ available, start }) => available && start !== wanted)
    .toSorted((a, b) => Math.abs(a.start - wanted) - Math.abs(b.start - wanted));
}

type Stretch = Pick<Slot, 'start' | 'end'>;

function apartFrom(minutes: number): (some: readonly Stretch[], slot: Stretch) => boolean {
  return (some, slot) => some.every((one) => slot.start >= one.end + minutes || slot.end + minutes <= one.start);
}
