// Puts a client on the waitlist, and takes it off again. What there is to offer is looked for by whoever tends offers.
import { mayBookFor, type Actor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import { platformsWith } from '../meetings/provider.ts';
import { lockHolder } from '../occupancy/store-holds.ts';
import { lockTimeOf } from '../occupancy/store.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { Refusal, type FieldFault } from '../platform/refusal.ts';
import { dateAt, dayNumber, minuteOf, minutesOfDay } from '../platform/time/wall-clock.ts';
import { listConnectedOf } from '../practitioners/store-offerings.ts';
import { listSessionTypes, readPractitioner, readSessionType } from '../practitioners/store.ts';
import { findMeant, sessionTypeMeant, type SessionType } from '../practitioners/session-type.ts';
import { lockingAnew, refuseUnlocked } from './needs.ts';
import { endOffer, practitionersOf } from './answer-offer.ts';
import { refuseOthersBooking, refusePlatform, type BookingRequest, type BookingTools } from './booking.ts';
import { giveBackHold } from './end-held-seats.ts';
import type { Reading } from './find-appointment.ts';
import { holderFor } from './find-hold.ts';
import type { Offer } from './offer.ts';
import { keepClient } from './record-client.ts';
import { findBookedOf, listOffersOfEntries } from './store-offers.ts';
import { countOpenEntries, findEntry, insertEntry, isUndecided, lockEntry, setEntryState } from './store-waitlist.ts';
import { LONGEST_WAIT_DAYS, type Entry, type WaitlistRules, type Window } from './waitlist.ts';

/** Where each day begins last (POSIX turns the sign round). */
const EARLIEST_ZONE = 'Etc/GMT+12';

export type WaitlistTools = BookingTools & { readonly waitlistRules: WaitlistRules };

export type WaitlistRequest = Pick<
  BookingRequest,
  'userId' | 'userEmail' | 'userName' | 'userPhone' | 'sessionType' | 'platform'
> & {
  readonly practitionerIds: readonly number[];
  readonly firstDate: string | undefined;
  readonly lastDate: string;
  readonly timeZone: string | undefined;
  readonly windows: readonly Window[];
};

export type EntrySeen = { readonly entry: Entry; readonly sessionType: string; readonly offers: readonly Offer[] };

/**
 * Refusals: `forbidden`, `not_found` (a practitioner), `unknown_session_type`, `platform_not_offered`,
 * `platform_not_configured`, `invalid_request`, `limit_reached`, `does_not_match`.
 */
export async function addWaitlistEntry(
  tools: WaitlistTools,
  actor: Actor,
  request: WaitlistRequest,
  once: Once,
): Promise<EntrySeen> {
  refuseOthersBooking(actor, request.userId);
  return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    const earlier = await once.claim(tx);
    if (earlier?.subjectId != null) return await seeEntry(tx, actor, earlier.subjectId);
    const now = tools.clock.now();
    const [, known] = await Promise.all([
      lockHolder(tx, holderFor(actor, request.userId)),
      lockTimeOf(tx, [], request.userId),
    ]);
    const sessionType = await typeWaitedFor(tx, request.sessionType);
    const fault = { pointer: '/videoMeetingConfig/platform', message: 'cannot be chosen' };
    for (const id of request.practitionerIds) await readPractitioner(tx, id);
    // One of them who can have it is enough: of the others' time nothing is offered.
    const connected = await listConnectedOf(tx, sessionType.id, request.practitionerIds);
    refusePlatform(platformsWith(tools, { connected }), sessionType, { platform: request.platform, fault });
    // Where each practitioner's own days are meant, it may still be yesterday somewhere.
    const today = dateAt(minuteOf(now), request.timeZone ?? EARLIEST_ZONE);
    const firstDate = request.firstDate ?? today;
    refuseFaults(request, firstDate, today);
    const { perClient } = tools.waitlistRules;
    if (actor.role !== 'staff' && (await countOpenEntries(tx, request.userId)) >= perClient) {
      throw new Refusal('limit_reached', `A client can wait for ${perClient} things at once. Leave one list first.`);
    }
    const clientId = await keepClient(tx, actor, request, known, now);
    const { practitionerIds, lastDate, timeZone, windows, platform } = request;
    const kept = { clientId, sessionTypeId: sessionType.id, practitionerIds, firstDate, lastDate, windows, platform };
    const id = await insertEntry(tx, { ...kept, zone: timeZone ?? null }, now);
    await record(tx, {
      at: now,
      event: 'waitlist_entry.added',
      actor: { role: actor.role, ref: actor.key },
      subject: { kind: 'waitlist_entry', id },
      revision: 1,
      facts: { clientId, sessionTypeId: sessionType.id, practitionerIds: [...practitionerIds], firstDate, lastDate },
    });
    await once.settle(tx, 201, id);
    tx.afterCommit(() => tools.wake(actor.organisationId, 0));
    return await seeEntry(tx, actor, id);
  });
}

async function typeWaitedFor(tx: Transaction, asked: string | number): Promise<SessionType> {
  const all = await listSessionTypes(tx, { after: 0, limit: 1_000, inactiveToo: false });
  return findMeant(all, asked) ?? sessionTypeMeant(all, asked, '/sessionType', 'practice');
}

function refuseFaults({ lastDate, windows }: WaitlistRequest, firstDate: string, today: string): void {
  const errors: FieldFault[] = [];
  if (lastDate < firstDate || lastDate < today)
    errors.push({ pointer: '/lastDate', message: 'must not be before the first, or past' });
  if (dayNumber(lastDate) - dayNumber(today) > LONGEST_WAIT_DAYS) {
    errors.push({ pointer: '/lastDate', message: `must be within ${LONGEST_WAIT_DAYS} days from today` });
  }
  for (const [i, { from, to }] of windows.entries()) {
    if (from !== undefined && to !== undefined && minutesOfDay(to) <= minutesOfDay(from)) {
      errors.push({ pointer: `/windows/${i}/to`, message: 'must be after `from`' });
    }
  }
  if (errors.length > 0) throw new Refusal('invalid_request', 'The entry has faults.', { errors });
}

/** Refusal `not_found`, also for another's. */
export async function seeEntry(tx: Transaction, actor: Actor, id: number): Promise<EntrySeen> {
  const entry = await findEntry(tx, id);
  if (!entry || !mayBookFor(actor, entry.clientSubject)) {
    throw new Refusal('not_found', 'There is no entry of the waitlist with that id.');
  }
  const offers = await listOffersOfEntries(tx, [id]);
  return { entry, sessionType: (await readSessionType(tx, entry.sessionTypeId)).name, offers };
}

/** Refusal `not_found`. */
export async function showEntry(tools: Reading, actor: Actor, id: number): Promise<EntrySeen> {
  return await tools.transactor.inOrganisation(actor.organisationId, (tx) => seeEntry(tx, actor, id), {
    readOnly: true,
  });
}

/**
 * Leaving twice is answered as once; an offer that is open is given back. What was taken of it meanwhile stays booked. Refusal
 * `not_found`.
 */
export async function endWaitlistEntry(
  tools: Pick<BookingTools, 'transactor' | 'clock' | 'wake'>,
  actor: Actor,
  id: number,
  once: Once,
): Promise<EntrySeen> {
  return await lockingAnew(() =>
    tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
      if ((await once.claim(tx)) === null) {
        await leave(tools, tx, actor, id);
        await once.settle(tx, 200, id);
      }
      return await seeEntry(tx, actor, id);
    }),
  );
}

async function leave(
  tools: Pick<BookingTools, 'clock' | 'wake'>,
  tx: Transaction,
  actor: Actor,
  id: number,
): Promise<void> {
  const before = await seeEntry(tx, actor, id);
  const locked = openIn(before).flatMap(practitionersOf);
  await lockTimeOf(tx, locked, before.entry.clientSubject);
  const entry = await lockEntry(tx, id);
  if (!entry || !(await isOpen(tx, entry))) return;
  const open = openIn(await seeEntry(tx, actor, id));
  // It may have been offered something while this waited.
  refuseUnlocked({ units: locked }, { units: open.flatMap(practitionersOf) });
  const by = { at: tools.clock.now(), actor: { role: actor.role, ref: actor.key } };
  tx.afterCommit(() => tools.wake(actor.organisationId, 0));
  for (const offer of open) {
    const [taken] = offer.times.filter(({ state }) => state === 'confirmed');
    if (taken) await endOffer(tx, by, offer, 'accepted', await findBookedOf(tx, taken.id));
    else {
      for (const hold of offer.times) await giveBackHold(tx, by, hold);
      await endOffer(tx, by, offer, 'withdrawn');
    }
  }
  const left = await findEntry(tx, id);
  if (!left || !(await isOpen(tx, left))) return;
  await setEntryState(tx, id, 'left');
  await record(tx, { ...by, event: 'waitlist_entry.left', subject: { kind: 'waitlist_entry', id }, revision: 2 });
}

/** Whether somebody waits by it, or would again. What is booked of it stays booked in any case. */
async function isOpen(tx: Transaction, { id, state }: Entry): Promise<boolean> {
  return state === 'waiting' || state === 'offered' || (state === 'booked' && (await isUndecided(tx, id)));
}

function openIn({ offers }: EntrySeen): Offer[] {
  return offers.filter(({ state }) => state === 'open');
}
