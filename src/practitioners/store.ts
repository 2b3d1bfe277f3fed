// The rows of practitioners and of what they offer. Changing functions expect the practitioner to be locked; which changes
// are allowed, and what is journalled with them, is for the acts.
import { lockTimeOf } from '../occupancy/store.ts';
import type { ConstraintTable } from '../platform/database/conflict.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Practitioner, PractitionerFields } from './practitioner.ts';
import type { SessionType } from './session-type.ts';
import { OFFERED_MORE, SESSION_TYPE_MORE } from './store-session-type.ts';

/** What a violated constraint of these tables tells the caller. */
export const CONFLICTS: ConstraintTable = {
  practitioner_email_once: () =>
    new Refusal('already_exists', 'Another practitioner has that e-mail address. Use another, or change that one.', {
      errors: [{ pointer: '/email', message: 'belongs to another practitioner' }],
    }),
  session_type_name_once: () =>
    new Refusal('already_exists', 'There is a session type of that name. Use another name, or change that one.', {
      errors: [{ pointer: '/name', message: 'is taken by another session type' }],
    }),
};

const PRACTITIONER = `
  select p.id, p.name, p.email, p.zone as "timeZone", p.active, p.calendar, p.invitations, p.reminders,
         p.grid_minutes as "gridMinutes", p.buffer_before_minutes as "bufferBeforeMinutes",
         p.buffer_after_minutes as "bufferAfterMinutes", p.notice_minutes as "noticeMinutes",
         p.horizon_days as "horizonDays", p.horizon_until::text as "horizonUntil", p.packing, p.limits, p.languages,
         p.cancellation_window_minutes as "cancellationWindowMinutes",
         p.reschedule_window_minutes as "rescheduleWindowMinutes", p.late_cancellations as "lateCancellations",
         p.late_reschedules as "lateReschedules", p.auto_close as "autoClose",
         p.auto_close_after_minutes as "autoCloseAfterMinutes", p.schedule_version as "scheduleVersion", p.revision,
         coalesce((select json_agg(json_strip_nulls(json_build_object('id', s.id, 'name', s.name, 'lengthMinutes',
                            coalesce(o.length_minutes, s.length_minutes), 'platforms', s.platforms,
                            'requiresApproval', s.capacity = 1 and coalesce(o.requires_approval, s.requires_approval),
                            'approvalMinutes', s.approval_minutes, ${OFFERED_MORE},
                            'noticeMinutes', o.notice_minutes, 'horizonDays', o.horizon_days,
                            'horizonUntil', o.horizon_until)) order by o.position, s.id)
                     from offering o
                     join session_type s on s.organisation_id = o.organisation_id and s.id = o.session_type_id
                    where o.organisation_id = p.organisation_id and o.practitioner_id = p.id and s.active),
                  '[]') as offered,
         array(select c.provider from connection c
                where c.organisation_id = p.organisation_id and c.practitioner_id = p.id and c.state <> 'disconnected'
                order by c.provider) as connected
    from practitioner p`;

export async function findPractitioner(tx: Transaction, id: number): Promise<Practitioner | null> {
  const [row] = await tx.query<Practitioner>({
    name: 'practitioner_find',
    text: `${PRACTITIONER} where p.organisation_id = $1 and p.id = $2`,
    values: [tx.organisationId, id],
  });
  return row ?? null;
}

/** Of these ids those that there are, in no order. */
export async function listPractitionersOf(tx: Transaction, ids: readonly number[]): Promise<Practitioner[]> {
  return await tx.query<Practitioner>({
    name: 'practitioner_list_of',
    text: `${PRACTITIONER} where p.organisation_id = $1 and p.id = any($2::bigint[])`,
    values: [tx.organisationId, [...ids]],
  });
}

/** Refusal `not_found` where there is none. */
export async function readPractitioner(tx: Transaction, id: number): Promise<Practitioner> {
  return (await findPractitioner(tx, id)) ?? refuseUnknownPractitioner();
}

export function refuseUnknownPractitioner(): never {
  throw new Refusal('not_found', 'There is no practitioner with that id.');
}

/** Locks her time, then reads her: nothing that can be booked changes until the transaction ends. */
export async function lockPractitioner(tx: Transaction, id: number): Promise<Practitioner> {
  await lockTimeOf(tx, [id]);
  return await readPractitioner(tx, id);
}

/** In id order, after an id. */
export async function listPractitioners(
  tx: Transaction,
  page: { readonly after: number; readonly limit: number; readonly inactiveToo: boolean },
): Promise<Practitioner[]> {
  return await tx.query<Practitioner>({
    name: 'practitioner_list',
    text: `${PRACTITIONER} where p.organisation_id = $1 and p.id > $2 and (p.active or $4) order by p.id limit $3`,
    values: [tx.organisationId, page.after, page.limit, page.inactiveToo],
  });
}

/** Takes an id, the given one or the next, and makes her time something that can be taken and her id public. */
export async function insertPractitioner(
  tx: Transaction,
  fields: PractitionerFields,
  givenId: number | null = null,
): Promise<number> {
  const [row] = await tx.query<{ id: number }>({
    name: 'practitioner_insert',
    text: `with r as (
             insert into resource (organisation_id, id, kind)
             values ($1, coalesce($2::bigint, nextval('public_id')), 'practitioner') returning id
           ), d as (
             insert into directory (public_id, organisation_id, kind) select id, $1, 'practitioner' from r
           )
           insert into practitioner (organisation_id, id, name, email, zone) select $1, id, $3, $4, $5 from r
           returning id`,
    values: [tx.organisationId, givenId, fields.name, fields.email, fields.timeZone],
  });
  if (!row) throw new Error('the practitioner was not inserted');
  return row.id;
}

/** Writes the fields given and raises the revision; the schedule's version with it, unless nothing bookable changed. */
export async function updatePractitioner(
  tx: Transaction,
  id: number,
  fields: Partial<PractitionerFields>,
  raise: { readonly revision: boolean; readonly scheduleVersion: boolean },
): Promise<void> {
  const columns = {
    name: fields.name,
    email: fields.email,
    zone: fields.timeZone,
    active: fields.active,
    calendar: fields.calendar,
    invitations: fields.invitations,
    grid_minutes: fields.gridMinutes,
    buffer_before_minutes: fields.bufferBeforeMinutes,
    buffer_after_minutes: fields.bufferAfterMinutes,
    notice_minutes: fields.noticeMinutes,
    horizon_days: fields.horizonDays,
    horizon_until: fields.horizonUntil,
    packing: fields.packing,
    limits: fields.limits && JSON.stringify(fields.limits),
    languages: fields.languages && [...fields.languages],
    cancellation_window_minutes: fields.cancellationWindowMinutes,
    reschedule_window_minutes: fields.rescheduleWindowMinutes,
    late_cancellations: fields.lateCancellations,
    late_reschedules: fields.lateReschedules,
    auto_close: fields.autoClose,
    auto_close_after_minutes: fields.autoCloseAfterMinutes,
  };
  const given = Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
  await tx.kysely
    .updateTable('practitioner')
    .set((eb) => ({
      ...given,
      revision: eb('revision', '+', raise.revision ? 1 : 0),
      schedule_version: eb('schedule_version', '+', raise.scheduleVersion ? 1 : 0),
    }))
    .where('organisation_id', '=', tx.organisationId)
    .where('id', '=', id)
    .execute();
}

const SESSION_TYPE = `
  select id, name, length_minutes as "lengthMinutes", platforms, active, reminders, revision,
         requires_approval as "requiresApproval", approval_minutes as "approvalMinutes",
         cancellation_window_minutes as "cancellationWindowMinutes",
         reschedule_window_minutes as "rescheduleWindowMinutes", late_cancellations as "lateCancellations",
         late_reschedules as "lateReschedules", ${SESSION_TYPE_MORE}
    from session_type`;

/** Refusal `not_found` where there is none. */
export async function readSessionType(tx: Transaction, id: number): Promise<SessionType> {
  const [row] = await tx.query<SessionType>({
    name: 'session_type_read',
    text: `${SESSION_TYPE} where organisation_id = $1 and id = $2`,
    values: [tx.organisationId, id],
  });
  if (!row) throw new Refusal('not_found', 'There is no session type with that id.');
  return row;
}

/**
 * Locks the time of everyone who offers it, then the session type itself. Who begins to offer it takes a share of the
 * latter lock, so none is missed when `raiseVersionsOf` follows.
 */
export async function lockSessionType(tx: Transaction, id: number): Promise<SessionType> {
  await tx.query({
    name: 'session_type_lock_offerers',
    text: `select id from resource where organisation_id = $1
              and id in (select practitioner_id from offering where organisation_id = $1 and session_type_id = $2)
            order by id for no key update`,
    values: [tx.organisationId, id],
  });
  await tx.query({
    name: 'session_type_lock',
    text: 'select id from session_type where organisation_id = $1 and id = $2 for no key update',
    values: [tx.organisationId, id],
  });
  return await readSessionType(tx, id);
}

/** Whoever offers the session type has a new schedule, and a new look. */
export async function raiseVersionsOf(tx: Transaction, sessionTypeId: number): Promise<void> {
  await tx.query({
    name: 'session_type_raise_versions',
    text: `update practitioner set schedule_version = schedule_version + 1, revision = revision + 1
            where organisation_id = $1
              and id in (select practitioner_id from offering where organisation_id = $1 and session_type_id = $2)`,
    values: [tx.organisationId, sessionTypeId],
  });
}

export async function listSessionTypes(
  tx: Transaction,
  page: { readonly after: number; readonly limit: number; readonly inactiveToo: boolean },
): Promise<SessionType[]> {
  return await tx.query<SessionType>({
    name: 'session_type_list',
    text: `${SESSION_TYPE} where organisation_id = $1 and id > $2 and (active or $4) order by id limit $3`,
    values: [tx.organisationId, page.after, page.limit, page.inactiveToo],
  });
}
