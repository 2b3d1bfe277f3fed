// The rows of what mail services told: the delivery of a letter, and the addresses that must not be written to. Statements
// alone; what counts as news, and what stops mail, is delivery.ts'.
import type { Transaction, UnscopedTransaction } from '../platform/database/transaction.ts';
import type { Delivery, DeliveryReason, DeliveryState } from './delivery.ts';
import type { MailTrouble, PersonKind } from './mail-trouble.ts';

export type TroubleFound = MailTrouble & { readonly addressDigest: Buffer };

const TROUBLE = `person_kind as "personKind", person_id as "personId", kind, reason, since, address_digest as "addressDigest"`;

/** What stands against writing to this reader of an appointment at the address of that digest. */
export async function findTroubleOf(
  tx: Transaction,
  reader: { readonly appointmentId: number; readonly kind: PersonKind },
  addressDigest: Buffer,
): Promise<MailTrouble | null> {
  const [row] = await tx.query<TroubleFound>({
    name: 'mail_trouble_of_reader',
    text: `select ${TROUBLE} from mail_trouble
            where organisation_id = $1 and person_kind = $2 and address_digest = $4 and person_id =
                  (select case when $2 = 'client' then a.client_id else s.practitioner_id end
                     from appointment a join session s on s.organisation_id = $1 and s.id = a.session_id
                    where a.organisation_id = $1 and a.id = $3)`,
    values: [tx.organisationId, reader.kind, reader.appointmentId, addressDigest],
  });
  return row ?? null;
}

/** A person changes her address now and then; of more than this, the latest say enough. */
const MOST_TROUBLES = 20;

/** Everything against one person, whatever her address was then; the latest first. */
export async function listTroubles(tx: Transaction, kind: PersonKind, personId: number): Promise<TroubleFound[]> {
  return await tx.query<TroubleFound>({
    name: 'mail_troubles_of_person',
    text: `select ${TROUBLE} from mail_trouble
            where organisation_id = $1 and person_kind = $2 and person_id = $3 order by since desc limit ${MOST_TROUBLES}`,
    values: [tx.organisationId, kind, personId],
  });
}

/** True where there was any. */
export async function deleteTroubles(tx: Transaction, kind: PersonKind, personId: number): Promise<boolean> {
  const rows = await tx.query<{ gone: 1 }>({
    name: 'mail_troubles_delete',
    text: `delete from mail_trouble where organisation_id = $1 and person_kind = $2 and person_id = $3 returning 1 as gone`,
    values: [tx.organisationId, kind, personId],
  });
  return rows.length > 0;
}

/** False where it was known already. */
export async function insertTrouble(
  tx: Transaction,
  trouble: TroubleFound & { readonly letterId: number },
): Promise<boolean> {
  const rows = await tx.query<{ made: 1 }>({
    name: 'mail_trouble_insert',
    text: `insert into mail_trouble (organisation_id, person_kind, person_id, address_digest, kind, reason, letter_id, since)
           values ($1, $2, $3, $4, $5, $6, $7, $8::timestamptz) on conflict do nothing returning 1 as made`,
    values: [
      tx.organisationId,
      trouble.personKind,
      trouble.personId,
      trouble.addressDigest,
      trouble.kind,
      trouble.reason,
      trouble.letterId,
      trouble.since.toString(),
    ],
  });
  return rows.length > 0;
}

export type LetterTold = {
  readonly id: number;
  readonly recipient: PersonKind;
  /** null: of an offer. */
  readonly appointmentId: number | null;
  readonly personId: number;
  readonly addressDigest: Buffer | null;
  readonly known: DeliveryState | null;
};

/** A letter that a mail service has news of, locked until the transaction ends; null where there is none. */
export async function lockLetterTold(tx: Transaction, letterId: number): Promise<LetterTold | null> {
  type Row = Omit<LetterTold, 'known'> & { delivery: Delivery | null; reason: DeliveryReason | null };
  const [row] = await tx.query<Row>({
    name: 'letter_told',
    text: `select l.id, l.recipient, l.appointment_id as "appointmentId", l.address_digest as "addressDigest",
                  l.delivery, l.delivery_reason as reason,
                  case when l.recipient = 'client' then coalesce(a.client_id, o.client_id) else s.practitioner_id end
                    as "personId"
             from letter l
             left join appointment a on a.organisation_id = $1 and a.id = l.appointment_id
             left join session s on s.organisation_id = $1 and s.id = a.session_id
             left join offer o on o.organisation_id = $1 and o.letter_id = l.id
            where l.organisation_id = $1 and l.id = $2 for update of l`,
    values: [tx.organisationId, letterId],
  });
  if (!row) return null;
  const { delivery, reason, ...letter } = row;
  return { ...letter, known: delivery === null ? null : { delivery, reason } };
}

/** A letter in doubt of which there is news did leave, and is not repeated. */
export async function updateDelivery(
  tx: Transaction,
  letterId: number,
  news: DeliveryState,
  at: Temporal.Instant,
): Promise<void> {
  await tx.query({
    name: 'letter_delivery',
    text: `update letter set delivery = $3, delivery_reason = $4, delivery_at = $5::timestamptz,
                  state = case when state in ('unknown', 'overtaken') then 'sent' else state end,
                  next_attempt_at = case when state = 'unknown' then null else next_attempt_at end
            where organisation_id = $1 and id = $2`,
    values: [tx.organisationId, letterId, news.delivery, news.reason, at.toString()],
  });
}

/** The letters behind a service's own ids, of whatever organisation. Call inside a scan for 'letter'. */
export async function findByServiceIds(
  tx: UnscopedTransaction,
  service: string,
  serviceIds: readonly string[],
): Promise<{ serviceId: string; organisationId: number; letterId: number }[]> {
  return await tx.query({
    name: 'letters_by_service_id',
    text: `select service_id as "serviceId", organisation_id as "organisationId", id as "letterId"
             from letter where service_id = any($1::text[]) and service = $2`,
    values: [[...serviceIds], service],
  });
}
