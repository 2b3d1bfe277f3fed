// Offers everybody who has an appointment in some time off other times for it, in one act: each gets a few that are free, under
// holds of its own, until a deadline, and a letter to choose by. The appointments stay as they are until their clients have chosen.
import type { Desk } from '../availability/desk.ts';
import { moreAskedFor, type Sought } from '../availability/find-slots.ts';
import { readBusyIn } from '../availability/store.ts';
import { mayManagePractitioner, type Actor } from '../identity/actor.ts';
import type { By } from '../occupancy/inherit-time.ts';
import { lockTimeOf } from '../occupancy/store.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { Refusal } from '../platform/refusal.ts';
import { findAffected } from '../schedules/find-affected.ts';
import { readTimeOff } from '../schedules/store-time-off.ts';
import { readSchedule } from '../schedules/store.ts';
import { lengthMinutes, type Appointment } from './appointment.ts';
import type { BookingTools } from './booking.ts';
import { deskOf, NotBookable } from './diary.ts';
import { endIfOver } from './end-offers.ts';
import type { Reading } from './find-appointment.ts';
import { holdAlternatives, type AlternativesWanted } from './hold-alternatives.ts';
import { lapseRequestsIn } from './lapse-request.ts';
import { lockingAnew, refuseUnlocked, soughtFor } from './needs.ts';
import type { Offer } from './offer.ts';
import { listOffersOfTimeOff, listOpenMoves } from './store-offers.ts';
import { listAppointmentsById } from './store.ts';

/** Beyond the longest horizon there can be (three years), and what is looked for after it. */
const AHEAD_HOURS = 1_200 * 24;
/** More than she gives in half a year. */
const MOST_CONCERNED = 1_000;
/** So long her time is locked, and what they need with it: some seconds. Who is left is offered others when it is asked again. */
const MOST_AT_ONCE = 200;

/** `most`: for each appointment. */
export type AlternativesAsked = AlternativesWanted & { readonly practitionerId: number };

/** `without`: appointments in it for which no offer was ever made. */
export type AlternativesOffered = { readonly offers: readonly Offer[]; readonly without: readonly number[] };

/**
 * Whoever has an open offer keeps it; so asking again is for those who have none. Refusals: `forbidden`, `not_found`; `overloaded`
 * where somebody took one of the times past the lock.
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
  const act = () =>
    tools.transactor.inOrganisation(organisationId, async (tx) => {
      const earlier = await once.claim(tx);
      const now = tools.clock.now();
      if (earlier) return await readOffered(tx, asked, now);
      const before = await listAppointmentsById(tx, await affectedBy(tx, asked, null, now));
      const units = unitsOf(await soughtForAll(tx, tools.desks.recall(organisationId, practitionerId), before));
      await lockTimeOf(tx, [practitionerId, ...units]);
      const by = { at: now, actor: { role: actor.role, ref: actor.key } };
      await offerAll(tools, tx, by, asked, units);
      await once.settle(tx, 201, timeOffId);
      tx.afterCommit(() => tools.wake(organisationId, 0));
      return await readOffered(tx, asked, now);
    });
  try {
    return await lockingAnew(act);
  } catch (error) {
    if (!(error instanceof NotBookable)) throw error;
    const words = 'One of the times to be offered was taken a moment ago. Nothing was offered; ask again.';
    throw new Refusal('overloaded', words, { retryAfterSeconds: 1 });
  }
}

/** To everybody concerned who has no open offer. `locked`: units, with her time. Throws LockAnew. */
async function offerAll(
  tools: BookingTools,
  tx: Transaction,
  by: By,
  asked: AlternativesAsked,
  locked: readonly number[],
): Promise<void> {
  const { practitionerId } = asked;
  const now = by.at;
  const seen = await readBusyIn(tx, { practitionerId, from: 0, to: 1, now });
  const desk = await deskOf(tools, tx, practitionerId, seen);
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
  const sought = await soughtForAll(tx, desk, without);
  refuseUnlocked({ units: locked }, { units: unitsOf(sought) });
  let made = 0;
  for (const appointment of without) {
    if (made === MOST_AT_ONCE) break;
    const session = sought.get(appointment.id);
    if (!session) continue;
    if (await holdAlternatives(tx, by, desk, { appointment, session }, asked)) made += 1;
  }
}

/** By appointment; what they need is looked up once for each session type. */
async function soughtForAll(
  tx: Transaction,
  desk: Desk | undefined,
  appointments: readonly Appointment[],
): Promise<Map<number, Sought>> {
  const needsOf = new Map<number, Sought['needs']>();
  const found = new Map<number, Sought>();
  for (const appointment of appointments) {
    const { sessionTypeId, id, sessionType: name, capacity } = appointment;
    if (!needsOf.has(sessionTypeId)) needsOf.set(sessionTypeId, (await soughtFor(tx, desk, appointment)).needs);
    const needs = needsOf.get(sessionTypeId) ?? [];
    found.set(id, { id: sessionTypeId, name, lengthMinutes: lengthMinutes(appointment), capacity, needs });
  }
  return found;
}

function unitsOf(sought: ReadonlyMap<number, Sought>): number[] {
  return [...new Set([...sought.values()].flatMap((session) => moreAskedFor(session, null).units ?? []))];
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
