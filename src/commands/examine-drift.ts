// The doctor's look at the sweep: what was found to differ at the providers, what of it waits for a person, and whether the
// comparison keeps up. The same figures as the metrics', of all organisations together; the mode is the practice's own.
import { countDrift } from '../fulfilment/store-drift.ts';
import { countLatePlaces, readSweepMode } from '../fulfilment/store-sweep.ts';
import { LATE_HOURS } from '../fulfilment/sweep.ts';
import { transactor } from '../platform/database/transaction.ts';
import type { Connection } from '../platform/database/connection.ts';
import type { Clock } from '../platform/time/clock.ts';
import { findPractice } from '../practitioners/store-practice.ts';
import type { Tell } from './findings.ts';

export async function examineDrift(connection: Connection, clock: Clock, tell: Tell): Promise<void> {
  const work = transactor(connection);
  const practice = await work.unscoped(findPractice, { readOnly: true });
  if (practice === null) return;
  const before = clock.now().subtract({ hours: LATE_HOURS });
  const mode = await work.inOrganisation(practice, readSweepMode, { readOnly: true });
  const { places, late } = await work.scan('sweep', (tx) => countLatePlaces(tx, before), { readOnly: true });
  const drift = await work.scan('drift', countDrift, { readOnly: true });
  const open = drift.filter((one) => one.open > 0);
  if (open.length > 0) {
    const all = open.map((one) => `${one.open} ${one.kind} (${one.provider})`).join(', ');
    tell('FAIL', 'sweep', `A person must decide: ${all}. Which ones and why: GET /api/operations/drift.`);
  }
  if (late > 0) {
    const says = `${late} of ${places} calendars and hosts were not compared for ${LATE_HOURS} hours`;
    tell('FAIL', 'sweep', `${says}: is a worker running, and does the provider answer?`);
  }
  if (mode.mode === 'report') {
    const by = mode.set?.by === 'restoration' ? 'since the practice was brought back' : 'as staff have set it';
    tell('note', 'sweep', `It only reports, ${by}: POST /api/operations/sweep/mode lets it mend.`);
  }
  if (open.length + late > 0) return;
  const found = drift.map((one) => `${one.found} ${one.kind} (${one.provider})`).join(', ');
  tell('ok', 'sweep', `${places} calendars and hosts are compared daily; found so far: ${found || 'nothing'}.`);
}
