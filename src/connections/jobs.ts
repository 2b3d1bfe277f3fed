// Looks for connections that are due, every few seconds and whenever this process has found one to be.
import { sweepConnections, type SweepTools } from './sweep-connections.ts';

/** What is due is told by mail or to a provider; nobody waits for it. */
const LOOK_EVERY_MS = 5_000;

export type ConnectionSweep = {
  /** Looks now. */
  look(): void;
  /** Takes nothing new and waits for what is in hand; its calls are bounded. */
  stop(): Promise<void>;
};

export function startConnectionSweep(tools: SweepTools, everyMs = LOOK_EVERY_MS): ConnectionSweep {
  let stopped = false;
  let rung = false;
  let looking: Promise<void> | null = null;
  const run = async (): Promise<void> => {
    for (;;) {
      rung = false;
      const due = await sweepConnections(tools).catch((error: unknown) => {
        tools.log.warn({ err: error }, 'looking for due connections failed');
        return 0;
      });
      if (due > 0) rung = true;
      if (!rung || stopped) break;
    }
    // In the same turn as the decision, so that no word falls between.
    looking = null;
  };
  const look = (): void => {
    rung = true;
    if (!stopped) looking ??= run();
  };
  const timer = setInterval(look, everyMs);
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
