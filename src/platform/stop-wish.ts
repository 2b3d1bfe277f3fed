// When a process is asked to stop, and when it is asked again.

/** A terminal, and most supervisors, signal the whole group, and npm passes on what it gets: one wish then comes twice in a moment. */
const ONE_WISH_MS = 1_000;

/** `first` at the first SIGINT or SIGTERM; `again` at one that is a wish of its own: somebody is in a hurry. */
export function onStopWish(first: (signal: 'SIGINT' | 'SIGTERM') => void, again: () => void): void {
  let since: number | null = null;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (since === null) {
        since = performance.now();
        first(signal);
      } else if (performance.now() - since > ONE_WISH_MS) {
        again();
      }
    });
  }
}
