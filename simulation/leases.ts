// Watches what is written under leases: once anything was written under a later lease of a session, nothing is under an earlier one.
// Whatever that would do is mostly set right before the end, so it is not to be seen there.
import type { Query } from './line.ts';

/** Of these the first three values are the organisation, the session, and the number of the lease. */
const GUARDED = new Set(['fulfilment_prolong', 'outside_object_put', 'letter_start']);

type Statement = {
  readonly name?: string;
  readonly values?: readonly unknown[];
  handleCommandComplete(message: unknown, wire: unknown): void;
};

export class Leases {
  readonly breaches: string[] = [];
  readonly #latest = new Map<string, number>();

  /** Before it is sent. */
  watch(query: Query, machine: string): void {
    for (const statement of (query.statements ?? []) as readonly Statement[]) {
      const { name = '', values } = statement;
      if (!GUARDED.has(name) || !values) continue;
      const [organisation, session, lease] = values.map(Number) as [number, number, number];
      const tell = statement.handleCommandComplete.bind(statement);
      statement.handleCommandComplete = (message, wire) => {
        if (hasWritten(message)) this.#note(`${organisation}/${session}`, lease, `${machine} > ${name}`);
        tell(message, wire);
      };
    }
  }

  #note(session: string, lease: number, who: string): void {
    const latest = this.#latest.get(session) ?? 0;
    if (lease < latest) this.breaches.push(`${who} of ${session} was done under lease ${lease}, when it was ${latest}`);
    this.#latest.set(session, Math.max(latest, lease));
  }
}

/** By the command tag (PostgreSQL manual, 54.7, CommandComplete): its last number counts the rows. */
function hasWritten(message: unknown): boolean {
  return Number(/\d+$/.exec((message as { text: string }).text)?.[0]) > 0;
}
