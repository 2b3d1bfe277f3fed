// What is on record of a rule that staff have overridden: which, in the journal; why, in their words, in a note.
import type { Transaction } from '../platform/database/transaction.ts';
import type { ReasonCode } from '../availability/reasons.ts';
import type { Overridden, Override } from './override.ts';
import { putNote } from './store.ts';

/** The latest, of an appointment; null where no rule was overridden for it. */
export async function findOverride(tx: Transaction, appointmentId: number): Promise<Overridden | null> {
  const [row] = await tx.query<Overridden>({
    name: 'override_find',
    text: `select n.body as reason,
                  array(select jsonb_array_elements_text(
                          (select j.facts -> 'overrode' from journal j
                            where j.organisation_id = $1 and j.subject_kind = 'appointment' and j.subject_id = $2
                              and j.facts ? 'overrode' order by j.id desc limit 1))) as overrode
             from note n where n.organisation_id = $1 and n.appointment_id = $2 and n.kind = 'override_reason'`,
    values: [tx.organisationId, appointmentId],
  });
  return row ?? null;
}

/** Keeps why, where any rule was overridden. */
export async function putOverride(
  tx: Transaction,
  appointmentId: number,
  override: Override | null,
  overrode: readonly ReasonCode[],
): Promise<Overridden | null> {
  if (override === null || overrode.length === 0) return null;
  await putNote(tx, appointmentId, 'override_reason', override.reason);
  return { reason: override.reason, overrode };
}
