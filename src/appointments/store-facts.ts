// Appointments for who may know of them without knowing their people: ids, times and states alone.
import type { Transaction } from '../platform/database/transaction.ts';
import type { AppointmentFacts } from '../webhooks/event.ts';

/** By id; what is not there is left out. */
export async function listFacts(
  tx: Transaction,
  ids: readonly number[],
): Promise<ReadonlyMap<number, AppointmentFacts>> {
  const rows = await tx.query<AppointmentFacts>({
    name: 'appointment_facts',
    text: `select a.id, a.revision, a.state as status, s.starts_at as start, s.ends_at as end, s.zone as "timeZone",
                  s.practitioner_id as "practitionerId", s.session_type_id as "sessionTypeId", a.client_id as "clientId",
                  s.platform, a.cancelled_by as "cancelledBy",
                  (select d.series_id from series_date d where d.organisation_id = $1 and d.appointment_id = a.id) as "seriesId"
             from appointment a join session s on s.organisation_id = $1 and s.id = a.session_id
            where a.organisation_id = $1 and a.id = any($2::bigint[])`,
    values: [tx.organisationId, ids],
  });
  return new Map(rows.map((row) => [row.id, row]));
}
