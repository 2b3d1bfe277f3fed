// Tends offers: what has run out or was answered is settled, and what is free is offered to who waits for it, the first who came
// first. It looks at what is so, not at what has happened: however time came free, and whoever died meanwhile, the next
// look finds it. Each offer is one act under the lock of the time, judged as a booking would be.
import { setTimeout as sleep } from 'node:timers/promises';
import { policyFor, sessionTypeAt } from '../availability/desk.ts';
import { findSlots, type SlotTools } from '../availability/find-slots.ts';
import { readBusyIn } from '../availability/store.ts';
import type { Actor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import { lockTimeOf } from '../occupancy/store.ts';
import { isGroup } from '../practitioners/session-type.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import { dateOfDay, dayNumber, instantOf, isoOf, minuteOf, dateAt } from '../platform/time/wall-clock.ts';
import { listPractitioners } from '../practitioners/store.ts';
import type { WaitlistTools } from './add-waitlist-entry.ts';
import { platformsWith } from '../meetings/provider.ts';
import { deskOf, judgeStart, NotBookable, stretchToRead } from './diary.ts';
import { endOffers } from './end-offers.ts';
import { findHeldAt, isHeldElsewhere, platformsIn } from './find-held.ts';
import { freeTimes, type Free, type FreeTimes } from './free-times.ts';
import { holdJudged } from './hold-judged.ts';
import { guessMore, lockingAnew } from './needs.ts';
import { hasOffersToTend, insertOffer, listOffersOfEntries, wasOffered } from './store-offers.ts';
import { endEntry, endOverdue, listWaiting, lockEntry, setEntryState } from './store-waitlist.ts';
import { keptUntil, LONGEST_WAIT_DAYS, MOST_LAPSED, type Entry } from './waitlist.ts';

/** Who stands in the journal for it. */
const TENDER = { role: 'system', ref: 'waitlist' } as const;
/** Read at once; all are looked at in one look, or who came late would never be. */
const PAGE = 500;
/** Entries; some milliseconds where nothing suits them. */
const LOOKED_AT_ONCE = 20;
/** Times tried for one entry in one look: somebody may be faster at each. */
const MOST_TRIES = 3;
/** In one look; the rest are made in the next. */
const MOST_TRIES_OF_LOOK = 100;

/**
 * One look at one organisation. `news` false: nothing is known to have happened, and only what the clock has brought about is looked
 * for. Answers how many offers it made.
 */
export async function placeOffers(tools: WaitlistTools, organisationId: number, news = true): Promise<number> {
  const { transactor, clock } = tools;
  const some = await transactor.inOrganisation(organisationId, hasOffersToTend, { readOnly: true });
  if (!some) return 0;
  const settled = await endOffers(tools, organisationId, TENDER);
  if (!news && settled === 0) return 0;
  const now = clock.now();
  // Where it is latest on earth, the day before yesterday of the earliest zone is over.
  const over = dateOfDay(dayNumber(dateAt(minuteOf(now), 'UTC')) - 1);
  const [waiting, before] = await transactor.inOrganisation(organisationId, async (tx) => {
    await endOverdue(tx, over);
    const entries = await listAll((after) => listWaiting(tx, { after, limit: PAGE }));
    return [
      entries,
      await listOffersOfEntries(
        tx,
        entries.map(({ id }) => id),
      ),
    ] as const;
  });
  if (waiting.length === 0) return 0;
  const free = await findFree(tools, organisationId, waiting);
  const offersOf = Map.groupBy(before, ({ entryId }) => entryId);
  const given: Free[] = [];
  let [made, tries] = [0, 0];
  for (const [i, entry] of waiting.entries()) {
    const offered = offersOf.get(entry.id) ?? [];
    if (offered.filter(({ state }) => state === 'lapsed').length >= MOST_LAPSED) {
      await transactor.inOrganisation(organisationId, (tx) => endEntry(tx, entry.id, 'offers_lapsed'));
      continue;
    }
    const had = new Set(
      offered.flatMap(({ times }) => times.map((one) => placeOf(one.practitionerId, minuteOf(one.time.from)))),
    );
    const isFreeFor = freeFor(tools, organisationId, entry);
    let left = MOST_TRIES;
    for (const choice of free.get(entry.sessionTypeId)?.suiting(entry) ?? []) {
      const place = placeOf(choice.practitionerId, choice.slot.start);
      if (had.has(place) || isGiven(given, choice) || !(await isFreeFor(choice))) continue;
      if (tries >= MOST_TRIES_OF_LOOK) return made;
      tries += 1;
      left -= 1;
      if (await offerTo(tools, organisationId, entry, choice)) {
        given.push(choice);
        made += 1;
        break;
      }
      if (left > 0) continue;
      // Perhaps its room was offered before, in this look: the next one knows what is free by now, and nobody overtakes it.
      if (made > 0) return made;
      break;
    }
    // Others are answered in between.
    if (i % LOOKED_AT_ONCE === 0) await sleep(0);
  }
  return made;
}

/** All of what is read page by page, by id. */
async function listAll<T extends { readonly id: number }>(read: (after: number) => Promise<T[]>): Promise<T[]> {
  const all: T[] = [];
  for (;;) {
    const page = await read(all.at(-1)?.id ?? 0);
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

/** Whether a free time is free for this very client: who limits what each client gets is asked once for all her times. */
function freeFor(tools: SlotTools, organisationId: number, entry: Entry): (choice: Free) => Promise<boolean> {
  const starts = new Map<number, ReadonlySet<number>>();
  return async ({ practitionerId, slot, forClients }) => {
    if (!forClients) return true;
    let hers = starts.get(practitionerId);
    if (hers === undefined) {
      const { sessionTypeId: sessionType, clientSubject } = entry;
      const days = daysOf([entry], tools);
      const question = { organisationId, practitionerId, sessionType, clientSubject, ...days, keeping: true };
      const found = await findSlots(tools, question).catch(orNone);
      const free = found?.days.flatMap((day) => day.slots).filter(({ available }) => available) ?? [];
      hers = new Set(free.map(({ start }) => start));
      starts.set(practitionerId, hers);
    }
    return hers.has(slot.start);
  };
}

/** The days on which anybody's time may suit. */
function daysOf(entries: readonly Entry[], { clock }: Pick<SlotTools, 'clock'>): { from: string; to: string } {
  const today = dateAt(minuteOf(clock.now()), 'UTC');
  const dates = entries.flatMap(({ firstDate, lastDate }) => [firstDate, lastDate]).toSorted();
  // In their own zones a day earlier or later may be meant.
  const first = Math.max(dayNumber(dates[0] ?? today), dayNumber(today)) - 1;
  const last = Math.min(dayNumber(dates.at(-1) ?? today) + 1, first + LONGEST_WAIT_DAYS - 1);
  return { from: dateOfDay(first), to: dateOfDay(last) };
}

/** Whether nothing is left of it: somebody was given time that overlaps it, or the last of its seats. */
function isGiven(given: readonly Free[], { practitionerId, slot }: Free): boolean {
  const over = given.filter(
    (one) => one.practitionerId === practitionerId && one.slot.start < slot.end && slot.start < one.slot.end,
  );
  const { seatsLeft = 1 } = slot;
  return over.length >= seatsLeft || over.some((one) => one.slot.start !== slot.start);
}

function placeOf(practitionerId: number, minute: number): string {
  return `${practitionerId} ${minute}`;
}

/** What is free for each session type that somebody waits for: one read for each practitioner, for all who wait. */
async function findFree(
  tools: WaitlistTools,
  organisationId: number,
  waiting: readonly Entry[],
): Promise<Map<number, FreeTimes>> {
  const practitioners = await tools.transactor.inOrganisation(
    organisationId,
    (tx) => listAll((after) => listPractitioners(tx, { after, limit: PAGE, inactiveToo: false })),
    { readOnly: true },
  );
  const found = new Map<number, FreeTimes>();
  for (const sessionTypeId of new Set(waiting.map((entry) => entry.sessionTypeId))) {
    const those = waiting.filter((entry) => entry.sessionTypeId === sessionTypeId);
    const any = those.some(({ practitionerIds }) => practitionerIds.length === 0);
    const asked = new Set(those.flatMap(({ practitionerIds }) => practitionerIds));
    const days = daysOf(those, tools);
    const free: Free[] = [];
    for (const practitioner of practitioners) {
      const { id } = practitioner;
      const offered = practitioner.offered.find((one) => one.id === sessionTypeId);
      if (!(any || asked.has(id)) || !offered) continue;
      const question = { organisationId, practitionerId: id, sessionType: sessionTypeId, ...days };
      const slots = await findSlots(tools, question).catch(orNone);
      if (!slots) continue;
      const { limits = [] } = policyFor(slots.desk, sessionTypeId);
      // Nobody has two seats of one session.
      const forClients = isGroup(offered) || limits.some(({ of }) => of === 'client');
      const platforms = platformsWith(tools, practitioner).intersection(new Set(offered.platforms));
      const hers = { practitionerId: id, zone: slots.desk.schedule.zone, forClients, platforms };
      const heldAt = await findHeldAt(tools, organisationId, slots.busy.groups ?? []);
      for (const slot of slots.days.flatMap((day) => day.slots)) {
        if (!slot.available) continue;
        const there = heldAt(slot.start);
        free.push({ ...hers, slot, ...(there ? { platforms: platformsIn(there, platforms) } : {}) });
      }
    }
    found.set(sessionTypeId, freeTimes(free));
  }
  return found;
}

/** She takes no bookings any more: nothing of hers is free. */
function orNone(error: unknown): null {
  if (error instanceof Refusal) return null;
  throw error;
}

/** Whether it stands now: judged again under the lock, for this client; the entry must wait still. */
async function offerTo(tools: WaitlistTools, organisationId: number, entry: Entry, choice: Free): Promise<boolean> {
  try {
    return await lockingAnew(() =>
      tools.transactor.inOrganisation(organisationId, (tx) => offerIn(tools, tx, entry, choice)),
    );
  } catch (error) {
    // Somebody was faster, or a rule stands against it for this client: the next time, or the next look.
    if (error instanceof NotBookable || error instanceof Refusal) return false;
    throw error;
  }
}

/** Throws NotBookable, LockAnew. */
async function offerIn(
  tools: WaitlistTools,
  tx: Transaction,
  entry: Entry,
  { practitionerId, slot }: Free,
): Promise<boolean> {
  const { organisationId } = tx;
  const now = tools.clock.now();
  const expiresAt = keptUntil(now, tools.waitlistRules.holdMinutes, instantOf(slot.start));
  if (expiresAt === null) return false;
  const asked = { wall: isoOf(slot.start, 'UTC') };
  const seen = tools.desks.recall(organisationId, practitionerId);
  const { clientSubject } = entry;
  const more = guessMore(seen, entry.sessionTypeId, clientSubject);
  const guessed = { practitionerId, ...stretchToRead(seen, asked, slot.end - slot.start), ...more };
  const [, busy] = await Promise.all([
    lockTimeOf(tx, [practitionerId, ...(more.units ?? [])]),
    readBusyIn(tx, { ...guessed, now }),
  ]);
  const waiting = await lockEntry(tx, entry.id);
  if (waiting?.state !== 'waiting') return false;
  // By another worker, since this one began to look.
  if (await wasOffered(tx, entry.id, { practitionerId, start: instantOf(slot.start) })) return false;
  const desk = await deskOf(tools, tx, practitionerId, busy);
  const offered = sessionTypeAt(desk, entry.sessionTypeId, '/sessionType');
  if (!busy) return false;
  const { id: sessionTypeId, lengthMinutes, capacity = 1 } = offered;
  const question = { desk, busy, guessed, asked, sessionTypeId, lengthMinutes, clientSubject, keeping: true };
  const judged = await judgeStart(tools, tx, actorOf(organisationId), question);
  if (judged.joins && (await isHeldElsewhere(tx, judged.joins.sessionId, entry))) return false;
  const { time } = judged;
  const by = { at: now, actor: TENDER };
  const { zone } = desk.schedule;
  const holder = `client:${clientSubject}`;
  const kept = { practitionerId, sessionTypeId, holder, expiresAt, capacity };
  const holdId = await holdJudged(tx, by, { ...judged, zone }, kept);
  const none = { appointmentId: null, revision: null, timeOffId: null };
  const offer = {
    kind: 'waitlist',
    clientId: entry.clientId,
    entryId: entry.id,
    ...none,
    expiresAt,
    holdIds: [holdId],
  } as const;
  const offerId = await insertOffer(tx, offer, now);
  await setEntryState(tx, entry.id, 'offered');
  const facts = {
    kind: 'waitlist',
    entryId: entry.id,
    practitionerId,
    start: time.from.toString(),
    expiresAt: expiresAt.toString(),
  };
  await record(tx, { ...by, event: 'offer.made', subject: { kind: 'offer', id: offerId }, revision: 1, facts });
  return true;
}

/** The clock of this house, where a rule asks who acts. */
function actorOf(organisationId: number): Actor {
  const nobody = { subject: TENDER.ref, email: null, practitionerId: null };
  return { organisationId, role: 'service', ...nobody, key: `${TENDER.role}:${TENDER.ref}` };
}
