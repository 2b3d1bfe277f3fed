// The delivery log as it is read, and people's addresses beside what stands against writing to them. Addresses are read to be
// compared by their digest, and go no further.
import type { Delivery, DeliveryReason } from '../notifications/delivery.ts';
import type { MailTrouble, PersonKind } from '../notifications/mail-trouble.ts';
import type { LoggedKind } from '../notifications/letter.ts';
import type { Channel } from '../notifications/reminder.ts';
import type { LetterState } from '../notifications/store.ts';
import type { Transaction } from '../platform/database/transaction.ts';

export type LetterLogged = {
  readonly id: number;
  readonly recipient: PersonKind;
  readonly channel: Channel;
  readonly kind: LoggedKind;
  readonly revision: number;
  readonly state: LetterState;
  readonly attempts: number;
  readonly sentAt: Temporal.Instant | null;
  readonly nextAttemptAt: Temporal.Instant | null;
  readonly error: string | null;
  readonly service: string | null;
  readonly serviceId: string | null;
  readonly delivery: Delivery | null;
  readonly deliveryReason: DeliveryReason | null;
  readonly deliveryAt: Temporal.Instant | null;
};

const LOGGED = `l.id, l.recipient, l.channel, l.kind, l.revision, l.state, l.attempts, l.sent_at as "sentAt",
                  l.next_attempt_at as "nextAttemptAt", l.last_error as error, l.service, l.service_id as "serviceId",
                  l.delivery, l.delivery_reason as "deliveryReason", l.delivery_at as "deliveryAt"`;

/** The letters of an appointment, oldest first; with them those in which it was offered, or other times for it. */
export async function listLettersOf(
  tx: Transaction,
  appointmentId: number,
  page: { readonly after: number; readonly limit: number },
): Promise<LetterLogged[]> {
  return await tx.query<LetterLogged>({
    name: 'letters_logged',
    text: `select ${LOGGED} from letter l where l.organisation_id = $1 and l.session_id =
                  (select session_id from appointment where organisation_id = $1 and id = $2)
              and l.appointment_id = $2 and l.id > $3
            union all
           select ${LOGGED} from offer o join letter l on l.organisation_id = $1 and l.id = o.letter_id
            where o.organisation_id = $1 and o.appointment_id = $2 and l.id > $3
            order by id limit $4`,
    values: [tx.organisationId, appointmentId, page.after, page.limit],
  });
}

/** The letter of an offer; none before it is first tried. */
export async function listLettersOfOffer(tx: Transaction, offerId: number): Promise<LetterLogged[]> {
  return await tx.query<LetterLogged>({
    name: 'letters_of_offer_logged',
    text: `select ${LOGGED} from offer o join letter l on l.organisation_id = $1 and l.id = o.letter_id
            where o.organisation_id = $1 and o.id = $2`,
    values: [tx.organisationId, offerId],
  });
}

export type TroubleBeside = MailTrouble & { readonly addressDigest: Buffer; readonly address: string };

const TROUBLE = `t.person_kind as "personKind", t.person_id as "personId", t.kind, t.reason, t.since,
                  t.address_digest as "addressDigest"`;

/** What stands against the client and the practitioner of an appointment, with the address each has now. */
export async function listTroublesAround(tx: Transaction, appointmentId: number): Promise<TroubleBeside[]> {
  return await tx.query<TroubleBeside>({
    name: 'mail_troubles_around',
    text: `select ${TROUBLE}, case when t.person_kind = 'client' then c.email else p.email end as address
             from appointment a
             join session s on s.organisation_id = $1 and s.id = a.session_id
             join client c on c.organisation_id = $1 and c.id = a.client_id
             join practitioner p on p.organisation_id = $1 and p.id = s.practitioner_id
             join mail_trouble t on t.organisation_id = $1
              and ((t.person_kind = 'client' and t.person_id = c.id)
                or (t.person_kind = 'practitioner' and t.person_id = p.id))
            where a.organisation_id = $1 and a.id = $2`,
    values: [tx.organisationId, appointmentId],
  });
}

export type Addressee = { readonly id: number; readonly address: string };

/** A client by its subject. */
export async function findClientAddress(tx: Transaction, subject: string): Promise<Addressee | null> {
  const [row] = await tx.query<Addressee>({
    name: 'client_address',
    text: 'select id, email as address from client where organisation_id = $1 and subject = $2',
    values: [tx.organisationId, subject],
  });
  return row ?? null;
}

export async function findPractitionerAddress(tx: Transaction, id: number): Promise<Addressee | null> {
  const [row] = await tx.query<Addressee>({
    name: 'practitioner_address',
    text: 'select id, email as address from practitioner where organisation_id = $1 and id = $2',
    values: [tx.organisationId, id],
  });
  return row ?? null;
}
