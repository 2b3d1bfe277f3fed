// Lets a request wait, bounded, for something outside to come true: woken by the runner's news, and looking now and then
// by itself, since news can be lost between processes.
import { listOutsideObjects } from '../meetings/store.ts';
import type { OutsideObject } from '../meetings/meeting.ts';
import type { Transactor } from '../platform/database/transaction.ts';
import type { Bell } from '../platform/jobs/bell.ts';
import { NEWS } from './topics.ts';

/** News is lost rarely: another process's listening connection was just being mended. */
const LOOK_EVERY_MS = 1_000;

export type Waiting = {
  readonly transactor: Pick<Transactor, 'inOrganisation'>;
  readonly bell: Bell;
};

/** The first answer of `judge` that is not null, or null once `withinMs` is over. */
export async function awaitOutside<T>(
  tools: Waiting,
  session: { readonly organisationId: number; readonly sessionId: number },
  withinMs: number,
  judge: (objects: readonly OutsideObject[]) => T | null,
): Promise<T | null> {
  const end = performance.now() + withinMs;
  let news = Promise.withResolvers<void>();
  const deaf = tools.bell.hear(NEWS, (word) => {
    if (word === String(session.sessionId)) news.resolve();
  });
  try {
    for (;;) {
      // Before looking, so that news of what is written meanwhile is not missed.
      news = Promise.withResolvers<void>();
      const objects = await tools.transactor.inOrganisation(session.organisationId, (tx) =>
        listOutsideObjects(tx.last, session.sessionId),
      );
      const answer = judge(objects);
      const left = end - performance.now();
      if (answer !== null || left <= 0) return answer;
      const timer = setTimeout(news.resolve, Math.min(left, LOOK_EVERY_MS));
      await news.promise;
      clearTimeout(timer);
    }
  } finally {
    deaf();
  }
}
