// What the closing of one appointment by policy depends on: its practitioner's policy, and whether a person has spoken.
import type { Transaction } from '../platform/database/transaction.ts';
import type { ClosingPolicy } from '../practitioners/auto-close.ts';

export type Closing = ClosingPolicy & {
  readonly since: Temporal.Instant | null;
  /** Somebody has taken back that it was closed: how it went is theirs to say. */
  readonly saidByPerson: boolean;
};

/** Expects the appointment's time to be locked. */
export async function findClosing(tx: Transaction, appointmentId: number): Promise<Closing | null> {
  const [row] = await tx.query<Closing>({
    name: 'closing_find',
    text: `select p.auto_close as "autoClose", p.auto_close_after_minutes as "autoCloseAfterMinutes",
                  p.auto_close_since as since,
                  exists (select from journal j
                           where j.organisation_id = $1 and j.subject_kind = 'appointment' and j.subject_id = a.id
                             and j.event = 'appointment.reopened') as "saidByPerson"
             from appointment a
             join session s on s.organisation_id = $1 and s.id = a.session_id
             join practitioner p on p.organisation_id = $1 and p.id = s.practitioner_id
            where a.organisation_id = $1 and a.id = $2`,
    values: [tx.organisationId, appointmentId],
  });
  return row ?? null;
}
