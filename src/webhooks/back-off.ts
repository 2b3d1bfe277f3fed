// How long to wait for somebody else's server, and when to give up: for one event, and for an endpoint that does not answer.

/** A delivery: 5 s, 20 s, 80 s, five minutes, 21 minutes, 85 minutes, then every four hours. */
const FIRST_MS = 5_000;
const LONGEST_MS = 4 * 3_600_000;
/** An endpoint that does not answer is tried that often at least, with one event at a time: it is noticed soon when it is back. */
const ENDPOINT_LONGEST_MS = 15 * 60_000;
/** No receiver may park us for longer, whatever it writes into Retry-After. */
const LONGEST_ASKED_MS = 6 * 3_600_000;
/** A weekend: an event that was refused so long waits for a person, and so does an endpoint that has not answered at all. */
const REFUSED_HOURS = 72;
const UNANSWERED_HOURS = 72;
/** Longer than its endpoint is tried, or each event of a dead endpoint would die instead of waiting for it. */
const FAILED_HOURS = 96;
/** It answers, and takes nothing: by then the events that it refused first are dead, and it has refused others too. */
const REFUSING_HOURS = 120;

/** Milliseconds until a delivery is tried again, `attempts` (>= 1) having failed. `chance` in [0, 1) takes off up to a tenth. */
export function deliveryWaitMs(attempts: number, chance: number): number {
  return jittered(Math.min(FIRST_MS * 4 ** Math.min(attempts - 1, 10), LONGEST_MS), chance);
}

/** The same for an endpoint, `failures` (>= 1) rounds in a row having had no answer. */
export function endpointWaitMs(failures: number, askedMs: number | undefined, chance: number): number {
  const own = jittered(Math.min(FIRST_MS * 2 ** Math.min(failures - 1, 10), ENDPOINT_LONGEST_MS), chance);
  return Math.max(own, Math.min(askedMs ?? 0, LONGEST_ASKED_MS));
}

/** Whether a delivery first tried then is given up; `refused`: it was answered, with a no. */
export function isDead(firstTriedAt: Temporal.Instant | null, now: Temporal.Instant, refused: boolean): boolean {
  return firstTriedAt !== null && now.since(firstTriedAt).total('hours') >= (refused ? REFUSED_HOURS : FAILED_HOURS);
}

/** Whether an endpoint that has taken nothing since then is not tried any more. */
export function isHopeless(failingSince: Temporal.Instant, now: Temporal.Instant, answers: boolean): boolean {
  return now.since(failingSince).total('hours') >= (answers ? REFUSING_HOURS : UNANSWERED_HOURS);
}

function jittered(ms: number, chance: number): number {
  return Math.round(ms * (1 - chance / 10));
}
