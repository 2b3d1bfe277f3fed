// The rows of offers. Callers have locked the time that is offered; an offer's own row is locked after it.
import type { Hold } from '../occupancy/hold.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Offer, OfferState } from './offer.ts';

export type NewOffer = Pick<
  Offer,
  'kind' | 'clientId' | 'entryId' | 'appointmentId' | 'revision' | 'timeOffId' | 'expiresAt'
> & {
  readonly holdIds: readonly number[];
};

/** Open, its letter due at once. */
export async function insertOffer(tx: Transaction, offer: NewOffer, now: Temporal.Instant): Promise<number> {
  const [row] = await tx.query<{ id: number }>({
    name: 'offer_insert',
    text: `with o as (
             insert into offer (organisation_id, kind, client_id, entry_id, appointment_id, revision, time_off_id, created_at,
                    expires_at, letter_due_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8::timestamptz, $9::timestamptz, $8::timestamptz) returning id
           ), t as (
             insert into offer_time (organisation_id, offer_id, position, hold_id)
             select $1, o.id, u.position, u.hold from o, unnest($10::bigint[]) with ordinality as u (hold, position)
           )
           select id from o`,
    values: [
      tx.organisationId,
      offer.kind,
      offer.clientId,
      offer.entryId,
      offer.appointmentId,
      offer.revision,
      offer.timeOffId,
      now.toString(),
      offer.expiresAt.toString(),
      [...offer.holdIds],
    ],
  });
  if (!row) throw new Error('the offer was not inserted');
  return row.id;
}

const OFFER = `
  select o.id, o.kind, o.client_id as "clientId", c.subject as "clientSubject", c.email as "clientEmail", c.name as "clientName",
         o.entry_id as "entryId", o.appointment_id as "appointmentId", o.revision, o.time_off_id as "timeOffId", o.state,
         o.expires_at as "expiresAt", o.created_at as "createdAt", o.answered_at as "answeredAt",
         o.letter_sent_at as "letterSentAt", o.letter_id as "letterId",
         (select a.revision from appointment a where a.organisation_id = $1 and a.id = o.appointment_id) as "revisionNow",
         o.time_off_id is not null and not exists (select from time_off f where f.organisation_id = $1 and f.id = o.time_off_id)
           as "timeOffGone"
    from offer o join client c on c.organisation_id = $1 and c.id = o.client_id
   where o.organisation_id = $1`;

type Row = Omit<Offer, 'times'>;

export async function findOffer(tx: Transaction, id: number): Promise<Offer | null> {
  const rows = await tx.query<Row>({
    name: 'offer_find',
    text: `${OFFER} and o.id = $2`,
    values: [tx.organisationId, id],
  });
  return (await withTimes(tx, rows))[0] ?? null;
}

export async function lockOffer(tx: Transaction, id: number): Promise<Offer | null> {
  await tx.query({
    name: 'offer_lock',
    text: 'select id from offer where organisation_id = $1 and id = $2 for update',
    values: [tx.organisationId, id],
  });
  return await findOffer(tx, id);
}

/** Open ones, oldest first. */
export async function listOpenOffers(
  tx: Transaction,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<Offer[]> {
  const rows = await tx.query<Row>({
    name: 'offers_open',
    text: `${OFFER} and o.state = 'open' and o.id > $2 order by o.id limit $3`,
    values: [tx.organisationId, after, limit],
  });
  return await withTimes(tx, rows);
}

/** Open ones by which these appointments would move, whatever for, oldest first: of each there is one at most. */
export async function listOpenMoves(tx: Transaction, appointmentIds: readonly number[]): Promise<Offer[]> {
  const rows = await tx.query<Row>({
    name: 'offers_open_moves',
    text: `${OFFER} and o.state = 'open' and o.kind = 'move' and o.appointment_id = any($2::bigint[]) order by o.id`,
    values: [tx.organisationId, [...appointmentIds]],
  });
  return await withTimes(tx, rows);
}

/** Of some time off, oldest first. */
export async function listOffersOfTimeOff(tx: Transaction, timeOffId: number): Promise<Offer[]> {
  const rows = await tx.query<Row>({
    name: 'offers_of_time_off',
    text: `${OFFER} and o.time_off_id = $2 order by o.id`,
    values: [tx.organisationId, timeOffId],
  });
  return await withTimes(tx, rows);
}

/** The times that an entry was offered, whatever became of it, and how many it let lapse. */
export async function listOffersOfEntries(tx: Transaction, entryIds: readonly number[]): Promise<Offer[]> {
  const rows = await tx.query<Row>({
    name: 'offers_of_entries',
    text: `${OFFER} and o.entry_id = any($2::bigint[]) order by o.id`,
    values: [tx.organisationId, [...entryIds]],
  });
  return await withTimes(tx, rows);
}

async function withTimes(tx: Transaction, rows: readonly Row[]): Promise<Offer[]> {
  if (rows.length === 0) return [];
  const times = await tx.query<Omit<Hold, 'time'> & { offerId: number; from: Temporal.Instant; to: Temporal.Instant }>({
    name: 'offer_times',
    text: `select t.offer_id as "offerId", h.id, h.practitioner_id as "practitionerId", h.session_type_id as "sessionTypeId",
                  h.holder, h.starts_at as "from", h.ends_at as "to", h.zone, h.wall_start as "wallStart",
                  h.expires_at as "expiresAt", h.session_id as "sessionId", h.state
             from offer_time t join hold h on h.organisation_id = $1 and h.id = t.hold_id
            where t.organisation_id = $1 and t.offer_id = any($2::bigint[]) order by t.offer_id, t.position`,
    values: [tx.organisationId, rows.map(({ id }) => id)],
  });
  return rows.map((row) => ({
    ...row,
    times: times
      .filter(({ offerId }) => offerId === row.id)
      .map(({ offerId: _, from, to, ...hold }) => ({ ...hold, time: { from, to } })),
  }));
}

/** What became of it. Its letter, if it has not left, never will. */
export async function settleOffer(
  tx: Transaction,
  id: number,
  end: { readonly state: OfferState; readonly at: Temporal.Instant; readonly appointmentId?: number | null },
): Promise<void> {
  await tx.query({
    name: 'offer_settle',
    text: `update offer set state = $3, answered_at = $4::timestamptz, appointment_id = coalesce($5, appointment_id),
                  letter_due_at = null
            where organisation_id = $1 and id = $2`,
    values: [tx.organisationId, id, end.state, end.at.toString(), end.appointmentId ?? null],
  });
}

/** Whether a hold keeps a time that an appointment is to be moved to. */
export async function isOfMove(tx: Transaction, holdId: number): Promise<boolean> {
  const rows = await tx.query({
    name: 'offer_of_move_by_hold',
    text: `select from offer o join offer_time t on t.organisation_id = $1 and t.offer_id = o.id and t.hold_id = $2
            where o.organisation_id = $1 and o.state = 'open' and o.kind = 'move'`,
    values: [tx.organisationId, holdId],
  });
  return rows.length > 0;
}

/** Whether an entry has been offered this time before, whatever became of it. */
export async function wasOffered(
  tx: Transaction,
  entryId: number,
  { practitionerId, start }: { readonly practitionerId: number; readonly start: Temporal.Instant },
): Promise<boolean> {
  const rows = await tx.query({
    name: 'offer_of_entry_before',
    text: `select from offer o
             join offer_time t on t.organisation_id = $1 and t.offer_id = o.id
             join hold h on h.organisation_id = $1 and h.id = t.hold_id and h.practitioner_id = $3 and h.starts_at = $4::timestamptz
            where o.organisation_id = $1 and o.entry_id = $2`,
    values: [tx.organisationId, entryId, practitionerId, start.toString()],
  });
  return rows.length > 0;
}

/** The appointment that a hold became, or null. */
export async function findBookedOf(tx: Transaction, holdId: number): Promise<number | null> {
  const [row] = await tx.query<{ id: number }>({
    name: 'offer_booked_of_hold',
    text: `select coalesce((j.facts ->> 'appointmentId')::bigint,
                            (select min(a.id) from appointment a
                              where a.organisation_id = $1 and a.session_id = (j.facts ->> 'sessionId')::bigint)) as id
             from journal j
            where j.organisation_id = $1 and j.subject_kind = 'hold' and j.subject_id = $2 and j.event = 'hold.confirmed'
            order by j.id limit 1`,
    values: [tx.organisationId, holdId],
  });
  return row?.id ?? null;
}

export type DueLetter = { readonly id: number };

/** Letters that are due: put off before they are tried, so that whoever takes one up and dies has only delayed it. */
export async function claimOfferLetters(tx: Transaction, now: Temporal.Instant, most: number): Promise<DueLetter[]> {
  return await tx.query<DueLetter>({
    name: 'offer_claim_letters',
    text: `with due as (
             select id from offer where organisation_id = $1 and letter_due_at <= $2::timestamptz
              order by letter_due_at, id limit $3 for update skip locked
           )
           update offer o set letter_attempts = o.letter_attempts + 1,
                  letter_due_at = $2::timestamptz + make_interval(secs => least(600, 80 * 2 ^ least(o.letter_attempts, 3)))
             from due where o.organisation_id = $1 and o.id = due.id
           returning o.id`,
    values: [tx.organisationId, now.toString(), most],
  });
}

export async function settleOfferLetter(
  tx: Transaction,
  id: number,
  end: {
    readonly sentAt: Temporal.Instant | null;
    readonly error: string | null;
    /** When it is tried again; null: never. */
    readonly dueAt: Temporal.Instant | null;
  },
): Promise<void> {
  await tx.query({
    name: 'offer_settle_letter',
    text: `update offer set letter_sent_at = coalesce($3::timestamptz, letter_sent_at), letter_error = $4,
                  letter_due_at = $5::timestamptz
            where organisation_id = $1 and id = $2`,
    values: [
      tx.organisationId,
      id,
      end.sentAt?.toString() ?? null,
      end.error?.slice(0, 200) ?? null,
      end.dueAt?.toString() ?? null,
    ],
  });
}

/** The mail service is not asked before then. */
export async function putOffOfferLetters(
  tx: Transaction,
  ids: readonly number[],
  until: Temporal.Instant,
): Promise<void> {
  await tx.query({
    name: 'offer_put_off_letters',
    text: `update offer set letter_due_at = $3::timestamptz, letter_attempts = greatest(letter_attempts - 1, 0)
            where organisation_id = $1 and id = any($2::bigint[])`,
    values: [tx.organisationId, [...ids], until.toString()],
  });
}

/** Whether there is anything to look after: somebody waits, or an offer is open or to be told. */
export async function hasOffersToTend(tx: Transaction): Promise<boolean> {
  const [row] = await tx.query<{ some: boolean }>({
    name: 'offers_to_tend',
    text: `select exists (select from waitlist_entry where organisation_id = $1 and state in ('waiting', 'offered'))
                  or exists (select from offer where organisation_id = $1 and state = 'open')
                  or exists (select from offer where organisation_id = $1 and letter_due_at is not null) as some`,
    values: [tx.organisationId],
  });
  return row?.some ?? false;
}

export type OfferReader = {
  readonly practitioner: string;
  readonly practice: string;
  readonly sessionType: string;
  /** The client's own; null where it is not known. */
  readonly zone: string | null;
  /** Of a move: when its appointment is now. */
  readonly start: Temporal.Instant | null;
  readonly end: Temporal.Instant | null;
};

/** What the letter says beside the offer's own. */
export async function readOfferReader(tx: Transaction, offer: Offer): Promise<OfferReader> {
  const [row] = await tx.query<OfferReader>({
    name: 'offer_reader',
    text: `select p.name as practitioner, g.name as practice, t.name as "sessionType", c.zone, s.starts_at as start,
                  s.ends_at as "end"
             from client c
             join organisation g on g.organisation_id = $1
             join hold h on h.organisation_id = $1 and h.id = $3
             join practitioner p on p.organisation_id = $1 and p.id = h.practitioner_id
             join session_type t on t.organisation_id = $1 and t.id = h.session_type_id
             left join appointment a on a.organisation_id = $1 and a.id = $4
             left join session s on s.organisation_id = $1 and s.id = a.session_id
            where c.organisation_id = $1 and c.id = $2`,
    values: [tx.organisationId, offer.clientId, offer.times[0]?.id ?? 0, offer.appointmentId],
  });
  if (!row) throw new Error(`offer ${offer.id} has nobody to be told`);
  return row;
}
