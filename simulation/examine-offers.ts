// What must be true of who waits: a time is kept for one at a time, and for nobody once its deadline is over; what was taken is an
// appointment; nobody waits while what suits is free; and letters offer what is still to be had.
import { createDesks } from '../src/availability/desk.ts';
import { placeOffers } from '../src/appointments/place-offers.ts';
import { transactor } from '../src/platform/database/transaction.ts';
import type { Deed } from './acts.ts';
import type { Stands } from './examine-outside.ts';
import type { Entry, Evidence } from './examine.ts';

type Offer = {
  readonly id: number;
  readonly entryId: number;
  readonly state: string;
  readonly entryState: string;
  readonly appointmentId: number | null;
  readonly expiresAt: Temporal.Instant;
  readonly answeredAt: Temporal.Instant | null;
  readonly letterError: string | null;
  readonly subject: string;
  readonly client: string;
  readonly hold: string;
  readonly start: Temporal.Instant;
  /** What was taken was a request, and not agreed to. */
  readonly refused: boolean;
};
type Waiting = { readonly id: number; readonly subject: string; readonly state: string };

const OFFERS = `
  select o.id, o.entry_id as "entryId", o.state, w.state as "entryState", o.appointment_id as "appointmentId",
         o.expires_at as "expiresAt", o.answered_at as "answeredAt", o.letter_error as "letterError", c.subject,
         c.email as client, h.state as hold, h.starts_at as start, coalesce(a.decision in ('declined', 'lapsed'), false)
           or exists (select from journal j where j.organisation_id = o.organisation_id and j.subject_kind = 'appointment'
                        and j.subject_id = o.appointment_id and j.event = 'appointment.cancelled' and j.facts ? 'proposal') as refused
    from offer o
    join waitlist_entry w on w.organisation_id = o.organisation_id and w.id = o.entry_id
    join client c on c.organisation_id = o.organisation_id and c.id = o.client_id
    join offer_time t on t.organisation_id = o.organisation_id and t.offer_id = o.id
    join hold h on h.organisation_id = o.organisation_id and h.id = t.hold_id
    left join appointment a on a.organisation_id = o.organisation_id and a.id = o.appointment_id
   where o.organisation_id = any($1) order by o.id`;

const ENTRIES = `
  select w.id, c.subject, w.state from waitlist_entry w
    join client c on c.organisation_id = w.organisation_id and c.id = w.client_id
   where w.organisation_id = any($1) order by w.id`;

/** By the order in which the journal tells it, which is that of the lock of the time: placed before what stood there had ended. */
const KEPT_TWICE = `
  with holds as (
    select h.organisation_id, h.id, h.practitioner_id, h.starts_at, h.ends_at, h.session_id, p.id as placed,
           coalesce((select min(e.id) from journal e
                      where e.organisation_id = h.organisation_id and e.subject_kind = 'hold' and e.subject_id = h.id
                        and e.event <> 'hold.placed'), 9223372036854775807) as ended
      from hold h join journal p on p.organisation_id = h.organisation_id and p.subject_kind = 'hold' and p.subject_id = h.id
                                and p.event = 'hold.placed'
     where h.organisation_id = any($1))
  select 'holds ' || a.id || ' and ' || b.id || ' kept one time for two' as breach
    from holds a join holds b on b.organisation_id = a.organisation_id and b.practitioner_id = a.practitioner_id
                             and b.id > a.id and b.starts_at < a.ends_at and b.ends_at > a.starts_at
   -- Seats of one session are several; that there are no more of them than agreed is looked at with all other time. Those of a
   -- session that staff booked over what was kept stand beside that.
   where a.placed < b.ended and b.placed < a.ended and (a.session_id is null or a.session_id is distinct from b.session_id)
     and not exists (select from session s where s.organisation_id = a.organisation_id and s.overriding
                                             and s.id in (a.session_id, b.session_id))`;

/** Of the machine's clock and the way to the mail service; where a machine stood still between, as long as that took. */
const LATE_SECONDS = 2;
const LATE_AFTER_FREEZE_SECONDS = 92;

export async function examineOffers(
  evidence: Evidence,
  byId: ReadonlyMap<number, Stands>,
  entries: ReadonlyMap<number, readonly Entry[]>,
): Promise<string[]> {
  const { lane, practices, ledger } = evidence;
  if (!practices.some(({ customs }) => customs.waitlist)) return [];
  const organisations = practices.map(({ organisationId }) => organisationId);
  const offers = await lane.rows<Offer>(OFFERS, [organisations]);
  const waiting = await lane.rows<Waiting>(ENTRIES, [organisations]);
  const twice = await lane.rows<{ breach: string }>(KEPT_TWICE, [organisations]);
  return [
    ...twice.map(({ breach }) => breach),
    ...offers.flatMap((one) => ofOffer(one, byId, entries)),
    ...waiting.flatMap((one) => ofEntry(one, offers, ledger)),
    ...ledger.flatMap((deed) => ofDeed(deed, offers)),
    ...(await ofLetters(evidence, offers)),
    ...(await ofTimeLeft(evidence)),
  ];
}

function ofOffer(
  { id, state, hold, appointmentId, subject, start, answeredAt, expiresAt }: Offer,
  byId: ReadonlyMap<number, Stands>,
  entries: ReadonlyMap<number, readonly Entry[]>,
): string[] {
  const at = `offer ${id} to ${subject} (${state})`;
  const breaches: string[] = [];
  if (state === 'open') breaches.push(`${at} is open long after ${expiresAt.toString()}`);
  const kept = state === 'accepted' ? hold === 'confirmed' : hold === 'released' || hold === 'expired';
  if (!kept) breaches.push(`${at} has a hold that is ${hold}`);
  if (state === 'lapsed' && answeredAt && Temporal.Instant.compare(answeredAt, expiresAt) < 0) {
    breaches.push(`${at} was taken back before ${expiresAt.toString()}`);
  }
  if (state !== 'accepted') return breaches;
  const [first] = entries.get(appointmentId ?? 0) ?? [];
  const became = byId.get(appointmentId ?? 0);
  if (became?.subject !== subject || first?.start == null || !start.equals(first.start)) {
    breaches.push(`${at} was taken, and became no appointment at ${start.toString()}`);
  }
  return breaches;
}

/** One offer at a time for each, and what became of it. */
function ofEntry({ id, subject, state }: Waiting, all: readonly Offer[], ledger: readonly Deed[]): string[] {
  const mine = all.filter(({ entryId }) => entryId === id);
  const taken = mine.filter((offer) => offer.state === 'accepted' && !offer.refused).length;
  const asked = ledger.some(
    ({ kind, end, answer, wish }) =>
      kind === 'wait' && (answer?.subject === id || (end === 'unknown' && wish.subject === subject)),
  );
  return [
    ...(asked ? [] : [`entry ${id} of ${subject} was asked for by nobody`]),
    // Who leaves while its request is undecided has left, whatever becomes of that.
    ...((state === 'booked' || (state === 'left' && taken === 1)) === (taken === 1)
      ? []
      : [`entry ${id} is ${state}, and ${taken} of its offers were taken`]),
    ...(state === 'offered' ? [`entry ${id} is offered something, and no offer is open`] : []),
  ];
}

function ofDeed({ no, kind, end, wish, who }: Deed, all: readonly Offer[]): string[] {
  if (end !== 'done' || (kind !== 'takeOffer' && kind !== 'refuseOffer')) return [];
  const offer = all.find(({ id }) => id === wish.about);
  const right = kind === 'takeOffer' ? 'accepted' : 'declined';
  return offer?.state === right
    ? []
    : [`act ${no} (${kind} by ${who.name}) was acknowledged, and offer ${wish.about} is ${offer?.state}`];
}

/** Each once or, in doubt, twice, as long as it can be answered; what lapsed was told, or could not be. */
async function ofLetters({ outside, world }: Evidence, offers: readonly Offer[]): Promise<string[]> {
  const late = world.froze ? LATE_AFTER_FREEZE_SECONDS : LATE_SECONDS;
  const mails = (await outside.list('mailbox')).map((mail) => ({
    offer: Number((mail['headers'] as Record<string, string>)['x-slotkeeper-offer'] ?? Number.NaN),
    to: (mail['envelope'] as { to: string[] }).to[0] ?? '',
    at: Temporal.Instant.from(String(mail['receivedAt'])),
  }));
  return offers.flatMap(({ id, state, client, answeredAt, expiresAt, letterError }) => {
    const mine = mails.filter(({ offer }) => offer === id);
    const over = answeredAt && Temporal.Instant.compare(answeredAt, expiresAt) < 0 ? answeredAt : expiresAt;
    return [
      ...mine.filter(({ to }) => to !== client).map(({ to }) => `offer ${id} to ${client} was told to ${to}`),
      ...mine
        .filter(({ at }) => at.since(over).total('seconds') > late)
        .map(({ at }) => `offer ${id} was told at ${at.toString()}, over since ${over.toString()}`),
      ...(mine.length > 2 ? [`offer ${id} was told ${mine.length} times`] : []),
      ...(state === 'lapsed' && mine.length === 0 && letterError === null
        ? [`offer ${id} lapsed, and was never told`]
        : []),
    ];
  });
}

/** Asked once more, nobody finds anything that suits who waits: nothing that came free was missed. */
async function ofTimeLeft({ lane, practices, world }: Evidence): Promise<string[]> {
  const tools = {
    transactor: transactor({ pool: lane.pool, log: lane.log }),
    clock: { now: () => world.now() },
    pool: lane.pool,
    desks: createDesks(),
    platforms: new Set<never>(),
    wake: () => undefined,
    waitlistRules: { holdMinutes: 10, perClient: 3 },
  };
  const made = await Promise.all(practices.map(({ organisationId }) => placeOffers(tools, organisationId)));
  return made.flatMap((n) => (n > 0 ? [`${n} wait for times that are free`] : []));
}
