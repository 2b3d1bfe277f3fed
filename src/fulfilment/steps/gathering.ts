// The step that looks whether what a date of a series owes is told together with its others'. Reads them only where something
// is owed, and of those alone that one act has changed.
import type { Transactor } from '../../platform/database/transaction.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { lettersTogether, type LetterTogether } from '../letters-together.ts';
import type { Owed } from '../letters-owed.ts';
import type { SessionFacts } from '../plan.ts';
import { listBatch, type BatchDate } from '../store-batch.ts';
import { tellingOf } from '../telling.ts';

export type Gathered = {
  readonly send: readonly LetterTogether[];
  readonly batch: readonly BatchDate[];
  readonly nextAt: Temporal.Instant | null;
};

export async function gather(
  tools: { readonly transactor: Pick<Transactor, 'inOrganisation'>; readonly clock: Clock },
  facts: SessionFacts,
  letters: Pick<Owed, 'send'>,
): Promise<Gathered> {
  const { organisationId, sessionId, batch: of } = facts;
  if (!of || letters.send.length === 0) {
    return { send: letters.send.map((letter) => ({ ...letter, covers: [] })), batch: [], nextAt: null };
  }
  const batch = await tools.transactor.inOrganisation(organisationId, (tx) => listBatch(tx, of), {
    readOnly: true,
  });
  const mates = batch.map((date) => ({
    position: date.position,
    sessionId: date.sessionId,
    telling: tellingOf(date, date.wantedAt, date.meeting),
    letters: date.letters,
  }));
  return { batch, ...lettersTogether(letters, sessionId, mates, tools.clock.now()) };
}
