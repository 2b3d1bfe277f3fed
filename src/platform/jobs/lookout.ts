// Looks for work: when it is rung, and every so often by itself, never twice at once. What is looked for, and what is done
// about it, is the caller's.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.ts';

/** After a look that failed: the database is away, and asking faster would not bring it back. */
const PAUSE_MS = 1_000;

export type Lookout = {
  /** Soon: at once, or after the look that is going on. */
  look(): void;
  /** Takes up no more; resolves when the look that is going on has ended. */
  stop(): Promise<void>;
};

export type LookoutOptions = {
  /** True: there may be more, look again at once. */
  readonly look: () => Promise<boolean>;
  readonly everyMs: number;
  readonly log: Pick<Log, 'warn'>;
  /** For the log: what could not be done. */
  readonly what: string;
};

export function startLookout(options: LookoutOptions): Lookout {
  let stopped = false;
  let rung = false;
  let looking: Promise<void> | null = null;

  const lookWhileRung = async (): Promise<void> => {
    for (;;) {
      rung = false;
      try {
        if (await options.look()) rung = true;
      } catch (error) {
        options.log.warn({ err: error }, `${options.what} failed`);
        await sleep(PAUSE_MS);
      }
      if (!rung || stopped) break;
    }
    // In the same turn as the decision, so that no bell falls between.
    looking = null;
  };
  const look = (): void => {
    rung = true;
    if (!stopped) looking ??= lookWhileRung();
  };
  const timer = setInterval(look, options.everyMs);
  look();
  return {
    look,
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await looking;
    },
  };
}
