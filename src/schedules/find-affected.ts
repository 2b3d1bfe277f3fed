// Finds who has an appointment in time off: before it is taken, for her to think again, and as it is taken. The appointments stay;
// moving or cancelling them is appointments/'s.
import { mayManagePractitioner, mayReadDiary, type Actor } from '../identity/actor.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import { minuteOf } from '../platform/time/wall-clock.ts';
import type { Tools } from '../practitioners/add-practitioner.ts';
import { compileSchedule, timeOffBetween } from './compiled.ts';
import type { Schedule } from './schedule.ts';
import { listAffected, type Affected } from './store-affected.ts';
import { readTimeOff } from './store-time-off.ts';
import { readSchedule } from './store.ts';
import { timeOffOf, type KeptTimeOff, type TimeOffAsked } from './time-off.ts';

/** The longest horizon there can be (three years): nobody has an appointment beyond it. */
const AHEAD_MINUTES = 1_100 * 1_440;
/** More than these nobody calls one by one. */
export const MOST_AFFECTED = 200;

/** `more`: there are others after these. */
export type AffectedList = { readonly list: readonly Affected[]; readonly more: boolean };

export type TimeOffPreview = {
  readonly timeOff: KeptTimeOff;
  /** Null where the asker may not know. */
  readonly affected: AffectedList | null;
  readonly zone: string;
  readonly version: number;
};

/** What taking it would meet; nothing is written. Refusals as for taking it, but `version_mismatch` and `limit_reached`. */
export async function previewTimeOff(
  tools: Tools,
  actor: Actor,
  question: { readonly practitionerId: number; readonly id: number | null; readonly asked: TimeOffAsked },
): Promise<TimeOffPreview> {
  const { practitionerId, id, asked } = question;
  if (!mayManagePractitioner(actor, practitionerId)) {
    throw new Refusal('forbidden', 'Only staff and the practitioner herself may see this.');
  }
  return await tools.transactor.inOrganisation(
    actor.organisationId,
    async (tx) => {
      const { zone, version } = (await readSchedule(tx, practitionerId)).schedule;
      if (id !== null) await readTimeOff(tx, practitionerId, id);
      const timeOff = timeOffOf(asked, zone);
      const affected = await tellAffected(tx, actor, { practitionerId, timeOff, zone, now: tools.clock.now() });
      return { timeOff, affected, zone, version };
    },
    { readOnly: true },
  );
}

type Question = {
  readonly practitionerId: number;
  readonly timeOff: KeptTimeOff;
  readonly zone: string;
  readonly now: Temporal.Instant;
  readonly limit?: number;
};

/** For an answer: null where the asker may change her schedule, and not read her appointments. */
export async function tellAffected(tx: Transaction, actor: Actor, question: Question): Promise<AffectedList | null> {
  return mayReadDiary(actor, question.practitionerId) ? await findAffected(tx, question) : null;
}

/** In the caller's transaction; those that are nearest, at most `limit`. */
export async function findAffected(tx: Transaction, question: Question): Promise<AffectedList> {
  const { practitionerId, timeOff, zone, now, limit = MOST_AFFECTED } = question;
  const from = minuteOf(now);
  const compiled = compileSchedule({ zone, version: 0, weekly: [], overrides: [], ...partOf(timeOff) });
  const stretches = timeOffBetween(compiled, from, from + AHEAD_MINUTES);
  const list = await listAffected(tx, { practitionerId, stretches, now, limit: limit + 1 });
  return { list: list.slice(0, limit), more: list.length > limit };
}

function partOf(timeOff: KeptTimeOff): Pick<Schedule, 'timeOff' | 'wallTimeOff'> {
  if (timeOff.kind === 'instants') {
    return { timeOff: [{ start: minuteOf(timeOff.startsAt), end: minuteOf(timeOff.endsAt) }] };
  }
  const { firstDate, fromMinute, toMinute, rule, exceptDates } = timeOff;
  const dates = rule === null ? firstDate : { firstDate, rule, exceptDates };
  return { timeOff: [], wallTimeOff: [{ fromMinute, toMinute, dates }] };
}
