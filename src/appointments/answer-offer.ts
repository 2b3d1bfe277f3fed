// The client's answer to an offer. Accepted, the time that is held becomes the new appointment of who waited, or the time of the
// appointment that had to move; whatever else was held is free again. What is held is not judged anew: it was, when it was placed.
import type { Actor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import { releaseTimeOf, type By } from '../occupancy/inherit-time.ts';
import { confirmHold, confirmSeatHold } from '../occupancy/place-hold.ts';
import { lockTimeOf } from '../occupancy/store.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { Refusal } from '../platform/refusal.ts';
import { minuteOf } from '../platform/time/wall-clock.ts';
import { readSessionType } from '../practitioners/store.ts';
import type { Appointment } from './appointment.ts';
import type { BookingTools } from './booking.ts';
import { bookHeld } from './confirm-hold.ts';
import { findStaying, giveBackHold } from './end-held-seats.ts';
import { seeOffer } from './find-offer.ts';
import { isStillMeant, refuseAnswered, timeAt, type Offer, type OfferState } from './offer.ts';
import { decideByOf, refuseLapsed } from './request.ts';
import { rescheduleSeat } from './reschedule-seat.ts';
import { findBookedOf, lockOffer, settleOffer } from './store-offers.ts';
import { hasSeat } from './store-held-seats.ts';
import { setAwaited } from './store-requests.ts';
import { findEntry, setEntryBooked, setEntryState } from './store-waitlist.ts';
import { findAppointment, moveSession } from './store.ts';

type Answer = { readonly offerId: number; readonly choice: number };

/**
 * Accepting twice is answered as once. Refusals: `not_found`, `hold_expired` where it has lapsed, `nothing_to_decide` also where
 * another choice was taken, `already_booked` of a session in which the client has a seat, `request_lapsed` of what it would move, `invalid_request` for a choice that it has not, and those of booking that do not come from the time.
 */
export async function acceptOffer(tools: BookingTools, actor: Actor, answer: Answer, once: Once): Promise<void> {
  const { organisationId } = actor;
  const see = () => tools.transactor.inOrganisation(organisationId, (tx) => seeOffer(tx, actor, answer.offerId));
  const offer = await see();
  if (!isTaken(offer, answer.choice)) {
    refuseAnswered(offer, tools.clock.now());
    const hold = timeAt(offer, answer.choice);
    if (offer.kind === 'move') return await moveToOffered(tools, actor, answer, once);
    const entry = await tools.transactor.inOrganisation(organisationId, (tx) => findEntry(tx, offer.entryId ?? 0));
    const client = clientOf(actor, offer);
    try {
      await bookHeld(tools, client, wishOf(client, offer, hold, entry?.platform ?? null), once);
    } catch (error) {
      // Of two at the same moment the second finds it done.
      if (!(error instanceof Refusal) || !isTaken(await see(), answer.choice)) throw error;
    }
  }
  // Were this process to end here, whoever tends offers next would find the hold confirmed, and settle it so.
  if (offer.state !== 'accepted') await settleAccepted(tools, actor, offer);
}

/** Whether this very time of it is the client's by now. */
function isTaken({ kind, state, times }: Offer, choice: number): boolean {
  return (kind === 'waitlist' || state === 'accepted') && times[choice - 1]?.state === 'confirmed';
}

async function settleAccepted(tools: BookingTools, actor: Actor, offer: Offer): Promise<void> {
  await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    await lockTimeOf(tx, practitionersOf(offer), offer.clientSubject);
    const locked = await lockOffer(tx, offer.id);
    if (locked?.state !== 'open') return;
    const booked = await findBookedOf(tx, offer.times[0]?.id ?? 0);
    await endOffer(tx, byOf(actor, tools.clock.now()), locked, 'accepted', booked);
  });
}

/** Declining twice is answered as once. Refusals: `not_found`, `hold_expired`, `nothing_to_decide`. */
export async function declineOffer(
  tools: Pick<BookingTools, 'transactor' | 'clock' | 'wake'>,
  actor: Actor,
  offerId: number,
  once: Once,
): Promise<void> {
  const { organisationId } = actor;
  await tools.transactor.inOrganisation(organisationId, async (tx) => {
    if (await once.claim(tx)) return;
    const seen = await seeOffer(tx, actor, offerId);
    await lockTimeOf(tx, practitionersOf(seen), seen.clientSubject);
    const offer = await lockOffer(tx, offerId);
    const now = tools.clock.now();
    if (offer && offer.state !== 'declined') {
      refuseAnswered(offer, now);
      const by = byOf(actor, now);
      for (const hold of offer.times) await giveBackHold(tx, by, hold);
      await endOffer(tx, by, offer, 'declined');
      // Whoever tends offers hears that time has come free.
      tx.afterCommit(() => tools.wake(organisationId, 0));
    }
    await once.settle(tx, 200, offerId);
  });
}

/** Its state, with the journal's word on it, and what follows for who waits. */
export async function endOffer(
  tx: Transaction,
  by: By,
  offer: Offer,
  state: Exclude<OfferState, 'open'>,
  appointmentId: number | null = null,
): Promise<void> {
  await settleOffer(tx, offer.id, { state, at: by.at, appointmentId });
  const { kind, entryId, timeOffId } = offer;
  const facts = { kind, entryId, timeOffId, appointmentId: appointmentId ?? offer.appointmentId };
  const subject = { kind: 'offer', id: offer.id } as const;
  await record(tx, { ...by, event: `offer.${state}`, subject, revision: 1, facts });
  if (entryId === null) return;
  const entry = await findEntry(tx, entryId);
  if (entry?.state !== 'offered') return;
  if (state === 'accepted') await setEntryBooked(tx, entryId, appointmentId);
  else await setEntryState(tx, entryId, 'waiting');
}

export function practitionersOf({ times }: Offer): number[] {
  return [...new Set(times.map(({ practitionerId }) => practitionerId))];
}

function byOf(actor: Actor, at: Temporal.Instant): By {
  return { at, actor: { role: actor.role, ref: actor.key } };
}

/** Who comes by the link is the client, and books as such. */
function clientOf(actor: Actor, { clientSubject, clientEmail }: Offer): Actor {
  if (actor.role !== 'guest') return actor;
  const { organisationId } = actor;
  const key = `client:${clientSubject}`;
  return { organisationId, role: 'client', subject: clientSubject, email: clientEmail, practitionerId: null, key };
}

function wishOf(
  client: Actor,
  offer: Offer,
  hold: Offer['times'][number],
  platform: Parameters<typeof bookHeld>[2]['platform'],
) {
  return {
    userId: offer.clientSubject,
    // Its token may have a newer one than is kept.
    userEmail: (client.role === 'client' ? client.email : null) ?? offer.clientEmail,
    userName: offer.clientName,
    practitionerId: hold.practitionerId,
    start: { wall: hold.time.from.toString() },
    sessionType: hold.sessionTypeId,
    platform,
    holdId: hold.id,
  };
}

/** Its own time is given up and the held one is its own, in one act. */
async function moveToOffered(tools: BookingTools, actor: Actor, answer: Answer, once: Once): Promise<void> {
  const { organisationId } = actor;
  await tools.transactor.inOrganisation(organisationId, async (tx) => {
    if (await once.claim(tx)) return;
    const seen = await seeOffer(tx, actor, answer.offerId);
    await lockTimeOf(tx, practitionersOf(seen), seen.clientSubject);
    const offer = (await lockOffer(tx, answer.offerId)) ?? seen;
    const now = tools.clock.now();
    if (isTaken(offer, answer.choice)) return await once.settle(tx, 200, answer.offerId);
    refuseAnswered(offer, now);
    const appointment = await findAppointment(tx, offer.appointmentId ?? 0);
    const on = appointment && (appointment.state === 'confirmed' || appointment.state === 'pending');
    if (!on || !isStillMeant(offer)) {
      throw new Refusal('nothing_to_decide', 'This appointment was changed since the offer was made. Look at it anew.');
    }
    refuseLapsed(appointment, now);
    const hold = timeAt(offer, answer.choice);
    const by = byOf(actor, now);
    const end = async (): Promise<void> => {
      for (const other of offer.times) if (other.id !== hold.id) await giveBackHold(tx, by, other);
      await endOffer(tx, by, offer, 'accepted');
      await once.settle(tx, 200, answer.offerId);
    };
    if (hold.sessionId !== null) {
      const to = { ...hold, sessionId: hold.sessionId, offerId: offer.id };
      await moveToSeat(tools, tx, actor, appointment, to, now);
      return await end();
    }
    const { sessionId } = appointment;
    const heirs = await releaseTimeOf(tx, by, sessionId);
    const decideBy = await decideAnew(tx, appointment, hold.time.from, now);
    const { occupancyId, occupied } = await confirmHold(tx, by, hold.id, sessionId, decideBy);
    const { time, zone, wallStart } = hold;
    const to = { time, occupied, zone, wallStart, occupancyId, late: false };
    const revision = await moveSession(tx, appointment, to, now);
    if (decideBy) await setAwaited(tx, appointment.id, { awaits: 'practitioner', decideBy });
    const start = { from: appointment.start.toString(), start: time.from.toString(), end: time.to.toString() };
    const subject = { kind: 'appointment', id: appointment.id } as const;
    const asked = decideBy ? { decideBy: decideBy.toString() } : {};
    const facts = { sessionId, ...start, inheritedBy: heirs, offerId: offer.id, ...asked };
    await record(tx, { ...by, event: 'appointment.rescheduled', subject, revision, facts });
    await end();
    tx.afterCommit(() => tools.wake(organisationId, sessionId));
  });
}

/** Its seat is given up and the one that is kept is its own; those who stay in the session it leaves keep theirs. */
async function moveToSeat(
  tools: Pick<BookingTools, 'wake'>,
  tx: Transaction,
  actor: Actor,
  appointment: Appointment,
  hold: Offer['times'][number] & { readonly sessionId: number; readonly offerId: number },
  now: Temporal.Instant,
): Promise<void> {
  const { sessionId, time, offerId } = hold;
  const start = { instant: time.from, minute: minuteOf(time.from) };
  const by = byOf(actor, now);
  if (await hasSeat(tx, sessionId, appointment.clientId)) {
    throw new Refusal(
      'already_booked',
      'There is a seat in that session for this client already. Choose another time.',
    );
  }
  const stays = await findStaying(tx, by, appointment);
  await confirmSeatHold(tx, by, hold, async () => {
    const to = { sessionId, time, start, overrode: [] };
    await rescheduleSeat(tools, tx, actor, appointment, to, { now, stays, late: false, override: null, offerId });
    return appointment.id;
  });
}

/** Until when a request waits that is moved: its practitioner is asked anew. */
async function decideAnew(
  tx: Transaction,
  { state, sessionTypeId }: Pick<Appointment, 'state' | 'sessionTypeId'>,
  start: Temporal.Instant,
  now: Temporal.Instant,
): Promise<Temporal.Instant | null> {
  if (state !== 'pending') return null;
  return decideByOf(now, (await readSessionType(tx, sessionTypeId)).approvalMinutes, start);
}
