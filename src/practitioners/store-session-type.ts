// The rows of session types as they are written, and what is read of them beside their names and lengths. Who may change them,
// and what is journalled with it, is for the acts.
import type { Updateable } from 'kysely';
import { PLATFORMS } from '../meetings/provider.ts';
import type { Tables } from '../platform/database/tables.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Need, OfferedNeed } from './resource.ts';
import type { SessionTypeFields } from './session-type.ts';

/** More columns of a session type. */
export const SESSION_TYPE_MORE = `capacity, lengths, grid_minutes as "gridMinutes",
         buffer_before_minutes as "bufferBeforeMinutes", buffer_after_minutes as "bufferAfterMinutes", modes, needs,
         case when price_minor is not null
              then json_build_object('amountMinor', price_minor, 'currency', price_currency) end as price`;

/** Units that serve a need `n.need` of a session type `s`: as they are named there, else by id. */
const UNITS_OF_NEED = `array(
    select u.id from resource u
     where u.organisation_id = s.organisation_id and u.kind = n.need ->> 'kind' and u.active
       and (n.need -> 'anyOf' is null or n.need -> 'anyOf' @> to_jsonb(coalesce(u.of_id, u.id)))
     order by array_position(array(select jsonb_array_elements(n.need -> 'anyOf')), to_jsonb(coalesce(u.of_id, u.id))),
              coalesce(u.of_id, u.id), u.id)`;

/** More of a session type \`s\` as an offering \`o\` has it: what is usual is left out. A length of hers is the only one. */
export const OFFERED_MORE = `'lengths', case when o.length_minutes is null then nullif(s.lengths, '{}') end,
                            'gridMinutes', s.grid_minutes, 'bufferBeforeMinutes', s.buffer_before_minutes,
                            'bufferAfterMinutes', s.buffer_after_minutes, 'modes', case when cardinality(s.modes) < 3 then s.modes end,
                            'capacity', nullif(s.capacity, 1),
                            'price', case when s.price_minor is not null then json_build_object(
                              'amountMinor', s.price_minor, 'currency', s.price_currency) end,
                            'needs', case when s.needs <> '[]' then (
                              select json_agg(json_build_object('kind', n.need ->> 'kind', 'units', ${UNITS_OF_NEED})
                                              order by n.no)
                                from jsonb_array_elements(s.needs) with ordinality as n (need, no)) end`;

/** What sessions of it need, whoever offers it. */
export async function findNeeds(tx: Transaction, id: number): Promise<OfferedNeed[]> {
  const [row] = await tx.query<{ needs: OfferedNeed[] }>({
    name: 'session_type_needs',
    text: `select coalesce((select json_agg(json_build_object('kind', n.need ->> 'kind', 'units', ${UNITS_OF_NEED}) order by n.no)
                              from jsonb_array_elements(s.needs) with ordinality as n (need, no)), '[]') as needs
             from session_type s where s.organisation_id = $1 and s.id = $2`,
    values: [tx.organisationId, id],
  });
  return row?.needs ?? [];
}

/** Of the resources that needs name those that are none of that kind; the others stay until the transaction ends. */
export async function findUnknownResources(tx: Transaction, needs: readonly Need[]): Promise<number[]> {
  const ids = needs.flatMap(({ anyOf = [] }) => [...anyOf]);
  if (ids.length === 0) return [];
  const rows = await tx.query<{ id: number; kind: string }>({
    name: 'resource_share',
    text: `select id, kind from resource where organisation_id = $1 and id = any($2::bigint[]) and of_id is null
            order by id for key share`,
    values: [tx.organisationId, ids],
  });
  const known = new Map(rows.map(({ id, kind }) => [id, kind]));
  return needs.flatMap(({ kind, anyOf = [] }) => anyOf.filter((id) => known.get(id) !== kind));
}

export async function insertSessionType(tx: Transaction, fields: SessionTypeFields): Promise<number> {
  const [row] = await tx.query<{ id: number }>({
    name: 'session_type_insert',
    text: `with s as (
             insert into session_type (organisation_id, name, length_minutes, platforms, active,
                                       cancellation_window_minutes, reschedule_window_minutes, late_cancellations,
                                       late_reschedules, requires_approval, approval_minutes)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce($10, false), coalesce($11::integer, 1440)) returning id
           ), d as (
             insert into directory (public_id, organisation_id, kind) select id, $1, 'session_type' from s
           )
           select id from s`,
    values: [
      tx.organisationId,
      fields.name,
      fields.durationMinutes,
      [...(fields.platforms ?? PLATFORMS)],
      fields.active ?? true,
      fields.cancellationWindowMinutes ?? null,
      fields.rescheduleWindowMinutes ?? null,
      fields.lateCancellations ?? null,
      fields.lateReschedules ?? null,
      fields.requiresApproval ?? null,
      fields.approvalMinutes ?? null,
    ],
  });
  if (!row) throw new Error('the session type was not inserted');
  const more = givenIn(particularColumns(fields));
  if (Object.keys(more).length > 0) await set(tx, row.id, more, 0);
  return row.id;
}

/** Writes the fields given and raises the revision. */
export async function updateSessionType(
  tx: Transaction,
  id: number,
  fields: Partial<SessionTypeFields>,
): Promise<void> {
  const columns = {
    name: fields.name,
    length_minutes: fields.durationMinutes,
    platforms: fields.platforms && [...fields.platforms],
    active: fields.active,
    requires_approval: fields.requiresApproval,
    approval_minutes: fields.approvalMinutes,
    // null gives a window back to the practitioner.
    cancellation_window_minutes: fields.cancellationWindowMinutes,
    reschedule_window_minutes: fields.rescheduleWindowMinutes,
    late_cancellations: fields.lateCancellations,
    late_reschedules: fields.lateReschedules,
  };
  await set(tx, id, givenIn({ ...columns, ...particularColumns(fields) }), 1);
}

function particularColumns(fields: Partial<SessionTypeFields>) {
  return {
    lengths: fields.lengths && [...fields.lengths],
    grid_minutes: fields.gridMinutes,
    buffer_before_minutes: fields.bufferBeforeMinutes,
    buffer_after_minutes: fields.bufferAfterMinutes,
    price_minor: fields.price === null ? null : fields.price?.amountMinor,
    price_currency: fields.price === null ? null : fields.price?.currency,
    modes: fields.modes && [...fields.modes],
    capacity: fields.capacity,
    needs: fields.needs && JSON.stringify(fields.needs),
  };
}

function givenIn<T extends object>(columns: T): Partial<T> {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined)) as Partial<T>;
}

async function set(
  tx: Transaction,
  id: number,
  columns: Updateable<Tables['session_type']>,
  raise: 0 | 1,
): Promise<void> {
  await tx.kysely
    .updateTable('session_type')
    .set((eb) => ({ ...columns, revision: eb('revision', '+', raise) }))
    .where('organisation_id', '=', tx.organisationId)
    .where('id', '=', id)
    .execute();
}
