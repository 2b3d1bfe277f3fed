// Tells of times why they cannot be had: of every start there could be in some days, or of the one that was refused. Those who
// manage the practitioner learn which entry or appointment stands in the way; everybody else that something does.
import { mayReadDiary, type Actor } from '../identity/actor.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import { dateOfDay, dayNumber, dayStart, nowMinute } from '../platform/time/wall-clock.ts';
import { openings, type CompiledSchedule } from '../schedules/schedule.ts';
import type { Diary } from './free-time.ts';
import { explain, type Because, type Owner } from './explanation.ts';
import { diaryOf, findSlots, type SlotQuestion, type SlotsFound, type SlotTools } from './find-slots.ts';
import { skippedByDate, type Skipped } from './skipped.ts';
import { gridIn, reasonsAgainst, reasonsAgainstAll, sessionAt, standingIn, type Slot } from './slots.ts';
import { listOwners } from './store-owners.ts';

/** A month at once is more than anybody reads; each start is looked into, not only judged. */
const MOST_EXPLAINED_DAYS = 31;

export type ExplainedSlot = Pick<Slot, 'start' | 'end' | 'seatsLeft'> & { readonly because: readonly Because[] };
export type ExplainedDay = {
  readonly date: string;
  readonly slots: readonly ExplainedSlot[];
  /** Starts of her hours that clocks jump over. */
  readonly skipped: readonly Skipped[];
};
export type Explained = { readonly found: SlotsFound; readonly days: readonly ExplainedDay[] };

/**
 * Every start of the grid of her hours: those in force, and those that her week would have where a date differs. Free ones are
 * those with nothing against them, and just those that availability offers. Refusals of findSlots, for a month at most.
 */
export async function findExplained(tools: SlotTools, actor: Actor, question: SlotQuestion): Promise<Explained> {
  const first = dayNumber(question.from);
  if (dayNumber(question.to) - first >= MOST_EXPLAINED_DAYS) {
    throw new Refusal('invalid_request', `Ask why of at most ${MOST_EXPLAINED_DAYS} days at once.`, {
      errors: [
        { pointer: 'query/to', message: `must be less than ${MOST_EXPLAINED_DAYS} days later, with \`explain\`` },
      ],
    });
  }
  const found = await findSlots(tools, question);
  const { timeZone } = found;
  const starts = found.days.map((_, index) => dayStart(dateOfDay(first + index), timeZone));
  starts.push(dayStart(dateOfDay(first + found.days.length), timeZone));
  const diary = diaryOf(found);
  const now = nowMinute(tools.clock.now());
  const [from, to] = [starts[0]!, starts.at(-1)!];
  const owners = await ownersFor(tools, actor, question, diary, [from, to + diary.lengthMinutes]);
  const candidates = [diary.schedule, diary.schedule.plain()].flatMap((schedule) =>
    gridOf(schedule, diary.policy.gridMinutes, from, to),
  );
  const standing = standingIn(diary);
  candidates.push(...[...standing.keys()].filter((start) => start >= from && start < to));
  const all = [...new Set(candidates)].toSorted((a, b) => a - b);
  const reasons = reasonsAgainstAll(diary, all, now);
  const slots = all.map((start, index) => ({
    start,
    ...sessionAt(diary, standing.get(start), start, reasons[index]!.length === 0),
    because: explain(diary, start, reasons[index]!, owners),
  }));
  const span = [first, first + found.days.length] as const;
  const skipped = skippedByDate(diary.schedule, diary.policy.gridMinutes, span, timeZone);
  return {
    found,
    days: found.days.map(({ date }, index) => ({
      date,
      slots: slots.filter(({ start }) => start >= starts[index]! && start < starts[index + 1]!),
      skipped: skipped.get(date) ?? [],
    })),
  };
}

/** The session that is to be moved, or several, and the client who would come. */
type Concerned = {
  readonly except?: number | readonly number[] | undefined;
  readonly clientSubject?: string | undefined;
};

/** Of one start, with what was found around it. */
export async function findBecause(
  tools: SlotTools,
  actor: Actor,
  found: SlotsFound,
  start: number,
  { except, clientSubject }: Concerned,
): Promise<Because[]> {
  const diary = diaryOf(found);
  const question = { organisationId: actor.organisationId, except, clientSubject };
  // A service asks for many others, and shows what it is told to them.
  const owners =
    actor.role === 'service'
      ? null
      : await ownersFor(tools, actor, question, diary, [start, start + diary.lengthMinutes]);
  return explain(diary, start, reasonsAgainst(diary, start, nowMinute(tools.clock.now())), owners);
}

async function ownersFor(
  tools: SlotTools,
  actor: Actor,
  { organisationId, ...concerned }: Pick<SlotQuestion, 'organisationId'> & Concerned,
  diary: Diary,
  span: readonly [number, number],
): Promise<Owner[] | null> {
  if (actor.organisationId !== organisationId || !mayReadDiary(actor, diary.practitionerId)) return null;
  return await tools.transactor.inOrganisation(
    organisationId,
    (tx) => ownersIn(tx, actor, diary, span, { ...concerned, now: tools.clock.now() }),
    { readOnly: true },
  );
}

/** Who has what may stand against sessions in epoch minutes `[from, to)`; null for those who may not know. */
export async function ownersIn(
  tx: Transaction,
  actor: Actor,
  { practitionerId, policy, needs = [] }: Diary,
  [from, to]: readonly [number, number],
  { now, except = [], clientSubject }: Concerned & { readonly now: Temporal.Instant },
): Promise<Owner[] | null> {
  if (!mayReadDiary(actor, practitionerId)) return null;
  const owners = await listOwners(tx, {
    practitionerId,
    units: needs.flatMap(({ units }) => units.map(({ id }) => id)),
    from: from - policy.bufferBeforeMinutes,
    to: to + policy.bufferAfterMinutes,
    now,
    except: typeof except === 'number' ? [except] : except,
    clientSubject,
  });
  // A room may be taken by a colleague: which room is told to all who manage one of them, the colleague's session is not.
  return owners.map((owner) =>
    mayReadDiary(actor, owner.practitionerId)
      ? owner
      : { ...owner, sessionId: null, appointmentIds: [], ownIds: [], holdId: null },
  );
}

/** Every start of the grid from each opening, also where a session would not fit any more. */
function gridOf(schedule: CompiledSchedule, grid: number, from: number, to: number): number[] {
  return gridIn(openings(schedule, from, to), grid, from, to);
}
