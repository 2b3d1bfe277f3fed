// Follows one organisation's journal: each entry of public interest becomes one event, once, and is owed to every endpoint
// that asked for its type. Nothing is skipped, however late a transaction commits, and nothing waits for one that is slow.
//
// The follower looks at all that is visible above a low mark, and tells what is not told. The low mark moves only over what
// is settled: up to an entry that was the last when every transaction of that moment still ran, and all of them have ended.
import type { Transaction, Transactor } from '../platform/database/transaction.ts';
import type { Clock } from '../platform/time/clock.ts';
import { dataOf, RETENTION_DAYS, type AppointmentFacts } from './event.ts';
import { insertEvents, removeEvents, type NewEvent } from './store-events.ts';
import {
  hasNews,
  listUntold,
  lockFollower,
  markFollower,
  moveFollower,
  type Followed,
  type JournalEntry,
} from './store-follower.ts';
import { oweEvents } from './store-deliveries.ts';

export type PublishTools = {
  readonly transactor: Pick<Transactor, 'inOrganisation'>;
  readonly clock: Clock;
  /** Appointments by id, as they are now; the room above knows them. */
  readonly describe: (tx: Transaction, ids: readonly number[]) => Promise<ReadonlyMap<number, AppointmentFacts>>;
};

/** Entries told in one transaction: some milliseconds of it. */
const BATCH = 200;
/** Removed in one transaction, each with its deliveries and attempts. */
const REMOVED_AT_ONCE = 500;

export type Published = {
  readonly told: number;
  /** Whether there is more to tell at once. */
  readonly more: boolean;
  /** Whether any endpoint is owed something new. */
  readonly owed: boolean;
};

const NOTHING: Published = { told: 0, more: false, owed: false };

export async function publishEvents(tools: PublishTools, organisationId: number): Promise<Published> {
  return await tools.transactor.inOrganisation(organisationId, async (tx) => {
    if (!(await hasNews(tx))) return NOTHING;
    const place = await lockFollower(tx);
    if (!place) return NOTHING;
    const entries = await listUntold(tx, place.lowId, BATCH);
    const owed = entries.length > 0 && (await tell(tools, tx, entries));
    await move(tx, place, entries);
    return { told: entries.length, more: entries.length === BATCH, owed };
  });
}

/** What is older than the retention goes, some at a time; answers whether there may be more. */
export async function removeOldEvents(
  tools: Pick<PublishTools, 'transactor' | 'clock'>,
  organisationId: number,
): Promise<boolean> {
  const before = tools.clock.now().subtract({ hours: 24 * RETENTION_DAYS });
  const removed = await tools.transactor.inOrganisation(organisationId, (tx) =>
    removeEvents(tx, before, REMOVED_AT_ONCE),
  );
  return removed === REMOVED_AT_ONCE;
}

async function tell(tools: PublishTools, tx: Transaction, entries: readonly JournalEntry[]): Promise<boolean> {
  const ids = entries.flatMap(({ subjectKind, subjectId }) => (subjectKind === 'appointment' ? [subjectId] : []));
  const appointments =
    ids.length > 0 ? await tools.describe(tx, [...new Set(ids)]) : new Map<number, AppointmentFacts>();
  const told = await insertEvents(tx, inSequence(entries, appointments));
  return await oweEvents(tx, told, tools.clock.now());
}

function inSequence(
  entries: readonly JournalEntry[],
  appointments: ReadonlyMap<number, AppointmentFacts>,
): readonly NewEvent[] {
  const last = new Map<string, number>();
  return entries.map((entry) => {
    const { journalId, type, at, subjectKind, subjectId, before } = entry;
    const subject = `${subjectKind} ${subjectId}`;
    const sequence = (last.get(subject) ?? before) + 1;
    last.set(subject, sequence);
    const appointment = subjectKind === 'appointment' ? appointments.get(subjectId) : undefined;
    return { journalId, type, at, subjectKind, subjectId, sequence, data: dataOf(entry, appointment) };
  });
}

async function move(tx: Transaction, place: Followed, entries: readonly JournalEntry[]): Promise<void> {
  const last = entries.at(-1)?.journalId ?? 0;
  if (entries.length === BATCH) {
    // More to tell below the mark: what was gone through is settled as far as the mark is.
    if (place.settled) await moveFollower(tx, Math.max(place.lowId, Math.min(last, place.markId)));
  } else if (place.settled) await markFollower(tx, place.markId);
}
