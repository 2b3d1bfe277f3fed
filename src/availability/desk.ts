// A practitioner's desk: all that is needed to judge her times but the busy ones, compiled once per version. Every read
// of busy time answers the versions too, in the same snapshot, so a desk that is out of date is never used.
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import { findPractitioner, listPractitionersOf } from '../practitioners/store.ts';
import type { Practitioner } from '../practitioners/practitioner.ts';
import { isGroup, sessionTypeMeant, type Offered } from '../practitioners/session-type.ts';
import { compileSchedule } from '../schedules/compiled.ts';
import { findCalendar } from '../schedules/holidays.ts';
import type { CompiledSchedule, Policy } from '../schedules/schedule.ts';
import { listSchedulesOf, readSchedule, type ScheduleInForce } from '../schedules/store.ts';

export type Desk = {
  readonly practitioner: Practitioner;
  readonly schedule: CompiledSchedule;
  readonly policy: Policy;
};

/** What a desk was made of; both rise with any change that could make it wrong. */
export type Versions = { readonly schedule: number; readonly revision: number };

/** A few kilobytes each. */
const MOST_DESKS = 5_000;

export type Desks = {
  /** The desk last seen, perhaps out of date: good for guessing which stretch of time to read, never for deciding. */
  recall(organisationId: number, practitionerId: number): Desk | undefined;
  /** The desk at these versions, read if it is not the one last seen; null where there is no such practitioner. */
  at(tx: Transaction, practitionerId: number, versions?: Versions): Promise<Desk | null>;
  /** Those of many, read anew in two statements, as they are now. Ids of nobody have none. */
  allOf(tx: Transaction, practitionerIds: readonly number[]): Promise<Map<number, Desk>>;
};

/** One per process. */
export function createDesks(): Desks {
  const known = new Map<string, Desk>();
  const keep = async (tx: Transaction, practitioner: Practitioner, inForce: ScheduleInForce): Promise<Desk> => {
    const desk = await made(practitioner, inForce);
    // Two reads, so a change may lie between them; such a desk serves once and is not kept.
    if (practitioner.scheduleVersion === inForce.schedule.version) {
      const key = `${tx.organisationId}/${practitioner.id}`;
      known.delete(key);
      known.set(key, desk);
      if (known.size > MOST_DESKS) known.delete(known.keys().next().value ?? key);
    }
    return desk;
  };
  return {
    recall: (organisationId, practitionerId) => known.get(`${organisationId}/${practitionerId}`),
    at: async (tx, practitionerId, versions) => {
      const seen = known.get(`${tx.organisationId}/${practitionerId}`);
      if (seen && versions && isAt(seen, versions)) return seen;
      const practitioner = await findPractitioner(tx, practitionerId);
      return practitioner && (await keep(tx, practitioner, await readSchedule(tx, practitionerId)));
    },
    allOf: async (tx, practitionerIds) => {
      const practitioners = await listPractitionersOf(tx, practitionerIds);
      const schedules = await listSchedulesOf(tx, practitionerIds);
      const desks = new Map<number, Desk>();
      for (const practitioner of practitioners) {
        const inForce = schedules.get(practitioner.id);
        if (inForce) desks.set(practitioner.id, await keep(tx, practitioner, inForce));
      }
      return desks;
    },
  };
}

async function made(practitioner: Practitioner, { schedule, policy, holidayRegion }: ScheduleInForce): Promise<Desk> {
  const calendar = holidayRegion === null ? null : await findCalendar(holidayRegion);
  const { horizonUntil, limits } = practitioner;
  return {
    practitioner,
    schedule: compileSchedule(schedule, calendar),
    policy: { ...policy, horizonUntil, limits },
  };
}

/** What she asks for a session type: her policy, and what differs for it. Limits are those that concern it. */
export function policyFor({ practitioner, policy }: Desk, sessionTypeId: number): Policy {
  const own: Partial<Offered> = practitioner.offered.find(({ id }) => id === sessionTypeId) ?? {};
  const { noticeMinutes, horizonDays, horizonUntil, gridMinutes, bufferBeforeMinutes, bufferAfterMinutes } = own;
  const limits = policy.limits?.filter(
    (limit) => limit.sessionTypeId === null || limit.sessionTypeId === sessionTypeId,
  );
  return {
    ...policy,
    gridMinutes: gridMinutes ?? policy.gridMinutes,
    bufferBeforeMinutes: bufferBeforeMinutes ?? policy.bufferBeforeMinutes,
    bufferAfterMinutes: bufferAfterMinutes ?? policy.bufferAfterMinutes,
    noticeMinutes: noticeMinutes ?? policy.noticeMinutes,
    // Days of its own take the place of a date of all, as a date does of days.
    horizonDays: horizonDays ?? policy.horizonDays,
    horizonUntil: horizonUntil ?? ((horizonDays ?? null) === null ? (policy.horizonUntil ?? null) : null),
    limits: limits ?? [],
  };
}

/** Whether what is offered depends on who asks. */
export function limitsClients({ policy, practitioner }: Desk): boolean {
  return (policy.limits?.some(({ of }) => of === 'client') ?? false) || practitioner.offered.some(isGroup);
}

/** As much as any of her session types keeps free around it. */
export function widestBuffers({ policy, practitioner }: Desk): { readonly before: number; readonly after: number } {
  return practitioner.offered.reduce(
    ({ before, after }, { bufferBeforeMinutes = 0, bufferAfterMinutes = 0 }) => ({
      before: Math.max(before, bufferBeforeMinutes),
      after: Math.max(after, bufferAfterMinutes),
    }),
    { before: policy.bufferBeforeMinutes, after: policy.bufferAfterMinutes },
  );
}

/** Whether a desk was made of just these versions. */
export function isAt(desk: Desk, versions: Versions): boolean {
  return desk.practitioner.scheduleVersion === versions.schedule && desk.practitioner.revision === versions.revision;
}

/** Refusal `practitioner_not_bookable`. */
export function refuseInactive({ practitioner }: Desk): void {
  if (practitioner.active) return;
  throw new Refusal('practitioner_not_bookable', 'This practitioner takes no bookings at the moment. Choose another.');
}

/**
 * The session type asked for in the field `pointer`, or the first on offer. Refusals `practitioner_not_bookable`,
 * `unknown_session_type`.
 */
export function sessionTypeAt(desk: Desk, asked: string | number | undefined, pointer: string): Offered {
  refuseInactive(desk);
  const { offered } = desk.practitioner;
  if (asked !== undefined) return sessionTypeMeant(offered, asked, pointer);
  const first = offered[0];
  if (!first) {
    throw new Refusal('practitioner_not_bookable', 'This practitioner offers nothing at the moment. Choose another.');
  }
  return first;
}
