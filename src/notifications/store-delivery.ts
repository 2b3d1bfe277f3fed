// The rows of addresses that must not be written to. Statements alone.
import type { Transaction } from '../platform/database/transaction.ts';
import type { MailTrouble, PersonKind } from './mail-trouble.ts';

type TroubleFound = MailTrouble & { readonly addressDigest: Buffer };

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
