// How a command is asked to stop: it ends the step in hand, then closes what it opened, so that no database it started stays
// behind. Asked twice, it goes at once.
import { onStopWish } from '../platform/stop-wish.ts';

/** 128 and the number of SIGINT, as shells have it. */
export const EX_STOPPED = 130;

/** Aborted by SIGINT or SIGTERM. */
export function stopSignal(): AbortSignal {
  const asked = new AbortController();
  onStopWish(
    () => asked.abort(),
    () => process.exit(EX_STOPPED),
  );
  return asked.signal;
}
