// Writes down what was done, by whom, to what: one entry per change, in the change's own transaction, so that neither is
// ever there without the other. An entry holds ids and plain facts; a name, an address or a note never stands in one.
import type { Transaction } from '../platform/database/transaction.ts';
import type { Event, SubjectKind } from './events.ts';
import { insertEntry, type JournalRow } from './store.ts';

type Plain = string | number | boolean | null;
/** Ids, codes, instants as text: nothing that tells who a person is, since an entry can never be erased. */
export type Facts = { readonly [name: string]: Plain | readonly Plain[] };

export type Entry = {
  readonly at: Temporal.Instant;
  readonly event: Event;
  /** `ref` is the actor's opaque subject, never an address. */
  readonly actor: { readonly role: string; readonly ref: string };
  readonly subject: { readonly kind: SubjectKind; readonly id: number };
  /** The subject's revision after the change. */
  readonly revision: number;
  readonly facts?: Facts;
};

/** Facts beyond this are a document, and belong in a table of their own. */
const FACTS_MAX_CHARACTERS = 4_000;

/** One entry, in the given transaction. */
export async function record(tx: Pick<Transaction, 'organisationId' | 'query'>, entry: Entry): Promise<void> {
  await insertEntry(tx, { ...rowOf(entry), subject_kind: entry.subject.kind, subject_id: entry.subject.id });
}

/** An entry as its row, for a statement that writes it together with what it tells of. */
export function rowOf(entry: Omit<Entry, 'subject'>): Omit<JournalRow, 'subject_kind' | 'subject_id'> {
  const facts = JSON.stringify(entry.facts ?? {});
  if (facts.length > FACTS_MAX_CHARACTERS) throw new RangeError(`The facts of ${entry.event} are too long to record`);
  return {
    at: entry.at.toString(),
    event: entry.event,
    actor_role: entry.actor.role,
    actor_ref: entry.actor.ref,
    revision: entry.revision,
    facts,
  };
}
