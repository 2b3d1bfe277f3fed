// The rows of the waitlist.
import type { Transaction } from '../platform/database/transaction.ts';
import type { EndReason, Entry, EntryState } from './waitlist.ts';

export type NewEntry = Omit<Entry, 'id' | 'clientSubject' | 'state' | 'endedBecause' | 'createdAt'>;

export async function insertEntry(tx: Transaction, entry: NewEntry, now: Temporal.Instant): Promise<number> {
  const [row] = await tx.query<{ id: number }>({
    name: 'waitlist_insert',
    text: `insert into waitlist_entry (organisation_id, client_id, session_type_id, practitioner_ids, first_date, last_date,
                  zone, windows, platform, created_at)
           values ($1, $2, $3, $4::bigint[], $5::date, $6::date, $7, $8::jsonb, $9, $10::timestamptz) returning id`,
    values: [
      tx.organisationId,
      entry.clientId,
      entry.sessionTypeId,
      [...entry.practitionerIds],
      entry.firstDate,
      entry.lastDate,
      entry.zone,
      JSON.stringify(entry.windows),
      entry.platform,
      now.toString(),
    ],
  });
  if (!row) throw new Error('the entry was not inserted');
  return row.id;
}

const ENTRY = `
  select w.id, w.client_id as "clientId", c.subject as "clientSubject", w.session_type_id as "sessionTypeId",
         w.practitioner_ids as "practitionerIds", w.first_date::text as "firstDate", w.last_date::text as "lastDate", w.zone,
         w.windows, w.platform, w.state, w.ended_because as "endedBecause", w.created_at as "createdAt"
    from waitlist_entry w join client c on c.organisation_id = $1 and c.id = w.client_id
   where w.organisation_id = $1`;

export async function findEntry(tx: Transaction, id: number): Promise<Entry | null> {
  const [row] = await tx.query<Entry>({
    name: 'waitlist_find',
    text: `${ENTRY} and w.id = $2`,
    values: [tx.organisationId, id],
  });
  return row ?? null;
}

/** Locked until the transaction ends. Taken after any lock of time. */
export async function lockEntry(tx: Transaction, id: number): Promise<Entry | null> {
  await tx.query({
    name: 'waitlist_lock',
    text: 'select id from waitlist_entry where organisation_id = $1 and id = $2 for update',
    values: [tx.organisationId, id],
  });
  return await findEntry(tx, id);
}

/** By id, of one client or of all; `open`: those that wait or have an offer. */
export async function listEntries(
  tx: Transaction,
  question: { readonly subject: string | null; readonly open: boolean; readonly after: number; readonly limit: number },
): Promise<Entry[]> {
  return await tx.query<Entry>({
    name: 'waitlist_list',
    text: `${ENTRY} and w.id > $2 and ($3::text is null or c.subject = $3)
             and (not $4::boolean or w.state in ('waiting', 'offered')) order by w.id limit $5`,
    values: [tx.organisationId, question.after, question.subject, question.open, question.limit],
  });
}

/** Those that wait, in the order in which they came. */
export async function listWaiting(
  tx: Transaction,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<Entry[]> {
  return await tx.query<Entry>({
    name: 'waitlist_waiting',
    text: `${ENTRY} and w.state in ('waiting', 'offered') and w.state = 'waiting' and w.id > $2 order by w.id limit $3`,
    values: [tx.organisationId, after, limit],
  });
}

export async function countOpenEntries(tx: Transaction, subject: string): Promise<number> {
  const [row] = await tx.query<{ count: number }>({
    name: 'waitlist_count',
    text: `select count(*)::integer as count from waitlist_entry
            where organisation_id = $1 and state in ('waiting', 'offered')
              and client_id = (select id from client where organisation_id = $1 and subject = $2)`,
    values: [tx.organisationId, subject],
  });
  return row?.count ?? 0;
}

export async function setEntryState(tx: Transaction, id: number, state: EntryState): Promise<void> {
  await tx.query({
    name: 'waitlist_set_state',
    text: 'update waitlist_entry set state = $3 where organisation_id = $1 and id = $2',
    values: [tx.organisationId, id, state],
  });
}

/** Of a request `a`: it was declined, nobody answered in time, or its client did not take what was proposed instead. */
const NOT_AGREED = `(a.decision in ('declined', 'lapsed') or exists (
                     select from journal j where j.organisation_id = $1 and j.subject_kind = 'appointment' and j.subject_id = a.id
                                             and j.event = 'appointment.cancelled' and j.facts ? 'proposal'))`;

/** Whoever has taken an offer waits no longer; or on, where that was a request that by now was not agreed to. */
export async function setEntryBooked(tx: Transaction, id: number, appointmentId: number | null): Promise<void> {
  await tx.query({
    name: 'waitlist_set_booked',
    text: `update waitlist_entry set state = case when exists (
                    select from appointment a where a.organisation_id = $1 and a.id = $3 and ${NOT_AGREED})
                  then 'waiting' else 'booked' end
            where organisation_id = $1 and id = $2`,
    values: [tx.organisationId, id, appointmentId],
  });
}

/** A request is not agreed to: where it came of an offer, its client waits on, for other times. */
export async function reopenEntryOf(tx: Transaction, appointmentId: number): Promise<void> {
  await tx.query({
    name: 'waitlist_reopen_of',
    text: `update waitlist_entry w set state = 'waiting' from offer o
            where o.organisation_id = $1 and o.appointment_id = $2 and o.kind = 'waitlist' and o.state = 'accepted'
              and w.organisation_id = $1 and w.id = o.entry_id and w.state = 'booked'`,
    values: [tx.organisationId, appointmentId],
  });
}

/** Whether what it took is a request that nobody has decided: it may yet wait again. */
export async function isUndecided(tx: Transaction, id: number): Promise<boolean> {
  const rows = await tx.query({
    name: 'waitlist_undecided',
    text: `select from offer o join appointment a on a.organisation_id = $1 and a.id = o.appointment_id and a.state = 'pending'
            where o.organisation_id = $1 and o.entry_id = $2 and o.state = 'accepted'`,
    values: [tx.organisationId, id],
  });
  return rows.length > 0;
}

/** One that waits ends by itself. */
export async function endEntry(tx: Transaction, id: number, because: EndReason): Promise<void> {
  await tx.query({
    name: 'waitlist_end',
    text: `update waitlist_entry set state = 'ended', ended_because = $3
            where organisation_id = $1 and id = $2 and state = 'waiting'`,
    values: [tx.organisationId, id, because],
  });
}

/** Entries whose last day is over, somewhere on earth: ended. */
export async function endOverdue(tx: Transaction, before: string): Promise<void> {
  await tx.query({
    name: 'waitlist_end_overdue',
    text: `update waitlist_entry set state = 'ended', ended_because = 'days_over'
            where organisation_id = $1 and state = 'waiting' and last_date < $2::date`,
    values: [tx.organisationId, before],
  });
}
