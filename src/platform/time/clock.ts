// The one source of "now". Everything takes a Clock, so that tests and simulation set the time instead of waiting for it.

export type Clock = {
  now(): Temporal.Instant;
};

/** The machine's clock, in whole milliseconds: PostgreSQL keeps no finer than microseconds, and comparisons must agree. */
export const systemClock: Clock = {
  now: () => {
    const ms = Date.now();
    if (ms !== last.ms) last = { ms, instant: Temporal.Instant.fromEpochMilliseconds(ms) };
    return last.instant;
  },
};

/** Asked several times a request, and an Instant costs more to make than to hand out again; none can be changed. */
let last = { ms: 0, instant: Temporal.Instant.fromEpochMilliseconds(0) };

/** A clock that stands still until it is moved. */
export function setClock(
  start: Temporal.Instant | string,
): Clock & { set(to: Temporal.Instant | string): void; advance(by: Temporal.DurationLike): void } {
  let at = Temporal.Instant.from(start.toString());
  return {
    now: () => at,
    set: (to) => {
      at = Temporal.Instant.from(to.toString());
    },
    advance: (by) => {
      at = at.add(by);
    },
  };
}
