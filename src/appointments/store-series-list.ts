// Series as a list tells them: what each is, and how many of its dates are on. Reads alone.
import type { Transaction } from '../platform/database/transaction.ts';
import type { SeriesRow } from './store-series.ts';

export type SeriesListed = Pick<
  SeriesRow,
  | 'id'
  | 'clientSubject'
  | 'practitionerId'
  | 'practitionerName'
  | 'sessionTypeId'
  | 'sessionType'
  | 'frequency'
  | 'zone'
> & {
  readonly createdAt: Temporal.Instant;
  readonly datesBooked: number;
  /** Pending or confirmed, past ones too. */
  readonly datesOn: number;
  /** Of those that are on; null where none is. */
  readonly firstStart: Temporal.Instant | null;
  readonly lastStart: Temporal.Instant | null;
};

export type SeriesListQuestion = {
  /** null: of all clients. */
  readonly subject: string | null;
  readonly practitionerId: number | null;
  /** Of at least one of its dates, which also lies between `from` and `to`. */
  readonly state: string | null;
  readonly from: Temporal.Instant | null;
  readonly to: Temporal.Instant | null;
  readonly after: number;
  readonly limit: number;
};

/** By id. */
export async function listSeries(tx: Transaction, question: SeriesListQuestion): Promise<SeriesListed[]> {
  return await tx.query<SeriesListed>({
    name: 'series_list',
    text: `with page as (
             select r.* from series r
              where r.organisation_id = $1 and r.id > $2
                and ($3::text is null or r.client_id = (select id from client where organisation_id = $1 and subject = $3))
                and ($4::bigint is null or r.practitioner_id = $4)
                and (($5::text is null and $6::timestamptz is null and $7::timestamptz is null) or exists (
                      select from series_date d
                        join appointment a on a.organisation_id = $1 and a.id = d.appointment_id
                        join session s on s.organisation_id = $1 and s.id = a.session_id
                       where d.organisation_id = $1 and d.series_id = r.id and ($5::text is null or a.state = $5)
                         and ($6::timestamptz is null or s.ends_at > $6::timestamptz)
                         and ($7::timestamptz is null or s.starts_at < $7::timestamptz)))
              order by r.id limit $8
           )
           select r.id, c.subject as "clientSubject", r.practitioner_id as "practitionerId", p.name as "practitionerName",
                  r.session_type_id as "sessionTypeId", t.name as "sessionType", r.frequency, r.zone,
                  r.created_at as "createdAt", n.booked as "datesBooked", n.still as "datesOn", n.first as "firstStart",
                  n.last as "lastStart"
             from page r
             join client c on c.organisation_id = $1 and c.id = r.client_id
             join practitioner p on p.organisation_id = $1 and p.id = r.practitioner_id
             join session_type t on t.organisation_id = $1 and t.id = r.session_type_id
            cross join lateral (
              select count(*)::int as booked, count(*) filter (where a.state in ('pending', 'confirmed'))::int as still,
                     min(s.starts_at) filter (where a.state in ('pending', 'confirmed')) as first,
                     max(s.starts_at) filter (where a.state in ('pending', 'confirmed')) as last
                from series_date d
                join appointment a on a.organisation_id = $1 and a.id = d.appointment_id
                join session s on s.organisation_id = $1 and s.id = a.session_id
               where d.organisation_id = $1 and d.series_id = r.id) n
            order by r.id`,
    values: [
      tx.organisationId,
      question.after,
      question.subject,
      question.practitionerId,
      question.state,
      question.from?.toString() ?? null,
      question.to?.toString() ?? null,
      question.limit,
    ],
  });
}
