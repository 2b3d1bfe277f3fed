// Takes down what a provider told of a meeting: whose it is, then one row, in one short transaction. Told twice or out of
// order, it comes to the same; a meeting that is none of ours is taken and left.
import type { Transactor } from '../platform/database/transaction.ts';
import type { Log } from '../platform/log.ts';
import type { Clock } from '../platform/time/clock.ts';
import { settledAt, type LifeEvent } from './life.ts';
import type { OutsideProvider } from './provider.ts';
import { findByMeeting, insertLifeEvent, ringForClosing } from './store-life.ts';

export type LifeTools = {
  readonly transactor: Pick<Transactor, 'inOrganisation' | 'scan'>;
  readonly clock: Clock;
  readonly log: Log;
};

export async function recordLife(
  tools: LifeTools,
  provider: OutsideProvider,
  meetingId: string,
  event: LifeEvent,
): Promise<void> {
  const sessions = await tools.transactor.scan('outside_object', (tx) => findByMeeting(tx, provider, meetingId), {
    readOnly: true,
  });
  const now = tools.clock.now();
  for (const { organisationId, sessionId } of sessions) {
    await tools.transactor.inOrganisation(organisationId, async (tx) => {
      if (await insertLifeEvent(tx, sessionId, event, now)) await ringForClosing(tx, sessionId, now, settledAt(now));
    });
  }
  tools.log.info({ provider, told: event.kind, sessions: sessions.length }, 'news of a meeting');
}
