// The accounts that are not asked just now, and the hosts' days that run short.
import type { Transactor } from '../platform/database/transaction.ts';
import type { Clock } from '../platform/time/clock.ts';
import { dayOf, tightFrom, type DailyChanges } from './budget.ts';
import type { Circuit } from './circuit.ts';
import { listDailyUse, listOpenCircuits } from './store-accounts.ts';
import type { OutsideProvider } from '../meetings/provider.ts';

export type TroubleTools = {
  readonly transactor: Pick<Transactor, 'inOrganisation'>;
  readonly clock: Clock;
  readonly dailyChanges: DailyChanges;
};

export type ShortDay = {
  readonly provider: OutsideProvider;
  readonly connectionId: number | null;
  readonly used: number;
  readonly most: number;
};

/** More than a person looks at. */
const MOST = 100;

export async function findTroubledAccounts(
  { transactor, clock, dailyChanges }: TroubleTools,
  organisationId: number,
): Promise<{ readonly circuits: readonly Circuit[]; readonly days: readonly ShortDay[] }> {
  return await transactor.inOrganisation(
    organisationId,
    async (tx) => {
      const day = dayOf(clock.now());
      const days: ShortDay[] = [];
      for (const [provider, most] of dailyChanges) {
        const short = await listDailyUse(tx, day, provider, { atLeast: tightFrom(most), limit: MOST });
        days.push(...short.map((one) => ({ provider, most, ...one })));
      }
      return { circuits: await listOpenCircuits(tx, MOST), days };
    },
    { readOnly: true },
  );
}
